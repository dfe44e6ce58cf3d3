//! Takes out what was so before the session began.

use super::baseline::{Dirty, Mark};
use super::changes::Content;
use super::file_time::{self, not_before};
use super::paths::RepoPath;
use super::place::Place;
use super::status::Status;
use super::trace::{Trace, Traces};
use std::collections::HashSet;
use std::fs;
use std::path::Path;

/// What is needed to compare with the start of the session.
pub(super) struct Settling<'a> {
    pub place: &'a Place,
    pub status: &'a Status,
    /// When the session began, on the clock of the file system, in nanoseconds since 1970.
    pub start: i64,
}

impl Settling<'_> {
    /// Compares with what was seen at the start. What differed then and is the same now does not
    /// count, unless it was committed since.
    pub(super) fn by_marks(&self, traces: &mut Traces, dirty: &[Dirty]) {
        for file in dirty {
            let path = self.place.absolute(&file.path);
            let exists = fs::symlink_metadata(&path).is_ok();
            let same = match &file.mark {
                Some(mark) => exists && self.holds(mark, &file.path, &path),
                None => !exists,
            };
            let before = content(file.mark.is_some());
            match traces.get_mut(&file.path) {
                Some(trace) if same && trace.committed.is_some() => {}
                Some(_) if same => traces.remove(&file.path),
                Some(trace) if trace.committed.is_some() => trace.before = before,
                Some(trace) => (trace.before, trace.after) = (before, content(exists)),
                // Now it is as in the commit, or it is ignored, or it is gone.
                None if !same && (file.tracked || !exists) => {
                    let trace = Trace {
                        before,
                        after: content(exists),
                        from: None,
                        committed: None,
                        uncommitted: true,
                    };
                    traces.insert(file.path.clone(), trace);
                }
                None => {}
            }
        }
    }

    fn holds(&self, mark: &Mark, name: &RepoPath, path: &Path) -> bool {
        mark.holds(path, self.status.submodules.get(name))
    }

    /// After `HEAD` was set to another commit: takes out the files that differ from it although
    /// they were not touched.
    pub(super) fn untouched(&self, traces: &mut Traces, dirty: &[Dirty]) {
        if !cfg!(unix) {
            // Only here is there a time that moving a file into place changes.
            return;
        }
        let dirty: HashSet<&RepoPath> = dirty.iter().map(|file| &file.path).collect();
        traces.retain(|path, trace| {
            if trace.committed.is_some() || dirty.contains(path) || self.is_submodule(path) {
                return true;
            }
            let state = file_time::file_state(&self.place.absolute(path));
            state.is_none_or(|state| {
                not_before(state.modified, self.start) || not_before(state.changed, self.start)
            })
        });
    }

    /// Compares with the time of the start, if nothing else is known of it.
    pub(super) fn by_times(&self, traces: &mut Traces) {
        traces.retain(|path, trace| {
            trace.committed.is_some() || self.is_submodule(path) || self.is_touched(path, trace)
        });
    }

    /// The same for a repository that was itself made since: its commits hold files that were
    /// there before.
    pub(super) fn by_times_in_new(&self, traces: &mut Traces) {
        traces.retain(|path, trace| {
            let gone = fs::symlink_metadata(self.place.absolute(path)).is_err();
            gone || self.is_submodule(path) || self.is_touched(path, trace)
        });
    }

    fn is_submodule(&self, path: &RepoPath) -> bool {
        self.status.submodules.contains_key(path)
    }

    /// Returns whether the file was touched since the start, and remembers if it was there before.
    fn is_touched(&self, path: &RepoPath, trace: &mut Trace) -> bool {
        let path = self.place.absolute(path);
        let Ok(data) = fs::symlink_metadata(&path) else {
            return file_time::directory_changed(&path, self.start);
        };
        let made = file_time::creation_time(&data);
        let new = trace.from.is_none() && !trace.before.exists();
        if new && made.is_some_and(|made| !not_before(made, self.start)) {
            trace.before = Content::Unknown;
        }
        let state = file_time::file_state(&path);
        state.is_some_and(|state| not_before(state.modified, self.start))
            || (trace.from.is_some() && file_time::directory_changed(&path, self.start))
    }
}

fn content(exists: bool) -> Content {
    if exists {
        Content::Unknown
    } else {
        Content::Nothing
    }
}
