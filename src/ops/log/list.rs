//! What was, and the files derived from it.

use super::super::{Reply, Response};
use super::minutes;
use crate::error::{Error, Result};
use crate::kb::Kb;
use crate::model::Status;
use crate::session::derived;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Lists sessions, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LogListRequest {
    /// Project that they belong to; `None`: all.
    pub project: Option<String>,
    /// Most sessions to list, at least 1.
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
    /// Sessions, newest first.
    pub sessions: Vec<ListedSession>,
}

/// One session of a list.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ListedSession {
    /// Its id.
    pub id: String,
    /// Its entry, relative to the root of the knowledge base.
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

pub(super) fn run(kb: &Kb, request: &LogListRequest) -> Result<Reply> {
    if request.limit == 0 {
        return Err(Error::usage("a limit of 0 lists nothing"));
    }
    let found = derived::list(kb, request.project.as_deref(), request.limit)?;
    let sessions = found
        .into_iter()
        .map(|facts| ListedSession {
            id: facts.id.to_string(),
            path: facts.path.to_string(),
            project: facts.project,
            status: match facts.status {
                Some(Status::Active) => "active".to_owned(),
                Some(Status::Ended) => "ended".to_owned(),
                None => "unreadable".to_owned(),
            },
            started: facts.started.to_string(),
            ended: facts.ended.map(|ended| ended.to_string()),
            minutes: facts.ended.map(|ended| minutes(facts.started, ended)),
            summary: facts.summary,
            files: facts.files as u64,
            decisions: facts.decisions as u64,
        })
        .collect();
    Ok(Reply::from(Response::LogList(LogListResponse { sessions })))
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
pub(super) fn index(kb: &Kb) -> Result<Reply> {
    let report = derived::regenerate(kb)?;
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
    reply.warnings = unreadable
        .map(|path| format!("{path} cannot be understood as a session; look at it: mx get {path}"))
        .collect();
    Ok(reply)
}
