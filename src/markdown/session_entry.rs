//! The Markdown that `session-log` writes: a new session entry, and one more section of it.
//!
//! Line endings are `\n` throughout; whoever writes to a file with others converts the block. The
//! message is taken as it is: it is never changed, only completed by the line feed at its end.

use super::tags::tag_from_words;
use super::yaml::is_plain_text;
use crate::model::{Tag, Timestamp};
use std::collections::HashSet;
use unicode_normalization::char::is_combining_mark;

/// What a new session entry is made of.
#[derive(Debug, Clone)]
pub struct NewEntry {
    /// Name of the project, as it is.
    pub project: String,
    /// `default_tags` of the context; they follow the project's tag and `sessions`.
    pub default_tags: Vec<Tag>,
    /// When the entry is created, in the zone in which it is to be shown.
    pub created: Timestamp,
    /// The first section.
    pub section: NewSection,
}

/// What a section of a session entry is made of.
#[derive(Debug, Clone)]
pub struct NewSection {
    /// Time of the heading, in the zone in which it is to be shown; `None` for no heading.
    pub time: Option<Timestamp>,
    /// Tags, written `#tag`. Only those that read back as tags find the section again.
    pub tags: Vec<Tag>,
    /// The message.
    pub message: String,
    /// Related entries, written `[[link]]`.
    pub links: Vec<String>,
}

/// Returns the whole text of a new session entry.
///
/// The project's tag is its name in lower case, with white space and commas as `-`.
pub fn new_entry(entry: &NewEntry) -> String {
    let name = one_line(&entry.project);
    let project = name.to_lowercase();
    let title = format!("{name} Sessions");
    let mut text = format!("---\ntitle: {}\ntags:\n", scalar(title.trim()));
    let own = [tag_from_words(&project), Tag::new("sessions")];
    for tag in distinct(own.iter().flatten().chain(&entry.default_tags)) {
        text += &format!("  - {}\n", scalar(tag.as_str()));
    }
    text += &format!("created: '{}'\n---\n\n# Session Log\n\n", entry.created);
    text += &format!("Session notes for {}.\n\n", project);
    text + &section(&entry.section)
}

/// Returns the text of a section, from its heading to the line feed at its end.
pub fn section(section: &NewSection) -> String {
    let mut text = String::new();
    if let Some(time) = section.time {
        text += &format!("## {}\n\n", heading_time(time));
    }
    let tags: Vec<String> = distinct(&section.tags)
        .map(|tag| format!("#{tag}"))
        .collect();
    if !tags.is_empty() {
        text += &format!("{}\n\n", tags.join(" "));
    }
    text += &section.message;
    if !section.links.is_empty() {
        text += joiner(section.message.as_bytes());
        let links = section.links.iter();
        let links: Vec<String> = links
            .map(|link| format!("[[{}]]", one_line(link)))
            .collect();
        text += &format!("Related: {}", links.join(", "));
    }
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

/// Returns what stands between the end of a text and a block appended to it, so that exactly one
/// empty line does.
///
/// `tail` is the end of the text: its last line and the one before it are enough.
pub fn joiner(tail: &[u8]) -> &'static str {
    let tail = tail.strip_prefix(b"\xef\xbb\xbf").unwrap_or(tail);
    if tail.is_empty() {
        return "";
    }
    let mut lines = tail.rsplit(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let (last, before) = (lines.next(), lines.next());
    match tail.last() {
        Some(b'\n') if before.is_none_or(<[u8]>::is_empty) => "",
        Some(b'\n') => "\n",
        _ if last.is_none_or(<[u8]>::is_empty) => "\n",
        _ => "\n\n",
    }
}

/// Returns the time as headings carry it: `2026-01-11 10:30 UTC`, elsewhere with the offset.
pub fn heading_time(time: Timestamp) -> String {
    let time = time.datetime();
    let zone = match time.offset().local_minus_utc() {
        0 => "UTC",
        _ => "%:z",
    };
    time.format(&format!("%Y-%m-%d %H:%M {zone}")).to_string()
}

pub(super) fn distinct<'a>(
    tags: impl IntoIterator<Item = &'a Tag>,
) -> impl Iterator<Item = &'a Tag> {
    let mut seen = HashSet::new();
    tags.into_iter().filter(move |tag| seen.insert(tag.key()))
}

pub(super) fn one_line(text: &str) -> String {
    let words = text.split(['\n', '\r']).map(str::trim);
    words
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Writes a YAML scalar that every reader takes for this text: plain where nothing speaks
/// against it, else in single quotes, and in double quotes where something must be escaped.
pub(super) fn scalar(text: &str) -> String {
    if text.contains(needs_escape) {
        let escaped: String = text.chars().map(escape).collect();
        format!("\"{escaped}\"")
    } else if is_safe(text) && is_plain_text(text) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "''"))
    }
}

/// Whether a plain scalar holds nothing that some reader of YAML takes for more than text, such
/// as a date or `y`.
pub(super) fn is_safe(text: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || is_combining_mark(c) || c == '_';
    let is_mark = |c: char| matches!(c, ' ' | '-' | '.' | '/' | '+' | '(' | ')');
    text.starts_with(|c: char| c.is_alphanumeric() || c == '_')
        && text.chars().all(|c| is_word(c) || is_mark(c))
        && text.contains(char::is_alphabetic)
        && !matches!(text.to_lowercase().as_str(), "y" | "n")
}

/// Control characters, and others that YAML does not allow as they are or takes for line ends.
fn needs_escape(c: char) -> bool {
    let is_special = matches!(
        c,
        '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
    );
    c.is_control() || is_special
}

fn escape(c: char) -> String {
    match c {
        '"' | '\\' => format!("\\{c}"),
        '\t' => "\\t".to_owned(),
        c if needs_escape(c) => format!("\\u{:04X}", u32::from(c)),
        c => c.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markdown::parse;
    use crate::model::Zone;

    fn time(text: &str) -> Timestamp {
        Timestamp::parse_rfc3339(text).expect("a time")
    }

    fn tags(tags: &[&str]) -> Vec<Tag> {
        tags.iter().filter_map(|tag| Tag::new(tag)).collect()
    }

    fn note(message: &str) -> NewSection {
        NewSection {
            time: Some(time("2026-01-11T10:30:00Z")),
            tags: Vec::new(),
            message: message.to_owned(),
            links: Vec::new(),
        }
    }

    fn entry(project: &str) -> NewEntry {
        NewEntry {
            project: project.to_owned(),
            default_tags: Vec::new(),
            created: time("2026-01-11T10:30:00Z"),
            section: note("Initial session message here."),
        }
    }

    #[test]
    fn a_new_entry_is_written_as_specified() {
        let expected = "---\ntitle: MyProject Sessions\ntags:\n  - myproject\n  - sessions\n\
                        created: '2026-01-11T10:30:00Z'\n---\n\n# Session Log\n\n\
                        Session notes for myproject.\n\n## 2026-01-11 10:30 UTC\n\n\
                        Initial session message here.\n";
        assert_eq!(new_entry(&entry("MyProject")), expected);
    }

    #[test]
    fn a_section_is_written_as_specified() {
        let mut new = note("Fixed authentication module, added OAuth2 support.");
        new.time = Some(time("2026-01-11T14:45:59Z"));
        new.tags = tags(&["auth", "progress", "Auth"]);
        new.links = vec![
            "patterns/oauth2.md".into(),
            "projects/myapp/tests.md".into(),
        ];
        let expected = "## 2026-01-11 14:45 UTC\n\n#auth #progress\n\n\
                        Fixed authentication module, added OAuth2 support.\n\n\
                        Related: [[patterns/oauth2.md]], [[projects/myapp/tests.md]]\n";
        assert_eq!(section(&new), expected);
        new.time = Some(time("2026-01-11T15:45:00+01:00"));
        new.tags.clear();
        new.links.clear();
        new.message = "a\n".into();
        assert_eq!(section(&new), "## 2026-01-11 15:45 +01:00\n\na\n");
        new.time = None;
        assert_eq!(section(&new), "a\n");
    }

    #[test]
    fn the_message_is_never_altered() {
        for message in ["a", " a\n\n\n", "a\r\nb\r\n", "\ta  ", "---\n", "\n\nx\n"] {
            let mut new = note(message);
            new.time = None;
            let line_feed = if message.ends_with('\n') { "" } else { "\n" };
            assert_eq!(section(&new), format!("{message}{line_feed}"));
            new.links = vec!["x".into()];
            assert!(section(&new).starts_with(message));
        }
    }

    #[test]
    fn tags_come_in_order_and_once() {
        let mut new = entry("Sessions");
        new.default_tags = tags(&["team", "sessions", "TEAM", "yes", "1.0"]);
        let text = new_entry(&new);
        assert!(
            text.contains("tags:\n  - sessions\n  - team\n  - 'yes'\n  - '1.0'\ncreated"),
            "{text}"
        );
        assert!(new_entry(&entry("My App, v2")).contains("  - my-app-v2\n"));
    }

    #[test]
    fn any_project_name_reads_back() {
        for (project, line) in [
            ("a: b", "title: 'a: b Sessions'"),
            ("#x", "title: '#x Sessions'"),
            ("\"q\"", "title: '\"q\" Sessions'"),
            ("it's", "title: 'it''s Sessions'"),
            ("-dash", "title: '-dash Sessions'"),
            ("yes", "title: yes Sessions"),
            ("1.0", "title: 1.0 Sessions"),
            ("日本語", "title: 日本語 Sessions"),
            ("C:\\tab\t", "title: C"),
            (
                "back\\\u{1}slash",
                "title: \"back\\\\\\u0001slash Sessions\"",
            ),
            ("{a}", "title: '{a} Sessions'"),
            ("🚀", "title: '🚀 Sessions'"),
        ] {
            let text = new_entry(&entry(project));
            let document = parse(&text, Zone::UTC);
            let title = format!("{} Sessions", project.trim());
            assert_eq!(document.problems, [], "{text}");
            assert_eq!(document.title.as_deref(), Some(title.as_str()), "{text}");
            assert!(
                text.lines().any(|l| l.starts_with(line)) || project.contains('\t'),
                "{text}"
            );
        }
        assert!(new_entry(&entry("")).starts_with("---\ntitle: Sessions\ntags:\n  - sessions\n"));
    }

    #[test]
    fn one_empty_line_stands_before_an_appended_block() {
        for (tail, expected) in [
            ("", ""),
            ("\u{feff}", ""),
            ("a", "\n\n"),
            ("a\n", "\n"),
            ("a\n\n", ""),
            ("a\n\n\n", ""),
            ("a\r\n", "\n"),
            ("a\r\n\r\n", ""),
            ("a\n  \n", ""),
            ("a\n  ", "\n"),
            ("\n", ""),
            (" ", "\n"),
            ("a\n\nb\n", "\n"),
            ("a\n\nb", "\n\n"),
        ] {
            assert_eq!(joiner(tail.as_bytes()), expected, "{tail:?}");
        }
    }
}
