//! Makes [blocks](Block) of the events of the Markdown parser.

use super::block::{Block, BlockHeading, LinkTarget};
use super::definitions::LinkDefinitions;
use super::enclosure::Enclosure;
use super::inline::{RunningText, relative_target, wiki_target};
use super::lines::line_end;
use super::note_heading::is_note_heading;
use crate::model::{Tag, cut_at_character, join_words};
use pulldown_cmark::{CodeBlockKind, Event, LinkType, Tag as Start, TagEnd};
use std::ops::Range;

/// The longest heading that is kept, in bytes.
const MAX_HEADING: usize = 1024;

/// Reads the events of a window, and hands over each block when the next one begins.
pub(super) struct BlockReader<'t> {
    text: &'t str,
    /// Where the window begins in the text.
    base: usize,
    known: &'t LinkDefinitions,
    /// Whether a note ends what was left open before it.
    notes_end_blocks: bool,
    /// Where a note ends the block.
    note: Option<usize>,
    /// How many blocks are open.
    depth: usize,
    /// Where the last top-level block ends.
    behind: usize,
    /// How many links, images and blocks of code are open whose text holds no tags.
    mute: usize,
    /// For each open link or image, whether it is one of these.
    links: Vec<bool>,
    heading: Option<(u8, String)>,
    block: Option<Block>,
    /// Tags of the block.
    tags: Vec<Tag>,
    running: RunningText<'t>,
}

impl<'t> BlockReader<'t> {
    pub(super) fn new(
        text: &'t str,
        base: usize,
        notes_end_blocks: bool,
        known: &'t LinkDefinitions,
    ) -> Self {
        BlockReader {
            text,
            base,
            known,
            notes_end_blocks,
            note: None,
            depth: 0,
            behind: base,
            mute: 0,
            links: Vec::new(),
            heading: None,
            block: None,
            tags: Vec::new(),
            running: RunningText::new(text),
        }
    }

    /// Takes one event of the parser, with its place in the window.
    pub(super) fn take(
        &mut self,
        event: Event<'_>,
        place: Range<usize>,
        found: &mut impl FnMut(Block),
    ) {
        let place = self.base + place.start..self.base + place.end;
        match event {
            Event::Start(start) => self.start(start, place, found),
            Event::End(end) => self.end(end, place.end),
            Event::Rule if self.depth == 0 => {
                self.open(place.start, found);
                self.behind = place.end;
            }
            Event::Text(shown) => self.piece(place, &shown),
            Event::Code(code) => {
                self.push_heading(&code);
                self.gap(Some('`'));
            }
            Event::SoftBreak | Event::HardBreak => {
                self.push_heading(" ");
                self.gap(None);
            }
            Event::InlineHtml(html) if html.starts_with("<br") => self.gap(None),
            Event::InlineHtml(_) => self.end_run(),
            _ => {}
        }
    }

    /// Returns where a note ends the last block.
    pub(super) fn note(&self) -> Option<usize> {
        self.note
    }

    /// Returns the last block, which may go on behind the window.
    pub(super) fn finish(mut self) -> Option<Block> {
        self.close()
    }

    fn start(&mut self, start: Start<'_>, place: Range<usize>, found: &mut impl FnMut(Block)) {
        let at = place.start;
        match start {
            Start::Emphasis | Start::Strong | Start::Strikethrough => self.end_run(),
            Start::Link {
                link_type,
                dest_url,
                id,
                ..
            } => {
                let is_opaque = matches!(
                    link_type,
                    LinkType::Autolink | LinkType::Email | LinkType::WikiLink { .. }
                );
                self.link(link_type, &dest_url, &id, at, is_opaque);
            }
            Start::Image {
                link_type,
                dest_url,
                id,
                ..
            } => {
                self.link(link_type, &dest_url, &id, at, true);
            }
            block => self.start_block(&block, place, found),
        }
    }

    fn start_block(
        &mut self,
        block: &Start<'_>,
        place: Range<usize>,
        found: &mut impl FnMut(Block),
    ) {
        let is_item = matches!(block, Start::Item);
        if self.depth == 0 || (self.depth == 1 && is_item) {
            self.open(place.start, found);
        }
        match block {
            Start::CodeBlock(CodeBlockKind::Fenced(_)) | Start::HtmlBlock if self.depth == 0 => {
                self.check_end(place.end);
            }
            _ => {}
        }
        match block {
            Start::Heading { level, .. } if self.depth == 0 => {
                self.heading = Some((*level as u8, String::new()));
            }
            Start::CodeBlock(_) => self.mute += 1,
            _ => {}
        }
        self.depth += 1;
        self.gap(None);
    }

    fn end(&mut self, end: TagEnd, at: usize) {
        match end {
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough => self.end_run(),
            TagEnd::Link | TagEnd::Image => {
                self.mute -= usize::from(self.links.pop() == Some(true));
                self.gap(Some(']'));
            }
            block => self.end_block(block, at),
        }
    }

    fn end_block(&mut self, block: TagEnd, at: usize) {
        self.gap(None);
        self.depth = self.depth.saturating_sub(1);
        if matches!(block, TagEnd::CodeBlock) {
            self.mute = self.mute.saturating_sub(1);
        }
        if self.depth == 0 {
            self.behind = at;
            self.end_heading(at);
        }
    }

    /// Begins a block at the line of `at`, and hands over the one before it.
    fn open(&mut self, at: usize, found: &mut impl FnMut(Block)) {
        let before = &self.text[self.base..at];
        let start = self.base + before.trim_end_matches([' ', '\t']).len();
        let is_open = |block: &Block| block.start == start;
        if self.block.as_ref().is_some_and(is_open) {
            return;
        }
        self.close().into_iter().for_each(found);
        self.block = Some(Block {
            start,
            resume: self.resume(start),
            heading: None,
            left_open: None,
            tags: Vec::new(),
            links: Vec::new(),
        });
    }

    /// Looks whether the block, which reaches to `end`, was left open.
    fn check_end(&mut self, end: usize) {
        let (text, Some(block)) = (self.text, &mut self.block) else {
            return;
        };
        let start = block.start;
        let first = &text[start..line_end(text, start)];
        let Some(enclosure) = Enclosure::opened_by(first.trim_start_matches(' ')) else {
            return;
        };
        let may_hold_note = self.notes_end_blocks && text[start..end].contains("## ");
        if may_hold_note {
            let note = enclosure.find_swallowed_note(text, start, is_note_heading);
            self.note = note.filter(|note| *note < end);
        }
        let is_last = text[end..].trim().is_empty();
        let is_endless = || is_last && enclosure.find_end(text, start).is_none();
        if enclosure.closing_line().is_some() && (self.note.is_some() || is_endless()) {
            block.left_open = Some(enclosure);
        }
    }

    /// Returns where reading can begin again for the sake of a block. Between two blocks lie
    /// empty lines, and link definitions; a paragraph that begins with these would be read as
    /// something else without them.
    fn resume(&self, start: usize) -> usize {
        let between = self.text.get(self.behind..start).unwrap_or_default();
        if self.depth > 0 || between.trim().is_empty() {
            return start;
        }
        let begins_line = self.behind == self.base || self.text[..self.behind].ends_with('\n');
        let line = if begins_line {
            self.behind
        } else {
            line_end(self.text, self.behind)
        };
        line.min(start)
    }

    fn close(&mut self) -> Option<Block> {
        self.gap(None);
        let tags = std::mem::take(&mut self.tags);
        self.block.take().map(|block| Block { tags, ..block })
    }

    fn end_heading(&mut self, at: usize) {
        let text = self.text;
        let body = if text[..at].ends_with(['\n', '\r']) {
            at
        } else {
            line_end(text, at)
        };
        if let (Some((level, words)), Some(block)) = (self.heading.take(), &mut self.block) {
            block.heading = Some(BlockHeading {
                level,
                text: cut_at_character(&join_words(&words), MAX_HEADING)
                    .trim_end()
                    .to_owned(),
                body,
            });
        }
    }

    fn push_heading(&mut self, text: &str) {
        if let Some((_, words)) = &mut self.heading
            && words.len() < 2 * MAX_HEADING
        {
            words.push_str(text);
        }
    }

    fn link(&mut self, link: LinkType, destination: &str, id: &str, at: usize, is_opaque: bool) {
        self.gap(Some('['));
        self.mute += usize::from(is_opaque);
        self.links.push(is_opaque);
        let wiki = matches!(link, LinkType::WikiLink { .. });
        let target = match link {
            LinkType::WikiLink { .. } => wiki_target(destination),
            LinkType::Autolink | LinkType::Email => None,
            LinkType::Inline => relative_target(destination),
            // The first definition in the text counts, which may be before the window.
            _ => relative_target(self.known.get(id).unwrap_or(destination)),
        };
        if let (Some(target), Some(block)) = (target, &mut self.block) {
            block.links.push((at, LinkTarget { target, wiki }));
        }
    }

    fn piece(&mut self, place: Range<usize>, shown: &str) {
        self.push_heading(shown);
        if self.mute == 0 {
            self.running.piece(place, shown, &mut self.tags);
        }
    }

    fn gap(&mut self, before: Option<char>) {
        self.running.gap(before, &mut self.tags);
    }

    fn end_run(&mut self) {
        self.running.end_run(&mut self.tags);
    }
}
