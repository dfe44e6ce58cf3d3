//! Records that git's own union put into one, line by line: two sessions of one second, in a clone
//! that lacks the merge driver.

use super::records::{record_field, split_records};
use std::collections::HashSet;

/// Returns whether a text is two records in one: what a record says once is there twice.
pub(crate) fn is_union_merged(text: &str) -> bool {
    let mut seen = HashSet::new();
    let mut fences = 0;
    for line in text.lines() {
        fences += usize::from(line.trim_end() == "---");
        let key = match fences {
            1 => key_of(line),
            _ => ONCE.into_iter().find(|once| line.starts_with(once)),
        };
        if key.is_some_and(|key| !seen.insert(key)) {
            return true;
        }
    }
    false
}

/// How lines begin that a record has once.
const ONCE: [&str; 3] = ["**Duration:**", "**Goal:**", "> Last session"];

/// Returns the key of a line of front matter.
fn key_of(line: &str) -> Option<&str> {
    let (key, _) = line.split_once(':')?;
    let is_key = |c: char| c.is_ascii_alphanumeric() || c == '_';
    (!key.is_empty() && key.chars().all(is_key)).then_some(key)
}

/// Returns the two records that a text is the union of, of the versions that there were of it, in an
/// order that does not depend on who asks. `None` if no two of them are it exactly.
pub(crate) fn find_union_merged<'v>(text: &str, versions: &'v [String]) -> Option<[&'v str; 2]> {
    let whole = lines_of(text);
    let is_part = |version: &&String| {
        let is_record =
            record_field(version, "session").is_some() && split_records(version).len() == 1;
        is_record && !is_union_merged(version) && lines_of(version).is_subset(&whole)
    };
    let parts: Vec<&String> = versions.iter().filter(is_part).collect();
    for (at, one) in parts.iter().enumerate() {
        for other in &parts[at + 1..] {
            let both: HashSet<&str> = lines_of(one).union(&lines_of(other)).copied().collect();
            if both == whole {
                let mut pair = [one.as_str(), other.as_str()];
                pair.sort_by_key(|record| (record_field(record, "started"), *record));
                return Some(pair);
            }
        }
    }
    None
}

fn lines_of(text: &str) -> HashSet<&str> {
    let lines = text.lines().map(str::trim_end);
    lines.filter(|line| !line.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(goal: &str, row: &str) -> String {
        format!(
            "---\ntitle: 'p: {goal}'\nsession: 20260111-100000\nproject: p\nstarted: '2026-01-11T10:00:00Z'\n---\n\n\
             ## Session: 20260111-100000\n\n**Goal:** {goal}\n\n| Time | Event |\n|------|-------|\n| 10:00 | {row} |\n"
        )
    }

    #[test]
    fn a_union_is_told_from_its_parts() {
        let (one, other) = (record("A", "first"), record("B", "second"));
        assert!(!is_union_merged(&one) && !is_union_merged(""));
        let union_merged = one
            .replace("title: 'p: A'\n", "title: 'p: A'\ntitle: 'p: B'\n")
            .replace("**Goal:** A\n", "**Goal:** A\n**Goal:** B\n")
            .replace("first |\n", "first |\n| 10:00 | second |\n");
        assert!(is_union_merged(&union_merged));
        let third = record("C", "third");
        let versions = [union_merged.clone(), other.clone(), third, one.clone()];
        let found = find_union_merged(&union_merged, &versions).expect("two records");
        assert_eq!(found, [one.as_str(), other.as_str()]);
        assert_eq!(find_union_merged(&union_merged, &versions[..3]), None);
    }
}
