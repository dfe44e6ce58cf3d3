//! Coding agents: the content of their hooks and transcripts, in terms that all of them share.
//!
//! ```text
//!  hook ──► hook_call ──► journal ──► fold ─┐
//!                                           ├──► record_writer ──► record (session)
//!  transcript ──► import ───────────────────┘
//! ```
//!
//! Each agent has a module with all that is known of it: its names, variables and places
//! (`profile`), how its hooks and its transcripts are read, and how hooks are installed. Modules
//! name only those above them in this list:
//!
//! - what happened: `event`, `event_text`, `path`, `json`;
//! - what it means: `tool_effect` for tools, `user_text` for prompts, `answer_text` for answers;
//! - reading in general: [`hooks`], [`transcript`], `homes`, `file_head`, `profile`;
//! - one module for each agent, [`generic`] for any other; `agent` lists them, [`discover_transcripts`] finds
//!   their transcripts;
//! - what becomes of it: [`journal`], `record_writer` with `command_rows`, `record_merge`, `row_order`,
//!   `run_times`, `fold`, `others_work`, `hook_call`, `import`; what a call of a hook alone cannot
//!   report: `missing_events`, `background_commands`, `parent_sessions`, `hook_activity`; who calls a tool:
//!   `tool_caller`;
//! - `install`: hooks, skill and server in the configuration of agents.
//!
//! What is stored has gone through [`redact`](crate::redact) first.

mod agent;
mod answer_text;
mod background_commands;
mod claude;
mod codex;
mod command_rows;
mod copilot;
mod cursor;
mod discover;
mod event;
mod event_text;
mod file_head;
pub(crate) mod fold;
mod gemini;
pub mod generic;
mod homes;
pub(crate) mod hook_activity;
pub(crate) mod hook_call;
pub mod hooks;
pub(crate) mod import;
pub mod install;
pub mod journal;
mod json;
mod missing_events;
mod opencode;
mod others_work;
mod parent_sessions;
mod path;
mod profile;
mod record_merge;
pub(crate) mod record_writer;
mod row_order;
mod run_times;
mod sub_transcripts;
#[cfg(test)]
mod tests;
mod tool_caller;
mod tool_effect;
pub mod transcript;
mod user_text;

pub use agent::{Agent, find_calling_session, without_caller};
pub use discover::{AgentTranscript, FoundTranscripts, default_places, discover_transcripts};
pub use event::{AgentEvent, EventKind};
pub use event_text::{Clean, limit};
pub use homes::AgentHomes;
pub(crate) use sub_transcripts::SubTranscripts;
pub use tool_caller::{ToolCaller, find_tool_caller};
