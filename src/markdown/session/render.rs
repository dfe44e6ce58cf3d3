//! A whole new session file, and the pieces that it is made of.

use super::cell::{CellPlace, encode_cell};
use super::parts::{InPart, Name, Part};
use super::{format_duration, front, list, reading, row_text};
use crate::model::{Session, Status};
use chrono::NaiveDateTime;

/// Writes a new file.
pub(super) fn render_whole(session: &Session) -> String {
    let mut text = front::render_front(session);
    text += &format!("\n{}", render_heading(session));
    let fields = render_fields(session);
    if !fields.is_empty() {
        text.push('\n');
        text.extend(fields.into_iter().map(|(_, line)| line));
    }
    let sections = Part::ALL.into_iter();
    for section in sections.filter_map(|part| render_section(session, part)) {
        text.push('\n');
        text += &section;
    }
    text
}

/// Writes the heading.
pub(super) fn render_heading(session: &Session) -> String {
    format!("## Session: {}\n", session.id)
}

/// Writes the fields, each on a line.
pub(super) fn render_fields(session: &Session) -> Vec<(Name, String)> {
    let line = |name| field_value(session, name).map(|value| (name, field_line(name, &value)));
    Name::ALL.into_iter().filter_map(line).collect()
}

fn field_line(name: Name, value: &str) -> String {
    let line = format!("**{}:** {value}", name.word());
    format!("{}\n", line.trim_end_matches(' '))
}

/// Returns what stands behind the name of a field.
pub(super) fn field_value(session: &Session, name: Name) -> Option<String> {
    let line = |text: &str| encode_cell(text, CellPlace::Line);
    match (name, session.directories.as_slice()) {
        (Name::Directory, [only]) => Some(line(only)),
        (Name::Directories, [_, _, ..]) => {
            let names = session.directories.iter();
            let names: Vec<String> = names.map(|name| line(name).replace(',', "&#44;")).collect();
            Some(names.join(", "))
        }
        (Name::Directory | Name::Directories, _) => None,
        (Name::Duration, _) => time_span(session),
        (Name::Goal, _) => session.goal.as_deref().map(line),
        (Name::Reconstructed, _) => session.reconstructed.as_deref().map(line),
        (Name::Interrupted, _) => session.interrupted.as_deref().map(line),
    }
}

fn time_span(session: &Session) -> Option<String> {
    let ended = session.ended.filter(|_| session.status == Status::Ended)?;
    Some(format_duration(session.started, ended))
}

/// Writes a section; nothing if it has nothing to say.
pub(super) fn render_section(session: &Session, part: Part) -> Option<String> {
    let start = reading::clock_of_start(session.started);
    let body = match part {
        Part::Progress => new_table(&session.progress, start),
        Part::Files => new_table(&session.files, start),
        Part::Decisions => new_table(&session.decisions, start),
        Part::Blockers => new_table(&session.blockers, start),
        Part::NextSteps | Part::Notes => new_list(session, part),
        Part::Tools => new_table(&session.tools, start),
        Part::Prompt => render_prompt(&session.prompt),
    };
    (!body.is_empty()).then(|| format!("### {}\n\n{body}", part.heading()))
}

fn new_list(session: &Session, part: Part) -> String {
    list::render_items(part, &list::rows_of(session, part))
}

/// Writes a table with these rows; nothing without rows.
pub(super) fn new_table<R: InPart>(rows: &[R], start: NaiveDateTime) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let columns: Vec<Option<usize>> = (0..R::COLUMNS.len()).map(Some).collect();
    let mut text = row_text::table_header::<R>();
    let mut before = start;
    for row in rows {
        let cells = row_text::raw_cells(row, &columns, columns.len(), before).unwrap_or_default();
        before = row.time(before);
        text += &row_text::table_line(&cells);
        text.push('\n');
    }
    text
}

/// Writes the block quote of the prompt.
pub(super) fn render_prompt(lines: &[String]) -> String {
    let mut text = String::new();
    for line in lines {
        let line = encode_cell(line, CellPlace::Quote);
        text += if line.is_empty() { ">" } else { "> " };
        text += &line;
        text.push('\n');
    }
    text
}
