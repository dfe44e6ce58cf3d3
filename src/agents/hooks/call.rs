//! One call of a hook, understood.

use super::writer::BackgroundNews;
use crate::agents::EventKind;
use std::path::PathBuf;

/// What a hook was called with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookCall {
    /// At what point of the agent's work. Never a start, a prompt or an end for what a sub-agent
    /// does within it.
    pub event: HookEvent,
    /// The agent's own id of the session; see [`session_name`](super::session_name).
    pub session: Option<String>,
    /// The session for which this one works, where a sub-agent has a session of its own.
    pub parent: Option<String>,
    /// Where the agent works, as it says: not cleaned, not for storing as it is.
    pub cwd: Option<PathBuf>,
    /// The transcript of the session, as the agent says: not cleaned, not for storing as it is.
    pub transcript: Option<PathBuf>,
    /// A hash of the agent's id of the tool call that it reports.
    pub tool_call: Option<u64>,
    /// What happened.
    pub events: Vec<EventKind>,
    /// What is reported of commands that go on in the background.
    pub(crate) background: BackgroundNews,
    /// Whether the call may be answered with context for the agent.
    pub injects: bool,
    /// Whether a sub-agent did it.
    pub subagent: bool,
    /// The name of an event or of a tool that is not understood, to be counted:
    /// `event NAME`, `tool NAME`.
    pub unknown: Option<String>,
}

/// The point of an agent's work at which it calls a hook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HookEvent {
    /// A session begins or goes on.
    Start,
    /// The user asked for something.
    Prompt,
    /// A tool was used, failed or was refused.
    Tool,
    /// A task is completed, a decision made, or whatever else is worth a row.
    Note,
    /// The agent changed its directory.
    Directory,
    /// The conversation is about to be, or was, compacted.
    Compaction,
    /// The agent answered and waits for its user.
    Stop,
    /// The session is over.
    End,
    /// An event that is known and of no interest.
    Quiet,
    /// An event that is not known.
    Unknown,
}

impl HookEvent {
    /// Returns the name, in lower case.
    pub fn name(self) -> &'static str {
        match self {
            HookEvent::Start => "start",
            HookEvent::Prompt => "prompt",
            HookEvent::Tool => "tool",
            HookEvent::Note => "note",
            HookEvent::Directory => "directory",
            HookEvent::Compaction => "compaction",
            HookEvent::Stop => "stop",
            HookEvent::End => "end",
            HookEvent::Quiet => "quiet",
            HookEvent::Unknown => "unknown",
        }
    }
}
