//! What the service of MCP answers, as its clients expect it: errors as messages of the protocol.

use crate::mcp::McpHttp;
use axum::Json;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

/// The longest error that is read, in bytes: they are one line each.
const LONGEST_ERROR: usize = 64 << 10;

const PARSE_ERROR: i32 = -32700;
const INVALID_REQUEST: i32 = -32600;
const INTERNAL_ERROR: i32 = -32603;

/// From this version on the protocol has no sessions.
const WITHOUT_SESSIONS: &[u8] = b"2026-07-28";

/// Seconds after which who finds too many sessions may try again.
const RETRY_AFTER: &str = "60";

/// Lets the service answer, and turns what is no message of the protocol into one.
pub(super) async fn answer_in_protocol(
    State(mcp): State<McpHttp>,
    request: Request,
    next: Next,
) -> Response {
    if begins_session(&request) && mcp.is_full().await {
        return refuse_session();
    }
    let ends_session = request.method() == Method::DELETE;
    let response = next.run(request).await;
    let status = response.status();
    if ends_session && status == StatusCode::ACCEPTED {
        // It has ended, and nothing is still to be done.
        return StatusCode::NO_CONTENT.into_response();
    }
    let is_error = status.is_client_error() || status.is_server_error();
    if is_error && !is_message(&response) {
        return answer_error(response).await;
    }
    response
}

/// Returns whether a request begins a session of the protocol, if it is one that is in order. Dates
/// as versions are ordered as their letters are.
fn begins_session(request: &Request) -> bool {
    let value = |name: &str| request.headers().get(name).map(|value| value.as_bytes());
    let has_session = value("mcp-session-id").is_some();
    let has_none = value("mcp-protocol-version").is_some_and(|version| version >= WITHOUT_SESSIONS);
    request.method() == Method::POST && !has_session && !has_none
}

fn refuse_session() -> Response {
    let message = "too many sessions of the protocol are open: close one, or try again in a minute; \
         one whose client is silent ends after five minutes";
    let mut answer = write_error(StatusCode::SERVICE_UNAVAILABLE, INTERNAL_ERROR, message);
    let after = header::HeaderValue::from_static(RETRY_AFTER);
    answer.headers_mut().insert(header::RETRY_AFTER, after);
    answer
}

fn write_error(status: StatusCode, code: i32, message: &str) -> Response {
    let error = json!({"code": code, "message": message});
    let body = Json(json!({"jsonrpc": "2.0", "id": null, "error": error}));
    (status, body).into_response()
}

fn is_message(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"))
}

async fn answer_error(response: Response) -> Response {
    let (parts, body) = response.into_parts();
    let text = to_bytes(body, LONGEST_ERROR).await.unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let (status, code, message) = match text.strip_prefix("fail to deserialize request body ") {
        // JSON of another form: a batch, which the protocol has not any more.
        Some(why) if why.contains("did not match") || why.contains("unrecognized") => (
            StatusCode::BAD_REQUEST,
            INVALID_REQUEST,
            "this is no message of the protocol".to_owned(),
        ),
        Some(why) => (
            StatusCode::BAD_REQUEST,
            PARSE_ERROR,
            format!("this is no JSON: {why}"),
        ),
        None if parts.status.is_server_error() => (parts.status, INTERNAL_ERROR, text.into_owned()),
        None => (parts.status, INVALID_REQUEST, text.into_owned()),
    };
    let mut answer = write_error(status, code, &message);
    if let Some(allowed) = parts.headers.get(header::ALLOW) {
        answer.headers_mut().insert(header::ALLOW, allowed.clone());
    }
    answer
}
