//! Text to values and back: front matter, sections, tags, links. Never touches the disk.
//!
//! Enter by [`parse`], which never fails: what cannot be understood is a
//! [`Problem`](crate::model::Problem) of the document and stays searchable as text. The way back
//! is [`session_entry`], which writes what `session-log` appends.
//!
//! The text is read in windows of bounded size (`blocks`), so time grows with its length and
//! memory with what is found in it, whatever the text holds.

mod blocks;
mod dates;
mod fences;
mod front_matter;
mod front_matter_file;
mod inline;
#[cfg(test)]
mod properties;
mod reader;
mod sections;
pub mod session;
pub mod session_entry;
mod tags;
pub(crate) mod yaml;

use crate::model::{Document, Zone};
use blocks::Limits;

pub use front_matter_file::FrontMatterFile;
pub(crate) use tags::is_inline_tag;

/// Reads the text of one entry. Times without an offset are in `zone`.
///
/// Offsets in the result are bytes of `text`; lines are counted from 1. The text may begin with a
/// byte-order mark and may have any line endings.
pub fn parse(text: &str, zone: Zone) -> Document {
    parse_with(text, zone, Limits::default())
}

fn parse_with(text: &str, zone: Zone, limits: Limits) -> Document {
    let front = front_matter::find(text, zone);
    let outline = sections::outline(text, &front, zone, limits);
    let mut problems = front.problems;
    problems.extend(outline.problems);
    Document {
        title: outline.title,
        front: front.values,
        sections: outline.sections,
        links: outline.links,
        problems,
    }
}
