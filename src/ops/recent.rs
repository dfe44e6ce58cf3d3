//! What was done last, in all projects.

use super::filters::{check_limit, note_unmatched, resolve_filters};
use super::{Reply, Response};
use crate::error::Result;
use crate::index::{Freshness, Index};
use crate::kb::Kb;
use crate::model::{SessionId, Tag};
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
    /// Whether it is the record of a session that goes on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub running: bool,
    /// Tags of the section.
    pub tags: Vec<String>,
    /// Beginning of the text, one line; of a session what was done in it.
    pub text: String,
}

pub(super) fn run_recent(kb: &Kb, request: &RecentRequest, index: &Index<'_>) -> Result<Reply> {
    let conditions = resolve_filters(kb, &request.filters)?;
    let limit = check_limit(request.limit)?;
    let (pieces, stale, notes) = index.answer(Freshness::Refresh, |view| {
        let pieces = query::recent_pieces(kb, view, limit, &conditions)?;
        Ok((pieces, view.stale(), note_unmatched(view, &conditions)?))
    })?;
    let items = pieces.into_iter().map(|piece| recent_item(kb, piece));
    let mut items: Vec<RecentItem> = items.collect();
    // What goes on comes first; the sort is stable.
    items.sort_by_key(|item| !item.running);
    Ok(Reply::from(Response::Recent(RecentResponse {
        stale,
        items,
        notes,
    })))
}

/// Returns what was done in a session, if the piece is one: its record begins with directories and
/// durations, which say little.
fn done_in_session(kb: &Kb, piece: &Piece) -> Option<String> {
    let path = piece.path.as_str();
    let below = path
        .strip_prefix(&kb.config().session_logs)?
        .strip_prefix('/')?;
    let (_, name) = below.split_once('/')?;
    name.strip_suffix(".md")?.parse::<SessionId>().ok()?;
    let bytes = kb.read(&piece.path).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let session = record::parse_file(kb, &text, &kb.root().join(path)).session?;
    summary_of(&session)
}

fn recent_item(kb: &Kb, piece: Piece) -> RecentItem {
    let done = done_in_session(kb, &piece);
    RecentItem {
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
