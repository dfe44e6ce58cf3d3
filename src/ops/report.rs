//! What was done in a span of time, by day and project.

use super::decisions::{ListedDecision, find_decisions};
use super::filters::resolve_filters;
use super::next::{OpenWork, find_open};
use super::record_filter::RecordFilter;
use super::session_path::{session_of_path, sessions_since};
use super::{Filters, Reply, Response};
use crate::error::{Error, Result};
use crate::index::{Freshness, Index};
use crate::kb::Kb;
use crate::model::{EntryPath, FileAction, Session, Tag, Timestamp, name_key};
use crate::query::{self, Conditions, Piece, PieceChoice};
use crate::session::resume::{stated_ending, summary_of};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Reports what was done in a span of time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ReportRequest {
    /// What it is about. Without a beginning the span begins six days before its end, so that it covers
    /// a week; without an end it ends now.
    #[serde(flatten)]
    pub filters: Filters,
}

/// What was done in a span of time.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ReportResponse {
    /// Whether the answer may miss the latest changes.
    pub stale: bool,
    /// Beginning of the span, RFC 3339.
    pub since: String,
    /// End of the span, RFC 3339.
    pub until: String,
    /// All projects with work in the span, that with the most sessions first.
    pub totals: Vec<ReportTotals>,
    /// The days on which something was done, in their order.
    pub days: Vec<ReportDay>,
    /// What is open now, of the sessions of all times, those of the newest first.
    pub open: Vec<OpenWork>,
    /// Values of filters that occur nowhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// What was done in a project, in numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ReportTotals {
    /// Name of the project; `null` for entries that belong to none.
    pub project: Option<String>,
    /// Number of sessions.
    pub sessions: u64,
    /// Minutes of the sessions that have ended.
    pub minutes: u64,
    /// Number of notes, those that are decisions included.
    pub notes: u64,
    /// Number of decisions.
    pub decisions: u64,
    /// Number of files that were changed, each once.
    pub files: u64,
}

/// A day.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ReportDay {
    /// The day in the time zone of the knowledge base, `2026-01-11`.
    pub day: String,
    /// The projects of that day.
    pub projects: Vec<ReportedProject>,
}

/// What was done in a project on a day.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct ReportedProject {
    /// Name of the project; `null` for entries that belong to none.
    pub project: Option<String>,
    /// Sessions that began on that day, in their order.
    pub sessions: Vec<ReportedSession>,
    /// Notes that are no decisions, in their order.
    pub notes: Vec<ReportedNote>,
    /// Decisions, in their order.
    pub decisions: Vec<ListedDecision>,
}

/// A session.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ReportedSession {
    /// Its id.
    pub session: String,
    /// Its entry; while it goes on, the one that it will have.
    pub path: String,
    /// When it began, RFC 3339.
    pub started: String,
    /// Whole minutes from start to end; `null` while it goes on.
    pub minutes: Option<u64>,
    /// Whether it goes on.
    pub running: bool,
    /// What was done, or is to be done; empty if it says nothing.
    pub summary: String,
    /// How things stood at its end, if that was stated.
    pub state: Option<String>,
    /// Files that were changed.
    pub files: Vec<String>,
    /// Blockers that it left open.
    pub blockers: Vec<String>,
}

/// A note.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ReportedNote {
    /// When, RFC 3339.
    pub time: String,
    /// Path of the entry.
    pub path: String,
    /// Line of the heading in the file, from 1.
    pub line: u32,
    /// Tags of the note.
    pub tags: Vec<String>,
    /// Beginning of the text, one line.
    pub text: String,
}

/// How long before the span a session may have begun that reaches into it.
const LONGEST_SESSION: i64 = 3 * 24 * 3600;

pub(super) fn run_report(kb: &Kb, request: &ReportRequest, index: &Index<'_>) -> Result<Reply> {
    let (filters, span) = resolve_span(kb, request)?;
    let today = kb.now().in_zone(kb.zone()).datetime().date_naive();
    let until_today = |piece: &Piece| match piece.time.datetime().date_naive() {
        // A day to come is no work done, unless it is asked for.
        day if day > today && span.until.is_none() => PieceChoice::Skip,
        _ => PieceChoice::Take,
    };
    let (pieces, stale) = index.answer(Freshness::Refresh, |view| {
        let chosen = query::choose_recent(kb, view, usize::MAX, &span, until_today)?;
        Ok((chosen.pieces, view.stale()))
    })?;
    let (decisions, notes) = find_decisions(kb, &filters, index)?;
    let mut report = ReportDraft::default();
    let project = filters.project.as_deref();
    let (filter, _) = RecordFilter::read(&span, index)?;
    for (path, session) in sessions_in(kb, project, &span)? {
        if filter.accepts_record(path.as_str(), &session) {
            report.add_session(path.to_string(), &session);
        }
    }
    for piece in pieces.into_iter().rev() {
        if session_of_path(kb, &piece.path).is_none() {
            report.add_note(piece);
        }
    }
    for decision in decisions.into_iter().rev() {
        report.add_decision(kb, decision);
    }
    let open = find_open(kb, project, &filter)?;
    let time = |time: Option<Timestamp>| time.unwrap_or(kb.now()).text_in_zone(kb.zone());
    Ok(Reply::from(Response::Report(ReportResponse {
        stale,
        since: time(span.since),
        until: time(span.until),
        totals: report.list_totals(),
        days: report.list_days(),
        open,
        notes,
    })))
}

fn resolve_span(kb: &Kb, request: &ReportRequest) -> Result<(Filters, Conditions)> {
    let mut filters = request.filters.clone();
    if filters.since.is_none() {
        let day = kb.now().in_zone(kb.zone()).datetime().date_naive();
        let day = resolve_filters(kb, &filters)?.until.map_or(day, |until| {
            day.min(until.in_zone(kb.zone()).datetime().date_naive())
        });
        let first = day.checked_sub_days(chrono::Days::new(6)).unwrap_or(day);
        filters.since = Some(first.to_string());
    }
    let span = resolve_filters(kb, &filters)?;
    let end = span.until.unwrap_or(kb.now());
    match span.since {
        Some(since) if since > end => Err(Error::usage("the span ends before it begins")),
        _ => Ok((filters, span)),
    }
}

/// Returns the sessions that reach into the span, the oldest first, each with its path.
fn sessions_in(
    kb: &Kb,
    project: Option<&str>,
    span: &Conditions,
) -> Result<Vec<(EntryPath, Session)>> {
    let before = |since: Timestamp| Timestamp::from_seconds(since.seconds() - LONGEST_SESSION);
    let sessions = sessions_since(kb, project, span.since.map(before))?;
    let reaches_in = |session: &Session| {
        let end = session.ended.unwrap_or(kb.now());
        span.since.is_none_or(|since| end >= since)
            && span.until.is_none_or(|until| session.started <= until)
    };
    let there = sessions
        .into_iter()
        .filter(|(_, session)| reaches_in(session));
    let zoned = there.map(|(path, session)| (path, session.in_zone(kb.zone())));
    let mut found: Vec<_> = zoned.collect();
    found.sort_by_key(|(_, session)| session.id);
    Ok(found)
}

/// Whose day it is: the day, and the key of the project.
type ReportKey = (String, Option<String>);

/// A report in the making.
#[derive(Default)]
struct ReportDraft {
    parts: BTreeMap<ReportKey, ReportedProject>,
    totals: BTreeMap<Option<String>, ReportTotals>,
    files: BTreeSet<(Option<String>, String)>,
}

impl ReportDraft {
    /// Returns what happened in a project on a day, and its numbers.
    fn find_part(
        &mut self,
        day: String,
        project: Option<String>,
    ) -> (&mut ReportedProject, &mut ReportTotals) {
        let key = project.as_deref().map(name_key);
        let totals = self
            .totals
            .entry(key.clone())
            .or_insert_with(|| ReportTotals {
                project: project.clone(),
                ..ReportTotals::default()
            });
        let part = self
            .parts
            .entry((day, key))
            .or_insert_with(|| ReportedProject {
                project,
                ..ReportedProject::default()
            });
        (part, totals)
    }

    fn add_session(&mut self, path: String, session: &Session) {
        let told = reported_session(path, session);
        let project = Some(session.project.clone());
        let key = project.as_deref().map(name_key);
        let new = told.files.iter().map(|file| (key.clone(), file.clone()));
        let before = self.files.len();
        self.files.extend(new);
        let files = (self.files.len() - before) as u64;
        let (part, totals) = self.find_part(session.id.day().to_string(), project);
        totals.sessions += 1;
        totals.minutes += told.minutes.unwrap_or(0);
        totals.files += files;
        part.sessions.push(told);
    }

    fn add_note(&mut self, piece: Piece) {
        let day = piece.time.datetime().date_naive().to_string();
        let (part, totals) = self.find_part(day, piece.project);
        totals.notes += 1;
        part.notes.push(ReportedNote {
            time: piece.time.to_string(),
            path: piece.path.to_string(),
            line: piece.line,
            tags: piece.tags.iter().map(Tag::to_string).collect(),
            text: piece.text,
        });
    }

    /// Adds a decision; a note that is one is not listed twice.
    fn add_decision(&mut self, kb: &Kb, decision: ListedDecision) {
        let time = Timestamp::parse_rfc3339(&decision.time).unwrap_or(kb.now());
        let day = time.in_zone(kb.zone()).datetime().date_naive().to_string();
        let (part, totals) = self.find_part(day, decision.project.clone());
        totals.decisions += 1;
        let is_it =
            |note: &ReportedNote| note.path == decision.path && Some(note.line) == decision.line;
        part.notes.retain(|note| !is_it(note));
        part.decisions.push(decision);
    }

    fn list_totals(&self) -> Vec<ReportTotals> {
        let mut totals: Vec<ReportTotals> = self.totals.values().cloned().collect();
        totals.sort_by_key(|one| std::cmp::Reverse((one.sessions, one.minutes, one.notes)));
        totals
    }

    fn list_days(self) -> Vec<ReportDay> {
        let mut days: Vec<ReportDay> = Vec::new();
        for ((day, _), part) in self.parts {
            match days.last_mut().filter(|last| last.day == day) {
                Some(last) => last.projects.push(part),
                None => days.push(ReportDay {
                    day,
                    projects: vec![part],
                }),
            }
        }
        days
    }
}

fn reported_session(path: String, session: &Session) -> ReportedSession {
    let changed = session
        .files
        .iter()
        .filter(|row| row.action != FileAction::Read);
    let blockers = session.open_blockers();
    ReportedSession {
        session: session.id.to_string(),
        path,
        started: session.started.to_string(),
        minutes: session.minutes(),
        running: session.ended.is_none(),
        summary: summary_of(session).unwrap_or_default(),
        state: stated_ending(session).state,
        files: changed.map(|row| row.path.clone()).collect(),
        blockers: blockers.map(|row| row.blocker.clone()).collect(),
    }
}
