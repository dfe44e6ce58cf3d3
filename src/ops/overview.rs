//! The work on one project: when it was worked on, in what state it was left, and which files it
//! touches most.

use super::nearest::nearest_names;
use super::session_path::session_of_path;
use super::{Reply, Response};
use crate::error::{Error, Hint, Kind, Result};
use crate::index::{Freshness, Index};
use crate::kb::Kb;
use crate::model::{Entry, FileAction, Session, Timestamp, name_key};
use crate::session::resume::stated_ending;
use crate::session::{derived, running};
use chrono::{Datelike, Days, NaiveDate};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Describes the work on a project.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ProjectOverviewRequest {
    /// Name of the project, in any case.
    pub project: String,
}

/// The work on a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ProjectOverviewResponse {
    /// Name of the project, as it is written.
    pub project: String,
    /// Number of its sessions, those in progress included.
    pub sessions: u64,
    /// Number of its entries that are no records of sessions.
    pub entries: u64,
    /// In what state the work was, as the last session that says so has it.
    pub state: Option<String>,
    /// When that session ended, RFC 3339.
    pub state_time: Option<String>,
    /// The weeks in which sessions began, in order.
    pub weeks: Vec<ProjectWeek>,
    /// The files that were changed in most sessions, those first; at most 50.
    pub files: Vec<TouchedFile>,
}

/// The sessions of a week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ProjectWeek {
    /// The Monday, `YYYY-MM-DD`.
    pub monday: String,
    /// Number of sessions that began.
    pub sessions: u64,
}

/// A file that was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TouchedFile {
    /// The file, as the records have it.
    pub path: String,
    /// Number of sessions that changed it.
    pub sessions: u64,
    /// When the last of them began, RFC 3339.
    pub last: String,
}

/// Most files that are listed.
const MOST_FILES: usize = 50;

pub(super) fn run_overview(
    kb: &Kb,
    request: &ProjectOverviewRequest,
    index: &Index<'_>,
) -> Result<Reply> {
    let project = request.project.trim();
    if project.is_empty() {
        return Err(Error::usage("no project is named"));
    }
    match describe_project(kb, project, index) {
        Err(error) if error.kind() == Kind::NotFound => match kb.find_new_name(project) {
            Some(renamed) => describe_project(kb, &renamed, index).map_err(|_| error),
            None => Err(error),
        },
        described => described,
    }
}

fn describe_project(kb: &Kb, project: &str, index: &Index<'_>) -> Result<Reply> {
    let sessions = list_sessions(kb, project)?;
    let entries = count_entries(kb, index, project, !sessions.is_empty())?;
    let left = sessions.iter().find_map(state_left);
    let (state, state_time) = left.unzip();
    let written = sessions.first().map(|session| session.project.clone());
    Ok(Reply::from(Response::ProjectOverview(
        ProjectOverviewResponse {
            project: written.or(entries.written).unwrap_or_default(),
            sessions: sessions.len() as u64,
            entries: entries.count,
            state,
            state_time: state_time.map(|time| time.to_string()),
            weeks: count_weeks(&sessions),
            files: rank_files(&sessions),
        },
    )))
}

/// Returns all sessions of a project, those in progress first, each newest first.
fn list_sessions(kb: &Kb, project: &str) -> Result<Vec<Session>> {
    let running = running::newest_running(kb, Some(project))?;
    let is_running = |session: &Session| {
        let same = |one: &Session| one.id == session.id && one.project == session.project;
        running.iter().any(|one| same(&one.session))
    };
    let ended = derived::newest_sessions(kb, Some(project), usize::MAX >> 1)?;
    let ended = ended.into_iter().map(|(_, session)| session);
    let ended: Vec<Session> = ended.filter(|session| !is_running(session)).collect();
    let running = running.into_iter().map(|one| one.session);
    let all = running.chain(ended);
    Ok(all.map(|session| session.in_zone(kb.zone())).collect())
}

struct ProjectEntries {
    count: u64,
    written: Option<String>,
}

/// Counts the entries of a project.
///
/// # Errors
///
/// [`Kind::NotFound`](crate::error::Kind::NotFound) if there are none, unless the project is known.
fn count_entries(
    kb: &Kb,
    index: &Index<'_>,
    project: &str,
    is_known: bool,
) -> Result<ProjectEntries> {
    let entries = index.answer(Freshness::Refresh, |view| view.entries())?;
    let named = |name: &&String| name_key(name) == name_key(project);
    let projects = || entries.iter().filter_map(|entry| entry.project.as_ref());
    let written = projects().find(named).cloned();
    if written.is_some() || is_known {
        let is_own = |entry: &&Entry| entry.project.as_ref().is_some_and(|name| named(&name));
        let own = entries.iter().filter(is_own);
        let count = own.filter(|entry| session_of_path(kb, &entry.path).is_none());
        let count = count.count() as u64;
        return Ok(ProjectEntries { count, written });
    }
    let known: BTreeSet<&str> = projects().map(String::as_str).collect();
    let error = Error::not_found(format!("no project '{}'", project.escape_debug()));
    let near = nearest_names(project, known.into_iter());
    Err(near.iter().fold(error, |error, name| {
        error.with_hint(Hint::from(format!(
            "did you mean '{}'?",
            name.escape_debug()
        )))
    }))
}

fn state_left(session: &Session) -> Option<(String, Timestamp)> {
    let state = stated_ending(session).state?;
    Some((state, session.ended.unwrap_or(session.started)))
}

fn count_weeks(sessions: &[Session]) -> Vec<ProjectWeek> {
    let mut weeks: BTreeMap<NaiveDate, u64> = BTreeMap::new();
    for session in sessions {
        let day = session.started.datetime().date_naive();
        let behind = u64::from(day.weekday().num_days_from_monday());
        let monday = day.checked_sub_days(Days::new(behind)).unwrap_or(day);
        *weeks.entry(monday).or_default() += 1;
    }
    let week = |(monday, sessions): (NaiveDate, u64)| ProjectWeek {
        monday: monday.to_string(),
        sessions,
    };
    weeks.into_iter().map(week).collect()
}

fn rank_files(sessions: &[Session]) -> Vec<TouchedFile> {
    let mut files: HashMap<&str, (u64, Timestamp)> = HashMap::new();
    for session in sessions {
        let changed = session.files.iter();
        for row in changed.filter(|row| row.action != FileAction::Read) {
            let (count, last) = files.entry(&row.path).or_insert((0, session.started));
            *count += 1;
            *last = session.started.max(*last);
        }
    }
    let mut files: Vec<_> = files.into_iter().collect();
    files.sort_by(
        |(path, (count, last)), (other, (other_count, other_last))| {
            let by_count = other_count.cmp(count).then(other_last.cmp(last));
            by_count.then(path.cmp(other))
        },
    );
    let touched = |(path, (sessions, last)): (&str, (u64, Timestamp))| TouchedFile {
        path: path.to_owned(),
        sessions,
        last: last.to_string(),
    };
    files.into_iter().take(MOST_FILES).map(touched).collect()
}
