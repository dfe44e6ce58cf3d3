//! Transcripts: the files in which agents keep their conversations, read into
//! [`AgentEvent`]s.
//!
//! Each agent's form has a reader of its own, in the module of the agent; what they have in common
//! stands here. A transcript is read from its beginning, or from where it ended the last time
//! ([`Position`]); line by line (`read_lines`), and never more of it is held than one line. What
//! is in a line goes into a `TranscriptWriter`.

mod line_source;
mod lines;
mod position;
mod reading;
mod state;
mod tool_calls;
mod writer;

pub use position::Position;

pub(crate) use line_source::{LineSource, read_beginning_of_compressed};
pub(crate) use lines::{LONGEST_LINE, LineReader, RawLine};
pub(crate) use reading::{
    LineFormat, TranscriptReader, TranscriptScan, file_name_text, read_document, read_lines,
    read_lines_from, read_whole_document,
};
pub(crate) use tool_calls::TranscriptCall;
pub(crate) use writer::{MOST_LOOKED_AT, TranscriptWriter, hash_texts};

use super::event::AgentEvent;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// A transcript.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TranscriptFile {
    /// The file.
    pub path: PathBuf,
    /// Its size in bytes.
    pub size: u64,
    /// When it was last changed, in milliseconds since 1970.
    pub modified: i64,
    /// When it was made, if the file system knows.
    pub created: Option<i64>,
}

/// Names one event wherever it is recorded: a copy in a resumed or forked session has the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EventKey(pub u64);

/// One event, and its key where the format has something to make it of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyedEvent {
    /// Distinguishes it from every other; `None` in a format without ids.
    pub key: Option<EventKey>,
    /// What happened.
    pub event: AgentEvent,
}

/// What a transcript says of its session as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TranscriptSession {
    /// The agent's own id of the session; that of the parent in the file of a sub-agent. Empty
    /// where it is unknown.
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
pub struct TranscriptCounts {
    /// Lines (or messages, where the format has no lines) that were read.
    pub lines: u64,
    /// Those that had content.
    pub understood: u64,
    /// Those that are known, and without interest.
    pub ignored: u64,
    /// Those of a type that this version does not know, by type.
    pub unknown: BTreeMap<String, u64>,
    /// Those that are no JSON, or too long to be held.
    pub malformed: u64,
}

impl TranscriptCounts {
    /// Adds those of another file.
    pub fn add(&mut self, other: &TranscriptCounts) {
        self.lines += other.lines;
        self.understood += other.understood;
        self.ignored += other.ignored;
        self.malformed += other.malformed;
        for (name, count) in &other.unknown {
            *self.unknown.entry(name.clone()).or_default() += count;
        }
    }
}

/// The outcome of reading a transcript.
#[derive(Debug, Clone, PartialEq)]
pub struct TranscriptReading {
    /// The session as a whole.
    pub session: TranscriptSession,
    /// Where to go on.
    pub position: Position,
    /// How much was understood, of what was read now.
    pub counts: TranscriptCounts,
    /// What holds only if the transcript ends here: the last answer, tools whose result is
    /// missing. If it goes on, the next reading returns this again, or better; so it is for a
    /// session that is over, and its keys are not to be remembered.
    pub tail: Vec<KeyedEvent>,
    /// Whether it was read from its beginning although a position was given, because the file is
    /// another one now, or because what was read before no longer holds. All that earlier
    /// readings returned is returned anew.
    pub restarted: bool,
}

/// What a line came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LineOutcome {
    Understood,
    Ignored,
    /// Its type is not known.
    Unknown(String),
    Malformed,
}

impl LineOutcome {
    /// Returns that of a line of a known type, which had content or not.
    pub(crate) fn understood_if(said_something: bool) -> Self {
        if said_something {
            LineOutcome::Understood
        } else {
            LineOutcome::Ignored
        }
    }
}

/// Returns whether a text has the form of a UUID.
pub(crate) fn is_uuid(text: &str) -> bool {
    let is_in_form = |(at, byte): (usize, u8)| match at {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    };
    text.len() == 36 && text.bytes().enumerate().all(is_in_form)
}

#[cfg(test)]
mod tests;
