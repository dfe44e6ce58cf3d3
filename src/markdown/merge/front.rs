//! What stands before the notes: front matter key by key, then text line by line.

use super::{Versions, merge_lines};
use crate::markdown::dates::parse_time;
use crate::markdown::front_matter::FrontMatterBlock;
use crate::markdown::yaml::{Value, mapping};
use crate::model::Zone;

/// A key of front matter, as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
struct KeyText<'t> {
    /// The key; empty for lines before the first.
    key: &'t str,
    /// Its lines: the key's own, and those that belong to it.
    text: &'t str,
}

/// Merges what stands before the notes.
pub(super) fn merge_head(versions: Versions<&str>) -> String {
    if let Some(settled) = versions.settled() {
        return settled.to_owned();
    }
    let blocks = versions.map(|text| find_block(text));
    let (Some(ours), Some(theirs)) = (blocks.ours, blocks.theirs) else {
        return merge_lines(versions);
    };
    let (base, base_rest) = blocks.base.unwrap_or(("", versions.base));
    let rest = merge_lines(Versions {
        base: base_rest,
        ours: ours.1,
        theirs: theirs.1,
    });
    let keys = merge_keys(&Versions {
        base: split_keys(base),
        ours: split_keys(ours.0),
        theirs: split_keys(theirs.0),
    });
    format!("---\n{keys}---\n{rest}")
}

/// Returns the lines of front matter that can be read, and what stands behind the block.
fn find_block(text: &str) -> Option<(&str, &str)> {
    let block = FrontMatterBlock::find(text, 0)?;
    let yaml = &text[block.yaml];
    let rest = &text[block.end?..];
    mapping(yaml).ok().map(|_| (yaml, rest))
}

/// Splits front matter into its keys, each with the lines that follow it.
fn split_keys(yaml: &str) -> Vec<KeyText<'_>> {
    let mut keys: Vec<KeyText<'_>> = Vec::new();
    let (mut start, mut at, mut key) = (0, 0, "");
    for line in yaml.split_inclusive('\n') {
        let is_key = !line.starts_with([' ', '\t', '-', '#', '\n']) && line.contains(':');
        if is_key {
            keys.push(KeyText {
                key,
                text: &yaml[start..at],
            });
            (start, key) = (at, line.split(':').next().unwrap_or_default());
        }
        at += line.len();
    }
    keys.push(KeyText {
        key,
        text: &yaml[start..],
    });
    keys.retain(|key| !key.text.is_empty());
    keys
}

fn merge_keys(versions: &Versions<Vec<KeyText<'_>>>) -> String {
    let find = |keys: &[KeyText<'_>], name: &str| {
        let found = keys.iter().find(|key| key.key == name);
        found.map_or(String::new(), |key| key.text.to_owned())
    };
    let is_new = |key: &&KeyText<'_>| versions.ours.iter().all(|own| own.key != key.key);
    let names = versions
        .ours
        .iter()
        .chain(versions.theirs.iter().filter(is_new));
    names
        .map(|key| {
            let texts = Versions {
                base: find(&versions.base, key.key),
                ours: find(&versions.ours, key.key),
                theirs: find(&versions.theirs, key.key),
            };
            merge_key(key.key, &texts)
        })
        .collect()
}

/// Merges the lines of one key.
fn merge_key(key: &str, texts: &Versions<String>) -> String {
    if let Some(settled) = texts.settled() {
        return settled;
    }
    let Versions { base, ours, theirs } = texts;
    if ours.is_empty() || theirs.is_empty() {
        return format!("{ours}{theirs}");
    }
    match (key, read_value(ours), read_value(theirs)) {
        ("created" | "started", Some(Value::Scalar(one)), Some(Value::Scalar(other))) => {
            let is_ours = parse_time(&one, Zone::UTC) <= parse_time(&other, Zone::UTC);
            if is_ours { ours } else { theirs }.clone()
        }
        ("updated" | "ended", Some(Value::Scalar(one)), Some(Value::Scalar(other))) => {
            let is_ours = parse_time(&one, Zone::UTC) >= parse_time(&other, Zone::UTC);
            if is_ours { ours } else { theirs }.clone()
        }
        (_, Some(Value::List(_)), Some(Value::List(_))) => merge_list(base, ours, theirs),
        // Two values cannot both count: the other one is kept as a comment.
        _ => format!("{ours}{}", comment_out(theirs)),
    }
}

fn read_value(text: &str) -> Option<Value> {
    let fields = mapping(text).ok()?.fields;
    fields.into_iter().next().map(|field| field.value)
}

/// Merges lists with an item on each line; of lists on one line ours is kept, with theirs as a
/// comment, unless one holds the other.
fn merge_list(base: &str, ours: &str, theirs: &str) -> String {
    let is_block = |text: &str| text.lines().count() > 1;
    if is_block(ours) && is_block(theirs) {
        let merged = merge_lines(Versions { base, ours, theirs });
        return without_repeated_items(&merged);
    }
    let items = |text: &str| match read_value(text) {
        Some(Value::List(items)) => items,
        _ => Vec::new(),
    };
    let holds = |one: &str, other: &str| items(other).iter().all(|item| items(one).contains(item));
    if holds(ours, theirs) {
        ours.to_owned()
    } else if holds(theirs, ours) {
        theirs.to_owned()
    } else {
        join_lists(ours, &items(ours), &items(theirs))
    }
}

/// Writes two lists as one, an item on each line.
fn join_lists(ours: &str, items: &[Value], more: &[Value]) -> String {
    let key = ours.split(':').next().unwrap_or_default();
    let new = more.iter().filter(|item| !items.contains(item));
    let lines = items.iter().chain(new).filter_map(|item| match item {
        Value::Scalar(text) => Some(format!(
            "  - {}\n",
            super::super::session_entry::yaml_scalar(text)
        )),
        _ => None,
    });
    format!("{key}:\n{}", lines.collect::<String>())
}

fn without_repeated_items(list: &str) -> String {
    let mut seen = std::collections::HashSet::new();
    list.split_inclusive('\n')
        .filter(|line| !line.trim_start().starts_with('-') || seen.insert(line.trim()))
        .collect()
}

fn comment_out(text: &str) -> String {
    text.lines().map(|line| format!("# {line}\n")).collect()
}
