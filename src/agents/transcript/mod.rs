//! Transcripts: the files in which agents keep their conversations, read into [`Happening`]s.
//!
//! [`default_places`] says where an agent keeps them, [`discover`] finds them there, [`read`]
//! reads one, from its beginning or from where it ended the last time. A file is read line by
//! line, and never more of it is held than one line. Each agent's form has a reader of its own.
//!
//! Enter at [`read`]; what the readers have in common is in `scribe`.

mod calls;
mod claude;
mod codex;
mod copilot;
mod cursor;
mod document;
mod gemini;
mod lines;
mod opencode;
mod places;
mod position;
mod reading;
mod said;
mod scribe;
mod state;

pub use places::{AgentHomes, Found, TranscriptFile, default_places, discover, sniff};
pub use position::Position;
pub use reading::{Filters, read};

use super::happening::Happening;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Whose transcripts they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TranscriptKind {
    /// Claude Code.
    Claude,
    /// Codex CLI.
    Codex,
    /// Gemini CLI.
    Gemini,
    /// Cursor.
    Cursor,
    /// Copilot CLI.
    Copilot,
    /// opencode, as it kept its sessions before it had a database.
    Opencode,
}

impl TranscriptKind {
    /// All of them.
    pub const ALL: [TranscriptKind; 6] = [
        TranscriptKind::Claude,
        TranscriptKind::Codex,
        TranscriptKind::Gemini,
        TranscriptKind::Cursor,
        TranscriptKind::Copilot,
        TranscriptKind::Opencode,
    ];

    /// Returns the name of the agent: `claude`, `codex`, `gemini`, `cursor`, `copilot` or
    /// `opencode`.
    pub fn name(self) -> &'static str {
        match self {
            TranscriptKind::Claude => "claude",
            TranscriptKind::Codex => "codex",
            TranscriptKind::Gemini => "gemini",
            TranscriptKind::Cursor => "cursor",
            TranscriptKind::Copilot => "copilot",
            TranscriptKind::Opencode => "opencode",
        }
    }

    /// Returns the agent of that name, whatever its case.
    pub fn from_name(name: &str) -> Option<Self> {
        let same = |kind: &TranscriptKind| kind.name().eq_ignore_ascii_case(name.trim());
        TranscriptKind::ALL.into_iter().find(same)
    }
}

/// Names one happening wherever it is told: a copy in a resumed or forked session has the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Key(pub u64);

/// One happening, and its key where the format has something to make it of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What tells it from every other; `None` in a format without ids.
    pub key: Option<Key>,
    /// What happened.
    pub happening: Happening,
}

/// What a transcript tells of its session as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TranscriptSession {
    /// The agent.
    pub agent: Option<TranscriptKind>,
    /// The agent's own id of the session; that of the parent in the file of a sub-agent. Empty
    /// where nothing tells it.
    pub id: String,
    /// Whether the file is that of a sub-agent, whose work belongs to the session.
    pub sub_agent: bool,
    /// The session from which this one was forked or resumed.
    pub parent: Option<String>,
    /// The directory that it began in, absolute.
    pub cwd: Option<String>,
    /// Where there is no such directory, the agent's own name of the project.
    pub project: Option<String>,
    /// When it began, in milliseconds since 1970.
    pub started: Option<i64>,
    /// When the last thing happened, in milliseconds since 1970.
    pub last: Option<i64>,
    /// The agent's title for it.
    pub title: Option<String>,
    /// The git branch that it began on.
    pub branch: Option<String>,
}

/// How much of a transcript was understood.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Lines (or messages, where the format has no lines) that were read.
    pub lines: u64,
    /// Those that said something.
    pub understood: u64,
    /// Those that are known, and without interest.
    pub ignored: u64,
    /// Those of a type that this version does not know, by type.
    pub unknown: BTreeMap<String, u64>,
    /// Those that are no JSON, or too long to be held.
    pub malformed: u64,
}

impl Counts {
    /// Adds those of another file.
    pub fn add(&mut self, other: &Counts) {
        self.lines += other.lines;
        self.understood += other.understood;
        self.ignored += other.ignored;
        self.malformed += other.malformed;
        for (name, count) in &other.unknown {
            *self.unknown.entry(name.clone()).or_default() += count;
        }
    }
}

/// What came of reading a transcript.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The session as a whole.
    pub session: TranscriptSession,
    /// Where to go on.
    pub position: Position,
    /// How much was understood, of what was read now.
    pub counts: Counts,
    /// What holds only if the transcript ends here: the last answer, tools whose result is
    /// missing. If it goes on, the next reading tells this again, or better; so it is for a
    /// session that is over, and its keys are not to be remembered.
    pub tail: Vec<Item>,
    /// Whether it was read from its beginning although a position was given, because the file is
    /// another one now, or because what was read before no longer holds. All that earlier
    /// readings told is told anew.
    pub anew: bool,
}

/// What a line came to.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Heard {
    Understood,
    Ignored,
    Unknown(String),
    Malformed,
}

#[cfg(test)]
mod tests;
