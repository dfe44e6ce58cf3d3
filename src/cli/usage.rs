//! Arguments that make no sense, and those that ask for help.

use super::console;
use crate::error::{Error, Kind};
use crate::render;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use std::ffi::OsString;
use std::process::ExitCode;

/// Reports what the parser said: help on standard output, a failure on standard error, as JSON
/// if that was asked for before parsing failed.
pub(super) fn report_usage(error: &clap::Error, arguments: &[OsString]) -> ExitCode {
    let failed = error.use_stderr();
    if failed && wants_json(arguments) {
        console::print_to_stderr(&render::error_json(&console::report_error(
            &translate_error(error),
        )));
    } else if let Some(meant) = meant_command(error) {
        let report = console::report_error(&meant);
        console::print_to_stderr(&render::render_error(&report, console::stderr_colour()));
    } else {
        // That the reader has closed the pipe is no failure.
        let _ = error.print();
    }
    if failed {
        ExitCode::from(Kind::Usage.exit_code())
    } else {
        ExitCode::SUCCESS
    }
}

fn wants_json(arguments: &[OsString]) -> bool {
    let options = arguments
        .iter()
        .skip(1)
        .take_while(|argument| *argument != "--");
    options.into_iter().any(|argument| argument == "--json")
}

/// Words that are no commands, and what whoever types them is looking for.
const MEANT: [(&str, &str); 22] = [
    ("amend", "mx log amend"),
    ("backlinks", "mx search '[[PATH]]'"),
    ("blocker", "mx log blocker TEXT"),
    ("checkpoint", "mx log update"),
    ("create", "mx session-log TEXT --entry PATH"),
    ("decide", "mx log decision TEXT --why REASON"),
    (
        "decision",
        "mx log decision TEXT --why REASON, and mx decisions lists them",
    ),
    (
        "delete",
        "any editor or rm: entries are plain files, mx info shows where",
    ),
    (
        "edit",
        "any editor: entries are plain files, mx info shows where",
    ),
    ("event", "mx log event TEXT"),
    ("goal", "mx log start --goal TEXT"),
    ("links", "mx search '[[PATH]]'"),
    (
        "mv",
        "any editor or mv: entries are plain files; mx project rename renames a project",
    ),
    ("new", "mx session-log TEXT --entry PATH, or mx log start"),
    ("open", "mx get PATH, or any editor"),
    ("rename", "mx project rename OLD NEW"),
    (
        "rm",
        "any editor or rm: entries are plain files, mx info shows where",
    ),
    ("sessions", "mx log list"),
    (
        "session",
        "mx log status, mx log list, or mx session-log TEXT",
    ),
    ("step", "mx log next TEXT, and mx next lists what is open"),
    ("summary", "mx report, or mx log end --summary TEXT"),
    ("write", "mx session-log TEXT --entry PATH"),
];

/// Returns the error of a word that is no command, where it is known what it stands for.
fn meant_command(error: &clap::Error) -> Option<Error> {
    let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand) else {
        return None;
    };
    let known = MEANT.iter().find(|(name, _)| name == word);
    let (_, command) = known?;
    let shown = word.escape_debug();
    Some(Error::usage(format!("there is no command '{shown}'")).with_hint(format!("try {command}")))
}

/// Turns an error of the parser into one of ours: its first paragraph is the message, its tips
/// and the usage are hints.
fn translate_error(error: &clap::Error) -> Error {
    if let Some(meant) = meant_command(error) {
        return meant;
    }
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return Error::usage("no command is given").with_hint("mx --help lists them");
    }
    let text = error.render().to_string();
    let mut paragraphs = text.split("\n\n").map(str::trim);
    let message = join_words(paragraphs.next().unwrap_or_default());
    let message = message.strip_prefix("error: ").unwrap_or(&message);
    paragraphs
        .flat_map(split_hints)
        .filter(|hint| !hint.starts_with("For more information"))
        .fold(Error::usage(message), |error, hint| error.with_hint(hint))
}

/// Returns the hints in a paragraph: each tip is one, anything else is one as a whole.
fn split_hints(paragraph: &str) -> Vec<String> {
    if !paragraph.starts_with("tip: ") {
        return vec![join_words(paragraph)];
    }
    paragraph
        .split("tip: ")
        .map(join_words)
        .filter(|tip| !tip.is_empty())
        .collect()
}

/// Returns the words of a paragraph on one line.
fn join_words(paragraph: &str) -> String {
    paragraph.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::arguments::Cli;
    use clap::Parser;

    fn translated(arguments: &[&str]) -> Error {
        let error = Cli::try_parse_from(arguments).expect_err("wrong usage");
        translate_error(&error)
    }

    #[test]
    fn a_wrong_option_is_named_with_a_tip_and_the_usage() {
        let error = translated(&["mx", "search", "--tgas", "a"]);
        assert_eq!(error.message(), "unexpected argument '--tgas' found");
        assert_eq!(
            error.hints()[0].to_string(),
            "a similar argument exists: '--tags'"
        );
        assert!(
            error
                .hints()
                .iter()
                .any(|hint| hint.to_string().starts_with("Usage: mx search"))
        );
    }

    #[test]
    fn a_word_with_a_meaning_leads_to_the_command() {
        let error = translated(&["mx", "decide", "x"]);
        assert_eq!(error.message(), "there is no command 'decide'");
        assert!(error.hints()[0].to_string().contains("mx log decision"));
        let known = |word: &str| Cli::try_parse_from(["mx", word, "x"]);
        let is_unknown = |error: clap::Error| error.kind() == ErrorKind::InvalidSubcommand;
        for (word, _) in MEANT {
            assert!(known(word).is_err_and(is_unknown), "{word} is a command");
        }
    }

    #[test]
    fn a_missing_argument_is_one_line() {
        let error = translated(&["mx", "get"]);
        assert!(!error.message().contains('\n') && error.message().contains("PATH"));
        assert_eq!(translated(&["mx"]).message(), "no command is given");
    }

    #[test]
    fn json_is_looked_for_before_a_double_dash_only() {
        let wants = |arguments: &[&str]| {
            let arguments: Vec<OsString> = arguments.iter().map(Into::into).collect();
            wants_json(&arguments)
        };
        assert!(wants(&["mx", "nonsense", "--json"]));
        assert!(!wants(&["mx", "search", "--", "--json"]));
        assert!(!wants(&["--json"]));
    }
}
