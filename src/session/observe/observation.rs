//! What was seen.

use super::since::SKEW;
use crate::model::{FileAction, Timestamp};
use std::path::PathBuf;

/// What was done in a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// What was done to which file, sorted by path, each path once.
    pub files: Vec<ObservedFile>,
    /// Commits that were made, in their order.
    pub commits: Vec<Commit>,
    /// What else was done to the history: another branch, a reset, a merge, a pull …
    pub moves: Vec<Move>,
    /// Everything that differs from the last commit, whenever it was changed; sorted.
    pub uncommitted: Vec<PathBuf>,
    /// The current branch.
    pub branch: Option<String>,
    /// What limits the answer, a line each.
    pub notes: Vec<String>,
    /// Where it is from.
    pub evidence: Evidence,
}

/// What was done to one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObservedFile {
    /// The file, absolute. A submodule is one file.
    pub path: PathBuf,
    /// What was done to it: never [`FileAction::Read`].
    pub action: FileAction,
    /// The former path, if it was renamed.
    pub from: Option<PathBuf>,
    /// When it was last changed, as far as that is known: the time of the file, or of the commit.
    pub time: Option<Timestamp>,
    /// Whether `time` is that of the file, and so on the clock of the file system.
    pub file_time: bool,
}

/// Most files that are listed.
const MAX_FILES: usize = 10_000;

/// A commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Its full hash, in hexadecimal.
    pub hash: String,
    /// When it was committed, in UTC.
    pub time: Timestamp,
    /// The first line of its message.
    pub subject: String,
    /// Its place in the log of `HEAD`, which orders steps of one second.
    pub place: usize,
}

/// A change of what is checked out that made no commit worth listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// When, in UTC.
    pub time: Timestamp,
    /// What, such as `switched from main to feature`.
    pub text: String,
    /// As [`Commit::place`].
    pub place: usize,
}

/// Where an observation is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// Git.
    Git,
    /// The times of files, and what else could be had without git.
    FileTimes,
}

impl Observation {
    /// Makes an observation of nothing.
    pub(super) fn nothing(notes: Vec<String>) -> Self {
        Observation {
            files: Vec::new(),
            commits: Vec::new(),
            moves: Vec::new(),
            uncommitted: Vec::new(),
            branch: None,
            notes,
            evidence: Evidence::FileTimes,
        }
    }

    /// Returns whether nothing was done to any file.
    pub(super) fn is_empty(&self) -> bool {
        self.files.is_empty() && self.commits.is_empty() && self.uncommitted.is_empty()
    }

    /// Bounds the lists of files; says so.
    pub(super) fn bounded(mut self) -> Self {
        let most = self.files.len().max(self.uncommitted.len());
        if most > MAX_FILES {
            let note = format!("only the first {MAX_FILES} of {most} files are listed");
            self.notes.push(note);
        }
        self.files.truncate(MAX_FILES);
        self.uncommitted.truncate(MAX_FILES);
        self
    }

    /// Returns the first and the last time of activity.
    #[cfg(test)]
    pub fn span(&self, now: Timestamp) -> Option<(Timestamp, Timestamp)> {
        let times = self.times(now);
        Some((*times.first()?, *times.last()?))
    }

    /// Returns the times of activity in their order: of commits, moves and files. File times in the
    /// future of `now` are on another clock and count only if there is nothing else.
    pub fn times(&self, now: Timestamp) -> Vec<Timestamp> {
        let commits = self.commits.iter().map(|commit| commit.time);
        let moves = self.moves.iter().map(|moved| moved.time);
        let files = || self.files.iter();
        let committed = files().filter(|file| !file.file_time);
        let on_disk = files().filter(|file| file.file_time);
        let limit = now.seconds().saturating_add(SKEW);
        let (now_or_before, later): (Vec<Timestamp>, Vec<Timestamp>) = on_disk
            .filter_map(|file| file.time)
            .partition(|time| time.seconds() <= limit);
        let mut times: Vec<Timestamp> = commits
            .chain(moves)
            .chain(committed.filter_map(|file| file.time))
            .chain(now_or_before)
            .collect();
        if times.is_empty() {
            times = later;
        }
        times.sort_unstable();
        times
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(seconds: i64) -> ObservedFile {
        ObservedFile {
            path: PathBuf::from("/a"),
            action: FileAction::Modified,
            from: None,
            time: Some(Timestamp::from_seconds(seconds)),
            file_time: true,
        }
    }

    #[test]
    fn the_span_keeps_the_clocks_apart() {
        let now = Timestamp::from_seconds(10_000);
        let span = |seen: &Observation| {
            seen.span(now)
                .map(|(first, last)| (first.seconds(), last.seconds()))
        };
        let mut seen = Observation::nothing(Vec::new());
        assert_eq!(span(&seen), None);
        seen.files = vec![file(900_000), file(800_000)];
        assert_eq!(span(&seen), Some((800_000, 900_000)));
        seen.files.push(file(9_000));
        assert_eq!(span(&seen), Some((9_000, 9_000)));
        seen.moves.push(Move {
            time: Timestamp::from_seconds(20_000),
            text: String::new(),
            place: 0,
        });
        assert_eq!(span(&seen), Some((9_000, 20_000)));
    }
}
