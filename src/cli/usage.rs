//! Arguments that make no sense, and those that ask for help.

use super::console;
use super::meant::find_meaning;
use crate::error::{Error, Kind};
use crate::model::join_words;
use crate::render;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use std::ffi::OsString;
use std::process::ExitCode;

/// Reports the parser's result: help on standard output, a failure on standard error, as JSON
/// if that was asked for before parsing failed.
pub(super) fn report_usage(error: &clap::Error, arguments: &[OsString]) -> ExitCode {
    let failed = error.use_stderr();
    if failed && wants_json(arguments) {
        console::print_to_stderr(&render::error_json(&console::report_error(
            &translate_error(error),
        )));
    } else if let Some(told) = own_error(error) {
        let report = console::report_error(&told);
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

/// Returns the error that a person gets in our words.
fn own_error(error: &clap::Error) -> Option<Error> {
    let is_missing = error.kind() == ErrorKind::MissingSubcommand;
    reworded_error(error).or_else(|| is_missing.then(|| translate_error(error)))
}

/// Returns an error in our own words; `None` where those of the parser will do.
fn reworded_error(error: &clap::Error) -> Option<Error> {
    meant_command(error)
        .or_else(|| meant_argument(error))
        .or_else(|| wrong_value(error))
}

/// Returns the error of a word that is no command, where it is known what it stands for.
fn meant_command(error: &clap::Error) -> Option<Error> {
    let word = context_text(error, ContextKind::InvalidSubcommand)
        .or_else(|| context_text(error, ContextKind::InvalidArg))?;
    let command = find_meaning(&usage_of(error), word)?;
    let shown = word.escape_debug();
    Some(Error::usage(format!("there is no command '{shown}'")).with_hint(format!("try {command}")))
}

/// Returns the error of an argument that would have to stand behind an option.
fn meant_argument(error: &clap::Error) -> Option<Error> {
    let word = context_text(error, ContextKind::InvalidArg)
        .filter(|word| error.kind() == ErrorKind::UnknownArgument && !word.starts_with('-'))?;
    let usage = usage_of(error);
    let (_, how) = OPTIONS.iter().find(|(command, _)| {
        let rest = usage.strip_prefix(command);
        rest.is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
    })?;
    let shown = word.escape_debug();
    Some(Error::usage(format!("'{shown}' stands behind no option")).with_hint(format!("try {how}")))
}

/// Commands whose text is given by an option.
const OPTIONS: [(&str, &str); 7] = [
    ("mx resume", "mx resume --project NAME, or --session ID"),
    ("mx log start", "mx log start --goal TEXT"),
    ("mx start", "mx log start --goal TEXT"),
    ("mx log end", "mx log end --summary TEXT"),
    ("mx end", "mx log end --summary TEXT"),
    ("mx log update", "mx log update -m TEXT"),
    ("mx report", "mx report --since WHEN"),
];

/// Returns the error of a value that is none, which a library would report in its own words.
fn wrong_value(error: &clap::Error) -> Option<Error> {
    if error.kind() != ErrorKind::ValueValidation {
        return None;
    }
    let value = context_text(error, ContextKind::InvalidValue)?.escape_debug();
    let option = context_text(error, ContextKind::InvalidArg)?;
    let cause = std::error::Error::source(error)?.to_string();
    let (_, plain) = CAUSES.iter().find(|(part, _)| cause.contains(part))?;
    let message = format!("invalid value '{value}' for '{option}': {plain}");
    Some(Error::usage(message).with_hint(usage_hint(error)))
}

/// What libraries call a fault of a number, and how it is reported.
const CAUSES: [(&str, &str); 6] = [
    ("invalid digit", "expected a whole number"),
    ("empty string", "expected a whole number"),
    ("too large", "the number is too large"),
    ("too small", "the number is too small"),
    ("not in ", "the number is out of range"),
    ("invalid float", "expected a number"),
];

fn context_text(error: &clap::Error, kind: ContextKind) -> Option<&str> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text),
        _ => None,
    }
}

/// Returns the command of an error with its arguments, as the usage has it: `mx log <COMMAND>`.
fn usage_of(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let usage = text.lines().find_map(|line| line.strip_prefix("Usage: "));
    usage.unwrap_or_default().to_owned()
}

fn usage_hint(error: &clap::Error) -> String {
    let usage = usage_of(error);
    let words = usage
        .split(' ')
        .take_while(|word| word.starts_with(|c: char| c.is_ascii_lowercase()));
    let command = words.collect::<Vec<_>>().join(" ");
    match command.as_str() {
        "" => "mx --help lists commands and options".to_owned(),
        command => format!("{command} --help says more"),
    }
}

/// Turns an error of the parser into one of ours: its first paragraph is the message, its tips
/// and the usage are hints.
fn translate_error(error: &clap::Error) -> Error {
    if let Some(told) = reworded_error(error) {
        return told;
    }
    if matches!(
        error.kind(),
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand
    ) {
        let above = context_text(error, ContextKind::InvalidSubcommand).unwrap_or("mx");
        return Error::usage("no command is given").with_hint(format!("{above} --help lists them"));
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
        for (above, words) in crate::cli::meant::MEANT {
            for (word, meaning) in words {
                let arguments = above.split(' ').chain([*word, "x"]);
                let error = Cli::try_parse_from(arguments).expect_err(word);
                let hint = translate_error(&error).hints()[0].to_string();
                assert_eq!(hint, format!("try {meaning}"), "{above} {word}");
            }
        }
    }

    #[test]
    fn a_text_without_its_option_leads_to_the_option() {
        for (arguments, option) in [
            (&["mx", "resume", "shop"][..], "--project"),
            (&["mx", "start", "a goal"], "--goal"),
            (&["mx", "log", "start", "a goal"], "--goal"),
            (&["mx", "end", "did it"], "--summary"),
            (&["mx", "log", "end", "did it"], "--summary"),
            (&["mx", "report", "monday"], "--since"),
        ] {
            let hint = translated(arguments).hints()[0].to_string();
            assert!(hint.contains(option), "{arguments:?}: {hint}");
        }
    }

    #[test]
    fn numbers_are_refused_in_our_own_words() {
        for (arguments, words) in [
            (&["mx", "search", "x", "-n", "abc"][..], "a whole number"),
            (&["mx", "search", "x", "-n", "-1"], "a whole number"),
            (&["mx", "search", "x", "-n", "1e9"], "a whole number"),
            (&["mx", "resume", "--budget", "1k"], "a whole number"),
            (
                &["mx", "log", "list", "-n", "99999999999999999999999"],
                "too large",
            ),
        ] {
            let error = translated(arguments);
            let said = error.message();
            assert!(said.contains(words) || said.contains("'-1'"), "{said}");
            assert!(
                !said.contains("digit") && !said.contains("target"),
                "{said}"
            );
        }
    }

    #[test]
    fn a_missing_argument_is_one_line() {
        let error = translated(&["mx", "get"]);
        assert!(!error.message().contains('\n') && error.message().contains("PATH"));
        assert_eq!(translated(&["mx"]).message(), "no command is given");
        for (arguments, hint) in [
            (&["mx", "--json"][..], "mx --help lists them"),
            (&["mx", "log", "--json"], "mx log --help lists them"),
        ] {
            let error = translated(arguments);
            assert_eq!(error.message(), "no command is given");
            assert_eq!(error.hints()[0].to_string(), hint);
        }
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
