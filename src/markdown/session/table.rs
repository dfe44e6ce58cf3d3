//! The tables of a section, and the cells of their rows.
//!
//! Reading is lenient: a line that begins with a pipe belongs to a table even where the header is
//! gone, and so does any line with a pipe right below. Such a table is not *whole*: nothing is
//! appended to it.

use super::cell::{CellPlace, decode_cell};
use super::lines::{Class, Line, behind_list_marker};
use super::row_text::{all_dashes, split_marker};
use super::rows::Row;
use crate::model::Source;
use std::borrow::Cow;
use std::ops::Range;

/// A table, or what is left of one.
#[derive(Debug)]
pub(super) struct Table {
    /// For each column of the record, which column of this table it is.
    pub(super) columns: Vec<Option<usize>>,
    /// How many columns there are.
    pub(super) width: usize,
    /// Whether rows can be appended: it has its header, and every column of the record.
    pub(super) whole: bool,
    pub(super) rows: Vec<RawRow>,
    /// Where the line behind the last one begins.
    pub(super) end: usize,
}

/// A row as it stands in the text.
#[derive(Debug)]
pub(super) struct RawRow {
    pub(super) line: Range<usize>,
    /// The line without indentation, white space at its end, and line ending.
    pub(super) content: Range<usize>,
    /// The cells without white space around them. What is too much belongs to the last.
    pub(super) cells: Vec<Range<usize>>,
    /// Whether the row has its outer pipes.
    pub(super) framed: bool,
}

/// Something that could not be understood, with its place in the text.
pub(super) type Complaint = (usize, String);

/// What the columns of a kind of table are called, and which one must be there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Names {
    pub(super) columns: &'static [&'static str],
    pub(super) key: usize,
}

impl Names {
    pub(super) fn of<R: Row>() -> Names {
        Names {
            columns: R::COLUMNS,
            key: R::KEY,
        }
    }

    fn find(self, text: &str, header: &RawRow) -> Vec<Option<usize>> {
        let is = |name: &str, cell: &Range<usize>| text[cell.clone()].eq_ignore_ascii_case(name);
        let column = |name: &&str| header.cells.iter().position(|cell| is(name, cell));
        self.columns.iter().map(column).collect()
    }
}

/// Finds the tables in the lines of a section.
pub(super) fn find_table(
    text: &str,
    lines: &[Line],
    names: Names,
    complaints: &mut Vec<Complaint>,
) -> Vec<Table> {
    let mut reader = Reader {
        text,
        names,
        tables: Vec::new(),
        foreign: false,
        open: false,
        complaints,
    };
    let mut at = 0;
    while at < lines.len() {
        let run = table_length(text, &lines[at..]);
        reader.run(&lines[at..at + run]);
        at += run.max(1);
    }
    reader.tables
}

/// Returns how many lines from the first on are a table: until an empty line or another block.
/// Text right below a table belongs to it, perhaps because a long row was wrapped.
fn table_length(text: &str, lines: &[Line]) -> usize {
    let piped = |line: &Line| is_piped(text, line);
    let opens = lines.first().is_some_and(|first| {
        let next = lines.get(1).filter(|next| piped(next));
        let is_marked = text[first.content.clone()]
            .trim_start_matches(' ')
            .starts_with('|');
        piped(first) && (is_marked || next.is_some_and(|next| is_dashes(text, next)))
    });
    if !opens {
        return 0;
    }
    let goes_on = |line: &&Line| line.class == Class::Text && !begins_block(text, line);
    lines.iter().take_while(goes_on).count()
}

/// Whether a line could be a row.
fn is_piped(text: &str, line: &Line) -> bool {
    let has_pipe = pipe_positions(&text[line.content.clone()]).next().is_some();
    line.class == Class::Text && has_pipe && !begins_block(text, line)
}

/// Whether a line begins a quote or a list, or is a rule: these end a table.
fn begins_block(text: &str, line: &Line) -> bool {
    let content = text[line.content.clone()].trim_start();
    let is_item = || behind_list_marker(content).is_some() && !is_dashes(text, line);
    let is_rule =
        || content.len() > 2 && content.chars().all(|c| matches!(c, '-' | '*' | '_' | ' '));
    content.starts_with('>') || is_item() || is_rule()
}

fn is_dashes(text: &str, line: &Line) -> bool {
    let row = split_row(text, line);
    all_dashes(row.cells.iter().map(|cell| &text[cell.clone()]))
}

/// The places of the pipes that are not escaped.
fn pipe_positions(content: &str) -> impl Iterator<Item = usize> + '_ {
    let bytes = content.as_bytes();
    let is_escaped = |at: usize| at > 0 && bytes[at - 1] == b'\\';
    content
        .match_indices('|')
        .map(|(at, _)| at)
        .filter(move |at| !is_escaped(*at))
}

fn split_row(text: &str, line: &Line) -> RawRow {
    let content = trimmed_range(text, line.content.clone());
    let row = &text[content.clone()];
    let mut cells = Vec::new();
    let (mut from, mut closed) = (0, false);
    for pipe in pipe_positions(row) {
        if pipe > 0 {
            cells.push(trimmed_range(
                text,
                content.start + from..content.start + pipe,
            ));
        }
        from = pipe + 1;
        closed = from == row.len();
    }
    if !closed {
        cells.push(trimmed_range(text, content.start + from..content.end));
    }
    RawRow {
        line: line.range.clone(),
        content,
        framed: closed && row.starts_with('|'),
        cells,
    }
}

/// Leaves out white space at both ends.
fn trimmed_range(text: &str, range: Range<usize>) -> Range<usize> {
    let inner = text[range.clone()].trim_start_matches([' ', '\t']);
    let start = range.end - inner.len();
    start..start + inner.trim_end_matches([' ', '\t']).len()
}

struct Reader<'a> {
    text: &'a str,
    names: Names,
    tables: Vec<Table>,
    /// Whether the lines belong to a table that is not the record's.
    foreign: bool,
    /// Whether the lines belong to the last of the tables.
    open: bool,
    complaints: &'a mut Vec<Complaint>,
}

impl Reader<'_> {
    /// Reads lines that follow each other.
    fn run(&mut self, lines: &[Line]) {
        (self.open, self.foreign) = (false, false);
        let mut at = 0;
        while let Some(line) = lines.get(at) {
            at += 1;
            let row = split_row(self.text, line);
            let is_marked = self.text[row.content.clone()].starts_with('|');
            if !is_piped(self.text, line) || (!is_marked && row.cells.len() < 2) {
                self.complain(line, "text inside the table".to_owned());
                continue;
            }
            let next = lines.get(at).filter(|next| is_piped(self.text, next));
            let above_dashes = next.is_some_and(|next| is_dashes(self.text, next));
            let is_line_of_dashes =
                all_dashes(row.cells.iter().map(|cell| &self.text[cell.clone()]));
            let took_dashes = self.take(line, row, above_dashes, is_line_of_dashes);
            at += usize::from(took_dashes);
        }
        if let (Some(last), Some(table), true) = (lines.last(), self.tables.last_mut(), self.open) {
            table.end = last.range.end;
        }
    }

    /// Takes a line. Returns whether the next one belongs to it, as the line of dashes.
    fn take(&mut self, line: &Line, row: RawRow, above_dashes: bool, is_dashes: bool) -> bool {
        let inside = self.open || self.foreign;
        let columns = self.names.find(self.text, &row);
        let is_header = columns.get(self.names.key).is_some_and(Option::is_some);
        if above_dashes && !is_dashes && (is_header || !inside) {
            self.header(line, &row, columns, is_header);
            return true;
        }
        if self.foreign {
            return false;
        }
        if !self.open {
            let names_all = columns.iter().all(Option::is_some);
            let trouble = if names_all {
                "the header of the table has no line of dashes below it"
            } else {
                "a row without the header of its table"
            };
            self.complain(line, trouble.to_owned());
            let width = if names_all {
                row.cells.len()
            } else {
                self.names.columns.len()
            };
            let in_order = (0..width).map(Some).collect();
            self.begin(
                line,
                if names_all { columns } else { in_order },
                width,
                false,
            );
            if names_all {
                return false;
            }
        }
        if !is_dashes {
            self.row(row);
        }
        false
    }

    fn header(&mut self, line: &Line, row: &RawRow, columns: Vec<Option<usize>>, known: bool) {
        self.end_at(line.range.start);
        self.foreign = !known;
        if known {
            let whole = columns.iter().all(Option::is_some);
            self.begin(line, columns, row.cells.len(), whole);
        } else {
            let names = self.names.columns.join(" | ");
            self.complain(line, format!("not the table of {names}"));
        }
    }

    fn begin(&mut self, line: &Line, columns: Vec<Option<usize>>, width: usize, whole: bool) {
        self.open = true;
        self.tables.push(Table {
            columns,
            width,
            whole,
            rows: Vec::new(),
            end: line.range.end,
        });
    }

    fn end_at(&mut self, end: usize) {
        if let (Some(table), true) = (self.tables.last_mut(), self.open) {
            table.end = end;
        }
        self.open = false;
    }

    fn row(&mut self, mut row: RawRow) {
        let Some(table) = self.tables.last_mut() else {
            return;
        };
        if row.cells.len() > table.width
            && let (Some(end), Some(last)) = (
                row.cells.last().map(|cell| cell.end),
                row.cells.get_mut(table.width.saturating_sub(1)),
            )
        {
            last.end = end;
            row.cells.truncate(table.width);
        }
        table.rows.push(row);
    }

    fn complain(&mut self, line: &Line, trouble: String) {
        self.complaints.push((line.content.start, trouble));
    }
}

/// What the cells of a row say.
#[derive(Debug)]
pub(super) struct Cells<'t> {
    /// One text for each column of the record.
    pub(super) texts: Vec<Cow<'t, str>>,
    pub(super) source: Source,
    /// Whether nothing at all is written there.
    pub(super) blank: bool,
}

impl RawRow {
    /// Returns what is written in a column of the record.
    pub(super) fn raw<'t>(&self, text: &'t str, table: &Table, column: usize) -> &'t str {
        let at = table.columns.get(column).copied().flatten();
        let cell = at.and_then(|at| self.cells.get(at));
        cell.map_or("", |cell| &text[cell.clone()])
    }

    /// Reads the cells.
    pub(super) fn cells<'t>(&self, text: &'t str, table: &Table) -> Cells<'t> {
        let last = table.columns.len().saturating_sub(1);
        let (mut source, mut blank) = (Source::Stated, true);
        let columns = 0..table.columns.len();
        let texts = columns.map(|column| {
            let raw = self.raw(text, table, column);
            blank &= raw.is_empty();
            if column < last {
                return decode_cell(raw, CellPlace::Cell);
            }
            let (raw, marked) = split_marker(raw);
            source = marked.unwrap_or(Source::Stated);
            decode_cell(raw, CellPlace::Cell)
        });
        let texts = texts.collect();
        Cells {
            texts,
            source,
            blank,
        }
    }
}
