//! Markdown as HTML for a browser, in which nothing of the text can run, load or pretend anything.
//!
//! Sections are read one by one, as the index reads them: what one leaves open ends with it. The
//! whole then goes through the sanitiser, what this program wrote included.

mod anchors;
mod sanitize;
#[cfg(test)]
mod tests;
mod writer;

pub use anchors::list_anchors;

use super::definitions::{LinkDefinitions, WindowReferences, definitions_of};
use super::lines::next_boundary;
use super::windows::OPTIONS;
use crate::model::Section;
use pulldown_cmark::{BrokenLink, CowStr, Options, Parser};
use std::ops::Range;
use writer::HtmlWriter;

/// Returns the address of what a link leads to: its target, and whether it is a `[[wiki link]]`.
/// `None` if it leads nowhere.
pub type LinkResolver<'a> = &'a dyn Fn(&str, bool) -> Option<String>;

/// How much of one section is rendered, in bytes.
pub const LONGEST_SECTION: usize = 512 << 10;

/// Renders sections of a text, which `range` selects, as HTML.
///
/// `sections` are all sections of the text and `anchors` their [anchors](list_anchors). A heading
/// has its anchor as id, and in front of each section stands an element whose id is `L` and its
/// line. A heading of level 1 that is the title is left out. Images are not loaded but named.
pub fn render_sections(
    text: &str,
    sections: &[Section],
    anchors: &[String],
    range: Range<usize>,
    title: &str,
    resolve: LinkResolver<'_>,
) -> String {
    let shown = sections.get(range.clone()).unwrap_or_default();
    let definitions = find_definitions(text, shown);
    let mut html = String::new();
    let mut ids = Vec::new();
    let mut level = 1;
    for (section, anchor) in shown.iter().zip(&anchors[range]) {
        let line = format!("L{}", section.line);
        html.push_str(&format!("<span id=\"{line}\"></span>"));
        ids.push(line);
        ids.push(anchor.clone());
        let source = text.get(section.range.clone()).unwrap_or_default();
        let source = &source[..next_boundary(source, LONGEST_SECTION)];
        let is_title = section.level == 1 && section.heading.trim() == title.trim();
        let mut writer = HtmlWriter::new(&mut html, resolve, &definitions, level);
        writer.anchor = Some(anchor).filter(|_| section.level > 0);
        writer.skips_heading = is_title;
        let resolve_reference = |link: BrokenLink<'_>| {
            let destination = definitions.get(&link.reference)?.to_owned();
            Some((CowStr::from(destination), CowStr::Borrowed("")))
        };
        let options = OPTIONS.union(Options::ENABLE_TASKLISTS);
        let parser =
            Parser::new_with_broken_link_callback(source, options, Some(resolve_reference));
        parser.for_each(|event| writer.take(event));
        level = writer.finish();
    }
    sanitize::sanitize_html(&html, ids)
}

/// Returns the link definitions in some sections: they count in all of them.
fn find_definitions(text: &str, sections: &[Section]) -> LinkDefinitions {
    let mut definitions = LinkDefinitions::default();
    let (Some(first), Some(last)) = (sections.first(), sections.last()) else {
        return definitions;
    };
    let source = text.get(first.range.start..last.range.end);
    let events = Parser::new_ext(source.unwrap_or_default(), OPTIONS).into_offset_iter();
    let references = WindowReferences {
        defined: definitions_of(&events, 0),
        missed: Vec::new(),
    };
    definitions.learn(references, usize::MAX);
    definitions
}
