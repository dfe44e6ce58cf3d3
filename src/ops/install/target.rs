//! Which agents are meant, whose configuration, and which program their hooks run.

use super::{InstallRequest, no_such_agent};
use crate::agents::install::{AgentVersions, Scope, Target, installable_agents};
use crate::agents::{Agent, AgentHomes};
use crate::error::{Error, Hint, Result};
use crate::kb::{Environment, Repository};
use std::fs;
use std::path::{Path, PathBuf};

/// Name of the program, where a shell finds it.
const PROGRAM: &str = "mx";

/// The agents that were named.
pub(in crate::ops) enum Wanted {
    All,
    These(Vec<Agent>),
}

impl Wanted {
    /// Reads names; none is `all`.
    pub(in crate::ops) fn read(names: &[String]) -> Result<Wanted> {
        let mut agents = Vec::new();
        let mut all = names.is_empty();
        // A list may be separated by commas, as everywhere.
        let names = names.iter().flat_map(|names| names.split(','));
        for name in names.map(str::trim).filter(|name| !name.is_empty()) {
            match installable_agents().find(|agent| Agent::from_name(name) == Some(*agent)) {
                Some(agent) if agents.contains(&agent) => {}
                Some(agent) => agents.push(agent),
                None if name.eq_ignore_ascii_case("all") => all = true,
                None => return Err(no_such_agent(name)),
            }
        }
        match (all, agents.is_empty()) {
            (true, _) => Ok(Wanted::All),
            (false, true) => Err(no_such_agent("")),
            (false, false) => Ok(Wanted::These(agents)),
        }
    }

    /// Returns them; all agents for `all`.
    pub(in crate::ops) fn all(self) -> Vec<Agent> {
        match self {
            Wanted::All => installable_agents().collect(),
            Wanted::These(agents) => agents,
        }
    }

    /// Returns them; those that are on this machine for `all`.
    pub(in crate::ops) fn found(
        self,
        env: &Environment,
        request: &InstallRequest,
    ) -> Result<Vec<Agent>> {
        let Wanted::These(agents) = self else {
            let target = target(env, installable_agents().collect(), request.scope())?;
            let mut found: Vec<Agent> = installable_agents().collect();
            found.retain(|agent| is_found(env, &target, *agent));
            if found.is_empty() {
                let options = [("project", request.project), ("mcp", request.mcp)];
                let options = options.into_iter().filter(|(_, is_given)| *is_given);
                let again = options.fold(
                    Hint::command("install").with(Agent::ALL[0].name()),
                    |hint, option| hint.with_flag(option.0),
                );
                return Err(
                    Error::not_found("no agent was found on this machine").with_hint(
                        Hint::from("name the one that you are going to use: ").then(again),
                    ),
                );
            }
            return Ok(found);
        };
        Ok(agents)
    }
}

/// Returns whether an agent is on this machine: its program, or the directory of its
/// configuration.
pub(in crate::ops) fn is_found(env: &Environment, target: &Target, agent: Agent) -> bool {
    let mut programs = agent.programs().iter();
    target.has_configuration(agent) || programs.any(|name| env.find_program(name).is_some())
}

/// Makes the target of a scope.
///
/// # Errors
///
/// If there is no home directory, or the project is the home directory.
pub(in crate::ops) fn target(
    env: &Environment,
    agents: Vec<Agent>,
    scope: Scope,
) -> Result<Target> {
    let home = home_directory(env)?;
    let project = project_directory(env, home);
    if scope == Scope::Project && same(&project, home) {
        let shown = project.display();
        return Err(
            Error::usage(format!("{shown} is your home directory, not a project")).with_hint(
                Hint::from("change to the directory of the project, or leave out ")
                    .then(Hint::flag("project")),
            ),
        );
    }
    Ok(Target {
        agents,
        scope,
        homes: AgentHomes::from_environment(env)?,
        project,
        command: mx_command(env, scope),
        server: false,
        force: false,
        windows: cfg!(windows),
        versions: AgentVersions::default(),
    })
}

fn home_directory(env: &Environment) -> Result<&Path> {
    let Some(home) = &env.home else {
        return Err(Error::failed("there is no home directory")
            .with_hint("set HOME to yours: the configuration of agents is in it"));
    };
    if home.is_dir() {
        Ok(home)
    } else {
        Err(Error::failed(format!(
            "the home directory {} does not exist",
            home.display()
        ))
        .with_hint("make it, or set HOME to yours"))
    }
}

/// Returns the working tree around the current directory, else that itself.
fn project_directory(env: &Environment, home: &Path) -> PathBuf {
    let tree = Repository::find(&env.cwd).map(|found| found.worktree().to_path_buf());
    // A home directory may be kept in git.
    let tree = tree.filter(|tree| !same(tree, home));
    tree.unwrap_or_else(|| env.cwd.clone())
}

pub(in crate::ops) fn same(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    real(one) == real(other)
}

/// Returns the program for the hooks: by its name, which stays the same from version to version,
/// where that leads to this one. What a project shares names no place on this machine.
fn mx_command(env: &Environment, scope: Scope) -> String {
    let program = env.program.as_deref().filter(|_| scope == Scope::User);
    let by_name = env.find_program(PROGRAM);
    let path = program.filter(|program| !by_name.is_some_and(|found| same(&found, program)));
    path.and_then(Path::to_str).unwrap_or(PROGRAM).to_owned()
}

/// Returns the remark if hooks or agents run a program that is not there.
pub(super) fn unreachable_command(env: &Environment, target: &Target) -> Option<String> {
    let missing = target.command == PROGRAM && env.find_program(PROGRAM).is_none();
    let why = if target.server {
        "the agent is to start mx, which is not on your PATH: until it is, there is no server"
    } else {
        "the hooks run mx, which is not on your PATH: until it is, they do nothing"
    };
    missing.then(|| why.to_owned())
}
