//! What was decided: in sessions, and in notes that are tagged so.

use super::filters::{check_limit, note_unmatched, resolve_filters};
use super::record_filter::RecordFilter;
use super::session_path::{session_of_path, sessions_since};
use super::{Filters, Reply, Response};
use crate::error::Result;
use crate::index::{Freshness, Index};
use crate::kb::Kb;
use crate::markdown::session_entry::without_links;
use crate::model::{EntryPath, Session, Timestamp};
use crate::query::{self, Conditions, Piece};
use crate::session::resume::one_line;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::HashSet;

/// Lists decisions, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DecisionsRequest {
    /// What they must be; those of a session are of the time of its start.
    #[serde(flatten)]
    pub filters: Filters,
    /// Most decisions to list; `None`: all.
    #[schemars(range(min = 1))]
    pub limit: Option<usize>,
}

/// Decisions.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct DecisionsResponse {
    /// Decisions, newest first.
    pub decisions: Vec<ListedDecision>,
    /// How many there are, those beyond the limit included.
    pub total: u64,
    /// Values of filters that occur nowhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// A decision.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ListedDecision {
    /// What was decided.
    pub decision: String,
    /// Why; empty if unknown, or the note says it.
    pub rationale: String,
    /// When: the start of the session, or the time of the note, RFC 3339.
    pub time: String,
    /// Name of the project.
    pub project: Option<String>,
    /// Id of the session; `null` for a note outside of sessions.
    pub session: Option<String>,
    /// Path of the entry; of a session in progress the one that it will have.
    pub path: String,
    /// Line of the note in its entry, from 1; `null` for a session, and for a whole entry.
    pub line: Option<u32>,
}

/// The tag of notes that are decisions.
const TAG: &str = "decision";

pub(super) fn run_decisions(
    kb: &Kb,
    request: &DecisionsRequest,
    index: &Index<'_>,
) -> Result<Reply> {
    let limit = request.limit.map_or(Ok(usize::MAX), check_limit)?;
    let (mut decisions, notes) = find_decisions(kb, &request.filters, index)?;
    let total = decisions.len() as u64;
    decisions.truncate(limit);
    Ok(Reply::from(Response::Decisions(DecisionsResponse {
        decisions,
        total,
        notes,
    })))
}

/// Returns the decisions that pass the filters, newest first; and notes on filters that fit nothing.
pub(super) fn find_decisions(
    kb: &Kb,
    filters: &Filters,
    index: &Index<'_>,
) -> Result<(Vec<ListedDecision>, Vec<String>)> {
    let conditions = resolve_filters(kb, filters)?;
    let (filter, _) = RecordFilter::read(&conditions, index)?;
    let mut rows = in_sessions(kb, filters.project.as_deref(), conditions.since)?;
    let (mut notes, said) = in_notes(kb, &conditions, index)?;
    join_linked(&mut rows, &mut notes);
    let passes = |row: &ListedDecision| {
        let project = row.project.as_deref().unwrap_or_default();
        let text = format!("{}\n\n{}", row.decision, row.rationale);
        filter.accepts_row(&row.path, project, &text)
    };
    rows.retain(|(time, row)| conditions.holds_time(*time) && passes(row));
    let mut found = rows;
    found.extend(notes.into_iter().map(|note| note.told));
    found.sort_by_key(|(time, _)| Reverse(*time));
    Ok((found.into_iter().map(|(_, one)| one).collect(), said))
}

type Dated = (Timestamp, ListedDecision);

/// A note that is a decision.
struct DecisionNote {
    told: Dated,
    /// How a record links it.
    link: String,
}

/// Takes out the rows that only link a note, and lets the note say which session it belongs to. Of
/// several that link one heading, which notes of one minute share, the one of that text is taken.
fn join_linked(rows: &mut Vec<Dated>, notes: &mut [DecisionNote]) {
    for says_the_same in [true, false] {
        let unjoined = notes.iter_mut();
        for note in unjoined.filter(|note| note.told.1.session.is_none()) {
            let text = &note.told.1.decision;
            let is_link = |(_, row): &Dated| {
                let beginning = row.decision.trim_end_matches('…');
                row.rationale == note.link && (!says_the_same || text.starts_with(beginning))
            };
            if let Some(at) = rows.iter().position(is_link) {
                note.told.1.session = rows.remove(at).1.session;
            }
        }
    }
}

/// Returns the decisions of the sessions that may have begun since a time.
fn in_sessions(kb: &Kb, project: Option<&str>, since: Option<Timestamp>) -> Result<Vec<Dated>> {
    let sessions = sessions_since(kb, project, since)?;
    let rows = sessions
        .iter()
        .map(|(path, session)| rows_of(kb, session, path.as_str()));
    Ok(rows.flatten().collect())
}

fn rows_of(kb: &Kb, session: &Session, path: &str) -> Vec<Dated> {
    // The last one was taken last.
    let rows = session.decisions.iter().rev();
    let filled = rows.filter(|row| !row.decision.trim().is_empty());
    let listed = filled.map(|row| ListedDecision {
        decision: row.decision.clone(),
        rationale: row.rationale.clone(),
        time: session.started.text_in_zone(kb.zone()),
        project: Some(session.project.clone()),
        session: Some(session.id.to_string()),
        path: path.to_owned(),
        line: None,
    });
    listed.map(|row| (session.started, row)).collect()
}

/// Returns the notes that are tagged as decisions: each once, whatever headings are in it, and an
/// entry whose front matter says so once.
fn in_notes(
    kb: &Kb,
    conditions: &Conditions,
    index: &Index<'_>,
) -> Result<(Vec<DecisionNote>, Vec<String>)> {
    let (pieces, said) = index.answer(Freshness::Refresh, |view| {
        let said = note_unmatched(view, conditions)?;
        let tagged = conditions.clone().and(&Conditions::of_tag(TAG));
        Ok((query::list_newest(kb, view, &tagged)?, said))
    })?;
    let dated = pieces.iter().filter(|piece| piece.dated);
    let dated: HashSet<(EntryPath, String)> = dated
        .map(|piece| (piece.path.clone(), piece.heading.clone()))
        .collect();
    let lies_in_note = |piece: &Piece| {
        let mut above = piece.ancestors.iter();
        above.any(|heading| dated.contains(&(piece.path.clone(), heading.clone())))
    };
    let has_notes: HashSet<&EntryPath> = dated.iter().map(|(path, _)| path).collect();
    let mut wholes = HashSet::new();
    let mut found = Vec::new();
    for piece in pieces {
        let is_whole = !piece.dated && piece.entry_tags.iter().any(|tag| tag.key() == TAG);
        let wanted = if is_whole {
            !has_notes.contains(&piece.path) && wholes.insert(piece.path.clone())
        } else {
            piece.dated || !lies_in_note(&piece)
        };
        if wanted && session_of_path(kb, &piece.path).is_none() {
            found.push(note_of(piece, is_whole));
        }
    }
    Ok((found, said))
}

/// Returns a note, or an entry that is a decision as a whole: then its title says which.
fn note_of(piece: Piece, is_whole: bool) -> DecisionNote {
    let link = if piece.dated {
        format!("[[{}#{}]]", piece.path, piece.heading)
    } else {
        format!("[[{}]]", piece.path)
    };
    let decision = ListedDecision {
        decision: one_line(if is_whole {
            &piece.title
        } else {
            without_links(&piece.text)
        }),
        rationale: String::new(),
        time: piece.time.to_string(),
        project: piece.project,
        session: None,
        path: piece.path.to_string(),
        line: (!is_whole).then_some(piece.line),
    };
    let told = (piece.time, decision);
    DecisionNote { told, link }
}
