//! What a reader has to know to go on where it ended.

use super::super::tools::Deed;
use super::TranscriptSession;
use serde::{Deserialize, Serialize};

/// What is known so far. Every text in it is redacted and cut.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct State {
    pub(super) session: TranscriptSession,
    /// Whether the start of the session was told.
    pub(super) begun: bool,
    /// When the last line was written; 0 before the first that tells.
    pub(super) at: i64,
    /// The directory that the agent works in.
    pub(super) cwd: String,
    /// Tools whose results are awaited.
    pub(super) pending: Vec<Pending>,
    /// Commands that go on in the background, by the agent's number.
    pub(super) running: Vec<(i64, Pending)>,
    /// The last thing that the agent said, until it is known whether it was an answer.
    pub(super) answer: Option<Held>,
    /// Steps of the work by the hashes of their ids.
    pub(super) steps: Vec<(String, String)>,
    /// What was told already and must not be told twice.
    pub(super) seen: Ring,
    /// Tools that failed, and on what.
    pub(super) failed: Ring,
    /// The last prompt: where it stood and its hash.
    pub(super) prompt: Option<(u8, u64)>,
    /// How many prompts there were.
    pub(super) prompts: u64,
    /// Whether the lines are copies of another session's.
    pub(super) copying: bool,
}

/// A tool that is at work.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Pending {
    /// Hash of the agent's id of the use, which a redaction might take for a key.
    pub(super) id: u64,
    /// Key of what it will tell.
    pub(super) key: Option<u64>,
    /// When it was used.
    pub(super) at: i64,
    /// Hash of the message that it was used in.
    pub(super) message: u64,
    /// Whether a sub-agent used it.
    pub(super) side: bool,
    /// The tool.
    pub(super) tool: String,
    /// What it is used on.
    pub(super) subject: String,
    /// What it does.
    pub(super) deeds: Vec<Deed>,
}

/// Something that the agent said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Held {
    pub(super) at: i64,
    pub(super) key: Option<u64>,
    /// Hash of the message that it is in.
    pub(super) message: u64,
    pub(super) text: String,
}

/// A bounded set of hashes, in which the newest replaces the oldest.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Ring(Vec<u64>);

impl Ring {
    const LIMIT: usize = 512;

    /// Adds a hash. Returns whether it is new.
    pub(super) fn insert(&mut self, hash: u64) -> bool {
        if self.0.contains(&hash) {
            return false;
        }
        if self.0.len() >= Self::LIMIT {
            self.0.remove(0);
        }
        self.0.push(hash);
        true
    }

    pub(super) fn contains(&self, hash: u64) -> bool {
        self.0.contains(&hash)
    }

    pub(super) fn remove(&mut self, hash: u64) -> bool {
        let before = self.0.len();
        self.0.retain(|known| *known != hash);
        self.0.len() < before
    }
}
