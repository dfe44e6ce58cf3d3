//! Fetches what is shown of the entries that were found.

use super::found::{FoundEntry, FoundSection};
use super::hit::{EntryGroup, Hit};
use super::section::IndexedSection;
use super::section_text::text_below;
use super::snippet::{Highlighter, Snippet};
use crate::error::Result;
use crate::index::{View, damage_error};
use crate::kb::Kb;
use crate::model::{Tag, Timestamp};
use std::sync::Arc;

/// The most of a section that is looked at for a snippet: 256 KiB.
const SNIPPET_SOURCE: u64 = 256 << 10;
/// The same where nothing matches so far: 4 MiB.
const LONG_SOURCE: u64 = 4 << 20;
/// The most of a section that `content` holds: 32 MiB.
const CONTENT: u64 = 32 << 20;

/// The most of a section that is kept for other requests.
const KEPT: u64 = 16 << 10;

/// What is stored of a section, and its text.
struct ReadSection {
    indexed: IndexedSection,
    text: String,
}

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
        let named = group.sections.iter().map(|hit| (hit.segment, hit.doc));
        let kept: Vec<Option<Arc<ReadSection>>> = self.view.find_cached(named);
        let mut entry = None;
        let mut sections = Vec::new();
        for (hit, kept) in group.sections.iter().zip(kept) {
            let section = kept.map_or_else(|| self.read_section(hit), Ok)?;
            sections.push(self.show_section(&section, hit.score));
            entry.get_or_insert(section);
        }
        let section = entry.ok_or_else(|| damage_error("an entry without sections"))?;
        let indexed = &section.indexed;
        let time = |seconds: Option<i64>| self.zoned(seconds);
        Ok(FoundEntry {
            created: time(indexed.stored.created),
            updated: time(indexed.stored.updated),
            path: indexed.path.clone(),
            title: indexed.stored.title.clone(),
            tags: parse_tags(&indexed.stored.entry_tags),
            project: indexed.stored.project.clone(),
            score: group.score,
            more: group.matching - sections.len() as u64,
            sections,
        })
    }

    /// Reads what is stored of a section, and its text. What is short is kept.
    fn read_section(&self, hit: &Hit) -> Result<Arc<ReadSection>> {
        let limit = if self.content {
            CONTENT
        } else {
            SNIPPET_SOURCE
        };
        let indexed = IndexedSection::fetch(self.view, hit.segment, hit.doc)?;
        let (text, file) = indexed.text(self.kb, limit);
        let section = Arc::new(ReadSection { indexed, text });
        let length = section.indexed.length();
        if let Some(file) = file.filter(|_| length <= KEPT) {
            let size = section.text.len() + section.indexed.size();
            let kept = (Arc::clone(&section), size);
            let path = &section.indexed.path;
            self.view
                .keep_section((hit.segment, hit.doc), path, kept, &file);
        }
        Ok(section)
    }

    fn show_section(&self, section: &ReadSection, score: f32) -> FoundSection {
        let ReadSection { indexed, text } = section;
        let mut snippet = self.show_snippet(indexed, text);
        if snippet.matches.is_empty() && !self.content && indexed.length() > SNIPPET_SOURCE {
            snippet = self.show_snippet(indexed, &indexed.text(self.kb, LONG_SOURCE).0);
        }
        FoundSection {
            line: indexed.line,
            heading: indexed.stored.heading.clone(),
            ancestors: indexed.stored.ancestors.clone(),
            time: self.zoned(indexed.time),
            tags: parse_tags(&indexed.stored.tags),
            snippet,
            content: self.content.then(|| text.clone()),
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
