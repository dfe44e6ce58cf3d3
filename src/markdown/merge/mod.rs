//! Merges an entry that was changed in two clones: what git's own merge by lines cannot do, because
//! notes end with equal lines, or begin with equal headings.
//!
//! Notes are kept whole, each once, in the order of their times; front matter is merged key by key,
//! sessions record by record, and everything else line by line, where both sides are kept if both
//! changed the same lines. Nothing ever conflicts.

mod front;
mod items;
mod lines;
mod notes;
mod records;
#[cfg(test)]
mod tests;
mod union_merged;

pub(crate) use records::split_records;
pub(crate) use union_merged::{find_union_merged, is_union_merged};

use crate::model::Zone;
use lines::merge_lines;

/// The three versions of one text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Versions<T> {
    /// What both sides have in common; empty where there is nothing.
    pub(crate) base: T,
    /// This side.
    pub(crate) ours: T,
    /// The other side.
    pub(crate) theirs: T,
}

impl<T: PartialEq + Clone> Versions<T> {
    /// Returns the version that counts where not both sides changed it, or both in the same way.
    fn settled(&self) -> Option<T> {
        if self.ours == self.theirs || self.base == self.theirs {
            Some(self.ours.clone())
        } else if self.base == self.ours {
            Some(self.theirs.clone())
        } else {
            None
        }
    }
}

impl<T> Versions<T> {
    fn map<U>(&self, part: impl Fn(&T) -> U) -> Versions<U> {
        Versions {
            base: part(&self.base),
            ours: part(&self.ours),
            theirs: part(&self.theirs),
        }
    }
}

impl Versions<String> {
    fn as_texts(&self) -> Versions<&str> {
        Versions {
            base: &self.base,
            ours: &self.ours,
            theirs: &self.theirs,
        }
    }
}

/// Merges an entry. The line endings are those of our side.
pub(crate) fn merge_entries(versions: Versions<&str>) -> String {
    if let Some(settled) = versions.settled() {
        return settled.to_owned();
    }
    let crlf = versions
        .ours
        .split_once('\n')
        .is_some_and(|(first, _)| first.ends_with('\r'));
    let plain = versions.map(|text| text.replace("\r\n", "\n"));
    let plain = plain.as_texts();
    let merged = if records::is_session(plain) {
        records::merge_records(plain)
    } else {
        merge_text(plain)
    };
    if crlf {
        merged.replace('\n', "\r\n")
    } else {
        merged
    }
}

/// Merges what is no record of a session.
fn merge_text(versions: Versions<&str>) -> String {
    let parsed = versions.map(|text| super::parse_document(text, Zone::UTC));
    let split = Versions {
        base: notes::split_notes(versions.base, &parsed.base),
        ours: notes::split_notes(versions.ours, &parsed.ours),
        theirs: notes::split_notes(versions.theirs, &parsed.theirs),
    };
    let head = front::merge_head(split.map(|split| split.head));
    let notes = notes::merge_notes(&split.map(|split| split.notes.clone()));
    notes
        .iter()
        .fold(head, |text, note| append_block(text, note))
}

/// Appends a block behind an empty line.
fn append_block(mut text: String, block: &str) -> String {
    text += super::session_entry::blank_lines_before(text.as_bytes());
    text += block;
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}
