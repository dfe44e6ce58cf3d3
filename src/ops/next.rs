//! What is open over all sessions: next steps that were stated, and blockers.

use super::filters::{note_unknown_project, resolve_filters};
use super::record_filter::RecordFilter;
use super::{Filters, Reply, Response};
use crate::error::{Error, Hint, Result};
use crate::index::Index;
use crate::kb::Kb;
use crate::session::open_work::{
    OpenItem, OpenKind, complete_item, find_done_items, find_items, find_open_work, reopen_item,
};
use crate::session::resume::one_line;
use crate::session::{derived, running};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Lists open steps and open blockers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NextRequest {
    /// What they must be; they are of the time at which the session began that noted them.
    #[serde(flatten)]
    pub filters: Filters,
    /// Whether what is done and resolved is listed too.
    pub all: bool,
}

/// Marks steps as done, and blockers as resolved.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NextDoneRequest {
    /// Their ids, or a part of the text of one.
    #[schemars(length(min = 1))]
    pub ids: Vec<String>,
}

/// Takes back that steps are done, and blockers resolved.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NextUndoRequest {
    /// Their ids, or a part of the text of one.
    #[schemars(length(min = 1))]
    pub ids: Vec<String>,
}

/// What is open.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct NextResponse {
    /// Steps and blockers, those of the newest sessions first.
    pub items: Vec<OpenWork>,
    /// A project of which nothing is recorded, values of other filters that occur nowhere, and that
    /// nothing passes the filters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// What was marked as done.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct NextDoneResponse {
    /// Steps and blockers.
    pub done: Vec<OpenWork>,
}

/// What is open again.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct NextUndoResponse {
    /// Steps and blockers.
    pub open: Vec<OpenWork>,
}

/// A step or a blocker.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct OpenWork {
    /// Short id, for `next done`.
    pub id: String,
    /// `step` or `blocker`.
    pub kind: String,
    /// What is to be done, or in the way.
    pub text: String,
    /// Whether it is done, or resolved.
    pub done: bool,
    /// How a blocker was resolved, where that was stated; what was only marked says nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<String>,
    /// Name of the project.
    pub project: String,
    /// Day on which the session began that noted it.
    pub date: String,
    /// Id of that session.
    pub session: String,
    /// What that session did, or is to do; empty if it does not say.
    pub origin: String,
    /// Whether that session still goes on.
    pub running: bool,
    /// Its record.
    pub file: String,
}

pub(super) fn run_next(kb: &Kb, request: &NextRequest, index: &Index<'_>) -> Result<Reply> {
    let conditions = resolve_filters(kb, &request.filters)?;
    let project = request.filters.project.as_deref();
    let (filter, notes) = RecordFilter::read(&conditions, index)?;
    let mut items = find_passing(kb, project, &filter)?;
    let began = |item: &OpenItem| kb.zone().at(item.session.start());
    items.retain(|item| (request.all || !item.done) && conditions.holds_time(began(item)));
    let note = project.map_or(Ok(None), |project| note_unknown_project(kb, project))?;
    let mut notes: Vec<String> = note.into_iter().chain(notes).collect();
    if items.is_empty() && notes.is_empty() && !conditions.is_empty() {
        notes.push("nothing that is open passes the filters".to_owned());
    }
    Ok(Reply::from(Response::Next(NextResponse {
        items: items.iter().map(|item| open_work(kb, item)).collect(),
        notes,
    })))
}

/// Returns what is open of a project, or of all, and passes a filter.
pub(super) fn find_open(
    kb: &Kb,
    project: Option<&str>,
    filter: &RecordFilter<'_>,
) -> Result<Vec<OpenWork>> {
    let items = find_passing(kb, project, filter)?;
    let open = items.iter().filter(|item| !item.done);
    Ok(open.map(|item| open_work(kb, item)).collect())
}

fn find_passing(
    kb: &Kb,
    project: Option<&str>,
    filter: &RecordFilter<'_>,
) -> Result<Vec<OpenItem>> {
    let mut items = find_open_work(kb, project, usize::MAX)?;
    items.retain(|item| {
        let path = running::path_of_record(kb, &item.file, &item.project, item.session);
        // Without a path it passes no filter on paths, but is not lost to all others.
        let path = path.map(|path| path.to_string()).unwrap_or_default();
        filter.accepts_row(&path, &item.project, &item.text)
    });
    Ok(items)
}

pub(super) fn run_next_done(kb: &Kb, request: &NextDoneRequest) -> Result<Reply> {
    if request.ids.is_empty() {
        return Err(Error::usage("nothing is named that is done")
            .with_hint(Hint::command("next").then(" lists what is open, each with its id")));
    }
    let mut open = find_open_work(kb, None, usize::MAX)?;
    open.retain(|item| !item.done);
    let found = find_items(&open, &request.ids, &kb.project())?;
    for item in &found {
        complete_item(kb, item)?;
    }
    let done = found.iter().map(|item| OpenWork {
        done: true,
        ..open_work(kb, item)
    });
    let response = NextDoneResponse {
        done: done.collect(),
    };
    Ok(reply_to_change(kb, Response::NextDone(response), &found))
}

pub(super) fn run_next_undo(kb: &Kb, request: &NextUndoRequest) -> Result<Reply> {
    if request.ids.is_empty() {
        let all = Hint::command("next").with_flag("all");
        return Err(Error::usage("nothing is named that is to be open again")
            .with_hint(all.then(" lists what is done, each with its id")));
    }
    let mut done = find_open_work(kb, None, usize::MAX)?;
    done.retain(|item| item.done);
    let found = find_done_items(&done, &request.ids, &kb.project())?;
    for item in &found {
        reopen_item(kb, item)?;
    }
    let open = found.iter().map(|item| OpenWork {
        done: false,
        ..open_work(kb, item)
    });
    let response = NextUndoResponse {
        open: open.collect(),
    };
    Ok(reply_to_change(kb, Response::NextUndo(response), &found))
}

/// Brings the derived files up to date where records of sessions have changed that have ended.
fn reply_to_change(kb: &Kb, response: Response, changed: &[&OpenItem]) -> Reply {
    let mut reply = Reply::from(response);
    if changed.iter().any(|item| !item.running) {
        reply.warnings = derived::update_with_warnings(kb);
    }
    reply
}

fn open_work(kb: &Kb, item: &OpenItem) -> OpenWork {
    let kind = match item.kind {
        OpenKind::Step => "step",
        OpenKind::Blocker => "blocker",
    };
    OpenWork {
        id: item.id.clone(),
        kind: kind.to_owned(),
        text: item.text.clone(),
        done: item.done,
        resolution: item.resolution.clone(),
        project: item.project.clone(),
        date: item.session.day().to_string(),
        session: item.session.to_string(),
        origin: one_line(&item.origin),
        running: item.running,
        file: kb.environment().shown(&item.file),
    }
}
