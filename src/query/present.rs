//! Fetches what is shown of the entries that were found.

use super::found::{FoundEntry, FoundSection};
use super::hit::EntryGroup;
use super::section::IndexedSection;
use super::snippet::Highlighter;
use crate::error::Result;
use crate::index::{View, damage_error};
use crate::kb::Kb;
use crate::model::{Tag, Timestamp};

/// The most of a section that is looked at for a snippet: 256 KiB.
const SNIPPET_SOURCE: u64 = 256 << 10;
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
        let body = if indexed.stored.heading.is_empty() {
            text.as_str()
        } else {
            text_below(&text)
        };
        FoundSection {
            line: indexed.line,
            heading: indexed.stored.heading.clone(),
            ancestors: indexed.stored.ancestors.clone(),
            time: self.zoned(indexed.time),
            tags: parse_tags(&indexed.stored.tags),
            snippet: self.highlighter.snippet(body),
            content: self.content.then_some(text),
            score,
        }
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

/// Returns the text of a section without its heading, and without a line that holds nothing but
/// its tags: they are shown beside it.
pub(super) fn text_below(text: &str) -> &str {
    let body = below_heading(text).trim_start();
    let (first, rest) = body.split_once('\n').unwrap_or((body, ""));
    let mut words = first.split_whitespace().peekable();
    let is_tags = words.peek().is_some() && words.all(|word| word.starts_with('#'));
    // `# heading` and `##` are no tags.
    let is_heading = first
        .split_whitespace()
        .any(|word| word.trim_matches('#').is_empty());
    if is_tags && !is_heading { rest } else { body }
}

/// Returns the text of a section without its heading: one line, or two where it is underlined.
fn below_heading(text: &str) -> &str {
    let (_, rest) = text.split_once('\n').unwrap_or((text, ""));
    let (second, below) = rest.split_once('\n').unwrap_or((rest, ""));
    let line = second.trim();
    let underline = !line.is_empty() && ['=', '-'].iter().any(|c| line.trim_matches(*c).is_empty());
    if underline && !text.starts_with('#') {
        below
    } else {
        rest
    }
}
