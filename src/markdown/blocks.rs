//! The top-level blocks of a Markdown text, with the tags and links in each.
//!
//! The Markdown parser builds a tree that can be many times as large as the text, so it gets one
//! window at a time. A window may begin wherever a top-level block or an item of a top-level list
//! begins: nothing before that place changes how the text behind it is read. The last block of a
//! window may go on behind it and is read again at the start of the next, larger one if need be.
//! A single block that exceeds the limit counts as far as it was read; its rest is text.

use super::fences::{block_end, boundary, line_end};
use super::reader::Reader;
use crate::model::Tag;
use pulldown_cmark::{BrokenLink, BrokenLinkCallback, CowStr, OffsetIter, Options, Parser};
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::ops::Range;

/// How much text is parsed at once, in bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Size of a window.
    pub(super) window: usize,
    /// To this size a window grows for the sake of one block.
    pub(super) block: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            window: 64 * 1024,
            block: 512 * 1024,
        }
    }
}

/// A top-level block, or an item of a top-level list.
#[derive(Debug)]
pub(super) struct Block {
    /// Where its first line begins.
    pub(super) start: usize,
    /// Where a window can begin to read it again: at its start, or at the link definitions right
    /// above it, which were part of its paragraph.
    pub(super) resume: usize,
    pub(super) heading: Option<Heading>,
    pub(super) tags: Vec<Tag>,
    /// Links, each with the place where it begins.
    pub(super) links: Vec<(usize, Target)>,
}

/// The heading that a block is.
#[derive(Debug)]
pub(super) struct Heading {
    pub(super) level: u8,
    /// Plain text on one line, cut to a bounded length.
    pub(super) text: String,
    /// Where the line behind the heading begins.
    pub(super) body: usize,
}

/// Where a link leads.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) target: String,
    pub(super) wiki: bool,
}

/// Hands over the blocks from `start` on, in order.
///
/// Returns `false` if a link refers to a definition in a later window, which was not known yet.
/// Called again with the same `definitions`, it then knows them all.
pub(super) fn scan(
    text: &str,
    start: usize,
    limits: Limits,
    definitions: &mut Definitions,
    mut found: impl FnMut(Block),
) -> bool {
    let mut at = start;
    let mut size = limits.window;
    while at < text.len() {
        let end = window_end(text, at, size, limits.block);
        let window = Window::read(text, at..end, definitions, &mut found);
        let next = match &window.last {
            _ if end == text.len() => end,
            Some(last) if last.resume > at => last.resume,
            _ if size < limits.block => {
                size = size.saturating_mul(2).min(limits.block);
                continue;
            }
            Some(last) => behind_oversize(text, last),
            None if text[..end].ends_with('\n') => end,
            None => line_end(text, end),
        };
        definitions.learn(window.definitions, next);
        let whole = window.last.filter(|block| block.start < next);
        whole.into_iter().for_each(&mut found);
        (at, size) = (next, limits.window);
    }
    !definitions.missed_one()
}

/// Returns where a window ends: behind a line, unless its only line exceeds the limit.
fn window_end(text: &str, start: usize, size: usize, limit: usize) -> usize {
    let end = boundary(text, start.saturating_add(size));
    if end == text.len() {
        return end;
    }
    if let Some(feed) = text[start..end].rfind('\n') {
        return start + feed + 1;
    }
    let far = boundary(text, start.saturating_add(limit)).max(end);
    text[end..far].find('\n').map_or(far, |feed| end + feed + 1)
}

/// Returns where to go on behind a block that is too long to be read.
fn behind_oversize(text: &str, block: &Block) -> usize {
    match &block.heading {
        Some(heading) => heading.body,
        None => block_end(text, block.start),
    }
}

/// Link reference definitions of the text so far. The first of several with one label counts.
#[derive(Default)]
pub(super) struct Definitions {
    destinations: HashMap<String, String>,
    /// Hashes of the labels that were not known when a link wanted them.
    missed: HashSet<u64>,
    hasher: RandomState,
}

impl Definitions {
    pub(super) fn get(&self, label: &str) -> Option<&str> {
        if self.destinations.is_empty() {
            return None;
        }
        self.destinations.get(&label_key(label)).map(String::as_str)
    }

    fn learn(&mut self, window: FromWindow, end: usize) {
        self.missed.extend(window.missed);
        for (label, destination, behind) in window.defined {
            if behind <= end {
                self.destinations.entry(label).or_insert(destination);
            }
        }
    }

    fn hash(&self, label: &str) -> u64 {
        self.hasher.hash_one(label_key(label))
    }

    /// Tells whether a label was missed that has since been defined, and forgets what was missed.
    fn missed_one(&mut self) -> bool {
        let missed = std::mem::take(&mut self.missed);
        !missed.is_empty()
            && self
                .destinations
                .keys()
                .any(|label| missed.contains(&self.hasher.hash_one(label)))
    }
}

fn label_key(label: &str) -> String {
    label
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase()
}

/// What a window teaches about link references.
#[derive(Default)]
struct FromWindow {
    /// Label, destination, and where the definition ends.
    defined: Vec<(String, String, usize)>,
    missed: Vec<u64>,
}

/// Whether a window is read to its end, and what is left of it.
struct Window {
    /// The last block, which may go on behind the window.
    last: Option<Block>,
    definitions: FromWindow,
}

const OPTIONS: Options = Options::ENABLE_WIKILINKS
    .union(Options::ENABLE_TABLES)
    .union(Options::ENABLE_STRIKETHROUGH);

impl Window {
    /// Hands over all blocks of a window but the last.
    fn read(
        text: &str,
        range: Range<usize>,
        known: &Definitions,
        found: &mut impl FnMut(Block),
    ) -> Window {
        let mut missed = Vec::new();
        let resolve = |link: BrokenLink<'_>| match known.get(&link.reference) {
            Some(destination) => Some((CowStr::from(destination.to_owned()), CowStr::Borrowed(""))),
            None => {
                missed.push(known.hash(&link.reference));
                None
            }
        };
        let window = &text[range.clone()];
        let parser = Parser::new_with_broken_link_callback(window, OPTIONS, Some(resolve));
        let mut events = parser.into_offset_iter();
        let mut reader = Reader::new(text, range.start, known);
        for (event, place) in events.by_ref() {
            reader.take(event, place, found);
        }
        let last = reader.finish();
        let defined = definitions_of(&events, range.start);
        drop(events);
        Window {
            last,
            definitions: FromWindow { defined, missed },
        }
    }
}

fn definitions_of<'t, F>(events: &OffsetIter<'t, F>, base: usize) -> Vec<(String, String, usize)>
where
    F: BrokenLinkCallback<'t>,
{
    events
        .reference_definitions()
        .iter()
        .map(|(label, link)| {
            (
                label_key(label),
                link.dest.to_string(),
                base + link.span.end,
            )
        })
        .collect()
}
