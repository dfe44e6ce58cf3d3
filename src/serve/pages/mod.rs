//! What people see: HTML from a request in words, without a word of HTTP.

use crate::ops::Engine;

/// A page that is asked for. It has passed every check: who asks may, and a form is one of ours.
#[derive(Debug, Clone)]
pub struct PageRequest {
    /// `GET`, also where only the head is wanted, or `POST`. A `POST` comes from who may write, with
    /// the nonce.
    pub method: &'static str,
    /// The path, decoded, without control characters; begins with `/`.
    pub path: String,
    /// Names and values of the query, decoded, in their order.
    pub query: Vec<(String, String)>,
    /// Names and values of the form that was sent, without the nonce.
    pub form: Vec<(String, String)>,
    /// Whether who asks may write, so that boxes to tick make sense.
    pub token_ok: bool,
    /// What each form sends back in a hidden field called `nonce`; empty if nothing may be written.
    pub nonce: String,
}

/// A page, or something that belongs to one.
///
/// The server adds: `Content-Security-Policy` (`default-src 'none'`, style sheets, scripts, images,
/// forms and connections of this server only: no `style` attribute, no inline script), `nosniff`,
/// `X-Frame-Options`, `Referrer-Policy`, `ETag`, and `Cache-Control: no-cache` unless there is one.
#[derive(Debug, Clone)]
pub struct PageReply {
    /// 200, 303, 404 …
    pub status: u16,
    /// Such as `text/html; charset=utf-8`.
    pub content_type: &'static str,
    /// Further headers, their names in lower case, such as `location`.
    pub headers: Vec<(&'static str, String)>,
    /// The bytes.
    pub body: Vec<u8>,
}

/// Answers one request. Runs where it may wait.
pub fn answer_page(_engine: &Engine, request: &PageRequest) -> PageReply {
    let found = request.path == "/";
    PageReply {
        status: if found { 200 } else { 404 },
        content_type: "text/html; charset=utf-8",
        headers: Vec::new(),
        body: b"<!doctype html><title>mx</title><p>The memory is at /api/v1.".to_vec(),
    }
}
