//! Ending a session, or reconstructing one that was not recorded.

use super::super::{Reply, Response};
use super::ended::{LogEndResponse, already_ended, end_reply};
use super::{amend, given_ending};
use crate::agents::{AgentHomes, fold, import};
use crate::error::{Error, Kind, Result};
use crate::kb::Kb;
use crate::model::{AgentSession, EntryPath, Session, Status};
use crate::session::finish::end_now;
use crate::session::reconstruct::{Evidence, Reconstruction, reconstruct_session, recorded_until};
use crate::session::{derived, record, registry, running, start};
use schemars::JsonSchema;
use serde::Deserialize;
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

pub(super) fn end_session(kb: &Kb, request: LogEndRequest) -> Result<Reply> {
    let named = request.session.clone();
    match try_end(kb, request) {
        // Another process has ended it, a moment or a while ago.
        Err(error) if error.kind() == Kind::NotFound => match find_ended(kb, named.as_deref())? {
            Some((path, session)) => {
                Ok(Reply::from(Response::LogEnd(already_ended(path, session))))
            }
            None => Err(error),
        },
        replied => replied,
    }
}

fn try_end(kb: &Kb, request: LogEndRequest) -> Result<Reply> {
    let ending = given_ending([request.summary, request.state, request.next]);
    detach_agent(kb, request.session.as_deref())?;
    if let Some(running) = running::find_running(kb, request.session.as_deref())? {
        let finished = end_now(kb, &running, ending)?;
        registry::record_stated_end(kb, &finished.session.project, &finished.path);
        let problems = record::record_problems(kb, &kb.root().join(finished.path.as_str()));
        let mut reply = end_reply(kb, finished, false);
        reply.warnings.extend(problems);
        return Ok(reply);
    }
    // What is done here belongs to the sessions of other agents that go on.
    if !running::running_here(kb, running::all_running(kb)?).is_empty() {
        return nothing_to_end(kb);
    }
    running::check_readable(kb)?;
    if let Some(completed) = amend::complete_last(kb, &ending)? {
        return Ok(completed);
    }
    let what = Reconstruction {
        ending,
        evidence: gather_evidence(kb)?,
        ..Reconstruction::default()
    };
    let mut reply = match reconstruct_session(kb, what)? {
        Some(finished) => {
            registry::record_stated_end(kb, &finished.session.project, &finished.path);
            end_reply(kb, finished, false)
        }
        None => {
            let mut reply = nothing_to_end(kb)?;
            // What a killed `end` left undone.
            if kb.exists() {
                reply.warnings = derived::update_with_warnings(kb);
            }
            reply
        }
    };
    let unreadable = running::unreadable_records(kb).into_iter();
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
fn detach_agent(kb: &Kb, named: Option<&str>) -> Result<()> {
    let Some(running) = running::find_running(kb, named)? else {
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
fn find_ended(kb: &Kb, named: Option<&str>) -> Result<Option<(EntryPath, Session)>> {
    let named = named.or(kb.environment().session.as_deref());
    let Some(name) = named else {
        // It may not be in its place yet.
        running::all_running(kb)?;
        return Ok(derived::newest_sessions(kb, Some(&kb.project()), 1)?.pop());
    };
    let found = derived::find_sessions(kb, name, None)?;
    let [one] = found.as_slice() else {
        return Ok(None);
    };
    let file = kb.root().join(one.path.as_str());
    let session = record::read_record(kb, &file)?.filter(|session| session.status == Status::Ended);
    Ok(session.map(|session| (one.path.clone(), session)))
}

/// Returns what the transcripts of agents hold of the work here since the last record.
fn gather_evidence(kb: &Kb) -> Result<Vec<Evidence>> {
    let Ok(homes) = AgentHomes::from_environment(kb.environment()) else {
        return Ok(Vec::new());
    };
    let directories = start::session_directories(kb, &[])?;
    let since = recorded_until(kb, &kb.project())?;
    Ok(import::transcript_evidence(kb, &homes, &directories, since))
}

/// Nothing ran and nothing was done: the last session has ended already.
fn nothing_to_end(kb: &Kb) -> Result<Reply> {
    let last = derived::newest_sessions(kb, Some(&kb.project()), 1)?.pop();
    let response = match last {
        Some((path, session)) => already_ended(path, session),
        None => LogEndResponse {
            project: kb.project(),
            ..LogEndResponse::default()
        },
    };
    Ok(Reply::from(Response::LogEnd(response)))
}
