//! Transcripts of Copilot CLI: `session-state/ID/events.jsonl`.
//!
//! A line is `{type, data, id, timestamp, parentId}`.

use super::results::{read_result, read_result_text};
use crate::agents::event::EventKind;
use crate::agents::event_text::limit;
use crate::agents::file_head::FileHead;
use crate::agents::homes::AgentHomes;
use crate::agents::json::raw_field::{
    raw_object, read_exit_status, read_flag, read_head, read_list, read_object, read_text,
    read_texts, read_time,
};
use crate::agents::json::{read_bounded_field, read_tool_field};
use crate::agents::profile::{TranscriptFiles, TranscriptForm, TranscriptFormat};
use crate::agents::tool_effect::{ToolKind, ToolResult, read_tool_call, tool_kind};
use crate::agents::transcript::{
    LineFormat, LineOutcome, MOST_LOOKED_AT, TranscriptCall, TranscriptWriter, file_name_text,
    hash_texts, is_uuid,
};
use crate::model::FileAction;
use serde_json::Value;
use std::path::{Path, PathBuf};

pub(super) static FORMAT: TranscriptFormat = TranscriptFormat {
    places,
    recognises,
    form: TranscriptForm::Lines(LineFormat {
        read_place,
        read_line: &read_line,
    }),
    files: TranscriptFiles::LINES,
    sub_sessions: None,
};

fn places(homes: &AgentHomes) -> Vec<PathBuf> {
    vec![
        homes
            .directory("COPILOT_HOME", ".copilot")
            .join("session-state"),
    ]
}

fn recognises(head: &FileHead<'_>) -> bool {
    head.has_line(&|line| line.has_all(&["type", "data", "id"]))
}

raw_object! {
    CopilotLine: kind = "type", data, id, timestamp,
}

raw_object! {
    CopilotData: session_id = "sessionId", start_time = "startTime", context, cwd, title, content,
    source, message_id = "messageId", tool_requests = "toolRequests", phase,
    tool_call_id = "toolCallId", parent_tool_call_id = "parentToolCallId", tool_name = "toolName",
    arguments, success, result, error, shell_execution = "shellExecution",
    summary_content = "summaryContent", shutdown_type = "shutdownType",
    code_changes = "codeChanges", name, trigger,
}

raw_object! {
    CopilotPart: cwd, branch, message, code, exit_code = "exitCode", files_modified = "filesModified",
}

/// Reads what the path implies: its directory is called by the id.
fn read_place(writer: &mut TranscriptWriter<'_>) {
    let path = &writer.file.path;
    let id = match &*file_name_text(path.file_name()) {
        "events.jsonl" => file_name_text(path.parent().and_then(Path::file_name)),
        _ => file_name_text(path.file_stem()),
    };
    if is_uuid(&id) {
        writer.state.session.id = id.into_owned();
    }
}

fn read_line(line: &str, writer: &mut TranscriptWriter<'_>) -> LineOutcome {
    let Ok(line) = serde_json::from_str::<CopilotLine<'_>>(line) else {
        return LineOutcome::Malformed;
    };
    let kind = read_text(line.kind).unwrap_or_default();
    let data: CopilotData<'_> = read_object(line.data).unwrap_or_default();
    let id = read_text(line.id).unwrap_or_default();
    let key = (!id.is_empty()).then(|| hash_texts(&["copilot", &id]));
    writer.begin_line(read_time(line.timestamp), key);
    let side = data.parent_tool_call_id.is_some();
    match kind.as_ref() {
        "session.start" => read_start(&data, "", writer),
        "session.resume" => read_start(&data, "resume", writer),
        "session.context_changed" => {
            writer.begin_session("", read_text(data.cwd).as_deref());
        }
        "session.title_changed" => {
            writer.set_title(&read_text(data.title).unwrap_or_default());
        }
        "user.message" => return read_user_message(&data, side, writer),
        "assistant.message" if !side => read_answer(&data, writer),
        "tool.execution_start" => return read_call(&data, side, writer),
        "tool.execution_complete" => return read_completion(&data, writer),
        "skill.invoked" => return read_skill(&data, writer),
        "session.compaction_complete" if read_flag(data.success) == Some(false) => {
            return LineOutcome::Ignored;
        }
        "session.compaction_complete" => {
            let summary = read_head(data.summary_content, MOST_LOOKED_AT);
            writer.add_compaction(&summary.unwrap_or_default());
        }
        "session.task_complete" | "session.idle" => writer.confirm_answer(),
        "session.shutdown" => read_shutdown(&data, writer),
        known if known.starts_with("assistant.") || known.starts_with("hook.") => {
            return LineOutcome::Ignored;
        }
        known if WITHOUT_INTEREST.contains(&known) => return LineOutcome::Ignored,
        unknown => return LineOutcome::Unknown(unknown.to_owned()),
    }
    LineOutcome::Understood
}

fn read_user_message(
    data: &CopilotData<'_>,
    side: bool,
    writer: &mut TranscriptWriter<'_>,
) -> LineOutcome {
    // Other sources are the program itself: skills, plans, tasks that ended.
    let typed = read_text(data.source).is_none_or(|source| source == "user");
    let text = read_head(data.content, MOST_LOOKED_AT).unwrap_or_default();
    LineOutcome::understood_if(!side && typed && writer.add_prompt(&text))
}

/// A skill that the user called; the model calls a tool for it, which is read by itself.
fn read_skill(data: &CopilotData<'_>, writer: &mut TranscriptWriter<'_>) -> LineOutcome {
    if read_text(data.trigger).is_some_and(|trigger| trigger == "agent-invoked") {
        return LineOutcome::Ignored;
    }
    let skill = read_text(data.name).unwrap_or_default();
    writer.begin_session("", None);
    writer.add(EventKind::Tool {
        name: format!("Skill: {skill}"),
    });
    LineOutcome::Understood
}

/// Types that are known and say nothing that is wanted; the last three since version 1.0.102.
const WITHOUT_INTEREST: [&str; 31] = [
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
    "session.usage_record",
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
    "skill.context_delivered_ref",
    "skill.invoked_ref",
    "subagent.configured",
];

fn read_start(data: &CopilotData<'_>, reason: &str, writer: &mut TranscriptWriter<'_>) {
    if let Some(id) = read_text(data.session_id).filter(|_| writer.state.session.id.is_empty()) {
        writer.state.session.id = id.into_owned();
    }
    if let Some(started) = read_time(data.start_time) {
        let session = &mut writer.state.session;
        session.started = Some(session.started.map_or(started, |known| known.min(started)));
    }
    let context = read_object::<CopilotPart<'_>>(data.context).unwrap_or_default();
    if let Some(branch) = read_text(context.branch) {
        let branch = writer.clean(&branch, limit::NAME);
        writer.state.session.branch.get_or_insert(branch);
    }
    writer.begin_session(reason, read_text(context.cwd.or(data.cwd)).as_deref());
}

fn read_answer(data: &CopilotData<'_>, writer: &mut TranscriptWriter<'_>) {
    writer.begin_session("", None);
    let id = read_text(data.message_id).unwrap_or_default();
    let message = hash_texts(&["message", &id]);
    if !read_list(data.tool_requests).is_empty() {
        writer.drop_answer();
        return;
    }
    let text = read_head(data.content, MOST_LOOKED_AT).unwrap_or_default();
    writer.hold_answer(message, &text);
    if read_text(data.phase).is_some_and(|phase| phase == "final_answer") {
        writer.confirm_answer();
    }
}

fn read_call(data: &CopilotData<'_>, side: bool, writer: &mut TranscriptWriter<'_>) -> LineOutcome {
    let name = read_text(data.tool_name).unwrap_or_default();
    LineOutcome::understood_if(writer.add_call_once(TranscriptCall {
        id: &read_text(data.tool_call_id).unwrap_or_default(),
        message: 1,
        side,
        call: read_tool_call(&name, &read_tool_field(data.arguments)),
    }))
}

fn read_completion(data: &CopilotData<'_>, writer: &mut TranscriptWriter<'_>) -> LineOutcome {
    let id = read_text(data.tool_call_id).unwrap_or_default();
    let success = read_flag(data.success);
    let error = read_object::<CopilotPart<'_>>(data.error).unwrap_or_default();
    let name = writer.pending_name(&id).unwrap_or_default();
    let is_shell = tool_kind(name, &Value::Null) == ToolKind::Shell;
    let mut result = match read_head(error.message.or(data.error), MOST_LOOKED_AT) {
        Some(message) => read_result_text(&message, success.or(Some(false)), is_shell),
        None => read_result(&read_bounded_field(data.result), is_shell),
    };
    result.mark_unused(&read_text(error.code).unwrap_or_default());
    // That a command ran is a success to the program.
    if result.exit.is_none() && !(is_shell && success == Some(true)) {
        result.ok = success.or(result.ok);
    }
    let shell = read_object::<CopilotPart<'_>>(data.shell_execution).unwrap_or_default();
    if let Some(exit) = read_exit_status(shell.exit_code) {
        let output = std::mem::take(&mut result.output);
        result = ToolResult::exited(exit, &output);
    }
    LineOutcome::understood_if(writer.add_result(&id, &result))
}

fn read_shutdown(data: &CopilotData<'_>, writer: &mut TranscriptWriter<'_>) {
    let changes = read_object::<CopilotPart<'_>>(data.code_changes).unwrap_or_default();
    let told = read_texts(changes.files_modified).into_iter().take(500);
    // What was deleted stands among them, too.
    let told: Vec<String> = told.filter(|path| !writer.has_deleted(path)).collect();
    for path in told {
        writer.add(EventKind::File {
            path,
            action: FileAction::Modified,
            from: None,
        });
    }
    writer.end_session(&read_text(data.shutdown_type).unwrap_or_default());
}
