//! Recent work: sections by time, above all the dated ones of all projects, newest first.

use super::filter::Times;
use super::filters::Conditions;
use super::present::parse_tags;
use super::section::IndexedSection;
use super::section_text::text_below;
use super::snippet::Highlighter;
use crate::error::Result;
use crate::index::{View, damage_error};
use crate::kb::Kb;
use crate::model::{EntryPath, Tag, Timestamp};
use std::cmp::Reverse;
use std::collections::HashMap;

/// How much of a section is read for its beginning.
const BEGINNING: u64 = 4 << 10;

/// A piece of work: a dated section, or any other.
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
    /// Whether its own heading carries a date.
    pub dated: bool,
    /// The headings above it, outermost first.
    pub ancestors: Vec<String>,
    /// Inline tags.
    pub tags: Vec<Tag>,
    /// Tags of the entry.
    pub entry_tags: Vec<Tag>,
    /// The beginning of the text, in one line.
    pub text: String,
}

/// What becomes of a piece that is next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PieceChoice {
    /// It is taken.
    Take,
    /// It is left out.
    Skip,
    /// It is left out, and so are all older ones.
    Stop,
}

/// Pieces that were chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChosenPieces {
    /// The pieces, newest first.
    pub pieces: Vec<Piece>,
    /// How many there are, those that were left out included.
    pub total: u64,
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
    let chosen = choose_recent(kb, view, limit, conditions, |_| PieceChoice::Take)?;
    Ok(chosen.pieces)
}

/// Returns the dated sections that `choose` takes of the newest `limit`, of those that pass the
/// conditions. It sees them newest first, and without their text, which is read of those it takes.
///
/// # Errors
///
/// The index is damaged.
pub fn choose_recent(
    kb: &Kb,
    view: &View,
    limit: usize,
    conditions: &Conditions,
    mut choose: impl FnMut(&Piece) -> PieceChoice,
) -> Result<ChosenPieces> {
    let (newest, total) = find_newest(view, limit, conditions, true).map_err(damage_error)?;
    let mut pieces = Vec::new();
    for place in newest {
        let section = IndexedSection::fetch(view, place.segment, place.doc)?;
        let mut piece = piece_of(kb, &section, &place);
        match choose(&piece) {
            PieceChoice::Take => {
                piece.text = read_beginning(kb, &section);
                pieces.push(piece);
            }
            PieceChoice::Skip => {}
            PieceChoice::Stop => break,
        }
    }
    Ok(ChosenPieces { pieces, total })
}

/// Returns all sections that pass the conditions, dated or not, newest first.
///
/// # Errors
///
/// The index is damaged.
pub fn list_newest(kb: &Kb, view: &View, conditions: &Conditions) -> Result<Vec<Piece>> {
    let (newest, _) = find_newest(view, usize::MAX, conditions, false).map_err(damage_error)?;
    let pieces = newest.iter().map(|place| {
        let section = IndexedSection::fetch(view, place.segment, place.doc)?;
        let text = read_beginning(kb, &section);
        let piece = piece_of(kb, &section, place);
        Ok(Piece { text, ..piece })
    });
    pieces.collect()
}

fn piece_of(kb: &Kb, section: &IndexedSection, place: &SectionPosition) -> Piece {
    let stored = &section.stored;
    Piece {
        path: section.path.clone(),
        title: stored.title.clone(),
        line: section.line,
        heading: stored.heading.clone(),
        time: Timestamp::from_seconds(place.time).in_zone(kb.zone()),
        project: stored.project.clone(),
        dated: place.dated,
        ancestors: stored.ancestors.clone(),
        tags: parse_tags(&stored.tags),
        entry_tags: parse_tags(&stored.entry_tags),
        text: String::new(),
    }
}

/// Returns the beginning of a dated section, also where a heading stands between.
fn read_beginning(kb: &Kb, section: &IndexedSection) -> String {
    let (text, _) = section.text(kb, BEGINNING);
    let beginning = Highlighter::default().snippet(text_below(&text)).text;
    if !beginning.is_empty() {
        return beginning;
    }
    let note = section.note_text(kb, BEGINNING);
    Highlighter::default().snippet(&note).text
}

/// Returns how many dated sections each entry has, by path.
///
/// # Errors
///
/// The index is damaged.
pub fn count_dated(view: &View) -> Result<HashMap<String, u64>> {
    let mut counts = HashMap::new();
    count_into(view, &mut counts).map_err(damage_error)?;
    Ok(counts)
}

fn count_into(view: &View, counts: &mut HashMap<String, u64>) -> tantivy::Result<()> {
    for segment in view.segments() {
        let dated = segment.columns().dated()?;
        let Some(paths) = segment.columns().path()? else {
            continue;
        };
        let mut ordinals: HashMap<u64, u64> = HashMap::new();
        for doc in 0..segment.reader.max_doc() {
            if dated.first(doc).is_some()
                && segment.is_alive(doc)
                && let Some(ordinal) = paths.ords().first(doc)
            {
                *ordinals.entry(ordinal).or_default() += 1;
            }
        }
        for (ordinal, count) in ordinals {
            let mut path = String::new();
            paths.ord_to_str(ordinal, &mut path)?;
            *counts.entry(path).or_default() += count;
        }
    }
    Ok(())
}

/// Where a section is in the index, and when it was written.
struct SectionPosition {
    segment: usize,
    doc: u32,
    time: i64,
    dated: bool,
}

/// Returns the newest sections, and how many there are. Ties go by path, then by line, the later
/// line first: it was written later.
fn find_newest(
    view: &View,
    limit: usize,
    conditions: &Conditions,
    only_dated: bool,
) -> tantivy::Result<(Vec<SectionPosition>, u64)> {
    let mut found = Vec::new();
    for (number, segment) in view.segments().iter().enumerate() {
        let accepted = conditions.on_segment(segment, view.fields())?;
        let times = Times::open(segment)?;
        let dated = segment.columns().dated()?;
        let lines = segment.columns().line()?;
        for doc in 0..segment.reader.max_doc() {
            let is_dated = dated.first(doc).is_some();
            let is_wanted = is_dated || !only_dated;
            if is_wanted && segment.is_alive(doc) && accepted.accepts(doc) {
                let place = SectionPosition {
                    segment: number,
                    doc,
                    time: times.of_document(doc),
                    dated: is_dated,
                };
                found.push((lines.first(doc).unwrap_or(0), place));
            }
        }
    }
    let total = found.len() as u64;
    // Newest first; all that tie with the last that fits are kept until paths decide.
    found.sort_unstable_by_key(|(_, place)| Reverse(place.time));
    if let Some((_, last)) = found.get(limit.wrapping_sub(1)) {
        let last = last.time;
        let ties = found[limit..]
            .iter()
            .take_while(|(_, place)| place.time == last);
        let keep = limit + ties.count();
        found.truncate(keep);
    }
    let mut keyed = Vec::new();
    for (line, place) in found {
        let segment = &view.segments()[place.segment];
        let path = segment.path_of(place.doc)?;
        keyed.push(((Reverse(place.time), path, Reverse(line)), place));
    }
    keyed.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    keyed.truncate(limit);
    Ok((keyed.into_iter().map(|(_, place)| place).collect(), total))
}
