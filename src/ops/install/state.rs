//! What there is of ours in the configuration of an agent, in words for programs.

use crate::agents::install::{HookState, SkillFound, State};
use crate::kb::{Environment, Kb};
use crate::model::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// The hooks of an agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AgentHooks {
    /// Its name, as `mx install` takes it: `claude`, for one.
    pub agent: String,
    /// The name by which people know it.
    pub title: String,
    /// Whose configuration: `user` or `project`.
    pub scope: String,
    /// Whether the agent is on this machine: its program or its configuration.
    pub found: bool,
    /// The file that holds the hooks, or would.
    pub path: String,
    /// Whether they are there.
    pub hooks: HooksState,
    /// Events that have no hook, where some have.
    pub missing: Vec<String>,
    /// Why the file is not understood, or the hooks do not run.
    pub reason: Option<String>,
    /// Whether the user lets them run, if the agent asks that and they are there.
    pub trusted: Option<bool>,
    /// The programs that they run: one, unless it was edited.
    pub programs: Vec<String>,
    /// The skill `log`, where this agent looks for it.
    pub skill: SkillFound,
    /// Whether the MCP server is registered with the agent.
    pub mcp: bool,
}

/// Whether hooks are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum HooksState {
    /// There are none.
    Absent,
    /// They are as this version writes them.
    Installed,
    /// Some events have none.
    Partial,
    /// Another version wrote them, or they were edited.
    Outdated,
    /// The file is not understood.
    Broken,
    /// They are there, and switched off.
    Disabled,
}

impl AgentHooks {
    pub(in crate::ops) fn new(environment: &Environment, found: &HookState, here: bool) -> Self {
        let (hooks, missing, reason) = match &found.state {
            State::Absent => (HooksState::Absent, Vec::new(), None),
            State::Installed => (HooksState::Installed, Vec::new(), None),
            State::Partial(missing) => (HooksState::Partial, missing.clone(), None),
            State::Outdated => (HooksState::Outdated, Vec::new(), None),
            State::Broken(why) => (HooksState::Broken, Vec::new(), Some(why.clone())),
            State::Disabled(why) => (HooksState::Disabled, Vec::new(), Some(why.clone())),
        };
        AgentHooks {
            agent: found.agent.name().to_owned(),
            title: found.agent.title().to_owned(),
            scope: found.scope.name().to_owned(),
            found: here,
            path: environment.shown(&found.path),
            hooks,
            missing,
            reason,
            trusted: found.trusted,
            programs: found.programs.clone(),
            skill: found.skill,
            mcp: found.server,
        }
    }

    /// Returns whether there are hooks of ours.
    pub fn has_hooks(&self) -> bool {
        !matches!(self.hooks, HooksState::Absent | HooksState::Broken)
    }
}

/// Returns an instant in milliseconds since 1970 as text, RFC 3339.
pub(in crate::ops) fn shown_time(kb: &Kb, milliseconds: i64) -> String {
    let instant = Timestamp::from_milliseconds(milliseconds);
    instant.text_in_zone(kb.zone())
}
