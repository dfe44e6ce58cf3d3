//! Copies that programs made of an entry because it had changed in two places.

use super::Finding;
use crate::model::{Entry, EntryPath};
use std::collections::HashSet;

/// Returns a finding for each entry whose name says that it is such a copy.
pub(super) fn find_copies(entries: &[Entry]) -> Vec<Finding> {
    let paths: HashSet<&str> = entries.iter().map(|entry| entry.path.as_str()).collect();
    let is_copy = |path: &EntryPath| {
        says_conflict(path.stem()) || original_of(path).is_some_and(|of| paths.contains(&*of))
    };
    let copies = entries.iter().filter(|entry| is_copy(&entry.path));
    copies.map(|entry| copy_finding(&entry.path)).collect()
}

fn copy_finding(path: &EntryPath) -> Finding {
    let message = "a copy that was made because the entry had changed in two places";
    let advice = "searches find both; take over what is missing in the entry, and remove the copy";
    Finding::warning("copy", message, advice).at(path.to_string())
}

/// Marks that programs put into the names of copies, in lower case.
const MARKS: [&str; 5] = [
    "conflicted copy",
    "conflicted-copy",
    "sync-conflict-",
    "case conflict",
    "_conflict-",
];

fn says_conflict(stem: &str) -> bool {
    let stem = stem.to_lowercase();
    let by_git = ["~head", "~ours", "~theirs"]
        .iter()
        .any(|end| stem.ends_with(end));
    by_git || MARKS.iter().any(|mark| stem.contains(mark))
}

/// Returns the path of which `name (1).md` may be a copy.
fn original_of(path: &EntryPath) -> Option<String> {
    let (name, number) = path.as_str().strip_suffix(").md")?.rsplit_once(" (")?;
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| format!("{name}.md"))
}
