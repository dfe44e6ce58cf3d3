//! Blocks that go on, whatever they hold, until a line says that they end: fenced code, and HTML.

use super::lines::{line_end, lines_from};
use std::ops::Range;

/// What a block began with, which decides what ends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Enclosure {
    /// Code behind so many of these marks, and whether a word follows them.
    Fence {
        mark: char,
        length: usize,
        info: bool,
    },
    /// HTML of the types 1 to 5 in CommonMark.
    Html(&'static HtmlKind),
    /// Other HTML: until the next empty line.
    UntilBlank,
}

/// A kind of HTML that ends with a line that holds one of some marks.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct HtmlKind {
    /// What it begins with, in lower case.
    begin: &'static str,
    /// Its own mark, which ends it, in lower case, and those by which other readers end it too.
    pub(super) ends: &'static [&'static str],
    /// Whether people put whole notes into it.
    holds_notes: bool,
}

const RAW_ENDS: [&[&str]; 4] = [
    &["</script>", "</pre>", "</style>", "</textarea>"],
    &["</pre>", "</script>", "</style>", "</textarea>"],
    &["</style>", "</script>", "</pre>", "</textarea>"],
    &["</textarea>", "</script>", "</pre>", "</style>"],
];

const fn html_kind(
    begin: &'static str,
    ends: &'static [&'static str],
    holds_notes: bool,
) -> HtmlKind {
    HtmlKind {
        begin,
        ends,
        holds_notes,
    }
}

static RAW: [HtmlKind; 4] = [
    html_kind("<script", RAW_ENDS[0], true),
    html_kind("<pre", RAW_ENDS[1], true),
    html_kind("<style", RAW_ENDS[2], true),
    html_kind("<textarea", RAW_ENDS[3], true),
];

static MARKED: [HtmlKind; 4] = [
    html_kind("<!--", &["-->"], true),
    html_kind("<![cdata[", &["]]>"], false),
    html_kind("<?", &["?>"], false),
    html_kind("<!", &[">"], false),
];

impl Enclosure {
    /// Reads the first line of a block, without its indentation.
    pub(super) fn opened_by(line: &str) -> Option<Self> {
        Self::fence_opened_by(line).or_else(|| Self::html_opened_by(line))
    }

    pub(super) fn fence_opened_by(line: &str) -> Option<Self> {
        let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
        let rest = line.trim_start_matches(mark);
        let length = line.len() - rest.len();
        let info = !rest.trim().is_empty();
        (length >= 3 && (mark == '~' || !rest.contains('`'))).then_some(Enclosure::Fence {
            mark,
            length,
            info,
        })
    }

    fn html_opened_by(line: &str) -> Option<Self> {
        let tag = line.strip_prefix('<')?;
        if let Some(kind) = HtmlKind::opened_by(line) {
            return Some(Enclosure::Html(kind));
        }
        let is_tag = |c: char| c.is_ascii_alphabetic() || c == '/';
        tag.starts_with(is_tag).then_some(Enclosure::UntilBlank)
    }

    /// Returns whether the block ends with this line, which is not its first if it is a fence.
    ///
    /// As `pulldown-cmark` sees it, which reads the text: behind a fence stand but spaces, and HTML is
    /// ended by its own mark alone, in lower case.
    pub(super) fn is_closed_by(&self, line: &str) -> bool {
        match self {
            Enclosure::Fence { mark, length, .. } => {
                let fence = line.trim_start_matches(' ');
                let rest = fence.trim_start_matches(*mark);
                let behind = rest.trim_start_matches(' ');
                line.len() - fence.len() < 4
                    && fence.len() - rest.len() >= *length
                    && (behind.is_empty() || behind.starts_with(['\r', '\n']))
            }
            Enclosure::Html(kind) => line.contains(kind.ends[0]),
            Enclosure::UntilBlank => line.trim().is_empty(),
        }
    }

    /// The same for the line in `range` of a text. A fence behind a lone carriage return closes
    /// nothing.
    pub(super) fn is_closed_at(&self, text: &str, range: &Range<usize>) -> bool {
        let begins_line = text[..range.start].ends_with('\n');
        (begins_line || !matches!(self, Enclosure::Fence { .. }))
            && self.is_closed_by(&text[range.clone()])
    }

    /// Returns whether a line opens another block of the kind, which a block that is still open
    /// would not hold.
    pub(super) fn is_opened_again_by(&self, line: &str) -> bool {
        let line = line.trim_start();
        match self {
            Enclosure::Fence { mark, length, .. } => matches!(
                Self::fence_opened_by(line),
                Some(Enclosure::Fence { mark: other, length: marks, info: true })
                    if other == *mark && marks >= *length
            ),
            Enclosure::Html(kind) => {
                let other = HtmlKind::opened_by(line);
                other.is_some_and(|other| other.ends.contains(&kind.ends[0]))
            }
            Enclosure::UntilBlank => false,
        }
    }

    /// Returns whether people put whole notes into such a block.
    pub(super) fn holds_notes(&self) -> bool {
        match self {
            Enclosure::Fence { .. } => true,
            Enclosure::Html(kind) => kind.holds_notes,
            Enclosure::UntilBlank => false,
        }
    }

    /// Returns the line that closes the block.
    pub(super) fn closing_line(&self) -> Option<String> {
        match self {
            Enclosure::Fence { mark, length, .. } => Some(mark.to_string().repeat(*length)),
            Enclosure::Html(kind) => kind.ends.first().map(|end| (*end).to_owned()),
            Enclosure::UntilBlank => None,
        }
    }

    /// Returns where the block whose first line begins at `start` ends, behind the line that
    /// closes it. `None` if none does.
    pub(super) fn find_end(&self, text: &str, start: usize) -> Option<usize> {
        let first = match self {
            Enclosure::Fence { .. } => line_end(text, start),
            _ => start,
        };
        lines_from(text, first)
            .find(|line| self.is_closed_at(text, line))
            .map(|line| line.end)
    }
}

impl HtmlKind {
    fn opened_by(line: &str) -> Option<&'static HtmlKind> {
        let begins = |kind: &&HtmlKind| {
            let begin = line.get(..kind.begin.len());
            begin.is_some_and(|begin| begin.eq_ignore_ascii_case(kind.begin))
        };
        let is_whole = |kind: &&HtmlKind| {
            let behind = line.as_bytes().get(kind.begin.len());
            behind.is_none_or(|byte| byte.is_ascii_whitespace() || *byte == b'>')
        };
        RAW.iter()
            .find(|kind| begins(kind) && is_whole(kind))
            .or_else(|| MARKED.iter().find(begins))
    }
}
