//! The hooks of opencode, through the plugin that is installed with this program: it passes on what
//! opencode's own hooks are given, as one object with `event` (the name of the hook, or of the
//! event that opencode sends), `sessionID`, `directory`, and
//!
//! - for `tool.execute.after`: `tool`, `args`, and `title`, `output`, `metadata`, either directly
//!   or below `output`;
//! - for `chat.message`: `text`, or `parts` as opencode has them;
//! - for events: their `properties`, either directly or below `properties`.
//!
//! Events of the [generic form](crate::agents::generic) are understood too. Source: the types of
//! `@opencode-ai/plugin`, V1.

use super::results::read_result;
use super::without_quotes;
use crate::agents::generic;
use crate::agents::hooks::{HookBase, HookEvent, HookWriter};
use crate::agents::json::JsonFields as _;
use crate::agents::tool_effect::{ToolKind, ToolResult, read_path, tool_kind};
use crate::model::FileAction;
use serde_json::Value;

pub(super) fn read_hook(base: &HookBase<'_>, writer: &mut HookWriter<'_>) -> HookEvent {
    let key = base.event_key();
    let json = base.json;
    let properties = match json.at(&["properties"]) {
        Value::Null => json,
        properties => properties,
    };
    match key.as_str() {
        "sessioncreated" => {
            writer.add_start("startup", base.cwd());
            HookEvent::Start
        }
        "chatmessage" => {
            writer.add_prompt(&without_quotes(&read_prompt(json)));
            HookEvent::Prompt
        }
        "toolexecuteafter" | "tool" => {
            add_tool(json, writer);
            HookEvent::Tool
        }
        "fileedited" => {
            let path = read_path(properties).or_else(|| properties.text(&["file"]));
            writer.add_file(path.unwrap_or_default(), FileAction::Modified);
            HookEvent::Tool
        }
        "todoupdated" => {
            writer.add_steps(properties);
            HookEvent::Note
        }
        "sessioncompacted" | "experimentalsessioncompacting" => {
            writer.add_compaction("");
            HookEvent::Compaction
        }
        "sessionidle" => {
            writer.add_answer(json.text(&["text"]).unwrap_or_default());
            HookEvent::Stop
        }
        "prompt" => {
            let text = json.text(&["text", "prompt"]).unwrap_or_default();
            writer.add_prompt(&without_quotes(text));
            HookEvent::Prompt
        }
        "sessiondeleted" | "dispose" => {
            writer.add_end(base.event.unwrap_or_default());
            HookEvent::End
        }
        _ if is_quiet_event(&key) => HookEvent::Quiet,
        _ => generic::read_hook(base, writer),
    }
}

fn is_quiet_event(key: &str) -> bool {
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
fn read_prompt(json: &Value) -> String {
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

fn add_tool(json: &Value, writer: &mut HookWriter<'_>) {
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
    let is_shell = tool_kind(name, input) == ToolKind::Shell;
    let result: ToolResult = read_result(response, is_shell);
    // Tools of MCP servers have names like any other, so that none is unknown.
    writer.add_tool(name, input, &result);
}
