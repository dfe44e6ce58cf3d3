//! What a reader has to know to go on where it ended.

use super::TranscriptSession;
use crate::agents::event_text::EventCleaner;
use crate::agents::tool_effect::{StepNames, ToolCall};
use serde::{Deserialize, Serialize};

/// What is known so far.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct ReadingState {
    pub(crate) session: TranscriptSession,
    /// Whether the start of the session was recorded.
    pub(crate) begun: bool,
    /// When the last line was written; 0 before the first with a time.
    pub(crate) at: i64,
    /// The directory that the agent works in.
    pub(crate) cwd: String,
    /// Calls of tools whose results are awaited.
    pub(super) pending: Vec<PendingCall>,
    /// Commands that go on in the background, by the agent's number.
    pub(super) running: Vec<(i64, PendingCall)>,
    /// The agent's last message, until it is known whether it was an answer.
    pub(super) answer: Option<HeldAnswer>,
    /// Steps of the work.
    pub(super) steps: StepNames,
    /// What was recorded already and must not be recorded twice.
    pub(crate) seen: RecentHashes,
    /// Tools that failed, and on what.
    pub(super) failed: RecentHashes,
    /// Files that were deleted and are not there again.
    pub(super) deleted: RecentHashes,
    /// The last prompt: where it stood and its hash.
    pub(crate) prompt: Option<(u8, u64)>,
    /// How many prompts there were.
    pub(crate) prompts: u64,
    /// Whether the lines are copies of another session's.
    pub(crate) copying: bool,
}

impl ReadingState {
    /// Returns the state as it may be stored: every text redacted and cut. What is read is held
    /// as it came, and cleaned when it is recorded; what is held at the end is cleaned here.
    pub(super) fn cleaned(mut self, cleaner: &EventCleaner<'_>) -> Self {
        let running = self.running.iter_mut().map(|(_, call)| call);
        for pending in self.pending.iter_mut().chain(running) {
            pending.call.clean(cleaner);
        }
        if let Some(answer) = &mut self.answer {
            answer.text = cleaner.clean_answer(&answer.text);
        }
        self.steps.clean(cleaner);
        self
    }
}

/// The call of a tool whose result is awaited.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct PendingCall {
    /// Hash of the agent's id of the call, which a redaction might take for a key.
    pub(super) id: u64,
    /// Key of the event that it will become.
    pub(super) key: Option<u64>,
    /// When it was called.
    pub(super) at: i64,
    /// Hash of the message that it was called in.
    pub(super) message: u64,
    /// Whether a sub-agent called it.
    pub(super) side: bool,
    pub(super) call: ToolCall,
}

/// A message of the agent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct HeldAnswer {
    pub(super) at: i64,
    pub(super) key: Option<u64>,
    /// Hash of the message that it is in.
    pub(super) message: u64,
    pub(super) text: String,
}

/// A bounded set of hashes, in which the newest replaces the oldest.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct RecentHashes(Vec<u64>);

impl RecentHashes {
    const LIMIT: usize = 512;

    /// Adds a hash. Returns whether it is new.
    pub(crate) fn insert(&mut self, hash: u64) -> bool {
        if self.0.contains(&hash) {
            return false;
        }
        if self.0.len() >= Self::LIMIT {
            self.0.remove(0);
        }
        self.0.push(hash);
        true
    }

    pub(crate) fn contains(&self, hash: u64) -> bool {
        self.0.contains(&hash)
    }

    pub(crate) fn remove(&mut self, hash: u64) -> bool {
        let before = self.0.len();
        self.0.retain(|known| *known != hash);
        self.0.len() < before
    }
}
