//! What is open over all sessions: next steps that were stated, and blockers.

use super::filters::{note_unknown_project, resolve_filters};
use super::{Filters, Reply, Response};
use crate::error::{Error, Hint, Result};
use crate::kb::Kb;
use crate::model::Timestamp;
use crate::session::derived;
use crate::session::open_work::{
    OpenItem, OpenKind, complete_item, find_done_items, find_items, find_open_work, reopen_item,
};
use crate::session::resume::one_line;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Lists open steps and open blockers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NextRequest {
    /// Project that they belong to; `None`: all.
    pub project: Option<String>,
    /// Only what sessions noted that began since: a date, RFC 3339, `7d`, `yesterday` and so on.
    pub since: Option<String>,
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
    /// A project of which nothing is recorded.
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

pub(super) fn run_next(kb: &Kb, request: &NextRequest) -> Result<Reply> {
    let filters = Filters {
        since: request.since.clone(),
        ..Filters::default()
    };
    let since = resolve_filters(kb, &filters)?.since;
    let began = |item: &OpenItem| kb.zone().at(item.session.start());
    let is_wanted = |item: &OpenItem| {
        let is_late = |since: Timestamp| began(item) >= since;
        (request.all || !item.done) && since.is_none_or(is_late)
    };
    let items = find_open_work(kb, request.project.as_deref(), usize::MAX)?;
    let items = items.iter().filter(|item| is_wanted(item));
    let items = items.map(|item| open_work(kb, item)).collect();
    let project = request.project.as_deref();
    let note = project.map_or(Ok(None), |project| note_unknown_project(kb, project))?;
    Ok(Reply::from(Response::Next(NextResponse {
        items,
        notes: note.into_iter().collect(),
    })))
}

/// Returns what is open of a project, or of all.
pub(super) fn find_open(kb: &Kb, project: Option<&str>) -> Result<Vec<OpenWork>> {
    let items = find_open_work(kb, project, usize::MAX)?;
    let open = items.iter().filter(|item| !item.done);
    Ok(open.map(|item| open_work(kb, item)).collect())
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
