//! Where the rows of commits belong that git told: among those that hooks or a transcript told, whose
//! times are known more exactly than to the minute that the rows show.

use super::record_writer::RecordWriter;
use super::{AgentEvent, EventKind};
use crate::model::{Event, Session, Timestamp};
use crate::session::recorder::Recorder;

/// Rows that were told, with their times.
#[derive(Default)]
pub(crate) struct ToldRows(Vec<ToldRow>);

struct ToldRow {
    /// In seconds since 1970.
    at: i64,
    is_answer: bool,
    text: String,
}

impl ToldRow {
    /// Whether it was told behind something that was made at a time, which is known to the second.
    /// An answer ends what was done before.
    fn is_behind(&self, made: Timestamp) -> bool {
        self.at > made.seconds() || (self.is_answer && self.at == made.seconds())
    }
}

impl ToldRows {
    /// Adds the rows that an event makes, in the record of this session.
    pub(crate) fn add(&mut self, writer: &RecordWriter<'_>, session: &Session, event: &AgentEvent) {
        let mut alone = Session::new(session.id, String::new(), session.started);
        writer.apply(&mut Recorder::new(&mut alone), event);
        let row = |row: Event| ToldRow {
            at: event.at.div_euclid(1000),
            is_answer: matches!(event.kind, EventKind::Answer { .. }),
            text: row.text,
        };
        self.0.extend(alone.progress.into_iter().map(row));
    }

    /// Moves a row of something that was made at a time before the first of those of the same
    /// minute that were told behind it.
    pub(crate) fn move_before_later(&self, session: &mut Session, made: Timestamp, text: &str) {
        let rows = &mut session.progress;
        let Some(at) = rows.iter().position(|row| row.text == text) else {
            return;
        };
        let time = rows[at].time;
        let place = |later: &ToldRow| {
            let mut earlier = rows[..at].iter();
            earlier.position(|row| row.time == time && row.text == later.text)
        };
        let later = self.0.iter().filter(|row| row.is_behind(made));
        if let Some(before) = later.filter_map(place).min() {
            rows[before..=at].rotate_right(1);
        }
    }
}
