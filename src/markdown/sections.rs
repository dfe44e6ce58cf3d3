//! Sections: a text from heading to heading, with what each inherits from those above it.

use super::block::{Block, BlockHeading, LinkTarget};
use super::dated::{DatedSections, HeadingPlace};
use super::definitions::LinkDefinitions;
use super::front_matter::Front;
use super::lines::LineCounter;
use super::windows::{ScanOptions, scan_blocks};
use crate::model::{Link, Problem, Section, Tag, Zone, quote_beginning};
use std::collections::HashSet;

/// More sections, tags or links than this in one file are not kept apart any more. No file that
/// people write comes near it; it bounds the memory that a hostile one takes.
const MAX_ITEMS: usize = 1_000_000;

/// Most blocks left open that are named in one file.
const MAX_PROBLEMS: usize = 20;

/// What the Markdown of a file says.
#[derive(Debug)]
pub(super) struct Outline {
    /// Title of the front matter, else the first level 1 heading.
    pub(super) title: Option<String>,
    pub(super) sections: Vec<Section>,
    pub(super) links: Vec<Link>,
    pub(super) problems: Vec<Problem>,
}

/// Reads everything behind the front matter.
pub(super) fn read_outline(text: &str, front: &Front, zone: Zone, options: ScanOptions) -> Outline {
    let mut definitions = LinkDefinitions::default();
    let mut read = || {
        let mut builder = OutlineBuilder::new(text, front, zone);
        let knew_all = scan_blocks(text, front.markdown, options, &mut definitions, |block| {
            builder.push(block);
        });
        (builder.finish(), knew_all)
    };
    match read() {
        (outline, true) => outline,
        (_, false) => read().0,
    }
}

/// Collects the blocks of a text into sections.
struct OutlineBuilder<'t> {
    text: &'t str,
    outline: Outline,
    /// The section that goes on; its end is not known yet.
    open: Section,
    /// Keys of its tags.
    seen: HashSet<String>,
    /// Headings above the next one, with their levels.
    above: Vec<(u8, String)>,
    dated: DatedSections,
    /// Whether there are more sections than are kept apart.
    too_many: bool,
    /// Number of tags in all sections.
    tags: usize,
    lines: LineCounter<'t>,
    /// How many bytes of ancestors may still be repeated in sections.
    ancestors: usize,
}

impl<'t> OutlineBuilder<'t> {
    fn new(text: &'t str, front: &Front, zone: Zone) -> Self {
        let mut lines = LineCounter::new(text);
        let open = Section {
            level: 0,
            depth: 0,
            heading: String::new(),
            ancestors: Vec::new(),
            line: lines.line_at(front.text),
            range: front.text..front.text,
            body: front.text,
            time: None,
            dated: false,
            tags: Vec::new(),
        };
        OutlineBuilder {
            text,
            outline: Outline {
                title: front.values.title.clone(),
                sections: Vec::new(),
                links: Vec::new(),
                problems: Vec::new(),
            },
            open,
            seen: HashSet::new(),
            above: Vec::new(),
            dated: DatedSections::new(zone, front.session),
            too_many: false,
            tags: 0,
            lines,
            ancestors: 4 * text.len() + 64 * 1024,
        }
    }

    fn push(&mut self, block: Block) {
        if let Some(closing) = block.left_open.and_then(|open| open.closing_line()) {
            self.note_left_open(block.start, &closing);
        }
        if let Some(heading) = block.heading {
            self.begin_section(block.start, heading);
        }
        for tag in block.tags {
            self.add_tag(tag);
        }
        for (at, link) in block.links {
            self.add_link(at, link);
        }
    }

    fn note_left_open(&mut self, start: usize, closing: &str) {
        if self.outline.problems.len() < MAX_PROBLEMS {
            let first = self.text[start..].lines().next().unwrap_or_default().trim();
            let shown = quote_beginning(first);
            self.outline.problems.push(Problem {
                line: self.lines.line_at(start),
                reason: format!("'{shown}' is left open: a line '{closing}' is missing"),
            });
        }
    }

    fn begin_section(&mut self, start: usize, heading: BlockHeading) {
        if self.outline.sections.len() + 1 >= MAX_ITEMS {
            return self.note_too_many(start);
        }
        let BlockHeading { level, text, body } = heading;
        let line = &self.text[start..body];
        let place = self.dated.place(level, &text, line);
        if level == 1 && place.depth == 1 && self.outline.title.is_none() && !text.is_empty() {
            self.outline.title = Some(text.clone());
        }
        let section = Section {
            level,
            depth: place.depth,
            ancestors: self.take_ancestors(place.depth, &text),
            heading: text,
            line: self.lines.line_at(start),
            range: start..start,
            body,
            time: place.time,
            dated: place.dated,
            tags: Vec::new(),
        };
        self.open_section(start, section, &place);
    }

    fn note_too_many(&mut self, start: usize) {
        let noted = std::mem::replace(&mut self.too_many, true);
        if !noted {
            self.outline.problems.push(Problem {
                line: self.lines.line_at(start),
                reason: format!("more than {MAX_ITEMS} sections; the rest counts as one"),
            });
        }
    }

    fn take_ancestors(&mut self, level: u8, heading: &str) -> Vec<String> {
        self.above.retain(|(above, _)| *above < level);
        let title = self.outline.title.as_deref();
        let names = self.above.iter().filter(|(level, name)| {
            let is_title = *level == 1 && Some(name.as_str()) == title;
            !name.is_empty() && !is_title
        });
        let names: Vec<String> = names.map(|(_, name)| name.clone()).collect();
        self.above.push((level, heading.to_owned()));
        let size = names.iter().map(String::len).sum();
        match self.ancestors.checked_sub(size) {
            Some(left) => {
                self.ancestors = left;
                names
            }
            None => Vec::new(),
        }
    }

    fn add_tag(&mut self, tag: Tag) {
        if self.tags < MAX_ITEMS && self.seen.insert(tag.key()) {
            self.tags += 1;
            self.open.tags.push(tag);
        }
    }

    fn add_link(&mut self, at: usize, link: LinkTarget) {
        if self.outline.links.len() < MAX_ITEMS {
            self.outline.links.push(Link {
                target: link.target,
                wiki: link.wiki,
                line: self.lines.line_at(at),
            });
        }
    }

    /// Ends the open section, and opens the next, with the tags that it inherits.
    fn open_section(&mut self, end: usize, next: Section, place: &HeadingPlace) {
        let mut section = std::mem::replace(&mut self.open, next);
        self.seen = HashSet::new();
        section.range.end = end;
        if section.dated {
            self.dated.tags.clone_from(&section.tags);
        }
        let is_empty = section.level == 0 && self.text[section.range.clone()].trim().is_empty();
        if !is_empty {
            self.outline.sections.push(section);
        }
        if place.inherits_tags {
            for tag in self.dated.tags.clone() {
                self.add_tag(tag);
            }
        }
    }

    fn finish(mut self) -> Outline {
        let is_empty = self.text[self.open.range.start..].trim().is_empty();
        self.open.range.end = self.text.len();
        if self.open.level > 0 || !is_empty || self.outline.sections.is_empty() {
            self.outline.sections.push(self.open);
        }
        self.outline
    }
}
