//! The agents whose hooks are understood, and which of them calls.

use super::wire::Fields as _;
use crate::error::{Error, Result};
use serde_json::Value;
use std::fmt;
use std::str::FromStr;

/// An agent, by the dialect that its hooks speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Agent {
    /// Claude Code.
    Claude,
    /// Codex CLI.
    Codex,
    /// Gemini CLI.
    Gemini,
    /// Cursor.
    Cursor,
    /// GitHub Copilot CLI.
    Copilot,
    /// opencode, through the plugin that is installed with it.
    Opencode,
    /// Any other, in the documented [generic form](super#the-generic-form).
    Generic,
}

impl Agent {
    /// All agents.
    pub const ALL: [Agent; 7] = [
        Agent::Claude,
        Agent::Codex,
        Agent::Gemini,
        Agent::Cursor,
        Agent::Copilot,
        Agent::Opencode,
        Agent::Generic,
    ];

    /// Returns the name: lower case, without spaces.
    pub fn name(self) -> &'static str {
        match self {
            Agent::Claude => "claude",
            Agent::Codex => "codex",
            Agent::Gemini => "gemini",
            Agent::Cursor => "cursor",
            Agent::Copilot => "copilot",
            Agent::Opencode => "opencode",
            Agent::Generic => "generic",
        }
    }

    /// Returns the agent of that name, as people write it.
    pub fn from_name(name: &str) -> Option<Self> {
        let name = name.trim().to_ascii_lowercase();
        match name.as_str() {
            "claude-code" => Some(Agent::Claude),
            "codex-cli" => Some(Agent::Codex),
            "gemini-cli" => Some(Agent::Gemini),
            "cursor-agent" | "cursor-cli" => Some(Agent::Cursor),
            "copilot-cli" | "github-copilot" => Some(Agent::Copilot),
            _ => Agent::ALL.into_iter().find(|agent| agent.name() == name),
        }
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
            let names: Vec<&str> = Agent::ALL.map(Agent::name).to_vec();
            Error::usage(format!("no agent '{}' is known", name.escape_debug()))
                .with_hint(format!("use one of {}", names.join(", ")))
        })
    }
}

/// Variables of the environment by which agents are told apart; those that are unset or empty
/// are `None`.
///
/// `CLAUDE_PROJECT_DIR` is not among them, since Gemini and Cursor set it too.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AgentVariables {
    /// `CURSOR_VERSION`.
    pub cursor_version: Option<String>,
    /// `GEMINI_SESSION_ID`.
    pub gemini_session_id: Option<String>,
    /// `GEMINI_CWD`.
    pub gemini_cwd: Option<String>,
    /// `COPILOT_CLI`.
    pub copilot_cli: Option<String>,
    /// `COPILOT_AGENT_SESSION_ID`.
    pub copilot_agent_session_id: Option<String>,
    /// `CLAUDE_CODE_SESSION_ID`, which commands that Claude Code runs are given.
    pub claude_code_session_id: Option<String>,
}

impl AgentVariables {
    /// Returns the agent's own id of its session, if the environment says it: for events that
    /// say none, and for commands that the agent runs.
    pub fn session(&self, agent: Agent) -> Option<&str> {
        match agent {
            Agent::Claude => self.claude_code_session_id.as_deref(),
            Agent::Gemini => self.gemini_session_id.as_deref(),
            Agent::Copilot => self.copilot_agent_session_id.as_deref(),
            _ => None,
        }
    }
}

/// Returns the agent that calls: the one named when the hook was installed, else by the
/// environment, else by the looks of what it sends.
pub fn detect(explicit: Option<Agent>, variables: &AgentVariables, json: &Value) -> Agent {
    explicit
        .or_else(|| by_environment(variables))
        .unwrap_or_else(|| by_looks(json))
}

fn by_environment(variables: &AgentVariables) -> Option<Agent> {
    if variables.cursor_version.is_some() {
        Some(Agent::Cursor)
    } else if variables.gemini_session_id.is_some() || variables.gemini_cwd.is_some() {
        Some(Agent::Gemini)
    } else if variables.copilot_cli.is_some() {
        Some(Agent::Copilot)
    } else {
        None
    }
}

/// Events that only Gemini has.
const OF_GEMINI: [&str; 7] = [
    "BeforeAgent",
    "AfterAgent",
    "BeforeModel",
    "AfterModel",
    "BeforeTool",
    "AfterTool",
    "PreCompress",
];

fn by_looks(json: &Value) -> Agent {
    let Some(event) = json.text(&["hook_event_name"]) else {
        return match () {
            () if json.text(&["type"]) == Some("agent-turn-complete") => Agent::Codex,
            () if json.text(&["event"]).is_some() => Agent::Generic,
            () if json.has(&["sessionId", "toolName", "hookName"]) => Agent::Copilot,
            () if json.has(&["session_id", "transcript_path"]) => Agent::Claude,
            () => Agent::Generic,
        };
    };
    if event.starts_with(|c: char| c.is_ascii_lowercase()) {
        let cursor = json.has(&["conversation_id", "generation_id", "cursor_version"]);
        if !cursor && json.has(&["sessionId"]) {
            Agent::Copilot
        } else {
            Agent::Cursor
        }
    } else if OF_GEMINI.contains(&event) {
        Agent::Gemini
    } else if json.has(&["turn_id"]) {
        Agent::Codex
    } else {
        Agent::Claude
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_read_back() {
        for agent in Agent::ALL {
            assert_eq!(agent.to_string().parse::<Agent>().expect("known"), agent);
        }
        assert_eq!(Agent::from_name(" Claude-Code "), Some(Agent::Claude));
        let error = "skynet\n".parse::<Agent>().expect_err("unknown");
        assert_eq!(error.message(), "no agent 'skynet\\n' is known");
    }

    #[test]
    fn the_caller_is_told_by_flag_then_environment_then_looks() {
        let claude = json!({"hook_event_name": "PostToolUse", "session_id": "s"});
        let some = |text: &str| Some(text.to_owned());
        let none = AgentVariables::default();
        let cursor = AgentVariables {
            cursor_version: some("3.2"),
            gemini_cwd: some("/w"),
            copilot_cli: some("1"),
            ..AgentVariables::default()
        };
        let gemini = AgentVariables {
            cursor_version: None,
            ..cursor.clone()
        };
        let copilot = AgentVariables {
            gemini_cwd: None,
            ..gemini.clone()
        };
        assert_eq!(detect(Some(Agent::Codex), &cursor, &claude), Agent::Codex);
        assert_eq!(detect(None, &cursor, &claude), Agent::Cursor);
        assert_eq!(detect(None, &gemini, &claude), Agent::Gemini);
        assert_eq!(detect(None, &copilot, &claude), Agent::Copilot);
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
            (json!({"type": "agent-turn-complete"}), Agent::Codex),
            (json!({"event": "start"}), Agent::Generic),
            (json!(null), Agent::Generic),
            (json!([1]), Agent::Generic),
        ] {
            assert_eq!(detect(None, &none, &json), agent, "{json}");
        }
    }
}
