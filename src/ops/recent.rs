//! What was done last, in all projects.

use super::filters::{check_limit, note_unmatched, resolve_filters};
use super::session_path::{read_session, session_of_path};
use super::{Reply, Response};
use crate::error::Result;
use crate::index::{Freshness, Index, View};
use crate::kb::{Kb, PathGlob};
use crate::model::{Session, Tag, Timestamp, name_key};
use crate::query::{self, Conditions, Filters, Piece, PieceChoice};
use crate::session::resume::summary_of;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::HashMap;

/// Lists the newest notes and sessions, by day and project.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RecentRequest {
    /// Number of items, at least 1; `None`: 20, of one project and day at most 5, so that a busy
    /// one does not hide the others.
    #[schemars(range(min = 1))]
    pub limit: Option<usize>,
    /// What they must be.
    pub filters: Filters,
}

/// What was done last.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct RecentResponse {
    /// Whether the answer may miss the latest changes.
    pub stale: bool,
    /// How many there are, those that are left out included.
    pub total: u64,
    /// Notes and sessions: those in progress, then by day, the newest first, and in it by project.
    pub items: Vec<RecentItem>,
    /// Of which day and project some are left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<RecentLeftOut>,
    /// Values of filters that occur nowhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// A note or a session: a section that carries a date.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct RecentItem {
    /// When, RFC 3339; of a session its start.
    pub time: String,
    /// The day of it in the time zone of the knowledge base, `2026-01-11`.
    pub day: String,
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
    /// Id of the session; `null` for a note.
    pub session: Option<String>,
    /// Whole minutes from the start to the end of the session; `null` while it goes on.
    pub minutes: Option<u64>,
    /// Whether it is the record of a session that goes on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub running: bool,
    /// Tags of the section.
    pub tags: Vec<String>,
    /// Beginning of the text, one line; of a session what was done in it.
    pub text: String,
}

/// Items of one day and project that are left out.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct RecentLeftOut {
    /// The day.
    pub day: String,
    /// The project.
    pub project: Option<String>,
    /// How many.
    pub items: u64,
}

/// How many items there are by default, and of one project and day.
const ITEMS: usize = 20;
const OF_ONE_DAY: usize = 5;
/// How many of the newest are looked at for these.
const LOOKED_AT: usize = 2_000;

pub(super) fn run_recent(kb: &Kb, request: &RecentRequest, index: &Index<'_>) -> Result<Reply> {
    let conditions = resolve_filters(kb, &request.filters)?;
    let limit = request.limit.map_or(Ok(ITEMS), check_limit)?;
    let response = index.answer(Freshness::Refresh, |view| {
        let mut pieces = find_running(kb, view, &conditions)?;
        pieces.truncate(limit);
        let room = limit - pieces.len();
        let most = request
            .limit
            .map_or(LOOKED_AT, |limit| limit.saturating_add(pieces.len()));
        let mut chooser = RecentChooser::new(request, room);
        let choose = |piece: &Piece| chooser.choose(kb, piece);
        let chosen = query::choose_recent(kb, view, most, &conditions, choose)?;
        pieces.extend(chosen.pieces);
        Ok(RecentResponse {
            stale: view.stale(),
            total: chosen.total,
            items: order_items(
                pieces
                    .into_iter()
                    .map(|piece| make_item(kb, piece))
                    .collect(),
            ),
            left_out: chooser.left_out(),
            notes: note_unmatched(view, &conditions)?,
        })
    })?;
    Ok(Reply::from(Response::Recent(response)))
}

/// Returns the sessions in progress, however long ago they began; of a span that has ended, those that
/// had begun by then.
fn find_running(kb: &Kb, view: &View, conditions: &Conditions) -> Result<Vec<Piece>> {
    let globs = kb.running_paths().map(PathGlob::new);
    let globs = globs.collect::<Result<Vec<_>>>()?;
    if globs.is_empty() {
        return Ok(Vec::new());
    }
    let mut of_running = conditions.clone();
    of_running.since = None;
    of_running.paths.push(globs);
    query::recent_pieces(kb, view, ITEMS, &of_running)
}

/// Decides what is shown, so that the newest days of all projects are.
struct RecentChooser {
    limit: usize,
    of_one_day: usize,
    taken: usize,
    last: Option<String>,
    groups: Vec<(RecentLeftOut, usize)>,
    places: HashMap<(String, Option<String>), usize>,
}

impl RecentChooser {
    fn new(request: &RecentRequest, limit: usize) -> Self {
        let of_all = request.limit.is_some() || request.filters.project.is_some();
        RecentChooser {
            limit,
            of_one_day: if of_all { usize::MAX } else { OF_ONE_DAY },
            taken: 0,
            last: None,
            groups: Vec::new(),
            places: HashMap::new(),
        }
    }

    fn choose(&mut self, kb: &Kb, piece: &Piece) -> PieceChoice {
        if kb.is_running(piece.path.as_str()) {
            // These are found by themselves.
            return PieceChoice::Skip;
        }
        let day = day_of(piece.time);
        // The day on which the room runs out is counted to its end.
        if self.taken >= self.limit && self.last.as_ref() != Some(&day) {
            return PieceChoice::Stop;
        }
        let key = (day.clone(), piece.project.as_deref().map(name_key));
        let at = *self.places.entry(key).or_insert(self.groups.len());
        if at == self.groups.len() {
            let group = RecentLeftOut {
                day: day.clone(),
                project: piece.project.clone(),
                items: 0,
            };
            self.groups.push((group, 0));
        }
        let (group, shown) = &mut self.groups[at];
        self.last = Some(day);
        if *shown >= self.of_one_day || self.taken >= self.limit {
            group.items += 1;
            return PieceChoice::Skip;
        }
        *shown += 1;
        self.taken += 1;
        PieceChoice::Take
    }

    /// Returns of which groups, that are shown in part, some are left out.
    fn left_out(self) -> Vec<RecentLeftOut> {
        let in_part = |(group, shown): &(RecentLeftOut, usize)| group.items > 0 && *shown > 0;
        let groups = self.groups.into_iter().filter(in_part);
        groups.map(|(group, _)| group).collect()
    }
}

/// Returns the items in the order in which they are shown: what goes on, then by day, and in it by
/// project, that of the newest item first. They come newest first.
fn order_items(items: Vec<RecentItem>) -> Vec<RecentItem> {
    let mut ranks = HashMap::new();
    let mut rank_of = |item: &RecentItem| {
        let project = item.project.as_deref().map(name_key);
        let rank = ranks.len();
        let rank = *ranks.entry((item.day.clone(), project)).or_insert(rank);
        (!item.running, Reverse(item.day.clone()), rank)
    };
    let mut ranked: Vec<_> = items
        .into_iter()
        .map(|item| (rank_of(&item), item))
        .collect();
    // The sort is stable.
    ranked.sort_by(|(a, _), (b, _)| a.cmp(b));
    ranked.into_iter().map(|(_, item)| item).collect()
}

fn day_of(time: Timestamp) -> String {
    time.datetime().date_naive().to_string()
}

fn make_item(kb: &Kb, piece: Piece) -> RecentItem {
    let id = session_of_path(kb, &piece.path);
    // The record begins with directories and durations, which say little.
    let session = id.and_then(|_| read_session(kb, &piece.path));
    let done = session
        .as_ref()
        .map(|session| summary_of(session).unwrap_or_default());
    RecentItem {
        time: piece.time.to_string(),
        day: day_of(piece.time),
        running: kb.is_running(piece.path.as_str()),
        path: piece.path.to_string(),
        title: piece.title,
        line: piece.line,
        heading: piece.heading,
        project: piece.project,
        session: id.map(|id| id.to_string()),
        minutes: session.as_ref().and_then(Session::minutes),
        tags: piece.tags.iter().map(Tag::to_string).collect(),
        text: done.unwrap_or(piece.text),
    }
}
