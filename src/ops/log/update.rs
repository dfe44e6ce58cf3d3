//! A checkpoint: what git and the times of files show is folded into the record.

use super::super::{Reply, Response};
use super::row::begin_session;
use super::{changed_files, given_text, open_blockers};
use crate::error::Result;
use crate::kb::Kb;
use crate::model::Source;
use crate::session::finish::observe_since_start;
use crate::session::recorder::Recorder;
use crate::session::start::find_going_on;
use crate::session::{record, running};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Brings the record of the running session up to date.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LogUpdateRequest {
    /// Id of the session; `None`: the one that runs here.
    pub session: Option<String>,
    /// What to add to the progress log.
    pub message: Option<String>,
}

/// The state of the record.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct LogUpdateResponse {
    /// Id of the session.
    pub session: String,
    /// Name of the project.
    pub project: String,
    /// The record.
    pub file: String,
    /// Number of files that were changed.
    pub files: u64,
    /// Number of decisions.
    pub decisions: u64,
    /// Number of events.
    pub events: u64,
    /// Number of blockers that are open.
    pub open_blockers: u64,
    /// Files that are not committed.
    pub uncommitted: Vec<String>,
}

pub(super) fn update_session(kb: &Kb, request: &LogUpdateRequest) -> Result<Reply> {
    let message = given_text(request.message.clone());
    let named = request.session.as_deref();
    let mut notes = Vec::new();
    let running = match find_going_on(kb, named)? {
        Some(running) => running,
        None => {
            // What was forgotten ends, and the checkpoint is one of the next session.
            running::find_own_session(kb, named)?;
            begin_session(kb, &mut notes)?
        }
    };
    let gathered = observe_since_start(kb, &running);
    let (session, ()) = record::log_to_record(kb, &running.file, |session| {
        gathered.fold_into(session, kb, Source::Observed);
        if let Some(text) = &message {
            let now = kb.now().datetime().naive_local();
            Recorder::new(session).add_event(now, text, Source::Stated);
        }
        Ok(())
    })?;
    let mut reply = Reply::from(Response::LogUpdate(LogUpdateResponse {
        session: session.id.to_string(),
        project: session.project.clone(),
        file: kb.environment().shown(&running.file),
        files: changed_files(&session),
        decisions: session.decisions.len() as u64,
        events: session.progress.len() as u64,
        open_blockers: open_blockers(&session),
        uncommitted: gathered.uncommitted,
    }));
    notes.extend(gathered.notes);
    reply.notes = notes;
    reply.warnings = record::record_problems(kb, &running.file);
    Ok(reply)
}
