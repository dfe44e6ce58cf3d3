//! How a text is laid out, so that what is added looks like the rest.

use super::Node;

/// The layout of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Style {
    /// One step of indentation.
    pub(crate) indent: String,
    /// The line ending.
    pub(crate) newline: &'static str,
    /// Whether white space follows colons and commas.
    pub(crate) spaced: bool,
    /// Whether everything is on one line.
    pub(crate) inline: bool,
}

impl Default for Style {
    fn default() -> Self {
        Style {
            indent: "  ".to_owned(),
            newline: "\n",
            spaced: true,
            inline: false,
        }
    }
}

impl Style {
    /// Finds out how a text is laid out.
    pub(crate) fn of(text: &str, root: &Node) -> Style {
        let items = root.items();
        let crlf = text.find('\n').is_some_and(|at| text[..at].ends_with('\r'));
        let indent = items.first().and_then(|first| own_line(text, first.start));
        let colon = root.members().and_then(<[_]>::first).map(|member| {
            text[member.span.start..member.value.span.start].ends_with(char::is_whitespace)
        });
        Style {
            indent: indent
                .filter(|indent| !indent.is_empty())
                .unwrap_or("  ")
                .to_owned(),
            newline: if crlf { "\r\n" } else { "\n" },
            spaced: colon.unwrap_or(true),
            inline: !items.is_empty() && !text[root.span.clone()].contains(['\n', '\r']),
        }
    }
}

/// Returns the indentation of the line in which `at` lies.
pub(crate) fn line_indent(text: &str, at: usize) -> &str {
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let line = text[start..].trim_start_matches('\u{feff}');
    let length = line.len() - line.trim_start_matches([' ', '\t']).len();
    &line[..length]
}

/// Returns the white space before `at` in its line, if there is nothing else.
pub(crate) fn own_line(text: &str, at: usize) -> Option<&str> {
    let newline = text[..at].rfind('\n')?;
    let before = &text[newline + 1..at];
    before
        .trim_matches([' ', '\t'])
        .is_empty()
        .then_some(before)
}
