//! `resume`

use super::{MemoryTool, describe_tool, read_arguments, read_count, unexpected};
use crate::error::Result;
use crate::mcp::answer::{AnswerDraft, AnswerRemarks, fit_answer};
use crate::mcp::ask::{Asker, OR_PROJECT};
use crate::mcp::budget::{
    MOST, RESUME_PER_CHARACTER, advise_budget, choose_budget, cut_line, cut_text,
};
use crate::ops::{
    DecisionsRequest, Filters, ListedDecision, ListedSession, LogListRequest, LogRequest,
    NextRequest, OpenWork, Request, Response, ResumeRequest, ResumeResponse,
};
use rmcp::model::{CallToolResult, JsonObject};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How many characters an answer has by default.
const USUAL_BUDGET: usize = 16_000;

/// Characters of the budget for which one item of each list is shown.
const PER_ITEM: usize = 1_600;

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
    run: resume_project,
};

pub(super) fn describe() -> Value {
    describe_tool::<ResumeArguments, ProjectState>()
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct ResumeArguments {
    /// Name of the project, if it is not the one you work in.
    project: Option<String>,
    /// Id of a session to go on from, instead of the last.
    session: Option<String>,
    /// Most characters of the whole answer, text and data together; 16000 unless given, from 2000
    /// to 200000.
    #[serde(deserialize_with = "read_count")]
    #[schemars(range(max = 200_000))]
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
    /// Why, if it is known.
    why: String,
    /// When, RFC 3339.
    time: String,
}

fn resume_project(asker: &Asker<'_>, arguments: JsonObject) -> Result<CallToolResult> {
    let arguments: ResumeArguments = read_arguments(TOOL.name, arguments)?;
    let asker = asker.within(arguments.directory.as_deref())?;
    let budget = choose_budget(arguments.budget, USUAL_BUDGET);
    let (resume, beside) = ask_resume(&asker, arguments, budget / RESUME_PER_CHARACTER)?;
    let all = WholeState::ask_all(&asker, resume, budget)?;
    let how = advise_budget(TOOL.name, budget, "search, or get a session");
    Ok(fit_answer(budget, |room| {
        all.draft_state(room, &how, beside.clone())
    }))
}

/// Returns the block of a project, with its remarks.
fn ask_resume(
    asker: &Asker<'_>,
    arguments: ResumeArguments,
    budget: usize,
) -> Result<(ResumeResponse, AnswerRemarks)> {
    let is_named = arguments.project.is_some() || arguments.session.is_some();
    let mut beside = AnswerRemarks::default();
    beside.add_bound("budget", arguments.budget, MOST);
    let request = Request::Resume(ResumeRequest {
        project: arguments.project,
        session: arguments.session,
        budget,
    });
    let reply = if is_named {
        asker.ask(request)?
    } else {
        asker.ask_here_or(OR_PROJECT, request)?
    };
    beside.add_reply(&reply);
    match reply.response {
        Response::Resume(resume) => {
            for left in &resume.left_out {
                let count = usize::try_from(left.count).unwrap_or(usize::MAX);
                beside.leave_out(&left.what, count, format!("call {}", left.how));
            }
            Ok((resume, beside))
        }
        _ => Err(unexpected(TOOL.name)),
    }
}

/// All that is known of a project.
struct WholeState {
    project: String,
    text: String,
    running: Vec<ListedSession>,
    ended: Vec<ListedSession>,
    /// Whether there are more that have ended.
    more_ended: bool,
    steps: Vec<OpenWork>,
    blockers: Vec<OpenWork>,
    decisions: Vec<ListedDecision>,
    /// How many decisions there are.
    decided: usize,
}

impl WholeState {
    fn ask_all(asker: &Asker<'_>, resume: ResumeResponse, budget: usize) -> Result<Self> {
        let project = Some(resume.project.clone());
        let limit = (budget / PER_ITEM).max(1);
        let sessions = Request::Log(LogRequest::List(LogListRequest {
            project: project.clone(),
            limit,
        }));
        let filters = Filters {
            project,
            ..Filters::default()
        };
        let open = Request::Next(NextRequest {
            filters: filters.clone(),
            all: false,
        });
        let decisions = Request::Decisions(DecisionsRequest {
            filters,
            limit: Some(limit),
        });
        let answers = (
            asker.ask(sessions)?.response,
            asker.ask(open)?.response,
            asker.ask(decisions)?.response,
        );
        let (Response::LogList(list), Response::Next(open), Response::Decisions(found)) = answers
        else {
            return Err(unexpected(TOOL.name));
        };
        let sessions = list.sessions.into_iter();
        let (running, ended) = sessions.partition(|session| session.status == "active");
        let items = open.items.into_iter();
        let (steps, blockers) = items.partition(|item| item.kind == "step");
        Ok(WholeState {
            project: cut_line(&resume.project, LONGEST_ITEM),
            text: resume.text,
            running,
            ended,
            more_ended: list.more,
            steps,
            blockers,
            decisions: found.decisions,
            decided: usize::try_from(found.total).unwrap_or(usize::MAX),
        })
    }

    /// Makes the answer for so many characters.
    fn draft_state(
        &self,
        room: usize,
        how: &str,
        mut beside: AnswerRemarks,
    ) -> AnswerDraft<ProjectState> {
        // The text, which says what is left out of it, is cut last.
        let (limit, text) = (room / PER_ITEM, cut_text(&self.text, room));
        let ended = self.ended.len() + usize::from(self.more_ended);
        let lists = [
            self.running.len(),
            self.steps.len(),
            self.blockers.len(),
            self.decided,
            ended,
        ];
        let left = lists.iter().map(|count| count.saturating_sub(limit)).sum();
        beside.leave_out("items of the lists in the data, at least", left, how);
        beside.leave_out("lines of the text", text.lines_left, how);
        let answer = ProjectState {
            project: self.project.clone(),
            text: text.kept.to_owned(),
            running: self.running.iter().take(limit).map(Into::into).collect(),
            next: self.steps.iter().take(limit).map(Into::into).collect(),
            blocked: self.blockers.iter().take(limit).map(Into::into).collect(),
            decided: self.decisions.iter().take(limit).map(Into::into).collect(),
            done: self.ended.iter().take(limit).map(Into::into).collect(),
        };
        AnswerDraft {
            text: answer.text.clone(),
            answer,
            beside,
        }
    }
}

impl From<&ListedSession> for SessionState {
    fn from(session: &ListedSession) -> Self {
        SessionState {
            summary: cut_line(&session.summary, LONGEST_ITEM),
            session: session.id.clone(),
            started: session.started.clone(),
        }
    }
}

impl From<&OpenWork> for OpenItemState {
    fn from(item: &OpenWork) -> Self {
        OpenItemState {
            text: cut_line(&item.text, LONGEST_ITEM),
            id: item.id.clone(),
        }
    }
}

impl From<&ListedDecision> for DecisionState {
    fn from(decision: &ListedDecision) -> Self {
        DecisionState {
            decision: cut_line(&decision.decision, LONGEST_ITEM),
            why: cut_line(&decision.rationale, LONGEST_ITEM),
            time: decision.time.clone(),
        }
    }
}
