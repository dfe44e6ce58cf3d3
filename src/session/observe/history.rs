//! What the history says: which commits were made since the start, and what else was done to it.

use super::asked::Asked;
use super::baseline::GitBaseline;
use super::commits::{Commits, MAX_COMMITS};
use super::moves;
use super::observation::Move;
use super::raw::RawCommit;
use super::reflog::{Entry, Reflog, Step};
use super::runner::Failure;
use super::since::Window;
use super::status::Status;
use std::collections::{HashMap, HashSet};

/// What is known of the start of the session.
pub(super) struct Start<'a> {
    /// What was seen then.
    pub baseline: Option<&'a GitBaseline>,
    /// Whether the repository was made since.
    pub is_new: bool,
    pub window: Window,
}

/// What the history says.
#[derive(Default)]
pub(super) struct History {
    pub commits: Vec<RawCommit>,
    pub moves: Vec<Move>,
    /// Where the log of `HEAD` names the commits first.
    pub places: HashMap<String, usize>,
    /// Whether `HEAD` was set to anything else.
    pub moved: bool,
    pub notes: Vec<String>,
}

impl Asked<'_> {
    /// Returns when the newest commit was made: here, or if none was, anywhere.
    pub(super) fn newest(&self, status: &Status) -> Option<i64> {
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

    /// Returns what the history says.
    pub(super) fn history(&self, start: &Start, status: &Status) -> History {
        let mut history = History::default();
        let path = self.place.head_log();
        let unmoved =
            |baseline: &GitBaseline| baseline.log > 0 && baseline.log == Reflog::length(&path);
        if !start.baseline.is_some_and(unmoved) {
            let log = Reflog::read(&path);
            let entries = select_entries(log.as_ref(), start, &mut history.notes);
            let asked = self.ask_commits(log.as_ref(), &entries, start, status, &mut history.notes);
            history.commits = asked.unwrap_or_else(|failure| {
                history
                    .notes
                    .push(format!("commits are not listed: {failure}"));
                Vec::new()
            });
            history.moved = !entries.is_empty();
            for (place, entry) in entries.iter().enumerate() {
                let known = history.places.entry(entry.new.clone());
                known.or_insert(place);
            }
            history.moves = moves::branch_moves(entries.into_iter());
        }
        history.moves.extend(self.stashed(start));
        history.moves.sort_by_key(|moved| moved.time);
        if history.commits.len() >= MAX_COMMITS {
            let note = format!("only the last {MAX_COMMITS} commits are listed");
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
        // The log begins later: of what was there then it is unknown who made it.
        let first = log.entries().first().map_or(i64::MAX, |entry| entry.time);
        let made = entries.iter().filter(|entry| entry.step() != Step::Move);
        let here: HashSet<&str> = made.map(|entry| entry.new.as_str()).collect();
        let mut since = commits.since(from, None)?;
        since.retain(|raw| raw.time.seconds() <= first || here.contains(raw.hash.as_str()));
        Ok(since)
    }

    /// Returns whether the log names every commit that was made here since a time.
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
        moves::stash_moves(log.entries().iter().filter(new))
    }
}

/// Returns what the log says since the start.
fn select_entries<'a>(
    log: Option<&'a Reflog>,
    start: &Start,
    notes: &mut Vec<String>,
) -> Vec<&'a Entry> {
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
