//! The lists of a record: next steps, each with a box to tick, and notes.

use super::cell::{CellPlace, decode_cell, encode_cell};
use super::lines::{Class, Line, behind_list_marker};
use super::parts::Part;
use crate::model::{NextStep, Session};
use std::ops::Range;

/// An item as it stands in the text.
#[derive(Debug)]
pub(super) struct ListItem {
    pub(super) line: Range<usize>,
    /// Where the lines that belong to it end.
    pub(super) end: usize,
    /// Where the character in its box is, if it has a box.
    pub(super) tick: Option<usize>,
    /// What stands behind the marker and the box, without white space around it.
    pub(super) text: Range<usize>,
    /// The lines that go on with it, without white space around them.
    pub(super) more: Vec<Range<usize>>,
}

/// What an item says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ListRow {
    pub(super) text: String,
    pub(super) done: bool,
}

/// Finds the items of a section that holds a list. A step without a box is open.
pub(super) fn find_items(text: &str, part: Part, lines: &[Line]) -> Vec<ListItem> {
    let mut items: Vec<ListItem> = Vec::new();
    if !matches!(part, Part::NextSteps | Part::Notes) {
        return items;
    }
    for line in lines {
        let content = &text[line.content.clone()];
        match read_item(text, part, line) {
            Some(item) => items.push(item),
            None if line.class != Class::Blank && content.starts_with([' ', '\t']) => {
                if let Some(last) = items.last_mut() {
                    let goes_on = last.end == line.range.start && line.class == Class::Text;
                    if goes_on {
                        let length = content.trim_start_matches([' ', '\t']).len();
                        let end = line.content.start + content.trim_end_matches([' ', '\t']).len();
                        last.more.push(line.content.end - length..end);
                    }
                    last.end = line.range.end;
                }
            }
            None => {}
        }
    }
    items
}

fn read_item(text: &str, part: Part, line: &Line) -> Option<ListItem> {
    let content = text[line.content.clone()].trim_start_matches([' ', '\t']);
    let marked = behind_list_marker(content).filter(|_| line.class == Class::Text)?;
    let inner = match part {
        Part::NextSteps => behind_box(marked).unwrap_or(marked),
        _ => marked,
    };
    let start = line.content.end - inner.len();
    let has_box = inner.len() < marked.len();
    let length = inner.trim_end_matches([' ', '\t']).len();
    (length > 0).then(|| ListItem {
        line: line.range.clone(),
        end: line.range.end,
        tick: has_box.then(|| line.content.end - marked.len() + 1),
        text: start..start + length,
        more: Vec::new(),
    })
}

/// The boxes: open, done, done, and given up.
const BOXES: [&str; 4] = ["[ ]", "[x]", "[X]", "[-]"];

/// Returns what stands behind a box, which may be nothing.
fn behind_box(text: &str) -> Option<&str> {
    let rest = BOXES.iter().find_map(|mark| text.strip_prefix(mark))?;
    let inner = rest.trim_start_matches([' ', '\t']);
    (inner.len() < rest.len() || rest.is_empty()).then_some(inner)
}

impl ListItem {
    pub(super) fn read(&self, text: &str) -> ListRow {
        let tick = self.tick.map(|at| &text[at..=at]);
        let lines = std::iter::once(&self.text).chain(&self.more);
        let lines = lines.map(|line| decode_cell(&text[line.clone()], CellPlace::Line));
        ListRow {
            text: lines.collect::<Vec<_>>().join(" "),
            done: tick.is_some_and(|tick| tick != " "),
        }
    }
}

/// Returns the rows that a session has in a section.
pub(super) fn rows_of(session: &Session, part: Part) -> Vec<ListRow> {
    let row = |text: &String, done| ListRow {
        text: text.clone(),
        done,
    };
    let rows: Vec<ListRow> = match part {
        Part::NextSteps => {
            let steps = session.next_steps.iter();
            steps
                .map(|NextStep { text, done }| row(text, *done))
                .collect()
        }
        Part::Notes => session.notes.iter().map(|text| row(text, false)).collect(),
        _ => Vec::new(),
    };
    let filled = |row: &ListRow| !row.text.is_empty();
    rows.into_iter().filter(filled).collect()
}

/// Writes the items of a list.
pub(super) fn render_items(part: Part, rows: &[ListRow]) -> String {
    let line = |row: &ListRow| {
        let tick = match (part, row.done) {
            (Part::NextSteps, true) => "[x] ",
            (Part::NextSteps, false) => "[ ] ",
            _ => "",
        };
        format!("- {tick}{}\n", encode_cell(&row.text, CellPlace::Line))
    };
    rows.iter().map(line).collect()
}
