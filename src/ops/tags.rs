//! Counting tags.

use super::filters::{note_unmatched, resolve_filters};
use super::{Reply, Response};
use crate::error::Result;
use crate::index::{Freshness, Index};
use crate::kb::Kb;
use crate::model::{Entry, Tag};
use crate::query::Filters;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Counts the entries of each tag.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TagsRequest {
    /// Which entries count.
    pub filters: Filters,
}

/// The tags of the knowledge base.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TagsResponse {
    /// Whether the answer may miss the latest changes.
    pub stale: bool,
    /// The tags, the most frequent first, equally frequent ones by name.
    pub tags: Vec<TagCount>,
    /// Values of filters that occur nowhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// A tag and how often it is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TagCount {
    /// The tag as it is written first, by path; case does not matter.
    pub tag: String,
    /// Number of entries that carry it, in their front matter or in a section.
    pub entries: u64,
}

pub(super) fn run_tags(kb: &Kb, request: &TagsRequest, index: &Index<'_>) -> Result<Reply> {
    let conditions = resolve_filters(kb, &request.filters)?;
    let (entries, stale, notes) = index.answer(Freshness::Refresh, |view| {
        let notes = note_unmatched(view, &conditions)?;
        Ok((view.entries()?, view.stale(), notes))
    })?;
    let counted = entries
        .iter()
        .filter(|entry| conditions.accept_entry(entry));
    let tags = count_tags(counted);
    Ok(Reply::from(Response::Tags(TagsResponse {
        stale,
        tags,
        notes,
    })))
}

fn count_tags<'a>(entries: impl Iterator<Item = &'a Entry>) -> Vec<TagCount> {
    let mut counts: BTreeMap<String, TagCount> = BTreeMap::new();
    for entry in entries {
        let mut seen = BTreeSet::new();
        for tag in entry.tags.iter().chain(&entry.inline_tags) {
            if seen.insert(tag.key()) {
                counts
                    .entry(tag.key())
                    .or_insert_with(|| unused_tag(tag))
                    .entries += 1;
            }
        }
    }
    let mut counts: Vec<TagCount> = counts.into_values().collect();
    counts.sort_by_key(|count| Reverse(count.entries));
    counts
}

fn unused_tag(tag: &Tag) -> TagCount {
    TagCount {
        tag: tag.to_string(),
        entries: 0,
    }
}
