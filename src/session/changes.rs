//! One row added to a record. Many are added by a [`Recorder`].

pub(crate) use super::recorder::{FileNews, truncate_to_minute as minute};

use super::recorder::Recorder;
use crate::error::Result;
use crate::model::{Session, Source};
use chrono::NaiveDateTime;

/// See [`Recorder::add_event`].
pub(crate) fn add_event(session: &mut Session, time: NaiveDateTime, text: &str, source: Source) {
    Recorder::new(session).add_event(time, text, source);
}

/// See [`Recorder::set_file`].
pub(crate) fn set_file(session: &mut Session, news: FileNews<'_>) {
    Recorder::new(session).set_file(news);
}

/// See [`Recorder::add_decision`].
pub(crate) fn decide(session: &mut Session, decision: &str, rationale: &str, source: Source) {
    Recorder::new(session).add_decision(decision, rationale, source);
}

/// See [`Recorder::add_blocker`].
pub(crate) fn block(session: &mut Session, blocker: &str, source: Source) {
    Recorder::new(session).add_blocker(blocker, source);
}

/// See [`Recorder::resolve_blocker`].
///
/// # Errors
///
/// As there.
pub(crate) fn resolve(
    session: &mut Session,
    named: Option<&str>,
    resolution: &str,
    source: Source,
) -> Result<String> {
    Recorder::new(session).resolve_blocker(named, resolution, source)
}

/// See [`Recorder::count_tool`].
pub(crate) fn count_tool(session: &mut Session, name: &str, uses: u64, source: Source) {
    Recorder::new(session).count_tool(name, uses, source);
}

/// See [`Recorder::merge_record`].
pub(crate) fn absorb(session: &mut Session, other: &Session) {
    Recorder::new(session).merge_record(other);
}
