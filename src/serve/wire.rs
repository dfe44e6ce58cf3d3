//! Answers and failures, as HTTP says them.

use super::pages::show_refusal;
use crate::error::{Error, Hint, Kind, Result};
use crate::model::half_hash;
use crate::ops::{ErrorReport, Reply};
use axum::body::{Body, Bytes};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

const JSON: HeaderValue = HeaderValue::from_static("application/json");
/// The remarks beside an answer; as on standard error.
const NOTE: HeaderName = HeaderName::from_static("mx-note");
const WARNING: HeaderName = HeaderName::from_static("mx-warning");
/// How many of each are sent, and how much of each.
const MOST_SAID: usize = 10;
const MOST_CHARACTERS: usize = 500;

/// An answer whose body is there, but has no place among what is being sent yet.
pub(super) struct Outgoing {
    head: Response<()>,
    body: Vec<u8>,
}

/// What is being sent, held until the last byte of it is gone.
struct HeldBody {
    bytes: Vec<u8>,
    _place: Option<OwnedSemaphorePermit>,
}

impl AsRef<[u8]> for HeldBody {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// Most bytes of long answers that wait to be sent: who asks for them and does not read must not
/// take all memory. Short ones always have a place.
const SENDING: usize = 32 << 20;
const SHORT: usize = 64 << 10;

/// Makes the places for long answers, by bytes.
pub(super) fn make_places() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(SENDING))
}

impl Outgoing {
    /// Sends it, if there is a place for it.
    pub(super) fn send(self, places: &Arc<Semaphore>) -> Response {
        let length = self.body.len();
        let place = if length <= SHORT {
            None
        } else {
            let needed = u32::try_from(length.min(SENDING)).unwrap_or(u32::MAX);
            match Arc::clone(places).try_acquire_many_owned(needed) {
                Ok(place) => Some(place),
                Err(_) => return write_error(&Error::busy("too much is being sent already")),
            }
        };
        let body = Bytes::from_owner(HeldBody {
            bytes: self.body,
            _place: place,
        });
        self.head.map(|()| Body::from(body))
    }
}

/// Returns an answer, or that it is what the client has.
pub(super) fn write_reply(reply: &Result<Reply>, asked: &HeaderMap) -> Outgoing {
    let reply = match reply {
        Ok(reply) => reply,
        Err(error) => return report_error(error),
    };
    let Ok(mut body) = serde_json::to_vec(&reply.response) else {
        return report_error(&Error::failed("internal error: the answer is no JSON"));
    };
    body.push(b'\n');
    let mut response = Response::new(());
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, JSON);
    for (name, lines) in [(NOTE, &reply.notes), (WARNING, &reply.warnings)] {
        for line in lines.iter().take(MOST_SAID) {
            headers.append(name.clone(), write_line(line));
        }
    }
    finish_body(response, body, asked)
}

/// Puts the body into a response, with its tag; or says that the client has it.
///
/// The tag is made of the body, because no number of the index stands for all of it: an answer holds
/// records that lie outside of the knowledge base, and depends on settings and the time.
pub(super) fn finish_body(
    mut head: Response<()>,
    mut body: Vec<u8>,
    asked: &HeaderMap,
) -> Outgoing {
    if head.status() != StatusCode::OK {
        return Outgoing { head, body };
    }
    let tag = format!("\"{}\"", half_hash(blake3::hash(&body)));
    let known = asked.get_all(IF_NONE_MATCH).iter();
    let known = known.filter_map(|value| value.to_str().ok());
    let is_known = known
        .flat_map(|value| value.split(','))
        .any(|one| matches!(one.trim(), "*") || one.trim().trim_start_matches("W/") == tag);
    let headers = head.headers_mut();
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(ETAG, tag);
    }
    if is_known {
        headers.remove(CONTENT_TYPE);
        *head.status_mut() = StatusCode::NOT_MODIFIED;
        body.clear();
    }
    Outgoing { head, body }
}

/// Returns a failure: its kind is the status, and stands in the body.
pub(super) fn write_error(error: &Error) -> Response {
    let failure = report_error(error);
    failure.head.map(|()| Body::from(failure.body))
}

fn report_error(error: &Error) -> Outgoing {
    let status = match error.kind() {
        Kind::Usage => StatusCode::BAD_REQUEST,
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::Busy => StatusCode::SERVICE_UNAVAILABLE,
        Kind::Failed => StatusCode::INTERNAL_SERVER_ERROR,
    };
    report_failure(status, error)
}

/// Returns a failure under a status of its own.
pub(super) fn write_failure(status: StatusCode, error: &Error) -> Response {
    let failure = report_failure(status, error);
    failure.head.map(|()| Body::from(failure.body))
}

fn report_failure(status: StatusCode, error: &Error) -> Outgoing {
    let report = ErrorReport::new(error, Hint::to_string);
    let body = format!("{}\n", report.to_json()).into_bytes();
    let mut head = Response::new(());
    *head.status_mut() = status;
    let headers = head.headers_mut();
    headers.insert(CONTENT_TYPE, JSON);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
    }
    Outgoing { head, body }
}

/// Returns a failure as a page, for people.
pub(super) fn write_refusal(status: StatusCode, error: &Error) -> Response {
    let page = show_refusal(status.as_u16(), error);
    let mut response = Response::new(page.body.into());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(page.content_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Returns a line as a header can hold it: characters beyond ASCII as `\u{e4}`.
fn write_line(line: &str) -> HeaderValue {
    let plain = |c: char| c == ' ' || c.is_ascii_graphic();
    let mut text = String::new();
    for c in line.chars().take(MOST_CHARACTERS) {
        if plain(c) {
            text.push(c);
        } else {
            text.extend(c.escape_default());
        }
    }
    HeaderValue::try_from(text)
        .unwrap_or(HeaderValue::from_static("it cannot be written as a header"))
}
