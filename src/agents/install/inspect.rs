//! What is installed, for `mx doctor`.

use super::apply::{canonical_target, read_settings};
use super::files::{self, FoundFile};
use super::hooks::wanted_hooks;
use super::installation::{HooksForm, HooksFormat, Installation, OwnEntry};
use super::json::JsonNode;
use super::places::{InstallPlaces, Scope};
use super::server::has_server;
use super::settings::Settings;
use super::{Target, own, refusal_error};
use crate::agents::Agent;
use schemars::JsonSchema;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// The hooks of one agent in one scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookState {
    /// Whose hooks.
    pub agent: Agent,
    /// The user's, or the project's.
    pub scope: Scope,
    /// The file that holds them, or would.
    pub path: PathBuf,
    /// Whether they are there.
    pub state: State,
    /// Whether the user lets them run, if the agent asks that (Codex) and they are there.
    pub trusted: Option<bool>,
    /// The programs that they run: one, unless it was edited.
    pub programs: Vec<String>,
    /// The skill `log`, where this agent looks for it.
    pub skill: SkillFound,
    /// Whether the MCP server is registered with it.
    pub server: bool,
}

impl HookState {
    /// Returns how the user makes the agent trust the hooks, if it does not: not yet, or not any
    /// more since they were rewritten.
    pub fn missing_trust(&self, rewritten: bool) -> Option<&'static str> {
        let trust = self.agent.profile().installation?.trust.as_ref()?;
        (self.trusted == Some(false) || rewritten).then_some(trust.step)
    }

    /// Returns what the user does after the MCP server was installed.
    pub fn server_step(&self) -> Option<&'static str> {
        Some(self.agent.profile().installation?.server.step).filter(|_| self.server)
    }

    /// Returns what the user does after an installation, if there is anything to say.
    pub fn next_step(&self) -> Option<String> {
        let steps = &self.agent.profile().installation?.steps;
        let step = match self.scope {
            Scope::User => steps.user,
            Scope::Project => steps.project,
        };
        Some(format!("{step}; {} start begins one by hand", steps.skill))
    }
}

/// Whether hooks are there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// There are none.
    Absent,
    /// They are as this version writes them.
    Installed,
    /// These events have none.
    Partial(Vec<String>),
    /// Another version wrote them, or they were edited.
    Outdated,
    /// The file cannot be understood: why.
    Broken(String),
    /// They are there, but do not run: why.
    Disabled(String),
}

/// Whether the skill is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SkillFound {
    /// There is none.
    Absent,
    /// It is as this version writes it.
    Installed,
    /// Another version wrote it.
    Outdated,
    /// It was edited, or it is another skill.
    Foreign,
}

/// Looks at the configuration of each agent of the target. Writes nothing.
pub fn inspect_hooks(target: &Target) -> Vec<HookState> {
    let places = target.places();
    let agents = target.agents.iter();
    agents
        .filter_map(|agent| {
            let installation = agent.profile().installation?;
            Some(look_at_settings(target, &places, *agent, installation))
        })
        .collect()
}

/// Returns whether the text of an agent's file of hooks has any of ours.
pub(crate) fn holds_own_hooks(installation: &Installation, text: &str) -> bool {
    let format = installation.hooks_format();
    let settings = format.and_then(|format| Settings::parse(Some(text), format, "mx").ok());
    settings.is_some_and(|settings| !settings.own_events().is_empty())
}

fn look_at_settings(
    target: &Target,
    places: &InstallPlaces<'_>,
    agent: Agent,
    installation: &Installation,
) -> HookState {
    let path = places.hooks_file(installation);
    let seen = match read_settings(&path) {
        Err(error) => State::Broken(error.message().to_owned()).into(),
        Ok(None) => State::Absent.into(),
        Ok(Some(text)) => match &installation.hooks {
            HooksForm::Settings(format) => look_into(target, agent, format, &path, &text),
            HooksForm::Plugin(plugin) => look_at_plugin(plugin, &text, &target.command),
        },
    };
    HookState {
        agent,
        scope: target.scope,
        state: match places.find_switch(installation, &target.command) {
            Some(why) if !matches!(seen.state, State::Absent | State::Broken(_)) => {
                State::Disabled(why)
            }
            _ => seen.state,
        },
        path,
        trusted: seen.trusted,
        programs: seen.programs,
        skill: skill_state(&places.skills_directory(installation)),
        server: is_served(target, places, installation),
    }
}

fn is_served(target: &Target, places: &InstallPlaces<'_>, installation: &Installation) -> bool {
    let text = read_settings(&places.server_file(installation))
        .ok()
        .flatten();
    let form = &installation.server.form;
    text.is_some_and(|text| has_server(&text, form, &target.command))
}

/// What a file says.
struct Seen {
    state: State,
    trusted: Option<bool>,
    programs: Vec<String>,
}

impl From<State> for Seen {
    fn from(state: State) -> Self {
        Seen {
            state,
            trusted: None,
            programs: Vec::new(),
        }
    }
}

fn look_at_plugin(plugin: &str, text: &str, command: &str) -> Seen {
    let program = files::program_of_plugin(text);
    let installed = program.as_deref().unwrap_or(command);
    let state = match files::compare_file(Some(text), &files::plugin_text(plugin, installed)) {
        FoundFile::Current => State::Installed,
        FoundFile::Foreign | FoundFile::Absent => return State::Absent.into(),
        FoundFile::Outdated | FoundFile::Edited => State::Outdated,
    };
    Seen {
        programs: program.into_iter().collect(),
        ..state.into()
    }
}

fn skill_state(skills: &Path) -> SkillFound {
    let text = read_settings(&skills.join(files::SKILL).join("SKILL.md"));
    let Ok(text) = text else {
        return SkillFound::Foreign;
    };
    match files::compare_file(text.as_deref(), &files::skill_text()) {
        FoundFile::Absent => SkillFound::Absent,
        FoundFile::Current => SkillFound::Installed,
        FoundFile::Outdated => SkillFound::Outdated,
        FoundFile::Edited | FoundFile::Foreign => SkillFound::Foreign,
    }
}

fn look_into(target: &Target, agent: Agent, format: &HooksFormat, path: &Path, text: &str) -> Seen {
    let settings = match Settings::parse(Some(text), format, &target.command) {
        Err(refusal) => {
            return State::Broken(refusal_error(path, refusal).message().to_owned()).into();
        }
        Ok(settings) => settings,
    };
    let events = settings.own_events();
    let Some(hooks) = settings.hooks().filter(|_| !events.is_empty()) else {
        return State::Absent.into();
    };
    let own = find_own_entries(&settings, &hooks, &events);
    let state = compare_hooks(target, agent, &settings, &hooks);
    // If it is not known, the version may be one that gets fewer hooks.
    let mut old = target.clone();
    old.versions.entry(agent).or_default();
    let complete = matches!(state, State::Partial(_))
        && compare_hooks(&old, agent, &settings, &hooks) == State::Installed;
    Seen {
        state: if complete { State::Installed } else { state },
        trusted: is_trusted(agent, path, &own),
        programs: find_programs(target, &settings, &hooks, &own),
    }
}

/// Returns whether the user lets the entries run, if the agent asks that.
fn is_trusted(agent: Agent, path: &Path, own: &[OwnEntry]) -> Option<bool> {
    let trust = agent.profile().installation?.trust.as_ref()?;
    Some((trust.is_given)(
        &[path.to_path_buf(), canonical_target(path)],
        own,
    ))
}

/// Returns the places of our entries.
fn find_own_entries(settings: &Settings<'_>, hooks: &JsonNode, events: &[String]) -> Vec<OwnEntry> {
    let mut entries = Vec::new();
    for event in events {
        let own = hooks.get(event).map(|list| settings.find_own(&list));
        let own = own.into_iter().flat_map(|own| {
            let whole = own.whole.into_iter().map(|group| (group, 0));
            whole.chain(own.within).collect::<Vec<_>>()
        });
        entries.extend(own.map(|(group, handler)| OwnEntry {
            event: event.clone(),
            group,
            handler,
        }));
    }
    entries
}

/// Returns the programs that our entries run, each once.
fn find_programs(
    target: &Target,
    settings: &Settings<'_>,
    hooks: &JsonNode,
    own: &[OwnEntry],
) -> Vec<String> {
    let program = |place: &OwnEntry| {
        let element = hooks
            .get(&place.event)?
            .elements()?
            .into_iter()
            .nth(place.group)?;
        let entry = settings
            .entries_of(&element)
            .into_iter()
            .nth(place.handler)?;
        own::program_of(&entry, &target.command)
    };
    let mut found: Vec<String> = own.iter().filter_map(program).collect();
    found.sort();
    found.dedup();
    found
}

/// Compares with what would be installed; a program at another path is as good.
fn compare_hooks(
    target: &Target,
    agent: Agent,
    settings: &Settings<'_>,
    hooks: &JsonNode,
) -> State {
    let mut missing = Vec::new();
    let mut outdated = false;
    for wanted in wanted_hooks(target, agent, &target.command) {
        let list = hooks.get(wanted.event);
        let own = list.as_ref().map(|list| settings.find_own(list));
        let Some((list, own)) = list.zip(own.filter(|own| !own.is_empty())) else {
            missing.push(wanted.event.to_owned());
            continue;
        };
        let elements = list.elements().unwrap_or_default();
        outdated |= !own.whole.iter().any(|at| {
            let element = &elements[*at];
            let entry = settings.entries_of(element).into_iter().next();
            let program = entry.and_then(|entry| own::program_of(&entry, &target.command));
            let program = program.unwrap_or_else(|| target.command.clone());
            let mut same = wanted_hooks(target, agent, &program).into_iter();
            same.any(|hook| hook.event == wanted.event && element.says(&hook.element))
        });
    }
    match (missing.is_empty(), outdated) {
        (false, _) => State::Partial(missing),
        (true, true) => State::Outdated,
        (true, false) => State::Installed,
    }
}
