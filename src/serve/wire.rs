//! Answers and failures, as HTTP says them.

use super::pages::show_refusal;
use crate::error::{Error, Hint, Kind};
use crate::ops::{ErrorReport, Reply};
use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;

const JSON: HeaderValue = HeaderValue::from_static("application/json");
/// What is to be said beside an answer; as on standard error.
const NOTE: HeaderName = HeaderName::from_static("mx-note");
const WARNING: HeaderName = HeaderName::from_static("mx-warning");
/// How many of each are told, and how much of each.
const MOST_SAID: usize = 10;
const MOST_CHARACTERS: usize = 500;

/// Returns an answer, or that it is what the client has.
pub(super) fn write_reply(reply: &Reply, asked: &HeaderMap) -> Response {
    let Ok(mut body) = serde_json::to_vec(&reply.response) else {
        return write_error(&Error::failed("internal error: the answer is no JSON"));
    };
    body.push(b'\n');
    let mut response = Response::new(Body::empty());
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
pub(super) fn finish_body(mut response: Response, body: Vec<u8>, asked: &HeaderMap) -> Response {
    if response.status() != StatusCode::OK {
        *response.body_mut() = body.into();
        return response;
    }
    let tag = format!("\"{}\"", &blake3::hash(&body).to_hex()[..32]);
    let known = asked.get_all(IF_NONE_MATCH).iter();
    let known = known.filter_map(|value| value.to_str().ok());
    let is_known = known
        .flat_map(|value| value.split(','))
        .any(|one| matches!(one.trim(), "*") || one.trim().trim_start_matches("W/") == tag);
    let headers = response.headers_mut();
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(ETAG, tag);
    }
    if is_known {
        headers.remove(CONTENT_TYPE);
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    } else {
        *response.body_mut() = body.into();
    }
    response
}

/// Returns a failure: its kind is the status, and told in the body.
pub(super) fn write_error(error: &Error) -> Response {
    let status = match error.kind() {
        Kind::Usage => StatusCode::BAD_REQUEST,
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::Busy => StatusCode::SERVICE_UNAVAILABLE,
        Kind::Failed => StatusCode::INTERNAL_SERVER_ERROR,
    };
    write_failure(status, error)
}

/// Returns a failure under a status of its own.
pub(super) fn write_failure(status: StatusCode, error: &Error) -> Response {
    let report = ErrorReport::new(error, Hint::to_string);
    let mut body = serde_json::to_vec(&report).unwrap_or_default();
    body.push(b'\n');
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, JSON);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
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
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("it cannot be told"))
}
