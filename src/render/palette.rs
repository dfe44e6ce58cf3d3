//! The colours of text output.

use anstyle::{AnsiColor, Style};

/// A style for each kind of text; all of them plain without colours.
#[derive(Debug, Clone, Copy, Default)]
pub struct Palette {
    /// Paths of entries.
    pub path: Style,
    /// Line numbers.
    pub line: Style,
    /// Titles.
    pub title: Style,
    /// Tags.
    pub tag: Style,
    /// What matches the query.
    pub matched: Style,
    /// `error:`.
    pub error: Style,
    /// `warning:`.
    pub warning: Style,
    /// `hint:` and `note:`.
    pub hint: Style,
}

impl Palette {
    /// Returns the styles, with colours or plain.
    pub fn new(colour: bool) -> Self {
        if !colour {
            return Palette::default();
        }
        Palette {
            path: AnsiColor::Magenta.on_default(),
            line: AnsiColor::Green.on_default(),
            title: Style::new().bold(),
            tag: AnsiColor::Cyan.on_default(),
            matched: AnsiColor::Red.on_default().bold(),
            error: AnsiColor::Red.on_default().bold(),
            warning: AnsiColor::Yellow.on_default().bold(),
            hint: AnsiColor::Cyan.on_default().bold(),
        }
    }
}
