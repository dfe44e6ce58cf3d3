//! Front matter: the block of YAML between `---` lines at the very start of a file.
//!
//! Reading it is lenient. A key of the wrong type is a problem, and the other keys still count;
//! a block that is no YAML is a problem, and its words are text of the first section.

use super::dates::parse_time;
use super::fences::lines_from;
use super::tags::tag_from_words;
use super::yaml::{self, Field, Value, YamlError};
use crate::model::{FrontMatter, Problem, SessionId, Tag, Timestamp, Zone};
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
pub(super) fn find(text: &str, zone: Zone) -> Front {
    let start = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut front = Front {
        text: start,
        markdown: start,
        ..Front::default()
    };
    let Some(block) = Block::find(text, start) else {
        return front;
    };
    let yaml = &text[block.yaml.clone()];
    let Some(end) = block.end else {
        if looks_like_mapping(yaml) {
            front.problem(1, "front matter has no closing ---".to_owned());
        }
        return front;
    };
    match yaml::mapping(yaml) {
        Ok(mapping) => {
            (front.text, front.markdown) = (end, end);
            front.problems.extend(mapping.duplicates.iter().map(broken));
            front.session = session_start(&mapping.fields, zone);
            front.read(mapping.fields, zone);
        }
        Err(error) if looks_like_mapping(yaml) => {
            front.markdown = end;
            front.problems.push(broken(&error));
        }
        // A thematic break, and another one further down.
        Err(_) => {}
    }
    front
}

/// Returns the start of the session that an entry records: of an entry with a `session`, the time
/// `started`, else that of the id.
fn session_start(fields: &[Field], zone: Zone) -> Option<Timestamp> {
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
pub(super) fn broken(error: &YamlError) -> Problem {
    Problem {
        line: error.line.saturating_add(1),
        reason: format!("front matter: {}", error.reason),
    }
}

/// The lines between the fences.
pub(super) struct Block {
    pub(super) yaml: Range<usize>,
    /// Where the text behind the closing fence begins; `None` without one.
    pub(super) end: Option<usize>,
}

impl Block {
    /// Finds the block of a text that begins at `start`.
    pub(super) fn find(text: &str, start: usize) -> Option<Block> {
        let mut lines = lines_from(text, start);
        let first = lines
            .next()
            .filter(|line| is_fence(&text[line.clone()], &["---"]))?;
        let close = lines.find(|line| is_fence(&text[line.clone()], &["---", "..."]));
        Some(Block {
            yaml: first.end..close.as_ref().map_or(text.len(), |line| line.start),
            end: close.map(|line| line.end),
        })
    }
}

fn is_fence(line: &str, fences: &[&str]) -> bool {
    fences.contains(&line.trim_end_matches([' ', '\t', '\r', '\n']))
}

/// Whether somebody meant a block for front matter: its first line with content is `key:`.
pub(super) fn looks_like_mapping(yaml: &str) -> bool {
    let content = |line: &&str| !line.is_empty() && !line.starts_with('#');
    let Some(line) = yaml.lines().map(str::trim_end).find(content) else {
        return false;
    };
    let Some((key, value)) = line.split_once(':') else {
        return false;
    };
    let in_key = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '"' | '\'');
    !key.is_empty()
        && key.chars().all(in_key)
        && (value.is_empty() || value.starts_with([' ', '\t']))
}

impl Front {
    fn problem(&mut self, line: u32, reason: String) {
        self.problems.push(Problem { line, reason });
    }

    fn wrong(&mut self, field: &Field, expected: &str) {
        let reason = format!("front matter: {} is not {expected}", field.key);
        self.problem(field.line.saturating_add(1), reason);
    }

    fn read(&mut self, fields: Vec<Field>, zone: Zone) {
        for field in fields {
            match field.key.as_str() {
                "title" => self.values.title = self.text(&field),
                "tags" => self.values.tags = self.tags(&field),
                "created" => self.values.created = self.time(&field, zone),
                "updated" => self.values.updated = self.time(&field, zone),
                "description" => self.values.description = self.text(&field),
                "aliases" => self.values.aliases = self.aliases(&field),
                "project" => self.values.project = self.text(&field),
                _ => {}
            }
        }
    }

    fn text(&mut self, field: &Field) -> Option<String> {
        match &field.value {
            Value::Null => None,
            Value::Scalar(text) => Some(one_line(text)).filter(|text| !text.is_empty()),
            Value::List(_) | Value::Mapping => {
                self.wrong(field, "text");
                None
            }
        }
    }

    fn time(&mut self, field: &Field, zone: Zone) -> Option<Timestamp> {
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
            let shown: String = text.chars().take(40).flat_map(char::escape_debug).collect();
            self.wrong(field, &format!("a date or time: '{shown}'"));
        }
        time
    }

    fn tags(&mut self, field: &Field) -> Vec<Tag> {
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

    fn aliases(&mut self, field: &Field) -> Vec<String> {
        let items = self.items(field, "a list of titles");
        let aliases = items.iter().map(|item| one_line(item));
        aliases.filter(|alias| !alias.is_empty()).collect()
    }

    /// The items of a list; of a single value, that value.
    fn items(&mut self, field: &Field, expected: &str) -> Vec<String> {
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

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Front {
        find(text, Zone::UTC)
    }

    fn reasons(front: &Front) -> Vec<(u32, &str)> {
        let problems = front.problems.iter();
        problems.map(|p| (p.line, p.reason.as_str())).collect()
    }

    fn tags(front: &Front) -> Vec<&str> {
        front.values.tags.iter().map(Tag::as_str).collect()
    }

    #[test]
    fn all_known_keys_are_read() {
        let text = "---\ntitle: A\ntags: [x, y, X]\ncreated: '2026-01-11T10:30:00Z'\n\
                    updated: 2026-01-12\ndescription: >\n  long\n  text\naliases:\n- B\n- C c\n\
                    project: p\nother: {a: [1]}\n---\nbody";
        let front = read(text);
        assert_eq!(reasons(&front), []);
        assert_eq!(&text[front.text..], "body");
        assert_eq!(front.values.title.as_deref(), Some("A"));
        assert_eq!(tags(&front), ["x", "y"]);
        assert_eq!(front.values.description.as_deref(), Some("long text"));
        assert_eq!(front.values.aliases, ["B", "C c"]);
        assert_eq!(front.values.project.as_deref(), Some("p"));
        let time = |time: Option<Timestamp>| time.map(|time| time.to_string());
        assert_eq!(
            time(front.values.created).as_deref(),
            Some("2026-01-11T10:30:00Z")
        );
        assert_eq!(
            time(front.values.updated).as_deref(),
            Some("2026-01-12T00:00:00Z")
        );
    }

    #[test]
    fn the_entry_of_a_session_says_when_it_began() {
        let began = |yaml: &str| {
            let front = read(&format!("---\n{yaml}---\n"));
            assert_eq!(reasons(&front), []);
            front.session.map(|time| time.to_string())
        };
        let started = Some("2025-03-21T15:30:22+01:00".to_owned());
        let by_id = Some("2025-03-21T14:30:22Z".to_owned());
        let session = "session: 20250321-143022\n";
        assert_eq!(
            began(&format!("{session}started: '2025-03-21T15:30:22+01:00'\n")),
            started
        );
        assert_eq!(began(session), by_id);
        assert_eq!(began(&format!("{session}started: soon\n")), by_id);
        assert_eq!(began("session: 3\nstarted: 2025-03-21\n"), None);
        assert_eq!(began("started: 2025-03-21\n"), None);
    }

    #[test]
    fn scalars_keep_their_spelling() {
        for (value, title) in [
            ("1.10", Some("1.10")),
            ("true", Some("true")),
            ("yes", Some("yes")),
            ("0x1F # c", Some("0x1F")),
            ("1e999", Some("1e999")),
            (".nan", Some(".nan")),
            ("-7", Some("-7")),
            ("2026-01-11", Some("2026-01-11")),
            ("''", None),
            ("", None),
            ("~", None),
            ("'null'", Some("null")),
            ("日本 1", Some("日本 1")),
            (
                "99999999999999999999999999999999999999999",
                Some("99999999999999999999999999999999999999999"),
            ),
        ] {
            let front = read(&format!("---\nä: ü\ntitle: {value}\n---\n"));
            assert_eq!(reasons(&front), [], "{value}");
            assert_eq!(front.values.title.as_deref(), title, "{value}");
        }
    }

    #[test]
    fn tags_may_be_written_in_many_ways() {
        for (value, expected) in [
            ("[a, b]", &["a", "b"][..]),
            ("a, b", &["a", "b"]),
            ("'#a'", &["a"]),
            ("[1, true]", &["1", "true"]),
            ("\n- a\n- two words\n-\n", &["a", "two-words"]),
            ("", &[]),
            ("a", &["a"]),
            ("[]", &[]),
        ] {
            let front = read(&format!("---\ntags: {value}\n---\n"));
            assert_eq!(
                (reasons(&front), tags(&front)),
                (vec![], expected.to_vec()),
                "{value}"
            );
        }
    }

    #[test]
    fn a_wrong_type_is_a_problem_and_the_rest_counts() {
        let front = read(
            "---\ntitle: [a]\ntags: {a: b}\ncreated: soon\naliases: [[x], y]\nproject: p\n---\n",
        );
        assert_eq!(
            reasons(&front),
            [
                (2, "front matter: title is not text"),
                (3, "front matter: tags is not a list of tags"),
                (4, "front matter: created is not a date or time: 'soon'"),
                (5, "front matter: aliases is not a list of titles"),
            ]
        );
        assert_eq!(front.values.aliases, ["y"]);
        assert_eq!(front.values.project.as_deref(), Some("p"));
    }

    #[test]
    fn a_key_twice_is_a_problem_and_the_last_counts() {
        let front = read("---\ntitle: a\ntags: [x]\ntitle: b\n---\n");
        assert_eq!(front.values.title.as_deref(), Some("b"));
        assert_eq!(tags(&front), ["x"]);
        assert_eq!(front.problems.len(), 1);
        assert_eq!(front.problems[0].line, 4);
    }

    #[test]
    fn marks_line_endings_and_fences_vary() {
        for text in [
            "---\ntitle: a\n---\nb",
            "\u{feff}---\ntitle: a\n---\nb",
            "---\r\ntitle: a\r\n---\r\nb",
            "--- \ntitle: a\n...\nb",
            "---\n\n# c\ntitle: a\n--- \t\r\nb",
        ] {
            let front = read(text);
            assert_eq!(front.values.title.as_deref(), Some("a"), "{text:?}");
            assert_eq!(
                (&text[front.text..], front.markdown),
                ("b", front.text),
                "{text:?}"
            );
        }
        assert_eq!(read("---\n---").text, 7);
        assert_eq!(read("---\n# only a comment\n---\n").problems.len(), 0);
    }

    #[test]
    fn broken_yaml_is_text_with_a_problem_in_its_line() {
        let text = "---\ntitle: ok\nbad: [\n---\n# H\n";
        let front = read(text);
        assert_eq!((front.text, &text[front.markdown..]), (0, "# H\n"));
        assert_eq!(front.values, FrontMatter::default());
        assert_eq!(front.problems.len(), 1);
        assert!(
            (3..=4).contains(&front.problems[0].line),
            "{:?}",
            front.problems
        );
        let front = read("---\ntitle: Foo: bar\n---\n");
        assert_eq!(front.problems[0].line, 2, "{:?}", front.problems);
    }

    #[test]
    fn a_thematic_break_is_no_front_matter() {
        for text in [
            "---",
            "---\n",
            "---\n\ntext\n\n---\n",
            "--- x\ntitle: a\n---\n",
            " ---\na: b\n---\n",
            "----\na: b\n----\n",
            "a\n---\ntitle: x\n---\n",
            "---\n- a\n---\n",
        ] {
            let front = read(text);
            assert_eq!(
                (front.text, front.markdown, reasons(&front)),
                (0, 0, vec![]),
                "{text:?}"
            );
        }
        assert_eq!(
            reasons(&read("---\ntitle: x\n\ntext")),
            [(1, "front matter has no closing ---")]
        );
    }

    #[test]
    fn bombs_and_long_blocks_are_text() {
        for yaml in [
            "a: &a [x]\nb: [*a, *a]\n".to_owned(),
            format!("a: {}\n", "[".repeat(1000)),
            format!("a: {}\n", "x".repeat(70_000)),
        ] {
            let front = read(&format!("---\n{yaml}---\nbody"));
            assert_eq!((front.text, front.problems.len()), (0, 1));
            assert!(front.markdown > yaml.len());
        }
    }
}
