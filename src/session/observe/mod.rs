//! What git and the times of files say about the work in one directory.
//!
//! [`Observer::baseline`] looks at a directory when a session begins, [`Observer::observe`] later
//! returns what has changed since. Without a baseline there is still the time ([`Since::Time`]),
//! and without that the last day of activity ([`Since::Unknown`]): that is how a session is
//! reconstructed whose start was not recorded.
//!
//! In a repository git is asked, which is run by `runner` alone:
//!
//! - `status`: what differs from the last commit;
//! - `history`, from `reflog` and `commits`: which commits were made here since, as opposed to those that a pull
//!   brought, and what each changed;
//! - `trace`: all that put together to one action on each file;
//! - `repository`: the steps in their order.
//!
//! Elsewhere, and where git cannot be asked, `times` walks the directory. An observation never
//! fails: what limits it is in its notes.

mod asked;
mod baseline;
mod changes;
mod commits;
mod exclusion;
mod file_time;
mod history;
mod made;
mod moves;
mod observation;
mod paths;
mod place;
mod raw;
mod reflog;
mod renames;
mod repository;
mod runner;
mod safety;
mod settle;
mod since;
mod status;
#[cfg(test)]
mod tests;
mod times;
mod trace;
mod versions;
mod without_git;

pub use baseline::Baseline;
pub use observation::{Evidence, Observation, ObservedFile};
pub(crate) use since::SKEW;
pub use since::Since;
pub(crate) use versions::past_versions;

use asked::Asked;
use exclusion::Exclusion;
use place::Place;
use runner::{Git, Runner};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Looks at directories; holds how git is called, and what is left out everywhere.
#[derive(Debug, Default)]
pub struct Observer {
    git: Git,
    excluded: Vec<PathBuf>,
    recorded: HashSet<String>,
}

impl Observer {
    /// Makes an observer that leaves out what lies below the `excluded` directories, which are
    /// absolute. This program's own files are always left out.
    pub fn new(excluded: Vec<PathBuf>) -> Self {
        Observer {
            git: Git::default(),
            excluded,
            recorded: HashSet::new(),
        }
    }

    /// Leaves out commits, named by the first seven characters of their hashes: what is done to their
    /// files since counts as done to what they left.
    #[must_use]
    pub fn without_commits(mut self, recorded: HashSet<String>) -> Self {
        self.recorded = recorded;
        self
    }

    /// Waits for git no longer than this; beyond, the times of files count.
    #[must_use]
    pub fn within(mut self, limit: Duration) -> Self {
        self.git.limit = limit;
        self
    }

    /// Returns the state of a directory, for the time when its changes are asked for.
    ///
    /// `file_time` is the time now on the clock of the file system, in nanoseconds since 1970: that
    /// of a file written just before. Costs one `git status`.
    pub fn baseline(&self, dir: &Path, file_time: i64) -> Baseline {
        let found = Place::find(dir);
        let git = found.map(|place| self.runner(&place).baseline());
        Baseline { file_time, git }
    }

    /// Returns what was done below `dir`, which is absolute.
    pub fn observe(&self, dir: &Path, since: &Since) -> Observation {
        let exclusion = Exclusion::new(dir, &self.excluded);
        if !dir.is_dir() {
            let note = format!("{} is not a directory any more", dir.display());
            return Observation::nothing(vec![note]);
        }
        let seen = match Place::find(dir) {
            Some(place) => self.in_repository(&place, since, &exclusion),
            None => times::observe_times(dir, since, &exclusion),
        };
        seen.bounded()
    }

    fn in_repository(&self, place: &Place, since: &Since, out: &Exclusion) -> Observation {
        let asked = self.runner(place);
        match asked.observe(since, out) {
            Ok(seen) if seen.is_empty() && asked.is_ignored() => {
                let mut seen = times::observe_times(place.dir(), since, out);
                let note = "git ignores this directory: only the times of files count";
                seen.notes.insert(0, note.to_owned());
                seen
            }
            Ok(seen) => seen,
            Err(failure) => {
                let mut seen = without_git::observe_reflog(place, since, out);
                let note = format!("{failure}: only the times of files and the log of HEAD count");
                seen.notes.insert(0, note);
                seen
            }
        }
    }

    fn runner<'a>(&'a self, place: &'a Place) -> Asked<'a> {
        Asked {
            git: Runner::new(&self.git, place.dir()),
            place,
            recorded: &self.recorded,
        }
    }
}
