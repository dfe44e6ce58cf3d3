//! What is read of a top-level block.

use super::enclosure::Enclosure;
use crate::model::Tag;

/// A top-level block, or an item of a top-level list.
#[derive(Debug)]
pub(super) struct Block {
    /// Where its first line begins.
    pub(super) start: usize,
    /// Where a window can begin to read it again: at its start, or at the link definitions right
    /// above it, which were part of its paragraph.
    pub(super) resume: usize,
    pub(super) heading: Option<BlockHeading>,
    /// What it began with, if it ends neither at a line that closes it nor where another one
    /// begins, but at a note or at the end of the text.
    pub(super) left_open: Option<Enclosure>,
    pub(super) tags: Vec<Tag>,
    /// Links, each with the place where it begins.
    pub(super) links: Vec<(usize, LinkTarget)>,
}

/// The heading that a block is.
#[derive(Debug)]
pub(super) struct BlockHeading {
    pub(super) level: u8,
    /// Plain text on one line, cut to a bounded length.
    pub(super) text: String,
    /// Where the line behind the heading begins.
    pub(super) body: usize,
}

/// Where a link leads.
#[derive(Debug)]
pub(super) struct LinkTarget {
    pub(super) target: String,
    pub(super) wiki: bool,
}
