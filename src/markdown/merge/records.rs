//! Records of sessions: two of one second, made on two machines, have one path. Both are kept in
//! the one file, one behind the other; [`split_records`] takes them apart again.

use super::{Versions, append_block, merge_text};
use crate::markdown::front_matter::FrontMatterBlock;
use crate::markdown::lines::lines_from;
use crate::markdown::yaml::{Value, mapping};
use std::collections::HashSet;

/// Returns whether both sides are records of sessions.
pub(super) fn is_session(versions: Versions<&str>) -> bool {
    let is_record = |text: &str| record_field(text, "session").is_some();
    is_record(versions.ours) && is_record(versions.theirs)
}

/// Splits a file into the records in it: each begins with front matter that names a session.
pub(crate) fn split_records(text: &str) -> Vec<&str> {
    let begins = |at: &usize| *at == 0 || is_record_at(text, *at);
    let fences = lines_from(text, 0).filter(|line| text[line.clone()].trim_end() == "---");
    let mut starts: Vec<usize> = fences.map(|line| line.start).filter(begins).collect();
    if starts.first() != Some(&0) {
        starts.insert(0, 0);
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts
        .iter()
        .zip(ends)
        .map(|(start, end)| &text[*start..end])
        .collect()
}

/// Returns whether a record begins at a place behind an empty line.
fn is_record_at(text: &str, at: usize) -> bool {
    text[..at].ends_with("\n\n") && record_field(&text[at..], "session").is_some()
}

/// Returns the value of a key in the front matter at the start of a text.
pub(super) fn record_field(text: &str, key: &str) -> Option<String> {
    let block = FrontMatterBlock::find(text, 0).filter(|block| block.end.is_some())?;
    let fields = mapping(&text[block.yaml]).ok()?.fields;
    let value = fields.into_iter().find(|field| field.key == key)?.value;
    match value {
        Value::Scalar(text) => Some(text),
        _ => None,
    }
}

/// Merges files of records. A record that both sides have, or that one side changed, is there
/// once; others are kept side by side, in an order that does not depend on who merges.
pub(super) fn merge_records(versions: Versions<&str>) -> String {
    let records = versions.map(|text| split_records(text));
    let known = !versions.base.trim().is_empty();
    let mut merged: Vec<String> = Vec::new();
    let mut theirs = records.theirs.clone();
    for ours in &records.ours {
        let base = find_same(&records.base, ours, known);
        let other = find_same(&theirs, base.unwrap_or(ours), known);
        match (base, other) {
            (_, Some(other)) => {
                theirs.retain(|record| *record != other);
                merged.push(merge_text(Versions {
                    base: base.unwrap_or_default(),
                    ours,
                    theirs: other,
                }));
            }
            // The other side took it away, into a file of its own.
            (Some(base), None) if base == *ours => {}
            _ => merged.push((*ours).to_owned()),
        }
    }
    let is_new = |record: &&str| !records.base.contains(record);
    merged.extend(theirs.into_iter().filter(is_new).map(str::to_owned));
    if merged.len() > 1 {
        merged.sort_by_key(|record| (record_field(record, "started"), record.clone()));
    }
    merged
        .iter()
        .fold(String::new(), |text, record| append_block(text, record))
}

/// Finds the record of the same session: an equal one, else one of the same agent's session. Of a
/// file that both sides had before, `known`, the only record is the same, else the one that has a
/// row in common.
fn find_same<'t>(records: &[&'t str], of: &str, known: bool) -> Option<&'t str> {
    let agent_session = record_field(of, "agent_session");
    let of_agent = |record: &str| {
        agent_session.is_some() && record_field(record, "agent_session") == agent_session
    };
    let find = |is_same: &dyn Fn(&str) -> bool| {
        let found = records.iter().find(|record| is_same(record));
        found.copied()
    };
    find(&|record| record == of)
        .or_else(|| find(&of_agent))
        .or_else(|| {
            records
                .first()
                .copied()
                .filter(|_| known && records.len() == 1)
        })
        .or_else(|| find(&|record| known && share_row(record, of)))
}

/// Returns whether two records have a row in common that says what happened, or a goal.
fn share_row(one: &str, other: &str) -> bool {
    let is_telling = |line: &&str| {
        let is_rule = line.chars().all(|c| matches!(c, '|' | '-' | ' '));
        let is_row = line.starts_with('|') && !is_rule && !HEADS.contains(line);
        is_row || line.starts_with("**Goal:**")
    };
    let rows: HashSet<&str> = one.lines().filter(is_telling).collect();
    other
        .lines()
        .filter(is_telling)
        .any(|line| rows.contains(line))
}

/// The heads of the tables, which all records have.
const HEADS: [&str; 5] = [
    "| Time | Event |",
    "| File | Action | Notes |",
    "| Decision | Rationale |",
    "| Blocker | Resolution |",
    "| Tool | Uses |",
];
