//! The life of a session: events that most agents have, under much the same names.

use super::HookEvent;
use super::base::Base;
use super::sink::Sink;
use super::wire::Fields as _;
use crate::model::FileAction;

/// Reads an event that is not about a tool. `key` is its name without case and separators.
pub(super) fn read(key: &str, base: &Base<'_>, sink: &mut Sink<'_>) -> HookEvent {
    let json = base.json;
    let text = |names: &[&str]| json.text(names).unwrap_or_default();
    match key {
        "sessionstart" => {
            sink.start(text(&["source", "reason"]), base.cwd());
            HookEvent::Start
        }
        "userpromptsubmit" | "userpromptsubmitted" | "beforesubmitprompt" | "beforeagent" => {
            sink.prompt(text(&["prompt", "user_prompt", "userPrompt"]));
            HookEvent::Prompt
        }
        "stop" | "agentstop" | "afteragent" => {
            sink.answer(text(&[
                "last_assistant_message",
                "lastAssistantMessage",
                "prompt_response",
            ]));
            HookEvent::Stop
        }
        "afteragentresponse" => {
            sink.answer(text(&["text", "response"]));
            HookEvent::Stop
        }
        "sessionend" => {
            sink.ended(text(&["reason", "final_status"]));
            HookEvent::End
        }
        "precompact" | "precompress" => {
            sink.compaction("");
            HookEvent::Compaction
        }
        "postcompact" => {
            sink.compaction(text(&["compact_summary", "compactSummary", "summary"]));
            HookEvent::Compaction
        }
        "taskcompleted" => {
            sink.progress(text(&["task_subject", "taskSubject", "subject"]));
            HookEvent::Note
        }
        "cwdchanged" => {
            sink.directory(json.text(&["new_cwd", "newCwd"]).unwrap_or(base.cwd()));
            HookEvent::Directory
        }
        "filechanged" => {
            sink.file(text(&["file_path", "filePath"]), change(text(&["event"])));
            HookEvent::Tool
        }
        _ if QUIET.contains(&key) => HookEvent::Quiet,
        _ => HookEvent::Unknown,
    }
}

fn change(event: &str) -> FileAction {
    match event {
        "add" => FileAction::Created,
        "unlink" => FileAction::Deleted,
        _ => FileAction::Modified,
    }
}

/// Events that say nothing for a record: what has not happened yet, what another event tells
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
