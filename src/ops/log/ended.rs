//! What is answered of a session that has ended.

use super::super::{Reply, Response};
use super::changed_files;
use crate::kb::Kb;
use crate::model::{EntryPath, Session};
use crate::session::finish::Finished;
use crate::session::resume::summary_of;
use schemars::JsonSchema;
use serde::Serialize;

/// The session that has ended.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct LogEndResponse {
    /// Its id. `null` if none was running and nothing was done since the last one.
    pub session: Option<String>,
    /// Name of the project.
    pub project: String,
    /// Its entry, relative to the root of the knowledge base.
    pub path: Option<String>,
    /// Whether it was reconstructed, and from what.
    pub reconstructed: Option<String>,
    /// When it began, RFC 3339.
    pub started: Option<String>,
    /// When it ended, RFC 3339.
    pub ended: Option<String>,
    /// Whole minutes from start to end.
    pub minutes: u64,
    /// Number of files that were changed.
    pub files: u64,
    /// Number of decisions.
    pub decisions: u64,
    /// What was done, in one line.
    pub summary: Option<String>,
    /// Whether this completed a session that had ended before.
    pub completed: bool,
    /// What the next session is to know, line by line.
    pub prompt: Vec<String>,
}

/// Answers with a session that has ended; `completed` says that it had before.
pub(super) fn end_reply(kb: &Kb, finished: Finished, completed: bool) -> Reply {
    let Finished { session, path, .. } = finished;
    let session = session.in_zone(kb.zone());
    let mut reply = Reply::from(Response::LogEnd(LogEndResponse {
        session: Some(session.id.to_string()),
        path: Some(path.to_string()),
        reconstructed: session.reconstructed.clone(),
        started: Some(session.started.to_string()),
        ended: session.ended.map(|ended| ended.to_string()),
        minutes: session.minutes().unwrap_or(0),
        files: changed_files(&session),
        decisions: session.decisions.len() as u64,
        summary: summary_of(&session),
        completed,
        prompt: session.prompt,
        project: session.project,
    }));
    reply.notes = finished.notes;
    reply.warnings = finished.warnings;
    reply
}

/// Nothing is to be done: this was the last session.
pub(super) fn already_ended(path: EntryPath, session: Session) -> LogEndResponse {
    LogEndResponse {
        project: session.project,
        path: Some(path.to_string()),
        prompt: session.prompt,
        ..LogEndResponse::default()
    }
}
