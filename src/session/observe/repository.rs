//! Observes a directory in a repository, by asking git.

use super::asked::Asked;
use super::baseline::{Dirty, GitBaseline, Marker};
use super::exclusion::Exclusion;
use super::file_time::{self, SECOND, not_before};
use super::history::Start;
use super::observation::{Commit, Evidence, Observation, ObservedFile};
use super::raw::RawCommit;
use super::reflog::Reflog;
use super::renames::Renames;
use super::runner::Failure;
use super::settle::Settling;
use super::since::{Since, Window, latest_burst};
use super::status::{Status, Tracked};
use super::trace::{Net, Traces};
use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;

/// Most files that differ from the commit which a baseline remembers.
const MAX_DIRTY: usize = 20_000;

impl Asked<'_> {
    /// Returns how the repository looks.
    pub(super) fn baseline(&self) -> GitBaseline {
        let log = self.place.head_log();
        let length = Reflog::length(&log);
        let status = Status::ask(&self.git, self.place).ok();
        let head = match &status {
            Some(status) => status.head.clone(),
            None => Reflog::read(&log).and_then(|log| Some(log.entries().last()?.new.clone())),
        };
        let stash = Reflog::read(&self.place.stash_log()).unwrap_or_default();
        GitBaseline {
            prefix: self.place.prefix().clone(),
            head,
            log: length,
            stashes: stash
                .entries()
                .iter()
                .map(|entry| entry.new.clone())
                .collect(),
            dirty: status.and_then(|status| self.dirty(&status)),
        }
    }

    fn dirty(&self, status: &Status) -> Option<Vec<Dirty>> {
        let paths = status.paths();
        let mut marker = Marker::new();
        (paths.len() <= MAX_DIRTY).then(|| {
            let dirty = paths.into_iter().map(|(path, tracked)| Dirty {
                path: path.clone(),
                tracked: tracked == Tracked::Yes,
                mark: marker.mark(&self.place.absolute(path), status.submodules.get(path)),
            });
            dirty.collect()
        })
    }

    /// Returns whether the directory is one that git is not to look at.
    pub(super) fn is_ignored(&self) -> bool {
        let check = ["check-ignore", "-q", "."];
        !self.place.is_root() && self.git.run(&check, Vec::new()).is_ok()
    }

    /// Returns what was done.
    ///
    /// # Errors
    ///
    /// If git cannot even say what differs from the last commit.
    pub(super) fn observe(&self, since: &Since, out: &Exclusion) -> Result<Observation, Failure> {
        let status = Status::ask(&self.git, self.place)?;
        let start = self.start(since, &status, out);
        let mut history = self.history(&start, &status);
        history.commits.retain(|commit| {
            let beginning = commit.hash.get(..7);
            beginning.is_none_or(|beginning| !self.recorded.contains(beginning))
        });
        let mut traces = Traces::default();
        for commit in &history.commits {
            for change in &commit.changes {
                traces.add(change, Some(commit.time));
            }
        }
        for change in &status.changes {
            traces.add(change, None);
        }
        self.settle(&mut traces, &start, &status, history.moved);
        let mut nets = traces.nets();
        nets.retain(|net| !out.covers(&self.place.absolute(&net.path)));
        let nets = self.renames(&start).pair(nets);
        let mut files: Vec<ObservedFile> = nets
            .into_iter()
            .map(|net| self.file(net, start.window.files))
            .collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(Observation {
            files,
            commits: listed_commits(history.commits, &history.places),
            moves: history.moves,
            uncommitted: self.uncommitted(&status, out),
            branch: status.branch,
            notes: history.notes,
            evidence: Evidence::Git,
        })
    }

    fn start<'a>(&self, since: &'a Since, status: &Status, out: &Exclusion) -> Start<'a> {
        let (baseline, is_new, window) = match since {
            Since::Baseline(baseline) => {
                let window = Window {
                    commits: baseline.file_time.div_euclid(SECOND),
                    files: baseline.file_time,
                };
                let git = baseline.git.as_ref();
                // Another repository may have been made closer to the directory.
                let git = git.filter(|git| git.prefix == *self.place.prefix());
                (git, git.is_none(), window)
            }
            Since::Time(time) => (None, false, Window::from(*time)),
            Since::Unknown { now } => {
                let paths: Vec<PathBuf> = self.uncommitted(status, out);
                let states = paths.iter().filter_map(|path| file_time::file_state(path));
                let times: Vec<i64> = states.map(|state| state.modified).collect();
                let file = latest_burst(times.iter().copied(), *now);
                (
                    None,
                    false,
                    Window::last_day(self.newest(status), file, *now),
                )
            }
        };
        Start {
            baseline,
            is_new,
            window,
        }
    }

    fn settle(&self, traces: &mut Traces, start: &Start, status: &Status, moved: bool) {
        let settling = Settling {
            place: self.place,
            status,
            start: start.window.files,
        };
        match start
            .baseline
            .and_then(|baseline| baseline.dirty.as_deref())
        {
            Some(dirty) => {
                settling.by_marks(traces, dirty);
                if moved {
                    settling.untouched(traces, dirty);
                }
            }
            None if start.is_new => settling.by_times_in_new(traces),
            None => settling.by_times(traces),
        }
    }

    fn renames<'a>(&'a self, start: &Start<'a>) -> Renames<'a> {
        let dirty = start
            .baseline
            .and_then(|baseline| baseline.dirty.as_deref());
        let marks = dirty.unwrap_or_default().iter();
        Renames {
            git: &self.git,
            place: self.place,
            marks: marks
                .filter_map(|file| Some((&file.path, file.mark.as_ref()?)))
                .collect(),
        }
    }

    fn file(&self, net: Net, start: i64) -> ObservedFile {
        let path = self.place.absolute(&net.path);
        let state = file_time::file_state(&path).filter(|_| net.trace.uncommitted);
        let state = state.filter(|state| not_before(state.modified, start));
        let on_disk = state.map(|state| file_time::timestamp_of(state.modified));
        ObservedFile {
            path,
            action: net.action,
            from: net.from.map(|from| self.place.absolute(&from)),
            time: on_disk.or(net.trace.committed),
            file_time: on_disk.is_some(),
        }
    }

    fn uncommitted(&self, status: &Status, out: &Exclusion) -> Vec<PathBuf> {
        let paths = status
            .changes
            .iter()
            .map(|change| self.place.absolute(&change.path));
        let paths: BTreeSet<PathBuf> = paths.filter(|path| !out.covers(path)).collect();
        paths.into_iter().collect()
    }
}

fn listed_commits(commits: Vec<RawCommit>, places: &HashMap<String, usize>) -> Vec<Commit> {
    let told = commits.into_iter().map(|raw| Commit {
        place: places.get(&raw.hash).copied().unwrap_or_default(),
        hash: raw.hash,
        time: raw.time,
        subject: raw.subject,
    });
    told.collect()
}
