//! Fetches what is shown of the entries that were found.

use super::found::{FoundEntry, FoundSection};
use super::hit::EntryGroup;
use super::section::IndexedSection;
use super::section_text::text_below;
use super::snippet::{Highlighter, Snippet};
use crate::error::Result;
use crate::index::{View, damage_error};
use crate::kb::Kb;
use crate::model::{Tag, Timestamp};

/// The most of a section that is looked at for a snippet: 256 KiB.
const SNIPPET_SOURCE: u64 = 256 << 10;
/// The same where nothing matches so far: 4 MiB.
const LONG_SOURCE: u64 = 4 << 20;
/// The most of a section that `content` holds: 32 MiB.
const CONTENT: u64 = 32 << 20;

/// Turns groups into what is shown.
pub(super) struct Presenter<'a> {
    pub kb: &'a Kb,
    pub view: &'a View,
    pub highlighter: &'a Highlighter<'a>,
    pub content: bool,
}

impl Presenter<'_> {
    /// Fetches an entry with its best sections.
    pub fn show_entry(&self, group: &EntryGroup) -> Result<FoundEntry> {
        let mut entry = None;
        let mut sections = Vec::new();
        for hit in &group.sections {
            let indexed = IndexedSection::fetch(self.view, hit.segment, hit.doc)?;
            sections.push(self.show_section(&indexed, hit.score));
            entry.get_or_insert(indexed);
        }
        let indexed = entry.ok_or_else(|| damage_error("an entry without sections"))?;
        let time = |seconds: Option<i64>| self.zoned(seconds);
        Ok(FoundEntry {
            created: time(indexed.stored.created),
            updated: time(indexed.stored.updated),
            path: indexed.path,
            title: indexed.stored.title,
            tags: parse_tags(&indexed.stored.entry_tags),
            project: indexed.stored.project,
            score: group.score,
            more: group.matching - sections.len() as u64,
            sections,
        })
    }

    fn show_section(&self, indexed: &IndexedSection, score: f32) -> FoundSection {
        let limit = if self.content {
            CONTENT
        } else {
            SNIPPET_SOURCE
        };
        let text = indexed.text(self.kb, limit);
        let mut snippet = self.show_snippet(indexed, &text);
        if snippet.matches.is_empty() && !self.content && indexed.length() > SNIPPET_SOURCE {
            snippet = self.show_snippet(indexed, &indexed.text(self.kb, LONG_SOURCE));
        }
        FoundSection {
            line: indexed.line,
            heading: indexed.stored.heading.clone(),
            ancestors: indexed.stored.ancestors.clone(),
            time: self.zoned(indexed.time),
            tags: parse_tags(&indexed.stored.tags),
            snippet,
            content: self.content.then_some(text),
            score,
        }
    }

    /// Cuts the snippet; of a note that begins with a heading also from what is below that.
    fn show_snippet(&self, indexed: &IndexedSection, text: &str) -> Snippet {
        let body = if indexed.stored.heading.is_empty() {
            text
        } else {
            text_below(text)
        };
        let snippet = self.highlighter.snippet(body);
        if !snippet.text.is_empty() {
            return snippet;
        }
        self.highlighter
            .snippet(&indexed.note_text(self.kb, SNIPPET_SOURCE))
    }

    fn zoned(&self, seconds: Option<i64>) -> Option<Timestamp> {
        let zone = self.kb.zone();
        seconds.map(|seconds| Timestamp::from_seconds(seconds).in_zone(zone))
    }
}

/// Returns the tags of some texts.
pub(super) fn parse_tags(texts: &[String]) -> Vec<Tag> {
    texts.iter().filter_map(|text| Tag::new(text)).collect()
}
