//! What there is to know of an agent: one table, filled in by each agent's module.

use super::event::EventKind;
use super::file_head::FileHead;
use super::homes::AgentHomes;
use super::hooks::{ContextForm, HookReader};
use super::install::installation::Installation;
use super::transcript::{LineFormat, TranscriptFile, TranscriptReader};
use serde_json::Value;
use std::path::{Path, PathBuf};

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
    /// How it is known by the variables that it sets for the hooks that it calls, if it is.
    pub(crate) caller: Option<CallerVariables>,
    /// Returns how surely a call of a hook, of which nothing else says whose it is, is its own.
    pub(crate) claim_payload: fn(&Value) -> Option<Claim>,
    /// Whether other agents call its hooks too, in its form, and with their own variables set.
    pub(crate) has_shared_hooks: bool,
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

/// The variables by which an agent is known.
pub(crate) struct CallerVariables {
    /// Its place among the agents whose variables are set at once, the first of which it is.
    pub(crate) rank: u8,
    /// Variables that no other agent sets.
    pub(crate) names: &'static [&'static str],
}

/// How surely what a hook was sent is of an agent. The greatest claim counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Claim {
    /// It has the form of the agent, which others have taken over.
    Possible,
    /// It has a field that others of that form do not send.
    Likely,
    /// It has a name that only the agent gives.
    Certain,
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
    /// Which files there are, beside those of lines.
    pub(crate) files: TranscriptFiles,
    /// How those of sub-agents are had that it keeps apart, if it does.
    pub(crate) sub_sessions: Option<SubSessions>,
}

/// The files of an agent that are no transcripts of lines.
pub(crate) struct TranscriptFiles {
    /// How the names of documents (`.json`) begin that lie deep below its places.
    pub(crate) document_start: Option<&'static str>,
    /// Returns why a file of that name, which holds its sessions, cannot be read; `None` for others.
    pub(crate) find_unreadable: fn(&str) -> Option<&'static str>,
    /// Returns whether a directory holds parts of sessions only, many thousands.
    pub(crate) holds_parts: fn(&Path) -> bool,
}

impl TranscriptFiles {
    /// There are only files of lines.
    pub(crate) const LINES: TranscriptFiles = TranscriptFiles {
        document_start: None,
        find_unreadable: |_| None,
        holds_parts: |_| false,
    };
}

/// Transcripts of sub-agents that an agent writes when it is asked for them.
pub(crate) struct SubSessions {
    /// Returns the ids of those that a transcript names.
    pub(crate) find: fn(&TranscriptFile) -> Vec<String>,
    /// Has the agent write the one of that id into a file. Returns whether it did.
    pub(crate) export: fn(&str, &Path) -> bool,
    /// Returns the command by which the user has it written.
    pub(crate) command: fn(&str) -> String,
}

/// The form of a transcript.
pub(crate) enum TranscriptForm {
    /// Lines, each of which can be read by itself.
    Lines(LineFormat<'static>),
    /// Any other, with its reader.
    Other(TranscriptReader),
}
