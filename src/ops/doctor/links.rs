//! Links that lead nowhere.

use super::Finding;
use crate::kb::Kb;
use crate::model::{Entry, Link, name_key};
use crate::ops::links::{LinkTargets, candidate_paths};
use std::cell::OnceCell;
use std::collections::HashSet;
use std::fs;

/// Returns a finding for each link that leads to no entry, and to no file.
pub(super) fn find_dead_links(kb: &Kb, entries: &[Entry]) -> Vec<Finding> {
    let targets = LinkTargets::of_entries(entries);
    let files: OnceCell<HashSet<String>> = OnceCell::new();
    let is_file_name = |link: &Link| {
        let files = files.get_or_init(|| file_names(kb));
        link.wiki && files.contains(&name_key(last_part(&link.target).trim()))
    };
    let mut findings = Vec::new();
    for entry in entries {
        for link in &entry.links {
            let leads = targets.find(entry, link).is_some()
                || on_disk(kb, entry, link)
                || is_file_name(link);
            if !leads {
                findings.push(dead_link(entry, link));
            }
        }
    }
    findings
}

/// Returns the names of all files below the root, except hidden ones.
fn file_names(kb: &Kb) -> HashSet<String> {
    let mut names = HashSet::new();
    let mut directories = vec![kb.root().to_path_buf()];
    while let Some(directory) = directories.pop() {
        for file in fs::read_dir(&directory).into_iter().flatten().flatten() {
            let name = file.file_name();
            let name = name.to_string_lossy();
            if name.starts_with('.') {
                continue;
            }
            if file.file_type().is_ok_and(|kind| kind.is_dir()) {
                directories.push(file.path());
            } else {
                names.insert(name_key(&name));
            }
        }
    }
    names
}

fn last_part(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn dead_link(entry: &Entry, link: &Link) -> Finding {
    let message = format!("link to '{}' leads nowhere", link.target.escape_debug());
    Finding::warning(
        "link",
        message,
        "correct the link, or write the entry it promises",
    )
    .at(entry.path.to_string())
    .on_line(link.line)
}

/// Returns whether there is a file, though no entry: a hidden or excluded one, or no Markdown.
fn on_disk(kb: &Kb, entry: &Entry, link: &Link) -> bool {
    candidate_paths(entry, link)
        .iter()
        .any(|path| kb.root().join(path).exists())
}
