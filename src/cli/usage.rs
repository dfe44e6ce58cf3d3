//! Arguments that make no sense, and those that ask for help.

use super::console;
use crate::error::{Error, Kind};
use crate::render;
use clap::error::ErrorKind;
use std::ffi::OsString;
use std::process::ExitCode;

/// Reports what the parser said: help on standard output, a failure on standard error, as JSON
/// if that was asked for before parsing failed.
pub(super) fn report(error: &clap::Error, arguments: &[OsString]) -> ExitCode {
    let failed = error.use_stderr();
    if failed && wants_json(arguments) {
        console::complain(&render::error_json(&translate(error)));
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

/// Turns an error of the parser into one of ours: its first paragraph is the message, its tips
/// and the usage are hints.
fn translate(error: &clap::Error) -> Error {
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return Error::usage("no command is given").with_hint("mx --help lists them");
    }
    let text = error.render().to_string();
    let mut paragraphs = text.split("\n\n").map(str::trim);
    let message = joined(paragraphs.next().unwrap_or_default());
    let message = message.strip_prefix("error: ").unwrap_or(&message);
    paragraphs
        .flat_map(hints)
        .filter(|hint| !hint.starts_with("For more information"))
        .fold(Error::usage(message), Error::with_hint)
}

/// Returns the hints in a paragraph: each tip is one, anything else is one as a whole.
fn hints(paragraph: &str) -> Vec<String> {
    if !paragraph.starts_with("tip: ") {
        return vec![joined(paragraph)];
    }
    paragraph
        .split("tip: ")
        .map(joined)
        .filter(|tip| !tip.is_empty())
        .collect()
}

/// Returns the words of a paragraph on one line.
fn joined(paragraph: &str) -> String {
    paragraph.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::arguments::Cli;
    use clap::Parser;

    fn translated(arguments: &[&str]) -> Error {
        let error = Cli::try_parse_from(arguments).expect_err("wrong usage");
        translate(&error)
    }

    #[test]
    fn a_wrong_option_is_named_with_a_tip_and_the_usage() {
        let error = translated(&["mx", "search", "--tgas", "a"]);
        assert_eq!(error.message(), "unexpected argument '--tgas' found");
        assert_eq!(error.hints()[0], "a similar argument exists: '--tags'");
        assert!(
            error
                .hints()
                .iter()
                .any(|hint| hint.starts_with("Usage: mx search"))
        );
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
