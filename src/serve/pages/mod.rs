//! What people see: HTML from a request in words, without a word of HTTP.
//!
//! A page asks the operations and shows their answers; nothing here reads a file. Every page works
//! without its script, which searches while one types, moves by keys, and shows what changed.

mod address;
mod calendar;
mod dates;
mod entry;
mod failure;
mod files;
mod health;
mod inline;
mod project;
mod search;
mod session;
mod shell;
mod steps;
#[cfg(test)]
mod tests;
mod timeline;
mod today;

pub(super) use failure::show_refusal;

use crate::error::{Error, Kind, Result};
use crate::model::SessionId;
use crate::ops::{Engine, NextDoneRequest, NextUndoRequest, Request, Response};

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

impl PageRequest {
    /// Returns the value of a parameter of the query, without white space around it; empty if it is
    /// not there.
    fn parameter(&self, name: &str) -> &str {
        find_value(&self.query, name).trim()
    }

    /// Returns the values of a parameter that may be there several times.
    fn parameters<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let values = self.query.iter().filter(move |(known, _)| known == name);
        let values = values.map(|(_, value)| value.trim());
        values.filter(|value| !value.is_empty())
    }
}

/// Replaces the characters that turn the direction of what follows: a name could look like another.
fn show_controls(html: &str) -> String {
    let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    html.replace(turns, "\u{fffd}")
}

fn find_value<'a>(pairs: &'a [(String, String)], name: &str) -> &'a str {
    let found = pairs.iter().find(|(known, _)| known == name);
    found.map_or("", |(_, value)| value)
}

impl PageReply {
    fn of_html(status: u16, html: maud::Markup) -> Self {
        PageReply {
            status,
            content_type: "text/html; charset=utf-8",
            headers: Vec::new(),
            body: show_controls(&html.into_string()).into_bytes(),
        }
    }

    fn redirect(address: String) -> Self {
        PageReply {
            status: 303,
            content_type: "text/plain; charset=utf-8",
            headers: vec![("location", address)],
            body: Vec::new(),
        }
    }
}

/// Answers one request. Runs where it may wait.
pub fn answer_page(engine: &Engine, request: &PageRequest) -> PageReply {
    if let Some(file) = files::find_file(&request.path) {
        return file;
    }
    let answer = if request.method == "POST" {
        take_form(engine, request)
    } else {
        find_page(engine, request)
    };
    answer.unwrap_or_else(|error| failure::show_failure(&error))
}

fn find_page(engine: &Engine, request: &PageRequest) -> Result<PageReply> {
    let path = request.path.as_str();
    if let Some(entry) = path.strip_prefix("/entry/") {
        return entry::show_entry(engine, request, entry).or_else(|error| match error.kind() {
            Kind::NotFound => find_moved_record(engine, request, entry).ok_or(error),
            _ => Err(error),
        });
    }
    if let Some(id) = path.strip_prefix("/session/") {
        return session::show_session(engine, request, id);
    }
    let page = match path {
        "/" => today::show_today(engine, request)?,
        "/search" => search::show_search(engine, request)?,
        "/project" => project::show_project(engine, request)?,
        "/health" => health::show_health(engine, request)?,
        _ => return Err(Error::not_found("there is no such page")),
    };
    Ok(PageReply::of_html(200, page))
}

/// Returns the way to the record of a session that lay at this path, before its project got another
/// name: its id is that of a session.
fn find_moved_record(engine: &Engine, request: &PageRequest, path: &str) -> Option<PageReply> {
    let (_, name) = path.rsplit_once('/')?;
    let id = name.strip_suffix(".md").unwrap_or(name);
    id.parse::<SessionId>().ok()?;
    let found = session::show_session(engine, request, id).ok()?;
    Some(if found.status == 200 {
        PageReply::redirect(address::session_address("", id))
    } else {
        found
    })
}

/// Marks a step as done, or takes that back, and leads back to where it was ticked.
fn take_form(engine: &Engine, request: &PageRequest) -> Result<PageReply> {
    let ids = vec![find_value(&request.form, "id").to_owned()];
    let operation = match request.path.as_str() {
        _ if !request.token_ok => None,
        "/next/done" => Some(Request::NextDone(NextDoneRequest { ids })),
        "/next/undo" => Some(Request::NextUndo(NextUndoRequest { ids })),
        _ => None,
    };
    let operation = operation.ok_or_else(|| Error::not_found("there is no such form"))?;
    engine.run(operation, &|_| {})?;
    let back = find_value(&request.form, "back");
    let is_path = back.starts_with('/') && !back[1..].starts_with(['/', '\\']);
    let is_plain = back.bytes().all(|byte| byte.is_ascii_graphic());
    let back = if is_path && is_plain { back } else { "/" };
    Ok(PageReply::redirect(back.to_owned()))
}

/// Asks for something, and takes the answer that belongs to it.
fn ask<T>(
    engine: &Engine,
    request: Request,
    pick: impl FnOnce(Response) -> Option<T>,
) -> Result<T> {
    let response = engine.run(request, &|_| {})?.response;
    pick(response).ok_or_else(|| Error::failed("internal error: another answer was expected"))
}

/// Makes a closure that takes one kind of [`Response`].
macro_rules! pick {
    ($kind:ident) => {
        |response| match response {
            $crate::ops::Response::$kind(found) => Some(found),
            _ => None,
        }
    };
}
use pick;
