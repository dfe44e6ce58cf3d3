//! Errors and hints as a model reads them that has tools, and no command line.

use crate::error::{Error, Hint, HintArgument};
use crate::ops::ErrorReport;

/// Returns what happened and what to do about it, one line each.
pub(super) fn describe_error(error: &Error) -> String {
    let shape = ErrorReport::new(error, spell_hint).error;
    let hints = shape.hints.iter().map(|hint| format!("\nhint: {hint}"));
    format!("{}{}", shape.message, hints.collect::<String>())
}

/// Returns a hint with operations as calls of tools.
pub(super) fn spell_hint(hint: &Hint) -> String {
    match hint {
        Hint::Text(text) => text.clone(),
        Hint::Option(argument) => spell_argument("", argument),
        Hint::Line(parts) => parts.iter().map(spell_hint).collect(),
        Hint::Command {
            operation,
            arguments,
        } => spell_call(operation, arguments),
    }
}

/// The tool for an operation: its name, what it is told to do, and what its text is called.
fn find_tool(operation: &str) -> Option<(&'static str, &'static str, &'static str)> {
    Some(match operation {
        "search" => ("search", "", "query"),
        "get" => ("get", "", "path"),
        "log show" => ("get", "", "session"),
        "resume" => ("resume", "", "project"),
        "session-log" => ("note", "", "text"),
        "log start" => ("log", "start", "text"),
        "log event" => ("log", "event", "text"),
        "log decision" => ("log", "decision", "text"),
        "log file" => ("log", "file", "text"),
        "log blocker" => ("log", "blocker", "text"),
        "log next" => ("log", "next", "text"),
        "next done" => ("log", "done", "text"),
        "log update" => ("log", "checkpoint", "text"),
        "log end" => ("log", "end", "text"),
        _ => return None,
    })
}

fn spell_call(operation: &str, arguments: &[HintArgument]) -> String {
    let Some((tool, kind, text)) = find_tool(operation) else {
        let arguments = arguments
            .iter()
            .map(|one| match (one.name, one.value.as_deref()) {
                (Some(name), Some(value)) => format!(" --{name} {value}"),
                (Some(name), None) => format!(" --{name}"),
                (None, value) => format!(" {}", value.unwrap_or_default()),
            });
        let arguments = arguments.collect::<String>();
        return format!("`mx {operation}{arguments}` on the command line");
    };
    let kind = Some(format!("kind: {kind}")).filter(|_| !kind.is_empty());
    let arguments = arguments.iter().map(|one| spell_argument(text, one));
    let given: Vec<String> = kind.into_iter().chain(arguments).collect();
    match given.as_slice() {
        [] => format!("`{tool}`"),
        given => format!("`{tool}` with {}", given.join(", ")),
    }
}

/// Returns the block of a project with commands, in its notice of what was left out, as calls of
/// tools.
pub(super) fn spell_notice(block: &str) -> String {
    let (items, notice) = match block.rfind("\nLeft out") {
        Some(at) => block.split_at(at),
        None if block.starts_with("Left out") => ("", block),
        None => return block.to_owned(),
    };
    // Every other part lies between two backticks.
    let parts = notice.split('`').enumerate();
    let parts = parts.map(|(at, part)| match at % 2 {
        0 => part.to_owned(),
        _ => spell_command(part),
    });
    let parts: Vec<String> = parts.collect();
    format!("{items}{}", parts.join("`"))
}

/// Returns a command of the block of a project as the call of a tool.
pub(super) fn spell_command(command: &str) -> String {
    let calls = [
        ("mx resume --budget ", "resume budget: "),
        ("mx log show ", "get session: "),
        ("mx get ", "get path: "),
    ];
    let mut calls = calls.into_iter();
    let call = calls.find_map(|(start, call)| {
        let value = command.strip_prefix(start)?.trim_matches('\'');
        Some(format!("{call}{}", value.trim_start_matches("./")))
    });
    call.unwrap_or_else(|| command.to_owned())
}

fn spell_argument(unnamed: &str, argument: &HintArgument) -> String {
    let name = argument.name.unwrap_or(unnamed);
    let value = argument.value.as_deref().unwrap_or("true");
    format!("{name}: {value}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_named_as_tools() {
        for (hint, told) in [
            (
                Hint::command("get").with("a.md").with_option("lines", "3-"),
                "`get` with path: a.md, lines: 3-",
            ),
            (Hint::command("log start"), "`log` with kind: start"),
            (Hint::command("doctor"), "`mx doctor` on the command line"),
            (Hint::option("entry", "a.md"), "entry: a.md"),
            (
                Hint::from("or ").then(Hint::command("resume")),
                "or `resume`",
            ),
        ] {
            assert_eq!(spell_hint(&hint), told);
        }
        let error = Error::usage("no entry").with_hint(Hint::option("entry", "a.md"));
        assert_eq!(describe_error(&error), "no entry\nhint: entry: a.md");
    }

    #[test]
    fn commands_in_a_notice_are_named_as_tools() {
        let block = "> Say `mx get a.md`.\n\nLeft out to fit the budget: 2 notes (`mx get 'a b.md'`); \
                     all of it: `mx resume --budget 900`.";
        let spelled = "> Say `mx get a.md`.\n\nLeft out to fit the budget: 2 notes (`get path: a b.md`); \
                       all of it: `resume budget: 900`.";
        assert_eq!(spell_notice(block), spelled);
        assert_eq!(
            spell_notice("Left out: 1 item (`mx log show 1`)."),
            "Left out: 1 item (`get session: 1`)."
        );
        assert_eq!(spell_notice("`mx get a.md`"), "`mx get a.md`");
    }
}
