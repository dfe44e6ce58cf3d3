//! Recent work: the dated sections of all projects, newest first.

use super::filter::Times;
use super::filters::Conditions;
use super::present::{parse_tags, text_below};
use super::section::IndexedSection;
use super::snippet::Highlighter;
use crate::error::Result;
use crate::index::{View, damage_error};
use crate::kb::Kb;
use crate::model::{EntryPath, Tag, Timestamp};

/// How much of a section is read for its beginning.
const BEGINNING: u64 = 4 << 10;

/// A piece of work: a dated section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The entry.
    pub path: EntryPath,
    /// Its title.
    pub title: String,
    /// Line of the heading, from 1.
    pub line: u32,
    /// The heading.
    pub heading: String,
    /// When.
    pub time: Timestamp,
    /// The project.
    pub project: Option<String>,
    /// Inline tags.
    pub tags: Vec<Tag>,
    /// The beginning of the text, in one line.
    pub text: String,
}

/// Returns the newest dated sections, at most `limit`, of those that pass the conditions.
///
/// # Errors
///
/// The index is damaged.
pub fn recent_pieces(
    kb: &Kb,
    view: &View,
    limit: usize,
    conditions: &Conditions,
) -> Result<Vec<Piece>> {
    let newest = newest_pieces(view, limit, conditions).map_err(damage_error)?;
    let pieces = newest.into_iter().map(|(segment, doc)| {
        let section = IndexedSection::fetch(view, segment, doc)?;
        let text = section.text(kb, BEGINNING);
        let beginning = Highlighter::default().snippet(text_below(&text));
        Ok(Piece {
            path: section.path,
            title: section.stored.title,
            line: section.line,
            heading: section.stored.heading,
            time: Timestamp::from_seconds(section.time.unwrap_or_default()).in_zone(kb.zone()),
            project: section.stored.project,
            tags: parse_tags(&section.stored.tags),
            text: beginning.text,
        })
    });
    pieces.collect()
}

/// Returns segment and document of the newest dated sections. Ties go by path, then by line, the
/// later line first: it was written later.
fn newest_pieces(
    view: &View,
    limit: usize,
    conditions: &Conditions,
) -> tantivy::Result<Vec<(usize, u32)>> {
    let mut found = Vec::new();
    for (number, segment) in view.segments().iter().enumerate() {
        let accepted = conditions.on_segment(segment, view.fields())?;
        let times = Times::open(segment)?;
        let fast = segment.reader.fast_fields();
        let dated = fast.u64("dated")?;
        let lines = fast.u64("line")?;
        for doc in 0..segment.reader.max_doc() {
            if dated.first(doc).is_some() && segment.is_alive(doc) && accepted.accepts(doc) {
                let time = times.of_document(doc);
                found.push((time, number, doc, lines.first(doc).unwrap_or(0)));
            }
        }
    }
    // Newest first; all that tie with the last that fits are kept until paths decide.
    found.sort_unstable_by_key(|(time, ..)| std::cmp::Reverse(*time));
    if let Some((last, ..)) = found.get(limit.wrapping_sub(1)) {
        let last = *last;
        let ties = found[limit..].iter().take_while(|(time, ..)| *time == last);
        let keep = limit + ties.count();
        found.truncate(keep);
    }
    let mut keyed = Vec::new();
    for (time, segment, doc, line) in found {
        let paths = view.segments()[segment].reader.fast_fields().str("path")?;
        let mut path = String::new();
        if let Some(column) = paths
            && let Some(ordinal) = column.ords().first(doc)
        {
            column.ord_to_str(ordinal, &mut path)?;
        }
        let order = (std::cmp::Reverse(time), path, std::cmp::Reverse(line));
        keyed.push((order, (segment, doc)));
    }
    keyed.sort_unstable();
    keyed.truncate(limit);
    Ok(keyed.into_iter().map(|(_, place)| place).collect())
}
