//! Transcripts of Claude Code: `projects/SLUG/SESSION.jsonl`, those of sub-agents below
//! `SESSION/subagents`.
//!
//! A line is an object with a `type`; those of a conversation carry `uuid`, `sessionId`, `cwd` and
//! a `message`. The use of a tool and its result are lines of their own. A session that was
//! resumed or forked may begin with copies of the lines of the one before.

use super::results::read_response;
use crate::agents::event::EventKind;
use crate::agents::event_text::limit;
use crate::agents::file_head::FileHead;
use crate::agents::homes::AgentHomes;
use crate::agents::hooks::read_error;
use crate::agents::json::raw_field::{
    Raw, is_true, raw_object, read_head, read_list, read_number, read_object, read_text, read_time,
};
use crate::agents::json::read_tool_field;
use crate::agents::profile::{TranscriptFiles, TranscriptForm, TranscriptFormat};
use crate::agents::tool_effect::read_tool_call;
use crate::agents::transcript::{
    LineFormat, LineOutcome, MOST_LOOKED_AT, TranscriptCall, TranscriptWriter, file_name_text,
    hash_texts, is_uuid,
};
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
            .directory("CLAUDE_CONFIG_DIR", ".claude")
            .join("projects"),
    ]
}

fn recognises(head: &FileHead<'_>) -> bool {
    let of_line = head.has_line(&|line| {
        let own = line.has_any(&["uuid", "leafUuid", "snapshot", "sessionId"]);
        line.has_all(&["type"]) && own && !line.has_any(&["projectHash", "payload"])
    });
    of_line
        || head.begins_with_all(&["\"sessionId\"", "\"uuid\""])
        || head.begins_with_all(&["\"isSidechain\"", "\"sessionId\""])
}

/// Types that are known and say nothing that is wanted; the last six since version 2.1.332.
const WITHOUT_INTEREST: [&str; 24] = [
    "agent-color",
    "agent-name",
    "agent-setting",
    "attachment",
    "content-replacement",
    "file-history-snapshot",
    "last-prompt",
    "marble-origami-commit",
    "mode",
    "permission-mode",
    "progress",
    "queue-operation",
    "speculation-accept",
    "started",
    "summary",
    "system",
    "tag",
    "worktree-state",
    "api-request",
    "api-request-blob",
    "api-request-shape",
    "atis-latch",
    "cost-state",
    "tools-used",
];

/// Tools whose results say something in the text for the model; others are long, and left alone.
const READ_AS_TEXT: [&str; 5] = [
    "Bash",
    "PowerShell",
    "AskUserQuestion",
    "ExitPlanMode",
    "TaskCreate",
];

raw_object! {
    ClaudeLine: kind = "type", uuid, session_id = "sessionId", forked_from = "forkedFrom",
    timestamp, cwd, git_branch = "gitBranch", is_sidechain = "isSidechain", is_meta = "isMeta",
    is_compact_summary = "isCompactSummary", is_api_error_message = "isApiErrorMessage", message,
    tool_use_result = "toolUseResult", custom_title = "customTitle", ai_title = "aiTitle",
    pr_number = "prNumber", pr_url = "prUrl",
}

raw_object! {
    ClaudeMessage: id, model, content, stop_reason,
}

raw_object! {
    ClaudeBlock: kind = "type", text, id, name, input, tool_use_id, content, is_error,
}

/// Reads what the path implies: the name of the file is the id of the session, but that of a
/// sub-agent belongs to the session in whose directory it lies.
fn read_place(writer: &mut TranscriptWriter<'_>) {
    let path = &writer.file.path;
    let stem = file_name_text(path.file_stem());
    let above = path.parent();
    let is_side = stem.starts_with("agent-")
        || path
            .components()
            .any(|part| part.as_os_str() == "subagents");
    let session = &mut writer.state.session;
    session.sub_agent = is_side;
    let subagents = path.ancestors().find(|at| at.ends_with("subagents"));
    let owner = subagents
        .and_then(Path::parent)
        .map(|owner| file_name_text(owner.file_name()));
    let id = if is_side {
        owner.unwrap_or_default()
    } else {
        stem
    };
    if is_uuid(&id) {
        session.id = id.into_owned();
    }
    let project = above
        .map(|above| file_name_text(above.file_name()))
        .unwrap_or_default();
    if !is_side && project.starts_with('-') {
        let project = writer.clean(&project, limit::PATH);
        writer.state.session.project = Some(project);
    }
}

fn read_line(line: &str, writer: &mut TranscriptWriter<'_>) -> LineOutcome {
    let Ok(line) = serde_json::from_str::<ClaudeLine<'_>>(line) else {
        return LineOutcome::Malformed;
    };
    let kind = read_text(line.kind).unwrap_or_default();
    match kind.as_ref() {
        "user" | "assistant" => {}
        "custom-title" => return read_title(line.custom_title, true, writer),
        "ai-title" => return read_title(line.ai_title, false, writer),
        "pr-link" => return read_pull_request(&line, writer),
        known if WITHOUT_INTEREST.contains(&known) => return LineOutcome::Ignored,
        unknown => return LineOutcome::Unknown(unknown.to_owned()),
    }
    let uuid = read_text(line.uuid);
    let key = uuid
        .filter(|uuid| !uuid.is_empty())
        .map(|uuid| hash_texts(&["claude", &uuid]));
    if is_copy(&line, writer) {
        return LineOutcome::Ignored;
    }
    writer.begin_line(read_time(line.timestamp), key);
    let Some(message) = read_object::<ClaudeMessage<'_>>(line.message) else {
        return LineOutcome::Malformed;
    };
    if writer.state.session.branch.is_none() {
        let branch = read_text(line.git_branch).filter(|branch| !branch.is_empty());
        writer.state.session.branch = branch.map(|branch| writer.clean(&branch, limit::NAME));
    }
    let side = is_true(line.is_sidechain) || writer.state.session.sub_agent;
    if !side || !writer.state.begun {
        writer.begin_session("", read_text(line.cwd).as_deref());
    }
    match kind.as_ref() {
        "user" => read_user_message(&line, &message, side, writer),
        _ => read_model_message(&line, &message, side, writer),
    }
}

/// Notes whose line it is. Returns whether it is a copy: of a line that another file here holds, or
/// one that says so itself, wherever that file is now.
fn is_copy(line: &ClaudeLine<'_>, writer: &mut TranscriptWriter<'_>) -> bool {
    raw_object! {
        Fork: session_id = "sessionId",
    }
    let fork = read_object::<Fork<'_>>(line.forked_from);
    let fork = fork.and_then(|fork| read_text(fork.session_id));
    let told = read_text(line.session_id).filter(|id| !id.is_empty() && id.len() <= 200);
    let session = &mut writer.state.session;
    if session.id.is_empty() {
        session.id = told.as_deref().unwrap_or_default().to_owned();
    }
    if session.sub_agent {
        return false;
    }
    let is_forked = fork.is_some();
    let other = fork
        .or(told)
        .filter(|id| *id != session.id && !id.is_empty());
    let Some(other) = other.filter(|id| id.len() <= 200) else {
        return false;
    };
    if session.parent.as_deref() != Some(&*other) {
        session.parent = Some(other.clone().into_owned());
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        let file = writer.file.path.with_file_name(format!("{other}.jsonl"));
        writer.state.copying = other.chars().all(plain) && file.is_file();
    }
    is_forked || writer.state.copying
}

fn read_title(title: Raw<'_>, by_user: bool, writer: &mut TranscriptWriter<'_>) -> LineOutcome {
    let title = read_text(title).filter(|title| !title.trim().is_empty());
    let Some(title) = title else {
        return LineOutcome::Ignored;
    };
    // What the user called it stays.
    let named = hash_texts(&["titled by the user"]);
    if by_user || !writer.state.seen.contains(named) {
        writer.set_title(&title);
    }
    if by_user {
        writer.state.seen.insert(named);
    }
    LineOutcome::Understood
}

fn read_pull_request(line: &ClaudeLine<'_>, writer: &mut TranscriptWriter<'_>) -> LineOutcome {
    let url = read_text(line.pr_url).unwrap_or_default();
    let Some(number) = read_number(line.pr_number) else {
        return LineOutcome::Ignored;
    };
    if writer
        .state
        .seen
        .insert(hash_texts(&["pr", &number.to_string(), &url]))
    {
        let key = hash_texts(&[
            "claude",
            &writer.state.session.id,
            "pr",
            &number.to_string(),
            &url,
        ]);
        writer.begin_line(read_time(line.timestamp), Some(key));
        let text = format!("Pull request #{number} opened {url}");
        writer.add(EventKind::Progress { text });
    }
    LineOutcome::Understood
}

fn read_user_message(
    line: &ClaudeLine<'_>,
    message: &ClaudeMessage<'_>,
    side: bool,
    writer: &mut TranscriptWriter<'_>,
) -> LineOutcome {
    let mut said = read_head(message.content, MOST_LOOKED_AT).map(|text| text.into_owned());
    let mut heard = false;
    for block in read_list(message.content) {
        let Some(block) = read_object::<ClaudeBlock<'_>>(Some(block)) else {
            continue;
        };
        match read_text(block.kind).as_deref() {
            Some("tool_result") => heard |= read_tool_result(line, &block, writer),
            Some("text") => {
                let text = read_head(block.text, MOST_LOOKED_AT).unwrap_or_default();
                let said = said.get_or_insert_default();
                if !said.is_empty() {
                    said.push('\n');
                }
                said.push_str(&text);
            }
            _ => {}
        }
    }
    let text = said.unwrap_or_default();
    if is_true(line.is_compact_summary) {
        writer.add_compaction(&text);
        heard = true;
    } else if !side && !is_true(line.is_meta) && !text.is_empty() {
        heard |= writer.add_prompt(&text);
    }
    LineOutcome::understood_if(heard)
}

fn read_model_message(
    line: &ClaudeLine<'_>,
    message: &ClaudeMessage<'_>,
    side: bool,
    writer: &mut TranscriptWriter<'_>,
) -> LineOutcome {
    let synthetic = read_text(message.model).is_some_and(|model| model == "<synthetic>");
    if synthetic || is_true(line.is_api_error_message) {
        return LineOutcome::Ignored;
    }
    let id = read_text(message.id).unwrap_or_default();
    let id = hash_texts(&["message", &id]);
    if !side {
        writer.add_unanswered_before(id);
    }
    let mut heard = false;
    if let Some(text) = read_head(message.content, MOST_LOOKED_AT).filter(|_| !side) {
        writer.hold_answer(id, &text);
        heard = true;
    }
    for block in read_list(message.content) {
        let Some(block) = read_object::<ClaudeBlock<'_>>(Some(block)) else {
            continue;
        };
        match read_text(block.kind).as_deref() {
            Some("text") if !side => {
                writer.hold_answer(
                    id,
                    &read_head(block.text, MOST_LOOKED_AT).unwrap_or_default(),
                );
                heard = true;
            }
            Some("tool_use") => heard |= read_tool_use(&block, id, side, writer),
            _ => {}
        }
    }
    let ends = read_text(message.stop_reason);
    if !side && ends.is_some_and(|reason| matches!(&*reason, "end_turn" | "stop_sequence")) {
        writer.confirm_answer();
    }
    LineOutcome::understood_if(heard)
}

fn read_tool_use(
    block: &ClaudeBlock<'_>,
    message: u64,
    side: bool,
    writer: &mut TranscriptWriter<'_>,
) -> bool {
    let name = read_text(block.name).unwrap_or_default();
    writer.add_call_once(TranscriptCall {
        id: &read_text(block.id).unwrap_or_default(),
        message,
        side,
        call: read_tool_call(&name, &read_tool_field(block.input)),
    })
}

fn read_tool_result(
    line: &ClaudeLine<'_>,
    block: &ClaudeBlock<'_>,
    writer: &mut TranscriptWriter<'_>,
) -> bool {
    let id = read_text(block.tool_use_id).unwrap_or_default();
    let Some(tool) = writer.pending_name(&id) else {
        return false;
    };
    let is_read_as_text = READ_AS_TEXT.contains(&tool);
    let result = if is_true(block.is_error) {
        read_error(&read_result_text(block.content))
    } else {
        let mut result = read_response(&read_tool_field(line.tool_use_result));
        if is_read_as_text && result.output.is_empty() {
            result.output = read_result_text(block.content);
        }
        if result.step_id.is_none() {
            result.step_id = read_step_number(&result.output);
        }
        result
    };
    writer.add_result(&id, &result)
}

fn read_result_text(content: Raw<'_>) -> String {
    if let Some(text) = read_head(content, MOST_LOOKED_AT) {
        return text.into_owned();
    }
    let texts = read_list(content).into_iter().filter_map(|block| {
        let block: ClaudeBlock<'_> = read_object(Some(block))?;
        read_head(block.text, MOST_LOOKED_AT).map(|text| text.into_owned())
    });
    texts.take(8).collect::<Vec<_>>().join("\n")
}

/// Returns the number behind the first `#`: `Task #3 created`.
fn read_step_number(text: &str) -> Option<String> {
    let (_, rest) = text.split_once('#')?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    (!digits.is_empty()).then_some(digits)
}
