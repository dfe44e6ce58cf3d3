//! What was seen of the work in the directories of a session, and how it gets into the record.

use super::already_recorded::{RecordedSession, RowTexts, is_import, leave_out_recorded};
use super::observe::{Evidence, Observation, ObservedFile, Observer, Since};
use super::paths;
use super::recorder::{FileNews, Recorder};
use super::work_times::{OthersWork, WorkTimes};
use crate::kb::Kb;
use crate::kb::walk::state_of;
use crate::model::{FileAction, Session, Source, Timestamp};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What was seen in all directories of a session.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    files: Vec<File>,
    commits: Vec<(Timestamp, String)>,
    /// What is not committed, as the record names it.
    pub(crate) uncommitted: Vec<String>,
    /// What limits the answer.
    pub(crate) notes: Vec<String>,
    /// The first and the last time at which something happened.
    pub(crate) span: Option<(Timestamp, Timestamp)>,
    /// All times at which something happened.
    pub(crate) times: Vec<Timestamp>,
    /// What it was seen in, for people: `2 commits`, `the times of 3 files`.
    pub(crate) evidence: Vec<String>,
}

#[derive(Debug)]
struct File {
    /// Where it lies, and where it lay before.
    places: Vec<PathBuf>,
    path: String,
    action: FileAction,
    from: Option<String>,
}

/// Looks at each directory, from the moment that goes with it. What the sessions `recorded` hold, the
/// newest first, is left out: see [`leave_out_recorded`].
pub(crate) fn gather_observations(
    kb: &Kb,
    directories: &[PathBuf],
    since: &[Since],
    recorded: &[RecordedSession],
) -> Gathered {
    let mut gathered = Gathered::default();
    let logs = kb.root().join(&kb.config().session_logs);
    let observer = Observer::new(vec![logs, kb.private_dir()]);
    let observer = observer.without_commits(looked_at_commits(recorded));
    for (directory, since) in directories.iter().zip(since) {
        let mut seen = observer.observe(directory, since);
        let texts = RowTexts {
            path: &|path| file_row(kb, directories, path),
            step: &|text| step_row(kb, text),
        };
        leave_out_recorded(kb, &mut seen, (directory, since), recorded, &texts);
        gathered.add(kb, directories, &seen);
    }
    gathered
}

/// Returns the commits of sessions that looked at what they changed, by the beginnings of their hashes.
fn looked_at_commits(recorded: &[RecordedSession]) -> HashSet<String> {
    let looked = recorded.iter().filter(|(_, one)| !is_import(one));
    let rows = looked.flat_map(|(_, one)| &one.progress);
    let hashes = rows.filter_map(|row| commit_hash(&row.text));
    hashes.map(str::to_owned).collect()
}

/// Returns how the record names a file.
fn file_row(kb: &Kb, directories: &[PathBuf], path: &Path) -> String {
    let shown = paths::shown_path(kb.environment(), directories, path);
    kb.config().redactor.clean(&shown).into_owned()
}

/// Returns the row of a step of git that is no commit.
fn step_row(kb: &Kb, text: &str) -> String {
    let row = capitalise_first(text);
    kb.config().redactor.clean(&row).into_owned()
}

/// How long git may take for a session that has ended: the start of another one waits for it.
const GIT_TIMEOUT: Duration = Duration::from_secs(2);

/// The resolution of times of files, in seconds, on the coarsest of file systems.
const RESOLUTION: i64 = 2;

/// Looks at each directory for what a session can have done between two times. What has no time is
/// left out: it may be of later.
pub(crate) fn gather_between(
    kb: &Kb,
    directories: &[PathBuf],
    (from, to): (Timestamp, Timestamp),
    times: &WorkTimes,
) -> Gathered {
    let mut gathered = Gathered::default();
    let logs = kb.root().join(&kb.config().session_logs);
    let observer = Observer::new(vec![logs, kb.private_dir()]).within(GIT_TIMEOUT);
    let is_of_then =
        |time: Timestamp| (from.seconds()..=to.seconds() + RESOLUTION).contains(&time.seconds());
    for directory in directories {
        let mut seen = observer.observe(directory, &Since::Time(from));
        seen.commits
            .retain(|commit| is_of_then(commit.time) && times.may_commit(commit.time));
        seen.moves
            .retain(|step| is_of_then(step.time) && times.may_commit(step.time));
        let commits = seen.commits.iter();
        let committed: HashSet<i64> = commits.map(|commit| commit.time.seconds()).collect();
        seen.files.retain(|file| {
            let commit = file.time.filter(|_| !file.file_time);
            let in_commit = || commit.is_some_and(|at| committed.contains(&at.seconds()));
            file.time.is_some_and(is_of_then)
                && was_touched(file, from)
                && (in_commit() || was_changed_in(file, times))
        });
        gathered.add(kb, directories, &seen);
    }
    gathered
}

/// Returns whether the session may have changed a file when that was changed last, or got its name.
fn was_changed_in(file: &ObservedFile, times: &WorkTimes) -> bool {
    let seconds = |nanoseconds: i64| Timestamp::from_seconds(nanoseconds.div_euclid(1_000_000_000));
    let about = std::fs::symlink_metadata(&file.path).ok();
    let state = about.map(|about| state_of(&about));
    let on_disk = state.map(|state| [seconds(state.modified), seconds(state.changed)]);
    let stated = file.time.filter(|_| file.file_time);
    let mut all = stated.into_iter().chain(on_disk.into_iter().flatten());
    all.any(|at| times.may_change(at))
}

/// Returns whether a file may have been changed since a time, as times on disk say: what was changed
/// before and only committed since is not of this session. Of one that is gone, or has another name,
/// its directory shows it.
fn was_touched(file: &ObservedFile, since: Timestamp) -> bool {
    let is_later = |path: &Path| {
        let about = std::fs::symlink_metadata(path).ok()?;
        let modified = state_of(&about).modified.div_euclid(1_000_000_000);
        Some(modified + RESOLUTION >= since.seconds())
    };
    let directory = |path: &PathBuf| path.ancestors().skip(1).find_map(is_later);
    if file.from.is_some() || file.action == FileAction::Deleted {
        let mut paths = std::iter::once(&file.path).chain(&file.from);
        paths.any(|path| directory(path).unwrap_or(true))
    } else {
        is_later(&file.path).unwrap_or(true)
    }
}

impl Gathered {
    /// Returns whether nothing happened. To clone a repository is no work.
    pub(crate) fn is_empty(&self) -> bool {
        let mut steps = self.commits.iter();
        self.files.is_empty() && steps.all(|(_, step)| step == CLONED)
    }

    /// Returns the commits and other steps of git, each with its time and its row.
    pub(crate) fn commits(&self) -> &[(Timestamp, String)] {
        &self.commits
    }

    fn add(&mut self, kb: &Kb, directories: &[PathBuf], seen: &Observation) {
        let shown = |path: &PathBuf| file_row(kb, directories, path);
        for file in &seen.files {
            let places = std::iter::once(&file.path).chain(&file.from);
            self.files.push(File {
                places: places.cloned().collect(),
                path: shown(&file.path),
                action: file.action,
                from: file.from.as_ref().map(shown),
            });
        }
        let commits = seen.commits.iter().map(|commit| {
            let hash: String = commit.hash.chars().take(7).collect();
            let subject = kb.config().redactor.clean(&commit.subject);
            let text = format!("Committed {hash}: {subject}");
            (commit.time, commit.place, text)
        });
        let moves = seen
            .moves
            .iter()
            .map(|step| (step.time, step.place, step_row(kb, &step.text)));
        let mut steps: Vec<_> = commits.chain(moves).collect();
        steps.sort_by_key(|(time, place, _)| (*time, *place));
        let steps = steps.into_iter().map(|(time, _, text)| (time, text));
        self.commits.extend(steps);
        self.commits.sort_by_key(|(time, _)| *time);
        self.uncommitted.extend(seen.uncommitted.iter().map(shown));
        self.notes.extend(seen.notes.iter().cloned());
        self.evidence.extend(observed_evidence(seen));
        let times = seen.times(kb.now());
        if let (Some(first), Some(last)) = (times.first(), times.last()) {
            let (from, to) = self.span.unwrap_or((*first, *last));
            self.span = Some((from.min(*first), to.max(*last)));
        }
        self.times.extend(times);
    }

    /// Leaves out what another session did.
    pub(crate) fn leave_out(&mut self, others: &OthersWork) {
        self.files
            .retain(|file| !file.places.iter().any(|path| others.has_file(path)));
        let is_others = |text: &str| commit_hash(text).is_some_and(|hash| others.has_commit(hash));
        self.commits.retain(|(_, text)| !is_others(text));
    }

    /// Adds what was seen to the record. Doing it again with what was seen later changes only what
    /// is new.
    pub(crate) fn fold_into(&self, session: &mut Session, kb: &Kb, source: Source) {
        let mut recorder = Recorder::new(session);
        let renamed = self.files.iter().filter_map(|file| {
            let from = file.from.as_deref()?;
            (from != file.path).then_some(from)
        });
        recorder.drop_renamed(&renamed.collect());
        for file in &self.files {
            let notes = file.from.as_ref().map(|from| format!("from {from}"));
            recorder.set_file(FileNews {
                path: &file.path,
                action: Some(file.action),
                notes: notes.as_deref().unwrap_or_default(),
                source,
            });
        }
        for (time, text) in &self.commits {
            if !is_known(&mut recorder, text) {
                let time = match source {
                    // While a session goes on nothing happens outside of it: git's clock is not
                    // always this program's.
                    Source::Observed => (*time).max(recorder.session().started).min(kb.now()),
                    _ => *time,
                };
                let time = time.in_zone(kb.zone()).datetime().naive_local();
                recorder.add_event(time, text, source);
            }
        }
        self.order_steps(session);
    }

    /// Brings the rows of the steps of git into their order, within a minute: some were recorded
    /// before.
    fn order_steps(&self, session: &mut Session) {
        let rows = &mut session.progress;
        let mut next = None;
        for (_, text) in self.commits.iter().rev() {
            let hash = commit_hash(text);
            let is_it = |row: &str| match (hash, commit_hash(row)) {
                (Some(hash), Some(other)) => hash == other,
                _ => row == text,
            };
            let Some(at) = rows.iter().rposition(|row| is_it(&row.text)) else {
                continue;
            };
            let is_late = |next: &usize| *next < at && rows[*next].time == rows[at].time;
            let place = next.filter(is_late).unwrap_or(at);
            rows[place..=at].rotate_right(1);
            next = Some(place);
        }
    }
}

/// The step of git that makes a clone.
const CLONED: &str = "Cloned the repository";

fn capitalise_first(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string());
    first.unwrap_or_default() + chars.as_str()
}

/// Returns what was seen, for people.
fn observed_evidence(seen: &Observation) -> Vec<String> {
    let count = |number: usize, one: &str, several: &str| match number {
        0 => None,
        1 => Some(format!("1 {one}")),
        number => Some(format!("{number} {several}")),
    };
    let files = match seen.evidence {
        Evidence::Git => count(
            seen.uncommitted.len(),
            "uncommitted file",
            "uncommitted files",
        ),
        Evidence::FileTimes => {
            let number = seen.files.len();
            count(number, "file that was changed", "files that were changed")
        }
    };
    let commits = count(seen.commits.len(), "commit", "commits");
    let moves = count(
        seen.moves.len(),
        "step in the reflog",
        "steps in the reflog",
    );
    commits.into_iter().chain(moves).chain(files).collect()
}

/// Returns the beginning of the hash of the commit that a row names.
fn commit_hash(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("Committed ")?;
    let hash = rest.split_once(':').map_or(rest, |(hash, _)| hash);
    hash.get(..7)
        .filter(|_| hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Returns whether the log holds it already: a commit by its hash, whatever logged it.
fn is_known(recorder: &mut Recorder<'_>, text: &str) -> bool {
    match commit_hash(text) {
        Some(hash) => recorder.has_commit(hash),
        None => recorder.has_event(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kb::tests::TestKb;
    use crate::session::tests::samples::running_session;

    #[test]
    fn steps_of_git_stand_in_their_order_also_where_one_was_told_before() {
        let kb = TestKb::new();
        let mut session = running_session();
        let began = session.started;
        let minute = began.datetime().naive_local();
        let mut recorder = Recorder::new(&mut session);
        recorder.add_event(minute, "Committed abc1234: Again", Source::Observed);
        recorder.add_event(minute, "Done.", Source::Observed);
        let step = |text: &str| (began, text.to_owned());
        let seen = Gathered {
            commits: vec![step("Reset to HEAD~1"), step("Committed abc1234: Again")],
            ..Gathered::default()
        };
        for _ in 0..2 {
            seen.fold_into(&mut session, &kb, Source::Inferred);
            let rows = session.progress.iter();
            let texts: Vec<&str> = rows.map(|row| row.text.as_str()).collect();
            let expected = ["Reset to HEAD~1", "Committed abc1234: Again", "Done."];
            assert_eq!(texts, expected);
        }
    }

    #[test]
    fn what_another_session_did_is_left_out() {
        let file = |path: &str| File {
            places: vec![PathBuf::from("/w").join(path)],
            path: path.to_owned(),
            action: FileAction::Modified,
            from: None,
        };
        let step = |text: &str| (Timestamp::from_seconds(1), text.to_owned());
        let mut seen = Gathered {
            files: vec![file("a"), file("b")],
            commits: vec![step("Committed abc1234: A"), step("Committed bcd2345: B")],
            ..Gathered::default()
        };
        let others = OthersWork {
            commits: HashSet::from(["abc1234".to_owned()]),
            files: HashSet::from([PathBuf::from("/w/a")]),
        };
        seen.leave_out(&others);
        assert_eq!(seen.files.len(), 1);
        assert_eq!(seen.commits(), [step("Committed bcd2345: B")]);
    }
}
