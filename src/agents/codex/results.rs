//! The results of Codex's tools: a text, in which the exit status may or may not stand, or an
//! object with one. What it does not say is not guessed. Hooks are sent what the rollout keeps as
//! output.

use crate::agents::json::{JsonFields as _, read_embedded_object};
use crate::agents::tool_effect::{ToolResult, read_answers, read_leading_number};
use serde_json::Value;

/// Reads the output of a tool: a text, a list of texts, an object with one, or JSON in a text.
pub(super) fn read_output(output: &Value) -> ToolResult {
    let embedded = output.as_str().and_then(read_embedded_object);
    match embedded.as_ref().unwrap_or(output) {
        object @ Value::Object(_) => read_object(object),
        text => read_text_output(&join_texts(text)),
    }
}

/// Returns the texts of an output, one below the other.
fn join_texts(output: &Value) -> String {
    let Some(parts) = output.as_array() else {
        return output.as_str().unwrap_or_default().to_owned();
    };
    let texts = parts.iter().take(64);
    let texts = texts.filter_map(|part| part.text(&["text"]).or(part.as_str()));
    texts.collect::<Vec<_>>().join("\n")
}

fn read_object(response: &Value) -> ToolResult {
    let names = ["exit_code", "exitCode"];
    let exit = response.number(&names);
    let exit = exit.or_else(|| response.at(&["metadata"]).number(&names));
    let output = response.text(&["output", "aggregated_output", "stdout"]);
    let output = output.map_or_else(|| join_texts(response.at(&["content"])), str::to_owned);
    let failed = response.flag(&["is_error", "isError"]);
    let said = failed.map(|failed| !failed).or(response.flag(&["success"]));
    let mut result = read_text_output(&output);
    if let Some(ok) = exit.map(|exit| exit == 0).or(said) {
        let error = response.text(&["error", "stderr"]);
        result.ok = Some(ok);
        result.exit = exit.or(result.exit);
        result.error = match (ok, error) {
            (true, _) => String::new(),
            (false, Some(error)) => error.to_owned(),
            (false, None) => result.output.clone(),
        };
    }
    result.answers = read_answers(response.at(&["answers"]));
    result
}

/// Reads the text of an output: `Exit code: 0` or `Process exited with code 0` above a line
/// `Output:`, or the output alone. A status counts only above that line: below it, or without it,
/// it is what the command printed.
pub(super) fn read_text_output(text: &str) -> ToolResult {
    if is_turned_down(text) {
        return ToolResult::failure(text);
    }
    let Some((head, output)) = split_head(text) else {
        let interrupted = is_aborted(text);
        return ToolResult {
            output: text.to_owned(),
            interrupted,
            ..ToolResult::default()
        };
    };
    let status = |line: &str| {
        let status = line.strip_prefix("Exit code:");
        read_leading_number(status.or_else(|| line.strip_prefix("Process exited with code"))?)
    };
    let running = |line: &str| {
        let number = line.strip_prefix("Process running with session ID")?;
        read_leading_number(number).map(i64::from)
    };
    let running = head.lines().find_map(running);
    match head.lines().find_map(status) {
        Some(exit) => ToolResult::exited(exit, output),
        None => ToolResult {
            output: output.to_owned(),
            running,
            ..ToolResult::default()
        },
    }
}

/// Splits an output at its line `Output:`, which comes within the first lines if at all.
fn split_head(text: &str) -> Option<(&str, &str)> {
    let mut at = 0;
    for line in text.split_inclusive('\n').take(12) {
        if matches!(line.trim_end(), "Output:" | "Final output:") {
            return Some((&text[..at], &text[at + line.len()..]));
        }
        at += line.len();
    }
    None
}

/// Returns whether Codex says that the user stopped a command, which may have printed nothing, but
/// for how long it ran.
fn is_aborted(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.starts_with("Wall time:"));
    lines
        .next()
        .is_some_and(|line| line.starts_with("aborted by user"))
}

/// Returns whether Codex says that it could not run the tool, or was not let.
fn is_turned_down(text: &str) -> bool {
    const SIGNS: [&str; 13] = [
        "rejected by user",
        "rejected by the user",
        "exec rejected by user",
        "exec command rejected by user",
        "command rejected by user",
        "apply_patch verification failed",
        "patch rejected",
        "Failed to apply patch",
        "failed to parse function arguments",
        "failed in sandbox",
        "execution error",
        "exec_command failed",
        "unsupported call",
    ];
    SIGNS.iter().any(|sign| text.starts_with(sign))
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
            let result = read_text_output(text);
            assert_eq!(
                (result.ok, result.exit, result.output.as_str()),
                (ok, exit, output),
                "{text}"
            );
        }
        let running = "Process running with session ID 7\nOutput:\n";
        assert_eq!(read_text_output(running).running, Some(7));
        let json = json!({"output": "boom", "metadata": {"exit_code": 2}});
        let result = read_output(&json);
        assert_eq!(
            (result.ok, result.exit, result.error.as_str()),
            (Some(false), Some(2), "boom")
        );
        assert_eq!(read_output(&json!({"success": true})).ok, Some(true));
        assert_eq!(read_output(&json!(null)).ok, None);
        let boxed = json!("{\"output\":\"x\",\"metadata\":{\"exit_code\":0}}");
        assert_eq!(read_output(&boxed).exit, Some(0));
        assert!(read_output(&json!("exec rejected by user")).refused);
    }

    #[test]
    fn what_a_command_prints_is_no_refusal() {
        for text in [
            "throw new Error('User denied access')\n",
            "PASS a\n  ok shows 'rejected by the user'\n5 passed\n",
        ] {
            let result = read_output(&json!(text));
            assert_eq!((result.refused, result.ok), (false, None), "{text}");
        }
        let aborted = read_output(&json!("Wall time: 50.0 seconds\naborted by user"));
        assert!(aborted.interrupted && aborted.ok.is_none());
    }
}
