//! opencode, through the plugin that is installed with this program: it passes on what
//! opencode's own hooks are given, as one object with `event` (the name of the hook, or of the
//! event that opencode sends), `sessionID`, `directory`, and
//!
//! - for `tool.execute.after`: `tool`, `args`, and `title`, `output`, `metadata`, either directly
//!   or below `output`;
//! - for `chat.message`: `text`, or `parts` as opencode has them;
//! - for events: their `properties`, either directly or below `properties`.
//!
//! Events of the [generic form](super#the-generic-form) are understood too. Source: the types of
//! `@opencode-ai/plugin`, V1.

use super::HookEvent;
use super::base::Base;
use super::generic;
use super::notes::steps;
use super::sink::Sink;
use super::tool_names::{Kind, kind};
use super::tools::{Outcome, Use, path, used};
use super::wire::Fields as _;
use crate::model::FileAction;
use serde_json::Value;

pub(super) fn read(base: &Base<'_>, sink: &mut Sink<'_>) -> HookEvent {
    let key = base.event_key();
    let json = base.json;
    let properties = match json.at(&["properties"]) {
        Value::Null => json,
        properties => properties,
    };
    match key.as_str() {
        "sessioncreated" => {
            sink.start("startup", base.cwd());
            HookEvent::Start
        }
        "chatmessage" => {
            sink.prompt(&prompt(json));
            HookEvent::Prompt
        }
        "toolexecuteafter" | "tool" => {
            tool(json, sink);
            HookEvent::Tool
        }
        "fileedited" => {
            let path = path(properties).or_else(|| properties.text(&["file"]));
            sink.file(path.unwrap_or_default(), FileAction::Modified);
            HookEvent::Tool
        }
        "todoupdated" => {
            steps(properties, &Value::Null, sink);
            HookEvent::Note
        }
        "sessioncompacted" | "experimentalsessioncompacting" => {
            sink.compaction("");
            HookEvent::Compaction
        }
        "sessionidle" => {
            sink.answer(json.text(&["text"]).unwrap_or_default());
            HookEvent::Stop
        }
        "sessiondeleted" | "dispose" => {
            sink.ended(base.event.unwrap_or_default());
            HookEvent::End
        }
        _ if is_quiet(&key) => HookEvent::Quiet,
        _ => generic::read(base, sink),
    }
}

fn is_quiet(key: &str) -> bool {
    let groups = [
        "command",
        "file",
        "installation",
        "lsp",
        "mcp",
        "message",
        "permission",
        "project",
        "pty",
        "server",
        "session",
        "shell",
        "toolexecutebefore",
        "tui",
        "vcs",
        "worktree",
    ];
    // The generic form has names of one word.
    !matches!(key, "command" | "file") && groups.iter().any(|group| key.starts_with(group))
}

/// Returns what the user wrote, without what opencode put beside it.
fn prompt(json: &Value) -> String {
    let output = json.at(&["output"]);
    let parts = match json.items(&["parts"]) {
        [] => output.items(&["parts"]),
        parts => parts,
    };
    let written = |part: &&Value| {
        part.text(&["type"]).is_none_or(|kind| kind == "text")
            && part.flag(&["synthetic", "ignored"]) != Some(true)
    };
    let texts = parts
        .iter()
        .filter(written)
        .filter_map(|part| part.text(&["text"]));
    match json.text(&["text", "prompt"]) {
        Some(text) => text.to_owned(),
        None => texts.collect::<Vec<&str>>().join("\n"),
    }
}

fn tool(json: &Value, sink: &mut Sink<'_>) {
    let name = json.text(&["tool", "name"]).unwrap_or_default();
    let inner = json.at(&["input"]);
    let input = match json.at(&["args"]) {
        Value::Null if inner.has(&["args"]) => inner.at(&["args"]),
        Value::Null => inner,
        args => args,
    };
    let response = match json.at(&["output"]) {
        output if output.is_object() => output,
        _ => json,
    };
    let outcome = outcome(name, input, response);
    // Tools of MCP servers have names like any other, so that none is unknown.
    used(
        &Use {
            name,
            input,
            response,
            outcome,
        },
        sink,
    );
}

fn outcome<'a>(name: &str, input: &Value, response: &'a Value) -> Outcome<'a> {
    let metadata = response.at(&["metadata"]);
    let exit = metadata.number(&["exit", "exitCode", "exit_code"]);
    let error = response
        .text(&["error"])
        .or_else(|| metadata.text(&["error"]));
    let output = response.text(&["output"]).unwrap_or_default();
    let is_shell = kind(name, input) == Kind::Shell;
    let ok = match (exit, error) {
        (Some(exit), _) => Some(exit == 0),
        (None, Some(_)) => Some(false),
        (None, None) => (!is_shell).then_some(true),
    };
    Outcome {
        ok,
        exit,
        error: match ok {
            Some(false) => error.unwrap_or(output),
            _ => "",
        },
        output,
        created: metadata.flag(&["exists"]).map(|existed| !existed),
        ..Outcome::default()
    }
}
