//! Text to values and back: front matter, sections, tags, links. Never touches the disk.
//!
//! Enter by [`parse_entry`], or by [`parse_document`] where only a part is there; neither fails: what cannot be understood is a
//! [`Problem`](crate::model::Problem) of the document and stays searchable as text. The way back
//! is [`session_entry`], which writes what `session-log` appends.
//!
//! The text is read in windows of bounded size (`windows`), so time grows with its length and
//! memory with what is found in it, whatever the text holds.

mod block;
mod date_cursor;
mod date_words;
mod dated;
mod dates;
mod definitions;
mod enclosure;
mod encoding;
mod front_matter;
mod front_matter_file;
mod front_matter_keys;
#[cfg(feature = "service")]
pub mod html;
mod inline;
mod leftovers;
mod lines;
pub(crate) mod merge;
mod name_date;
mod note_heading;
mod oversize;
mod reader;
mod rename;
mod sections;
pub mod session;
pub mod session_entry;
mod swallowed;
mod tags;
#[cfg(test)]
mod tests;
mod windows;
pub(crate) mod yaml;

use crate::model::{Document, EntryPath, Zone};
use windows::ScanOptions;

pub use encoding::{decode_text, is_utf16};
pub use front_matter_file::{FrontMatterFile, OneOrMore};
pub(crate) use rename::{rename_context_project, rename_project};
pub(crate) use tags::is_inline_tag;

/// Reads the text of one entry. Times without an offset are in `zone`.
///
/// Offsets in the result are bytes of `text`; lines are counted from 1. The text may begin with a
/// byte-order mark and may have any line endings.
pub fn parse_document(text: &str, zone: Zone) -> Document {
    parse_with(text, zone, ScanOptions::default())
}

/// Reads the text of the entry at `path`, as [`parse_document`] does; its name or title may date it.
pub fn parse_entry(path: &EntryPath, text: &str, zone: Zone) -> Document {
    let mut document = parse_document(text, zone);
    name_date::apply_name_date(&mut document, path, text, zone);
    document
}

fn parse_with(text: &str, zone: Zone, options: ScanOptions) -> Document {
    let front = front_matter::find_front_matter(text, zone);
    let outline = sections::read_outline(text, &front, zone, options);
    let mut problems = leftovers::find_leftovers(text, &front);
    problems.extend(front.problems);
    problems.extend(outline.problems);
    Document {
        title: outline.title,
        front: front.values,
        sections: outline.sections,
        links: outline.links,
        problems,
    }
}
