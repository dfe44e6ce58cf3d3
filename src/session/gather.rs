//! What was seen of the work in the directories of a session, and how it gets into the record.

use super::observe::{Evidence, Observation, ObservedFile, Observer, Since};
use super::paths;
use super::recorder::{FileNews, Recorder};
use super::told::{RowTexts, ToldSession, leave_out_told};
use crate::kb::Kb;
use crate::model::{FileAction, Session, Source, Timestamp};
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

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
    path: String,
    action: FileAction,
    from: Option<String>,
}

/// Looks at each directory, from the moment that goes with it. If that is only a time, what the
/// sessions `told` say already, the newest first, is left out.
pub(crate) fn gather_observations(
    kb: &Kb,
    directories: &[PathBuf],
    since: &[Since],
    told: &[ToldSession],
) -> Gathered {
    let mut gathered = Gathered::default();
    let logs = kb.root().join(&kb.config().session_logs);
    let observer = Observer::new(vec![logs, kb.private_dir()]);
    for (directory, since) in directories.iter().zip(since) {
        let mut seen = observer.observe(directory, since);
        if let Since::Time(until) = since {
            let texts = RowTexts {
                path: &|path| file_row(kb, directories, path),
                step: &|text| step_row(kb, text),
            };
            leave_out_told(kb, &mut seen, told, *until, &texts);
        }
        gathered.add(kb, directories, &seen);
    }
    gathered
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

/// How long git may take for a session that has ended: somebody waits for another one.
const PATIENCE: Duration = Duration::from_secs(2);

/// The resolution of times of files, in seconds, on the coarsest of file systems.
const RESOLUTION: i64 = 2;

/// Looks at each directory for what happened between two times. What has no time is left out: it
/// may be of later.
pub(crate) fn gather_between(
    kb: &Kb,
    directories: &[PathBuf],
    from: Timestamp,
    to: Timestamp,
) -> Gathered {
    let mut gathered = Gathered::default();
    let logs = kb.root().join(&kb.config().session_logs);
    let observer = Observer::new(vec![logs, kb.private_dir()]).within(PATIENCE);
    let is_of_then =
        |time: Timestamp| (from.seconds()..=to.seconds() + RESOLUTION).contains(&time.seconds());
    for directory in directories {
        let mut seen = observer.observe(directory, &Since::Time(from));
        seen.files
            .retain(|file| file.time.is_some_and(is_of_then) && was_touched(file, from));
        seen.commits.retain(|commit| is_of_then(commit.time));
        seen.moves.retain(|step| is_of_then(step.time));
        gathered.add(kb, directories, &seen);
    }
    gathered
}

/// Returns whether a file may have been changed since a time, as times on disk say: what was changed
/// before and only committed since is not of this session. Of one that is gone, or has another name,
/// its directory tells.
fn was_touched(file: &ObservedFile, since: Timestamp) -> bool {
    let is_later = |path: &Path| {
        let modified = std::fs::symlink_metadata(path).and_then(|about| about.modified());
        let age = modified.ok()?.duration_since(UNIX_EPOCH).ok()?;
        let seconds = i64::try_from(age.as_secs()).ok()?;
        Some(seconds + RESOLUTION >= since.seconds())
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
            self.files.push(File {
                path: shown(&file.path),
                action: file.action,
                from: file.from.as_ref().map(shown),
            });
        }
        for commit in &seen.commits {
            let hash: String = commit.hash.chars().take(7).collect();
            let subject = kb.config().redactor.clean(&commit.subject);
            let text = format!("Committed {hash}: {subject}");
            self.commits.push((commit.time, text));
        }
        for step in &seen.moves {
            self.commits.push((step.time, step_row(kb, &step.text)));
        }
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

/// Returns whether the log tells of it already: a commit by its hash, whoever logged it.
fn is_known(recorder: &mut Recorder<'_>, text: &str) -> bool {
    let hash = text
        .strip_prefix("Committed ")
        .and_then(|rest| rest.split_once(": "))
        .map(|(hash, _)| hash);
    match hash {
        Some(hash) => recorder.has_commit(hash),
        None => recorder.has_event(text),
    }
}
