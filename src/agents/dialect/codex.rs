//! Codex CLI: the hooks of Claude Code, with its own tools and its own way to tell what came of
//! them, and the older `notify`.
//!
//! The response of a command is a text, in which the exit status may or may not stand; what it
//! does not say is not guessed. Source: developers.openai.com/codex/hooks, version 0.154.

use super::HookEvent;
use super::base::Base;
use super::claude;
use super::shell::leading_number;
use super::sink::Sink;
use super::tools::Outcome;
use super::wire::{Fields as _, within};
use serde_json::Value;

pub(super) fn read(base: &Base<'_>, sink: &mut Sink<'_>) -> HookEvent {
    if base.event.is_none() && base.json.text(&["type"]) == Some("agent-turn-complete") {
        return notified(base.json, sink);
    }
    if base.event_key() != "posttooluse" {
        return claude::read(base, sink);
    }
    let response = base.json.at(claude::RESPONSE);
    let parsed = response.as_str().and_then(within);
    let outcome = match parsed.as_ref().unwrap_or(response) {
        Value::String(text) => of_text(text),
        object => of_object(object),
    };
    claude::tool(base.json, outcome, sink);
    HookEvent::Tool
}

fn of_object(response: &Value) -> Outcome<'_> {
    let names = ["exit_code", "exitCode"];
    let exit = response.number(&names);
    let exit = exit.or_else(|| response.at(&["metadata"]).number(&names));
    let output = response.text(&["output", "aggregated_output", "stdout"]);
    let output = output.unwrap_or_default();
    let failed = response.flag(&["is_error", "isError"]);
    let said = failed.map(|failed| !failed).or(response.flag(&["success"]));
    let Some(ok) = exit.map(|exit| exit == 0).or(said) else {
        return of_text(output);
    };
    Outcome {
        ok: Some(ok),
        exit,
        error: if ok {
            ""
        } else {
            response.text(&["error", "stderr"]).unwrap_or(output)
        },
        output,
        ..Outcome::default()
    }
}

/// Reads the text of a response: `Exit code: 0` or `Process exited with code 0` above a line
/// `Output:`, or the output alone.
fn of_text(text: &str) -> Outcome<'_> {
    if refuses_patch(text) {
        return Outcome {
            ok: Some(false),
            error: text,
            ..Outcome::default()
        };
    }
    let Some((head, output)) = headed(text) else {
        return Outcome {
            output: text,
            ..Outcome::default()
        };
    };
    let status = |line: &str| {
        let status = line.strip_prefix("Exit code:");
        leading_number(status.or_else(|| line.strip_prefix("Process exited with code"))?)
    };
    let exit = head.lines().find_map(status);
    let ok = exit.map(|exit| exit == 0);
    Outcome {
        ok,
        exit,
        error: if ok == Some(false) { output } else { "" },
        output,
        ..Outcome::default()
    }
}

/// Splits a response at its line `Output:`, which comes within the first lines if at all.
fn headed(text: &str) -> Option<(&str, &str)> {
    let mut at = 0;
    for line in text.split_inclusive('\n').take(12) {
        if matches!(line.trim_end(), "Output:" | "Final output:") {
            return Some((&text[..at], &text[at + line.len()..]));
        }
        at += line.len();
    }
    None
}

fn refuses_patch(text: &str) -> bool {
    let starts = [
        "apply_patch verification failed",
        "patch rejected",
        "Failed to apply patch",
    ];
    starts.iter().any(|start| text.starts_with(start))
}

/// The program that is called at the end of a turn, where hooks are not installed.
fn notified(json: &Value, sink: &mut Sink<'_>) -> HookEvent {
    let messages = json.items(&["input-messages", "input_messages"]);
    for message in messages.iter().filter_map(Value::as_str) {
        sink.prompt(message);
    }
    let names = ["last-assistant-message", "last_assistant_message"];
    sink.answer(json.text(&names).unwrap_or_default());
    HookEvent::Stop
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_status_is_taken_from_above_the_output_only() {
        for (text, ok, exit, output) in [
            (
                "Exit code: 0\nWall time: 1 s\nOutput:\nhi\n",
                Some(true),
                Some(0),
                "hi\n",
            ),
            (
                "Chunk ID: a\nProcess exited with code 7\nFinal output:\n",
                Some(false),
                Some(7),
                "",
            ),
            (
                "Exit code: 1\nand more that the command printed",
                None,
                None,
                "Exit code: 1\nand more that the command printed",
            ),
            (
                "Process running with session ID 7\nOutput:\nExit code: 3\n",
                None,
                None,
                "Exit code: 3\n",
            ),
            ("", None, None, ""),
        ] {
            let outcome = of_text(text);
            assert_eq!(
                (outcome.ok, outcome.exit, outcome.output),
                (ok, exit, output),
                "{text}"
            );
        }
        let json = json!({"output": "boom", "metadata": {"exit_code": 2}});
        let outcome = of_object(&json);
        assert_eq!(
            (outcome.ok, outcome.exit, outcome.error),
            (Some(false), Some(2), "boom")
        );
        assert_eq!(of_object(&json!({"success": true})).ok, Some(true));
        assert_eq!(of_object(&json!(null)).ok, None);
    }
}
