//! Beginning a session.

use super::super::served_place::{is_below, is_of_server, refuse_directory};
use super::super::{Reply, Response, resume};
use super::status::RunningSession;
use crate::error::Result;
use crate::kb::{Kb, SessionFile};
use crate::markdown::session_entry::heading_time;
use crate::model::Source;
use crate::session::finish::Finished;
use crate::session::record;
use crate::session::recorder::Recorder;
use crate::session::running::Running;
use crate::session::start::{Beginning, start};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

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

/// The outcome of a start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LogStartAction {
    /// It began.
    Started,
    /// There was one already, which goes on.
    Running,
}

pub(super) fn start_session(kb: &Kb, request: LogStartRequest) -> Result<Reply> {
    check_directories(kb, &request.directories)?;
    let beginning = Beginning {
        project: super::given_text(request.project),
        directories: request.directories,
        goal: super::given_text(request.goal),
        beside: request.beside,
        ..usual_beginning(kb)
    };
    let started = start(kb, &beginning)?;
    let project = &started.running.session.project;
    let resume = resume::recorded_project(kb, project, started.running.session.id)?;
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
    for finished in &started.finished {
        reply.notes.push(finished_note(finished));
        reply.warnings.extend(finished.warnings.iter().cloned());
    }
    if let (LogStartAction::Running, Some(goal)) = (action, &beginning.goal) {
        reply.notes.push(keep_goal(kb, &started.running, goal)?);
    }
    Ok(reply)
}

/// Refuses directories that a request from elsewhere may not name.
fn check_directories(kb: &Kb, named: &[PathBuf]) -> Result<()> {
    let env = kb.environment();
    let is_own = |directory: &Path| {
        is_of_server(env, directory) || is_below(&env.absolute(directory), kb.root())
    };
    let mut named = named.iter();
    match named.find(|directory| env.is_served && !is_own(directory)) {
        Some(other) => Err(refuse_directory(env, other)),
        None => Ok(()),
    }
}

/// Notes the goal of a start in the session that runs already.
fn keep_goal(kb: &Kb, running: &Running, goal: &str) -> Result<String> {
    let now = kb.now().datetime().naive_local();
    let (_, was_taken) = record::log_to_record(kb, &running.file, |session| {
        let is_free = session.goal.as_deref().is_none_or(|known| known == goal);
        if is_free {
            session.goal = Some(goal.to_owned());
        } else {
            let text = format!("New goal: {goal}");
            Recorder::new(session).add_event(now, &text, Source::Stated);
        }
        Ok(is_free)
    })?;
    let how = if was_taken {
        "its goal now"
    } else {
        "an event"
    };
    Ok(format!(
        "a session is running already: the goal that you gave is {how}"
    ))
}

/// Returns how a session is begun in the current directory by default.
pub(super) fn usual_beginning(kb: &Kb) -> Beginning {
    Beginning {
        project: None,
        directories: Vec::new(),
        goal: None,
        beside: false,
        agent: kb.environment().agent.clone(),
        place: if kb.environment().is_served {
            SessionFile::Kb
        } else {
            kb.config().session_file.unwrap_or(SessionFile::Project)
        },
        started: None,
        journal: None,
    }
}

/// Says that a session was ended on the way.
pub(super) fn finished_note(finished: &Finished) -> String {
    let Finished { path, session, .. } = finished;
    match (&session.interrupted, session.ended) {
        (None, Some(ended)) => {
            let time = heading_time(ended);
            format!("ended a forgotten session at its last activity, {time}: {path}")
        }
        _ => format!("finished a session that was not ended properly: {path}"),
    }
}
