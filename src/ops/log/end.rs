//! Ending a session, or reconstructing one that nobody began.

use super::super::{Reply, Response};
use super::{amend, changed_files, given, minutes};
use crate::agents::{AgentHomes, fold, import};
use crate::error::{Error, Kind, Result};
use crate::kb::Kb;
use crate::model::{AgentSession, EntryPath, Session, Status};
use crate::session::finish::{Finished, end_now};
use crate::session::reconstruct::{Evidence, Reconstruction, reconstruct, recorded_until};
use crate::session::resume::{Ending, summary_of};
use crate::session::{derived, record, running, start};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Ends the running session; without one, writes the record of what was done since the last.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LogEndRequest {
    /// Id of the session; `None`: the one that runs here.
    pub session: Option<String>,
    /// What was done.
    pub summary: Option<String>,
    /// In what state the work is.
    pub state: Option<String>,
    /// What is next.
    pub next: Option<String>,
}

/// The session that has ended.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
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

pub(super) fn run(kb: &Kb, request: LogEndRequest) -> Result<Reply> {
    let named = request.session.clone();
    match try_end(kb, request) {
        // Somebody else has ended it, a moment or a while ago.
        Err(error) if error.kind() == Kind::NotFound => match ended(kb, named.as_deref())? {
            Some((path, session)) => Ok(Reply::from(Response::LogEnd(already(path, session)))),
            None => Err(error),
        },
        replied => replied,
    }
}

fn try_end(kb: &Kb, request: LogEndRequest) -> Result<Reply> {
    let ending = Ending {
        summary: given(request.summary),
        state: given(request.state),
        next: given(request.next),
        uncommitted: Vec::new(),
    };
    let_agent_leave(kb, request.session.as_deref())?;
    if let Some(running) = running::find(kb, request.session.as_deref())? {
        let finished = end_now(kb, &running, ending)?;
        let problems = record::problems(kb, &kb.root().join(finished.path.as_str()));
        let mut reply = answer(finished, false);
        reply.warnings.extend(problems);
        return Ok(reply);
    }
    // What is done here belongs to the sessions of other agents that go on.
    if !running::here(kb, running::all(kb)?).is_empty() {
        return nothing(kb);
    }
    running::check_readable(kb)?;
    if let Some(completed) = amend::complete_last(kb, &ending)? {
        return Ok(completed);
    }
    let what = Reconstruction {
        ending,
        evidence: evidence(kb)?,
        ..Reconstruction::default()
    };
    let mut reply = match reconstruct(kb, what)? {
        Some(finished) => answer(finished, false),
        None => {
            let mut reply = nothing(kb)?;
            // What a killed `end` left undone.
            if kb.exists() {
                reply.warnings = derived::update_with_warnings(kb);
            }
            reply
        }
    };
    let unreadable = running::unreadable(kb).into_iter();
    reply
        .warnings
        .extend(unreadable.map(|error| error.to_one_line()));
    Ok(reply)
}

/// Makes sure that an agent which is gone has left the session that it had joined, or was to join:
/// ended before, the record would stay the agent's, or lack what it did.
///
/// # Errors
///
/// If what the agent's hooks noted cannot be folded: then the session goes on.
fn let_agent_leave(kb: &Kb, named: Option<&str>) -> Result<()> {
    let Some(running) = running::find(kb, named)? else {
        return Ok(());
    };
    let joined = running.note.as_ref().is_some_and(|note| note.joined);
    let is_own = |agent: &AgentSession, cwd: &Path, aside: bool| match &running.session.agent {
        Some(own) => joined && own == agent,
        None => !aside && running.directories.iter().any(|dir| cwd.starts_with(dir)),
    };
    if !fold::is_over_and_waiting(kb, is_own) {
        return Ok(());
    }
    let unfolded = fold::fold_all(kb);
    match unfolded.into_iter().next() {
        Some(why) if fold::is_over_and_waiting(kb, is_own) => {
            let hint = "the session goes on: end it again when that is corrected";
            Err(Error::failed(why).with_hint(hint))
        }
        _ => Ok(()),
    }
}

/// Returns the session that was to be ended, if it has ended: the one that is named, else the last
/// one.
fn ended(kb: &Kb, named: Option<&str>) -> Result<Option<(EntryPath, Session)>> {
    let named = named.or(kb.environment().session.as_deref());
    let Some(name) = named else {
        // It may not be in its place yet.
        running::all(kb)?;
        return Ok(derived::newest(kb, Some(&kb.project()), 1)?.pop());
    };
    let found = derived::find(kb, name, None)?;
    let [one] = found.as_slice() else {
        return Ok(None);
    };
    let file = kb.root().join(one.path.as_str());
    let session = record::read(kb, &file)?.filter(|session| session.status == Status::Ended);
    Ok(session.map(|session| (one.path.clone(), session)))
}

/// Returns what the transcripts of agents tell of the work here since the last record.
fn evidence(kb: &Kb) -> Result<Vec<Evidence>> {
    let Ok(homes) = AgentHomes::from_environment(kb.environment()) else {
        return Ok(Vec::new());
    };
    let directories = start::directories(kb, &[])?;
    let since = recorded_until(kb, &kb.project())?;
    Ok(import::evidence(kb, &homes, &directories, since))
}

/// Answers with a session that has ended; `completed` says that it had before.
pub(super) fn answer(finished: Finished, completed: bool) -> Reply {
    let Finished { session, path, .. } = finished;
    let mut reply = Reply::from(Response::LogEnd(LogEndResponse {
        session: Some(session.id.to_string()),
        path: Some(path.to_string()),
        reconstructed: session.reconstructed.clone(),
        started: Some(session.started.to_string()),
        ended: session.ended.map(|ended| ended.to_string()),
        minutes: session
            .ended
            .map_or(0, |ended| minutes(session.started, ended)),
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

/// Nothing ran and nothing was done: the last session has ended already.
fn nothing(kb: &Kb) -> Result<Reply> {
    let last = derived::newest(kb, Some(&kb.project()), 1)?.pop();
    let response = match last {
        Some((path, session)) => already(path, session),
        None => LogEndResponse {
            project: kb.project(),
            ..empty()
        },
    };
    Ok(Reply::from(Response::LogEnd(response)))
}

/// Nothing is to be done: this was the last session.
fn already(path: EntryPath, session: Session) -> LogEndResponse {
    LogEndResponse {
        project: session.project,
        path: Some(path.to_string()),
        prompt: session.prompt,
        ..empty()
    }
}

fn empty() -> LogEndResponse {
    LogEndResponse {
        session: None,
        project: String::new(),
        path: None,
        reconstructed: None,
        started: None,
        ended: None,
        minutes: 0,
        files: 0,
        decisions: 0,
        summary: None,
        completed: false,
        prompt: Vec::new(),
    }
}
