//! From the layout of a text to the session that it says.

use super::Parsed;
use super::cell::{CellPlace, decode_cell};
use super::front::{Front, Values};
use super::layout::Layout;
use super::list::ListRow;
use super::parts::{InPart, Name, Part};
use super::table::{Complaint, RawRow, Table};
use crate::model::{AgentSession, NextStep, Problem, Session, SessionId, Status, Timestamp, Zone};
use chrono::{NaiveDateTime, TimeDelta, Timelike};

/// Reads the session.
pub(super) fn parse_layout(layout: &Layout<'_>, zone: Zone, fallback: Option<SessionId>) -> Parsed {
    let mut problems: Vec<Problem> = layout.front_problem.iter().cloned().collect();
    let mut values = Values::default();
    let mut names_session = matches!(layout.front, Front::Broken);
    if let Front::Read(keys) = &layout.front {
        let (read, more) = keys.values();
        names_session = keys.has("session");
        values = read;
        problems.extend(more);
    }
    let heading = layout.heading.as_ref();
    let looks_like_one = names_session || heading.is_some() || !layout.sections.is_empty();
    let id = values
        .session
        .or_else(|| heading.and_then(|heading| heading.id));
    let id = id.or_else(|| fallback.filter(|_| looks_like_one));
    let Some(id) = id else {
        return Parsed {
            session: None,
            problems,
        };
    };
    let mut complaints = layout.complaints.clone();
    let session = read_session(layout, zone, id, values, &mut complaints);
    problems.extend(place_complaints(layout.text, complaints));
    Parsed {
        session: Some(session),
        problems,
    }
}

fn read_session(
    layout: &Layout<'_>,
    zone: Zone,
    id: SessionId,
    values: Values,
    complaints: &mut Vec<Complaint>,
) -> Session {
    let started = values.started.as_ref().and_then(|time| time.in_zone(zone));
    let started = started.unwrap_or_else(|| zone.at(id.start()));
    let ended = match &layout.front {
        Front::Read(_) => values.ended.as_ref().and_then(|time| time.in_zone(zone)),
        Front::Absent | Front::Broken => end_by_duration(layout, started),
    };
    let implied = match ended {
        Some(_) => Status::Ended,
        None => Status::Active,
    };
    let start = clock_of_start(started);
    let (agent, client) = read_agent(values.agent, values.agent_session);
    Session {
        id,
        project: values.project.unwrap_or_default(),
        status: values.status.unwrap_or(implied),
        started,
        ended,
        directories: values
            .directories
            .unwrap_or_else(|| read_directories(layout)),
        agent,
        client,
        journal: values.journal,
        goal: field_text(layout, Name::Goal),
        reconstructed: field_text(layout, Name::Reconstructed),
        interrupted: field_text(layout, Name::Interrupted),
        progress: values_of(layout, start, complaints),
        files: values_of(layout, start, complaints),
        decisions: values_of(layout, start, complaints),
        blockers: values_of(layout, start, complaints),
        next_steps: list_rows(layout, Part::NextSteps)
            .map(|ListRow { text, done }| NextStep { text, done })
            .collect(),
        notes: list_rows(layout, Part::Notes).map(|row| row.text).collect(),
        tools: values_of(layout, start, complaints),
        prompt: prompt_lines(layout),
    }
}

/// Returns the session of the agent that a record names, or the name of the agent alone.
pub(super) fn read_agent(
    name: Option<String>,
    id: Option<String>,
) -> (Option<AgentSession>, Option<String>) {
    match id {
        Some(id) => {
            let name = name.unwrap_or_default();
            (Some(AgentSession { name, id }), None)
        }
        None => (None, name),
    }
}

/// Returns the time that is `before` for the first row: the start as the clock on the wall showed
/// it, to the minute.
pub(super) fn clock_of_start(started: Timestamp) -> NaiveDateTime {
    let local = started.datetime().naive_local();
    let minute = local
        .with_second(0)
        .and_then(|time| time.with_nanosecond(0));
    minute.unwrap_or(local)
}

/// Returns the end as the body states it, to the minute: without front matter there is no better.
pub(super) fn end_by_duration(layout: &Layout<'_>, started: Timestamp) -> Option<Timestamp> {
    let (_, raw) = layout.field(&[Name::Duration])?;
    let mut minutes: i64 = 0;
    for word in raw.split_whitespace() {
        let (number, unit) = word.split_at_checked(word.len().checked_sub(1)?)?;
        let unit = match unit {
            "d" => 24 * 60,
            "h" => 60,
            "m" => 1,
            _ => return None,
        };
        let number: i64 = number.parse().ok().filter(|number| *number >= 0)?;
        minutes = minutes.checked_add(number.checked_mul(unit)?)?;
    }
    let span = TimeDelta::try_minutes(minutes).filter(|_| !raw.is_empty())?;
    started
        .datetime()
        .checked_add_signed(span)
        .map(Timestamp::from)
}

/// Returns the directories as the body lists them.
pub(super) fn read_directories(layout: &Layout<'_>) -> Vec<String> {
    let directory = |raw: &str| decode_cell(raw, CellPlace::Line).into_owned();
    match layout.field(&[Name::Directory, Name::Directories]) {
        None => Vec::new(),
        Some((Name::Directories, raw)) => raw
            .split(',')
            .map(|raw| raw.trim_matches([' ', '\t']))
            .map(directory)
            .collect(),
        Some((_, raw)) => vec![directory(raw)],
    }
}

pub(super) fn field_text(layout: &Layout<'_>, name: Name) -> Option<String> {
    let (_, raw) = layout.field(&[name])?;
    Some(decode_cell(raw, CellPlace::Line).into_owned())
}

/// Reads the items of all lists of a part.
pub(super) fn list_rows<'a>(
    layout: &'a Layout<'_>,
    part: Part,
) -> impl Iterator<Item = ListRow> + 'a {
    let sections = layout.sections.iter();
    let sections = sections.filter(move |section| section.part == part);
    let items = sections.flat_map(|section| &section.items);
    items.map(|item| item.read(layout.text))
}

/// What stands in a block quote that was emptied, where another one follows.
pub(super) const EMPTIED: &str = "<!-- none -->";

pub(super) fn prompt_lines(layout: &Layout<'_>) -> Vec<String> {
    let mut sections = layout.sections.iter();
    let Some(section) =
        sections.find(|section| section.part == Part::Prompt && !section.quote.is_empty())
    else {
        return Vec::new();
    };
    let lines = section
        .quote
        .iter()
        .map(|line| &layout.text[line.text.clone()]);
    if section.quote.len() == 1 && lines.clone().eq([EMPTIED]) {
        return Vec::new();
    }
    lines
        .map(|raw| decode_cell(raw, CellPlace::Quote).into_owned())
        .collect()
}

/// A row that could be read.
pub(super) struct ReadTable<'a, R> {
    pub(super) table: &'a Table,
    pub(super) row: &'a RawRow,
    pub(super) value: R,
}

/// Reads all rows of a kind, in the order of the text.
pub(super) fn read_rows<'a, R: InPart>(
    layout: &'a Layout<'_>,
    start: NaiveDateTime,
    complaints: &mut Vec<Complaint>,
) -> Vec<ReadTable<'a, R>> {
    let mut before = start;
    let mut found = Vec::new();
    let sections = layout
        .sections
        .iter()
        .filter(|section| section.part == R::PART);
    for table in sections.flat_map(|section| &section.tables) {
        for row in &table.rows {
            let cells = row.cells(layout.text, table);
            if cells.blank {
                continue;
            }
            match R::read(&cells.texts, cells.source, before) {
                Ok(value) => {
                    before = value.time(before);
                    found.push(ReadTable { table, row, value });
                }
                Err(trouble) => complaints.push((row.content.start, trouble)),
            }
        }
    }
    found
}

fn values_of<R: InPart>(
    layout: &Layout<'_>,
    start: NaiveDateTime,
    complaints: &mut Vec<Complaint>,
) -> Vec<R> {
    let rows = read_rows(layout, start, complaints);
    rows.into_iter().map(|found| found.value).collect()
}

/// Names places by their lines, from the first on.
fn place_complaints(text: &str, mut complaints: Vec<Complaint>) -> Vec<Problem> {
    complaints.sort();
    let (mut line, mut counted) = (1_u32, 0);
    let place = |(at, reason): Complaint| {
        let feeds = text.as_bytes()[counted..at]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count();
        line = line.saturating_add(u32::try_from(feeds).unwrap_or(u32::MAX));
        counted = at;
        Problem { line, reason }
    };
    complaints.into_iter().map(place).collect()
}
