//! What was, and the files derived from it.

use super::super::filters::note_unknown_project;
use super::super::{Reply, Response};
use super::{changed_files, minutes_between};
use crate::error::{Error, Hint, Result};
use crate::kb::Kb;
use crate::model::Status;
use crate::session::derived;
use crate::session::resume::summary_of;
use crate::session::running::{self, Running};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Lists sessions, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LogListRequest {
    /// Project that they belong to; `None`: all.
    pub project: Option<String>,
    /// Most sessions to list, at least 1.
    #[schemars(range(min = 1))]
    pub limit: usize,
}

impl Default for LogListRequest {
    fn default() -> Self {
        LogListRequest {
            project: None,
            limit: 20,
        }
    }
}

/// Sessions.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct LogListResponse {
    /// Sessions: those in progress, then the others, each newest first.
    pub sessions: Vec<ListedSession>,
    /// Whether there are more, which the limit leaves out.
    pub more: bool,
    /// A project of which nothing is recorded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// One session of a list.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ListedSession {
    /// Its id.
    pub id: String,
    /// Its entry, relative to the root of the knowledge base; of a session in progress the one that it
    /// will have.
    pub path: String,
    /// Name of the project.
    pub project: String,
    /// `active`, `ended`, or `unreadable` if the entry cannot be understood.
    pub status: String,
    /// When it began, RFC 3339.
    pub started: String,
    /// When it ended, RFC 3339.
    pub ended: Option<String>,
    /// Whole minutes from start to end; `null` while it goes on.
    pub minutes: Option<u64>,
    /// What was done, in one line.
    pub summary: String,
    /// Number of files that were changed.
    pub files: u64,
    /// Number of decisions.
    pub decisions: u64,
}

pub(super) fn list_sessions(kb: &Kb, request: &LogListRequest) -> Result<Reply> {
    if request.limit == 0 {
        return Err(Error::usage("a limit of 0 lists nothing"));
    }
    let running = list_running(kb, request.project.as_deref())?;
    let is_running = |path: &str| running.iter().any(|one| one.path == path);
    // One more shows whether there are more.
    let found = derived::list_facts(kb, request.project.as_deref(), request.limit + 1)?;
    let past = found
        .into_iter()
        .filter(|facts| !is_running(facts.path.as_str()))
        .map(|facts| ListedSession {
            id: facts.id.to_string(),
            path: facts.path.to_string(),
            project: facts.project,
            status: match facts.status {
                Some(Status::Active) => "active".to_owned(),
                Some(Status::Ended) => "ended".to_owned(),
                None => "unreadable".to_owned(),
            },
            started: facts.started.text_in_zone(kb.zone()),
            ended: facts.ended.map(|ended| ended.text_in_zone(kb.zone())),
            minutes: facts
                .ended
                .map(|ended| minutes_between(facts.started, ended)),
            summary: facts.summary,
            files: facts.files as u64,
            decisions: facts.decisions as u64,
        });
    let mut sessions: Vec<ListedSession> = running.iter().cloned().chain(past).collect();
    let more = sessions.len() > request.limit;
    sessions.truncate(request.limit);
    let project = request.project.as_deref();
    let note = project.map_or(Ok(None), |project| note_unknown_project(kb, project))?;
    let response = LogListResponse {
        sessions,
        more,
        notes: note.into_iter().collect(),
    };
    Ok(Reply::from(Response::LogList(response)))
}

/// Says which sessions are in no list, because the setting of their directory was changed.
pub(in crate::ops) fn warn_of_former_logs(kb: &Kb) -> Vec<String> {
    let logs = &kb.config().session_logs;
    let warning = |former: String| {
        format!(
            "{former}/ holds sessions that are not listed: session_logs of .mx/config.yaml names \
             {logs}/; move them there, or change it back"
        )
    };
    derived::find_former_logs(kb)
        .into_iter()
        .map(warning)
        .collect()
}

/// Returns the sessions in progress, newest first.
fn list_running(kb: &Kb, project: Option<&str>) -> Result<Vec<ListedSession>> {
    let running = running::newest_running(kb, project)?;
    let listed = |one: &Running| {
        let session = &one.session;
        Ok(ListedSession {
            id: session.id.to_string(),
            path: running::final_path(kb, one)?.to_string(),
            project: session.project.clone(),
            status: "active".to_owned(),
            started: session.started.text_in_zone(kb.zone()),
            ended: None,
            minutes: None,
            summary: summary_of(session).unwrap_or_default(),
            files: changed_files(session),
            decisions: session.decisions.len() as u64,
        })
    };
    running.iter().map(listed).collect()
}

/// The derived files.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct LogIndexResponse {
    /// Number of sessions.
    pub sessions: u64,
    /// Files that were written because they were not as they should be, relative to the root.
    pub written: Vec<String>,
    /// Where something was moved that was not written by this program.
    pub moved_aside: Vec<String>,
}

/// Regenerates the derived files.
pub(super) fn regenerate_index(kb: &Kb) -> Result<Reply> {
    let report = derived::regenerate_derived(kb)?;
    let mut reply = Reply::from(Response::LogIndex(LogIndexResponse {
        sessions: report.sessions as u64,
        written: report.written.iter().map(ToString::to_string).collect(),
        moved_aside: report
            .moved_aside
            .iter()
            .map(|moved| moved.to.to_string())
            .collect(),
    }));
    let unreadable = report.unreadable.iter();
    let unreadable = unreadable.map(|path| {
        let look = kb.spell(Hint::command("get").with(path.as_str()));
        format!("{path} cannot be understood as a session; look at it: {look}")
    });
    reply.warnings = unreadable.collect();
    Ok(reply)
}
