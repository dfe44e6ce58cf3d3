//! How the rows of a table are written, and the comment that says where one comes from.

use super::cell::{CellPlace, encode_cell, push_character_reference};
use super::rows::Row;
use crate::model::Source;
use chrono::NaiveDateTime;

/// Takes the comment that says where a row comes from off the end of a cell.
pub(super) fn split_marker(raw: &str) -> (&str, Option<Source>) {
    let white = [' ', '\t'];
    let found = raw.strip_suffix("-->").and_then(|rest| {
        let at = rest.rfind("<!--")?;
        let word = rest[at + 4..].trim_matches(white);
        let sources = [Source::Stated, Source::Observed, Source::Inferred];
        let source = sources.into_iter().find(|source| source.name() == word)?;
        Some((rest[..at].trim_end_matches(white), source))
    });
    match found {
        Some((raw, source)) => (raw, Some(source)),
        None => (raw, None),
    }
}

/// Puts the comment that says where a row comes from behind what is written in its last cell.
pub(super) fn mark_source(raw: &str, source: Source) -> String {
    match (source, raw) {
        (Source::Stated, raw) => raw.to_owned(),
        (source, "") => format!("<!-- {} -->", source.name()),
        (source, raw) => format!("{raw} <!-- {} -->", source.name()),
    }
}

/// Writes the cells of a row for a table with these columns. `None` if there is no column for
/// something that the row says.
pub(super) fn raw_cells<R: Row>(
    row: &R,
    columns: &[Option<usize>],
    width: usize,
    before: NaiveDateTime,
) -> Option<Vec<String>> {
    let mut cells = vec![String::new(); width];
    let last = columns.len().saturating_sub(1);
    for (column, at) in columns.iter().enumerate() {
        let mut raw = encode_cell(&row.cell(column, before), CellPlace::Cell);
        if column == last {
            raw = mark_source(&raw, row.source());
        }
        match at.and_then(|at| cells.get_mut(at)) {
            Some(cell) => *cell = raw,
            None if raw.is_empty() => {}
            None => return None,
        }
    }
    keep_readable(&mut cells, columns);
    Some(cells)
}

/// Sees to it that cells are not taken for an empty row, or for a line of dashes.
pub(super) fn keep_readable(cells: &mut [String], columns: &[Option<usize>]) {
    if columns
        .iter()
        .flatten()
        .all(|at| cells.get(*at).is_none_or(String::is_empty))
        && let Some(cell) = columns
            .last()
            .copied()
            .flatten()
            .and_then(|at| cells.get_mut(at))
    {
        "<!-- stated -->".clone_into(cell);
    }
    if all_dashes(cells.iter().map(String::as_str))
        && let Some(first) = cells.first_mut()
    {
        let mut escaped = String::new();
        push_character_reference(&mut escaped, first.chars().next().unwrap_or('-'));
        escaped.push_str(&first[1..]);
        *first = escaped;
    }
}

/// Whether cells would be taken for the line below a header.
pub(super) fn all_dashes<'a>(mut cells: impl Iterator<Item = &'a str>) -> bool {
    cells.all(|cell| {
        let dashes = cell.strip_prefix(':').unwrap_or(cell);
        let dashes = dashes.strip_suffix(':').unwrap_or(dashes);
        !dashes.is_empty() && dashes.bytes().all(|byte| byte == b'-')
    })
}

/// Writes a row without indentation and line ending.
pub(super) fn table_line(cells: &[String]) -> String {
    let mut line = String::from("|");
    for cell in cells {
        line.push(' ');
        line.push_str(cell);
        line.push_str(" |");
    }
    line
}

/// Writes the header of a new table, and the line of dashes below it.
pub(super) fn table_header<R: Row>() -> String {
    let names: Vec<String> = R::COLUMNS.iter().map(|name| (*name).to_owned()).collect();
    let dashes = R::COLUMNS.iter().map(|name| "-".repeat(name.len() + 2));
    let dashes: Vec<String> = dashes.collect();
    format!("{}\n|{}|\n", table_line(&names), dashes.join("|"))
}
