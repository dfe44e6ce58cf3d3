//! Where the links of an entry lead, and which links lead to it.

mod targets;

pub(in crate::ops) use targets::{LinkTargets, candidate_paths};

use super::get::find_entry;
use super::{EntryName, Reply, Response};
use crate::error::Result;
use crate::index::{Freshness, Index};
use crate::kb::Kb;
use crate::model::{Entry, Link};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Lists the links of an entry, and those that lead to it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LinksRequest {
    /// Which entry.
    pub entry: EntryName,
}

/// The links of an entry, and those that lead to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LinksResponse {
    /// Path of the entry, relative to the root of the knowledge base.
    pub path: String,
    /// Its links to other entries, in order.
    pub links: Vec<OutgoingLink>,
    /// Links of other entries to it, by path, then by line.
    pub backlinks: Vec<Backlink>,
}

/// A link to another entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OutgoingLink {
    /// The target, as it is written.
    pub target: String,
    /// Whether it is a `[[wiki link]]`.
    pub wiki: bool,
    /// Line in the file, from 1.
    pub line: u32,
    /// Path of the entry that it leads to; `null` if it leads to none.
    pub path: Option<String>,
    /// Title of that entry.
    pub title: Option<String>,
}

/// A link of another entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Backlink {
    /// Path of the entry that it stands in.
    pub path: String,
    /// Title of that entry.
    pub title: String,
    /// Line in that file, from 1.
    pub line: u32,
}

pub(super) fn run_links(kb: &Kb, request: &LinksRequest, index: &Index<'_>) -> Result<Reply> {
    let path = find_entry(kb, &request.entry, index)?;
    let entries = index.answer(Freshness::Refresh, |view| view.entries())?;
    let targets = LinkTargets::of_entries(&entries);
    let own = entries.iter().find(|entry| entry.path == path);
    let links = own.map(|own| list_links(own, &targets)).unwrap_or_default();
    let backlinks = own.map(|own| list_backlinks(own, &entries, &targets));
    Ok(Reply::from(Response::Links(LinksResponse {
        path: path.to_string(),
        links,
        backlinks: backlinks.unwrap_or_default(),
    })))
}

fn list_links(own: &Entry, targets: &LinkTargets<'_>) -> Vec<OutgoingLink> {
    let outgoing = |link: &Link| {
        let found = targets.find(own, link);
        OutgoingLink {
            target: link.target.clone(),
            wiki: link.wiki,
            line: link.line,
            path: found.map(|entry| entry.path.to_string()),
            title: found.map(|entry| entry.title.clone()),
        }
    };
    own.links.iter().map(outgoing).collect()
}

fn list_backlinks(own: &Entry, entries: &[Entry], targets: &LinkTargets<'_>) -> Vec<Backlink> {
    let leads_here = |entry: &Entry, link: &Link| {
        targets
            .find(entry, link)
            .is_some_and(|found| found.path == own.path)
    };
    let mut found = Vec::new();
    for entry in entries.iter().filter(|entry| entry.path != own.path) {
        let links = entry.links.iter().filter(|link| leads_here(entry, link));
        found.extend(links.map(|link| Backlink {
            path: entry.path.to_string(),
            title: entry.title.clone(),
            line: link.line,
        }));
    }
    found
}
