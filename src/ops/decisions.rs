//! What was decided: in sessions, and in notes that are tagged so.

use super::filters::resolve_filters;
use super::search::{self, SearchRequest};
use super::{Filters, Reply, Response, SearchSort};
use crate::error::Result;
use crate::index::Index;
use crate::kb::Kb;
use crate::model::{Session, Timestamp};
use crate::session::location::entry_path;
use crate::session::{derived, resume::one_line, running};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Lists decisions, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DecisionsRequest {
    /// Project that they belong to; `None`: all.
    pub project: Option<String>,
    /// Only those since: a date, RFC 3339, `7d`, `yesterday` and so on.
    pub since: Option<String>,
    /// Most decisions to list; `None`: all.
    pub limit: Option<usize>,
}

/// Decisions.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct DecisionsResponse {
    /// Decisions, newest first.
    pub decisions: Vec<ListedDecision>,
    /// How many there are, those beyond the limit included.
    pub total: u64,
}

/// A decision.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ListedDecision {
    /// What was decided.
    pub decision: String,
    /// Why; empty if nobody said, or the note says it.
    pub rationale: String,
    /// When: the start of the session, or the time of the note, RFC 3339.
    pub time: String,
    /// Name of the project.
    pub project: Option<String>,
    /// Id of the session; `null` for a note.
    pub session: Option<String>,
    /// Path of the entry; of a session in progress the one that it will have.
    pub path: String,
    /// Line of the note in its entry, from 1; `null` for a session.
    pub line: Option<u32>,
}

/// The tag of notes that are decisions.
const TAG: &str = "decision";

pub(super) fn run_decisions(
    kb: &Kb,
    request: &DecisionsRequest,
    index: &Index<'_>,
) -> Result<Reply> {
    let filters = Filters {
        tags: vec![TAG.to_owned()],
        project: request.project.clone(),
        since: request.since.clone(),
        ..Filters::default()
    };
    let since = resolve_filters(kb, &filters)?.since;
    let mut found = in_sessions(kb, request.project.as_deref())?;
    found.retain(|(time, _)| since.is_none_or(|since| *time >= since));
    let (notes, warnings) = in_notes(kb, filters, index)?;
    let is_linked = |note: &ListedDecision| {
        let link = format!("[[{}#", note.path);
        let same = |row: &ListedDecision| {
            row.rationale.starts_with(&link)
                && note
                    .decision
                    .starts_with(row.decision.trim_end_matches('…'))
        };
        found.iter().any(|(_, row)| same(row))
    };
    let notes: Vec<Dated> = notes
        .into_iter()
        .filter(|(_, note)| !is_linked(note))
        .collect();
    found.extend(notes);
    found.sort_by_key(|(time, _)| std::cmp::Reverse(*time));
    let total = found.len() as u64;
    found.truncate(request.limit.unwrap_or(usize::MAX));
    let decisions = found.into_iter().map(|(_, decision)| decision).collect();
    let mut reply = Reply::from(Response::Decisions(DecisionsResponse { decisions, total }));
    reply.warnings = warnings;
    Ok(reply)
}

type Dated = (Timestamp, ListedDecision);

fn in_sessions(kb: &Kb, project: Option<&str>) -> Result<Vec<Dated>> {
    let running = match project {
        Some(project) => running::of_project(kb, project)?,
        None => running::all_running(kb)?,
    };
    let mut found = Vec::new();
    for one in &running {
        let path = running::final_path(kb, one)?;
        found.extend(rows_of(&one.session, path.as_str()));
    }
    for (path, session) in derived::newest_sessions(kb, project, usize::MAX)? {
        let file = kb.root().join(path.as_str());
        if !running.iter().any(|one| one.file == file) {
            found.extend(rows_of(&session, entry_path(kb, &file)?.as_str()));
        }
    }
    Ok(found)
}

fn rows_of(session: &Session, path: &str) -> Vec<Dated> {
    // The last one was taken last.
    let rows = session.decisions.iter().rev();
    let filled = rows.filter(|row| !row.decision.trim().is_empty());
    let listed = filled.map(|row| ListedDecision {
        decision: row.decision.clone(),
        rationale: row.rationale.clone(),
        time: session.started.to_string(),
        project: Some(session.project.clone()),
        session: Some(session.id.to_string()),
        path: path.to_owned(),
        line: None,
    });
    listed.map(|row| (session.started, row)).collect()
}

fn in_notes(kb: &Kb, filters: Filters, index: &Index<'_>) -> Result<(Vec<Dated>, Vec<String>)> {
    let search = SearchRequest {
        filters,
        sort: SearchSort::Time,
        limit: usize::MAX >> 1,
        ..SearchRequest::default()
    };
    let reply = search::run_search(kb, &search, index)?;
    let Response::Search(response) = reply.response else {
        return Ok((Vec::new(), reply.warnings));
    };
    let mut found = Vec::new();
    for result in response.results {
        for section in result.sections {
            let time = section.time.as_deref().and_then(Timestamp::parse_rfc3339);
            let decision = ListedDecision {
                decision: one_line(&section.snippet),
                rationale: String::new(),
                time: section.time.unwrap_or_default(),
                project: result.project.clone(),
                session: None,
                path: result.path.clone(),
                line: Some(section.line),
            };
            found.push((time.unwrap_or(Timestamp::from_seconds(0)), decision));
        }
    }
    Ok((found, reply.warnings))
}
