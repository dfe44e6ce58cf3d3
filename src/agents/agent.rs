//! The agents that are known, and which of them calls a hook.

use super::homes::AgentHomes;
use super::profile::Profile;
use super::{claude, codex, copilot, cursor, gemini, generic, opencode};
use crate::error::{Error, Hint, Result};
use crate::kb::Environment;
use crate::model::AgentSession;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;
use std::path::Path;
use std::str::FromStr;

/// Makes the enumeration of agents out of a list of them with their modules.
macro_rules! agents {
    ($($(#[$doc:meta])* $variant:ident => $module:ident,)+) => {
        /// A coding agent.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(rename_all = "snake_case")]
        pub enum Agent {
            $($(#[$doc])* $variant,)+
        }

        impl Agent {
            /// All agents.
            pub const ALL: &'static [Agent] = &[$(Agent::$variant),+];

            /// Returns what there is to know of it.
            pub(crate) fn profile(self) -> &'static Profile {
                match self {
                    $(Agent::$variant => &$module::PROFILE,)+
                }
            }
        }
    };
}

agents! {
    /// Claude Code.
    Claude => claude,
    /// Codex CLI.
    Codex => codex,
    /// Gemini CLI.
    Gemini => gemini,
    /// Cursor.
    Cursor => cursor,
    /// GitHub Copilot CLI.
    Copilot => copilot,
    /// opencode.
    Opencode => opencode,
    /// Any other, in the documented [generic form](super::generic).
    Generic => generic,
}

impl Agent {
    /// Returns the name: lower case, without spaces.
    pub fn name(self) -> &'static str {
        self.profile().name
    }

    /// Returns the name by which people know it.
    pub fn title(self) -> &'static str {
        self.profile().title
    }

    /// Returns the programs by which it is started.
    pub fn programs(self) -> &'static [&'static str] {
        self.profile().programs
    }

    /// Returns the agent of that name, as people write it: `claude-code` and `Claude` too.
    pub fn from_name(name: &str) -> Option<Self> {
        let name = name.trim().to_ascii_lowercase();
        let mut all = Agent::ALL.iter().copied();
        all.find(|agent| agent.name() == name || agent.profile().aliases.contains(&name.as_str()))
    }

    /// Returns the agents that keep transcripts.
    pub fn with_transcripts() -> impl Iterator<Item = Agent> {
        let all = Agent::ALL.iter().copied();
        all.filter(|agent| agent.profile().transcripts.is_some())
    }

    /// Returns the agent's own id of its session, if the environment says it: for events that say
    /// none, and for commands that the agent runs.
    pub fn session_id(self, environment: &Environment) -> Option<&str> {
        environment.variable(self.profile().session_variable?)
    }
}

impl fmt::Display for Agent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Agent {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Agent::from_name(name).ok_or_else(|| {
            let names: Vec<&str> = Agent::ALL.iter().map(|agent| agent.name()).collect();
            Error::usage(format!("no agent '{}' is known", name.escape_debug()))
                .with_hint(format!("use one of {}", names.join(", ")))
        })
    }
}

/// Returns the session of the agent that runs this command, if it says.
pub fn find_calling_session(environment: &Environment) -> Option<AgentSession> {
    let session = |agent: &Agent| {
        Some(AgentSession {
            name: agent.name().to_owned(),
            id: agent.session_id(environment)?.to_owned(),
        })
    };
    Agent::ALL.iter().find_map(session)
}

/// Returns the environment without what says that an agent's session called: a server that an agent
/// starts does not belong to that session.
pub fn without_caller(environment: &Environment) -> Environment {
    let mut environment = Environment {
        session: None,
        agent: None,
        ..environment.clone()
    };
    let variables = Agent::ALL
        .iter()
        .filter_map(|agent| agent.profile().session_variable);
    for variable in variables {
        environment.variables.remove(variable);
    }
    environment
}

impl AgentHomes {
    /// Takes the directories from an environment: those whose variables are called after an agent
    /// (`CODEX_HOME`), and those that all programs share (`XDG_CONFIG_HOME`).
    ///
    /// # Errors
    ///
    /// If there is no home directory.
    pub fn from_environment(environment: &Environment) -> Result<Self> {
        let home = environment.home.clone().ok_or_else(|| {
            Error::failed("there is no home directory in which agents keep their transcripts")
                .with_hint(
                    Hint::from("name a file or a directory: ")
                        .then(Hint::command("import").with("AGENT").with("PATH")),
                )
        })?;
        let directories = environment.variables.iter();
        let moved = directories
            .filter(|(name, _)| is_directory_variable(name))
            .map(|(name, value)| (name.clone(), environment.absolute(Path::new(value))))
            .collect();
        Ok(AgentHomes { home, moved })
    }
}

fn is_directory_variable(variable: &str) -> bool {
    let is_of = |agent: &Agent| variable.starts_with(&agent.name().to_ascii_uppercase());
    let names_directory = ["_HOME", "_DIR"].iter().any(|end| variable.ends_with(end));
    names_directory && (variable.starts_with("XDG_") || Agent::ALL.iter().any(is_of))
}

/// Returns the agent that calls a hook: the one named when the hook was installed, else by the
/// environment, else by what it sends.
pub fn detect_agent(named: Option<Agent>, environment: &Environment, json: &Value) -> Agent {
    named
        .or_else(|| detect_by_environment(environment))
        .unwrap_or_else(|| detect_by_payload(json))
}

/// Returns the agent whose variables are set.
pub(crate) fn detect_by_environment(environment: &Environment) -> Option<Agent> {
    let is_set = |name: &&str| environment.variable(name).is_some();
    let rank = |agent: &Agent| {
        let caller = agent.profile().caller.as_ref();
        caller
            .filter(|caller| caller.names.iter().any(is_set))
            .map(|caller| caller.rank)
    };
    let all = Agent::ALL.iter().copied();
    all.filter(|agent| rank(agent).is_some()).min_by_key(rank)
}

/// Returns the agent with the greatest claim to what a hook was sent.
fn detect_by_payload(json: &Value) -> Agent {
    let claim = |agent: &Agent| (agent.profile().claim_payload)(json);
    let all = Agent::ALL.iter().copied();
    let claimed = all.filter(|agent| claim(agent).is_some()).max_by_key(claim);
    claimed.unwrap_or(Agent::Generic)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kb::tests::environment;
    use serde_json::json;
    use std::collections::BTreeSet;

    #[test]
    fn names_read_back() {
        for agent in Agent::ALL {
            assert_eq!(agent.to_string().parse::<Agent>().expect("known"), *agent);
        }
        for (name, agent) in [
            (" Claude-Code ", Agent::Claude),
            ("gemini-cli", Agent::Gemini),
            ("copilot-cli", Agent::Copilot),
            ("cursor-agent", Agent::Cursor),
        ] {
            assert_eq!(Agent::from_name(name), Some(agent), "{name}");
        }
        assert_eq!(Agent::from_name(""), None);
        let error = "skynet\n".parse::<Agent>().expect_err("unknown");
        assert_eq!(error.message(), "no agent 'skynet\\n' is known");
    }

    #[test]
    fn no_two_agents_have_the_same_rank_or_variable() {
        let callers = || {
            Agent::ALL
                .iter()
                .filter_map(|agent| agent.profile().caller.as_ref())
        };
        let ranks: BTreeSet<u8> = callers().map(|caller| caller.rank).collect();
        assert_eq!(ranks.len(), callers().count());
        let names: Vec<&str> = callers().flat_map(|caller| caller.names).copied().collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
        assert!(callers().all(|caller| !caller.names.is_empty()));
    }

    #[test]
    fn the_caller_is_told_by_flag_then_environment_then_looks() {
        let claude = json!({"hook_event_name": "PostToolUse", "session_id": "s"});
        let dir = tempfile::tempdir().expect("temporary directory");
        let with = |names: &[&str]| {
            let mut environment = environment(dir.path());
            let set = names
                .iter()
                .map(|name| ((*name).to_owned(), "1".to_owned()));
            environment.variables.extend(set);
            environment
        };
        let cursor = with(&["CURSOR_VERSION", "GEMINI_CWD", "COPILOT_CLI"]);
        let gemini = with(&["GEMINI_CWD", "COPILOT_CLI"]);
        let copilot = with(&["COPILOT_CLI"]);
        let none = with(&[]);
        assert_eq!(
            detect_agent(Some(Agent::Codex), &cursor, &claude),
            Agent::Codex
        );
        assert_eq!(detect_agent(None, &cursor, &claude), Agent::Cursor);
        assert_eq!(detect_agent(None, &gemini, &claude), Agent::Gemini);
        assert_eq!(detect_agent(None, &copilot, &claude), Agent::Copilot);
        for (json, agent) in [
            (claude, Agent::Claude),
            (
                json!({"hook_event_name": "Stop", "turn_id": "1"}),
                Agent::Codex,
            ),
            (json!({"hook_event_name": "AfterTool"}), Agent::Gemini),
            (
                json!({"hook_event_name": "stop", "conversation_id": "c"}),
                Agent::Cursor,
            ),
            (
                json!({"sessionId": "s", "toolName": "bash"}),
                Agent::Copilot,
            ),
            (
                json!({"hook_event_name": "AfterTool", "turn_id": "1"}),
                Agent::Gemini,
            ),
            (json!({"hook_event_name": "stop"}), Agent::Cursor),
            (
                json!({"hook_event_name": "stop", "sessionId": "s"}),
                Agent::Copilot,
            ),
            (
                json!({"hook_event_name": "stop", "sessionId": "s", "cursor_version": "3"}),
                Agent::Cursor,
            ),
            (json!({"session_id": "s"}), Agent::Claude),
            (json!({"session_id": "s", "sessionId": "s"}), Agent::Copilot),
            (json!({"event": "start", "sessionId": "s"}), Agent::Generic),
            (json!({"type": "agent-turn-complete"}), Agent::Codex),
            (json!({"event": "start"}), Agent::Generic),
            (json!(null), Agent::Generic),
            (json!([1]), Agent::Generic),
        ] {
            assert_eq!(detect_agent(None, &none, &json), agent, "{json}");
        }
    }
}
