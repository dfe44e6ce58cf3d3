//! Where a call of a tool comes from: which agent, which of its sessions, which directories.

use super::agent::{Agent, find_calling_session};
use crate::kb::Environment;
use crate::model::AgentSession;
use serde_json::Value;
use std::path::PathBuf;

/// What is known of the caller of a tool that this program serves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ToolCaller {
    /// Name of the agent, if it is one that is known.
    pub agent: Option<&'static str>,
    /// The agent's session.
    pub session: Option<AgentSession>,
    /// The directories that the agent says it works in.
    pub directories: Vec<PathBuf>,
}

/// Finds the caller by the name under which the client introduced itself, by what stands beside
/// the call (`_meta`), and by the environment in which it started this process, if it did.
pub fn find_tool_caller(
    client: Option<&str>,
    meta: &Value,
    environment: Option<&Environment>,
) -> ToolCaller {
    let Some(agent) = client.and_then(find_client) else {
        return find_unnamed(meta, environment);
    };
    let profile = agent.profile();
    let read = profile.read_call.map(|read| read(meta));
    let (told, mut directories) = read.unwrap_or_default();
    // The variables of another agent may have come along from a terminal of that one.
    let own = || environment.and_then(|environment| agent.session_id(environment));
    let id = told.or_else(|| own().map(str::to_owned));
    directories.extend(environment.and_then(|environment| find_project(agent, environment)));
    ToolCaller {
        agent: Some(agent.name()),
        session: id.map(|id| AgentSession {
            name: agent.name().to_owned(),
            id,
        }),
        directories,
    }
}

/// Finds the caller where the client has a name that is none of ours: a program around an agent, or
/// one that speaks like it. What stands beside the call comes before what is in the environment.
fn find_unnamed(meta: &Value, environment: Option<&Environment>) -> ToolCaller {
    let read = |agent: &Agent| {
        let (id, directories) = (agent.profile().read_call?)(meta);
        let session = id.map(|id| AgentSession {
            name: agent.name().to_owned(),
            id,
        });
        (!directories.is_empty()).then_some(ToolCaller {
            agent: Some(agent.name()),
            session,
            directories,
        })
    };
    let mut all = Agent::ALL.iter();
    if let Some(told) = all.find_map(read) {
        return told;
    }
    let project = |environment| {
        let mut all = Agent::ALL.iter();
        all.find_map(|agent| find_project(*agent, environment))
    };
    ToolCaller {
        agent: None,
        session: environment.and_then(find_calling_session),
        directories: environment.and_then(project).into_iter().collect(),
    }
}

/// Returns the directory of the project that an agent names in the environment.
fn find_project(agent: Agent, environment: &Environment) -> Option<PathBuf> {
    let directory = environment.variable(agent.profile().project_variable?)?;
    Some(environment.absolute(directory.as_ref()))
}

/// Returns the agent that calls itself so as a client: `codex-mcp-client`, `github-copilot`.
fn find_client(name: &str) -> Option<Agent> {
    let name = name.to_ascii_lowercase();
    let all = Agent::ALL.iter().copied();
    let mut all = all.filter(|agent| *agent != Agent::Generic);
    all.find(|agent| {
        let mut names = agent
            .profile()
            .aliases
            .iter()
            .chain([&agent.profile().name]);
        names.any(|own| name.starts_with(own))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kb::tests::environment;
    use serde_json::json;

    #[test]
    fn the_caller_is_the_client_and_not_whose_variables_came_along() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let mut environment = environment(dir.path());
        let project = dir.path().join("shop");
        for (name, value) in [
            ("CLAUDE_CODE_SESSION_ID", "c1"),
            ("CLAUDE_PROJECT_DIR", &*project.to_string_lossy()),
            ("COPILOT_AGENT_SESSION_ID", "p1"),
        ] {
            environment.variables.insert(name.into(), value.into());
        }
        let codex = json!({"threadId": "t1", "x-codex-turn-metadata": {"workspaces": {"/a": {}}}});
        for (client, meta, session, directories) in [
            (
                Some("claude-code"),
                &json!({}),
                Some(("claude", "c1")),
                vec![project.clone()],
            ),
            (
                Some("copilot-cli"),
                &json!({}),
                Some(("copilot", "p1")),
                vec![],
            ),
            (
                Some("codex-mcp-client"),
                &codex,
                Some(("codex", "t1")),
                vec!["/a".into()],
            ),
            (Some("gemini-cli-mcp-client"), &codex, None, vec![]),
            (
                Some("github-copilot"),
                &json!(null),
                Some(("copilot", "p1")),
                vec![],
            ),
            (Some("opencode"), &json!(null), None, vec![]),
            (
                Some("some-editor"),
                &codex,
                Some(("codex", "t1")),
                vec!["/a".into()],
            ),
            (
                None,
                &json!({"threadId": "t1"}),
                Some(("claude", "c1")),
                vec![project],
            ),
        ] {
            let found = find_tool_caller(client, meta, Some(&environment));
            let own = found.session.as_ref();
            let own = own.map(|own| (own.name.as_str(), own.id.as_str()));
            assert_eq!(
                (own, &found.directories),
                (session, &directories),
                "{client:?}"
            );
        }
        let remote = find_tool_caller(Some("claude-code"), &json!({}), None);
        let unknown = ToolCaller {
            agent: Some("claude"),
            ..ToolCaller::default()
        };
        assert_eq!(remote, unknown);
    }
}
