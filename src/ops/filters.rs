//! What operations with filters share: limits, and notes on values that occur nowhere.

use super::nearest::nearest_names;
use crate::error::{Error, Result};
use crate::index::View;
use crate::kb::{Kb, PathGlob, is_slug_of};
use crate::model::{Entry, Tag, is_same_name};
use crate::query::{Conditions, Filters, UnmatchedValue, find_unmatched};
use crate::session::{derived, running};
use std::collections::BTreeSet;

/// Returns what the filters of a request demand, seen from now.
pub(super) fn resolve_filters(kb: &Kb, filters: &Filters) -> Result<Conditions> {
    let conditions = filters.resolve(kb.now(), kb.zone())?;
    match (conditions.since, conditions.until) {
        (Some(since), Some(until)) if since > until => {
            Err(Error::usage("the span ends before it begins"))
        }
        _ => Ok(conditions),
    }
}

/// Returns a limit, which must be at least 1.
pub(super) fn check_limit(limit: usize) -> Result<usize> {
    check_count("the limit", limit)
}

/// Returns a number, which must be at least 1.
pub(super) fn check_count(what: &str, number: usize) -> Result<usize> {
    if number == 0 {
        return Err(Error::usage(format!("{what} must be at least 1")));
    }
    Ok(number)
}

/// Returns a note on each value of the conditions that occurs nowhere, with the nearest that does.
pub(super) fn note_unmatched(view: &View, conditions: &Conditions) -> Result<Vec<String>> {
    let unmatched = find_unmatched(view, conditions)?;
    if unmatched.is_empty() {
        return Ok(Vec::new());
    }
    let entries = view.entries()?;
    let note = |value: &UnmatchedValue| match value {
        UnmatchedValue::Tag(tag) => {
            let known = known_tags(&entries);
            describe_missing(&format!("no tag '{tag}'"), tag.as_str(), &known)
        }
        UnmatchedValue::Project(name) => {
            let known = entries.iter().filter_map(|entry| entry.project.clone());
            let shown = format!("no project '{}'", name.escape_debug());
            describe_missing(&shown, name, &known.collect())
        }
        UnmatchedValue::Path(glob) => {
            let shown = format!("no path matches '{}'", glob.as_str().escape_debug());
            describe_missing(&shown, literal_part(glob), &known_paths(&entries))
        }
    };
    Ok(unmatched.iter().map(note).collect())
}

/// Returns a note on a project of which nothing is recorded, with the nearest that there is.
pub(super) fn note_unknown_project(kb: &Kb, project: &str) -> Result<Option<String>> {
    let running = running::all_running(kb)?.into_iter();
    let running = running.map(|one| one.session.project);
    let known: BTreeSet<String> = derived::list_folders(kb)?
        .into_iter()
        .chain(running)
        .collect();
    if known
        .iter()
        .any(|name| is_slug_of(name, project) || is_same_name(name, project))
    {
        return Ok(None);
    }
    let missing = format!("no sessions of '{}'", project.escape_debug());
    Ok(Some(describe_missing(&missing, project, &known)))
}

fn describe_missing(missing: &str, wanted: &str, known: &BTreeSet<String>) -> String {
    match nearest_names(wanted, known.iter().map(String::as_str)).first() {
        Some(near) => format!("{missing}; there is '{}'", near.escape_debug()),
        None => missing.to_owned(),
    }
}

/// Returns all tags, and those above them.
fn known_tags(entries: &[Entry]) -> BTreeSet<String> {
    let tags = |entry: &Entry| {
        entry
            .tags
            .iter()
            .chain(&entry.inline_tags)
            .cloned()
            .collect()
    };
    let tags = entries.iter().flat_map::<Vec<Tag>, _>(tags);
    tags.flat_map(|tag| with_parents(tag.as_str())).collect()
}

/// Returns the paths of all entries and of the directories above them.
fn known_paths(entries: &[Entry]) -> BTreeSet<String> {
    let paths = entries.iter().map(|entry| entry.path.as_str());
    paths.flat_map(with_parents).collect()
}

fn with_parents(name: &str) -> Vec<String> {
    let parents = name.match_indices('/').map(|(at, _)| name[..at].to_owned());
    parents.chain([name.to_owned()]).collect()
}

/// Returns the beginning of a glob that is no pattern: `projects` of `projects/*/a*`.
fn literal_part(glob: &PathGlob) -> &str {
    let text = glob.as_str();
    let Some(pattern) = text.find(['*', '?', '[', '{']) else {
        return text;
    };
    text[..pattern]
        .rsplit_once('/')
        .map_or("", |(parts, _)| parts)
}
