//! Turns the lines of a transcript into events: the part of reading that all agents have in common.

use super::state::{HeldAnswer, ReadingState};
use super::{EventKey, KeyedEvent, TranscriptFile};
use crate::agents::event::{AgentEvent, EventKind};
use crate::agents::event_text::{Clean, EventCleaner, limit};
use crate::agents::path::below_directory;
use crate::agents::tool_effect::ToolResult;
use crate::agents::user_text::{read_ended_commands, read_summary, read_user_text, without_recall};
use crate::model::cut_at_character;
use crate::model::{FileAction, hash_number};

/// How much of a text is decoded and looked at, in bytes.
pub(crate) const MOST_LOOKED_AT: usize = 65_536;

/// Takes down what happened, in order. One for each reading.
pub(crate) struct TranscriptWriter<'a> {
    /// The file that is read.
    pub(crate) file: &'a TranscriptFile,
    pub(crate) state: ReadingState,
    clean: Clean<'a>,
    sink: &'a mut dyn FnMut(KeyedEvent),
    /// Key of the line at hand, and how many events it has given.
    key: Option<u64>,
    told: u64,
    /// The same of something earlier that is recorded only now.
    other: (Option<u64>, u64),
}

/// Returns a hash of texts, the same everywhere and always.
pub(crate) fn hash_texts(parts: &[&str]) -> u64 {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hash_number(hasher.finalize())
}

impl<'a> TranscriptWriter<'a> {
    pub(super) fn new(
        file: &'a TranscriptFile,
        state: ReadingState,
        clean: Clean<'a>,
        sink: &'a mut dyn FnMut(KeyedEvent),
    ) -> Self {
        TranscriptWriter {
            file,
            state,
            clean,
            sink,
            key: None,
            told: 0,
            other: (None, 0),
        }
    }

    /// Begins a line that was written at `at`, under the key `key`.
    pub(crate) fn begin_line(&mut self, at: Option<i64>, key: Option<u64>) {
        self.key = key;
        self.told = 0;
        if let Some(at) = at {
            self.state.at = at;
            self.note_time(at);
        }
    }

    /// Notes that the session was going on at a time.
    pub(crate) fn note_time(&mut self, at: i64) {
        let session = &mut self.state.session;
        session.started = Some(session.started.map_or(at, |started| started.min(at)));
        session.last = Some(session.last.map_or(at, |last| last.max(at)));
    }

    /// Returns when the line at hand was written; where that is unknown, when the file was.
    pub(super) fn at(&self) -> i64 {
        if self.state.at == 0 {
            self.file.modified
        } else {
            self.state.at
        }
    }

    /// Returns the key of the line at hand.
    pub(super) fn key(&self) -> Option<u64> {
        self.key
    }

    pub(super) fn cleaner(&self) -> EventCleaner<'a> {
        EventCleaner {
            clean: self.clean,
            windows: self.state.cwd.as_bytes().get(1) == Some(&b':'),
        }
    }

    /// Redacts a text, then cuts it.
    pub(crate) fn clean(&self, text: &str, limit: usize) -> String {
        self.cleaner().clean_text(cut_at_space(text), limit)
    }

    /// Adds something that happened now.
    pub(crate) fn add(&mut self, kind: EventKind) {
        self.add_at(self.at(), self.key, kind);
    }

    /// Adds something that happened at `at`, under the key of another line. Returns what was
    /// added, unless there is nothing in it.
    pub(super) fn add_at(&mut self, at: i64, key: Option<u64>, kind: EventKind) {
        let kind = match &self.state {
            // Its files are named from there.
            state if state.session.cwd.as_ref() == Some(&state.cwd) => kind,
            state => kind.with_paths_below(&state.cwd),
        };
        let Some(kind) = self.cleaner().clean_event(kind) else {
            return;
        };
        self.note_deletion(&kind);
        let number = if key == self.key {
            &mut self.told
        } else {
            if self.other.0 != key {
                self.other = (key, 0);
            }
            &mut self.other.1
        };
        let spread = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        *number += 1;
        let key = key.map(|key| EventKey(key.rotate_left(7) ^ spread));
        let event = AgentEvent { at, kind };
        (self.sink)(KeyedEvent { key, event });
    }

    fn note_deletion(&mut self, kind: &EventKind) {
        if let EventKind::File { path, action, .. } = kind {
            let hash = hash_texts(&[&below_directory(&self.state.cwd, path)]);
            match action {
                FileAction::Deleted => drop(self.state.deleted.insert(hash)),
                FileAction::Read => {}
                _ => drop(self.state.deleted.remove(hash)),
            }
        }
    }

    /// Returns whether a file was deleted, and not made again.
    pub(crate) fn has_deleted(&self, path: &str) -> bool {
        let path = below_directory(&self.state.cwd, path);
        let path = self.cleaner().clean_path(&path);
        self.state.deleted.contains(hash_texts(&[&path]))
    }

    /// Says that the session begins, once; and that it works in `cwd`.
    pub(crate) fn begin_session(&mut self, reason: &str, cwd: Option<&str>) {
        let cwd = cwd.map(|cwd| self.cleaner().clean_path(cwd));
        if !self.state.begun {
            self.state.begun = true;
            let cwd = cwd.unwrap_or_default();
            if !cwd.is_empty() {
                self.state.session.cwd = Some(cwd.clone());
            }
            self.state.cwd.clone_from(&cwd);
            if self.state.session.sub_agent {
                // Its files are recorded from there.
                self.add(EventKind::Directory { path: cwd });
            } else {
                let reason = reason.to_owned();
                self.add(EventKind::Start { reason, cwd });
            }
            return;
        }
        let Some(cwd) = cwd.filter(|cwd| !cwd.is_empty() && *cwd != self.state.cwd) else {
            return;
        };
        self.state.cwd.clone_from(&cwd);
        if self.state.session.cwd.is_none() {
            self.state.session.cwd = Some(cwd.clone());
        }
        self.add(EventKind::Directory { path: cwd });
    }

    /// Adds what the user asked, if it was the user. Returns whether it was.
    pub(crate) fn add_prompt(&mut self, text: &str) -> bool {
        for (number, exit) in read_ended_commands(cut_at_space(text)) {
            self.end_background(number, &ToolResult::exited(exit, ""));
        }
        let Some(kind) = read_user_text(cut_at_space(text)) else {
            return false;
        };
        self.begin_session("", None);
        if !matches!(kind, EventKind::Compaction { .. }) {
            self.settle();
            self.state.prompts += 1;
        }
        self.add(kind);
        true
    }

    /// Says that the conversation was compacted.
    pub(crate) fn add_compaction(&mut self, summary: &str) {
        let summary = read_summary(cut_at_space(summary));
        self.add(EventKind::Compaction { summary });
    }

    /// Holds the agent's text in a message; whether it was an answer shows by what comes next.
    pub(crate) fn hold_answer(&mut self, message: u64, text: &str) {
        let text = without_recall(cut_at_space(text));
        let text = text.trim();
        if !text.is_empty() {
            self.state.answer = Some(HeldAnswer {
                at: self.at(),
                key: self.key,
                message,
                text: text.to_owned(),
            });
        }
    }

    /// Returns whether the agent's text in a message is held still.
    pub(crate) fn holds_answer_of(&self, message: u64) -> bool {
        let held = self.state.answer.as_ref();
        held.is_some_and(|held| held.message == message)
    }

    /// Forgets the agent's last text: it went on.
    pub(crate) fn drop_answer(&mut self) {
        self.state.answer = None;
    }

    /// Records that the agent's last text was an answer.
    pub(crate) fn confirm_answer(&mut self) {
        if let Some(held) = self.state.answer.take() {
            // A place of its own, so that it has the same key whenever it is recorded.
            let key = held.key.map(|key| key ^ hash_texts(&["answer"]));
            self.add_at(held.at, key, EventKind::Answer { text: held.text });
        }
    }

    /// Adds all that was held back, since the user has the word now.
    pub(super) fn settle(&mut self) {
        let pending = std::mem::take(&mut self.state.pending);
        let (stay, go): (Vec<_>, Vec<_>) = pending.into_iter().partition(|call| call.side);
        self.state.pending = stay;
        for pending in go {
            self.add_unanswered(pending);
        }
        self.confirm_answer();
    }

    /// Says that the session is over.
    pub(crate) fn end_session(&mut self, reason: &str) {
        self.settle();
        let reason = reason.to_owned();
        self.add(EventKind::End { reason });
    }

    /// Sets the title of the session, unless it is empty.
    pub(crate) fn set_title(&mut self, title: &str) {
        if !title.trim().is_empty() {
            self.state.session.title = Some(self.clean(title, limit::LINE));
        }
    }
}

/// Returns as much of a text as is worth redacting, cut at a white space.
fn cut_at_space(text: &str) -> &str {
    if text.len() <= MOST_LOOKED_AT {
        return text;
    }
    let head = cut_at_character(text, MOST_LOOKED_AT);
    head.rfind(char::is_whitespace)
        .map_or(head, |at| &head[..at])
}
