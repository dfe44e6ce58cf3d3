//! What was done last, in all projects.

use super::filters::{check_limit, note_unmatched, resolve_filters};
use super::{Reply, Response};
use crate::error::Result;
use crate::index::{Freshness, Index};
use crate::kb::Kb;
use crate::model::{EntryPath, SessionId, Tag};
use crate::query::{self, Filters, Piece};
use crate::session::record;
use crate::session::resume::summary_of;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Lists the newest dated sections and sessions.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RecentRequest {
    /// Number of items, at least 1.
    pub limit: usize,
    /// What they must be.
    pub filters: Filters,
}

impl Default for RecentRequest {
    fn default() -> Self {
        RecentRequest {
            limit: 10,
            filters: Filters::default(),
        }
    }
}

/// What was done last.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct RecentResponse {
    /// Whether the answer may miss the latest changes.
    pub stale: bool,
    /// Sections, newest first.
    pub items: Vec<RecentItem>,
    /// Values of filters that occur nowhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// A section that carries a date.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct RecentItem {
    /// When, RFC 3339.
    pub time: String,
    /// Path of the entry, relative to the root of the knowledge base.
    pub path: String,
    /// Title of the entry.
    pub title: String,
    /// Line of the heading in the file, from 1.
    pub line: u32,
    /// Text of the heading.
    pub heading: String,
    /// Project that the entry belongs to.
    pub project: Option<String>,
    /// Id of the session whose record it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// Whether it is the record of a session that goes on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub running: bool,
    /// Tags of the section.
    pub tags: Vec<String>,
    /// Beginning of the text, one line; of a session what was done in it.
    pub text: String,
}

pub(super) fn run(kb: &Kb, request: &RecentRequest, index: &Index<'_>) -> Result<Reply> {
    let conditions = resolve_filters(kb, &request.filters)?;
    let limit = check_limit(request.limit)?;
    let (pieces, stale, notes) = index.answer(Freshness::Refresh, |view| {
        let pieces = query::recent(kb, view, limit, &conditions)?;
        Ok((pieces, view.stale(), note_unmatched(view, &conditions)?))
    })?;
    let items = pieces.into_iter().map(|piece| item(kb, piece));
    let mut items: Vec<RecentItem> = items.collect();
    // What goes on comes first; the sort is stable.
    items.sort_by_key(|item| !item.running);
    Ok(Reply::from(Response::Recent(RecentResponse {
        stale,
        items,
        notes,
    })))
}

/// Returns the session whose record is at a path.
pub(super) fn find_recorded_session(kb: &Kb, path: &str) -> Option<SessionId> {
    let logs = &kb.config().session_logs;
    let below = path.strip_prefix(logs)?.strip_prefix('/')?;
    let (_, name) = below.split_once('/')?;
    name.strip_suffix(".md")?.parse().ok()
}

/// Returns what was done in a session: its record begins with directories and durations, which say
/// little.
fn done_in_session(kb: &Kb, path: &EntryPath) -> Option<String> {
    let bytes = kb.read(path).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let session = record::parse(kb, &text, &kb.root().join(path.as_str())).session?;
    summary_of(&session)
}

fn item(kb: &Kb, piece: Piece) -> RecentItem {
    let session = find_recorded_session(kb, piece.path.as_str());
    let done = session.and_then(|_| done_in_session(kb, &piece.path));
    RecentItem {
        session: session.map(|session| session.to_string()),
        time: piece.time.to_string(),
        running: kb.is_running(piece.path.as_str()),
        path: piece.path.to_string(),
        title: piece.title,
        line: piece.line,
        heading: piece.heading,
        project: piece.project,
        tags: piece.tags.iter().map(Tag::to_string).collect(),
        text: done.unwrap_or(piece.text),
    }
}
