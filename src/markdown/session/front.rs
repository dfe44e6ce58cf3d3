//! The front matter of a session file.

use super::super::dates::parse_time;
use super::super::front_matter::{
    FrontMatterBlock, begins_with_key, broken_front_matter, holds_keys,
};
use super::super::lines::lines_from;
use super::super::session_entry::{distinct_tags, is_safe, one_line, yaml_scalar};
use super::super::tags::tag_from_words;
use super::super::yaml::{self, MappingField, Value, is_plain_text};
use crate::model::{
    Problem, Session, SessionId, Status, Tag, Timestamp, Zone, quote_beginning, shorten_line,
};
use std::ops::Range;

/// The front matter of a text.
#[derive(Debug)]
pub(super) enum Front {
    /// There is none.
    Absent,
    /// It cannot be read.
    Broken,
    /// It can.
    Read(Keys),
}

/// The keys of the front matter that belong to the record.
#[derive(Debug, Default)]
pub(super) struct Keys {
    /// Where the YAML is.
    pub(super) yaml: Range<usize>,
    /// All keys.
    pub(super) fields: Vec<MappingField>,
    pub(super) problems: Vec<Problem>,
}

/// What the front matter says of the session, where it says it well.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Values {
    pub(super) session: Option<SessionId>,
    pub(super) project: Option<String>,
    pub(super) status: Option<Status>,
    pub(super) started: Option<Moment>,
    pub(super) ended: Option<Moment>,
    pub(super) agent: Option<String>,
    pub(super) agent_session: Option<String>,
    pub(super) journal: Option<u64>,
    pub(super) directories: Option<Vec<String>>,
}

/// A time as it is written, which may be without an offset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Moment(String);

impl Moment {
    fn new(text: &str) -> Option<Moment> {
        parse_time(text, Zone::UTC).map(|_| Moment(text.to_owned()))
    }

    pub(super) fn in_zone(&self, zone: Zone) -> Option<Timestamp> {
        parse_time(&self.0, zone)
    }

    /// Returns whether this is the given time, in whatever zone its own clock stands.
    pub(super) fn is(&self, time: Timestamp) -> bool {
        let elsewhere = Zone::parse("Asia/Kathmandu").unwrap_or(Zone::UTC);
        let (utc, other) = (self.in_zone(Zone::UTC), self.in_zone(elsewhere));
        if utc == other {
            return utc == Some(time);
        }
        let clock = |time: Timestamp| time.datetime().naive_local().and_utc().timestamp();
        utc.is_some_and(|utc| clock(utc) == clock(time))
    }
}

/// Reads the front matter of a text that begins at `start`. Returns it, where the body begins, and
/// what is wrong with the block as a whole.
pub(super) fn find_front(text: &str, start: usize) -> (Front, usize, Option<Problem>) {
    let Some(block) = FrontMatterBlock::find(text, start) else {
        return (Front::Absent, start, None);
    };
    let yaml = &text[block.yaml.clone()];
    let Some(end) = block.end else {
        if !begins_with_key(yaml) {
            return (Front::Absent, start, None);
        }
        let problem = Problem {
            line: 1,
            reason: "front matter has no closing ---".to_owned(),
        };
        return (Front::Broken, behind_paragraph(text, start), Some(problem));
    };
    match yaml::mapping(yaml) {
        Ok(mapping) => {
            let keys = Keys {
                yaml: block.yaml,
                fields: mapping.fields,
                problems: mapping.duplicates.iter().map(broken_front_matter).collect(),
            };
            (Front::Read(keys), end, None)
        }
        Err(error) if holds_keys(yaml) => (Front::Broken, end, Some(broken_front_matter(&error))),
        Err(_) => (Front::Absent, start, None),
    }
}

/// Where the front matter may have been meant to end, if nothing closes it.
fn behind_paragraph(text: &str, start: usize) -> usize {
    let ends = |line: &Range<usize>| {
        let line = &text[line.clone()];
        line.trim().is_empty() || line.starts_with('#')
    };
    let end = lines_from(text, start).find(ends);
    end.map_or(text.len(), |line| line.start)
}

impl Keys {
    /// Returns what the keys say, and what is wrong with them.
    pub(super) fn values(&self) -> (Values, Vec<Problem>) {
        let mut values = Values::default();
        let mut problems = self.problems.clone();
        for field in &self.fields {
            if let Err(expected) = values.read(field) {
                let shown = match &field.value {
                    Value::Scalar(text) => format!(": '{}'", quote_beginning(text)),
                    _ => String::new(),
                };
                problems.push(Problem {
                    line: field.line.saturating_add(1),
                    reason: format!("front matter: {} is not {expected}{shown}", field.key),
                });
            }
        }
        (values, problems)
    }

    /// Returns whether a key is there, whatever its value.
    pub(super) fn has(&self, key: &str) -> bool {
        self.fields.iter().any(|field| field.key == key)
    }
}

impl Values {
    /// Reads one key.
    ///
    /// # Errors
    ///
    /// What the value should have been.
    fn read(&mut self, field: &MappingField) -> Result<(), &'static str> {
        let text = match &field.value {
            Value::Scalar(text) => Some(text.as_str()),
            _ => None,
        };
        let is_null = field.value == Value::Null;
        if field.key == "directories" {
            self.directories = string_list(&field.value)?;
            return Ok(());
        }
        let good = match field.key.as_str() {
            "session" => fill_empty(
                &mut self.session,
                text.and_then(|text| text.trim().parse().ok()),
            ),
            "project" => fill_empty(&mut self.project, text.map(str::to_owned)),
            "status" => fill_empty(&mut self.status, text.and_then(parse_status)),
            "started" => fill_empty(&mut self.started, text.and_then(Moment::new)),
            "ended" => fill_empty(&mut self.ended, text.and_then(Moment::new)),
            "agent" => fill_empty(&mut self.agent, text.map(str::to_owned)),
            "agent_session" => fill_empty(&mut self.agent_session, text.map(str::to_owned)),
            "journal" => fill_empty(&mut self.journal, text.and_then(|text| text.parse().ok())),
            _ => true,
        };
        if good || is_null {
            return Ok(());
        }
        Err(match field.key.as_str() {
            "session" => "a session id",
            "status" => "active or ended",
            "started" | "ended" => "a date or time",
            "journal" => "a number",
            _ => "text",
        })
    }
}

fn fill_empty<T>(place: &mut Option<T>, value: Option<T>) -> bool {
    *place = value;
    place.is_some()
}

fn parse_status(text: &str) -> Option<Status> {
    match text.trim() {
        word if word.eq_ignore_ascii_case("active") => Some(Status::Active),
        word if word.eq_ignore_ascii_case("ended") => Some(Status::Ended),
        _ => None,
    }
}

/// Reads a list of texts; a single text is a list of one.
fn string_list(value: &Value) -> Result<Option<Vec<String>>, &'static str> {
    let expected = "a list of directories";
    match value {
        Value::Null => Ok(None),
        Value::Mapping => Err(expected),
        Value::Scalar(text) => Ok(Some(vec![text.clone()])),
        Value::List(items) => {
            let texts = items.iter().map(|item| match item {
                Value::Scalar(text) => Ok(text.clone()),
                _ => Err(expected),
            });
            texts.collect::<Result<_, _>>().map(Some)
        }
    }
}

/// The keys of the record, in the order in which they are written.
pub(super) const KEYS: [&str; 11] = [
    "title",
    "tags",
    "session",
    "project",
    "status",
    "started",
    "ended",
    "agent",
    "agent_session",
    "journal",
    "directories",
];

/// Longest title, in characters.
const TITLE: usize = 80;

/// Writes the title of a session's file that nothing is known of but its name.
pub(super) fn bare_title(project: &str, id: SessionId) -> String {
    let title = format!("{} {id}", one_line(project));
    format!("title: {}\n", yaml_scalar(title.trim()))
}

/// Writes the title of a session's file: the project and what was done, or is to be.
pub(super) fn session_title(session: &Session) -> String {
    let told = session.summary().or(session.goal.as_deref()).map(one_line);
    let Some(told) = told.filter(|told| !told.is_empty()) else {
        return bare_title(&session.project, session.id);
    };
    let told = told.strip_suffix('.').unwrap_or(&told);
    let title = format!("{}: {told}", one_line(&session.project));
    format!("title: {}\n", yaml_scalar(&shorten_line(&title, TITLE)))
}

/// Writes the tags of a session's file.
pub(super) fn session_tags(project: &str) -> String {
    let name = one_line(project).to_lowercase();
    let own = [tag_from_words(&name), Tag::new("sessions")];
    render_items(
        "tags",
        distinct_tags(own.iter().flatten()).map(|tag| yaml_scalar(tag.as_str())),
    )
}

/// Writes a key of the front matter with its value, lines and all. `None` if the session has
/// nothing to say there.
pub(super) fn render_key(session: &Session, key: &str) -> Option<String> {
    Some(match key {
        "title" => session_title(session),
        "tags" => session_tags(&session.project),
        "session" => format!("session: {}\n", session.id),
        "project" => format!("project: {}\n", yaml_scalar(&session.project)),
        "status" => match session.status {
            Status::Active => "status: active\n".to_owned(),
            Status::Ended => "status: ended\n".to_owned(),
        },
        "started" => format!("started: '{}'\n", session.started),
        "ended" => format!("ended: '{}'\n", session.ended?),
        "agent" => format!("agent: {}\n", yaml_scalar(session.agent_name()?)),
        "agent_session" => {
            let id = &session.agent.as_ref()?.id;
            format!("agent_session: {}\n", yaml_scalar(id))
        }
        "journal" => format!("journal: {}\n", session.journal?),
        "directories" if session.directories.is_empty() => return None,
        "directories" => render_items(
            "directories",
            session.directories.iter().map(|path| path_scalar(path)),
        ),
        _ => return None,
    })
}

fn render_items(key: &str, items: impl Iterator<Item = String>) -> String {
    let items: String = items.map(|item| format!("  - {item}\n")).collect();
    format!("{key}:\n{items}")
}

/// Writes a path as a YAML scalar: `~/x` and `/x` need no quotes.
fn path_scalar(path: &str) -> String {
    let inner = path.strip_prefix('~').unwrap_or(path);
    let inner = inner.strip_prefix('/').unwrap_or(inner);
    if is_safe(inner) && is_plain_text(path) {
        path.to_owned()
    } else {
        yaml_scalar(path)
    }
}

/// Writes the whole front matter, fences and all.
pub(super) fn render_front(session: &Session) -> String {
    let keys = KEYS.iter().filter_map(|name| render_key(session, name));
    format!("---\n{}---\n", keys.collect::<String>())
}
