//! The notes of an entry: which of them are the same, and in what order they come.

use super::{Versions, merge_lines};
use crate::markdown::dates::own_date;
use crate::model::{Document, Timestamp, Zone};
use std::collections::HashMap;

/// A dated section with everything in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NoteText<'t> {
    time: Timestamp,
    heading: &'t str,
    /// The text, heading included, without empty lines at its end.
    text: &'t str,
}

/// An entry taken apart.
pub(super) struct SplitEntry<'t> {
    /// What stands before the first note.
    pub(super) head: &'t str,
    pub(super) notes: Vec<NoteText<'t>>,
}

/// Takes an entry apart into its notes.
pub(super) fn split_notes<'t>(text: &'t str, document: &Document) -> SplitEntry<'t> {
    let dated = document
        .sections
        .iter()
        .filter(|section| section.dated && section.level == 2);
    let starts: Vec<(usize, Timestamp)> = dated
        .filter_map(|section| Some((section.range.start, own_date(&section.heading, Zone::UTC)?)))
        .collect();
    let ends = starts
        .iter()
        .skip(1)
        .map(|(start, _)| *start)
        .chain([text.len()]);
    let notes = starts.iter().zip(ends).map(|((start, time), end)| {
        let text = text[*start..end].trim_end();
        NoteText {
            time: *time,
            heading: text.lines().next().unwrap_or_default(),
            text,
        }
    });
    SplitEntry {
        head: &text[..starts.first().map_or(text.len(), |(start, _)| *start)],
        notes: notes.collect(),
    }
}

/// What became of the notes of the base on one side.
struct SideChanges {
    /// For each note of the base, the note of the side that it is or became.
    became: Vec<Option<usize>>,
    /// For each note of the side, the note of the base that it was.
    was: Vec<Option<usize>>,
}

impl SideChanges {
    /// Finds equal notes first, then those that have a heading in common.
    fn find(base: &[NoteText<'_>], side: &[NoteText<'_>]) -> Self {
        let mut changes = SideChanges {
            became: vec![None; base.len()],
            was: vec![None; side.len()],
        };
        changes.pair(base, side, |note| note.text);
        changes.pair(base, side, |note| note.heading);
        changes
    }

    fn pair<'t>(
        &mut self,
        base: &[NoteText<'t>],
        side: &[NoteText<'t>],
        key: impl Fn(&NoteText<'t>) -> &'t str,
    ) {
        let mut free: HashMap<&str, Vec<usize>> = HashMap::new();
        for at in (0..side.len()).rev().filter(|at| self.was[*at].is_none()) {
            free.entry(key(&side[at])).or_default().push(at);
        }
        for (at, note) in base.iter().enumerate() {
            let of_side = free
                .get_mut(key(note))
                .filter(|_| self.became[at].is_none());
            if let Some(found) = of_side.and_then(Vec::pop) {
                (self.became[at], self.was[found]) = (Some(found), Some(at));
            }
        }
    }
}

/// A note of the result.
struct MergedNote {
    time: Timestamp,
    text: String,
    /// Whether our side alone added it.
    added: bool,
}

/// Merges the notes. What one side removed and the other did not change is removed.
pub(super) fn merge_notes(versions: &Versions<Vec<NoteText<'_>>>) -> Vec<String> {
    let Versions { base, ours, theirs } = versions;
    let our_changes = SideChanges::find(base, ours);
    let their_changes = SideChanges::find(base, theirs);
    let mut merged: Vec<MergedNote> = Vec::new();
    for (at, note) in ours.iter().enumerate() {
        let was = our_changes.was[at];
        let other = was.map(|was| (was, their_changes.became[was]));
        let text = match other {
            Some((was, None)) if base[was].text == note.text => continue,
            Some((was, Some(became))) => merge_lines(Versions {
                base: base[was].text,
                ours: note.text,
                theirs: theirs[became].text,
            }),
            _ => note.text.to_owned(),
        };
        merged.push(MergedNote {
            time: note.time,
            text,
            added: was.is_none(),
        });
    }
    let mut twice = count_added(ours, &our_changes);
    let newest_first = is_newest_first(ours) || is_newest_first(theirs);
    let mut from = 0;
    for (at, note) in theirs.iter().enumerate() {
        let is_new = match their_changes.was[at] {
            Some(was) => our_changes.became[was].is_none() && base[was].text != note.text,
            None => !take_one(&mut twice, note.text),
        };
        if is_new {
            from = insert_note(&mut merged, note, newest_first, from);
        }
    }
    merged.into_iter().map(|note| note.text).collect()
}

/// Counts the notes that a side added, by their text.
fn count_added<'t>(notes: &[NoteText<'t>], changes: &SideChanges) -> HashMap<&'t str, usize> {
    let mut counts = HashMap::new();
    for (note, was) in notes.iter().zip(&changes.was) {
        if was.is_none() {
            *counts.entry(note.text).or_default() += 1;
        }
    }
    counts
}

fn take_one(counts: &mut HashMap<&str, usize>, text: &str) -> bool {
    let count = counts.get_mut(text).filter(|count| **count > 0);
    count.map(|count| *count -= 1).is_some()
}

fn is_newest_first(notes: &[NoteText<'_>]) -> bool {
    notes.len() > 1 && notes.windows(2).all(|pair| pair[0].time > pair[1].time)
}

/// Puts a note of theirs where its time belongs, not before `from`. Of notes of one time those of
/// the base come first, then the others in the order of their texts, so that it does not matter
/// which side merges. Returns where the next one may come.
fn insert_note(
    merged: &mut Vec<MergedNote>,
    note: &NoteText<'_>,
    newest_first: bool,
    from: usize,
) -> usize {
    let comes_before = |other: &MergedNote| match other.time.cmp(&note.time) {
        std::cmp::Ordering::Equal => !other.added || *other.text <= *note.text,
        order => order.is_lt() != newest_first,
    };
    let last = merged.iter().rposition(comes_before).map_or(0, |at| at + 1);
    let is_behind = |at: usize| at > 0 && merged[at - 1].time == note.time;
    let place = if is_behind(from) {
        last.max(from)
    } else {
        last
    };
    let new = MergedNote {
        time: note.time,
        text: note.text.to_owned(),
        added: false,
    };
    merged.insert(place, new);
    place + 1
}
