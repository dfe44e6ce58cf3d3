//! Markdown as HTML for a browser, in which nothing of the text can run, load or pretend anything.
//!
//! Sections are read one by one, as the index reads them: what one leaves open ends with it. Each
//! then goes through the sanitiser, what this program wrote included.

mod anchors;
mod escape;
mod raw;
mod sanitize;
mod split;
#[cfg(test)]
mod tests;
mod writer;

pub use anchors::list_anchors;
pub use split::{TextPiece, split_text};

use super::definitions::{LinkDefinitions, WindowReferences, definitions_of};
use super::lines::line_end;
use super::windows::OPTIONS;
use pulldown_cmark::{BrokenLink, CowStr, Options, Parser};
use sanitize::{Sanitizer, clean_text};
use std::borrow::Cow;
use writer::HtmlWriter;

/// Returns the address of what a link leads to: its target, and whether it is a `[[wiki link]]`.
/// `None` if it leads nowhere.
pub type LinkResolver<'a> = &'a dyn Fn(&str, bool) -> Option<String>;

/// A section, or a piece of one, to be rendered.
#[derive(Debug, Clone)]
pub struct ShownPiece<'a> {
    /// The Markdown.
    pub source: Cow<'a, str>,
    /// The line that its place is named by: that on which it begins, or another one in it.
    pub line: u32,
    /// The id of its heading; `None` if it has none, or goes on with a section.
    pub anchor: Option<&'a str>,
    /// Whether its heading is left out, because it is the title.
    pub skips_heading: bool,
}

/// What is shown of some pieces.
#[derive(Debug)]
pub struct RenderedPieces {
    pub html: String,
    /// The heading of each piece, as it is shown: HTML without any element.
    pub headings: Vec<Option<String>>,
}

/// Renders pieces of a text, with the definitions of links in `defined`, as HTML.
///
/// A heading has its anchor as id, and in front of each piece stands an element whose id is `L` and
/// its line. Images are not loaded but named.
pub fn render_pieces(
    pieces: &[ShownPiece<'_>],
    defined: &str,
    resolve: LinkResolver<'_>,
) -> RenderedPieces {
    let definitions = read_definitions(defined);
    let ids = pieces.iter().flat_map(|piece| {
        let anchor = piece.anchor.map(str::to_owned);
        std::iter::once(line_id(piece.line)).chain(anchor)
    });
    let sanitizer = Sanitizer::new(ids.collect());
    let mut rendered = RenderedPieces {
        html: String::new(),
        headings: Vec::with_capacity(pieces.len()),
    };
    let mut level = 1;
    for piece in pieces {
        let source = &piece.source;
        let mut html = format!("<span id=\"{}\"></span>", line_id(piece.line));
        let mut writer = HtmlWriter::new(&mut html, resolve, &definitions, level, source);
        writer.anchor = piece.anchor;
        writer.skips_heading = piece.skips_heading;
        write_markdown(source, &definitions, &mut writer);
        let (last, heading) = writer.finish();
        level = last;
        let heading = heading.and_then(|range| html.get(range));
        rendered.headings.push(heading.map(clean_text));
        rendered.html.push_str(&sanitizer.clean_html(&html));
    }
    rendered
}

/// Returns the id of the element in front of a piece.
fn line_id(line: u32) -> String {
    format!("L{line}")
}

/// Writes Markdown. Behind the first line of HTML that was left open it is read anew.
fn write_markdown(source: &str, definitions: &LinkDefinitions, writer: &mut HtmlWriter<'_>) {
    let options = OPTIONS.union(Options::ENABLE_TASKLISTS);
    let mut at = 0;
    while at < source.len() {
        let resolve_reference = |link: BrokenLink<'_>| {
            let destination = definitions.get(&link.reference)?.to_owned();
            Some((CowStr::from(destination), CowStr::Borrowed("")))
        };
        let rest = &source[at..];
        let parser = Parser::new_with_broken_link_callback(rest, options, Some(resolve_reference));
        let mut events = parser.into_offset_iter();
        let unclosed = events.find_map(|(event, range)| writer.take(event).then_some(range));
        at = unclosed.map_or(source.len(), |block| at + line_end(rest, block.start));
    }
}

/// How much of a text is read for its definitions of links, in bytes.
const MOST_DEFINITIONS: usize = 256 << 10;

/// Returns the lines of a text that may define links, `[label]: target`, as a text of their own. They
/// count in all of it.
pub fn find_definitions(text: &str) -> String {
    let may_define = |line: &&str| {
        let line = line.trim_start();
        line.starts_with('[') && line.contains("]:")
    };
    let mut found = String::new();
    for line in text.lines().filter(may_define) {
        if found.len() + line.len() > MOST_DEFINITIONS {
            break;
        }
        found.push_str(line.trim_start());
        found.push_str("\n\n");
    }
    found
}

fn read_definitions(defined: &str) -> LinkDefinitions {
    let mut definitions = LinkDefinitions::default();
    let events = Parser::new_ext(defined, OPTIONS).into_offset_iter();
    let references = WindowReferences {
        defined: definitions_of(&events, 0),
        missed: Vec::new(),
    };
    definitions.learn(references, usize::MAX);
    definitions
}
