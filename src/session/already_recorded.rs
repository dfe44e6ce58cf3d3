//! What records hold already, for where only a time says from when on something is new.

use super::observe::{Observation, ObservedFile, SKEW};
use super::recorder::Recorder;
use crate::kb::Kb;
use crate::model::{EntryPath, FileAction, Session, Timestamp};
use std::path::Path;
use std::time::SystemTime;

/// A session that has ended, and its entry.
pub(crate) type RecordedSession = (EntryPath, Session);

/// How a record writes what was seen.
pub(super) struct RowTexts<'a> {
    /// The path of a file.
    pub(super) path: &'a dyn Fn(&Path) -> String,
    /// A step of git that is no commit.
    pub(super) step: &'a dyn Fn(&str) -> String,
}

/// Leaves out what the sessions, the newest first, hold of the time to `until`.
///
/// Records keep whole seconds, and the one in which a session ended belongs to the next one too: what
/// was changed in it would be recorded by both. A file whose time lies in the future is on another
/// clock than this program: it is compared with the entry of the newest session.
pub(super) fn leave_out_recorded(
    kb: &Kb,
    seen: &mut Observation,
    sessions: &[RecordedSession],
    until: Timestamp,
    texts: &RowTexts<'_>,
) {
    let newest = sessions.first();
    let written = newest.and_then(|(entry, _)| modified_at(&kb.root().join(entry.as_str())));
    let in_future = |time: Timestamp| time.seconds() > kb.now().seconds() + SKEW;
    seen.files.retain(|file| {
        if file.file_time && file.time.is_some_and(in_future) {
            return written.is_none() || modified_at(&file.path) > written;
        }
        let path = (texts.path)(&file.path);
        !records_file(sessions, (&path, file), until)
    });
    let records = sessions.iter().map(|(_, session)| session.clone());
    let mut records: Vec<Session> = records.collect();
    let mut recorders: Vec<Recorder<'_>> = records.iter_mut().map(Recorder::new).collect();
    seen.commits.retain(|commit| {
        let mut recorders = recorders.iter_mut();
        !recorders.any(|recorder| recorder.has_commit(&commit.hash))
    });
    seen.moves.retain(|step| {
        let time = step.time.in_zone(kb.zone()).datetime().naive_local();
        let text = (texts.step)(&step.text);
        let mut recorders = recorders.iter_mut();
        !recorders.any(|recorder| recorder.has_event_at(time, &text))
    });
}

/// Returns whether the newest session with a row for a file records what was done to it.
fn records_file(
    sessions: &[RecordedSession],
    (path, file): (&str, &ObservedFile),
    until: Timestamp,
) -> bool {
    let action_in = |(_, session): &RecordedSession| {
        let mut rows = session.files.iter();
        let row = rows.find(|row| row.path == path && row.action != FileAction::Read)?;
        Some(row.action)
    };
    let Some(recorded) = sessions.iter().find_map(action_in) else {
        return false;
    };
    match (recorded, file.action) {
        // Nothing says when it went.
        (FileAction::Deleted, FileAction::Deleted) => true,
        (FileAction::Deleted, _) | (_, FileAction::Deleted) => false,
        _ => {
            let time = file.time.map(Timestamp::seconds);
            time.is_some_and(|time| time <= until.seconds())
        }
    }
}

fn modified_at(file: &Path) -> Option<SystemTime> {
    std::fs::symlink_metadata(file).ok()?.modified().ok()
}
