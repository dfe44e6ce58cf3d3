//! The top-level blocks of a Markdown text, with the tags and links in each.
//!
//! The Markdown parser builds a tree that can be many times as large as the text, so it gets one
//! window at a time. A window may begin wherever a top-level block or an item of a top-level list
//! begins: nothing before that place changes how the text behind it is read. The last block of a
//! window may go on behind it and is read again at the start of the next, larger one if need be.
//! A single block that exceeds the limit counts as far as it was read; its rest is text.
//!
//! A block that was left open ends where the next note begins, and so does its window.

use super::block::Block;
use super::definitions::{LinkDefinitions, WindowReferences, definitions_of};
use super::lines::{line_end, next_boundary};
use super::oversize::find_block_end;
use super::reader::BlockReader;
use pulldown_cmark::{BrokenLink, CowStr, Options, Parser};
use std::ops::Range;

/// How a text is read.
#[derive(Debug, Clone, Copy)]
pub(super) struct ScanOptions {
    /// Size of a window, in bytes.
    pub(super) window: usize,
    /// To this size a window grows for the sake of one block.
    pub(super) block: usize,
    /// Whether a note ends what was left open before it.
    pub(super) notes_end_blocks: bool,
}

impl Default for ScanOptions {
    fn default() -> Self {
        ScanOptions {
            window: 64 * 1024,
            block: 512 * 1024,
            notes_end_blocks: true,
        }
    }
}

/// Size of the window behind a block that was left open: what has been parsed of the window before
/// it is lost, and there may be many such blocks.
const WINDOW_BEHIND_NOTE: usize = 256;

/// Hands over the blocks from `start` on, in order.
///
/// Returns `false` if a link refers to a definition in a later window, which was not known yet.
/// Called again with the same `definitions`, it then knows them all.
pub(super) fn scan_blocks(
    text: &str,
    start: usize,
    options: ScanOptions,
    definitions: &mut LinkDefinitions,
    mut found: impl FnMut(Block),
) -> bool {
    let mut at = start;
    let mut next_size = options.window;
    let mut size = next_size;
    while at < text.len() {
        let end = find_window_end(text, at, size, options.block);
        let window = Window::read(text, at..end, options, definitions, &mut found);
        let next = match (&window.last, window.note) {
            (_, Some(note)) => note,
            _ if end == text.len() => end,
            (Some(last), _) if last.resume > at => last.resume,
            _ if size < options.block => {
                size = size.saturating_mul(2).min(options.block);
                continue;
            }
            (Some(last), _) => find_end_of_oversize(text, last),
            (None, _) if text[..end].ends_with('\n') => end,
            (None, _) => line_end(text, end),
        };
        definitions.learn(window.references, next);
        let whole = window.last.filter(|block| block.start < next);
        whole.into_iter().for_each(&mut found);
        let grown = if window.note.is_some() {
            WINDOW_BEHIND_NOTE
        } else {
            next_size.saturating_mul(2)
        };
        next_size = grown.min(options.window);
        (at, size) = (next, next_size);
    }
    !definitions.missed_one()
}

/// Returns where a window ends: behind a line, unless its only line exceeds the limit.
fn find_window_end(text: &str, start: usize, size: usize, limit: usize) -> usize {
    let end = next_boundary(text, start.saturating_add(size));
    if end == text.len() {
        return end;
    }
    if let Some(feed) = text[start..end].rfind('\n') {
        return start + feed + 1;
    }
    let far = next_boundary(text, start.saturating_add(limit)).max(end);
    text[end..far].find('\n').map_or(far, |feed| end + feed + 1)
}

/// Returns where to go on behind a block that is too long to be read.
fn find_end_of_oversize(text: &str, block: &Block) -> usize {
    match &block.heading {
        Some(heading) => heading.body,
        None => find_block_end(text, block.start),
    }
}

/// What is left of a window that was read.
struct Window {
    /// The last block, which may go on behind the window.
    last: Option<Block>,
    /// Where a note ends the last block.
    note: Option<usize>,
    references: WindowReferences,
}

pub(super) const OPTIONS: Options = Options::ENABLE_WIKILINKS
    .union(Options::ENABLE_TABLES)
    .union(Options::ENABLE_STRIKETHROUGH);

impl Window {
    /// Hands over all blocks of a window but the last.
    fn read(
        text: &str,
        range: Range<usize>,
        options: ScanOptions,
        known: &LinkDefinitions,
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
        let mut reader = BlockReader::new(text, range.start, options.notes_end_blocks, known);
        for (event, place) in events.by_ref() {
            reader.take(event, place, found);
            if reader.note().is_some() {
                break;
            }
        }
        let note = reader.note();
        let last = reader.finish();
        let defined = definitions_of(&events, range.start);
        drop(events);
        Window {
            last,
            note,
            references: WindowReferences { defined, missed },
        }
    }
}
