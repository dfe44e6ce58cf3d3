//! Beginning a session.

use super::super::{Reply, Response, resume};
use super::status::RunningSession;
use crate::error::Result;
use crate::kb::{Kb, SessionFile};
use crate::session::finish::Finished;
use crate::session::start::{Beginning, start};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Begins a session in the current directory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LogStartRequest {
    /// Name of the project; `None`: that of the directory.
    pub project: Option<String>,
    /// Directories in which it works; empty: the root of the git working tree, else the current
    /// directory.
    pub directories: Vec<PathBuf>,
    /// What it is to achieve.
    pub goal: Option<String>,
    /// Whether to begin it beside one that is running.
    pub beside: bool,
}

/// The session that runs now.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct LogStartResponse {
    /// Whether it was begun now.
    pub action: LogStartAction,
    /// The session.
    pub session: RunningSession,
    /// Where the project stands: the block that `mx resume` gives. `null` if nothing is recorded.
    pub resume: Option<String>,
    /// Sessions that were finished first, because the process that they belonged to is gone: paths
    /// of their entries.
    pub finished: Vec<String>,
}

/// What came of a start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LogStartAction {
    /// It began.
    Started,
    /// There was one already, which goes on.
    Running,
}

pub(super) fn run(kb: &Kb, request: LogStartRequest) -> Result<Reply> {
    let beginning = Beginning {
        project: super::given(request.project),
        directories: request.directories,
        goal: super::given(request.goal),
        beside: request.beside,
        agent: kb.environment().agent.clone(),
        place: kb.config().session_file.unwrap_or(SessionFile::Project),
        started: None,
        journal: None,
    };
    let started = start(kb, &beginning)?;
    let project = &started.running.session.project;
    let resume = resume::recorded(kb, project, resume::DEFAULT_BUDGET)?;
    let action = if started.begun {
        LogStartAction::Started
    } else {
        LogStartAction::Running
    };
    let mut reply = Reply::from(Response::LogStart(LogStartResponse {
        action,
        session: RunningSession::new(kb, &started.running),
        resume: (!resume.is_empty()).then_some(resume),
        finished: started
            .finished
            .iter()
            .map(|finished| finished.path.to_string())
            .collect(),
    }));
    reply.notes = started.notes;
    for Finished { path, warnings, .. } in &started.finished {
        let note = format!("finished a session that was not ended properly: {path}");
        reply.notes.push(note);
        reply.warnings.extend(warnings.iter().cloned());
    }
    Ok(reply)
}
