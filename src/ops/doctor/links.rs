//! Links that lead nowhere.

use super::Finding;
use crate::kb::Kb;
use crate::model::{Entry, Link, name_key};
use crate::ops::links::{LinkTargets, candidate_paths};
use std::cell::OnceCell;
use std::collections::HashSet;
use walkdir::{DirEntry, WalkDir};

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
    let name_of = |file: &DirEntry| file.file_name().to_string_lossy().into_owned();
    let is_seen = |file: &DirEntry| file.depth() == 0 || !name_of(file).starts_with('.');
    let walk = WalkDir::new(kb.root()).into_iter();
    let files = walk.filter_entry(is_seen).flatten();
    let files = files.filter(|file| !file.file_type().is_dir());
    files.map(|file| name_key(&name_of(&file))).collect()
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
