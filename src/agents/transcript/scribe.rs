//! Writes down what happened: the part of reading that all agents have in common.

pub(super) use super::super::dialect::limit;
use super::super::dialect::normal_path;
use super::super::happening::{Happening, HappeningKind};
use super::super::wire;
use super::said::{self, Said};
use super::state::{Held, State};
use super::{Item, Key};
use crate::model::hash_number;
use std::borrow::Cow;

/// How much of a text is decoded and looked at, in bytes.
pub(super) const LOOK: usize = 65_536;

/// Takes down what happened, in order. One for each reading.
pub(super) struct Scribe<'a> {
    pub(super) state: State,
    clean: &'a dyn Fn(&str, usize) -> String,
    strip: &'a dyn Fn(&str) -> String,
    sink: &'a mut dyn FnMut(Item),
    /// Key of the line at hand, and how many things it has told.
    key: Option<u64>,
    told: u64,
    /// The same of something earlier that is told only now.
    other: (Option<u64>, u64),
    /// The time of what has none.
    pub(super) fallback: i64,
}

/// Returns a hash of texts, the same everywhere and always.
pub(super) fn hash(parts: &[&str]) -> u64 {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hash_number(hasher.finalize())
}

impl<'a> Scribe<'a> {
    pub(super) fn new(
        state: State,
        clean: &'a dyn Fn(&str, usize) -> String,
        strip: &'a dyn Fn(&str) -> String,
        sink: &'a mut dyn FnMut(Item),
    ) -> Self {
        Scribe {
            state,
            clean,
            strip,
            sink,
            key: None,
            told: 0,
            other: (None, 0),
            fallback: 0,
        }
    }

    /// Begins a line that was written at `at`, under the key `key`.
    pub(super) fn line(&mut self, at: Option<i64>, key: Option<u64>) {
        self.key = key;
        self.told = 0;
        if let Some(at) = at {
            self.state.at = at;
            let session = &mut self.state.session;
            session.started = Some(session.started.map_or(at, |started| started.min(at)));
            session.last = Some(session.last.map_or(at, |last| last.max(at)));
        }
    }

    /// Returns when the line at hand was written.
    pub(super) fn at(&self) -> i64 {
        match self.state.at {
            0 => self.fallback,
            at => at,
        }
    }

    /// Returns the key of the line at hand.
    pub(super) fn key(&self) -> Option<u64> {
        self.key
    }

    /// Redacts a text, then cuts it.
    pub(super) fn clean(&self, text: &str, limit: usize) -> String {
        (self.clean)(bounded(text), limit)
    }

    /// Returns a path as it is recorded, redacted and cut.
    pub(super) fn path(&self, path: &str) -> String {
        let drive = self.state.cwd.as_bytes().get(1) == Some(&b':');
        self.clean(&normal_path(path.trim(), drive), limit::PATH)
    }

    /// Takes out what this program had injected.
    pub(super) fn strip<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if text.contains("<!-- mx:recall") {
            return Cow::Owned((self.strip)(text));
        }
        Cow::Borrowed(text)
    }

    /// Tells that something happened now.
    pub(super) fn tell(&mut self, kind: HappeningKind) {
        self.tell_at(self.at(), self.key, kind);
    }

    /// Tells that something happened at `at`, under the key of another line.
    pub(super) fn tell_at(&mut self, at: i64, key: Option<u64>, kind: HappeningKind) {
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
        let key = key.map(|key| Key(key.rotate_left(7) ^ spread));
        (self.sink)(Item {
            key,
            happening: Happening { at, kind },
        });
    }

    /// Tells that the session begins, once; and that it works in `cwd`.
    pub(super) fn begin(&mut self, reason: &str, cwd: Option<&str>) {
        let cwd = cwd.map(|cwd| self.path(cwd));
        if !self.state.begun {
            self.state.begun = true;
            let cwd = cwd.unwrap_or_default();
            if !cwd.is_empty() {
                self.state.session.cwd = Some(cwd.clone());
            }
            self.state.cwd.clone_from(&cwd);
            if !self.state.session.sub_agent {
                let reason = self.clean(reason, limit::NAME);
                self.tell(HappeningKind::Start { reason, cwd });
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
        if !self.state.session.sub_agent {
            self.tell(HappeningKind::Directory { path: cwd });
        }
    }

    /// Tells what the user said, if it was the user. Returns whether it was.
    pub(super) fn prompt(&mut self, text: &str) -> bool {
        let text = self.strip(text);
        let said = said::read(&text);
        if said == Said::Nothing {
            return false;
        }
        self.begin("", None);
        let kind = match said {
            Said::Nothing => return false,
            Said::Text(text) => HappeningKind::Prompt {
                text: self.clean(&text, limit::PROMPT),
            },
            Said::Shell(command) => HappeningKind::Command {
                command: self.clean(&command, limit::COMMAND),
                ok: None,
                exit: None,
                error: String::new(),
            },
            Said::Leave(reason) => HappeningKind::End { reason },
            Said::Summary(text) => {
                self.compacted(&text);
                return true;
            }
        };
        self.settle();
        self.state.prompts += 1;
        self.tell(kind);
        true
    }

    /// Tells that the conversation was compacted.
    pub(super) fn compacted(&mut self, summary: &str) {
        let summary = self.clean(&self.strip(summary), limit::SUMMARY);
        self.tell(HappeningKind::Compaction { summary });
    }

    /// Notes what the agent said in a message; whether it was an answer shows by what comes next.
    pub(super) fn says(&mut self, message: u64, text: &str) {
        let text = self.strip(text);
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        let text = self.clean(text, limit::ANSWER);
        self.state.answer = Some(Held {
            at: self.at(),
            key: self.key,
            message,
            text,
        });
    }

    /// Tells that what the agent said last was an answer.
    pub(super) fn answered(&mut self) {
        if let Some(held) = self.state.answer.take() {
            self.tell_held(held);
        }
    }

    fn tell_held(&mut self, held: Held) {
        // A place of its own, so that it has the same key whenever it is told.
        let key = held.key.map(|key| key ^ hash(&["answer"]));
        self.tell_at(held.at, key, HappeningKind::Answer { text: held.text });
    }

    /// Tells all that was held back, since the user has the word now.
    pub(super) fn settle(&mut self) {
        let side = |pending: &super::state::Pending| pending.side;
        let pending = std::mem::take(&mut self.state.pending);
        let (stay, go): (Vec<_>, Vec<_>) = pending.into_iter().partition(side);
        self.state.pending = stay;
        for pending in go {
            self.unanswered(pending);
        }
        self.answered();
    }

    /// Tells that the session is over.
    pub(super) fn end(&mut self, reason: &str) {
        self.settle();
        let reason = self.clean(reason, limit::NAME);
        self.tell(HappeningKind::End { reason });
    }
}

/// Returns as much of a text as is worth redacting, cut at a white space.
pub(super) fn bounded(text: &str) -> &str {
    if text.len() <= LOOK {
        return text;
    }
    let head = wire::beginning(text, LOOK);
    head.rfind(char::is_whitespace)
        .map_or(head, |at| &head[..at])
}
