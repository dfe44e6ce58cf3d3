//! What came of Gemini CLI's tools: a text for the model, in which the status of a command is one
//! of the last lines. Hooks are sent `llmContent`; the transcript keeps the same text.

use crate::agents::json::JsonFields as _;
use crate::agents::tool_effect::{ToolResult, read_leading_number};
use serde_json::Value;

/// Reads the response of a tool, as hooks are sent it.
pub(super) fn read_response(response: &Value, is_shell: bool) -> ToolResult {
    let shown = response
        .text(&["returnDisplay", "output"])
        .unwrap_or_default();
    let text = read_content(response.at(&["llmContent"])).unwrap_or(shown);
    let failed = response.at(&["error"]);
    let error = failed.as_str().or_else(|| failed.text(&["message"]));
    let is_answer = !text.is_empty() || response.is_object();
    let told = is_answer.then_some(error.is_none());
    let mut result = read_result_text(text, told, is_shell);
    if is_shell && result.exit.is_none() {
        result.exit = read_exit_status(shown);
        result.ok = result.exit.map(|exit| exit == 0).or(result.ok);
    }
    if result.ok == Some(false) {
        result.error = error.map_or(result.output.clone(), str::to_owned);
    }
    result
}

/// Reads the text for the model; `told` is whether the tool succeeded as the program says, which
/// takes a command for a success that ran at all.
pub(super) fn read_result_text(text: &str, told: Option<bool>, is_shell: bool) -> ToolResult {
    let text = without_wrapper(text);
    let exit = if is_shell {
        read_exit_status(text)
    } else {
        None
    };
    let how = if is_shell && exit.is_none() {
        read_ending(text)
    } else {
        CommandEnding::AsTold
    };
    let ok = match (told, &how) {
        (Some(false), _) | (_, CommandEnding::Failed) => Some(false),
        (_, CommandEnding::Unknown | CommandEnding::Cancelled) => None,
        (told, CommandEnding::AsTold) => exit.map(|exit| exit == 0).or(told),
    };
    let output = if is_shell { read_printed(text) } else { text };
    ToolResult {
        ok,
        exit,
        error: if ok == Some(false) { output } else { "" }.to_owned(),
        output: output.to_owned(),
        created: read_created(text),
        interrupted: matches!(how, CommandEnding::Cancelled),
        ..ToolResult::default()
    }
}

/// How a command ended of which no status is told.
enum CommandEnding {
    /// A status is told only where it is not 0.
    AsTold,
    Failed,
    /// The user stopped it.
    Cancelled,
    /// It goes on, or the text is none that is known.
    Unknown,
}

fn read_ending(text: &str) -> CommandEnding {
    let begins = |signs: &[&str]| signs.iter().any(|sign| text.starts_with(sign));
    let mut last = text.trim_end().rsplit('\n').take(4);
    let killed = last.any(|line| {
        let signal = line.strip_prefix("Signal:").map(str::trim);
        signal.is_some_and(|signal| !matches!(signal, "" | "0" | "(none)"))
    });
    if killed || begins(&["Command was automatically cancelled", "Command timed out"]) {
        CommandEnding::Failed
    } else if begins(&["Command was cancelled"]) {
        CommandEnding::Cancelled
    } else if text.is_empty() || begins(&["Output:"]) || text.contains("\nOutput:") {
        CommandEnding::AsTold
    } else {
        CommandEnding::Unknown
    }
}

/// Takes off the tags that are written around what comes from outside: since version 0.61
/// `<untrusted_context>`. The closing one may have been cut.
fn without_wrapper(text: &str) -> &str {
    let text = text.trim();
    let tag = text.strip_prefix('<').and_then(|rest| rest.split_once('>'));
    let is_name = |name: &str| {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        !name.is_empty() && name.chars().all(plain)
    };
    match tag.filter(|(name, inner)| is_name(name) && inner.starts_with('\n')) {
        Some((name, inner)) => {
            let end = inner.strip_suffix(&format!("</{name}>")).unwrap_or(inner);
            end.trim()
        }
        None => text,
    }
}

/// Returns the text that the model is given: as it is, or as a part, or the first of several.
fn read_content(content: &Value) -> Option<&str> {
    let part = content.as_array().and_then(|parts| parts.first());
    let part = part.unwrap_or(content);
    part.as_str().or_else(|| part.text(&["text"]))
}

/// Returns what a command printed, out of what is told of it.
fn read_printed(text: &str) -> &str {
    let Some((_, output)) = text.split_once("Output: ") else {
        return text;
    };
    let ends = ["\nError: (none)", "\nExit Code:", "\nProcess Group PGID:"];
    let end = ends.iter().find_map(|end| output.rfind(end));
    &output[..end.unwrap_or(output.len())]
}

/// Returns the exit status, which is the last line but for some about processes: what the command
/// itself printed stands above.
fn read_exit_status(text: &str) -> Option<i32> {
    let behind = ["Signal:", "Background PIDs:", "Process Group PGID:"];
    let mut lines = text.trim_end().rsplit('\n');
    let last = lines.find(|line| !behind.iter().any(|name| line.starts_with(name)))?;
    let status = last.strip_prefix("Exit Code:");
    read_leading_number(status.or_else(|| last.strip_prefix("Command exited with code:"))?)
}

fn read_created(text: &str) -> Option<bool> {
    let created = ["Successfully created", "Created new file"];
    if created.iter().any(|sign| text.starts_with(sign)) || text.contains("to new file") {
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
            assert_eq!(read_exit_status(text), status, "{text}");
        }
        let fine = json!({"llmContent": [{"text": "Output: ok"}]});
        assert_eq!(read_response(&fine, true).ok, Some(true));
        let broken = json!({"llmContent": "x", "error": {"message": "no such file"}});
        let broken = read_response(&broken, false);
        assert_eq!(
            (broken.ok, broken.error.as_str()),
            (Some(false), "no such file")
        );
        assert_eq!(read_response(&json!(null), true).ok, None);
    }

    #[test]
    fn a_command_without_a_status_is_no_success_for_that() {
        for (text, ok, interrupted) in [
            ("Output: ok\nProcess Group PGID: 7", Some(true), false),
            (
                "<tool_output>\nOutput: x\nExit Code: 1\n</tool_output>",
                Some(false),
                false,
            ),
            (
                "Output: x\nSignal: 9\nProcess Group PGID: 7",
                Some(false),
                false,
            ),
            (
                "Command was automatically cancelled because it exceeded the timeout of 5.0 minutes",
                Some(false),
                false,
            ),
            (
                "Command was cancelled by user before it could complete.",
                None,
                true,
            ),
            (
                "Command moved to background (PID: 7). Output hidden.",
                None,
                false,
            ),
        ] {
            let result = read_response(&json!({ "llmContent": text }), true);
            assert_eq!((result.ok, result.interrupted), (ok, interrupted), "{text}");
        }
        let plain = read_response(&json!({"output": "Output: x\nExit Code: 2"}), true);
        assert_eq!(plain.exit, Some(2));
    }

    #[test]
    fn a_failure_within_the_wrapper_is_a_failure() {
        let text = "<untrusted_context>\nOutput: FAILED (failures=1)\nExit Code: 1\n\
                    Process Group PGID: 8608\n</untrusted_context>";
        let result = read_response(&json!({ "llmContent": text }), true);
        assert_eq!((result.ok, result.exit), (Some(false), Some(1)));
        assert_eq!(result.error, "FAILED (failures=1)");
    }
}
