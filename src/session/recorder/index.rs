//! What the rows of a record say, so that one is found without looking at all.

use crate::model::{Blocker, Event, open_text_key};
use crate::session::blockers::{failed_command, failed_subjects};
use crate::session::resume::verification::{Verification, find_verification};
use chrono::NaiveDateTime;
use std::collections::HashMap;
use std::ops::RangeInclusive;

/// Length of the beginning of a hash by which a commit is known.
const SHORT_HASH: usize = 7;

/// What the progress log says.
#[derive(Default)]
pub(super) struct EventIndex {
    /// When each text stands there, sorted.
    times: HashMap<String, Vec<NaiveDateTime>>,
    /// The beginnings of words that may be hashes of commits, and how often each stands there.
    hashes: HashMap<String, usize>,
}

impl EventIndex {
    pub(super) fn of(rows: &[Event]) -> Self {
        let mut index = EventIndex::default();
        rows.iter().for_each(|row| index.insert(row));
        index
    }

    pub(super) fn insert(&mut self, row: &Event) {
        for hash in short_hashes(&row.text) {
            *self.hashes.entry(hash.to_owned()).or_default() += 1;
        }
        let times = self.times.entry(row.text.clone()).or_default();
        let at = times.partition_point(|time| *time <= row.time);
        times.insert(at, row.time);
    }

    pub(super) fn remove(&mut self, row: &Event) {
        for hash in short_hashes(&row.text) {
            if let Some(count) = self.hashes.get_mut(hash) {
                *count = count.saturating_sub(1);
            }
        }
        if let Some(times) = self.times.get_mut(&row.text)
            && let Ok(at) = times.binary_search(&row.time)
        {
            times.remove(at);
        }
    }

    /// Returns the first time at which a text stands there.
    pub(super) fn first_time(&self, text: &str) -> Option<NaiveDateTime> {
        self.times.get(text)?.first().copied()
    }

    /// Returns the first time within a span at which a text stands there.
    pub(super) fn first_within(
        &self,
        text: &str,
        span: RangeInclusive<NaiveDateTime>,
    ) -> Option<NaiveDateTime> {
        let times = self.times.get(text)?;
        let at = times.partition_point(|time| time < span.start());
        times.get(at).copied().filter(|time| span.contains(time))
    }

    /// Returns whether a commit is named.
    pub(super) fn names_commit(&self, hash: &str) -> bool {
        let short = hash.get(..SHORT_HASH).unwrap_or(hash);
        self.hashes.get(short).is_some_and(|count| *count > 0)
    }
}

fn short_hashes(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    let is_hash =
        |word: &&str| word.len() >= SHORT_HASH && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    words.filter(is_hash).map(|word| &word[..SHORT_HASH])
}

/// What the blockers say. Each row has a number that it keeps when others are removed; numbers are
/// ascending, since rows are added at the end.
#[derive(Default)]
pub(super) struct BlockerIndex {
    /// The numbers of the rows, in their order.
    numbers: Vec<usize>,
    next: usize,
    /// By what their texts are compared by.
    by_text: HashMap<String, Vec<usize>>,
    /// By what failed or was refused, according to blockers that were not stated.
    by_failure: HashMap<String, Vec<usize>>,
    /// The command lines that failed according to them, if that says that a check failed; by its name.
    checks: HashMap<String, Vec<FailedCheck>>,
}

struct FailedCheck {
    /// The number of the row.
    number: usize,
    line: String,
    check: Verification,
}

impl BlockerIndex {
    pub(super) fn of(rows: &[Blocker]) -> Self {
        let mut index = BlockerIndex::default();
        rows.iter().for_each(|row| index.push(row));
        index
    }

    /// Adds a row at the end.
    pub(super) fn push(&mut self, row: &Blocker) {
        let number = self.next;
        self.next += 1;
        self.numbers.push(number);
        let of_text = self.by_text.entry(open_text_key(&row.blocker)).or_default();
        of_text.push(number);
        for subject in failed_subjects(row) {
            self.by_failure.entry(subject).or_default().push(number);
        }
        if let Some((line, check)) = failed_check(row) {
            let of_name = self.checks.entry(check.name.clone()).or_default();
            of_name.push(FailedCheck {
                number,
                line: line.to_owned(),
                check,
            });
        }
    }

    /// Removes the row at a place.
    pub(super) fn remove(&mut self, at: usize, row: &Blocker) {
        let number = self.numbers.remove(at);
        let forget = |numbers: Option<&mut Vec<usize>>| {
            if let Some(numbers) = numbers {
                numbers.retain(|other| *other != number);
            }
        };
        forget(self.by_text.get_mut(&open_text_key(&row.blocker)));
        for subject in failed_subjects(row) {
            forget(self.by_failure.get_mut(&subject));
        }
        if let Some((_, check)) = failed_check(row)
            && let Some(of_name) = self.checks.get_mut(&check.name)
        {
            of_name.retain(|other| other.number != number);
        }
    }

    /// Returns the command lines that failed because of a check that one which passed covers.
    pub(super) fn covered_checks(&self, passed: &Verification) -> Vec<String> {
        let of_name = self.checks.get(&passed.name).into_iter().flatten();
        let covered = of_name.filter(|failed| passed.covers(&failed.check));
        covered.map(|failed| failed.line.clone()).collect()
    }

    /// Returns the places of the rows of a text, in their order.
    pub(super) fn places_of_text(&self, text: &str) -> Vec<usize> {
        let numbers = self.by_text.get(&open_text_key(text));
        let numbers = numbers.into_iter().flatten();
        numbers.filter_map(|number| self.place(*number)).collect()
    }

    pub(super) fn has_failure(&self, what: &str) -> bool {
        self.last_failure(what).is_some()
    }

    /// Returns the place of the last row that says that this failed or was refused.
    pub(super) fn last_failure(&self, what: &str) -> Option<usize> {
        self.place(*self.by_failure.get(what)?.last()?)
    }

    fn place(&self, number: usize) -> Option<usize> {
        self.numbers.binary_search(&number).ok()
    }
}

/// Returns the command line and the check in it whose failure a blocker that was not stated holds.
fn failed_check(row: &Blocker) -> Option<(&str, Verification)> {
    let line = failed_command(row)?;
    let check = find_verification(line).filter(|check| check.proof.failure)?;
    Some((line, check))
}
