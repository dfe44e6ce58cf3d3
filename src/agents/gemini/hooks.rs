//! The hooks of Gemini CLI. Source: `docs/hooks/reference.md` of gemini-cli, its shell tool, and
//! what version 0.61 sends.

use super::results::read_response;
use crate::agents::hooks::{HookBase, HookEvent, HookWriter, RESPONSE, read_lifecycle_event};
use crate::agents::json::JsonFields as _;
use crate::agents::tool_effect::{ToolKind, tool_kind};

pub(super) fn read_hook(base: &HookBase<'_>, writer: &mut HookWriter<'_>) -> HookEvent {
    let json = base.json;
    match base.event_key().as_str() {
        "aftertool" | "posttooluse" => {
            let name = json.text(&["tool_name"]).unwrap_or_default();
            let input = json.at(&["tool_input"]);
            let is_shell = tool_kind(name, input) == ToolKind::Shell;
            let result = read_response(json.at(RESPONSE), is_shell);
            // Tools of MCP servers have names like any other, so that none is unknown.
            writer.add_tool(name, input, &result);
            HookEvent::Tool
        }
        // Before every request to the model, whether anything is compressed or not.
        "precompress" => HookEvent::Quiet,
        "afteragent" => {
            let said = json.text(&["prompt_response"]).unwrap_or_default();
            // A part of the text may hold a secret that only the rest shows to be one.
            let said = writer.clean_whole(said);
            writer.add_answer(last_paragraph(&said));
            HookEvent::Stop
        }
        key => read_lifecycle_event(key, base, writer),
    }
}

/// All messages of the turn are sent, line after line; the answer comes last. A list goes with
/// the line above it.
fn last_paragraph(said: &str) -> &str {
    let said = said.trim();
    let is_item = |line: &str| {
        let line = line.trim_start();
        let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
        let numbered = number.len() < line.len() && number.starts_with(['.', ')']);
        line.is_empty() || numbered || line.starts_with(['-', '*', '+', '#', '`', '|', '>'])
    };
    let mut start = said.len();
    for line in said.rsplit('\n') {
        start = start.saturating_sub(line.len());
        if !is_item(line) {
            break;
        }
        start = start.saturating_sub(1);
    }
    &said[start..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_what_was_said_last() {
        for (said, answer) in [
            ("Look.\nNow the tests.\nDone.", "Done."),
            ("Now the tests.\nDone:\n- a\n\n1. b", "Done:\n- a\n\n1. b"),
            ("- a\n- b", "- a\n- b"),
            ("Done.", "Done."),
            ("", ""),
        ] {
            assert_eq!(last_paragraph(said), answer, "{said}");
        }
    }
}
