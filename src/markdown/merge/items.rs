//! Lines that stand once in a list or a table: steps, which are known by their text, and rows, which
//! are known by their first cell.

use super::Versions;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

/// The lines of a text by what they are known by; those that stand there more than once are not.
type Items<'t> = HashMap<String, &'t str>;

/// Returns the changed lines of both sides without those of their steps and rows that the other side
/// has changed or removed: a step that either side ticked is ticked, and each is there once.
pub(super) fn settle_items<'t>(versions: &Versions<&[&'t str]>) -> (Vec<&'t str>, Vec<&'t str>) {
    let items = versions.map(|lines| find_items(lines));
    let settle = |lines: &[&'t str], own: &Items<'t>, other: &Items<'t>| {
        let settled = lines.iter().filter_map(|line| match item_key(line) {
            Some(key) if own.contains_key(&key) => settle_item(
                line,
                items.base.get(&key).copied(),
                other.get(&key).copied(),
            ),
            _ => Some(*line),
        });
        settled.collect::<Vec<_>>()
    };
    let ours = settle(versions.ours, &items.ours, &items.theirs);
    let mut theirs = settle(versions.theirs, &items.theirs, &items.ours);
    let told: HashSet<&str> = ours.iter().map(|line| line.trim_end()).collect();
    let is_repeated = |line: &str| {
        let key = item_key(line).filter(|key| items.theirs.contains_key(key));
        let key = key.filter(|key| items.ours.contains_key(key));
        key.is_some() && told.contains(line.trim_end())
    };
    theirs.retain(|line| !is_repeated(line));
    (ours, theirs)
}

/// Returns what becomes of a line of one side, by what the base and the other side have in its place.
fn settle_item<'t>(
    line: &'t str,
    base: Option<&'t str>,
    other: Option<&'t str>,
) -> Option<&'t str> {
    let same = |one: &str, other: &str| one.trim_end() == other.trim_end();
    match (base, other) {
        // The other side removed it, or put it elsewhere.
        (Some(base), None) if same(base, line) => None,
        (Some(base), Some(other)) if same(base, line) => Some(other),
        (Some(base), Some(other)) if same(base, other) => Some(line),
        (_, Some(other)) if is_ticked(other) => Some(other),
        _ => Some(line),
    }
}

fn find_items<'t>(lines: &[&'t str]) -> Items<'t> {
    let mut found: HashMap<String, Option<&'t str>> = HashMap::new();
    for line in lines {
        if let Some(key) = item_key(line) {
            let again = |there: &mut Option<&'t str>| *there = None;
            found.entry(key).and_modify(again).or_insert(Some(line));
        }
    }
    let once = found.into_iter();
    once.filter_map(|(key, line)| Some((key, line?))).collect()
}

/// Returns by what a line is known, if it is a step or a row.
fn item_key(line: &str) -> Option<String> {
    let line: Cow<'_, str> = line.trim().into();
    if let Some((_, text)) = split_step(&line) {
        return Some(format!("step {text}"));
    }
    let row = line.strip_prefix('|')?;
    let mut escaped = false;
    let end = row.char_indices().find(|(_, c)| {
        let is_end = *c == '|' && !escaped;
        escaped = *c == '\\' && !escaped;
        is_end
    });
    let cell = row[..end?.0].trim();
    let is_rule = cell.chars().all(|c| matches!(c, '-' | ':'));
    (!is_rule).then(|| format!("row {cell}"))
}

fn is_ticked(line: &str) -> bool {
    split_step(line.trim()).is_some_and(|(ticked, _)| ticked)
}

/// Splits `- [x] text` into whether it is ticked, and the text.
fn split_step(line: &str) -> Option<(bool, &str)> {
    let item = line.strip_prefix(['-', '*', '+'])?.trim_start();
    let (mark, text) = item.strip_prefix('[')?.split_once(']')?;
    let ticked = match mark {
        " " => false,
        "x" | "X" => true,
        _ => return None,
    };
    Some((ticked, text.trim()))
}
