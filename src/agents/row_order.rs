//! Where the rows of commits from git belong: among those that hooks or a transcript reported,
//! whose times are known more exactly than to the minute that the rows show.

use super::record_writer::RecordWriter;
use super::{AgentEvent, EventKind};
use crate::model::{Session, Timestamp};
use crate::session::recorder::Recorder;
use std::collections::HashMap;

/// Rows that were recorded, by their texts.
#[derive(Default)]
pub(crate) struct RecordedRows(HashMap<String, LastRecorded>);

/// When a row was recorded last, in seconds since 1970.
#[derive(Default)]
struct LastRecorded {
    answer: Option<i64>,
    other: Option<i64>,
}

impl LastRecorded {
    /// Whether it was recorded behind something that was made at a time, which is known to the
    /// second. An answer ends what was done before.
    fn is_behind(&self, made: Timestamp) -> bool {
        let made = made.seconds();
        self.answer.is_some_and(|at| at >= made) || self.other.is_some_and(|at| at > made)
    }
}

impl RecordedRows {
    /// Adds the rows that an event makes, in the record of this session.
    pub(crate) fn add(&mut self, writer: &RecordWriter<'_>, session: &Session, event: &AgentEvent) {
        let mut alone = Session::new(session.id, String::new(), session.started);
        writer.apply(&mut Recorder::new(&mut alone), event);
        let at = Some(event.at.div_euclid(1000));
        for row in alone.progress {
            let last = self.0.entry(row.text).or_default();
            if matches!(event.kind, EventKind::Answer { .. }) {
                last.answer = last.answer.max(at);
            } else {
                last.other = last.other.max(at);
            }
        }
    }

    /// Moves a row of something that was made at a time before the first of those of the same
    /// minute that were recorded behind it.
    pub(crate) fn move_before_later(&self, session: &mut Session, made: Timestamp, text: &str) {
        let rows = &mut session.progress;
        let Some(at) = rows.iter().position(|row| row.text == text) else {
            return;
        };
        let time = rows[at].time;
        let is_behind = |text: &str| self.0.get(text).is_some_and(|last| last.is_behind(made));
        let mut earlier = rows[..at].iter();
        let before = earlier.position(|row| row.time == time && is_behind(&row.text));
        if let Some(before) = before {
            rows[before..=at].rotate_right(1);
        }
    }
}
