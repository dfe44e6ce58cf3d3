//! Front matter: the block of YAML between `---` lines at the very start of a file.
//!
//! Reading it is lenient. A key of the wrong type is a problem, and the other keys still count;
//! a block that is no YAML is a problem, and its words are text of the first section.

use super::dates::parse_time;
pub(super) use super::front_matter_keys::{begins_with_key, holds_keys};
use super::lines::lines_from;
use super::tags::tag_from_words;
use super::yaml::{self, MappingField, Value, YamlError};
use crate::model::{
    FrontMatter, Problem, SessionId, Tag, Timestamp, Zone, join_words, quote_beginning,
};
use std::ops::Range;

/// What the start of a file says.
#[derive(Debug, Default)]
pub(super) struct Front {
    /// The known keys.
    pub(super) values: FrontMatter,
    /// When the session began that the entry records, if it is the entry of one.
    pub(super) session: Option<Timestamp>,
    /// What could not be understood.
    pub(super) problems: Vec<Problem>,
    /// Where the text begins: behind the front matter. A broken block is text.
    pub(super) text: usize,
    /// Where the Markdown begins: behind the block, broken or not.
    pub(super) markdown: usize,
}

/// Reads the front matter of a file, if it has any.
pub(super) fn find_front_matter(text: &str, zone: Zone) -> Front {
    let start = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut front = Front {
        text: start,
        markdown: start,
        ..Front::default()
    };
    let Some(block) = FrontMatterBlock::find(text, start) else {
        return front;
    };
    let yaml = &text[block.yaml.clone()];
    let Some(end) = block.end else {
        if begins_with_key(yaml) {
            front.problem(1, "front matter has no closing ---".to_owned());
        }
        return front;
    };
    match yaml::mapping(yaml) {
        Ok(mapping) => {
            (front.text, front.markdown) = (end, end);
            front
                .problems
                .extend(mapping.duplicates.iter().map(broken_front_matter));
            front.session = session_start(&mapping.fields, zone);
            front.read(mapping.fields, zone);
        }
        Err(error) if holds_keys(yaml) => {
            front.markdown = end;
            front.problems.push(broken_front_matter(&error));
        }
        // A thematic break, and another one further down.
        Err(_) => {}
    }
    front
}

/// Returns the start of the session that an entry records: of an entry with a `session`, the time
/// `started`, else that of the id.
fn session_start(fields: &[MappingField], zone: Zone) -> Option<Timestamp> {
    let text = |key: &str| {
        let field = fields.iter().find(|field| field.key == key)?;
        match &field.value {
            Value::Scalar(text) => Some(text.trim()),
            _ => None,
        }
    };
    let id: SessionId = text("session")?.parse().ok()?;
    let started = text("started").and_then(|text| parse_time(text, zone));
    Some(started.unwrap_or_else(|| zone.at(id.start())))
}

/// Places a YAML error in the file: the block begins behind its first line.
pub(super) fn broken_front_matter(error: &YamlError) -> Problem {
    Problem {
        line: error.line.saturating_add(1),
        reason: format!("front matter: {}", error.reason),
    }
}

/// The lines between the fences.
pub(super) struct FrontMatterBlock {
    pub(super) yaml: Range<usize>,
    /// Where the text behind the closing fence begins; `None` without one.
    pub(super) end: Option<usize>,
}

impl FrontMatterBlock {
    /// Finds the block of a text that begins at `start`.
    pub(super) fn find(text: &str, start: usize) -> Option<FrontMatterBlock> {
        let mut lines = lines_from(text, start);
        let first = lines
            .next()
            .filter(|line| is_fence(&text[line.clone()], &["---"]))?;
        let close = lines.find(|line| is_fence(&text[line.clone()], &["---", "..."]));
        Some(FrontMatterBlock {
            yaml: first.end..close.as_ref().map_or(text.len(), |line| line.start),
            end: close.map(|line| line.end),
        })
    }
}

fn is_fence(line: &str, fences: &[&str]) -> bool {
    fences.contains(&line.trim_end_matches([' ', '\t', '\r', '\n']))
}

impl Front {
    fn problem(&mut self, line: u32, reason: String) {
        self.problems.push(Problem { line, reason });
    }

    fn wrong(&mut self, field: &MappingField, expected: &str) {
        let reason = format!("front matter: {} is not {expected}", field.key);
        self.problem(field.line.saturating_add(1), reason);
    }

    fn read(&mut self, fields: Vec<MappingField>, zone: Zone) {
        for field in fields {
            match field.key.as_str() {
                "title" => self.values.title = self.text(&field),
                "tags" => self.values.tags = self.tags(&field),
                "created" => self.values.created = self.time(&field, zone),
                "updated" => self.values.updated = self.time(&field, zone),
                "description" => self.values.description = self.text(&field),
                "aliases" => self.values.aliases = self.aliases(&field),
                "project" => self.values.project = self.text(&field),
                other => {
                    if let Some(known) = find_meant_key(other) {
                        let reason =
                            format!("front matter: '{other}' does not count, '{known}' does");
                        self.problem(field.line.saturating_add(1), reason);
                    }
                }
            }
        }
    }

    fn text(&mut self, field: &MappingField) -> Option<String> {
        match &field.value {
            Value::Null => None,
            Value::Scalar(text) => Some(join_words(text)).filter(|text| !text.is_empty()),
            Value::List(_) | Value::Mapping => {
                self.wrong(field, "text");
                None
            }
        }
    }

    fn time(&mut self, field: &MappingField, zone: Zone) -> Option<Timestamp> {
        let text = match &field.value {
            Value::Null => return None,
            Value::Scalar(text) if text.trim().is_empty() => return None,
            Value::Scalar(text) => text,
            Value::List(_) | Value::Mapping => {
                self.wrong(field, "a date or time");
                return None;
            }
        };
        let time = parse_time(text, zone);
        if time.is_none() {
            let shown = quote_beginning(text);
            self.wrong(field, &format!("a date or time: '{shown}'"));
        }
        time
    }

    fn tags(&mut self, field: &MappingField) -> Vec<Tag> {
        let mut tags: Vec<Tag> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        for item in self.items(field, "a list of tags") {
            for tag in item.split(',').filter_map(tag_from_words) {
                if seen.insert(tag.key()) {
                    tags.push(tag);
                }
            }
        }
        tags
    }

    fn aliases(&mut self, field: &MappingField) -> Vec<String> {
        let items = self.items(field, "a list of titles");
        let aliases = items.iter().map(|item| join_words(item));
        aliases.filter(|alias| !alias.is_empty()).collect()
    }

    /// The items of a list; of a single value, that value.
    fn items(&mut self, field: &MappingField, expected: &str) -> Vec<String> {
        match &field.value {
            Value::Null => Vec::new(),
            Value::Scalar(text) => vec![text.clone()],
            Value::Mapping => {
                self.wrong(field, expected);
                Vec::new()
            }
            Value::List(items) => {
                let texts = items.iter().filter_map(|item| match item {
                    Value::Scalar(text) => Some(text.clone()),
                    _ => None,
                });
                let texts: Vec<String> = texts.collect();
                let bad = |item: &Value| matches!(item, Value::List(_) | Value::Mapping);
                if items.iter().any(bad) {
                    self.wrong(field, expected);
                }
                texts
            }
        }
    }
}

/// Returns the known key that another was probably meant to be.
fn find_meant_key(key: &str) -> Option<&'static str> {
    const KNOWN: [&str; 7] = [
        "title",
        "tags",
        "created",
        "updated",
        "description",
        "aliases",
        "project",
    ];
    match key.to_lowercase().as_str() {
        "tag" => Some("tags"),
        "alias" => Some("aliases"),
        lower => KNOWN.into_iter().find(|known| *known == lower),
    }
}
