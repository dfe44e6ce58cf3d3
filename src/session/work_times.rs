//! When a session can have done what its own calls do not report, and what others claim.
//!
//! Several sessions work in a directory at once, and people beside them: what changed there while a
//! session went on is not all its own.

use crate::model::Timestamp;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// How much later than it was done a thing may seem to be done, in seconds: the resolution of
/// times of files on the coarsest of file systems, and the clocks of others.
const LATE: i64 = 2;

/// The times at which a session ran what may have changed files, or made commits. In seconds since
/// 1970.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct WorkTimes {
    changing: Vec<(i64, i64)>,
    committing: Vec<(i64, i64)>,
}

impl WorkTimes {
    /// All times: nothing limits what the session did.
    pub(crate) fn always() -> Self {
        WorkTimes {
            changing: vec![(i64::MIN, i64::MAX - LATE)],
            committing: vec![(i64::MIN, i64::MAX - LATE)],
        }
    }

    /// Adds a time in which something ran that may have changed files.
    pub(crate) fn add_changing(&mut self, from: i64, to: i64) {
        self.changing.push((from, to));
    }

    /// Adds a time in which something ran that may have made commits, or moved the branch.
    pub(crate) fn add_committing(&mut self, from: i64, to: i64) {
        self.committing.push((from, to));
    }

    /// Returns whether nothing ran that can have done anything.
    pub(crate) fn is_empty(&self) -> bool {
        self.changing.is_empty() && self.committing.is_empty()
    }

    /// Returns whether the session may have changed a file at that time.
    pub(crate) fn may_change(&self, at: Timestamp) -> bool {
        // A file that was changed just after a command has ended is another's.
        let at = at.seconds();
        let mut spans = self.changing.iter();
        spans.any(|(from, to)| (*from..=*to).contains(&at))
    }

    /// Returns whether the session may have made a commit at that time.
    pub(crate) fn may_commit(&self, at: Timestamp) -> bool {
        let at = at.seconds();
        let mut spans = self.committing.iter();
        spans.any(|(from, to)| (*from..=*to + LATE).contains(&at))
    }
}

/// What other sessions that went on at the same time claim.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct OthersWork {
    /// Beginnings of the hashes of commits, of seven characters.
    pub(crate) commits: HashSet<String>,
    /// Files, absolute.
    pub(crate) files: HashSet<PathBuf>,
}

impl OthersWork {
    /// Returns whether another session made a commit.
    pub(crate) fn has_commit(&self, hash: &str) -> bool {
        hash.get(..7)
            .is_some_and(|hash| self.commits.contains(hash))
    }

    /// Returns whether another session changed a file.
    pub(crate) fn has_file(&self, path: &Path) -> bool {
        self.files.contains(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_ran_can_have_done_something() {
        let at = Timestamp::from_seconds;
        let mut times = WorkTimes::default();
        assert!(times.is_empty());
        times.add_changing(10, 20);
        times.add_committing(30, 40);
        assert!(times.may_change(at(10)) && times.may_change(at(20)));
        assert!(!times.may_change(at(9)) && !times.may_change(at(21)));
        assert!(!times.may_change(at(35)) && !times.may_commit(at(15)));
        assert!(times.may_commit(at(41)) && !times.may_commit(at(43)));
        let always = WorkTimes::always();
        assert!(always.may_change(at(0)) && always.may_commit(at(5_000_000_000)));
    }
}
