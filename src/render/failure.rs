//! Failures and warnings, for standard error.

use super::clean;
use super::palette::Palette;
use crate::ops::ErrorReport;
use std::fmt::Write as _;

/// Returns a failure as lines: `error: …`, then its hints.
pub fn render_error(failure: &ErrorReport, colour: bool) -> String {
    let Palette {
        error: red,
        hint: cyan,
        ..
    } = Palette::new(colour);
    let mut text = format!(
        "{red}error:{red:#} {}\n",
        clean::clean_line(&failure.error.message)
    );
    for hint in &failure.error.hints {
        let _ = writeln!(text, "{cyan}hint:{cyan:#} {}", clean::clean_line(hint));
    }
    text
}

/// Returns a failure as one line of JSON.
pub fn error_json(failure: &ErrorReport) -> String {
    format!("{}\n", failure.to_json())
}

/// Returns a line that begins with `warning:`.
pub fn render_warning(message: &str, colour: bool) -> String {
    let yellow = Palette::new(colour).warning;
    format!(
        "{yellow}warning:{yellow:#} {}\n",
        clean::clean_line(message)
    )
}

/// Returns a line that begins with `note:`.
pub fn render_note(message: &str, colour: bool) -> String {
    let cyan = Palette::new(colour).hint;
    format!("{cyan}note:{cyan:#} {}\n", clean::clean_line(message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Error, Hint};

    #[test]
    fn a_failure_is_plain_lines_or_json() {
        let failure = Error::usage("bad '\u{1b}[2J'").with_hint("do\nthis");
        let failure = ErrorReport::new(&failure, Hint::to_string);
        assert_eq!(
            render_error(&failure, false),
            "error: bad '␛[2J'\nhint: do this\n"
        );
        let json = r#"{"error":{"kind":"usage","message":"bad '\u001b[2J'","hints":["do\nthis"]}}"#;
        assert_eq!(error_json(&failure), format!("{json}\n"));
    }
}
