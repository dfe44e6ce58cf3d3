//! Columns of tables that are named like a password: CSV and the like, Markdown, `INSERT` of SQL.

use super::bytes::{NAME, byte_at, find_byte, line_before, start_of, starts_in_any_case};
use super::finding::{FindingRank, Findings};
use super::judge;
use super::kind::PASSWORD;
use super::likely::{self, Expectation};
use std::ops::Range;

/// No row is longer, and no table is read further.
const LONGEST_ROW: usize = 1024;
const ROWS: usize = 200;
/// So many rows without a password, one after the other, end a column: also the line of Markdown.
const MISSING: usize = 4;
/// Names of columns are short.
const LONGEST_NAME: usize = 40;

/// Looks at the word for a password that ends at `end`: below it may be a column of them.
pub(super) fn find_column(bytes: &[u8], end: usize, findings: &mut Findings) {
    let front = line_before(bytes, end, LONGEST_ROW);
    let start = end - front.len();
    let rest = &bytes[end..bytes.len().min(end + LONGEST_ROW)];
    let stop = end + memchr::memchr(b'\n', rest).unwrap_or(rest.len());
    if let Some(open) = front.iter().rposition(|byte| *byte == b'(') {
        find_inserted(bytes, start + open + 1, end, findings);
        return;
    }
    if starts_in_any_case(bytes, start, "content-disposition: form-data") {
        find_below(bytes, start..stop, start, findings);
        return;
    }
    let signs = [b'|', b'\t', b';', b','];
    let head = &bytes[start..stop];
    let Some(sign) = signs.into_iter().find(|sign| head.contains(sign)) else {
        find_below(bytes, start..stop, end, findings);
        return;
    };
    let names = split_cells(bytes, start..stop, sign);
    let Some(number) = names.iter().position(|cell| cell.end >= end) else {
        return;
    };
    // Items of a list in a program end with a comma, too.
    let alone = names.iter().filter(|cell| !cell.is_empty()).count() < 2;
    if alone || !names.iter().all(|cell| is_name(&bytes[cell.clone()])) {
        return;
    }
    add_column(bytes, stop + 1, (sign, names.len(), number), findings);
}

/// Hides what looks like a password in a column, whose rows begin at `at`. Where none of the first
/// rows has one, there is none, lest rows that look like heads be read again and again.
fn add_column(
    bytes: &[u8],
    at: usize,
    (sign, count, number): (u8, usize, usize),
    findings: &mut Findings,
) {
    let mut at = at;
    let mut missing = 0;
    for _ in 0..ROWS {
        let Some(line) = bytes.get(at..bytes.len().min(at + LONGEST_ROW)) else {
            return;
        };
        let length = memchr::memchr(b'\n', line).unwrap_or(line.len());
        let cells = split_cells(bytes, at..at + length, sign);
        if cells.len() != count || missing == MISSING {
            return;
        }
        missing = if add_cell(bytes, cells[number].clone(), findings) {
            0
        } else {
            missing + 1
        };
        at += length + 1;
    }
}

/// Looks below a line that is nothing but the word which ends at `end`, or the head of a field of a form.
fn find_below(bytes: &[u8], head: Range<usize>, end: usize, findings: &mut Findings) {
    let word = start_of(bytes, end, &NAME, LONGEST_NAME);
    let mut around = bytes[head.start..word].iter().chain(&bytes[end..head.end]);
    let form = end == head.start;
    if !form && around.any(|byte| !byte.is_ascii_whitespace()) {
        return;
    }
    let blank = |byte: u8| byte.is_ascii_whitespace();
    let from = find_byte(bytes, head.end, 16, |byte| !blank(byte));
    let stop = find_byte(bytes, from, LONGEST_NAME, |byte| {
        matches!(byte, b'\n' | b'\r')
    });
    let value = bytes[from..stop].trim_ascii_end();
    let expected = if form {
        Expectation::Told
    } else {
        Expectation::Beside
    };
    if likely::is_password(value, expected) && !judge::is_stand_in(value) {
        findings.add(from..from + value.len(), PASSWORD, FindingRank::Place);
    }
}

/// Looks behind `(user, password) VALUES`, whose names begin at `open`.
fn find_inserted(bytes: &[u8], open: usize, end: usize, findings: &mut Findings) {
    let number = bytes[open..end]
        .iter()
        .filter(|byte| **byte == b',')
        .count();
    let rest = &bytes[end..bytes.len().min(end + LONGEST_ROW)];
    let Some(close) = memchr::memchr(b')', rest) else {
        return;
    };
    let behind = rest[close + 1..].trim_ascii_start();
    if !behind
        .get(..6)
        .is_some_and(|word| word.eq_ignore_ascii_case(b"values"))
    {
        return;
    }
    let mut at = end + rest.len() - behind.len() + 6;
    for _ in 0..ROWS {
        while byte_at(bytes, at).is_ascii_whitespace() || byte_at(bytes, at) == b',' {
            at += 1;
        }
        let row = &bytes[at.min(bytes.len())..bytes.len().min(at + LONGEST_ROW)];
        let Some(length) = memchr::memchr(b')', row).filter(|_| byte_at(bytes, at) == b'(') else {
            return;
        };
        let cells = split_cells(bytes, at + 1..at + length, b',');
        if let Some(cell) = cells.get(number) {
            add_cell(bytes, cell.clone(), findings);
        }
        at += length + 1;
    }
}

/// Returns the cells of a row, without blanks, quotes and emphasis around them.
fn split_cells(bytes: &[u8], row: Range<usize>, sign: u8) -> Vec<Range<usize>> {
    let mut cells = Vec::new();
    let mut from = row.start;
    let around = |byte: &u8| byte.is_ascii_whitespace() || b"\"'`*\\".contains(byte);
    while from <= row.end {
        let rest = &bytes[from..row.end];
        let end = from + memchr::memchr(sign, rest).unwrap_or(rest.len());
        let cell = &bytes[from..end];
        let lead = cell.iter().take_while(|byte| around(byte)).count();
        let tail = cell[lead..]
            .iter()
            .rev()
            .take_while(|byte| around(byte))
            .count();
        cells.push(from + lead..end - tail);
        from = end + 1;
    }
    cells
}

/// Returns whether this is the name of a column: a few words, or nothing at the border.
fn is_name(cell: &[u8]) -> bool {
    let sign = |byte: &u8| byte.is_ascii_alphanumeric() || b"_- .".contains(byte) || *byte >= 0x80;
    let words = cell.iter().filter(|byte| **byte == b' ').count();
    cell.len() <= LONGEST_NAME && words <= 2 && cell.iter().all(sign)
}

/// Hides a cell that looks like a password. Returns whether it does.
fn add_cell(bytes: &[u8], cell: Range<usize>, findings: &mut Findings) -> bool {
    let value = &bytes[cell.clone()];
    let code = value.is_empty() || judge::is_expression(value) || likely::is_technical(value);
    let told = likely::is_password(value, Expectation::Told) && !code && !judge::is_stand_in(value);
    if told {
        findings.add(cell, PASSWORD, FindingRank::Place);
    }
    told
}
