//! `log`

use super::{MemoryTool, describe_tool, read_arguments, unexpected};
use crate::error::{Error, Result};
use crate::mcp::answer::{AnswerDraft, AnswerRemarks, fit_answer, render_text};
use crate::mcp::ask::Asker;
use crate::mcp::budget::{LEAST, cut_text};
use crate::model::FileAction;
use crate::ops::{
    LogEndRequest, LogRequest, LogRow, LogRowRequest, LogStartRequest, LogUpdateRequest,
    NextDoneRequest, Request, Response,
};
use rmcp::model::{CallToolResult, JsonObject};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::Path;

/// How many characters an answer has at most: it repeats what was logged, and where the project
/// stands.
const BUDGET: usize = 24_000;

/// How many it has if it only repeats a row, which is known to who logged it.
const ROW_BUDGET: usize = LEAST;

pub(super) const TOOL: MemoryTool = MemoryTool {
    name: "log",
    title: "Log the session",
    description: "Keep the record of this session, so that the next one can go on from it. Log \
        while you work, one short line each: every `decision` with `why`, an `event` when something \
        is done, a `blocker` and how it was `resolved`, a `next` step that stays open, `done` when an \
        open step (its id from `resume`) is finished. `checkpoint` folds in what git saw. `end` when \
        the work or the conversation ends, with a summary, the `state` and what is next. `start` is \
        optional: anything logged begins a session.",
    reads_only: false,
    run: log_row,
};

pub(super) fn describe() -> Value {
    describe_tool::<LogArguments, LogAnswer>()
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct LogArguments {
    /// What is logged.
    kind: LogKind,
    /// What happened, was decided, is in the way, or is next; of `file` its path; of `start` the
    /// goal; of `done` the id of the step, or part of its text; of `checkpoint` and `end` what was
    /// done, and may be left out.
    text: Option<String>,
    /// Of `decision`: the reason. Of `resolved`: how it was resolved. Of `file`: what there is to
    /// say about it.
    why: Option<String>,
    /// Of `file`: what was done to it.
    #[schemars(with = "Option<ShownFileAction>")]
    action: Option<FileAction>,
    /// Of `end`: in what state the work is.
    state: Option<String>,
    /// Of `end`: what is next.
    next: Option<String>,
    /// Id of the session, where several are running.
    session: Option<String>,
    /// Absolute path of the project's directory, if it is not the one you work in.
    directory: Option<String>,
}

// Without a comment on each: some clients know no schema of a choice but a list of texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum LogKind {
    Start,
    Event,
    Decision,
    File,
    Blocker,
    Resolved,
    Next,
    Done,
    Checkpoint,
    End,
}

impl LogKind {
    fn name(&self) -> String {
        format!("{self:?}").to_lowercase()
    }
}

#[derive(JsonSchema)]
#[serde(rename_all = "lowercase")]
#[expect(dead_code, reason = "the schema of FileAction, as a plain list")]
enum ShownFileAction {
    Read,
    Modified,
    Created,
    Renamed,
    Deleted,
}

/// What was logged.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct LogAnswer {
    /// What kind of thing was logged.
    kind: LogKind,
    /// Id of the session; `null` if none was running, and nothing was to be recorded.
    session: Option<String>,
    /// Name of the project.
    project: Option<String>,
    /// The record, or the entry that it has become.
    file: Option<String>,
    /// What was logged; for `start` where the project stands, for `end` what the next session is
    /// to know.
    text: String,
}

fn log_row(asker: &Asker<'_>, arguments: JsonObject) -> Result<CallToolResult> {
    let arguments: LogArguments = read_arguments(TOOL.name, arguments)?;
    let kind = arguments.kind;
    arguments.refuse_unused()?;
    let asker = asker.within(arguments.directory.as_deref())?;
    let names_all = arguments.names_session();
    let request = arguments.into_request()?;
    let reply = if names_all {
        asker.ask(request)?
    } else {
        asker.ask_here(request)?
    };
    let mut beside = AnswerRemarks::default();
    beside.add_reply(&reply);
    let mut answer = read_answer(kind, &reply.response)?;
    let is_row = matches!(reply.response, Response::LogRow(_) | Response::NextDone(_));
    let text = render_text(reply.response);
    if answer.text.is_empty() {
        answer.text = text.trim_end().to_owned();
    }
    let budget = if is_row { ROW_BUDGET } else { BUDGET };
    Ok(fit_answer(budget, |room| {
        let (told, data) = (cut_text(&text, room), cut_text(&answer.text, room));
        let mut beside = beside.clone();
        let left = told.lines_left.max(data.lines_left);
        beside.leave_out("lines", left, "call get with the session");
        AnswerDraft {
            answer: LogAnswer {
                text: data.kept.to_owned(),
                ..answer.clone()
            },
            text: told.kept.to_owned(),
            beside,
        }
    }))
}

impl LogArguments {
    /// Returns whether the arguments say which session is meant, so that it does not matter where the
    /// caller works: by its id, or by that of one of its steps.
    fn names_session(&self) -> bool {
        let text = self.text.as_deref().unwrap_or_default();
        match self.kind {
            LogKind::Start => false,
            // Another path is one in the directory.
            LogKind::File if !Path::new(text).is_absolute() => false,
            LogKind::Done => is_item_id(text),
            _ => self.session.is_some(),
        }
    }

    /// Refuses what this kind has no place for, so that no argument gets lost.
    fn refuse_unused(&self) -> Result<()> {
        use LogKind::{Decision, End, File, Resolved};
        let fields: [(&str, bool, &[LogKind]); 4] = [
            ("why", self.why.is_some(), &[Decision, Resolved, File]),
            ("action", self.action.is_some(), &[File]),
            ("state", self.state.is_some(), &[End]),
            ("next", self.next.is_some(), &[End]),
        ];
        let unused = fields
            .iter()
            .find(|(_, is_given, kinds)| *is_given && !kinds.contains(&self.kind));
        let Some((field, _, kinds)) = unused else {
            return Ok(());
        };
        let kinds: Vec<String> = kinds.iter().map(LogKind::name).collect();
        let message = format!("{} has no {field}: nothing was logged", self.kind.name());
        let hint = format!("{field} belongs to kind {}", kinds.join(" or "));
        Err(Error::usage(message).with_hint(hint))
    }

    fn into_request(self) -> Result<Request> {
        let text = given(self.text.clone());
        Ok(match self.kind {
            LogKind::Start => Request::Log(LogRequest::Start(LogStartRequest {
                goal: text,
                ..LogStartRequest::default()
            })),
            LogKind::Done => Request::NextDone(NextDoneRequest {
                ids: vec![text.ok_or_else(no_text)?],
            }),
            LogKind::Checkpoint => Request::Log(LogRequest::Update(LogUpdateRequest {
                session: self.session,
                message: text,
            })),
            LogKind::End => Request::Log(LogRequest::End(LogEndRequest {
                session: self.session,
                summary: text,
                state: self.state,
                next: self.next,
            })),
            _ => Request::Log(LogRequest::Row(LogRowRequest {
                row: self.choose_row()?,
                session: self.session,
            })),
        })
    }

    fn choose_row(&self) -> Result<LogRow> {
        let (text, why) = (given(self.text.clone()), given(self.why.clone()));
        if self.kind == LogKind::Resolved {
            // Alone, either says how: then the only open blocker is meant.
            let (blocker, resolution) = match (text, why) {
                (Some(blocker), Some(how)) => (Some(blocker), how),
                (Some(how), None) | (None, Some(how)) => (None, how),
                (None, None) => return Err(no_text()),
            };
            return Ok(LogRow::Blocker {
                blocker,
                resolution: Some(resolution),
            });
        }
        let text = text.ok_or_else(no_text)?;
        Ok(match self.kind {
            LogKind::Decision => LogRow::Decision {
                decision: text,
                rationale: why,
            },
            LogKind::File => LogRow::File {
                path: text.into(),
                action: self.action,
                notes: why,
            },
            LogKind::Blocker => LogRow::Blocker {
                blocker: Some(text),
                resolution: None,
            },
            LogKind::Next => LogRow::Next(text),
            _ => LogRow::Event(text),
        })
    }
}

/// Returns whether a text has the form of the id of a step or blocker, which means one whatever the
/// project.
fn is_item_id(text: &str) -> bool {
    let id = text.trim().trim_matches(['[', ']']);
    (4..=16).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn given(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}

fn no_text() -> Error {
    Error::usage("say what is to be logged").with_hint("text: one short line")
}

fn read_answer(kind: LogKind, response: &Response) -> Result<LogAnswer> {
    let (session, project, file, text) = match response {
        Response::LogStart(start) => (
            Some(start.session.id.clone()),
            Some(start.session.project.clone()),
            Some(start.session.file.clone()),
            start.resume.clone().unwrap_or_default(),
        ),
        Response::LogRow(row) => (
            Some(row.session.clone()),
            Some(row.project.clone()),
            Some(row.file.clone()),
            row.text.clone(),
        ),
        Response::LogUpdate(update) => (
            Some(update.session.clone()),
            Some(update.project.clone()),
            Some(update.file.clone()),
            String::new(),
        ),
        Response::LogEnd(end) => (
            end.session.clone(),
            Some(end.project.clone()),
            end.path.clone(),
            end.prompt.join("\n"),
        ),
        Response::NextDone(done) => {
            let item = done.done.first();
            (
                item.map(|item| item.session.clone()),
                item.map(|item| item.project.clone()),
                item.map(|item| item.file.clone()),
                item.map_or_else(String::new, |item| item.text.clone()),
            )
        }
        _ => return Err(unexpected(TOOL.name)),
    };
    Ok(LogAnswer {
        kind,
        session,
        project,
        file,
        text,
    })
}
