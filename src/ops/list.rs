//! Listing entries.

use super::filters::{check_limit, note_unmatched, resolve_filters};
use super::{Reply, Response};
use crate::error::Result;
use crate::index::{Freshness, Index};
use crate::kb::Kb;
use crate::model::{Entry, Tag};
use crate::query::Filters;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;

/// Lists the entries that pass all filters.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ListRequest {
    /// What an entry must be.
    pub filters: Filters,
    /// Order.
    pub sort: ListSort,
    /// Number of entries; `None`: all.
    #[schemars(range(min = 1))]
    pub limit: Option<usize>,
}

/// Order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ListSort {
    /// By path.
    #[default]
    Path,
    /// Newest first.
    Time,
    /// By title.
    Title,
}

/// Entries of the knowledge base.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ListResponse {
    /// Number of entries that pass the filters, those beyond the limit included.
    pub total: u64,
    /// Whether the answer may miss the latest changes.
    pub stale: bool,
    /// The entries in the order asked for.
    pub entries: Vec<ListedEntry>,
    /// Values of filters that occur nowhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// An entry in a list.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ListedEntry {
    /// Path, relative to the root of the knowledge base.
    pub path: String,
    /// Title; the file name where nothing else gives one.
    pub title: String,
    /// Tags of the front matter.
    pub tags: Vec<String>,
    /// Project that it belongs to.
    pub project: Option<String>,
    /// When it was created, RFC 3339.
    pub created: Option<String>,
    /// When it was updated, RFC 3339.
    pub updated: Option<String>,
    /// The time by which it is filtered and sorted, RFC 3339: the later of `updated` and its
    /// newest dated section, else `created`, else when the file was modified.
    pub time: String,
    /// Number of its sections.
    pub sections: u32,
    /// Size of the file in bytes.
    pub bytes: u64,
}

pub(super) fn run_list(kb: &Kb, request: &ListRequest, index: &Index<'_>) -> Result<Reply> {
    let conditions = resolve_filters(kb, &request.filters)?;
    let limit = request.limit.map_or(Ok(usize::MAX), check_limit)?;
    let (known, stale, notes) = index.answer(Freshness::Refresh, |view| {
        let notes = note_unmatched(view, &conditions)?;
        Ok((view.entries()?, view.stale(), notes))
    })?;
    let passes = |entry: &&Entry| conditions.accept_entry(entry);
    let mut entries: Vec<&Entry> = known.iter().filter(passes).collect();
    sort_entries(&mut entries, request.sort);
    let response = ListResponse {
        total: entries.len() as u64,
        stale,
        entries: entries
            .iter()
            .take(limit)
            .map(|entry| listed_entry(kb, entry))
            .collect(),
        notes,
    };
    Ok(Reply::from(Response::List(response)))
}

/// Sorts entries; they come sorted by path, which breaks ties.
fn sort_entries(entries: &mut [&Entry], by: ListSort) {
    match by {
        ListSort::Path => {}
        ListSort::Time => entries.sort_by_key(|entry| Reverse(entry.time())),
        ListSort::Title => entries.sort_by_cached_key(|entry| entry.title.to_lowercase()),
    }
}

fn listed_entry(kb: &Kb, entry: &Entry) -> ListedEntry {
    ListedEntry {
        path: entry.path.to_string(),
        title: entry.title.clone(),
        tags: entry.tags.iter().map(Tag::to_string).collect(),
        project: entry.project.clone(),
        created: entry.created.map(|time| time.text_in_zone(kb.zone())),
        updated: entry.updated.map(|time| time.text_in_zone(kb.zone())),
        time: entry.time().text_in_zone(kb.zone()),
        sections: entry.sections,
        bytes: entry.bytes,
    }
}
