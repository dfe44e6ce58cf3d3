//! What is running.

use super::super::{Reply, Response};
use super::{changed_files, minutes_between, open_blockers};
use crate::error::Result;
use crate::kb::Kb;
use crate::session::record;
use crate::session::running::{self, Running};
use schemars::JsonSchema;
use serde::Serialize;

/// The sessions in progress that can be found from here.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct LogStatusResponse {
    /// Sessions, in order of their start.
    pub running: Vec<RunningSession>,
}

/// A session in progress.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct RunningSession {
    /// Its id.
    pub id: String,
    /// Name of the project.
    pub project: String,
    /// Its record.
    pub file: String,
    /// Directories in which it works.
    pub directories: Vec<String>,
    /// The agent that it belongs to.
    pub agent: Option<String>,
    /// What it is to achieve.
    pub goal: Option<String>,
    /// When it began, RFC 3339.
    pub started: String,
    /// Whole minutes since then.
    pub minutes: u64,
    /// Whether commands in the current directory belong to it.
    pub here: bool,
    /// Whether the process that it belongs to is gone.
    pub abandoned: bool,
    /// Number of events.
    pub events: u64,
    /// Number of files that were changed.
    pub files: u64,
    /// Number of decisions.
    pub decisions: u64,
    /// Number of blockers that are open.
    pub open_blockers: u64,
    /// The last event.
    pub last_event: Option<String>,
}

impl RunningSession {
    pub(super) fn new(kb: &Kb, running: &Running) -> Self {
        let session = &running.session;
        RunningSession {
            id: session.id.to_string(),
            project: session.project.clone(),
            file: kb.environment().shown(&running.file),
            directories: session.directories.clone(),
            agent: session.agent_name().map(str::to_owned),
            goal: session.goal.clone(),
            started: session.started.text_in_zone(kb.zone()),
            minutes: minutes_between(session.started, kb.now()),
            here: true,
            abandoned: running.is_abandoned(),
            events: session.progress.len() as u64,
            files: changed_files(session),
            decisions: session.decisions.len() as u64,
            open_blockers: open_blockers(session),
            last_event: session.progress.last().map(|event| event.text.clone()),
        }
    }
}

pub(super) fn show_status(kb: &Kb) -> Result<Reply> {
    let all = running::all_running(kb)?;
    let here = running::running_here(kb, all.clone());
    let is_here = |one: &Running| here.iter().any(|other| other.file == one.file);
    let sessions = all
        .iter()
        .map(|one| RunningSession {
            here: is_here(one),
            ..RunningSession::new(kb, one)
        })
        .collect();
    let mut reply = Reply::from(Response::LogStatus(LogStatusResponse { running: sessions }));
    let problems = all
        .iter()
        .flat_map(|one| record::record_problems(kb, &one.file));
    let unreadable = running::unreadable_records(kb).into_iter();
    let unreadable = unreadable.map(|error| error.to_one_line());
    reply.warnings = problems.chain(unreadable).collect();
    Ok(reply)
}
