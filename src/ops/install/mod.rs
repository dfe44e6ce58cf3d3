//! Hooks, skill and plugin in the configuration of agents: installing them, taking them out.
//!
//! A knowledge base is not needed: this is about the home directory, or the project's.

mod next;
mod state;
mod target;

pub use crate::agents::install::SkillFound;
pub(super) use state::shown_time;
pub use state::{AgentHooks, HooksState};
pub(super) use target::{Wanted, is_found, target};

use super::{Reply, Response};
use crate::agents::Agent;
use crate::agents::install::{
    self, Change, HookState, Scope, State, Target, apply_all, find_linked, inspect_hooks,
    installable_agents, plan_install, plan_uninstall,
};
use crate::error::{Error, Hint, Result};
use crate::kb::Environment;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Installs into the configuration of agents, or takes it out again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct InstallRequest {
    /// Names of agents. `all` stands for every one that is found on this machine, and for simply
    /// every one when uninstalling. None: only looks what there is when installing, `all` when
    /// uninstalling.
    pub agents: Vec<String>,
    /// Whether it is about the configuration of the project around the current directory, which
    /// all who work on it share, instead of that of the user.
    pub project: bool,
    /// Whether to write nothing, and show what would be written.
    pub dry_run: bool,
    /// Whether a skill or plugin that was edited is overwritten, or removed.
    pub force: bool,
    /// Whether it is about the MCP server alone, instead of hooks and skill; uninstalling takes out
    /// all of them otherwise.
    pub mcp: bool,
}

/// What was installed into the configuration of agents, or taken out of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct InstallResponse {
    /// What was to be done.
    pub action: InstallAction,
    /// Whether nothing was written, and the changes are what would be done.
    pub dry_run: bool,
    /// Whose configuration: `user` or `project`.
    pub scope: String,
    /// Whether it is about the MCP server alone.
    pub mcp: bool,
    /// The program that hooks run.
    pub command: String,
    /// The agents that were named, as they are now; all of them if none was.
    pub agents: Vec<AgentHooks>,
    /// The files that were written or removed.
    pub changes: Vec<ConfigurationChange>,
    /// What is left to do for the user, a sentence each.
    pub next: Vec<String>,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum InstallAction {
    /// To look what there is.
    List,
    /// To install.
    Install,
    /// To take out what was installed.
    Uninstall,
}

/// One file of an agent's configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ConfigurationChange {
    /// The file.
    pub path: String,
    /// `made`, `changed` or `removed`.
    pub action: String,
    /// What for, such as `hooks for claude`.
    pub what: String,
    /// The change in the format of `diff -u`; only when nothing is written.
    pub diff: Option<String>,
}

/// Installs; without agents, lists those that there are.
///
/// # Errors
///
/// If an agent is not known, the home directory is missing, a file is not understood or cannot be
/// written. Then nothing has been changed.
pub(super) fn install_hooks(environment: &Environment, request: &InstallRequest) -> Result<Reply> {
    let scope = request.scope();
    if request.agents.is_empty() {
        let mut target = target(environment, installable_agents().collect(), scope)?;
        target.server = request.mcp;
        return Ok(list_hooks(environment, &target));
    }
    let agents = Wanted::read(&request.agents)?.found(environment, request)?;
    let mut target = target(environment, agents, scope)?;
    target.force = request.force;
    target.server = request.mcp;
    let find_program = |name: &str| environment.find_program(name);
    target.versions = install::find_versions(&target.agents, &find_program);
    carry_out(environment, request, &target, InstallAction::Install)
}

/// Takes out what was installed, by whatever version.
///
/// # Errors
///
/// As `install`.
pub(super) fn uninstall_hooks(
    environment: &Environment,
    request: &InstallRequest,
) -> Result<Reply> {
    let agents = Wanted::read(&request.agents)?.all();
    let mut target = target(environment, agents, request.scope())?;
    target.force = request.force;
    target.server = request.mcp;
    carry_out(environment, request, &target, InstallAction::Uninstall)
}

impl InstallRequest {
    pub(super) fn scope(&self) -> Scope {
        if self.project {
            Scope::Project
        } else {
            Scope::User
        }
    }
}

fn list_hooks(environment: &Environment, target: &Target) -> Reply {
    let states = inspect_hooks(target);
    Reply::from(Response::Install(InstallResponse {
        action: InstallAction::List,
        dry_run: false,
        scope: target.scope.name().to_owned(),
        mcp: target.server,
        command: target.command.clone(),
        agents: shown_hooks(environment, target, &states),
        changes: Vec::new(),
        next: Vec::new(),
    }))
}

fn carry_out(
    environment: &Environment,
    request: &InstallRequest,
    target: &Target,
    action: InstallAction,
) -> Result<Reply> {
    let plan = match action {
        InstallAction::Uninstall => plan_uninstall(target),
        _ => plan_install(target),
    };
    let plan = plan.map_err(|error| match target.agents.len() {
        1 => error,
        _ => error.with_hint("or name only the agents whose files are in order"),
    })?;
    let has_hooks = |state: &HookState| state.state != State::Absent;
    let had_hooks = !target.server && inspect_hooks(target).iter().any(has_hooks);
    let linked = warn_of_links(environment, &plan.changes);
    if !request.dry_run {
        apply_all(&plan.changes)?;
    }
    let states = inspect_hooks(target);
    let spelled = |notice: Hint| environment.spelling.spell(notice);
    let mut warnings: Vec<String> = plan.notices.into_iter().map(spelled).collect();
    warnings.extend(linked);
    let mut next = Vec::new();
    if action == InstallAction::Install && !request.dry_run {
        warnings.extend(target::unreachable_command(environment, target));
        if target.server {
            next = next::after_server(&states, &plan.changes, target.scope);
        } else {
            warnings.extend(states.iter().filter_map(switched_off));
            next = next::after_install(environment, &states, &plan.changes, target.scope);
        }
    } else if action == InstallAction::Uninstall && !request.dry_run {
        next = next::after_uninstall(&plan.changes, had_hooks);
    }
    let changes = plan.changes.iter();
    let response = InstallResponse {
        action,
        dry_run: request.dry_run,
        scope: target.scope.name().to_owned(),
        mcp: target.server,
        command: target.command.clone(),
        agents: shown_hooks(environment, target, &states),
        changes: changes
            .map(|change| ConfigurationChange::new(environment, change, request.dry_run))
            .collect(),
        next,
    };
    let mut reply = Reply::from(Response::Install(response));
    reply.warnings = warnings;
    Ok(reply)
}

fn warn_of_links(environment: &Environment, changes: &[Change]) -> Vec<String> {
    let warn = |path| {
        let shown = environment.shown(path);
        format!("{shown} has another name (a hard link), which keeps the old text")
    };
    find_linked(changes).into_iter().map(warn).collect()
}

fn shown_hooks(
    environment: &Environment,
    target: &Target,
    states: &[HookState],
) -> Vec<AgentHooks> {
    let states = states.iter();
    states
        .map(|state| {
            let found = is_found(environment, target, state.agent);
            AgentHooks::new(environment, state, found)
        })
        .collect()
}

/// Hooks that are in place, and do not run nevertheless.
fn switched_off(state: &HookState) -> Option<String> {
    match &state.state {
        State::Disabled(why) => {
            let agent = state.agent.title();
            Some(format!("{agent} does not run the hooks: {why}"))
        }
        _ => None,
    }
}

impl ConfigurationChange {
    fn new(environment: &Environment, change: &Change, with_diff: bool) -> Self {
        let action = match (&change.before, &change.after) {
            (None, _) => "made",
            (Some(_), Some(_)) => "changed",
            (Some(_), None) => "removed",
        };
        ConfigurationChange {
            path: environment.shown(&change.path),
            action: action.to_owned(),
            what: change.what.clone(),
            diff: with_diff.then(|| install::diff_change(change)),
        }
    }
}

fn no_such_agent(name: &str) -> Error {
    let names: Vec<&str> = installable_agents().map(Agent::name).collect();
    let names = names.join(", ");
    Error::usage(format!("no agent '{}' is known", name.escape_debug()))
        .with_hint(format!("use {names}, or all"))
}
