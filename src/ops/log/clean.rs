//! Secrets out of what is logged, before it is stored: agents log with the same words with which
//! they work.

use super::{
    LogAmendRequest, LogEndRequest, LogRequest, LogRow, LogRowRequest, LogStartRequest,
    LogUpdateRequest,
};
use crate::kb::Kb;
use std::path::PathBuf;

/// Returns the request with `[redacted:KIND]` in the place of each secret.
pub(super) fn clean_request(kb: &Kb, request: LogRequest) -> LogRequest {
    let redactor = kb.config().redactor.clone();
    let text = |text: String| match redactor.clean(&text) {
        std::borrow::Cow::Borrowed(_) => text,
        std::borrow::Cow::Owned(cleaned) => cleaned,
    };
    let given = |given: Option<String>| given.map(text);
    match request {
        LogRequest::Start(request) => LogRequest::Start(LogStartRequest {
            project: given(request.project),
            goal: given(request.goal),
            ..request
        }),
        LogRequest::Row(request) => LogRequest::Row(LogRowRequest {
            row: clean_row(request.row, text),
            ..request
        }),
        LogRequest::Update(request) => LogRequest::Update(LogUpdateRequest {
            message: given(request.message),
            ..request
        }),
        LogRequest::End(request) => LogRequest::End(LogEndRequest {
            summary: given(request.summary),
            state: given(request.state),
            next: given(request.next),
            ..request
        }),
        LogRequest::Amend(request) => LogRequest::Amend(LogAmendRequest {
            summary: given(request.summary),
            state: given(request.state),
            next: given(request.next),
            ..request
        }),
        request @ (LogRequest::Status {}
        | LogRequest::List(_)
        | LogRequest::Show(_)
        | LogRequest::Index {}) => request,
    }
}

fn clean_row(row: LogRow, text: impl Fn(String) -> String) -> LogRow {
    let given = |given: Option<String>| given.map(&text);
    match row {
        LogRow::Event(event) => LogRow::Event(text(event)),
        LogRow::Decision {
            decision,
            rationale,
        } => LogRow::Decision {
            decision: text(decision),
            rationale: given(rationale),
        },
        LogRow::File {
            path,
            action,
            notes,
        } => LogRow::File {
            notes: given(notes),
            path: clean_path(path, text),
            action,
        },
        LogRow::Blocker {
            blocker,
            resolution,
        } => LogRow::Blocker {
            blocker: given(blocker),
            resolution: given(resolution),
        },
        LogRow::Next(step) => LogRow::Next(text(step)),
        LogRow::Tool { name, uses } => LogRow::Tool {
            name: text(name),
            uses,
        },
    }
}

/// A path that is not UTF-8 has no text to look at.
fn clean_path(path: PathBuf, text: impl Fn(String) -> String) -> PathBuf {
    match path.into_os_string().into_string() {
        Ok(path) => PathBuf::from(text(path)),
        Err(path) => PathBuf::from(path),
    }
}
