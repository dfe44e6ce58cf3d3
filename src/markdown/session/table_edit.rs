//! The least edits after which the tables of a section hold given rows.
//!
//! Rows are compared from both ends; those between are matched by their position. A row keeps
//! each cell that says what it is to say, however it is written.

use super::cell::{CellPlace, encode_cell};
use super::edits::Edits;
use super::layout::Layout;
use super::parts::InPart;
use super::reading::{self, ReadTable};
use super::render::new_table;
use super::row_text::{self, keep_readable, mark_source, raw_cells, split_marker};
use super::table::Table;
use chrono::NaiveDateTime;
use std::borrow::Cow;
use std::ops::Range;

/// Makes the tables of a kind hold the rows. There must be a section for them.
pub(super) fn edit_table<R: InPart>(
    layout: &Layout<'_>,
    rows: &[R],
    start: NaiveDateTime,
    edits: &mut Edits,
) {
    let old = reading::read_rows::<R>(layout, start, &mut Vec::new());
    if old.iter().map(|found| &found.value).eq(rows) {
        return;
    }
    let plan = Plan::new(layout, &old, rows, start);
    edits.extend(plan.least().unwrap_or_else(|| plan.anew()));
}

/// The rows as they are, and as they are to be.
struct Plan<'a, R> {
    layout: &'a Layout<'a>,
    old: &'a [ReadTable<'a, R>],
    new: &'a [R],
    /// The time before each of the new rows, and behind the last.
    before: Vec<NaiveDateTime>,
}

impl<'a, R: InPart> Plan<'a, R> {
    fn new(
        layout: &'a Layout<'_>,
        old: &'a [ReadTable<'_, R>],
        new: &'a [R],
        start: NaiveDateTime,
    ) -> Self {
        let mut before = vec![start];
        let mut last = start;
        for row in new {
            last = row.time(last);
            before.push(last);
        }
        Plan {
            layout,
            old,
            new,
            before,
        }
    }

    /// Changes as few rows as it can. `None` if a table has no column for what a row says.
    fn least(&self) -> Option<Edits> {
        let mut edits = Edits::default();
        let (old, new) = (self.old, self.new);
        let is_same = |pair: &(&ReadTable<'_, R>, &R)| pair.0.value == *pair.1;
        let head = old.iter().zip(new).take_while(is_same).count();
        let rest = old[head..].iter().rev().zip(new[head..].iter().rev());
        let tail = rest.take_while(is_same).count();
        let (removed, added) = (old.len() - head - tail, new.len() - head - tail);
        let paired = head + removed.min(added);
        for at in head..paired {
            self.rewrite(at, at, &mut edits)?;
        }
        for found in &old[paired..old.len() - tail] {
            edits.replace(found.row.line.clone(), "");
        }
        if added > removed {
            self.insert(paired, new.len() - tail, tail == 0, &mut edits)?;
        }
        // What a time means depends on the row before it.
        for at in 1..=tail {
            self.rewrite(old.len() - at, new.len() - at, &mut edits)?;
        }
        Some(edits)
    }

    /// Removes all rows, and writes them again behind what is left.
    fn anew(&self) -> Edits {
        let mut edits = Edits::default();
        for found in self.old {
            edits.replace(found.row.line.clone(), "");
        }
        self.append(0, self.new.len(), &mut edits);
        edits
    }

    fn insert(&self, from: usize, to: usize, at_end: bool, edits: &mut Edits) -> Option<()> {
        if at_end {
            self.append(from, to, edits);
            return Some(());
        }
        let above = from.checked_sub(1).and_then(|above| self.old.get(above));
        let (table, at) = match (above, self.old.first()) {
            (Some(above), _) => (above.table, above.row.line.end),
            (None, below) => {
                let below = below?;
                (below.table, below.row.line.start)
            }
        };
        edits.lines(at, self.lines(table, from, to)?);
        Some(())
    }

    fn append(&self, from: usize, to: usize, edits: &mut Edits) {
        let sections = self.layout.sections.iter();
        let sections = sections.filter(|section| section.part == R::PART);
        let last = sections
            .clone()
            .flat_map(|section| &section.tables)
            .next_back();
        let anew = || new_table(&self.new[from..to], self.before[from]);
        match last {
            Some(table) => match self.lines(table, from, to).filter(|_| table.whole) {
                Some(lines) => edits.lines(table.end, lines),
                None => edits.block(table.end, anew()),
            },
            None => {
                let place = sections.clone().next().map(|section| section.text_end);
                edits.block(place.unwrap_or(self.layout.intro_end), anew());
            }
        }
    }

    /// Writes rows for a table.
    fn lines(&self, table: &Table, from: usize, to: usize) -> Option<String> {
        let mut lines = String::new();
        for (row, before) in self.new[from..to].iter().zip(&self.before[from..]) {
            let cells = raw_cells(row, &table.columns, table.width, *before)?;
            lines += &row_text::table_line(&cells);
            lines.push('\n');
        }
        Some(lines)
    }

    /// Makes a row say what it is to say.
    fn rewrite(&self, old: usize, new: usize, edits: &mut Edits) -> Option<()> {
        let (text, found) = (self.layout.text, &self.old[old]);
        let changed = changed_cells(text, found, &self.new[new], self.before[new])?;
        if changed.is_empty() {
            return Some(());
        }
        let row = found.row;
        let raws = row.cells.iter().map(|cell| text[cell.clone()].to_owned());
        let mut cells: Vec<String> = raws.collect();
        let in_place = row.framed && changed.iter().all(|(at, _)| *at < cells.len());
        cells.resize(cells.len().max(found.table.width), String::new());
        for (at, raw) in changed {
            if let Some(cell) = cells.get_mut(at) {
                *cell = raw;
            }
        }
        keep_readable(&mut cells, &found.table.columns);
        if !in_place {
            edits.replace(row.content.clone(), row_text::table_line(&cells));
            return Some(());
        }
        for (place, raw) in row.cells.iter().zip(&cells) {
            if text[place.clone()] != *raw {
                replace_cell(text, place.clone(), raw, edits);
            }
        }
        Some(())
    }
}

/// Returns the cells of a row that do not say what they are to say, by their places in the row,
/// and how they are to be written. `None` if there is no column for one.
fn changed_cells<R: InPart>(
    text: &str,
    found: &ReadTable<'_, R>,
    wanted: &R,
    before: NaiveDateTime,
) -> Option<Vec<(usize, String)>> {
    let have = found.row.cells(text, found.table);
    let says = |texts: &[Cow<'_, str>]| {
        R::read(texts, wanted.source(), before).is_ok_and(|row| row == *wanted)
    };
    let columns = R::COLUMNS.len();
    let mut changed = Vec::new();
    for (column, at) in found.table.columns.iter().enumerate() {
        let mut texts: Vec<Cow<'_, str>> = (0..columns).map(|c| wanted.cell(c, before)).collect();
        texts[column] = have.texts[column].clone();
        let (is_last, says_it) = (column + 1 == columns, says(&texts));
        if says_it && (!is_last || have.source == wanted.source()) {
            continue;
        }
        let (raw, _) = split_marker(found.row.raw(text, found.table, column));
        let keep = says_it && split_marker(raw).1.is_none();
        let mut raw = if keep {
            raw.to_owned()
        } else {
            encode_cell(&wanted.cell(column, before), CellPlace::Cell)
        };
        if is_last {
            raw = mark_source(&raw, wanted.source());
        }
        match at {
            Some(at) => changed.push((*at, raw)),
            None if raw.is_empty() => {}
            None => return None,
        }
    }
    Some(changed)
}

/// Replaces what is in a cell, so that white space stays between it and the pipes.
fn replace_cell(text: &str, place: Range<usize>, raw: &str, edits: &mut Edits) {
    let white = [' ', '\t'];
    if place.is_empty() {
        let start = text[..place.start].trim_end_matches(white).len();
        let end = text.len() - text[place.end..].trim_start_matches(white).len();
        edits.replace(start..end, format!(" {raw} "));
        return;
    }
    let left = if text[..place.start].ends_with('|') {
        " "
    } else {
        ""
    };
    let right = if text[place.end..].starts_with('|') {
        " "
    } else {
        ""
    };
    edits.replace(place, format!("{left}{raw}{right}"));
}
