//! The generic form, for agents that have no module here: one JSON object on stdin, with `event` and, where there is something to
//! say, `session` (the agent's own id of its session), `cwd` and `transcript`. The events:
//!
//! | `event` | further fields |
//! |---|---|
//! | `start` | `reason` (`startup`, `resume` …); answered with `{"context": "…"}` or nothing |
//! | `prompt` | `text`: what the user asked for |
//! | `tool` | `name`; `input` with `file_path`, `command` …; `ok`, `exit`, `error`, `output` |
//! | `file` | `path`; `action`: `read`, `created`, `modified` (default), `renamed`, `deleted`; `from` |
//! | `command` | `command`; `ok`, `exit`, `error`, `output` |
//! | `commit` | `hash`, `subject` |
//! | `decision` | `text`, `why` |
//! | `blocker` | `text`, `resolution` |
//! | `progress` | `text` |
//! | `compact` | `summary` |
//! | `answer` | `text`: the agent answered and waits for its user |
//! | `directory` | `path`: the agent works there now |
//! | `end` | `reason` |
//!
//! A tool is understood by its name as that of any agent: `write` with `file_path` is a changed
//! file. `subagent: true` marks what a sub-agent did: its files and commands count, what it was
//! prompted with and what it answered do not.

use super::EventKind;
use super::hooks::{
    ContextForm, EventName, HookBase, HookEvent, HookWriter, read_event_name, read_lifecycle_event,
};
use super::json::JsonFields as _;
use super::profile::{Claim, Profile};
use super::tool_effect::{
    ToolResult, commit_event, read_command_line, read_outcome_fields, read_path,
};
use crate::model::FileAction;
use serde_json::Value;

/// Any agent that has no module here.
pub(super) static PROFILE: Profile = Profile {
    name: "generic",
    title: "another agent",
    aliases: &[],
    programs: &[],
    caller: None,
    claim_payload,
    has_shared_hooks: false,
    session_variable: None,
    project_variable: None,
    read_call: None,
    read_hook,
    context_form: ContextForm::Field("context"),
    transcripts: None,
    only_in_transcript: None,
    installation: None,
};

fn claim_payload(json: &Value) -> Option<Claim> {
    let is_named = read_event_name(json) == EventName::None && json.text(&["event"]).is_some();
    is_named.then_some(Claim::Certain)
}

pub(super) fn read_hook(base: &HookBase<'_>, writer: &mut HookWriter<'_>) -> HookEvent {
    let json = base.json;
    let text = |names: &[&str]| json.text(names).unwrap_or_default();
    let said = text(&["text", "message", "summary"]);
    match base.event_key().as_str() {
        "start" => {
            writer.add_start(text(&["reason", "source"]), base.cwd());
            HookEvent::Start
        }
        "prompt" => {
            writer.add_prompt(text(&["text", "prompt"]));
            HookEvent::Prompt
        }
        "tool" => {
            add_tool(json, writer);
            HookEvent::Tool
        }
        "file" => {
            add_file(json, writer);
            HookEvent::Tool
        }
        "command" => {
            writer.add_command(&read_command_line(json), &read_result(json));
            HookEvent::Tool
        }
        "compact" | "compaction" => {
            writer.add_compaction(said);
            HookEvent::Compaction
        }
        "answer" => {
            writer.add_answer(said);
            HookEvent::Stop
        }
        "directory" => {
            writer.add_directory(json.text(&["path"]).unwrap_or(base.cwd()));
            HookEvent::Directory
        }
        "end" => {
            writer.add_end(text(&["reason"]));
            HookEvent::End
        }
        key => match read_note(key, json) {
            Some(kinds) => {
                kinds.into_iter().for_each(|kind| writer.add(kind));
                HookEvent::Note
            }
            None => read_lifecycle_event(key, base, writer),
        },
    }
}

/// Reads an event that is a note in itself.
fn read_note(key: &str, json: &Value) -> Option<Vec<EventKind>> {
    let text = |names: &[&str]| json.text(names).unwrap_or_default().to_owned();
    let kind = match key {
        "commit" => {
            let commit = commit_event(&text(&["hash", "sha"]), &text(&["subject", "text"]));
            return Some(commit.into_iter().collect());
        }
        "decision" => EventKind::Decision {
            decision: text(&["decision", "text"]),
            rationale: text(&["why", "rationale"]),
        },
        "blocker" => EventKind::Blocker {
            blocker: text(&["blocker", "text"]),
            resolution: text(&["resolution"]),
        },
        "progress" => EventKind::Progress {
            text: text(&["text", "message", "summary"]),
        },
        _ => return None,
    };
    Some(vec![kind])
}

fn add_file(json: &Value, writer: &mut HookWriter<'_>) {
    let action = FileAction::from_name(json.text(&["action"]).unwrap_or_default());
    writer.add(EventKind::File {
        path: read_path(json).unwrap_or_default().to_owned(),
        action: action.unwrap_or(FileAction::Modified),
        from: json
            .text(&["from"])
            .filter(|from| !from.is_empty())
            .map(str::to_owned),
    });
}

fn add_tool(json: &Value, writer: &mut HookWriter<'_>) {
    let input = match json.at(&["input", "args"]) {
        Value::Null => json,
        input => input,
    };
    let name = json.text(&["name", "tool"]).unwrap_or_default();
    writer.add_tool(name, input, &read_result(json));
}

fn read_result(json: &Value) -> ToolResult {
    let result = read_outcome_fields(json);
    let failed = json.text(&["error"]).is_some();
    ToolResult {
        ok: result.ok.or(failed.then_some(false)),
        error: json.text(&["error"]).map_or(result.error, str::to_owned),
        ..result
    }
}
