//! The results of Gemini CLI's tools: a text for the model, in which the status of a command is one
//! of the last lines. Hooks are sent `llmContent`; the transcript keeps the same text.

use crate::agents::json::{JsonFields as _, read_embedded_object};
use crate::agents::tool_effect::{
    Answered, ToolResult, is_interruption, read_answers, read_leading_number,
};
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
        result.exit = CommandEnd::read(shown).exit;
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
    if !is_shell {
        let rejected = text.starts_with("Plan rejected");
        let ok = if rejected { Some(false) } else { told };
        return ToolResult {
            ok,
            error: if ok == Some(false) { text } else { "" }.to_owned(),
            output: text.to_owned(),
            created: read_created(text),
            answers: read_embedded_answers(text),
            interrupted: ok == Some(false) && is_interruption(text),
            ..ToolResult::default()
        };
    }
    let end = CommandEnd::read(text);
    let begins = |signs: &[&str]| signs.iter().any(|sign| text.starts_with(sign));
    let cancelled = begins(&["Command was cancelled"]) || is_interruption(text);
    let killed =
        end.is_killed || begins(&["Command was automatically cancelled", "Command timed out"]);
    let ok = match (told, end.exit) {
        _ if cancelled => None,
        (Some(false), _) => Some(false),
        _ if killed => Some(false),
        (_, Some(exit)) => Some(exit == 0),
        // A status is reported only where it is not 0.
        (told, None) if end.is_whole => told,
        _ => None,
    };
    let output = read_printed(text);
    ToolResult {
        ok,
        exit: end.exit,
        error: if ok == Some(false) { output } else { "" }.to_owned(),
        output: output.to_owned(),
        interrupted: cancelled,
        ..ToolResult::default()
    }
}

/// Returns the answers to a question, an object within the text.
pub(super) fn read_embedded_answers(text: &str) -> Vec<Answered> {
    let object = read_embedded_object(text).unwrap_or_default();
    read_answers(object.at(&["answers"]))
}

/// How many of the last lines may hold the status of a command.
const END_LINES: usize = 12;

/// What stands behind the output of a command.
#[derive(Debug, Default)]
struct CommandEnd {
    /// The exit status.
    exit: Option<i32>,
    /// Whether a signal ended it.
    is_killed: bool,
    /// Whether what comes last in every form of it is there.
    is_whole: bool,
}

impl CommandEnd {
    /// Reads the lines behind the output, whatever stands behind them: the wrapper of the text, or
    /// what else the program says. What the command itself printed stands above them.
    fn read(text: &str) -> Self {
        let lines: Vec<&str> = text.lines().rev().take(END_LINES).map(str::trim).collect();
        let last = lines
            .iter()
            .position(|line| line.starts_with("Process Group PGID:"));
        let mut end = CommandEnd {
            is_whole: last.is_some(),
            ..CommandEnd::default()
        };
        for line in &lines[last.unwrap_or_default()..] {
            let status = line.strip_prefix("Exit Code:");
            if let Some(status) = status.or_else(|| line.strip_prefix("Command exited with code:"))
            {
                end.exit = read_leading_number(status);
                end.is_whole = true;
                break;
            }
            if let Some(signal) = line.strip_prefix("Signal:") {
                end.is_killed = !matches!(signal.trim(), "" | "0" | "(none)");
            } else if !is_beside_output(line) {
                break;
            }
        }
        end
    }
}

/// Whether a line behind the output of a command is not of it.
fn is_beside_output(line: &str) -> bool {
    let names = [
        "Background PIDs:",
        "Process Group PGID:",
        "Working Directory:",
    ];
    let is_tag = line.starts_with('<') && line.ends_with('>');
    line.is_empty() || is_tag || names.iter().any(|name| line.starts_with(name))
}

/// Takes off the tags that are written around what comes from outside: since version 0.61
/// `<untrusted_context>`. The closing one may have been cut.
fn without_wrapper(text: &str) -> &str {
    let text = text.trim();
    let tag = text.strip_prefix('<').and_then(|rest| rest.split_once('>'));
    let name = |tag: &'_ str| tag.split(' ').next().unwrap_or_default().to_owned();
    let is_name = |name: &str| {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        !name.is_empty() && name.chars().all(plain)
    };
    match tag.filter(|(tag, inner)| is_name(&name(tag)) && inner.starts_with(['\n', '\r'])) {
        Some((tag, inner)) => {
            let name = name(tag);
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

/// Returns what a command printed, out of its result.
fn read_printed(text: &str) -> &str {
    let Some((_, output)) = text.split_once("Output: ") else {
        return text;
    };
    let ends = ["\nError: (none)", "\nExit Code:", "\nProcess Group PGID:"];
    let end = ends.iter().find_map(|end| output.rfind(end));
    &output[..end.unwrap_or(output.len())]
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
            (
                "Output: a\r\nExit Code: 1\r\nProcess Group PGID: 7\r\nWorking Directory: /w\r\n",
                Some(1),
            ),
            (
                "<untrusted_context a=\"b\">\nOutput: a\nExit Code: 1\nProcess Group PGID: 7\n\
                 </untrusted_context>\n\n<system-reminder>x</system-reminder>",
                Some(1),
            ),
            ("Exit Code: (none)", None),
            ("", None),
        ] {
            assert_eq!(CommandEnd::read(text).exit, status, "{text}");
        }
        let fine = json!({"llmContent": [{"text": "Output: ok\nProcess Group PGID: 7"}]});
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
            ("Output: ok", None, false),
            ("Output: F\n(exit code 1)", None, false),
            (
                "Output: Exit Code: 1\nok\nProcess Group PGID: 7",
                Some(true),
                false,
            ),
            (
                "Note: cut\n<a_b>\nOutput: F\nExit Code: 1\nProcess Group PGID: 7\n</a_b>",
                Some(false),
                false,
            ),
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
    fn answers_and_plans_are_read_from_hooks_as_from_transcripts() {
        let answered = json!({"llmContent": "{\"answers\":{\"0\":\"Token bucket\"}}"});
        let answered = read_response(&answered, false);
        assert_eq!(answered.answers[0].labels, ["Token bucket"]);
        let rejected = json!({"llmContent": "Plan rejected. Feedback: no"});
        assert_eq!(read_response(&rejected, false).ok, Some(false));
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
