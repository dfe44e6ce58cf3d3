//! Resources: entries and sessions by address.

use super::ask::Asker;
use super::budget::{cut_line, cut_text};
use super::uri::{escape_path, unescape};
use crate::error::{Error, Kind, Result};
use crate::ops::{
    EntryName, GetRequest, ListRequest, ListSort, ListedEntry, ListedSession, LogListRequest,
    LogRequest, LogShowRequest, Part, Request, Response,
};
use rmcp::model::{Resource, ResourceContents, ResourceTemplate};

const ENTRY: &str = "mx://entry/";
const SESSION: &str = "mx://session/";
const PROJECT: &str = "?project=";
const MARKDOWN: &str = "text/markdown";

/// How many sessions and how many entries are listed at first.
const LISTED: usize = 20;

/// How many entries each further page has.
const PAGE: usize = 1000;

/// Longest address that is repeated, in characters.
const LONGEST_ADDRESS: usize = 200;

/// The most that is read of one resource, in characters.
const BUDGET: usize = 1_000_000;

/// Returns the forms of addresses.
pub(super) fn list_templates() -> Vec<ResourceTemplate> {
    vec![
        ResourceTemplate::new(format!("{ENTRY}{{+path}}"), "entry")
            .with_title("Entry of the memory")
            .with_description("An entry, by its path such as projects/shop/sessions.md")
            .with_mime_type(MARKDOWN),
        ResourceTemplate::new(format!("{SESSION}{{id}}{{?project}}"), "session")
            .with_title("Record of a session")
            .with_description(
                "The record of a session, by its id such as 20260111-103000, and its project \
                 where several have one of that id",
            )
            .with_mime_type(MARKDOWN),
    ]
}

/// A page of the list.
pub(super) struct ResourcePage {
    pub(super) resources: Vec<Resource>,
    /// Where the next one begins, if there is one.
    pub(super) next: Option<String>,
}

/// Returns a page of the list: first the newest sessions and the entries that were changed last, then
/// all other entries, the records of earlier sessions among them.
///
/// # Errors
///
/// [`Kind::Usage`](crate::error::Kind::Usage) for a cursor that no page gave.
pub(super) fn list_resources(asker: &Asker<'_>, cursor: Option<&str>) -> Result<ResourcePage> {
    let Some(cursor) = cursor else {
        return list_first_page(asker);
    };
    let from = read_cursor(cursor)?;
    let page = list_entries(asker, from, PAGE)?;
    Ok(ResourcePage {
        resources: page.entries.into_iter().map(describe_entry).collect(),
        next: page.next.map(write_cursor),
    })
}

fn list_first_page(asker: &Asker<'_>) -> Result<ResourcePage> {
    let sessions = Request::Log(LogRequest::List(LogListRequest {
        project: None,
        limit: LISTED,
    }));
    let Response::LogList(sessions) = asker.ask(sessions)?.response else {
        return Err(Error::failed("internal error: no answer to log list"));
    };
    let sessions = sessions.sessions;
    let page = list_entries(asker, 0, LISTED)?;
    let mut entries = page.entries;
    // The record of a session is an entry too.
    entries.retain(|entry| sessions.iter().all(|session| session.path != entry.path));
    let sessions = sessions.into_iter().map(describe_session);
    let entries = entries.into_iter().map(describe_entry);
    Ok(ResourcePage {
        resources: sessions.chain(entries).collect(),
        next: page.next.map(write_cursor),
    })
}

/// Entries from a place in the list of all.
struct EntryPage {
    entries: Vec<ListedEntry>,
    /// The place behind them, if there are more.
    next: Option<usize>,
}

fn list_entries(asker: &Asker<'_>, from: usize, most: usize) -> Result<EntryPage> {
    let until = from.saturating_add(most);
    let request = Request::List(ListRequest {
        sort: ListSort::Time,
        limit: Some(until.saturating_add(1)),
        ..ListRequest::default()
    });
    let Response::List(list) = asker.ask(request)?.response else {
        return Err(Error::failed("internal error: no answer to list"));
    };
    let next = (list.entries.len() > until).then_some(until);
    let entries = list.entries.into_iter().skip(from).take(most).collect();
    Ok(EntryPage { entries, next })
}

/// What a cursor of ours begins with: it is the place of an entry in the list.
const CURSOR: &str = "entries-";

fn write_cursor(place: usize) -> String {
    format!("{CURSOR}{place}")
}

fn read_cursor(cursor: &str) -> Result<usize> {
    let place = cursor.strip_prefix(CURSOR);
    let place = place.and_then(|place| place.parse().ok());
    place.ok_or_else(|| {
        let message = format!("unknown cursor: {}", cursor.escape_debug());
        Error::usage(message).with_hint("begin again without a cursor")
    })
}

fn describe_session(session: ListedSession) -> Resource {
    // Sessions of two projects may have begun in the same second.
    let (id, project) = (escape_path(&session.id), escape_path(&session.project));
    let uri = format!("{SESSION}{id}{PROJECT}{project}");
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
    let (request, arguments) = if let Some(path) = uri.strip_prefix(ENTRY) {
        let path = unescape(path);
        let arguments = format!("path: {path}");
        let request = Request::Get(GetRequest {
            entry: EntryName::Path(path),
            part: Part::Whole,
            raw: false,
        });
        (request, arguments)
    } else if let Some(session) = uri.strip_prefix(SESSION) {
        let (id, project) = match session.split_once(PROJECT) {
            Some((id, project)) => (unescape(id), Some(unescape(project))),
            None => (unescape(session), None),
        };
        let of_project = project
            .iter()
            .map(|project| format!(", project: {project}"));
        let arguments = format!("session: {id}{}", of_project.collect::<String>());
        let request = Request::Log(LogRequest::Show(LogShowRequest {
            id: Some(id),
            project,
        }));
        (request, arguments)
    } else {
        let shown = cut_line(&uri.escape_debug().to_string(), LONGEST_ADDRESS);
        return Err(Error::not_found(format!("there is no resource {shown}"))
            .with_hint(format!("addresses are {ENTRY}PATH and {SESSION}ID")));
    };
    // An address that means nothing, or several, is that of no resource.
    let reply = asker.ask(request).map_err(|error| match error.kind() {
        Kind::Usage => error.with_kind(Kind::NotFound),
        _ => error,
    })?;
    let content = match reply.response {
        Response::Get(got) => got.content,
        Response::LogShow(shown) => shown.content,
        _ => String::new(),
    };
    let text = cut_content(content, BUDGET, &arguments);
    Ok(ResourceContents::text(text, uri).with_mime_type(MARKDOWN))
}

/// Cuts a text, and says with which arguments the tool `get` goes on.
pub(super) fn cut_content(content: String, budget: usize, arguments: &str) -> String {
    let cut = cut_text(&content, budget);
    if cut.left == 0 {
        return content;
    }
    let offset = cut.kept.chars().count();
    format!(
        "{}\n[{} more characters left out: call the tool get with {arguments}, offset: {offset}]\n",
        cut.kept, cut.left
    )
}
