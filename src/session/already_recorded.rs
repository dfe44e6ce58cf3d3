//! What records hold already, for where only a time says from when on something is new.

use super::observe::{Observation, ObservedFile, SKEW, Since};
use super::recorder::Recorder;
use crate::kb::Kb;
use crate::kb::walk::state_of;
use crate::model::{EntryPath, FileAction, Session, Timestamp};
use std::path::Path;

/// A session that has ended, and its entry.
pub(crate) type RecordedSession = (EntryPath, Session);

/// How a record writes what was seen.
pub(super) struct RowTexts<'a> {
    /// The path of a file.
    pub(super) path: &'a dyn Fn(&Path) -> String,
    /// A step of git that is no commit.
    pub(super) step: &'a dyn Fn(&str) -> String,
}

/// What the record of an imported session says it is from, before the name of the agent.
pub(crate) const IMPORTED_FROM: &str = "from a transcript of ";

/// Returns whether the record of a session was made from a transcript alone, without a look at what
/// else was changed in its directories.
pub(super) fn is_import(session: &Session) -> bool {
    let from = session.reconstructed.as_deref();
    let agent = from.and_then(|from| from.strip_prefix(IMPORTED_FROM));
    agent.is_some_and(|agent| !agent.contains([',', ' ']))
}

/// Leaves out what sessions, the newest first, hold of what was seen in a directory. If how that looked
/// is known of the moment from which on it was seen, only commits, and what came from transcripts.
///
/// Records keep whole seconds, and the one in which a session ended belongs to the next one too: what
/// was changed in it would be recorded by both. A file whose time lies in the future is on another
/// clock than this program: it is compared with the entry of the last session that looked.
pub(super) fn leave_out_recorded(
    kb: &Kb,
    seen: &mut Observation,
    (directory, since): (&Path, &Since),
    sessions: &[RecordedSession],
    texts: &RowTexts<'_>,
) {
    let is_known = matches!(since, Since::Baseline(_));
    let told = sessions
        .iter()
        .filter(|(_, one)| !is_known || is_import(one));
    let told: Vec<Told<'_>> = told.map(|one| Told::new(kb, one)).collect();
    leave_out_commits(seen, sessions);
    leave_out_moves(kb, seen, &told, texts);
    let shown = kb.environment().shown(directory);
    let last_look = told.iter().find(|one| one.looked_at(&shown));
    let in_future = |time: Timestamp| time.seconds() > kb.now().seconds() + SKEW;
    seen.files.retain(|file| {
        let is_of_other_clock = file.file_time && file.time.is_some_and(in_future);
        if let Some(last) = last_look.filter(|_| is_of_other_clock) {
            return last.written.is_none() || modified_at(&file.path) > last.written;
        }
        let path = (texts.path)(&file.path);
        let was_gone = || last_look.is_some_and(|last| last.saw_gone(file));
        !records_file(&told, (&path, file)) && !was_gone()
    });
}

/// Leaves out the commits that sessions hold: a hash is that of one commit, whenever it was recorded.
fn leave_out_commits(seen: &mut Observation, sessions: &[RecordedSession]) {
    let mut records: Vec<Session> = sessions.iter().map(|(_, one)| one.clone()).collect();
    let mut recorders: Vec<Recorder<'_>> = records.iter_mut().map(Recorder::new).collect();
    seen.commits.retain(|commit| {
        let mut recorders = recorders.iter_mut();
        !recorders.any(|recorder| recorder.has_commit(&commit.hash))
    });
}

/// Leaves out the other steps of git that sessions hold: the same may be done twice in a minute.
fn leave_out_moves(kb: &Kb, seen: &mut Observation, told: &[Told<'_>], texts: &RowTexts<'_>) {
    let mut records: Vec<Session> = told.iter().map(|one| one.session.clone()).collect();
    let mut recorders: Vec<Recorder<'_>> = records.iter_mut().map(Recorder::new).collect();
    seen.moves.retain(|step| {
        let time = step.time.in_zone(kb.zone()).datetime().naive_local();
        let text = (texts.step)(&step.text);
        let mut recorders = recorders.iter_mut();
        !recorders.any(|recorder| recorder.has_event_at(time, &text))
    });
}

/// A recorded session, and when its entry was written last, in nanoseconds since 1970.
struct Told<'a> {
    session: &'a Session,
    written: Option<i64>,
}

impl<'a> Told<'a> {
    fn new(kb: &Kb, (entry, session): &'a RecordedSession) -> Self {
        let written = modified_at(&kb.root().join(entry.as_str()));
        Told { session, written }
    }

    /// Returns the second in which it ended, or began where it has no end.
    fn end(&self) -> i64 {
        let Session { started, ended, .. } = self.session;
        ended.unwrap_or(*started).seconds()
    }

    /// Returns whether it looked at what was changed in a directory.
    fn looked_at(&self, directory: &String) -> bool {
        self.session.directories.contains(directory) && !is_import(self.session)
    }

    /// Returns whether a file was gone already when it was written: one that was made and removed in a
    /// session is in no row of it. The directory shows when something went.
    fn saw_gone(&self, file: &ObservedFile) -> bool {
        let mut above = file.path.ancestors().skip(1);
        let went = above
            .find_map(modified_at)
            .filter(|_| file.action == FileAction::Deleted);
        let is_in_last_second = |went: i64| went.div_euclid(1_000_000_000) == self.end();
        went.is_some_and(|went| is_in_last_second(went) && Some(went) <= self.written)
    }

    /// Returns whether a file was changed no later than it ended: in its last second, before the entry
    /// was written.
    fn reaches(&self, file: &ObservedFile) -> bool {
        let Some(time) = file.time.map(Timestamp::seconds) else {
            return false;
        };
        let is_later = || {
            let changed = modified_at(&file.path).filter(|_| file.file_time);
            changed.is_some_and(|changed| self.written.is_some_and(|written| changed > written))
        };
        time < self.end() || time == self.end() && !is_later()
    }
}

/// Returns whether the newest session with a row for a file records what was done to it.
fn records_file(sessions: &[Told<'_>], (path, file): (&str, &ObservedFile)) -> bool {
    let action_in = |told: &'_ Told<'_>| {
        let mut rows = told.session.files.iter();
        let row = rows.find(|row| row.path == path && row.action != FileAction::Read)?;
        Some((row.action, told.reaches(file)))
    };
    match (sessions.iter().find_map(action_in), file.action) {
        (None, _) => false,
        // Nothing says when it went.
        (Some((FileAction::Deleted, _)), FileAction::Deleted) => true,
        (Some((FileAction::Deleted, _)), _) | (_, FileAction::Deleted) => false,
        (Some((_, reaches)), _) => reaches,
    }
}

fn modified_at(path: &Path) -> Option<i64> {
    let data = std::fs::symlink_metadata(path).ok()?;
    Some(state_of(&data).modified)
}
