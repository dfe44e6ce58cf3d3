//! The life of a session: events that most agents have, under much the same names.

use super::HookEvent;
use super::base::HookBase;
use super::writer::HookWriter;
use crate::agents::json::JsonFields as _;
use crate::model::FileAction;

/// Reads an event that is not about a tool. `key` is its name without case and separators.
pub(crate) fn read_lifecycle_event(
    key: &str,
    base: &HookBase<'_>,
    writer: &mut HookWriter<'_>,
) -> HookEvent {
    let json = base.json;
    let text = |names: &[&str]| json.text(names).unwrap_or_default();
    match key {
        "sessionstart" => {
            writer.add_start(text(&["source", "reason"]), base.cwd());
            HookEvent::Start
        }
        "userpromptsubmit" | "userpromptsubmitted" | "beforesubmitprompt" | "beforeagent" => {
            writer.add_prompt(text(&["prompt", "user_prompt", "userPrompt"]));
            HookEvent::Prompt
        }
        "stop" | "agentstop" | "afteragent" => {
            writer.add_answer(text(&[
                "last_assistant_message",
                "lastAssistantMessage",
                "prompt_response",
            ]));
            HookEvent::Stop
        }
        "afteragentresponse" => {
            writer.add_answer(text(&["text", "response"]));
            HookEvent::Stop
        }
        "sessionend" => {
            writer.add_end(text(&["reason", "final_status"]));
            HookEvent::End
        }
        _ => read_other_event(key, base, writer),
    }
}

/// Reads an event that is neither of a turn nor of the beginning or the end.
fn read_other_event(key: &str, base: &HookBase<'_>, writer: &mut HookWriter<'_>) -> HookEvent {
    let json = base.json;
    let text = |names: &[&str]| json.text(names).unwrap_or_default();
    match key {
        "precompact" | "precompress" => {
            writer.add_compaction("");
            HookEvent::Compaction
        }
        "postcompact" => {
            writer.add_compaction(text(&["compact_summary", "compactSummary", "summary"]));
            HookEvent::Compaction
        }
        "taskcompleted" => {
            writer.add_progress(text(&["task_subject", "taskSubject", "subject"]));
            HookEvent::Note
        }
        "cwdchanged" => {
            writer.add_directory(json.text(&["new_cwd", "newCwd"]).unwrap_or(base.cwd()));
            HookEvent::Directory
        }
        "filechanged" => {
            writer.add_file(
                text(&["file_path", "filePath"]),
                change_of_event(text(&["event"])),
            );
            HookEvent::Tool
        }
        _ if QUIET.contains(&key) => HookEvent::Quiet,
        _ => HookEvent::Unknown,
    }
}

fn change_of_event(event: &str) -> FileAction {
    match event {
        "add" => FileAction::Created,
        "unlink" => FileAction::Deleted,
        _ => FileAction::Modified,
    }
}

/// Events that say nothing for a record: what has not happened yet, what another event reports
/// too, and what is not about the work.
const QUIET: [&str; 37] = [
    "afteragentthought",
    "aftermcpexecution",
    "aftermodel",
    "aftertabfileedit",
    "beforemcpexecution",
    "beforemodel",
    "beforeshellexecution",
    "beforetabfileread",
    "beforetool",
    "beforetoolselection",
    "configchange",
    "directoryadded",
    "elicitation",
    "elicitationresult",
    "erroroccurred",
    "instructionsloaded",
    "interrupt",
    "messagedisplay",
    "notification",
    "permissionrequest",
    "posttoolbatch",
    "premcptoolcall",
    "pretooluse",
    "sessiontitle",
    "setup",
    "stopfailure",
    "subagentstart",
    "subagentstop",
    "taskcreated",
    "teammateidle",
    "tokencount",
    "userpromptexpansion",
    "userprompttransformed",
    "workspaceopen",
    "worktreecreate",
    "worktreeremove",
    "worktreechange",
];
