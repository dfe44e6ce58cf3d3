//! In a repository, when git cannot be asked: the times of files, and what its log of `HEAD` says.

use super::exclusion::Exclusion;
use super::file_time::SECOND;
use super::moves;
use super::observation::{Commit, Observation};
use super::place::Place;
use super::reflog::{Entry, Reflog, Step};
use super::since::{Since, Window};
use super::times::Scan;
use crate::model::Timestamp;
use std::collections::HashSet;

/// Returns what can be had without git.
pub(super) fn observe_reflog(place: &Place, since: &Since, out: &Exclusion) -> Observation {
    let scan = Scan::new(place.dir(), out);
    let log = Reflog::read(&place.head_log()).unwrap_or_default();
    let window = match since {
        Since::Baseline(baseline) => Window {
            commits: baseline.file_time.div_euclid(SECOND),
            files: baseline.file_time,
        },
        Since::Time(time) => Window::from(*time),
        Since::Unknown { now } => {
            let made = committing_entries(log.entries())
                .map(|entry| entry.time)
                .max();
            Window::last_day(made, scan.newest(*now), *now)
        }
    };
    let entries = select_in_window(&log, since, window);
    Observation {
        files: scan.changed(window.files),
        commits: listed_commits(&entries),
        moves: moves::branch_moves(entries.iter().copied()),
        branch: place.branch(),
        ..Observation::nothing(scan.notes)
    }
}

fn select_in_window<'a>(log: &'a Reflog, since: &Since, window: Window) -> Vec<&'a Entry> {
    if let Since::Baseline(baseline) = since
        && let Some(git) = &baseline.git
        && let Some(added) = log.since_length(git.log)
    {
        return added.iter().collect();
    }
    let later = |entry: &&Entry| entry.time >= window.commits;
    log.entries().iter().filter(later).collect()
}

fn committing_entries<'a>(
    entries: impl IntoIterator<Item = &'a Entry>,
) -> impl Iterator<Item = &'a Entry> {
    // What was made again is listed where it was made first.
    let made = |entry: &&Entry| matches!(entry.step(), Step::Commit | Step::Amend);
    entries.into_iter().filter(made)
}

/// Returns the commits, each in its last form.
fn listed_commits(entries: &[&Entry]) -> Vec<Commit> {
    let amended = entries.iter().filter(|entry| entry.step() == Step::Amend);
    let amended: HashSet<&str> = amended.map(|entry| entry.old.as_str()).collect();
    let kept = |entry: &&Entry| !amended.contains(entry.new.as_str());
    let commits = committing_entries(entries.iter().copied()).filter(kept);
    let place = |entry: &Entry| entries.iter().position(|other| *other == entry);
    let told = commits.map(|entry| Commit {
        hash: entry.new.clone(),
        time: Timestamp::from_seconds(entry.time),
        subject: commit_subject(entry),
        place: place(entry).unwrap_or_default(),
    });
    told.collect()
}

/// Returns the first line of the message of a commit; the log does not say it of a merge.
fn commit_subject(entry: &Entry) -> String {
    let (command, details) = entry.parts();
    match entry.command() {
        ("merge", _) => command.replacen("merge", "Merge", 1),
        // Its arguments may hold a password.
        ("pull", _) => "Merge".to_owned(),
        _ => details.to_owned(),
    }
}
