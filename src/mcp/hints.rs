//! Errors and hints as a model reads them that has tools, and no command line.

use super::budget::{MOST, RESUME_PER_CHARACTER, cut_line};
use crate::error::{Error, Hint, HintArgument, HintSpelling};
use crate::ops::ErrorReport;

/// Longest message and hint of an error, in characters: both repeat what was asked for.
const LONGEST_LINE: usize = 600;

/// Most hints of an error.
const MOST_HINTS: usize = 10;

/// Returns what happened and what to do about it, one line each.
pub(super) fn describe_error(error: &Error) -> String {
    let shape = ErrorReport::new(error, spell_hint).error;
    let hints = shape.hints.iter().take(MOST_HINTS);
    let hints = hints.map(|hint| format!("\nhint: {}", cut_line(hint, LONGEST_LINE)));
    let message = cut_line(&shape.message, LONGEST_LINE);
    format!("{message}{}", hints.collect::<String>())
}

/// Returns how hints are spelled for a model.
pub(super) fn tool_spelling() -> HintSpelling {
    HintSpelling::new(spell_hint).with_offers(is_offered)
}

/// Returns whether tools do what a hint names.
fn is_offered(hint: &Hint) -> bool {
    match hint {
        Hint::Text(_) | Hint::Option(_) => true,
        Hint::Line(parts) => parts.iter().all(is_offered),
        Hint::Command {
            operation,
            arguments,
        } => spell_tool(operation, arguments).is_some(),
    }
}

/// Returns a hint with operations as calls of tools.
fn spell_hint(hint: &Hint) -> String {
    match hint {
        Hint::Text(text) => text.clone(),
        Hint::Option(argument) => spell_argument(argument),
        Hint::Line(parts) => parts.iter().map(spell_hint).collect(),
        Hint::Command {
            operation,
            arguments,
        } => spell_call(operation, arguments),
    }
}

/// A tool that stands for an operation.
struct ToolCall {
    tool: &'static str,
    /// What `log` is asked to do.
    kind: &'static str,
    /// What the text of the operation is called.
    text: &'static str,
    /// What its options are called.
    options: &'static [(&'static str, &'static str)],
}

/// Returns the tool for an operation with these options; `None` if there is none.
fn find_tool(operation: &str, arguments: &[HintArgument]) -> Option<ToolCall> {
    let log = |kind| ("log", kind, "text", &[("why", "why"), ("notes", "why")][..]);
    let is_given = |name| arguments.iter().any(|one| one.name == Some(name));
    let (tool, kind, text, options) = match operation {
        "search" => (
            "search",
            "",
            "query",
            &[
                ("since", "since"),
                ("until", "until"),
                ("project", "project"),
                ("tags", "tags"),
                ("limit", "limit"),
            ][..],
        ),
        "get" => (
            "get",
            "",
            "path",
            &[
                ("lines", "lines"),
                ("section", "section"),
                ("last", "last"),
                ("title", "title"),
            ][..],
        ),
        "log show" => ("get", "", "session", &[("project", "project")][..]),
        "resume" => (
            "resume",
            "",
            "project",
            &[("session", "session"), ("budget", "budget")][..],
        ),
        // It lists the open ones, with their ids.
        "next" => ("resume", "", "project", &[("project", "project")][..]),
        "session-log" => (
            "note",
            "",
            "text",
            &[("message", "text"), ("entry", "entry"), ("tags", "tags")][..],
        ),
        "log start" => ("log", "start", "text", &[("goal", "text")][..]),
        "log event" => log("event"),
        "log decision" => log("decision"),
        "log file" => log("file"),
        "log blocker" if is_given("resolve") => {
            ("log", "resolved", "text", &[("resolve", "why")][..])
        }
        "log blocker" => log("blocker"),
        "log next" => log("next"),
        "next done" => log("done"),
        "log update" => ("log", "checkpoint", "text", &[("message", "text")][..]),
        "log end" => (
            "log",
            "end",
            "text",
            &[
                ("summary", "text"),
                ("state", "state"),
                ("next", "next"),
                ("session", "session"),
            ][..],
        ),
        _ => return None,
    };
    Some(ToolCall {
        tool,
        kind,
        text,
        options,
    })
}

fn spell_call(operation: &str, arguments: &[HintArgument]) -> String {
    spell_tool(operation, arguments).unwrap_or_else(|| {
        let words = arguments.iter().map(|one| {
            let name = one.name.map(|name| format!(" --{name}"));
            let value = one.value.as_ref().map(|value| format!(" {value}"));
            name.into_iter().chain(value).collect::<String>()
        });
        let words = words.collect::<String>();
        format!("`mx {operation}{words}` (for the user, on the command line)")
    })
}

/// Returns the call of a tool; `None` if no tool does what the operation does.
fn spell_tool(operation: &str, arguments: &[HintArgument]) -> Option<String> {
    let call = find_tool(operation, arguments)?;
    let mut given = Vec::new();
    if !call.kind.is_empty() {
        given.push(format!("kind: {}", call.kind));
    }
    for one in arguments {
        let name = match one.name {
            None => call.text,
            Some(option) => call.options.iter().find(|(name, _)| *name == option)?.1,
        };
        let value = one.value.as_deref().unwrap_or("true");
        // That of the operation is of the text alone.
        let characters = value.parse::<usize>().ok().filter(|_| name == "budget");
        let whole = characters.map(|count| count.saturating_mul(RESUME_PER_CHARACTER).min(MOST));
        let value = whole.map_or_else(|| value.to_owned(), |whole| whole.to_string());
        given.push(format!("{name}: {value}"));
    }
    Some(match given.as_slice() {
        [] => format!("`{}`", call.tool),
        given => format!("`{}` with {}", call.tool, given.join(", ")),
    })
}

fn spell_argument(argument: &HintArgument) -> String {
    let parts = [argument.name, argument.value.as_deref()];
    let parts: Vec<&str> = parts.into_iter().flatten().collect();
    parts.join(": ")
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
            (
                Hint::command("resume").with_option("budget", "1500"),
                "`resume` with budget: 6000",
            ),
            (
                Hint::command("log show")
                    .with("20260111-103000")
                    .with_option("project", "shop"),
                "`get` with session: 20260111-103000, project: shop",
            ),
            (Hint::command("log start"), "`log` with kind: start"),
            (Hint::command("next"), "`resume`"),
            (
                Hint::command("next").with_flag("all"),
                "`mx next --all` (for the user, on the command line)",
            ),
            (
                Hint::command("log blocker")
                    .with("TEXT")
                    .with_option("resolve", "HOW"),
                "`log` with kind: resolved, text: TEXT, why: HOW",
            ),
            (
                Hint::command("doctor").with_flag("fix"),
                "`mx doctor --fix` (for the user, on the command line)",
            ),
            // The tool has no such argument.
            (
                Hint::command("log start").with_flag("new"),
                "`mx log start --new` (for the user, on the command line)",
            ),
            (Hint::option("entry", "a.md"), "entry: a.md"),
            (Hint::flag("kb"), "kb"),
            (
                Hint::from("or ").then(Hint::command("resume")),
                "or `resume`",
            ),
        ] {
            assert_eq!(spell_hint(&hint), told);
            assert_eq!(is_offered(&hint), !told.contains("for the user"), "{told}");
        }
        let error = Error::usage("no entry").with_hint(Hint::option("entry", "a.md"));
        assert_eq!(describe_error(&error), "no entry\nhint: entry: a.md");
    }
}
