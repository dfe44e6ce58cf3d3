//! Transcripts of Copilot CLI: `session-state/ID/events.jsonl`.
//!
//! A line is `{type, data, id, timestamp, parentId}`.

use super::super::happening::HappeningKind;
use super::super::tools;
use super::super::wire::{self, Raw};
use super::Heard;
use super::calls::{Answered, Call};
use super::reading::name;
use super::scribe::{LOOK, Scribe, hash, limit};
use crate::model::FileAction;
use serde::Deserialize;
use std::path::Path;

#[derive(Deserialize, Default)]
#[serde(default)]
struct Line<'a> {
    #[serde(borrow, rename = "type")]
    kind: Raw<'a>,
    #[serde(borrow)]
    data: Raw<'a>,
    #[serde(borrow)]
    id: Raw<'a>,
    #[serde(borrow)]
    timestamp: Raw<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Data<'a> {
    #[serde(borrow)]
    session_id: Raw<'a>,
    #[serde(borrow)]
    start_time: Raw<'a>,
    #[serde(borrow)]
    context: Raw<'a>,
    #[serde(borrow)]
    cwd: Raw<'a>,
    #[serde(borrow)]
    title: Raw<'a>,
    #[serde(borrow)]
    content: Raw<'a>,
    #[serde(borrow)]
    source: Raw<'a>,
    #[serde(borrow)]
    message_id: Raw<'a>,
    #[serde(borrow)]
    tool_requests: Raw<'a>,
    #[serde(borrow)]
    phase: Raw<'a>,
    #[serde(borrow)]
    tool_call_id: Raw<'a>,
    #[serde(borrow)]
    parent_tool_call_id: Raw<'a>,
    #[serde(borrow)]
    tool_name: Raw<'a>,
    #[serde(borrow)]
    arguments: Raw<'a>,
    #[serde(borrow)]
    success: Raw<'a>,
    #[serde(borrow)]
    result: Raw<'a>,
    #[serde(borrow)]
    error: Raw<'a>,
    #[serde(borrow)]
    shell_execution: Raw<'a>,
    #[serde(borrow)]
    summary_content: Raw<'a>,
    #[serde(borrow)]
    shutdown_type: Raw<'a>,
    #[serde(borrow)]
    code_changes: Raw<'a>,
    #[serde(borrow)]
    name: Raw<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Inner<'a> {
    #[serde(borrow)]
    cwd: Raw<'a>,
    #[serde(borrow)]
    branch: Raw<'a>,
    #[serde(borrow)]
    content: Raw<'a>,
    #[serde(borrow, rename = "resultType", alias = "result_type")]
    result_type: Raw<'a>,
    #[serde(borrow, rename = "textResultForLlm", alias = "text_result_for_llm")]
    text: Raw<'a>,
    #[serde(borrow)]
    message: Raw<'a>,
    #[serde(borrow, rename = "exitCode")]
    exit_code: Raw<'a>,
    #[serde(borrow, rename = "filesModified")]
    files_modified: Raw<'a>,
}

/// What the place of the file tells: its directory is called by the id.
pub(super) fn place(path: &Path, scribe: &mut Scribe<'_>) {
    let id = match &*name(path.file_name()) {
        "events.jsonl" => name(path.parent().and_then(Path::file_name)).into_owned(),
        _ => name(path.file_stem()).into_owned(),
    };
    if super::claude::is_uuid(&id) {
        scribe.state.session.id = id;
    }
}

/// Reads a line.
pub(super) fn line(line: &str, scribe: &mut Scribe<'_>) -> Heard {
    let Ok(line) = serde_json::from_str::<Line<'_>>(line) else {
        return Heard::Malformed;
    };
    let kind = wire::text(line.kind).unwrap_or_default();
    let data: Data<'_> = wire::object(line.data).unwrap_or_default();
    let id = wire::text(line.id).unwrap_or_default();
    let key = (!id.is_empty()).then(|| hash(&["copilot", &id]));
    scribe.line(wire::time(line.timestamp), key);
    let side = data.parent_tool_call_id.is_some();
    match kind.as_ref() {
        "session.start" => start(&data, "", scribe),
        "session.resume" => start(&data, "resume", scribe),
        "session.context_changed" => {
            scribe.begin("", wire::text(data.cwd).as_deref());
        }
        "session.title_changed" => {
            let title = wire::text(data.title).filter(|title| !title.trim().is_empty());
            let title = title.map(|title| scribe.clean(title.trim(), limit::LINE));
            scribe.state.session.title = title.or(scribe.state.session.title.take());
        }
        "user.message" => {
            // Other sources are the program itself: skills, plans, tasks that ended.
            let typed = wire::text(data.source).is_none_or(|source| source == "user");
            let text = wire::head(data.content, LOOK).unwrap_or_default();
            if side || !typed || !scribe.prompt(&text) {
                return Heard::Ignored;
            }
        }
        "assistant.message" if !side => says(&data, scribe),
        "tool.execution_start" => uses(&data, side, scribe),
        "tool.execution_complete" => return result(&data, scribe),
        "skill.invoked" => {
            let skill = wire::text(data.name).unwrap_or_default();
            let name = scribe.clean(&format!("Skill: {skill}"), limit::NAME);
            scribe.begin("", None);
            scribe.tell(HappeningKind::Tool { name });
        }
        "session.compaction_complete" => {
            let summary = wire::head(data.summary_content, LOOK).unwrap_or_default();
            scribe.compacted(&summary);
        }
        "session.task_complete" | "session.idle" => scribe.answered(),
        "session.shutdown" => shutdown(&data, scribe),
        known if known.starts_with("assistant.") || known.starts_with("hook.") => {
            return Heard::Ignored;
        }
        known if WITHOUT_INTEREST.contains(&known) => return Heard::Ignored,
        unknown => return Heard::Unknown(unknown.to_owned()),
    }
    Heard::Understood
}

const WITHOUT_INTEREST: [&str; 27] = [
    "abort",
    "external_tool.completed",
    "external_tool.requested",
    "permission.completed",
    "permission.requested",
    "session.background_tasks_changed",
    "session.compaction_start",
    "session.error",
    "session.handoff",
    "session.import_legacy",
    "session.info",
    "session.mode_changed",
    "session.model_change",
    "session.plan_changed",
    "session.tools_updated",
    "session.truncation",
    "session.usage_info",
    "session.warning",
    "session.workspace_file_changed",
    "subagent.completed",
    "subagent.failed",
    "subagent.selected",
    "subagent.started",
    "system.message",
    "system.notification",
    "tool.execution_partial_result",
    "tool.user_requested",
];

fn start(data: &Data<'_>, reason: &str, scribe: &mut Scribe<'_>) {
    if let Some(id) = wire::text(data.session_id).filter(|_| scribe.state.session.id.is_empty()) {
        scribe.state.session.id = id.into_owned();
    }
    if let Some(started) = wire::time(data.start_time) {
        let session = &mut scribe.state.session;
        session.started = Some(session.started.map_or(started, |known| known.min(started)));
    }
    let context = wire::object::<Inner<'_>>(data.context).unwrap_or_default();
    if let Some(branch) = wire::text(context.branch) {
        let branch = scribe.clean(&branch, limit::NAME);
        scribe.state.session.branch.get_or_insert(branch);
    }
    scribe.begin(reason, wire::text(context.cwd.or(data.cwd)).as_deref());
}

fn says(data: &Data<'_>, scribe: &mut Scribe<'_>) {
    scribe.begin("", None);
    let id = wire::text(data.message_id).unwrap_or_default();
    let message = hash(&["message", &id]);
    if !wire::list(data.tool_requests).is_empty() {
        scribe.state.answer = None;
        return;
    }
    scribe.says(message, &wire::head(data.content, LOOK).unwrap_or_default());
    if wire::text(data.phase).is_some_and(|phase| phase == "final_answer") {
        scribe.answered();
    }
}

fn uses(data: &Data<'_>, side: bool, scribe: &mut Scribe<'_>) {
    let id = wire::text(data.tool_call_id).unwrap_or_default();
    let name = wire::text(data.tool_name).unwrap_or_default();
    let used = tools::tool_use(&name, data.arguments);
    scribe.uses(Call {
        id: &id,
        message: 1,
        side,
        used,
    });
}

fn result(data: &Data<'_>, scribe: &mut Scribe<'_>) -> Heard {
    let id = wire::text(data.tool_call_id).unwrap_or_default();
    let result = wire::object::<Inner<'_>>(data.result).unwrap_or_default();
    let error = wire::object::<Inner<'_>>(data.error).unwrap_or_default();
    let kind = wire::text(result.result_type).unwrap_or_default();
    let ok = match kind.as_ref() {
        "success" => Some(true),
        "" => None,
        _ => Some(false),
    };
    let ok = wire::flag(data.success).or(ok);
    let texts = [
        error.message,
        result.content,
        result.text,
        data.error,
        data.result,
    ];
    let text = texts.into_iter().find_map(|raw| wire::head(raw, LOOK));
    let mut answered = Answered::of(ok, &text.unwrap_or_default());
    answered.refused |= matches!(kind.as_ref(), "rejected" | "denied");
    let shell = wire::object::<Inner<'_>>(data.shell_execution).unwrap_or_default();
    if let Some(exit) = wire::exit(shell.exit_code) {
        (answered.ok, answered.exit) = (Some(exit == 0), Some(exit));
    }
    if scribe.result(&id, answered) {
        Heard::Understood
    } else {
        Heard::Ignored
    }
}

fn shutdown(data: &Data<'_>, scribe: &mut Scribe<'_>) {
    let changes = wire::object::<Inner<'_>>(data.code_changes).unwrap_or_default();
    for path in wire::texts(changes.files_modified).into_iter().take(500) {
        let path = scribe.clean(&path, limit::PATH);
        let action = FileAction::Modified;
        scribe.tell(HappeningKind::File {
            path,
            action,
            from: None,
        });
    }
    scribe.end(&wire::text(data.shutdown_type).unwrap_or_default());
}
