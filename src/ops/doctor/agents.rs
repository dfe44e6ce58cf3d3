//! The agents: whether their hooks are there, run, are complete, and have reported anything.

use super::super::install::{AgentHooks, HooksState, SkillFound, is_found, shown_time, target};
use super::journals;
use super::mend::Remedy;
use super::{Finding, mending};
use crate::agents::install::{
    HookState, Scope, find_left_behind, inspect_hooks, installable_agents,
};
use crate::agents::{Agent, fold, hook_activity};
use crate::error::Hint;
use crate::kb::{Kb, is_abandoned};
use schemars::JsonSchema;
use serde::Serialize;
use std::path::Path;

/// How an agent and its hooks are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AgentHealth {
    /// The hooks.
    #[serde(flatten)]
    pub hooks: AgentHooks,
    /// When a hook of the agent last noted something in this knowledge base, RFC 3339.
    pub last_fired: Option<String>,
}

/// What was found.
pub(super) struct AgentFindings {
    pub(super) agents: Vec<AgentHealth>,
    pub(super) findings: Vec<Finding>,
}

pub(super) fn check_agents(kb: &Kb, journals: &journals::JournalFindings) -> AgentFindings {
    let mut found = AgentFindings {
        agents: Vec::new(),
        findings: Vec::new(),
    };
    for scope in [Scope::User, Scope::Project] {
        // Without a home there is nothing to look at; a home is no project.
        let Ok(target) = target(kb.environment(), installable_agents().collect(), scope) else {
            continue;
        };
        found.findings.extend(
            find_left_behind(&target)
                .iter()
                .map(|file| left_behind(kb, file)),
        );
        for state in inspect_hooks(&target) {
            // A program alone is no sign that it is used.
            let used = scope == Scope::User && target.has_configuration(state.agent);
            let here = is_found(kb.environment(), &target, state.agent);
            let health = AgentHealth {
                hooks: AgentHooks::new(kb.environment(), &state, here),
                last_fired: last_fired(kb, state.agent, journals).map(|at| shown_time(kb, at)),
            };
            if health.hooks.hooks == HooksState::Absent && !used && !state.server {
                continue;
            }
            found
                .findings
                .extend(hook_findings(kb, &state, &health.hooks));
            found.agents.push(health);
        }
    }
    found.findings.extend(find_double_hooks(kb, &found.agents));
    found
}

/// Returns when a hook of an agent last noted something, in milliseconds since 1970.
fn last_fired(kb: &Kb, agent: Agent, journals: &journals::JournalFindings) -> Option<i64> {
    let own = journals
        .files
        .iter()
        .filter(|file| file.agent == Some(agent));
    let latest = own.filter_map(|file| file.last).max();
    latest.max(hook_activity::last_activity(
        &fold::journal_directory(kb),
        agent,
    ))
}

fn left_behind(kb: &Kb, file: &Path) -> Finding {
    let message = "a temporary file of an installation was left behind";
    let finding = |advice: Hint| {
        let advice = kb.spell(advice);
        Finding::warning("leftover", message, advice).at(file.display().to_string())
    };
    if is_abandoned(file) {
        let advice = Hint::from("it holds a copy of the file beside it: ").then(mending());
        finding(advice.then(" removes it")).mended_by(Remedy::Remove(file.to_owned()))
    } else {
        finding(Hint::from(
            "delete it: it holds a copy of the file beside it",
        ))
    }
}

/// Returns an operation that concerns these hooks.
fn about_hooks(operation: &'static str, hooks: &AgentHooks) -> Hint {
    let hint = Hint::command(operation).with(hooks.agent.as_str());
    if hooks.scope == Scope::Project.name() {
        hint.with_flag("project")
    } else {
        hint
    }
}

fn warn_of_hooks(hooks: &AgentHooks, message: String, advice: String) -> Finding {
    Finding::warning("hooks", message, advice).at(hooks.path.clone())
}

/// Says how to write hooks anew.
fn install_again(kb: &Kb, hooks: &AgentHooks) -> String {
    kb.spell(Hint::from("write them anew: ").then(about_hooks("install", hooks)))
}

/// Returns what is wrong with the hooks themselves.
fn state_finding(kb: &Kb, hooks: &AgentHooks) -> Option<Finding> {
    let title = &hooks.title;
    let reason = hooks.reason.clone().unwrap_or_default();
    let (message, advice) = match hooks.hooks {
        HooksState::Absent | HooksState::Installed => return None,
        HooksState::Partial => {
            let missing = hooks.missing.join(", ");
            let message = format!("{title} has no hook for {missing}");
            (message, install_again(kb, hooks))
        }
        HooksState::Outdated => {
            let message = format!("the hooks of {title} are not those of this version");
            (message, install_again(kb, hooks))
        }
        // The reason names the file.
        HooksState::Broken => {
            let advice = format!("{title} may not read it either; mend the file");
            return Some(Finding::warning("hooks", reason, advice));
        }
        HooksState::Disabled => {
            let hint = Hint::from("switch them on again, or take them out: ");
            let advice = kb.spell(hint.then(about_hooks("uninstall", hooks)));
            (format!("{title} does not run the hooks: {reason}"), advice)
        }
    };
    Some(warn_of_hooks(hooks, message, advice))
}

fn hook_findings(kb: &Kb, state: &HookState, hooks: &AgentHooks) -> Vec<Finding> {
    let warn = |message, advice| warn_of_hooks(hooks, message, advice);
    let title = &hooks.title;
    let again = install_again(kb, hooks);
    let mut found = Vec::from_iter(state_finding(kb, hooks));
    if !hooks.has_hooks() {
        return found;
    }
    if let Some(trust) = state.missing_trust(false) {
        let message = format!("{title} skips the hooks: you have not trusted them");
        found.push(warn(message, trust.to_owned()));
    }
    for program in state
        .programs
        .iter()
        .filter(|program| !program_runs(kb, program))
    {
        let message = format!("the hooks of {title} run {program}, which is not there");
        found.push(warn(message, again.clone()));
    }
    match hooks.skill {
        SkillFound::Absent => found.push(warn(format!("{title} has no skill log"), again)),
        SkillFound::Outdated => {
            let message = format!("the skill log of {title} is not that of this version");
            found.push(warn(message, again));
        }
        // It is as its owner wants it.
        SkillFound::Installed | SkillFound::Foreign => {}
    }
    found
}

/// Returns whether there is such a program: by a path, or by a name.
fn program_runs(kb: &Kb, program: &str) -> bool {
    let environment = kb.environment();
    if program.contains(['/', '\\']) {
        environment.absolute(Path::new(program)).is_file()
    } else {
        environment.find_program(program).is_some()
    }
}

/// Hooks for the user and for the project both run.
fn find_double_hooks(kb: &Kb, agents: &[AgentHealth]) -> Vec<Finding> {
    let is_project = |health: &&AgentHealth| health.hooks.scope == Scope::Project.name();
    let own = |health: &AgentHealth| {
        agents.iter().any(|other| {
            !is_project(&other)
                && other.hooks.agent == health.hooks.agent
                && other.hooks.has_hooks()
        })
    };
    let doubled = agents.iter().filter(is_project);
    doubled
        .filter(|health| health.hooks.has_hooks() && own(health))
        .map(|health| {
            let AgentHooks { title, agent, path, .. } = &health.hooks;
            let message = format!("{title} has hooks here and in your own configuration: each event may be noted twice");
            let uninstall = Hint::command("uninstall").with(agent.as_str());
            let advice = Hint::from("keep one: ").then(uninstall.clone()).then(", or ");
            let advice = kb.spell(advice.then(uninstall.with_flag("project")));
            Finding::warning("hooks", message, advice).at(path.clone())
        })
        .collect()
}
