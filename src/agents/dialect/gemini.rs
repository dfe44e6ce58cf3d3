//! Gemini CLI. Source: `docs/hooks/reference.md` of gemini-cli, and its shell tool.

use super::HookEvent;
use super::base::Base;
use super::claude;
use super::lifecycle;
use super::shell::leading_number;
use super::sink::Sink;
use super::tool_names::{Kind, kind};
use super::tools::{Outcome, Use, used};
use super::wire::Fields as _;
use serde_json::Value;

pub(super) fn read(base: &Base<'_>, sink: &mut Sink<'_>) -> HookEvent {
    let key = base.event_key();
    match key.as_str() {
        "aftertool" | "posttooluse" => {
            let json = base.json;
            let (name, input) = (json.text(&["tool_name"]), json.at(&["tool_input"]));
            let response = json.at(claude::RESPONSE);
            let name = name.unwrap_or_default();
            let is_shell = kind(name, input) == Kind::Shell;
            let outcome = outcome(response, is_shell);
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
            HookEvent::Tool
        }
        key => lifecycle::read(key, base, sink),
    }
}

fn outcome(response: &Value, is_shell: bool) -> Outcome<'_> {
    let shown = response.text(&["returnDisplay"]).unwrap_or_default();
    let text = content(response.at(&["llmContent"])).unwrap_or(shown);
    let failed = response.at(&["error"]);
    let error = failed.as_str().or_else(|| failed.text(&["message"]));
    let exit = if is_shell {
        exit(text).or_else(|| exit(shown))
    } else {
        None
    };
    let is_answer = !text.is_empty() || response.is_object();
    let failed = error.is_some() || exit.is_some_and(|exit| exit != 0);
    let output = output(text);
    Outcome {
        ok: is_answer.then_some(!failed),
        exit,
        error: if failed { error.unwrap_or(output) } else { "" },
        output,
        created: created(text),
        ..Outcome::default()
    }
}

/// Returns the text that the model is given: as it is, or as a part, or the first of several.
fn content(content: &Value) -> Option<&str> {
    let part = content.as_array().and_then(|parts| parts.first());
    let part = part.unwrap_or(content);
    part.as_str().or_else(|| part.text(&["text"]))
}

/// Returns what a command printed, out of what is told of it.
fn output(text: &str) -> &str {
    let Some((_, output)) = text.split_once("Output: ") else {
        return text;
    };
    let ends = ["\nError: (none)", "\nExit Code:"];
    let end = ends.iter().find_map(|end| output.rfind(end));
    &output[..end.unwrap_or(output.len())]
}

/// Returns the exit status, which is the last line but for some about processes: what the
/// command itself printed stands above.
fn exit(text: &str) -> Option<i32> {
    let behind = ["Signal:", "Background PIDs:", "Process Group PGID:"];
    let mut lines = text.trim_end().rsplit('\n');
    let last = lines.find(|line| !behind.iter().any(|name| line.starts_with(name)))?;
    let status = last.strip_prefix("Exit Code:");
    leading_number(status.or_else(|| last.strip_prefix("Command exited with code:"))?)
}

fn created(text: &str) -> Option<bool> {
    if text.starts_with("Successfully created") || text.starts_with("Created new file") {
        Some(true)
    } else {
        text.starts_with("Successfully ").then_some(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_status_is_the_last_line_and_not_what_the_command_printed() {
        for (text, status) in [
            (
                "Command: x\nOutput: a\nError: (none)\nExit Code: 2\nSignal: 0\nBackground PIDs: (none)",
                Some(2),
            ),
            ("Output: a\nExit Code: 1", Some(1)),
            ("Output: Exit Code: 1\nmore", None),
            ("Command exited with code: 3", Some(3)),
            ("Exit Code: (none)", None),
            ("", None),
        ] {
            assert_eq!(exit(text), status, "{text}");
        }
        let fine = json!({"llmContent": [{"text": "Output: ok"}]});
        assert_eq!(outcome(&fine, true).ok, Some(true));
        let broken = json!({"llmContent": "x", "error": {"message": "no such file"}});
        let broken = outcome(&broken, false);
        assert_eq!((broken.ok, broken.error), (Some(false), "no such file"));
        assert_eq!(outcome(&json!(null), true).ok, None);
    }
}
