//! The hooks of Codex CLI: those of Claude Code, with its own tools and its own way to tell what
//! came of them, and the older `notify`.
//!
//! Since version 0.171 the response of a command is what it printed, without its status; see
//! [`transcript`](super::transcript). Source: developers.openai.com/codex/hooks.

use super::common_tool_name;
use super::results::read_output;
use crate::agents::claude::RESPONSE;
use crate::agents::hooks::{HookBase, HookEvent, HookWriter, read_lifecycle_event};
use crate::agents::json::JsonFields as _;
use crate::agents::tool_effect::{ToolResult, read_command_line};
use crate::session::resume::verification;
use serde_json::Value;

pub(super) fn read_hook(base: &HookBase<'_>, writer: &mut HookWriter<'_>) -> HookEvent {
    if base.event.is_none() && base.json.text(&["type"]) == Some("agent-turn-complete") {
        return read_notification(base.json, writer);
    }
    let json = base.json;
    let result = match base.event_key().as_str() {
        "posttooluse" => read_output(json.at(RESPONSE)),
        "posttoolusefailure" => ToolResult::failure(json.text(&["error"]).unwrap_or_default()),
        key => return read_lifecycle_event(key, base, writer),
    };
    let name = common_tool_name(json.text(&["tool_name"]).unwrap_or_default());
    let input = json.at(&["tool_input"]);
    let result = match json.text(&["transcript_path"]) {
        Some(_) => result,
        // Nothing else will tell.
        None => with_printed_outcome(result, &read_command_line(input)),
    };
    writer.add_known_tool(name, input, &result);
    HookEvent::Tool
}

/// Returns the result of a check with the outcome that its output tells at its end.
fn with_printed_outcome(result: ToolResult, command: &str) -> ToolResult {
    let is_check = verification::event_text(command, None).is_some();
    let outcome = result.ok.is_none() && !result.interrupted && is_check;
    match read_printed_outcome(&result.output).filter(|_| outcome) {
        Some(ok) => ToolResult {
            ok: Some(ok),
            error: if ok { "" } else { &result.output }.to_owned(),
            ..result
        },
        None => result,
    }
}

/// Reads what well-known test programs print last: `FAILED (failures=1)`, `test result: ok.`,
/// `2 failed, 3 passed`. `None` for anything else.
fn read_printed_outcome(output: &str) -> Option<bool> {
    let counted = |line: &str, what: &str| {
        let words: Vec<&str> = line.split([' ', ',', '=', '\t']).collect();
        let mut pairs = words.windows(2);
        pairs.any(|pair| pair[1] == what && pair[0].parse().is_ok_and(|count: u64| count > 0))
    };
    let outcome = |line: &str| {
        let line = line.trim();
        let failed = line.starts_with("FAILED") || line.starts_with("test result: FAILED");
        let passed =
            line == "OK" || line.starts_with("OK (") || line.starts_with("test result: ok");
        if failed || counted(line, "failed") || counted(line, "failing") {
            Some(false)
        } else if passed || counted(line, "passed") || counted(line, "passing") {
            Some(true)
        } else {
            None
        }
    };
    let found: Vec<bool> = output.lines().rev().take(10).filter_map(outcome).collect();
    (!found.is_empty()).then(|| !found.contains(&false))
}

/// The program that is called at the end of a turn, where hooks are not installed.
fn read_notification(json: &Value, writer: &mut HookWriter<'_>) -> HookEvent {
    let messages = json.items(&["input-messages", "input_messages"]);
    for message in messages.iter().filter_map(Value::as_str) {
        writer.add_prompt(message);
    }
    let names = ["last-assistant-message", "last_assistant_message"];
    writer.add_answer(json.text(&names).unwrap_or_default());
    HookEvent::Stop
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_is_read_from_what_test_programs_print_last() {
        for (output, outcome) in [
            ("F\nRan 1 test\n\nFAILED (failures=1)\n", Some(false)),
            (".\nRan 1 test\n\nOK\n", Some(true)),
            ("test result: ok. 3 passed; 0 failed; 0 ignored", Some(true)),
            ("test result: FAILED. 1 passed; 1 failed", Some(false)),
            ("==== 2 failed, 3 passed in 0.1s ====", Some(false)),
            ("==== 3 passed in 0.1s ====", Some(true)),
            ("done", None),
            ("", None),
        ] {
            assert_eq!(read_printed_outcome(output), outcome, "{output}");
        }
    }
}
