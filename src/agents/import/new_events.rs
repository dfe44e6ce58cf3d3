//! Reading a transcript: the events that no other transcript held before.

use super::Import;
use super::known::{KEY_PAIR, hash_of, keys_path};
use crate::agents::row_order::RecordedRows;
use crate::agents::run_times::RunTimes;
use crate::agents::tool_effect::begins_sessions;
use crate::agents::transcript::{EventKey, KeyedEvent, Position, TranscriptReading};
use crate::agents::{AgentEvent, AgentTranscript, EventKind};
use crate::error::{Error, Result};
use crate::model::Session;
use crate::session::recorder::Recorder;

/// The events of a transcript that no other one held before.
#[derive(Default)]
pub(super) struct NewEvents {
    pub(super) keys: Vec<EventKey>,
    /// Its answers.
    pub(super) answers: RecordedRows,
    /// When it ran what may have done more than it reports.
    pub(super) run_times: RunTimes,
    /// When it called the tool of this program's server that begins sessions, in milliseconds since
    /// 1970.
    pub(super) begun: Vec<i64>,
    /// Whether tools were counted of which more may follow.
    pub(super) counted_early: bool,
}

/// A transcript that cannot be read: that is no fault of what is written.
pub(super) struct Unreadable(pub(super) Error);

impl Import<'_> {
    /// Applies the events of a transcript from a position on. Collects the keys of what was new. A
    /// transcript that begins with copies of another's lines began with its own first event.
    pub(super) fn take(
        &self,
        file: &AgentTranscript,
        from: &Position,
        session: &mut Session,
        new: &mut NewEvents,
    ) -> Result<TranscriptReading, Unreadable> {
        let writer = self.record_writer();
        let own = hash_of(&file.file.path);
        let clean = |text: &str, most: usize| self.redactor.clean_and_cut(text, most);
        let side = from.is_of_sub_agent();
        let (mut first, mut copied) = (None, false);
        let empty = Session::new(session.id, String::new(), session.started);
        let mut recorder = Recorder::new(session);
        let mut add = |event: &AgentEvent| {
            first.get_or_insert(event.at);
            writer.apply(&mut recorder, event);
            new.run_times.add(event);
            if let EventKind::Tool { name } = &event.kind
                && begins_sessions(name)
            {
                new.begun.push(event.at);
            }
            if matches!(event.kind, EventKind::Answer { .. }) {
                new.answers.add(&writer, &empty, event);
            }
        };
        let mut apply = |KeyedEvent { key, event }: KeyedEvent| {
            // A sub-agent may work elsewhere; that is no directory of its session.
            if side && matches!(event.kind, EventKind::Directory { .. }) {
                return;
            }
            let holder = key.and_then(|key| self.told.get(&key));
            if holder.is_none_or(|other| *other == own) {
                add(&event);
                new.keys.extend(key);
            } else {
                copied = true;
            }
        };
        let mut reading = file.read(from, &clean, &mut apply).map_err(Unreadable)?;
        let mut tail = reading.tail.iter().map(|keyed| &keyed.event);
        tail.clone().for_each(&mut add);
        new.counted_early = tail.any(|event| matches!(event.kind, EventKind::Tool { .. }));
        if copied {
            reading.session.started = first.or(reading.session.started);
        }
        Ok(reading)
    }

    /// Keeps the keys of the new events of a transcript, so that no other one repeats them. Before
    /// its record is written: the transcript itself may, should the record never be.
    pub(super) fn keep_keys(&self, file: &AgentTranscript, keys: &[EventKey]) -> Result<()> {
        let own = hash_of(&file.file.path).to_le_bytes();
        let fresh = keys.iter().filter(|key| !self.told.contains_key(key));
        let pairs: Vec<[[u8; 8]; 2]> = fresh.map(|key| [key.0.to_le_bytes(), own]).collect();
        match pairs.as_flattened().as_flattened() {
            [] => Ok(()),
            bytes => self.kb.append_records(&keys_path(self.kb), bytes, KEY_PAIR),
        }
    }

    pub(super) fn remember(&mut self, file: &AgentTranscript, keys: Vec<EventKey>) {
        let own = hash_of(&file.file.path);
        self.told.extend(keys.into_iter().map(|key| (key, own)));
    }
}
