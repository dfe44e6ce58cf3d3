//! `mx install` and `mx uninstall`: hooks, skill and plugin in the configuration of agents.
//!
//! [`plan_install`] and [`plan_uninstall`] read everything and decide; nothing is written if any
//! file cannot be understood. [`diff_change`] shows a change, [`apply_all`] makes it.
//! [`inspect_hooks`] returns what is there.
//!
//! Settings files belong to their user: they are edited in place (`json`), so that comments and
//! foreign entries stay. Our entries are known by their command alone (`own`), because agents that
//! rewrite their settings drop unknown keys. A command does no harm where `mx` is not (`guard`).

mod apply;
pub(crate) mod check;
mod diff;
mod files;
mod former;
pub(crate) mod guard;
mod hooks;
mod inspect;
pub(crate) mod installation;
pub(crate) mod json;
pub(crate) mod own;
mod places;
mod server;
mod settings;
pub(crate) mod switched_off;
#[cfg(test)]
mod tests;

pub use apply::{apply_all, apply_change, find_linked};
pub use diff::diff_change;
pub(crate) use inspect::holds_own_hooks;
pub use inspect::{HookState, SkillFound, State, inspect_hooks};
pub use places::{Scope, installable_agents};

use super::{Agent, AgentHomes};
use crate::error::{Error, Hint, Result};
use check::Refusal;
use files::FoundFile;
use hooks::wanted_hooks;
pub use hooks::{AgentVersions, find_versions};
use installation::{HooksForm, Installation, ServerForm};
use places::InstallPlaces;
use server::{put_server, take_server};
use settings::Settings;
use std::path::{Path, PathBuf};

/// What is to be installed or uninstalled, and where.
#[derive(Debug, Clone)]
pub struct Target {
    /// Whose configuration.
    pub agents: Vec<Agent>,
    /// The user's, or the project's.
    pub scope: Scope,
    /// Where the user and the agents are at home.
    pub homes: AgentHomes,
    /// The directory of the project.
    pub project: PathBuf,
    /// The program that hooks run: `mx`, or a path.
    pub command: String,
    /// Whether it is about the MCP server alone, and not about hooks, skill and plugin.
    pub server: bool,
    /// Whether a skill or plugin that was edited is overwritten, or removed.
    pub force: bool,
    /// Whether hooks run on Windows.
    pub windows: bool,
    /// The versions of agents, as far as they are known: an old one may get fewer hooks.
    pub versions: AgentVersions,
}

impl Target {
    /// Returns whether there is a directory with the user's configuration of an agent, by which it
    /// is known to be used.
    pub fn has_configuration(&self, agent: Agent) -> bool {
        let installation = agent.profile().installation;
        installation.is_some_and(|found| (found.user_directory)(&self.homes).is_dir())
    }

    fn places(&self) -> InstallPlaces<'_> {
        InstallPlaces {
            scope: self.scope,
            homes: &self.homes,
            project: &self.project,
        }
    }
}

/// A file that is made, changed or deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Which; it may be a link, which then stays one.
    pub path: PathBuf,
    /// Its text; `None` if there is no file.
    pub before: Option<String>,
    /// Its text afterwards; `None` if there will be no file.
    pub after: Option<String>,
    /// What the change is about: `hooks for claude`.
    pub what: String,
    /// The directory that stays when those that have become empty are removed.
    pub floor: PathBuf,
}

impl Change {
    fn reversed(&self) -> Change {
        Change {
            before: self.after.clone(),
            after: self.before.clone(),
            ..self.clone()
        }
    }
}

/// What is to be done, in this order; and what is left as it is, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// The files, each once.
    pub changes: Vec<Change>,
    /// For the user, a sentence each.
    pub notices: Vec<Hint>,
}

/// Plans the installation. No changes if all is installed.
///
/// # Errors
///
/// If a settings file cannot be read or is not understood: its path, the place and what to do.
pub fn plan_install(target: &Target) -> Result<Plan> {
    let mut planner = Planner::new(target);
    if target.server {
        for (agent, installation) in installations(&target.agents) {
            planner.edit_server(agent, installation, put_server)?;
        }
        return Ok(planner.plan);
    }
    for (agent, installation) in installations(&target.agents) {
        let path = planner.places.hooks_file(installation);
        match &installation.hooks {
            HooksForm::Settings(format) => {
                let wanted = wanted_hooks(target, agent, &target.command);
                planner.edit(agent, &path, |text| {
                    let settings = Settings::parse(text, format, &target.command)?;
                    settings.install(&wanted).map(Some)
                })?;
            }
            HooksForm::Plugin(plugin) => {
                let text = files::plugin_text(plugin, &target.command);
                planner.put(path, &text, &format!("plugin for {agent}"))?;
            }
        }
        let skills = planner.places.skills_directory(installation);
        planner.put(
            skill_file(&skills, files::SKILL),
            &files::skill_text(),
            "skill log",
        )?;
        planner.take_former_skill(&skills)?;
    }
    Ok(planner.plan)
}

/// Plans the removal of all that was installed, by any version. A skill that another agent with
/// hooks of ours uses too stays.
///
/// # Errors
///
/// As [`plan_install`].
pub fn plan_uninstall(target: &Target) -> Result<Plan> {
    let mut planner = Planner::new(target);
    if target.server {
        for (agent, installation) in installations(&target.agents) {
            planner.edit_server(agent, installation, take_server)?;
        }
        return Ok(planner.plan);
    }
    let kept = planner.skills_in_use();
    for (agent, installation) in installations(&target.agents) {
        let path = planner.places.hooks_file(installation);
        match &installation.hooks {
            HooksForm::Settings(format) => planner.edit(agent, &path, |text| match text {
                None => Ok(None),
                text => Ok(Settings::parse(text, format, &target.command)?.uninstall()),
            })?,
            HooksForm::Plugin(plugin) => {
                let text = files::plugin_text(plugin, &target.command);
                planner.take(path, &text, &format!("plugin for {agent}"))?;
            }
        }
        planner.edit_server(agent, installation, take_server)?;
        let skills = planner.places.skills_directory(installation);
        if kept.contains(&apply::canonical_target(&skills)) {
            continue;
        }
        planner.take(
            skill_file(&skills, files::SKILL),
            &files::skill_text(),
            "skill log",
        )?;
        planner.take_former_skill(&skills)?;
    }
    Ok(planner.plan)
}

fn installations(agents: &[Agent]) -> impl Iterator<Item = (Agent, &'static Installation)> {
    let agents = agents.iter();
    agents.filter_map(|agent| Some((*agent, agent.profile().installation?)))
}

/// Returns the temporary files that killed installations left beside the files of the agents.
pub fn find_left_behind(target: &Target) -> Vec<PathBuf> {
    let places = target.places();
    let beside = |(_, installation)| {
        let skills = places.skills_directory(installation);
        let of_skills = [files::SKILL, files::FORMER_SKILL].map(|name| skill_file(&skills, name));
        of_skills.into_iter().chain([
            places.hooks_file(installation),
            places.server_file(installation),
        ])
    };
    let files = installations(&target.agents).flat_map(beside);
    let mut found: Vec<PathBuf> = files
        .filter_map(|file| file.parent().map(apply::left_behind))
        .flatten()
        .collect();
    found.sort();
    found.dedup();
    found
}

fn skill_file(skills: &Path, name: &str) -> PathBuf {
    skills.join(name).join("SKILL.md")
}

/// Changes the text of a file that lists servers, for this program.
type ServerEdit = fn(Option<&str>, &ServerForm, &str) -> Result<Option<String>, Refusal>;

struct Planner<'a> {
    target: &'a Target,
    places: InstallPlaces<'a>,
    /// Files that have been seen: two agents may share one, by name or through links.
    seen: Vec<PathBuf>,
    plan: Plan,
}

impl<'a> Planner<'a> {
    fn new(target: &'a Target) -> Self {
        Planner {
            target,
            places: target.places(),
            seen: Vec::new(),
            plan: Plan::default(),
        }
    }

    /// Reads a file. What is in a project comes from others: a link there that leads out of it is
    /// not followed.
    fn read(&self, path: &Path) -> Result<Option<String>> {
        let project = apply::canonical_target(&self.target.project);
        let leads_out = || !apply::canonical_target(path).starts_with(&project);
        if self.target.scope == Scope::Project && leads_out() {
            let path = path.display();
            let message = format!("{path} is a link that leads out of the project");
            let hint =
                Hint::from("replace it by a file, or install for yourself instead, without ")
                    .then(Hint::flag("project"));
            return Err(Error::failed(message).with_hint(hint));
        }
        apply::read_settings(path)
    }

    /// Changes a settings file.
    fn edit(
        &mut self,
        agent: Agent,
        path: &Path,
        change: impl FnOnce(Option<&str>) -> Result<Option<String>, Refusal>,
    ) -> Result<()> {
        let before = self.read(path)?;
        let after = change(before.as_deref()).map_err(|refusal| refusal_error(path, refusal))?;
        self.push(
            path.to_path_buf(),
            before,
            after,
            format!("hooks for {}", agent.name()),
        );
        Ok(())
    }

    /// Puts the MCP server into a settings file, or takes it out. The same file may hold hooks.
    fn edit_server(
        &mut self,
        agent: Agent,
        installation: &Installation,
        change: ServerEdit,
    ) -> Result<()> {
        let path = self.places.server_file(installation);
        let identity = apply::canonical_target(&path);
        let mut changes = self.plan.changes.iter();
        let planned = changes.position(|change| apply::canonical_target(&change.path) == identity);
        let before = match planned {
            Some(at) => self.plan.changes[at].after.clone(),
            None => self.read(&path)?,
        };
        let edited = change(
            before.as_deref(),
            &installation.server.form,
            &self.target.command,
        );
        let after = edited.map_err(|refusal| refusal_error(&path, refusal))?;
        let what = format!("MCP server for {}", agent.name());
        match planned {
            Some(_) if before == after => {}
            Some(at) => {
                let planned = &mut self.plan.changes[at];
                planned.after = after;
                planned.what = format!("{}, {what}", planned.what);
            }
            None => self.push(path, before, after, what),
        }
        Ok(())
    }

    /// Writes a file of our own.
    fn put(&mut self, path: PathBuf, text: &str, what: &str) -> Result<()> {
        let before = self.read(&path)?;
        match files::compare_file(before.as_deref(), text) {
            FoundFile::Current => {}
            FoundFile::Edited | FoundFile::Foreign if !self.target.force => {
                self.notice(&path, "overwrite")
            }
            _ => self.push(path, before, Some(text.to_owned()), what.to_owned()),
        }
        Ok(())
    }

    /// Deletes the skill under the name that earlier versions gave it, too.
    fn take_former_skill(&mut self, skills: &Path) -> Result<()> {
        let path = skill_file(skills, files::FORMER_SKILL);
        self.take(
            path,
            &files::skill_text(),
            "skill session-logger, which is log now",
        )
    }

    /// Deletes a file of our own.
    fn take(&mut self, path: PathBuf, text: &str, what: &str) -> Result<()> {
        let before = self.read(&path)?;
        match files::compare_file(before.as_deref(), text) {
            // Another owner's file is left alone, whatever is forced.
            FoundFile::Absent | FoundFile::Foreign => {}
            FoundFile::Edited if !self.target.force => self.notice(&path, "remove"),
            _ => self.push(path, before, None, what.to_owned()),
        }
        Ok(())
    }

    fn notice(&mut self, path: &Path, verb: &str) {
        let path = path.display();
        let notice = Hint::from(format!("{path} has been edited and is left as it is; "))
            .then(Hint::flag("force"))
            .then(format!(" will {verb} it"));
        if !self.plan.notices.contains(&notice) {
            self.plan.notices.push(notice);
        }
    }

    fn push(&mut self, path: PathBuf, before: Option<String>, after: Option<String>, what: String) {
        let identity = apply::canonical_target(&path);
        if before == after || self.seen.contains(&identity) {
            return;
        }
        self.seen.push(identity);
        self.plan.changes.push(Change {
            floor: self.places.floor(&path),
            path,
            before,
            after,
            what,
        });
    }

    /// Returns the directories of skills that agents use whose hooks stay.
    fn skills_in_use(&self) -> Vec<PathBuf> {
        let others = installable_agents().filter(|agent| !self.target.agents.contains(agent));
        let others = Target {
            agents: others.collect(),
            ..self.target.clone()
        };
        let states = inspect_hooks(&others).into_iter();
        let staying =
            states.filter(|found| !matches!(found.state, State::Absent | State::Broken(_)));
        let agents: Vec<Agent> = staying.map(|found| found.agent).collect();
        installations(&agents)
            .map(|(_, found)| apply::canonical_target(&self.places.skills_directory(found)))
            .collect()
    }
}

/// Makes the error of a settings file that is left alone.
fn refusal_error(path: &Path, refusal: Refusal) -> Error {
    let path = path.display();
    match refusal {
        Refusal::Broken(fault) => Error::failed(format!(
            "{path} is not understood: line {}, column {}: {}",
            fault.line, fault.column, fault.message
        )),
        Refusal::Unexpected(why) => Error::failed(format!("{path} is not understood: {why}")),
    }
    .with_hint("mend the file and try again; nothing has been written")
}
