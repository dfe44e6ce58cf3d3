//! Resources: entries and sessions by address.

use super::ask::Asker;
use super::budget::cut_text;
use super::uri::{escape_path, unescape};
use crate::error::{Error, Result};
use crate::ops::{
    EntryName, GetRequest, ListRequest, ListSort, ListedEntry, ListedSession, LogListRequest,
    LogRequest, LogShowRequest, Part, Request, Response,
};
use rmcp::model::{Resource, ResourceContents, ResourceTemplate};

const ENTRY: &str = "mx://entry/";
const SESSION: &str = "mx://session/";
const MARKDOWN: &str = "text/markdown";

/// How many sessions and how many entries are listed. All others are found by `search`, and read by
/// their address.
const LISTED: usize = 20;

/// The most that is read of one resource, in characters.
const BUDGET: usize = 1_000_000;

/// Returns the forms of addresses.
pub(super) fn list_templates() -> Vec<ResourceTemplate> {
    vec![
        ResourceTemplate::new(format!("{ENTRY}{{+path}}"), "entry")
            .with_title("Entry of the memory")
            .with_description("An entry, by its path such as projects/shop/sessions.md")
            .with_mime_type(MARKDOWN),
        ResourceTemplate::new(format!("{SESSION}{{id}}"), "session")
            .with_title("Record of a session")
            .with_description("The record of a session, by its id such as 20260111-103000")
            .with_mime_type(MARKDOWN),
    ]
}

/// Returns the newest sessions, and the entries that were changed last.
pub(super) fn list_resources(asker: &Asker<'_>) -> Result<Vec<Resource>> {
    let sessions = Request::Log(LogRequest::List(LogListRequest {
        project: None,
        limit: LISTED,
    }));
    let entries = Request::List(ListRequest {
        sort: ListSort::Time,
        limit: Some(LISTED),
        ..ListRequest::default()
    });
    let (sessions, mut entries) =
        match (asker.ask(sessions)?.response, asker.ask(entries)?.response) {
            (Response::LogList(sessions), Response::List(entries)) => {
                (sessions.sessions, entries.entries)
            }
            _ => return Ok(Vec::new()),
        };
    // The record of a session is an entry too.
    entries.retain(|entry| sessions.iter().all(|session| session.path != entry.path));
    let sessions = sessions.into_iter().map(describe_session);
    let entries = entries.into_iter().map(describe_entry);
    Ok(sessions.chain(entries).collect())
}

fn describe_session(session: ListedSession) -> Resource {
    let uri = format!("{SESSION}{}", escape_path(&session.id));
    let title = format!("{} in {}", session.status, session.project);
    let resource = Resource::new(uri, session.id)
        .with_title(title)
        .with_mime_type(MARKDOWN);
    match session.summary.as_str() {
        "" => resource,
        summary => resource.with_description(summary),
    }
}

fn describe_entry(entry: ListedEntry) -> Resource {
    let uri = format!("{ENTRY}{}", escape_path(&entry.path));
    Resource::new(uri, entry.path)
        .with_title(entry.title)
        .with_mime_type(MARKDOWN)
}

/// Reads what an address names.
///
/// # Errors
///
/// [`Kind::NotFound`](crate::error::Kind::NotFound) if there is no such thing.
pub(super) fn read_resource(asker: &Asker<'_>, uri: &str) -> Result<ResourceContents> {
    let request = if let Some(path) = uri.strip_prefix(ENTRY) {
        Request::Get(GetRequest {
            entry: EntryName::Path(unescape(path)),
            part: Part::Whole,
            raw: false,
        })
    } else if let Some(id) = uri.strip_prefix(SESSION) {
        Request::Log(LogRequest::Show(LogShowRequest {
            id: Some(unescape(id)),
            project: None,
        }))
    } else {
        let shown = uri.escape_debug();
        return Err(Error::not_found(format!("there is no resource {shown}"))
            .with_hint(format!("addresses are {ENTRY}PATH and {SESSION}ID")));
    };
    let content = match asker.ask(request)?.response {
        Response::Get(got) => got.content,
        Response::LogShow(shown) => shown.content,
        _ => String::new(),
    };
    let text = match cut_text(&content, BUDGET) {
        (_, _, 0) => content,
        (kept, lines, left) => {
            let from = lines + 1;
            format!("{kept}\n[{left} more lines left out: call the tool get with lines: {from}-]\n")
        }
    };
    Ok(ResourceContents::text(text, uri).with_mime_type(MARKDOWN))
}
