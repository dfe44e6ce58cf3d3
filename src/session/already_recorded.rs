//! What records hold already, for where only a time says from when on something is new.

use super::observe::{Observation, ObservedFile, SKEW};
use super::recorder::Recorder;
use crate::kb::Kb;
use crate::kb::walk::{FileState, state_of};
use crate::model::{EntryPath, FileAction, Session, Timestamp};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

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
/// was changed in it would be recorded by both. What was changed in that second before the record was
/// written was looked at, also where it is in no row: a file that was made and removed. A file whose
/// time lies in the future is on another clock than this program: it is compared with the entry of
/// the newest session.
pub(super) fn leave_out_recorded(
    kb: &Kb,
    seen: &mut Observation,
    sessions: &[RecordedSession],
    until: Timestamp,
    texts: &RowTexts<'_>,
) {
    let recorded_at = leave_out_steps(kb, seen, sessions, texts);
    let written = |(entry, _): &RecordedSession| {
        let state = state_at(&kb.root().join(entry.as_str()))?;
        Some(state.modified)
    };
    let newest = sessions.first().and_then(written);
    let last = sessions.iter().filter(|(_, one)| one.ended == Some(until));
    let last = last.filter_map(written).max();
    let in_future = |time: Timestamp| time.seconds() > kb.now().seconds() + SKEW;
    let uncommitted: HashSet<&PathBuf> = seen.uncommitted.iter().collect();
    seen.files.retain(|file| {
        if file.file_time && file.time.is_some_and(in_future) {
            return newest.is_none() || state_at(&file.path).map(|state| state.modified) > newest;
        }
        let commit = file
            .time
            .filter(|_| !file.file_time && !uncommitted.contains(&file.path));
        let was_looked_at = match commit {
            Some(commit) => recorded_at.contains(&commit.seconds()),
            None => last.is_some_and(|last| was_touched_between(&file.path, until, last)),
        };
        let path = (texts.path)(&file.path);
        !was_looked_at && !records_file(sessions, (&path, file), until)
    });
}

/// Leaves out the commits and moves that the sessions hold. Returns the seconds, since 1970, in which
/// commits were made that all are recorded.
fn leave_out_steps(
    kb: &Kb,
    seen: &mut Observation,
    sessions: &[RecordedSession],
    texts: &RowTexts<'_>,
) -> HashSet<i64> {
    let records = sessions.iter().map(|(_, session)| session.clone());
    let mut records: Vec<Session> = records.collect();
    let mut recorders: Vec<Recorder<'_>> = records.iter_mut().map(Recorder::new).collect();
    let mut recorded_at = HashSet::new();
    seen.commits.retain(|commit| {
        let mut recorders = recorders.iter_mut();
        let is_recorded = recorders.any(|recorder| recorder.has_commit(&commit.hash));
        if is_recorded {
            recorded_at.insert(commit.time.seconds());
        }
        !is_recorded
    });
    for commit in &seen.commits {
        recorded_at.remove(&commit.time.seconds());
    }
    seen.moves.retain(|step| {
        let time = step.time.in_zone(kb.zone()).datetime().naive_local();
        let text = (texts.step)(&step.text);
        let mut recorders = recorders.iter_mut();
        !recorders.any(|recorder| recorder.has_event_at(time, &text))
    });
    recorded_at
}

/// Returns whether a file was changed in the second `until`, and no later than `last`, in nanoseconds
/// since 1970. Of one that is gone its directory shows that.
fn was_touched_between(file: &Path, until: Timestamp, last: i64) -> bool {
    let state = file.ancestors().find_map(state_at);
    state.is_some_and(|state| {
        let touched = state.modified.max(state.changed);
        touched <= last && touched.div_euclid(1_000_000_000) == until.seconds()
    })
}

fn state_at(path: &Path) -> Option<FileState> {
    let data = std::fs::symlink_metadata(path).ok()?;
    Some(state_of(&data))
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
