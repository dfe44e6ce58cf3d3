//! What came of the tools of Copilot CLI: a type of result and a text, below which the status of a
//! command is noted. Hooks and transcripts name the fields differently.

use crate::agents::json::JsonFields as _;
use crate::agents::tool_effect::{ToolResult, is_refusal, read_leading_number};
use serde_json::Value;

/// Reads the result of a tool.
pub(super) fn read_result(result: &Value) -> ToolResult {
    let fields = [
        "textResultForLlm",
        "text_result_for_llm",
        "content",
        "detailedContent",
    ];
    let text = result.text(&fields).or(result.as_str());
    let kind = result.text(&["resultType", "result_type"]);
    let error = result
        .text(&["error"])
        .or_else(|| result.at(&["error"]).text(&["message"]));
    let mut read = read_result_text(
        text.or(error).unwrap_or_default(),
        kind.map(|kind| kind == "success"),
    );
    read.refused |= matches!(kind, Some("denied" | "rejected"));
    if let (Some(false), Some(error)) = (read.ok, error) {
        read.error = error.to_owned();
    }
    read
}

/// Reads the text of a result; `told` is whether the program takes the tool for a success, which
/// holds for a command that ran at all.
pub(super) fn read_result_text(text: &str, told: Option<bool>) -> ToolResult {
    if let Some((exit, output)) = split_exit_note(text) {
        return ToolResult::exited(exit, output);
    }
    let told = told.filter(|told| !told || !is_running(text));
    let failed = told == Some(false);
    ToolResult {
        ok: told,
        error: if failed { text } else { "" }.to_owned(),
        output: text.to_owned(),
        refused: failed && is_refusal(text),
        ..ToolResult::default()
    }
}

/// Whether a note in the last line says that a command goes on: `<shellId: 1 is still running …>`.
fn is_running(text: &str) -> bool {
    let last = text
        .trim_end()
        .rsplit('\n')
        .next()
        .unwrap_or_default()
        .trim();
    let note = last
        .strip_prefix('<')
        .and_then(|note| note.strip_suffix('>'));
    note.is_some_and(|note| note.contains("running") || note.contains("background"))
}

/// Reads `<exited with exit code 1>` or `<shellId: 1 completed with exit code 1>` in the last
/// line. Returns the status and what stands above.
fn split_exit_note(text: &str) -> Option<(i32, &str)> {
    let text = text.trim_end();
    let (output, last) = text.rsplit_once('\n').unwrap_or(("", text));
    let note = last.strip_prefix('<')?.strip_suffix('>')?;
    let status = note.rsplit_once("exit code ")?.1;
    Some((read_leading_number(status)?, output))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exit_status_is_the_note_behind_the_output() {
        let note = split_exit_note;
        assert_eq!(note("a\n<exited with exit code 1>"), Some((1, "a")));
        assert_eq!(
            note("\n<shellId: 1 completed with exit code 0>\n"),
            Some((0, ""))
        );
        assert_eq!(note("<x exit code 1>\nmore"), None);
        assert_eq!(note("exit code 1"), None);
        assert_eq!(note(""), None);
        let running = "x\n<shellId: 3 is still running after 30 seconds.>";
        assert_eq!(read_result_text(running, Some(true)).ok, None);
    }
}
