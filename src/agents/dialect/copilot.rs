//! GitHub Copilot CLI. Its payloads in camel case do not name their event: the configuration
//! does, and without it the fields tell. Under the names of Claude Code's events it sends those
//! fields instead.
//!
//! Source: docs.github.com, cli-hooks-reference, and payloads of version 1.0.91.

use super::HookEvent;
use super::base::Base;
use super::claude;
use super::lifecycle;
use super::shell::leading_number;
use super::sink::Sink;
use super::tool_names::{Kind, kind};
use super::tools::{Outcome, Use, used};
use super::wire::{Fields as _, within};
use serde_json::Value;

pub(super) fn read(base: &Base<'_>, sink: &mut Sink<'_>) -> HookEvent {
    let json = base.json;
    let key = match base.event {
        Some(_) => base.event_key(),
        None => by_fields(json).to_owned(),
    };
    let refused = || {
        json.text(&["reason", "error"])
            .unwrap_or("permission denied")
    };
    match key.as_str() {
        "posttooluse" => tool(json, None, sink),
        "posttoolusefailure" => tool(json, Some(claude::failure(json)), sink),
        "permissiondenied" => {
            let outcome = Outcome {
                ok: Some(false),
                error: refused(),
                refused: true,
                ..Outcome::default()
            };
            tool(json, Some(outcome), sink);
        }
        key => return lifecycle::read(key, base, sink),
    }
    HookEvent::Tool
}

/// Returns the event that sends these fields.
fn by_fields(json: &Value) -> &'static str {
    let tool = json.has(&["toolName", "tool_name"]);
    match () {
        () if tool && json.has(&["toolResult", "tool_result", "tool_response"]) => "posttooluse",
        () if tool && json.has(&["error"]) => "posttoolusefailure",
        () if tool => "pretooluse",
        () if json.has(&["prompt"]) => "userpromptsubmitted",
        () if json.has(&["stopReason", "stop_reason"]) => "agentstop",
        () if json.has(&["agentName", "agentId"]) => "subagentstop",
        () if json.has(&["trigger", "customInstructions"]) => "precompact",
        () if json.has(&["error"]) => "erroroccurred",
        () if json.has(&["source", "initialPrompt"]) => "sessionstart",
        () if json.has(&["reason"]) => "sessionend",
        () if json.has(&["message", "notification_type"]) => "notification",
        () => "",
    }
}

fn tool(json: &Value, outcome: Option<Outcome<'_>>, sink: &mut Sink<'_>) {
    let name = json.text(&["toolName", "tool_name"]).unwrap_or_default();
    let given = json.at(&["toolArgs", "toolInput", "tool_input"]);
    let parsed = given.as_str().and_then(within);
    let input = parsed.as_ref().unwrap_or(given);
    let response = json.at(&["toolResult", "tool_result", "tool_response"]);
    let outcome = outcome.unwrap_or_else(|| self::outcome(name, input, response));
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
    let text = response.text(&["textResultForLlm", "text_result_for_llm", "content"]);
    let text = text.or(response.as_str()).unwrap_or_default();
    let kind = kind(name, input);
    let result = response.text(&["resultType", "result_type"]);
    let note = match kind {
        Kind::Shell => note(text),
        _ => None,
    };
    let (exit, text) = note.map_or((None, text), |(exit, output)| (Some(exit), output));
    let said = result.map(|result| result == "success");
    let ok = exit.map(|exit| exit == 0).or(said);
    let error = response.text(&["error"]).unwrap_or(text);
    Outcome {
        ok,
        exit,
        error: if ok == Some(false) { error } else { "" },
        refused: matches!(result, Some("denied" | "rejected")),
        output: text,
        // Its `create` makes new files only; there is another tool for the rest.
        created: (kind == Kind::Write).then_some(true),
        ..Outcome::default()
    }
}

/// Reads `<exited with exit code 1>` or `<shellId: 1 completed with exit code 1>` in the last
/// line. Returns the status and what stands above.
fn note(text: &str) -> Option<(i32, &str)> {
    let text = text.trim_end();
    let (output, last) = text.rsplit_once('\n').unwrap_or(("", text));
    let note = last.strip_prefix('<')?.strip_suffix('>')?;
    Some((leading_number(note.rsplit_once("exit code ")?.1)?, output))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exit_status_is_the_note_behind_the_output() {
        assert_eq!(note("a\n<exited with exit code 1>"), Some((1, "a")));
        assert_eq!(
            note("\n<shellId: 1 completed with exit code 0>\n"),
            Some((0, ""))
        );
        assert_eq!(note("<x exit code 1>\nmore"), None);
        assert_eq!(note("exit code 1"), None);
        assert_eq!(note(""), None);
    }
}
