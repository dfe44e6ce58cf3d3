//! What there is to know of an agent: one table, filled in by each agent's module.

use super::event::EventKind;
use super::file_head::FileHead;
use super::homes::AgentHomes;
use super::hooks::{ContextForm, HookReader};
use super::install::installation::Installation;
use super::transcript::{LineFormat, TranscriptReader};
use serde_json::Value;
use std::path::PathBuf;

/// An agent.
pub(crate) struct Profile {
    /// Its name in arguments and records: lower case, without spaces.
    pub(crate) name: &'static str,
    /// The name by which people know it.
    pub(crate) title: &'static str,
    /// Other names that people write.
    pub(crate) aliases: &'static [&'static str],
    /// The programs by which it is started.
    pub(crate) programs: &'static [&'static str],
    /// Variables that it sets for the hooks that it calls, and no other agent does.
    pub(crate) caller_variables: &'static [&'static str],
    /// The variable in which commands that it runs find the id of its session.
    pub(crate) session_variable: Option<&'static str>,
    /// The variable in which a server that it starts finds the directory of the project.
    pub(crate) project_variable: Option<&'static str>,
    /// Reads what stands beside a tool call, if that shows where the call comes from.
    pub(crate) read_call: Option<CallReader>,
    /// Reads a call of a hook.
    pub(crate) read_hook: HookReader,
    /// How it takes context from a hook.
    pub(crate) context_form: ContextForm,
    /// Its transcripts, if it keeps any that can be read.
    pub(crate) transcripts: Option<&'static TranscriptFormat>,
    /// Which events its transcripts report, and its hooks do not (or not as well); `None` if
    /// there are none, so that transcripts need not be read for them.
    pub(crate) only_in_transcript: Option<fn(&EventKind) -> bool>,
    /// How hooks are installed, if they are by this program.
    pub(crate) installation: Option<&'static Installation>,
}

/// Reads the `_meta` of a call of a tool: the agent's own id of its session, and the directories
/// in which it works.
pub(crate) type CallReader = fn(&Value) -> (Option<String>, Vec<PathBuf>);

/// The transcripts of an agent.
pub(crate) struct TranscriptFormat {
    /// Returns the directories in which they lie, whether they exist or not.
    pub(crate) places: fn(&AgentHomes) -> Vec<PathBuf>,
    /// Returns whether a file is one of them.
    pub(crate) recognises: fn(&FileHead<'_>) -> bool,
    /// How one is read.
    pub(crate) form: TranscriptForm,
}

/// The form of a transcript.
pub(crate) enum TranscriptForm {
    /// Lines, each of which can be read by itself.
    Lines(LineFormat<'static>),
    /// Any other, with its reader.
    Other(TranscriptReader),
}
