//! What the hooks of agents send, read into [`HappeningKind`]s, and what they take back.
//!
//! Each agent has its own dialect of JSON and one file here that knows it; what they share (the
//! life of a session, the tools, patches, the output of shells) stands in files of its own. Read
//! is leniently: an unknown field is ignored, a field of another type is as good as absent, and
//! nothing that an agent sends is an error. Nothing is concluded by a model, and no files are
//! guessed from the text of shell commands.
//!
//! # The generic form
//!
//! For any other agent: one JSON object on stdin, with `event` and, where there is something to
//! say, `session` (the agent's own id of its session), `cwd` and `transcript`. The events:
//!
//! | `event` | further fields |
//! |---|---|
//! | `start` | `reason` (`startup`, `resume` …); answered with `{"context": "…"}` or nothing |
//! | `prompt` | `text`: what the user asked for |
//! | `tool` | `name`; `input` with `file_path`, `command` …; `ok`, `exit`, `error`, `output` |
//! | `file` | `path`; `action`: `read`, `created`, `modified` (default), `renamed`, `deleted`; `from` |
//! | `command` | `command`; `ok`, `exit`, `error`, `output` |
//! | `commit` | `hash`, `subject` |
//! | `decision` | `text`, `why` |
//! | `blocker` | `text`, `resolution` |
//! | `progress` | `text` |
//! | `compact` | `summary` |
//! | `answer` | `text`: the agent answered and waits for its user |
//! | `directory` | `path`: the agent works there now |
//! | `end` | `reason` |
//!
//! A tool is understood by its name as that of any agent: `write` with `file_path` is a changed
//! file. `subagent: true` marks what a sub-agent did: its files and commands count, what it was
//! told and what it answered do not.

mod agent;
mod answer;
mod base;
mod call;
mod claude;
mod codex;
mod copilot;
mod cursor;
mod gemini;
mod generic;
mod lifecycle;
mod notes;
mod opencode;
mod patch;
mod path;
mod shell;
mod sink;
mod tool_names;
mod tools;
mod wire;

#[cfg(test)]
mod tests;

pub use agent::{Agent, AgentVariables, detect};
pub use answer::{CONTEXT_LIMIT, answer};
pub use base::session_name;
pub use call::{Call, HookEvent};
pub use path::normal_path;
pub use sink::{Clean, limit};
pub use tool_names::shown_tool_name;

use base::Base;
use serde_json::Value;
use sink::Sink;
use std::path::PathBuf;

#[cfg(doc)]
use super::HappeningKind;

/// Returns where the agent works, if it says so: the one thing that has to be known before the
/// call is read, for the settings there may say what is a secret.
pub fn place(json: &Value) -> Option<PathBuf> {
    Base::of(json, None).place()
}

/// Reads one call of a hook. `named` is the name of the event if the hook was told it on its
/// command line: Copilot's payloads do not say it, and without it is concluded from the fields.
///
/// Every text of the result has gone through `clean`. Never fails: what is not understood is told
/// in [`Call::unknown`].
pub fn read(agent: Agent, named: Option<&str>, json: &Value, clean: Clean<'_>) -> Call {
    let base = Base::of(json, named);
    let mut sink = Sink::new(clean, base.is_windows());
    let dialect = match agent {
        Agent::Claude => claude::read,
        Agent::Codex => codex::read,
        Agent::Gemini => gemini::read,
        Agent::Cursor => cursor::read,
        Agent::Copilot => copilot::read,
        Agent::Opencode => opencode::read,
        Agent::Generic => generic::read,
    };
    let event = dialect(&base, &mut sink);
    base.call(event, sink)
}
