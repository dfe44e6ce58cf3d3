//! Where in a text the parts of a record are.

use super::front::{self, Front};
use super::lines::{self, Class, Line, heading_of_line};
use super::list::{self, ListItem};
use super::parts::{Name, Part};
use super::table::{self, Complaint, Table};
use crate::model::{Problem, SessionId};
use std::ops::Range;

/// A field as it stands in the text.
#[derive(Debug)]
pub(super) struct LayoutField {
    pub(super) name: Name,
    pub(super) line: Range<usize>,
    /// What stands behind the name, without white space around it.
    pub(super) value: Range<usize>,
}

/// The heading of the session.
#[derive(Debug)]
pub(super) struct Heading {
    pub(super) line: Range<usize>,
    pub(super) id: Option<SessionId>,
    /// Where the id is, or should be.
    pub(super) place: Range<usize>,
}

/// A section of the record as it stands in the text.
#[derive(Debug)]
pub(super) struct Section {
    pub(super) part: Part,
    /// Where its heading begins.
    pub(super) start: usize,
    /// Where the line behind the heading begins.
    pub(super) body: usize,
    /// Where its own text ends, without empty lines at the end.
    pub(super) text_end: usize,
    /// Where the text ends that belongs to it and to sections in it.
    pub(super) end: usize,
    pub(super) tables: Vec<Table>,
    /// The items of its lists, if it holds no table.
    pub(super) items: Vec<ListItem>,
    /// The lines of its first block quote.
    pub(super) quote: Vec<Quoted>,
    /// Whether more block quotes follow.
    pub(super) more_quotes: bool,
}

/// A line of a block quote.
#[derive(Debug)]
pub(super) struct Quoted {
    pub(super) line: Range<usize>,
    /// What is quoted.
    pub(super) text: Range<usize>,
}

/// A text, taken apart.
#[derive(Debug)]
pub(super) struct Layout<'t> {
    pub(super) text: &'t str,
    /// The line ending of the first line.
    pub(super) eol: &'static str,
    /// Where the text begins: behind a byte-order mark.
    pub(super) start: usize,
    pub(super) front: Front,
    /// What is wrong with the front matter as a whole.
    pub(super) front_problem: Option<Problem>,
    /// Where the body begins.
    pub(super) body: usize,
    pub(super) heading: Option<Heading>,
    pub(super) fields: Vec<LayoutField>,
    /// Where the text ends that stands between the heading and the next one.
    pub(super) intro_end: usize,
    /// In the order of the text.
    pub(super) sections: Vec<Section>,
    pub(super) complaints: Vec<Complaint>,
}

impl<'t> Layout<'t> {
    /// Takes a text apart.
    pub(super) fn read(text: &'t str) -> Layout<'t> {
        let start = if text.starts_with('\u{feff}') { 3 } else { 0 };
        let (front, body, front_problem) = front::find_front(text, start);
        let lines = lines::read_lines(text, body, Part::is_heading);
        let mut layout = Layout {
            text,
            eol: line_ending(text),
            start,
            front,
            front_problem,
            body,
            heading: None,
            fields: Vec::new(),
            intro_end: body,
            sections: Vec::new(),
            complaints: Vec::new(),
        };
        layout.take(&lines.lines, lines.open);
        layout
    }

    fn take(&mut self, lines: &[Line], open: Option<usize>) {
        let sessions: Vec<(usize, Heading)> = self.session_headings(lines);
        let has_id = |(_, heading): &(usize, Heading)| heading.id.is_some();
        let chosen = sessions.iter().position(has_id).unwrap_or(0);
        let mut sessions = sessions.into_iter().skip(chosen);
        let own = sessions.next();
        let second = sessions.find(has_id);
        if let Some((_, second)) = &second {
            let trouble = "a second session in one file".to_owned();
            self.complaints.push((second.line.start, trouble));
        }
        let mut lines = &lines[..second.map_or(lines.len(), |(at, _)| at)];
        if let Some(open) = open {
            let readable = lines.iter().take_while(|line| line.range.start < open);
            lines = &lines[..readable.count()];
        }
        let first = own.as_ref().map_or(0, |(at, _)| at + 1);
        self.heading = own.map(|(_, heading)| heading);
        self.intro(lines.get(first..).unwrap_or_default());
        self.sections(lines);
    }

    fn heading_of(&self, line: &Line) -> Option<(u8, &'t str)> {
        let Class::Heading(_) = line.class else {
            return None;
        };
        heading_of_line(self.text[line.content.clone()].trim_start_matches(' '))
    }

    /// The headings that say `Session: ID`, with the lines on which they are.
    fn session_headings(&self, lines: &[Line]) -> Vec<(usize, Heading)> {
        let read = |(at, line): (usize, &Line)| {
            let words = self.heading_of(line).filter(|(level, _)| *level == 2)?.1;
            let name = words
                .get(..8)
                .filter(|name| name.eq_ignore_ascii_case("session:"))?;
            let id = words[name.len()..]
                .split_whitespace()
                .next()
                .unwrap_or_default();
            // The first colon of the line is the one of the name.
            let content = &self.text[line.content.clone()];
            let behind = content.find(':')? + 1;
            let start = match id {
                "" => behind,
                id => behind + content[behind..].find(id)?,
            };
            let start = line.content.start + start;
            let heading = Heading {
                line: line.range.clone(),
                id: id.parse().ok(),
                place: start..start + id.len(),
            };
            Some((at, heading))
        };
        lines.iter().enumerate().filter_map(read).collect()
    }

    fn intro(&mut self, lines: &[Line]) {
        let is_heading = |line: &&Line| matches!(line.class, Class::Heading(_));
        let lines = &lines[..lines.iter().take_while(|line| !is_heading(line)).count()];
        let start = self
            .heading
            .as_ref()
            .map_or(self.body, |heading| heading.line.end);
        self.intro_end = text_end(lines, start);
        let fields = lines.iter().filter_map(|line| find_field(self.text, line));
        self.fields = fields.collect();
    }

    fn sections(&mut self, lines: &[Line]) {
        let headings = lines.iter().enumerate();
        let headings = headings.filter_map(|(at, line)| {
            self.heading_of(line)
                .map(|(level, words)| (at, level, words))
        });
        let headings: Vec<(usize, u8, &str)> = headings.collect();
        for (index, (at, level, words)) in headings.iter().enumerate() {
            let Some(part) = Part::named(words).filter(|part| part.may_have_level(*level)) else {
                continue;
            };
            let next = headings.get(index + 1).map_or(lines.len(), |next| next.0);
            let above = headings[index + 1..]
                .iter()
                .find(|(_, other, _)| other <= level);
            let end = above.map_or(lines.len(), |above| above.0);
            let heading = &lines[*at].range;
            let own = &lines[at + 1..next];
            let (quote, more_quotes) = match part {
                Part::Prompt => quoted_runs(self.text, own),
                _ => (Vec::new(), false),
            };
            let tables = part
                .names()
                .map(|names| table::find_table(self.text, own, names, &mut self.complaints));
            self.sections.push(Section {
                part,
                start: heading.start,
                body: heading.end,
                text_end: text_end(own, heading.end),
                end: text_end(&lines[at + 1..end], heading.end),
                tables: tables.unwrap_or_default(),
                items: list::find_items(self.text, part, &lines[at + 1..end]),
                quote,
                more_quotes,
            });
        }
    }

    /// Returns what stands in the first field of one of these names.
    pub(super) fn field(&self, names: &[Name]) -> Option<(Name, &'t str)> {
        let found = self
            .fields
            .iter()
            .find(|field| names.contains(&field.name))?;
        Some((found.name, &self.text[found.value.clone()]))
    }
}

/// Returns the line ending of the first line.
fn line_ending(text: &str) -> &'static str {
    match text.find('\n') {
        Some(feed) if text[..feed].ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

/// Returns where lines end, those left out that are empty at their end.
fn text_end(lines: &[Line], start: usize) -> usize {
    let last = lines.iter().rfind(|line| line.class != Class::Blank);
    last.map_or(start, |line| line.range.end)
}

/// Reads a field; `**Goal**:` is one too.
fn find_field(text: &str, line: &Line) -> Option<LayoutField> {
    let content = &text[line.content.clone()];
    let words = content.trim_start_matches(' ');
    let rest = words
        .strip_prefix("**")
        .filter(|_| line.class == Class::Text)?;
    let (name, value) = Name::ALL.into_iter().find_map(|name| {
        let start = rest.get(..name.word().len())?;
        let rest = &rest[start.len()..];
        let value = rest
            .strip_prefix(":**")
            .or_else(|| rest.strip_prefix("**:"))?;
        start
            .eq_ignore_ascii_case(name.word())
            .then_some((name, value))
    })?;
    let inner = value.trim_start_matches([' ', '\t']);
    let start = line.content.end - inner.len();
    let length = inner.trim_end_matches([' ', '\t']).len();
    Some(LayoutField {
        name,
        line: line.range.clone(),
        value: start..start + length,
    })
}

/// Returns the lines of the first block quote, and whether there is another.
fn quoted_runs(text: &str, lines: &[Line]) -> (Vec<Quoted>, bool) {
    let quoted = |line: &Line| {
        let content = &text[line.content.clone()];
        let words = content.trim_start_matches(' ');
        let rest = words
            .strip_prefix('>')
            .filter(|_| line.class == Class::Text && content.len() - words.len() < 4)?;
        let rest = rest.strip_prefix(' ').unwrap_or(rest);
        Some(Quoted {
            line: line.range.clone(),
            text: line.content.end - rest.len()..line.content.end,
        })
    };
    let mut lines = lines.iter().map(quoted).skip_while(Option::is_none);
    let first: Vec<Quoted> = lines.by_ref().map_while(|line| line).collect();
    (first, lines.any(|line| line.is_some()))
}
