//! `resume`

use super::{MemoryTool, read_arguments, unexpected};
use crate::error::Result;
use crate::mcp::answer::AnswerRemarks;
use crate::mcp::ask::Asker;
use crate::mcp::budget::{choose_budget, cut_line};
use crate::ops::{
    DecisionsRequest, ListedSession, LogListRequest, LogRequest, NextRequest, OpenWork, Request,
    Response, ResumeRequest, ResumeResponse,
};
use rmcp::model::{CallToolResult, JsonObject};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How many characters the text has unless somebody says otherwise.
const USUAL_BUDGET: usize = 4000;

/// Characters of the budget for which one item of each list is told.
const PER_ITEM: usize = 400;

/// Longest text of an item, in characters.
const LONGEST_ITEM: usize = 200;

pub(super) const TOOL: MemoryTool = MemoryTool {
    name: "resume",
    title: "Where the project stands",
    description: "Tell where the project stands: what is running, what is next and what is \
        blocked, what was decided and why, what the last sessions did. Call it once when you begin \
        to work in a project, before anything else, and when the user asks what was done or what is \
        next.",
    reads_only: true,
    describe: |tool| tool.describe_with::<ResumeArguments, ProjectState>(),
    run: resume_project,
};

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct ResumeArguments {
    /// Name of the project, if it is not the one you work in.
    project: Option<String>,
    /// Id of a session to go on from, instead of the last.
    session: Option<String>,
    /// Most characters of the text; 4000 unless given.
    budget: Option<usize>,
    /// Absolute path of the project's directory, if it is not the one you work in.
    directory: Option<String>,
}

/// Where a project stands.
#[derive(Debug, Serialize, JsonSchema)]
struct ProjectState {
    /// Name of the project.
    project: String,
    /// All of it as text, the most important first.
    text: String,
    /// Sessions in progress.
    running: Vec<SessionState>,
    /// Steps that are open.
    next: Vec<OpenItemState>,
    /// Blockers that are open.
    blocked: Vec<OpenItemState>,
    /// What was decided, newest first.
    decided: Vec<DecisionState>,
    /// Sessions that have ended, newest first.
    done: Vec<SessionState>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct SessionState {
    /// Id of the session; `get` shows its record.
    session: String,
    /// When it began, RFC 3339.
    started: String,
    /// What it did, or is to do.
    summary: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct OpenItemState {
    /// Id, for `log` with kind `done`.
    id: String,
    /// What is to be done, or in the way.
    text: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct DecisionState {
    /// What was decided.
    decision: String,
    /// Why, if anybody said.
    why: String,
    /// When, RFC 3339.
    time: String,
}

fn resume_project(asker: &Asker<'_>, arguments: JsonObject) -> Result<CallToolResult> {
    let arguments: ResumeArguments = read_arguments(TOOL.name, arguments)?;
    let asker = asker.within(arguments.directory.as_deref())?;
    let budget = choose_budget(arguments.budget, USUAL_BUDGET);
    let (resume, mut beside) = ask_resume(&asker, arguments, budget)?;
    let mut state = ProjectState {
        text: resume.text,
        running: Vec::new(),
        next: Vec::new(),
        blocked: Vec::new(),
        decided: Vec::new(),
        done: Vec::new(),
        project: resume.project,
    };
    for left in resume.left_out {
        let count = usize::try_from(left.count).unwrap_or(usize::MAX);
        beside.leave_out(&left.what, count, format!("call {}", left.how));
    }
    let limit = (budget / PER_ITEM).max(1);
    state.add_sessions(&asker, limit)?;
    state.add_open_work(&asker, limit, &mut beside)?;
    state.add_decisions(&asker, limit)?;
    let text = state.text.clone();
    Ok(beside.finish(state, text))
}

/// Returns the block of a project, with what is told beside it.
fn ask_resume(
    asker: &Asker<'_>,
    arguments: ResumeArguments,
    budget: usize,
) -> Result<(ResumeResponse, AnswerRemarks)> {
    let is_named = arguments.project.is_some() || arguments.session.is_some();
    let request = Request::Resume(ResumeRequest {
        project: arguments.project,
        session: arguments.session,
        budget,
    });
    let reply = if is_named {
        asker.ask(request)?
    } else {
        asker.ask_here(request)?
    };
    let mut beside = AnswerRemarks::default();
    beside.add_reply(&reply);
    match reply.response {
        Response::Resume(resume) => Ok((resume, beside)),
        _ => Err(unexpected(TOOL.name)),
    }
}

impl ProjectState {
    fn add_sessions(&mut self, asker: &Asker<'_>, limit: usize) -> Result<()> {
        let request = LogRequest::List(LogListRequest {
            project: Some(self.project.clone()),
            limit,
        });
        let Response::LogList(list) = asker.ask(Request::Log(request))?.response else {
            return Err(unexpected(TOOL.name));
        };
        let state = |session: ListedSession| SessionState {
            summary: cut_line(&session.summary, LONGEST_ITEM),
            session: session.id,
            started: session.started,
        };
        let sessions = list.sessions.into_iter();
        let (running, ended): (Vec<_>, Vec<_>) =
            sessions.partition(|session| session.status == "active");
        self.running = running.into_iter().map(state).collect();
        self.done = ended.into_iter().map(state).collect();
        Ok(())
    }

    fn add_open_work(
        &mut self,
        asker: &Asker<'_>,
        limit: usize,
        beside: &mut AnswerRemarks,
    ) -> Result<()> {
        let request = Request::Next(NextRequest {
            project: Some(self.project.clone()),
            ..NextRequest::default()
        });
        let Response::Next(open) = asker.ask(request)?.response else {
            return Err(unexpected(TOOL.name));
        };
        let state = |item: OpenWork| OpenItemState {
            text: cut_line(&item.text, LONGEST_ITEM),
            id: item.id,
        };
        let items = open.items.into_iter();
        let (steps, blockers): (Vec<_>, Vec<_>) = items.partition(|item| item.kind == "step");
        let how = "call resume with a larger budget";
        let left = steps.len().max(limit) - limit;
        beside.leave_out("open steps in the data", left, how);
        let left = blockers.len().max(limit) - limit;
        beside.leave_out("open blockers in the data", left, how);
        self.next = steps.into_iter().take(limit).map(state).collect();
        self.blocked = blockers.into_iter().take(limit).map(state).collect();
        Ok(())
    }

    fn add_decisions(&mut self, asker: &Asker<'_>, limit: usize) -> Result<()> {
        let request = Request::Decisions(DecisionsRequest {
            project: Some(self.project.clone()),
            since: None,
            limit: Some(limit),
        });
        let Response::Decisions(found) = asker.ask(request)?.response else {
            return Err(unexpected(TOOL.name));
        };
        let decided = found.decisions.into_iter().map(|decision| DecisionState {
            decision: cut_line(&decision.decision, LONGEST_ITEM),
            why: cut_line(&decision.rationale, LONGEST_ITEM),
            time: decision.time,
        });
        self.decided = decided.collect();
        Ok(())
    }
}
