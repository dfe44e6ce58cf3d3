//! The record of one session, from its start to its end.

mod amend;
mod clean;
mod earlier;
mod end;
mod ended;
mod list;
mod row;
mod show;
mod start;
mod status;
mod update;

pub use amend::LogAmendRequest;
pub use end::LogEndRequest;
pub use ended::LogEndResponse;
pub(super) use list::warn_of_former_logs;
pub use list::{ListedSession, LogIndexResponse, LogListRequest, LogListResponse};
pub use row::{LogRow, LogRowRequest, LogRowResponse};
pub use show::{
    LogShowRequest, LogShowResponse, ShownBlocker, ShownDecision, ShownEvent, ShownFile,
    ShownSession, ShownStep, ShownTool,
};
pub(super) use show::{NamedSession, find_named, one_of};
pub use start::{LogStartAction, LogStartRequest, LogStartResponse};
pub use status::{LogStatusResponse, RunningSession};
pub use update::{LogUpdateRequest, LogUpdateResponse};

use super::Reply;
use crate::error::{Error, Result};
use crate::kb::Kb;
use crate::model::{Session, Timestamp};
use crate::session::resume::Ending;
use schemars::JsonSchema;
use serde::Deserialize;

/// Keeps the record of a session.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
pub enum LogRequest {
    /// Begins a session.
    Start(LogStartRequest),
    /// Adds a row to the record.
    Row(LogRowRequest),
    /// Folds in what was seen.
    Update(LogUpdateRequest),
    /// Ends a session, or reconstructs one.
    End(LogEndRequest),
    /// Completes a session that has ended.
    Amend(LogAmendRequest),
    /// Reports what is running.
    Status {},
    /// Lists sessions.
    List(LogListRequest),
    /// Shows one session in full.
    Show(LogShowRequest),
    /// Regenerates the derived files.
    Index {},
}

pub(super) fn run_log(kb: &Kb, request: LogRequest) -> Result<Reply> {
    match clean::clean_request(kb, request) {
        LogRequest::Start(request) => start::start_session(kb, request),
        LogRequest::Row(request) => row::add_row(kb, &request),
        LogRequest::Update(request) => update::update_session(kb, &request),
        LogRequest::End(request) => end::end_session(kb, request),
        LogRequest::Amend(request) => amend::amend_session(kb, request),
        LogRequest::Status {} => status::show_status(kb),
        LogRequest::List(request) => list::list_sessions(kb, &request),
        LogRequest::Show(request) => show::show_session(kb, &request),
        LogRequest::Index {} => list::regenerate_index(kb),
    }
}

/// Returns the text, which must hold more than white space.
fn required_text(text: &str, what: &str) -> Result<String> {
    if text.trim().is_empty() {
        Err(Error::usage(format!("the {what} is empty")))
    } else {
        Ok(text.to_owned())
    }
}

/// Returns a given text, if it holds more than white space.
fn given_text(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}

/// Returns the ending that is given: what was done, in what state the work is, and what is next.
fn given_ending(texts: [Option<String>; 3]) -> Ending {
    let [summary, state, next] = texts.map(given_text);
    Ending {
        summary,
        state,
        next,
        uncommitted: Vec::new(),
    }
}

/// Returns how many files were changed; those that were only read are none.
fn changed_files(session: &Session) -> u64 {
    session.changed_files() as u64
}

fn open_blockers(session: &Session) -> u64 {
    session.open_blockers().count() as u64
}

/// Returns whole minutes between two times, at least 0.
fn minutes_between(from: Timestamp, to: Timestamp) -> u64 {
    let seconds = to.seconds().saturating_sub(from.seconds());
    u64::try_from(seconds / 60).unwrap_or(0)
}
