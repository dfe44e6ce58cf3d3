//! Which projects there are, and where each stands.

use super::filters::{check_limit, note_unmatched, resolve_filters};
use super::session_path::{read_session, session_of_path};
use super::{Filters, Reply, Response};
use crate::error::Result;
use crate::index::{Freshness, Index, View};
use crate::kb::Kb;
use crate::model::{Entry, EntryPath, SessionId, Timestamp, name_key};
use crate::query::{self, Conditions};
use crate::session::finish::last_activity;
use crate::session::gather::Gathered;
use crate::session::open_work::{OpenKind, find_open_work};
use crate::session::resume::summary_of;
use crate::session::running;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::HashMap;

/// Lists projects, the one with the latest activity first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ProjectsRequest {
    /// Which of them: those with an entry that passes, its last change in the span.
    #[serde(flatten)]
    pub filters: Filters,
    /// Most projects to list, at least 1; `None`: all.
    #[schemars(range(min = 1))]
    pub limit: Option<usize>,
}

/// Projects.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ProjectsResponse {
    /// Whether the answer may miss the latest changes.
    pub stale: bool,
    /// How many there are, those beyond the limit included.
    pub total: u64,
    /// Projects, the one with the latest activity first.
    pub projects: Vec<ListedProject>,
    /// Values of filters that occur nowhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// A project.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct ListedProject {
    /// Its name.
    pub project: String,
    /// Number of sessions that have ended.
    pub sessions: u64,
    /// Number of sessions that go on.
    pub running: u64,
    /// Number of notes: dated sections of entries that are no records of sessions.
    pub notes: u64,
    /// Number of entries that are no records of sessions.
    pub entries: u64,
    /// Number of steps that are open.
    pub open_steps: u64,
    /// Number of blockers that are open.
    pub open_blockers: u64,
    /// When something was done in it last, RFC 3339.
    pub last_activity: String,
    /// What was done in its last session, or is to be done in the one that goes on; without sessions
    /// the beginning of its last note.
    pub last: String,
}

/// What is gathered of a project.
struct ProjectTally {
    listed: ListedProject,
    latest: Timestamp,
    /// The newest record of a session.
    newest: Option<(SessionId, EntryPath)>,
    /// Whether one of its entries passes the filters.
    passes: bool,
}

pub(super) fn run_projects(kb: &Kb, request: &ProjectsRequest, index: &Index<'_>) -> Result<Reply> {
    let limit = request.limit.map_or(Ok(usize::MAX), check_limit)?;
    let conditions = resolve_filters(kb, &request.filters)?;
    let (mut tallies, stale, notes) = index.answer(Freshness::Refresh, |view| {
        let tallies = tally_entries(kb, view, &conditions)?;
        Ok((tallies, view.stale(), note_unmatched(view, &conditions)?))
    })?;
    tallies
        .iter_mut()
        .for_each(|tally| add_last_session(kb, tally));
    add_running(kb, &mut tallies, &conditions)?;
    tallies.retain(|tally| tally.passes);
    tallies.sort_by(|a, b| {
        let key = |tally: &ProjectTally| (tally.listed.running == 0, Reverse(tally.latest));
        let by_name = a.listed.project.cmp(&b.listed.project);
        key(a).cmp(&key(b)).then(by_name)
    });
    let total = tallies.len() as u64;
    tallies.truncate(limit);
    let mut projects: Vec<ListedProject> = tallies.into_iter().map(ProjectTally::finish).collect();
    count_open_work(kb, &mut projects)?;
    Ok(Reply::from(Response::Projects(ProjectsResponse {
        stale,
        total,
        projects,
        notes,
    })))
}

/// Counts what the entries are, by project.
fn tally_entries(kb: &Kb, view: &View, conditions: &Conditions) -> Result<Vec<ProjectTally>> {
    let counts = query::count_dated(view)?;
    let mut tallies = HashMap::new();
    for entry in view.entries()?.iter() {
        let dated = counts.get(entry.path.as_str()).copied();
        if let Some(tally) = add_entry(kb, &mut tallies, entry, dated.unwrap_or(0)) {
            tally.passes = tally.passes || conditions.accept_entry(entry);
        }
    }
    let mut tallies: Vec<ProjectTally> = tallies.into_values().collect();
    let without_sessions = tallies.iter_mut().filter(|tally| tally.newest.is_none());
    for tally in without_sessions.filter(|tally| tally.listed.notes > 0) {
        let of_project = Conditions::of_project(&tally.listed.project);
        let note = query::recent_pieces(kb, view, 1, &of_project)?.pop();
        tally.listed.last = note.map(|note| note.text).unwrap_or_default();
    }
    Ok(tallies)
}

/// Counts an entry with its project; returns that, if it belongs to one.
fn add_entry<'a>(
    kb: &Kb,
    tallies: &'a mut HashMap<String, ProjectTally>,
    entry: &Entry,
    dated: u64,
) -> Option<&'a mut ProjectTally> {
    let name = entry.project.as_deref()?;
    let time = entry.time().in_zone(kb.zone());
    let tally = tallies
        .entry(name_key(name))
        .or_insert_with(|| ProjectTally::new(name, time));
    tally.latest = tally.latest.max(time);
    match session_of_path(kb, &entry.path) {
        Some(id) => {
            if !kb.is_running(entry.path.as_str()) {
                tally.listed.sessions += 1;
            }
            let newest = tally.newest.as_ref().map(|(id, _)| *id);
            if newest.is_none_or(|newest| newest < id) {
                tally.newest = Some((id, entry.path.clone()));
            }
        }
        None => {
            tally.listed.entries += 1;
            tally.listed.notes += dated;
        }
    }
    Some(tally)
}

impl ProjectTally {
    fn new(name: &str, latest: Timestamp) -> Self {
        let listed = ListedProject {
            project: name.to_owned(),
            ..ListedProject::default()
        };
        ProjectTally {
            listed,
            latest,
            newest: None,
            passes: false,
        }
    }

    fn finish(self) -> ListedProject {
        ListedProject {
            last_activity: self.latest.to_string(),
            ..self.listed
        }
    }
}

/// Adds what the newest record says: what was done, when it ended, and the project as it is written
/// there.
fn add_last_session(kb: &Kb, tally: &mut ProjectTally) {
    let newest = tally.newest.as_ref();
    let Some(session) = newest.and_then(|(_, path)| read_session(kb, path)) else {
        return;
    };
    let nothing = Gathered::default();
    let last = session
        .ended
        .unwrap_or_else(|| last_activity(kb, &session, &nothing));
    tally.latest = tally.latest.max(last.in_zone(kb.zone()));
    tally.listed.last = summary_of(&session).unwrap_or_default();
    if !session.project.trim().is_empty() {
        tally.listed.project = session.project;
    }
}

fn add_running(kb: &Kb, tallies: &mut Vec<ProjectTally>, conditions: &Conditions) -> Result<()> {
    for one in running::all_running(kb)? {
        let project = one.session.project.as_str();
        let key = name_key(project);
        let last = last_activity(kb, &one.session, &Gathered::default()).in_zone(kb.zone());
        let is_same = |tally: &ProjectTally| name_key(&tally.listed.project) == key;
        let at = tallies.iter().position(is_same).unwrap_or_else(|| {
            tallies.push(ProjectTally::new(&one.session.project, last));
            tallies.len() - 1
        });
        let tally = &mut tallies[at];
        tally.listed.running += 1;
        tally.latest = tally.latest.max(last);
        // Its record may have been begun after the entries were read.
        tally.passes |=
            conditions.accept_place("", Some(project), |_| false) && conditions.holds_time(last);
    }
    Ok(())
}

fn count_open_work(kb: &Kb, projects: &mut [ListedProject]) -> Result<()> {
    let mut counts: HashMap<String, (u64, u64)> = HashMap::new();
    for item in find_open_work(kb, None, usize::MAX)? {
        let (steps, blockers) = counts.entry(name_key(&item.project)).or_default();
        match item.kind {
            _ if item.done => {}
            OpenKind::Step => *steps += 1,
            OpenKind::Blocker => *blockers += 1,
        }
    }
    for one in projects {
        let open = counts.get(&name_key(&one.project)).copied();
        (one.open_steps, one.open_blockers) = open.unwrap_or_default();
    }
    Ok(())
}
