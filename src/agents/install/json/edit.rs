//! Putting an item into a container, and taking one out, without touching anything else.
//!
//! An item always goes behind the last one, and in front of what follows it: the comments there
//! stay with their neighbours. Into an empty container it goes behind a mark, a blank line (or a
//! blank, where all is on one line), which says that the container was there before. So whoever
//! takes the item out again knows whether to leave the container, and what it held:
//!
//! | between the bracket and its only item | the container was |
//! |---|---|
//! | one line break, or nothing | not there |
//! | two line breaks, or a blank | empty, without line breaks |
//! | three line breaks | empty, with line breaks |

use super::style::{Style, line_indent, own_line};
use super::trivia::Trivia;
use super::write::{Json, quoted};
use super::{Kind, Node};
use std::ops::Range;

/// What is put into a container.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Item<'a> {
    Member(&'a str, &'a Json),
    Element(&'a Json),
}

/// What became of a container from which an item was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Emptied {
    /// It holds other items.
    No,
    /// It is empty, as it had been before the item came.
    Again,
    /// It is empty, and was made for the item.
    Useless,
}

/// How many lines an item takes.
enum Layout {
    Inline,
    Pretty(String),
}

impl Item<'_> {
    fn write(self, style: &Style, layout: &Layout) -> String {
        let mut text = String::new();
        let value = match self {
            Item::Member(key, value) => {
                let spaced = style.spaced || matches!(layout, Layout::Pretty(_));
                text = format!("{}:{}", quoted(key), if spaced { " " } else { "" });
                value
            }
            Item::Element(value) => value,
        };
        match layout {
            Layout::Inline => value.inline(style, &mut text),
            Layout::Pretty(indent) => value.pretty(style, indent, &mut text),
        }
        text
    }
}

/// Puts an item at the end of a container of `text`.
pub(crate) fn insert(text: &mut String, container: &Node, style: &Style, item: Item<'_>) {
    debug_assert!(matches!(container.kind, Kind::Object(_) | Kind::Array(_)));
    match container.items().last() {
        None => insert_first(text, container, style, item),
        Some(last) => insert_last(text, container, last.end, style, item),
    }
}

fn insert_first(text: &mut String, container: &Node, style: &Style, item: Item<'_>) {
    let open = container.span.start + 1;
    let inner = &text[open..container.span.end - 1];
    let trivia = Trivia::of(inner);
    let rest = &inner[trivia.comments_end..];
    let outer = line_indent(text, container.span.start);
    let indent = format!("{outer}{}", style.indent);
    let newline = style.newline;
    let new = if style.inline {
        format!(" {}", item.write(style, &Layout::Inline))
    } else {
        let (breaks, end) = match (trivia.needs_line(), rest.contains('\n')) {
            (true, _) => (1, String::new()),
            (false, true) => (3, String::new()),
            (false, false) => (2, format!("{newline}{outer}")),
        };
        let start = newline.repeat(breaks);
        let written = item.write(style, &Layout::Pretty(indent.clone()));
        format!("{start}{indent}{written}{end}")
    };
    text.insert_str(open + trivia.comments_end, &new);
}

fn insert_last(text: &mut String, container: &Node, last: usize, style: &Style, item: Item<'_>) {
    let trivia = Trivia::of(&text[last..container.span.end - 1]);
    let anchor = last + trivia.end();
    let first = container.items()[0].start;
    let column = own_line(text, first).map(str::to_owned);
    let lines = column.is_some() || text[container.span.clone()].contains('\n');
    let layout = match (&column, lines) {
        (Some(column), _) => Layout::Pretty(column.clone()),
        (None, true) => Layout::Pretty(line_indent(text, anchor).to_owned()),
        (None, false) => Layout::Inline,
    };
    let separator = match column {
        Some(column) => format!("{}{column}", style.newline),
        None if trivia.needs_line() => {
            format!("{}{}", style.newline, line_indent(text, anchor))
        }
        None if style.spaced => " ".to_owned(),
        None => String::new(),
    };
    let mut new = format!("{separator}{}", item.write(style, &layout));
    if trivia.comma.is_some() {
        new.push(',');
    }
    text.insert_str(anchor, &new);
    if trivia.comma.is_none() {
        text.insert(last, ',');
    }
}

/// Puts a value in the place of another.
pub(crate) fn replace(text: &mut String, old: &Node, style: &Style, new: &Json) {
    let lines = text[old.span.clone()].contains('\n') || own_line(text, old.span.start).is_some();
    let layout = if lines {
        Layout::Pretty(line_indent(text, old.span.start).to_owned())
    } else {
        Layout::Inline
    };
    let written = Item::Element(new).write(style, &layout);
    text.replace_range(old.span.clone(), &written);
}

/// Takes the item number `index` out of a container of `text`.
pub(crate) fn remove(text: &mut String, container: &Node, index: usize) -> Emptied {
    let items = container.items();
    let item = items[index].clone();
    let close = container.span.end - 1;
    if let Some(next) = items.get(index + 1) {
        let between = Trivia::of(&text[item.end..next.start]);
        let end = match between.comments_end {
            0 => next.start,
            _ => item.end + between.comma.map_or(0, |comma| comma + 1),
        };
        text.replace_range(item.start..end, "");
        return Emptied::No;
    }
    let tail = Trivia::of(&text[item.end..close]);
    let end = item.end + tail.comma.map_or(0, |comma| comma + 1);
    let Some(before) = index.checked_sub(1).map(|before| items[before].end) else {
        return remove_only(text, container, item.start, end);
    };
    let between = Trivia::of(&text[before..item.start]);
    let lead = before + between.end()..item.start;
    cut(text, lead, between.needs_line(), end);
    if let (None, Some(comma)) = (tail.comma, between.comma) {
        text.replace_range(before + comma..=before + comma, "");
    }
    Emptied::No
}

/// Takes out the only item, which with its comma ends at `end`.
fn remove_only(text: &mut String, container: &Node, start: usize, end: usize) -> Emptied {
    let open = container.span.start + 1;
    let trivia = Trivia::of(&text[open..start]);
    let anchor = open + trivia.comments_end;
    let lead = &text[anchor..start];
    let breaks = lead.matches('\n').count();
    let comments = trivia.comments_end > 0 || text[end..container.span.end].contains("/");
    let was_there = comments || breaks > 1 || (breaks == 0 && !lead.is_empty());
    let closing = match breaks {
        1 | 2 if !trivia.needs_line() => closing_line(text, container, end),
        _ => 0,
    };
    cut(text, anchor..start, trivia.needs_line(), end + closing);
    if was_there {
        Emptied::Again
    } else {
        Emptied::Useless
    }
}

/// Takes out what lies up to `end`, with the white space that leads to it. After a comment that
/// goes to the end of its line, the line has to end.
fn cut(text: &mut String, lead: Range<usize>, after_line_comment: bool, end: usize) {
    let ends_line = text[end..].starts_with(['\n', '\r']);
    let start = if after_line_comment && !ends_line {
        lead.end
    } else {
        lead.start
    };
    text.replace_range(start..end, "");
}

/// Returns the length of the line break and the indentation that were made for the bracket.
fn closing_line(text: &str, container: &Node, end: usize) -> usize {
    let rest = &text[end..container.span.end];
    let outer = line_indent(text, container.span.start);
    ["\r\n", "\n"]
        .into_iter()
        .find_map(|newline| rest.strip_prefix(newline)?.strip_prefix(outer))
        .map_or(0, |after| rest.len() - after.len())
}
