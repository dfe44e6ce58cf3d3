//! The least edits after which the list of a section holds given items: boxes are ticked where they
//! stand, and new items come behind the last one.

use super::edits::Edits;
use super::layout::Layout;
use super::list::{ListItem, ListRow, render_items, rows_of};
use super::parts::Part;
use super::reading::list_rows;
use crate::model::Session;

/// Makes the lists of a part hold what the session says. Without a section for it, nothing.
pub(super) fn edit_list(layout: &Layout<'_>, session: &Session, part: Part, edits: &mut Edits) {
    let sections = layout.sections.iter();
    let mut sections = sections.filter(|section| section.part == part).peekable();
    let Some(first_end) = sections.peek().map(|section| section.text_end) else {
        return;
    };
    let items: Vec<&ListItem> = sections.flat_map(|section| &section.items).collect();
    let have: Vec<ListRow> = list_rows(layout, part).collect();
    let wanted = rows_of(session, part);
    let same = |(have, wanted): (&ListRow, &ListRow)| have.text == wanted.text;
    if have.len() > wanted.len() || !have.iter().zip(&wanted).all(same) {
        replace_items(&items, &render_items(part, &wanted), edits);
        return;
    }
    for ((item, have), wanted) in items.iter().zip(&have).zip(&wanted) {
        if have.done != wanted.done {
            tick_item(item, wanted.done, edits);
        }
    }
    let new = &wanted[have.len()..];
    if new.is_empty() {
        return;
    }
    let lines = render_items(part, new);
    match items.last() {
        Some(last) => edits.lines(last.end, lines),
        None => edits.block(first_end, lines),
    }
}

fn replace_items(items: &[&ListItem], lines: &str, edits: &mut Edits) {
    if let Some(first) = items.first() {
        edits.lines(first.line.start, lines);
    }
    for item in items {
        edits.replace(item.line.start..item.end, "");
    }
}

fn tick_item(item: &ListItem, done: bool, edits: &mut Edits) {
    let mark = if done { "x" } else { " " };
    match item.tick {
        Some(at) => edits.replace(at..at + 1, mark),
        None => edits.replace(item.text.start..item.text.start, format!("[{mark}] ")),
    }
}
