//! What records tell already, for where only a time says from when on something is new.

use super::observe::{Observation, ObservedFile, SKEW};
use super::recorder::Recorder;
use crate::kb::Kb;
use crate::model::{EntryPath, FileAction, Session, Timestamp};
use std::path::Path;
use std::time::UNIX_EPOCH;

/// A session that has ended, and its entry.
pub(crate) type ToldSession = (EntryPath, Session);

/// How a record writes what was seen.
pub(super) struct RowTexts<'a> {
    /// The path of a file.
    pub(super) path: &'a dyn Fn(&Path) -> String,
    /// A step of git that is no commit.
    pub(super) step: &'a dyn Fn(&str) -> String,
}

/// Leaves out what the sessions, the newest first, tell of the time to `until`.
///
/// Records keep whole seconds, and the one in which a session ended belongs to the next one too: what
/// was changed in it would be told by both.
pub(super) fn leave_out_told(
    kb: &Kb,
    seen: &mut Observation,
    sessions: &[ToldSession],
    until: Timestamp,
    texts: &RowTexts<'_>,
) {
    seen.files.retain(|file| {
        let path = (texts.path)(&file.path);
        !tells_file(kb, sessions, (&path, file), until)
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

/// Returns whether the newest session with a row for a file tells what was done to it.
fn tells_file(
    kb: &Kb,
    sessions: &[ToldSession],
    (path, file): (&str, &ObservedFile),
    until: Timestamp,
) -> bool {
    let row_in = |(entry, session): &'_ ToldSession| {
        let mut rows = session.files.iter();
        let row = rows.find(|row| row.path == path && row.action != FileAction::Read)?;
        Some((entry.clone(), row.action))
    };
    let Some((entry, told)) = sessions.iter().find_map(row_in) else {
        return false;
    };
    match (told, file.action) {
        // Nothing says when it went.
        (FileAction::Deleted, FileAction::Deleted) => true,
        (FileAction::Deleted, _) | (_, FileAction::Deleted) => false,
        _ => {
            let time = file.time.map(Timestamp::seconds);
            time.is_some_and(|time| {
                let is_foreign = file.file_time && time > kb.now().seconds() + SKEW;
                time <= until.seconds() || is_foreign && Some(time) <= written_at(kb, &entry)
            })
        }
    }
}

/// Returns when an entry was written, in seconds since 1970. A file whose time lies in the future is on
/// another clock than this program, and is compared with another file.
fn written_at(kb: &Kb, entry: &EntryPath) -> Option<i64> {
    let found = std::fs::metadata(kb.root().join(entry.as_str())).ok()?;
    let written = found.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(written.as_secs()).ok()
}
