//! Completing a session that has ended with what was missing then.

use super::super::Reply;
use super::ended::end_reply;
use super::given_ending;
use crate::error::{Error, Hint, Result};
use crate::kb::Kb;
use crate::model::{EntryPath, Status, Timestamp};
use crate::session::finish::amend_ended;
use crate::session::location::is_of_repository;
use crate::session::resume::Ending;
use crate::session::{derived, record, registry, running};
use schemars::JsonSchema;
use serde::Deserialize;

/// Completes a session that has ended.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LogAmendRequest {
    /// Its id, or as much of its beginning as no other has; `None`: the last of the project.
    pub session: Option<String>,
    /// What was done.
    pub summary: Option<String>,
    /// In what state the work is.
    pub state: Option<String>,
    /// What is next.
    pub next: Option<String>,
}

/// How long after an end a statement still belongs to it, in seconds.
const SHORTLY: i64 = 600;

pub(super) fn amend_session(kb: &Kb, request: LogAmendRequest) -> Result<Reply> {
    let ending = given_ending([request.summary, request.state, request.next]);
    if ending.is_empty() {
        return Err(Error::usage("nothing is given that the session lacks")
            .with_hint("say what was done, in what state the work is, or what is next"));
    }
    // One that was about to be moved into the KB is moved first.
    running::all_running(kb)?;
    let path = match &request.session {
        Some(id) => super::one_of(derived::find_sessions(kb, id, None)?, id)?,
        None => last_ended(kb)?
            .map(|(path, _)| path)
            .ok_or_else(|| Error::not_found(format!("no session of {} has ended", kb.project())))?,
    };
    let session = record::read_record(kb, &kb.root().join(path.as_str()))?;
    if session.is_none_or(|session| session.status == Status::Active) {
        return Err(Error::usage(format!("{path} is no session that has ended"))
            .with_hint(Hint::command("log end").then(" ends the one that is running")));
    }
    complete_record(kb, &path, &ending)
}

/// Completes the last session of the project, if it ended shortly before.
pub(super) fn complete_last(kb: &Kb, ending: &Ending) -> Result<Option<Reply>> {
    if ending.is_empty() {
        return Ok(None);
    }
    let last = last_ended(kb)?.filter(|(_, ended)| {
        let since = kb.now().seconds() - ended.seconds();
        (0..=SHORTLY).contains(&since)
    });
    let reply = last.map(|(path, _)| complete_record(kb, &path, ending));
    reply.transpose()
}

fn complete_record(kb: &Kb, path: &EntryPath, ending: &Ending) -> Result<Reply> {
    Ok(end_reply(kb, amend_ended(kb, path, ending)?, true))
}

/// Returns the session of the project, in this repository, that ended last, and when that was, or was
/// stated: a session that was idle, or is reconstructed, ended before its end was stated.
fn last_ended(kb: &Kb) -> Result<Option<(EntryPath, Timestamp)>> {
    const LOOKED_AT: usize = 20;
    let stated = registry::read_stated_end(kb, &kb.project());
    let newest = derived::newest_all_readable(kb, &kb.project(), LOOKED_AT)?;
    let ended = newest
        .into_iter()
        .filter(|(_, session)| session.status == Status::Ended && is_of_repository(kb, session))
        .map(|(path, session)| {
            let ended = session.ended.unwrap_or(session.started);
            let stated = stated.as_ref().filter(|(_, entry)| entry == path.as_str());
            let last = stated.map_or(ended, |(time, _)| ended.max(*time));
            (path, last)
        });
    Ok(ended.max_by_key(|(_, last)| *last))
}
