//! What every call says, whatever happened: which event, which session, where.

use super::writer::HookWriter;
use super::{HookCall, HookEvent};
use crate::agents::EventKind;
use crate::agents::event_text::{Clean, limit};
use crate::agents::json::JsonFields as _;
use crate::agents::path::{is_windows, normal_path};
use crate::agents::tool_effect::name_key;
use crate::model::{hash_text, name_by_hash};
use serde_json::Value;
use std::path::PathBuf;

/// What a hook was called with, and the fields that all agents send in one spelling or another.
pub(crate) struct HookBase<'a> {
    /// All of it.
    pub(crate) json: &'a Value,
    /// The event, as the agent calls it.
    pub(crate) event: Option<&'a str>,
    session: Option<String>,
    parent: Option<&'a str>,
    cwd: Option<String>,
    subagent: bool,
}

impl<'a> HookBase<'a> {
    /// Reads the fields of `json`. `named` is the name of the event from elsewhere.
    pub(super) fn read(json: &'a Value, named: Option<&'a str>) -> Self {
        let names = ["hook_event_name", "hookEventName", "hookName", "eventName"];
        let event = json.text(&names).or(named.filter(|name| !name.is_empty()));
        let cwd = json.text(&["cwd", "directory", "worktree"]).or_else(|| {
            let roots = json.items(&["workspace_roots", "workspaceRoots"]);
            roots.first().and_then(Value::as_str)
        });
        let parent = read_parent_session(json);
        let subagent = parent.is_some()
            || json.has(&["agent_id", "agentId", "parentSessionID"])
            || json.flag(&["subagent", "isSidechain"]) == Some(true);
        HookBase {
            json,
            event: event.or_else(|| json.text(&["event"])),
            session: read_session_id(json),
            parent,
            cwd: cwd.map(|cwd| normal_path(cwd, false)),
            subagent,
        }
    }

    /// Returns the name of the event in lower case without separators: `posttooluse`.
    pub(crate) fn event_key(&self) -> String {
        name_key(self.event.unwrap_or_default())
    }

    /// Returns whether the paths are those of Windows.
    pub(super) fn is_windows(&self) -> bool {
        self.cwd.as_deref().is_some_and(is_windows)
    }

    /// Returns where the agent works, empty if it does not say.
    pub(crate) fn cwd(&self) -> &str {
        self.cwd.as_deref().unwrap_or_default()
    }

    /// Returns where the agent works as a path, if it says so.
    pub(super) fn into_place(self) -> Option<PathBuf> {
        self.cwd.map(PathBuf::from)
    }

    /// Puts the call together.
    pub(super) fn into_call(self, event: HookEvent, mut writer: HookWriter<'_>) -> HookCall {
        let background = writer.take_background();
        let clean = writer.cleaner().clean;
        let (mut events, unknown_tool) = writer.finish();
        if event == HookEvent::Stop {
            events.push(EventKind::Idle);
        }
        if self.subagent {
            events.retain(EventKind::counts_in_subagent);
        }
        let unknown = match event {
            HookEvent::Unknown => Some(match self.event {
                Some(name) => format!("event {}", clean(name, limit::NAME)),
                None => "event without a name".to_owned(),
            }),
            _ => unknown_tool.map(|tool| match tool.as_str() {
                "" => "tool without a name".to_owned(),
                tool => format!("tool {tool}"),
            }),
        };
        // The session of a sub-agent is within that of its agent, which goes on.
        let event = match event {
            HookEvent::Tool | HookEvent::Note | HookEvent::Unknown => event,
            _ if self.subagent => HookEvent::Quiet,
            _ => event,
        };
        let names = ["transcript_path", "transcriptPath", "transcript"];
        let transcript = self.json.text(&names).map(|path| normal_path(path, false));
        HookCall {
            event,
            session: self.session.map(|id| session_name(&id, clean)),
            parent: self.parent.map(|id| session_name(id, clean)),
            cwd: self.cwd.map(PathBuf::from),
            transcript: transcript.map(PathBuf::from),
            tool_call: read_call_id(self.json),
            events,
            background,
            injects: event == HookEvent::Start,
            subagent: self.subagent,
            unknown,
        }
    }
}

fn read_call_id(json: &Value) -> Option<u64> {
    let names = [
        "tool_use_id",
        "toolUseId",
        "tool_call_id",
        "toolCallId",
        "callID",
    ];
    let id = json.text(&names).filter(|id| !id.is_empty())?;
    Some(hash_text(id))
}

fn read_session_id(json: &Value) -> Option<String> {
    let names = [
        "session_id",
        "sessionId",
        "sessionID",
        "conversation_id",
        "conversationId",
        "session",
        "thread-id",
        "thread_id",
    ];
    let text = json.text(&names).map(str::to_owned);
    text.or_else(|| json.number(&names).map(|number| number.to_string()))
}

/// Returns the session for which this one works, where a sub-agent has a session of its own.
fn read_parent_session(json: &Value) -> Option<&str> {
    let own = json.text(&["sessionId", "session_id", "sessionID", "conversation_id"])?;
    let named = json.text(&[
        "parentSessionId",
        "parent_session_id",
        "parentSessionID",
        "parent_conversation_id",
    ]);
    // The agent above may be one within the same session.
    let is_session = json.text(&["agentId", "agent_id"]) == Some(own);
    let above = json.text(&["parentAgentId", "parent_agent_id"]);
    let parent = named.or(above.filter(|_| is_session))?;
    (parent != own).then_some(parent)
}

/// Returns by what an agent's session is known: the id that the agent gave it, or, if that is
/// long, odd or looks like a secret, a hash of it. The same id gives the same name always.
pub fn session_name(id: &str, clean: Clean<'_>) -> String {
    let plain = !id.is_empty() && id.len() <= 128 && id.bytes().all(|b| b.is_ascii_graphic());
    // The ids of most agents are UUIDs, which are not to be taken for keys.
    let hexadecimal = id.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    if plain && (hexadecimal || clean(id, id.len()) == id) {
        id.to_owned()
    } else {
        name_by_hash(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_keeps_its_name_unless_that_is_odd_or_secret() {
        let clean = |text: &str, _: usize| text.replace("hunter2", "[redacted]");
        for id in ["0b63c29e-11a5-4d4e-9a51-3f7f2b8f1c55", "ses_5bC1x", "a.b:c"] {
            assert_eq!(session_name(id, &clean), id);
        }
        let long = "x".repeat(129);
        for id in ["", "a b", "zwei\n", "süß", "s-hunter2", &long] {
            let name = session_name(id, &clean);
            assert!(name.starts_with("b3.") && name.len() == 35, "{name}");
            assert_eq!(name, session_name(id, &clean));
        }
    }
}
