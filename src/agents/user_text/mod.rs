//! What a user really asked: a prompt without what the agent's program wrote around it, or in its
//! place. Hooks and transcripts both read prompts here.

mod programs;

use super::EventKind;
use super::tool_effect::{number_of_background, read_leading_number};
use crate::session::resume::strip_recalled;
use programs::{BEHIND_SUMMARY, BLOCKS, CONTINUED, HOUSEKEEPING, NOT_SAID};
use std::borrow::Cow;

/// Returns the event that a text in the user's name stands for: a prompt as a rule, else a command
/// that the user ran, the end of the session, or a summary of the conversation. `None` if the user
/// wrote nothing in it.
pub(crate) fn read_user_text(text: &str) -> Option<EventKind> {
    let text = without_recall(text);
    let text = take_out_of_wrapper(&text);
    let text = behind_interruption(text);
    let is_told = text.trim_start().starts_with('<');
    let typed = || inside_tag(text, "bash-input").filter(|_| is_told);
    if let Some(command) = typed().or_else(|| shell_block(text)) {
        let command = command.trim().to_owned();
        let (exit, output) = read_shell_result(text);
        let failed = exit.is_some_and(|exit| exit != 0);
        return (!command.is_empty()).then_some(EventKind::Command {
            command,
            ok: exit.map(|exit| exit == 0),
            exit,
            error: if failed { output } else { "" }.to_owned(),
        });
    }
    if let Some(name) = inside_tag(text, "command-name").filter(|_| is_told) {
        return read_slash_command(name, inside_tag(text, "command-args").unwrap_or(""));
    }
    let text = without_blocks(text);
    let text = without_unknown_blocks(&text);
    let says_something = text.contains(char::is_alphanumeric);
    if !says_something || NOT_SAID.iter().any(|sign| text.starts_with(sign)) {
        return None;
    }
    let command = text
        .strip_prefix('/')
        .map(|rest| rest.split(' ').next().unwrap_or(rest));
    if command.is_some_and(|name| HOUSEKEEPING.contains(&name)) {
        return None;
    }
    if text.starts_with(CONTINUED) {
        return Some(EventKind::Compaction {
            summary: read_summary(text),
        });
    }
    Some(EventKind::Prompt {
        text: with_plain_skill(text).into_owned(),
    })
}

/// Returns what stands behind the note that the user interrupted the agent.
fn behind_interruption(text: &str) -> &str {
    let interrupted = text
        .trim_start()
        .strip_prefix("[Request interrupted by user");
    interrupted.map_or(text, |rest| {
        rest.split_once(']').map_or("", |(_, behind)| behind)
    })
}

/// Returns a text that calls a skill by a link to its file, `[$log](…/SKILL.md)`, with its name as
/// the user typed it.
fn with_plain_skill(text: &str) -> Cow<'_, str> {
    let call = text.strip_prefix("[$").and_then(|rest| {
        let (name, rest) = rest.split_once("](")?;
        let (path, rest) = rest.split_once(')')?;
        let is_name = !name.is_empty() && !name.contains(char::is_whitespace);
        (is_name && path.ends_with("SKILL.md")).then(|| format!("${name}{rest}"))
    });
    call.map_or(Cow::Borrowed(text), Cow::Owned)
}

/// Returns a text without what this program put into the conversation, as it was put there, or with
/// the marks of its beginning and end as a program escaped them.
pub(crate) fn without_recall(text: &str) -> Cow<'_, str> {
    // What stands in a whole block goes with that.
    if text.contains("&lt;!-- mx:recall") && !text.contains("</hook_context>") {
        let plain = text
            .replace("&lt;!-- mx:recall", "<!-- mx:recall")
            .replace("&lt;!-- /mx:recall --&gt;", "<!-- /mx:recall -->");
        let left = strip_recalled(&plain);
        let left = left.trim_end();
        // The block that it stood in was cut.
        return Cow::Owned(
            left.strip_suffix("<hook_context>")
                .unwrap_or(left)
                .to_owned(),
        );
    }
    if text.contains("<!-- mx:recall") {
        Cow::Owned(strip_recalled(text))
    } else {
        Cow::Borrowed(text)
    }
}

/// Returns the summary of a compacted conversation without what the agent's program says of it.
pub(crate) fn read_summary(text: &str) -> String {
    let text = without_recall(text);
    let text = without_blocks(&text);
    let mut text = text.trim();
    if text.starts_with(CONTINUED) {
        // The first paragraph says only that there is a summary; alone, it may be one.
        text = text.split_once("\n\n").map_or(text, |(_, summary)| summary);
    }
    for sign in BEHIND_SUMMARY {
        text = text.split_once(sign).map_or(text, |(summary, _)| summary);
    }
    let text = text.trim();
    let inner = inside_tag(text, "summary").map(str::trim);
    inner.unwrap_or(text).to_owned()
}

/// Returns whether a text is one block of tags from its beginning to its end, as programs write
/// them: `<some_tag>…</some_tag>`.
pub(crate) fn is_block(text: &str) -> bool {
    let text = text.trim();
    let Some(rest) = text.strip_prefix('<') else {
        return false;
    };
    let Some((tag, _)) = rest.split_once('>') else {
        return false;
    };
    let name = tag.split(' ').next().unwrap_or(tag);
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    !name.is_empty()
        && name.chars().all(plain)
        && [tag, name]
            .iter()
            .any(|name| text.ends_with(&format!("</{name}>")))
}

/// Returns a text without the blocks before and behind it that have tags as only programs write
/// them, of several words: `<agent_message>…</agent_message>`. Each begins and ends a line.
fn without_unknown_blocks(text: &str) -> &str {
    let mut text = text.trim();
    while let Some(rest) = behind_block(text) {
        text = rest.trim();
    }
    while let Some(rest) = before_block(text) {
        text = rest.trim();
    }
    text
}

/// Returns what stands behind the block with which a text begins.
fn behind_block(text: &str) -> Option<&str> {
    let (tag, rest) = text.strip_prefix('<')?.split_once('>')?;
    let name = tag
        .split([' ', '\n'])
        .next()
        .filter(|name| is_program_tag(name))?;
    let close = format!("</{name}>");
    let rest = &rest[rest.find(&close)? + close.len()..];
    (rest.is_empty() || rest.starts_with(['\n', '\r', '<'])).then_some(rest)
}

/// Returns what stands before the block with which a text ends.
fn before_block(text: &str) -> Option<&str> {
    let (_, name) = text.strip_suffix('>')?.rsplit_once("</")?;
    let open = format!("\n<{name}>");
    let at = text.rfind(&open).filter(|_| is_program_tag(name))?;
    Some(&text[..at])
}

/// What the user typed stands in some tags, too.
fn is_program_tag(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    name.contains(['_', '-']) && name.chars().all(plain) && !name.starts_with("user")
}

/// Takes a prompt out of what is written around it.
fn take_out_of_wrapper(text: &str) -> &str {
    if let Some(query) = inside_tag(text, "user_query") {
        return query;
    }
    if let Some(message) = inside_channel(text).or_else(|| inside_note_of_message(text)) {
        return message;
    }
    if let Some((_, request)) = text.split_once("## My request for Codex:") {
        return request;
    }
    if let Some((asked, _)) = text.split_once("\n--- Content from referenced files ---") {
        return asked;
    }
    if text.starts_with("# AGENTS.md instructions") {
        let parts = text.split_once("</INSTRUCTIONS>");
        return parts.map_or("", |(_, after)| after);
    }
    text
}

/// Returns what the user wrote from elsewhere: `<channel source="…">text</channel>`.
fn inside_channel(text: &str) -> Option<&str> {
    let (_, rest) = text.trim().strip_prefix("<channel ")?.split_once('>')?;
    rest.strip_suffix("</channel>")
}

/// Returns what the user wrote while the agent was at work, without what its program says of it.
fn inside_note_of_message(text: &str) -> Option<&str> {
    let begins = "The user sent a new message while you were working:";
    let message = text.trim_start().strip_prefix(begins)?;
    let ends = message.split_once("\n\nIMPORTANT: ");
    Some(ends.map_or(message, |(message, _)| message))
}

/// A command that the user gave to the agent's program, in readable form.
fn read_slash_command(name: &str, arguments: &str) -> Option<EventKind> {
    let name = name.trim().trim_start_matches('/');
    if matches!(name, "exit" | "quit") {
        let reason = name.to_owned();
        return Some(EventKind::End { reason });
    }
    if name.is_empty() || HOUSEKEEPING.contains(&name) {
        return None;
    }
    let text = format!("/{name} {}", arguments.trim());
    Some(EventKind::Prompt {
        text: text.trim_end().to_owned(),
    })
}

/// Returns the commands in the background of which a text says that they ended: their numbers and
/// exit statuses. Such a text stands in the user's name, too.
pub(crate) fn read_ended_commands(text: &str) -> Vec<(i64, i32)> {
    let ended = |told: &str| {
        let id = inside_tag(told, "task-id")?;
        let (_, status) = inside_tag(told, "summary")?.rsplit_once("exit code ")?;
        Some((
            number_of_background(id.trim()),
            read_leading_number(status)?,
        ))
    };
    let told = text.split("<task-notification>").skip(1);
    told.filter_map(ended).collect()
}

/// The form in which one agent writes a command that the user ran.
fn shell_block(text: &str) -> Option<&str> {
    inside_tag(inside_tag(text, "user_shell_command")?, "command")
}

/// Returns the exit status of such a command, and what it printed.
fn read_shell_result(text: &str) -> (Option<i32>, &str) {
    let result = inside_tag(text, "result").unwrap_or_default();
    let (head, output) = result.split_once("Output:").unwrap_or((result, ""));
    let mut lines = head.lines().map(str::trim);
    let status = lines.find_map(|line| line.strip_prefix("Exit code:"));
    (status.and_then(read_leading_number), output.trim())
}

/// Returns what stands in the first `<tag>…</tag>`.
fn inside_tag<'a>(text: &'a str, tag: &str) -> Option<&'a str> {
    let open = format!("<{tag}>");
    let start = text.find(&open)? + open.len();
    let end = text[start..].find(&format!("</{tag}>"))?;
    Some(&text[start..start + end])
}

fn without_blocks(text: &str) -> Cow<'_, str> {
    if !text.contains("</") {
        return Cow::Borrowed(text);
    }
    let mut text = text.to_owned();
    // What stands behind a block begins a line when that is gone.
    while let Some((start, end)) = BLOCKS.iter().find_map(|tag| find_block(&text, tag)) {
        text.replace_range(start..end, "");
    }
    Cow::Owned(text)
}

/// Returns where the first whole block of a tag begins and ends that begins a line, or ends one
/// under a name as only programs write them.
fn find_block(text: &str, tag: &str) -> Option<(usize, usize)> {
    let close = format!("</{tag}>");
    let open = format!("<{tag}");
    let mut from = 0;
    loop {
        let start = from + text[from..].find(&open)?;
        let after = start + open.len();
        let before = text[..start].trim_end_matches([' ', '\t']);
        let begins_line = before.is_empty() || before.ends_with(['\n', '\r']);
        if text[after..].starts_with(['>', ' ', '\n']) {
            let end = after + text[after..].find(&close)? + close.len();
            let behind = text[end..].trim_start_matches([' ', '\t']);
            let ends_line = behind.is_empty() || behind.starts_with(['\n', '\r']);
            if begins_line || (ends_line && is_program_tag(tag)) {
                return Some((start, end));
            }
        }
        from = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        match read_user_text(text) {
            Some(EventKind::Prompt { text }) => text,
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn what_the_user_said_is_left() {
        for (text, expected) in [
            ("Fix it", "Fix it"),
            (
                "<hook_context>&lt;!-- mx:recall v1 id=p --&gt;</hook_context>\n\nFix it",
                "Fix it",
            ),
            (
                "<hook_context>\n<!-- mx:recall v1 id=p -->\nx\n<!-- /mx:recall -->\n</hook_context>\nFix it",
                "Fix it",
            ),
            (
                "&lt;!-- mx:recall v1 id=p --&gt;\nx\n&lt;!-- /mx:recall --&gt;\nFix it",
                "Fix it",
            ),
            (
                "<ide-state file=\"a\">\nx\n</ide-state>\n<agent_note>y</agent_note>\nFix it\n\n<open_tabs>\n- a\n</open_tabs>",
                "Fix it",
            ),
            (
                "<my-element></my-element> is not shown",
                "<my-element></my-element> is not shown",
            ),
            ("<b>bold</b>", "<b>bold</b>"),
            (" Fix it\n<system-reminder>x\n</system-reminder>", "Fix it"),
            ("<user_query>\nFix it\n</user_query>", "Fix it"),
            ("a <b>bold</b> word", "a <b>bold</b> word"),
            (
                "Fix the parser: <timestamp>2024</timestamp> is read wrongly",
                "Fix the parser: <timestamp>2024</timestamp> is read wrongly",
            ),
            (
                "Why are <rules>a</rules> and <command-name>x</command-name> told?",
                "Why are <rules>a</rules> and <command-name>x</command-name> told?",
            ),
            (
                "<channel source=\"telegram\">Fix the logout</channel>",
                "Fix the logout",
            ),
            (
                "The user sent a new message while you were working:\nUse pnpm\n\nIMPORTANT: After \
                 completing your current task, address it.",
                "Use pnpm",
            ),
            ("[Request interrupted by user]\nUse bun", "Use bun"),
            (
                "[$log](/home/ann/.agents/skills/log/SKILL.md) start a new task",
                "$log start a new task",
            ),
            (
                "[$x](notes.md) is a broken link",
                "[$x](notes.md) is a broken link",
            ),
            ("<system-reminder> unclosed", "<system-reminder> unclosed"),
            (
                "# Context from my IDE setup:\n\n## Open tabs\n- a\n\n## My request for Codex:\nFix it\n",
                "Fix it",
            ),
            (
                "Look at @a.rs\n--- Content from referenced files ---\nfn main() {}",
                "Look at @a.rs",
            ),
            (
                "<command-message>log is running</command-message>\n<command-name>/log</command-name>\n<command-args>start</command-args>",
                "/log start",
            ),
        ] {
            assert_eq!(said(text), expected, "{text}");
        }
    }

    #[test]
    fn what_the_program_said_is_nothing() {
        for text in [
            "",
            "  \n",
            "…",
            "<system-reminder>x</system-reminder>",
            "<local-command-stdout>x</local-command-stdout>",
            "<command-name>/clear</command-name><command-args></command-args>",
            "<environment_context>\n<cwd>/p</cwd>\n</environment_context>",
            "# AGENTS.md instructions for /p\n\n<INSTRUCTIONS>\nBe kind\n</INSTRUCTIONS>",
            "[Request interrupted by user for tool use]",
            "/compact",
            "/model fast",
            "<permissions instructions>x</permissions instructions>",
            "<agent_notification>\n<status>done</status>\n</agent_notification>",
            "<hook_context>&lt;!-- mx:recall v1 id=p --&gt;\nRecalled by mx from files of earlier …",
            "<task-notification> <task-id>a1</task-id>\n<result>x</result></task-notification>",
            "<task-notification>\n<task-id>b1</task-id>\n</task-notification>\nRead the output file to retrieve the result: /t/b1.output",
            "[SYSTEM NOTIFICATION - NOT USER INPUT]\nThis is an automated background-task event.\n\n<task-notification>\nx\n</task-notification>",
            "[Subagent hand-back]\nThe sub-agent finished.",
            "<heartbeat>\n<automation_id>x</automation_id>\nCheck the deploy\n</heartbeat>",
            "<bash-stdout>x</bash-stdout><bash-stderr></bash-stderr>",
            "<hook_context>&lt;!-- mx:recall v1 id=p --&gt;\nx&lt;!-- /mx:recall --&gt;</hook_context>",
        ] {
            assert_eq!(read_user_text(text), None, "{text}");
        }
    }

    #[test]
    fn the_users_own_commands_are_told_apart() {
        let shell = |text: &str| match read_user_text(text) {
            Some(EventKind::Command {
                command, ok: None, ..
            }) => command,
            other => format!("{other:?}"),
        };
        assert_eq!(shell("<bash-input>git status</bash-input>"), "git status");
        let block = "<user_shell_command>\n<command>\ngit status\n</command>\n<result>x</result>\n</user_shell_command>";
        assert_eq!(shell(block), "git status");
        let failed = "<user_shell_command>\n<command>\ncargo test\n</command>\n<result>\n\
            Exit code: 101\nDuration: 0.5 seconds\nOutput:\nFAILED\n</result>\n</user_shell_command>";
        let ended = EventKind::Command {
            command: "cargo test".to_owned(),
            ok: Some(false),
            exit: Some(101),
            error: "FAILED".to_owned(),
        };
        assert_eq!(read_user_text(failed), Some(ended));
        let leave = "<command-name>/exit</command-name>";
        let reason = "exit".to_owned();
        assert_eq!(read_user_text(leave), Some(EventKind::End { reason }));
        assert!(is_block("<skill>\n<name>a</name>\n</skill>"));
        assert!(is_block(
            "<permissions instructions>a</permissions instructions>"
        ));
        assert!(!is_block("<a> or b") && !is_block("x <a></a>") && !is_block(""));
    }

    #[test]
    fn the_end_of_a_command_in_the_background_is_read() {
        let text = "<task-notification>\n<task-id>b1</task-id>\n<status>failed</status>\n\
            <summary>Background command \"npm test\" failed with exit code 1</summary>\n\
            </task-notification>";
        assert_eq!(read_ended_commands(text), [(number_of_background("b1"), 1)]);
        assert!(read_ended_commands("exit code 1").is_empty());
    }

    #[test]
    fn a_summary_is_what_was_summarised() {
        for (text, expected) in [
            ("The lamp blinks.", "The lamp blinks."),
            (
                "This session is being continued from a previous conversation that ran out of \
                 context. The summary below covers the earlier portion.\n\
                 <system-reminder>\n<tools-used-before-summary>Agent</tools-used-before-summary>\n\
                 </system-reminder>\n\nThe lamp blinks.\n\nIf you need specific details from \
                 before compaction, read the transcript",
                "The lamp blinks.",
            ),
            (
                "This session is being continued from a previous conversation. The lamp blinks.",
                "This session is being continued from a previous conversation. The lamp blinks.",
            ),
            (
                "<summary>\nThe lamp blinks.\n</summary>",
                "The lamp blinks.",
            ),
        ] {
            assert_eq!(read_summary(text), expected);
        }
    }
}
