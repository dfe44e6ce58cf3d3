//! The results of Copilot CLI's tools: a type of result and a text, below which the status of a
//! command is noted. Hooks and transcripts name the fields differently.

use crate::agents::json::JsonFields as _;
use crate::agents::tool_effect::{
    ToolResult, is_interruption, is_refusal, number_of_background, read_leading_number,
};
use serde_json::Value;

/// How many of the last lines are looked at for a note.
const NOTE_LINES: usize = 8;

/// Reads the result of a tool.
pub(super) fn read_result(result: &Value, is_shell: bool) -> ToolResult {
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
        is_shell,
    );
    read.mark_unused(kind.unwrap_or_default());
    if let (Some(false), Some(error)) = (read.ok, error) {
        read.error = error.to_owned();
    }
    read
}

/// Reads the text of a result; `told` is whether the program takes the tool for a success, which
/// holds for a command that ran at all: without a note of its status the outcome is unknown.
pub(super) fn read_result_text(text: &str, told: Option<bool>, is_shell: bool) -> ToolResult {
    let note = find_note(text);
    if let Some((CommandNote::Ended(exit), output)) = note {
        return ToolResult::exited(exit, output);
    }
    let running = match note {
        Some((CommandNote::Running(id), _)) => id.map(number_of_background),
        _ => None,
    };
    let told = told.filter(|told| !told || !(is_shell || note.is_some()));
    let failed = told == Some(false);
    // Of an output that is too long only the beginning is passed on.
    let is_cut = is_shell && text.starts_with("Output too large");
    ToolResult {
        ok: told,
        error: if failed { text } else { "" }.to_owned(),
        output: if is_cut { "" } else { text }.to_owned(),
        refused: failed && is_refusal(text),
        interrupted: failed && is_interruption(text),
        running,
        ..ToolResult::default()
    }
}

impl ToolResult {
    /// Marks a tool that was not used, or stopped, as a code or a kind of result says.
    pub(super) fn mark_unused(&mut self, code: &str) {
        self.interrupted |= matches!(code, "interrupted" | "aborted" | "cancelled");
        self.refused |= matches!(code, "denied" | "rejected") && !self.interrupted;
    }
}

/// What Copilot notes below the output of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CommandNote<'a> {
    /// Its exit status.
    Ended(i32),
    /// It goes on, under an id.
    Running(Option<&'a str>),
}

/// Finds the note of a command in the last lines, and what stands above:
/// `<exited with exit code 1>`, `<shellId: 1 completed with exit code 1>`,
/// `<shellId: 1 is still running …>`, `<command started in background with shellId: 1>`, and in VS
/// Code `Command exited with code 1`.
fn find_note(text: &str) -> Option<(CommandNote<'_>, &str)> {
    let mut end = text.trim_end().len();
    for line in text.trim_end().rsplit('\n').take(NOTE_LINES) {
        let start = end - line.len();
        if let Some(note) = read_note(line.trim()) {
            return Some((note, text[..start].trim_end_matches(['\n', '\r'])));
        }
        end = start.saturating_sub(1);
    }
    None
}

fn read_note(line: &str) -> Option<CommandNote<'_>> {
    let status = |text: &str| {
        let codes = ["exit code ", "exited with code "].iter();
        codes
            .filter_map(|code| text.rsplit_once(code))
            .find_map(|(_, rest)| read_leading_number(rest))
    };
    if let Some(rest) = line.strip_prefix("Command exited with code ") {
        return read_leading_number(rest).map(CommandNote::Ended);
    }
    let note = line.strip_prefix('<')?;
    if let Some(exit) = note.strip_suffix('>').and_then(status) {
        return Some(CommandNote::Ended(exit));
    }
    let goes_on = note.contains("still running") || note.contains("in background");
    let id = ["shellId: ", "with id: "].iter().find_map(|name| {
        let (_, rest) = note.split_once(name)?;
        let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '>' | '.' | ','));
        Some(&rest[..end.unwrap_or(rest.len())])
    });
    goes_on.then_some(CommandNote::Running(id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_exit_status_is_a_note_behind_the_output() {
        let ended = |exit, above| Some((CommandNote::Ended(exit), above));
        let running = |id| Some((CommandNote::Running(id), "x"));
        for (text, note) in [
            ("a\n<exited with exit code 1>", ended(1, "a")),
            ("\n<shellId: 1 completed with exit code 0>\n", ended(0, "")),
            ("a\n<command exited with code 1>", ended(1, "a")),
            ("a\nCommand exited with code 1", ended(1, "a")),
            (
                "a\n<exited with exit code 1>\n<system-note>x</system-note>",
                ended(1, "a"),
            ),
            (
                "a\n<shellId: 1 completed with exit code 1>\n\nThe file b changed.",
                ended(1, "a"),
            ),
            ("exit code 1", None),
            ("", None),
            (
                "x\n<shellId: 3 is still running after 30 seconds.>",
                running(Some("3")),
            ),
            (
                "x\n<command started in background with shellId: s1>",
                running(Some("s1")),
            ),
        ] {
            assert_eq!(find_note(text), note, "{text}");
        }
    }

    #[test]
    fn a_command_without_a_note_is_no_success() {
        for text in [
            "x\n<shellId: 3 is still running after 30 seconds.>",
            "Output too large to read at once (61.2 KB). Saved to: /x\n\nPreview:\n1 passed",
            "Command timed out after 120 seconds",
        ] {
            let result = read_result_text(text, Some(true), true);
            assert_eq!((result.ok, result.exit), (None, None), "{text}");
        }
        assert_eq!(
            read_result_text("File written", Some(true), false).ok,
            Some(true)
        );
        let long = read_result_text("Output too large to read\n1 passed", Some(true), true);
        assert_eq!(long.output, "");
    }

    #[test]
    fn what_was_rejected_or_interrupted_did_not_fail() {
        let read = |kind: &str, text: &str| {
            read_result(&json!({"resultType": kind, "textResultForLlm": text}), true)
        };
        assert!(read("rejected", "The user rejected this tool call.").refused);
        assert!(read("failure", "The user rejected this tool call.").refused);
        let stopped = "The execution of this tool, or a previous tool was interrupted.";
        assert!(read("failure", stopped).interrupted);
    }
}
