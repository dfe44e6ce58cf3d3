//! Counting tags.

use super::{Reply, Response};
use crate::error::Result;
use crate::index::{Freshness, Index, Report};
use crate::kb::Kb;
use crate::model::{Entry, Tag};
use schemars::JsonSchema;
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Counts the entries of each tag.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TagsRequest {
    /// Project that the entries belong to; `None`: all.
    pub project: Option<String>,
}

/// The tags of the knowledge base.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TagsResponse {
    /// Whether the answer may miss the latest changes.
    pub stale: bool,
    /// The tags, the most frequent first, equally frequent ones by name.
    pub tags: Vec<TagCount>,
}

/// A tag and how often it is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TagCount {
    /// The tag as it is written first, by path; case does not matter.
    pub tag: String,
    /// Number of entries that carry it, in their front matter or in a section.
    pub entries: u64,
}

pub(super) fn run(kb: &Kb, request: &TagsRequest, report: Report) -> Result<Reply> {
    let (entries, stale) = Index::new(kb).answer(Freshness::Refresh, report, |view| {
        Ok((view.entries()?, view.stale()))
    })?;
    let filter = super::filter::EntryFilter {
        project: request.project.clone(),
        ..Default::default()
    };
    let tags = count(entries.iter().filter(|entry| filter.accepts(entry)));
    Ok(Reply::from(Response::Tags(TagsResponse { stale, tags })))
}

fn count<'a>(entries: impl Iterator<Item = &'a Entry>) -> Vec<TagCount> {
    let mut counts: BTreeMap<String, TagCount> = BTreeMap::new();
    for entry in entries {
        let mut seen = BTreeSet::new();
        for tag in entry.tags.iter().chain(&entry.inline_tags) {
            if seen.insert(tag.key()) {
                counts
                    .entry(tag.key())
                    .or_insert_with(|| unused(tag))
                    .entries += 1;
            }
        }
    }
    let mut counts: Vec<TagCount> = counts.into_values().collect();
    counts.sort_by_key(|count| Reverse(count.entries));
    counts
}

fn unused(tag: &Tag) -> TagCount {
    TagCount {
        tag: tag.to_string(),
        entries: 0,
    }
}
