//! Observes a directory in a repository, by asking git.

use super::baseline::{Dirty, GitBaseline, Marker};
use super::commits::{Commits, MAX_COMMITS};
use super::exclusion::Exclusion;
use super::file_time::{self, SECOND, not_before};
use super::moves;
use super::observation::{Commit, Evidence, Move, Observation, ObservedFile};
use super::place::Place;
use super::raw::RawCommit;
use super::reflog::{Entry, Reflog, Step};
use super::renames::Renames;
use super::runner::{Failure, Runner};
use super::settle::Settling;
use super::since::{Since, Window, latest};
use super::status::{Status, Tracked};
use super::trace::{Net, Traces};
use std::collections::{BTreeSet, HashSet};
use std::path::PathBuf;

/// Most files that differ from the commit which a baseline remembers.
const MAX_DIRTY: usize = 20_000;

/// A repository, and git to be asked about it.
pub(super) struct Asked<'a> {
    pub git: Runner<'a>,
    pub place: &'a Place,
}

/// What is known of the start of the session.
struct Start<'a> {
    /// What was seen then.
    baseline: Option<&'a GitBaseline>,
    /// Whether the repository was made since.
    is_new: bool,
    window: Window,
}

/// What the history says.
#[derive(Default)]
struct History {
    commits: Vec<RawCommit>,
    moves: Vec<Move>,
    /// Whether `HEAD` was set to anything else.
    moved: bool,
    notes: Vec<String>,
}

impl Asked<'_> {
    /// Returns how the repository looks. `file_time` is the time now on the clock of the file
    /// system.
    pub(super) fn baseline(&self, file_time: i64) -> GitBaseline {
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
            dirty: status.and_then(|status| self.dirty(&status, file_time)),
        }
    }

    fn dirty(&self, status: &Status, file_time: i64) -> Option<Vec<Dirty>> {
        let paths = status.paths();
        let mut marker = Marker::new(file_time);
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
        let history = self.history(&start, &status);
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
            commits: history.commits.into_iter().map(told).collect(),
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
                let states = paths.iter().filter_map(|path| file_time::state(path));
                let times: Vec<i64> = states.map(|state| state.modified).collect();
                let file = latest(times.iter().copied(), *now);
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

    /// Returns when the newest commit was made: here, or if none was, anywhere.
    fn newest(&self, status: &Status) -> Option<i64> {
        let log = Reflog::read(&self.place.head_log()).unwrap_or_default();
        let made = |entry: &&Entry| matches!(entry.step(), Step::Commit | Step::Amend);
        let here = log
            .entries()
            .iter()
            .filter(made)
            .map(|entry| entry.time)
            .max();
        here.or_else(|| self.commits(status).newest().ok().flatten())
    }

    fn commits<'a>(&'a self, status: &'a Status) -> Commits<'a> {
        Commits {
            git: &self.git,
            place: self.place,
            head: status.head.as_deref(),
        }
    }

    fn history(&self, start: &Start, status: &Status) -> History {
        let mut history = History::default();
        let path = self.place.head_log();
        let unmoved =
            |baseline: &GitBaseline| baseline.log > 0 && baseline.log == Reflog::length(&path);
        if !start.baseline.is_some_and(unmoved) {
            let log = Reflog::read(&path);
            let entries = select(log.as_ref(), start, &mut history.notes);
            let asked = self.ask_commits(log.as_ref(), &entries, start, status, &mut history.notes);
            history.commits = asked.unwrap_or_else(|failure| {
                history
                    .notes
                    .push(format!("commits are not told: {failure}"));
                Vec::new()
            });
            history.moved = !entries.is_empty();
            history.moves = moves::moves(entries.into_iter());
        }
        history.moves.extend(self.stashed(start));
        history.moves.sort_by_key(|moved| moved.time);
        if history.commits.len() >= MAX_COMMITS {
            let note = format!("only the last {MAX_COMMITS} commits are told");
            history.notes.push(note);
        }
        history
    }

    fn ask_commits(
        &self,
        log: Option<&Reflog>,
        entries: &[&Entry],
        start: &Start,
        status: &Status,
        notes: &mut Vec<String>,
    ) -> Result<Vec<RawCommit>, Failure> {
        let commits = self.commits(status);
        let from = start.window.commits;
        if status.head.is_none() && log.is_none() {
            return Ok(Vec::new());
        }
        let known = start.baseline.and_then(|baseline| baseline.head.as_deref());
        if from == i64::MAX || (log.is_none() && known.is_some() && known == status.head.as_deref())
        {
            return Ok(Vec::new());
        }
        let Some(log) = log else {
            notes.push("git keeps no log of HEAD here: commits count by their times".to_owned());
            return commits.since(from, known);
        };
        if start.baseline.is_some() || start.is_new || self.reaches(log, from) {
            return commits.of_log(entries, from);
        }
        if !self.place.shallow().is_empty() {
            notes.push("this clone is shallow: older commits are not known".to_owned());
        }
        // The log begins later: of what was there then nobody knows who made it.
        let first = log.entries().first().map_or(i64::MAX, |entry| entry.time);
        let here: HashSet<&str> = entries.iter().map(|entry| entry.new.as_str()).collect();
        let mut since = commits.since(from, None)?;
        since.retain(|raw| raw.time.seconds() <= first || here.contains(raw.hash.as_str()));
        Ok(since)
    }

    /// Returns whether the log tells of every commit that was made here since a time.
    fn reaches(&self, log: &Reflog, time: i64) -> bool {
        let Some(first) = log.entries().first() else {
            return false;
        };
        let made_here = self.place.is_linked() || first.step() == Step::Commit;
        first.time < time || (first.is_first() && made_here)
    }

    fn stashed(&self, start: &Start) -> Vec<Move> {
        let log = Reflog::read(&self.place.stash_log()).unwrap_or_default();
        let new = |entry: &&Entry| match start.baseline {
            Some(baseline) => !baseline.stashes.contains(&entry.new),
            None => entry.time >= start.window.commits,
        };
        moves::stashed(log.entries().iter().filter(new))
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
        let state = file_time::state(&path).filter(|_| net.trace.uncommitted);
        let state = state.filter(|state| not_before(state.modified, start));
        let on_disk = state.map(|state| file_time::timestamp(state.modified));
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

/// Returns what the log says since the start.
fn select<'a>(log: Option<&'a Reflog>, start: &Start, notes: &mut Vec<String>) -> Vec<&'a Entry> {
    let Some(log) = log else { return Vec::new() };
    if start.is_new {
        return log.entries().iter().collect();
    }
    if let Some(baseline) = start.baseline {
        if let Some(added) = log.since_length(baseline.log) {
            return added.iter().collect();
        }
        notes.push("the log of HEAD was rewritten: commits count by their times".to_owned());
    }
    let later = |entry: &&Entry| entry.time >= start.window.commits;
    log.entries().iter().filter(later).collect()
}

fn told(raw: RawCommit) -> Commit {
    Commit {
        hash: raw.hash,
        time: raw.time,
        subject: raw.subject,
    }
}
