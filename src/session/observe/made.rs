//! Which commits the log of `HEAD` says were made here.

use super::reflog::{Entry, Step};
use std::collections::{HashMap, HashSet};

/// A commit that the log says was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Made {
    pub hash: String,
    /// The commit before it; `None` before the first.
    pub before: Option<String>,
    /// The commit in whose place it is, if that was made earlier than what the log was asked for:
    /// then only what differs from that was done here.
    pub instead_of: Option<String>,
    pub step: Step,
    /// When it became `HEAD`, in seconds since 1970.
    pub time: i64,
}

/// Returns the commits that were made, in their order, each once.
pub(super) fn made_commits<'a>(entries: impl Iterator<Item = &'a Entry>) -> Vec<Made> {
    let mut known: HashMap<&str, usize> = HashMap::new();
    let mut all: Vec<Made> = Vec::new();
    for entry in entries {
        let step = entry.step();
        if step == Step::Move || known.contains_key(entry.new.as_str()) {
            continue;
        }
        let replaced = known.get(entry.old.as_str()).map(|at| &all[*at]);
        // The one before an amended commit is that before the commit in whose place it is.
        let (before, instead_of) = match (step, replaced) {
            (Step::Amend, Some(made)) => (made.before.clone(), made.instead_of.clone()),
            (Step::Amend, None) => (None, Some(entry.old.clone())),
            _ => (Some(entry.old.clone()).filter(|_| !entry.is_first()), None),
        };
        known.insert(&entry.new, all.len());
        all.push(Made {
            hash: entry.new.clone(),
            before,
            instead_of,
            step,
            time: entry.time,
        });
    }
    all
}

/// Returns the branches that were left for another, each with the last commit on it.
pub(super) fn left_commits<'a>(
    entries: impl Iterator<Item = &'a Entry>,
) -> HashMap<String, String> {
    let left = entries.filter_map(|entry| {
        let (_, details) = entry.parts();
        let (name, _) = details.strip_prefix("moving from ")?.split_once(" to ")?;
        Some((name.to_owned(), entry.old.clone()))
    });
    left.collect()
}

/// Returns those of `dead` that lead up to a tip.
pub(super) fn leading_up_to<'a>(
    tips: impl Iterator<Item = &'a String>,
    made: &'a [Made],
    dead: &HashSet<String>,
) -> HashSet<&'a str> {
    let before: HashMap<&str, Option<&str>> = made
        .iter()
        .map(|made| (made.hash.as_str(), made.before.as_deref()))
        .collect();
    let mut found = HashSet::new();
    for tip in tips {
        let mut at = Some(tip.as_str());
        while let Some(hash) = at.filter(|hash| dead.contains(*hash)) {
            // Amending back and forth could lead in a circle.
            if !found.insert(hash) {
                break;
            }
            at = before.get(hash).copied().flatten();
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::reflog::tests::made as entry;
    use super::*;

    fn number(hash: &str) -> u32 {
        hash.parse().expect("a number")
    }

    #[test]
    fn amending_what_was_there_is_told_from_amending_what_was_made() {
        let entries = [
            entry(1, 2, "commit (amend): old"),
            entry(2, 3, "commit: new"),
            entry(3, 4, "commit (amend): new"),
            entry(4, 2, "reset: moving to HEAD~1"),
            entry(2, 5, "commit (amend): old"),
            entry(5, 5, "commit: the same again"),
        ];
        let made = made_commits(entries.iter());
        let told: Vec<_> = made
            .iter()
            .map(|made| {
                let hash = |hash: &Option<String>| hash.as_deref().map(number);
                (
                    number(&made.hash),
                    hash(&made.before),
                    hash(&made.instead_of),
                )
            })
            .collect();
        let expected = [
            (2, None, Some(1)),
            (3, Some(2), None),
            (4, Some(2), None),
            (5, None, Some(1)),
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn a_branch_that_is_gone_keeps_its_commits() {
        let entries = [
            entry(1, 1, "checkout: moving from main to f"),
            entry(1, 2, "commit: a"),
            entry(2, 3, "commit: b"),
            entry(3, 4, "commit (amend): b"),
            entry(4, 1, "checkout: moving from f to main"),
        ];
        let left = left_commits(entries.iter());
        let made = made_commits(entries.iter());
        let dead = made.iter().map(|made| made.hash.clone()).collect();
        let mut found: Vec<u32> = leading_up_to(left.get("f").into_iter(), &made, &dead)
            .into_iter()
            .map(number)
            .collect();
        found.sort_unstable();
        assert_eq!(found, [2, 4]);
    }
}
