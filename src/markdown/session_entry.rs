//! The Markdown that `session-log` writes: a new session entry, and one more section of it.
//!
//! Line endings are `\n` throughout; a caller that writes to a file with others converts the block.
//! The message is taken as it is: it is never changed, only completed by the line feed at its end.

use super::definitions::LinkDefinitions;
pub use super::note_heading::heading_time;
use super::note_heading::is_note_heading;
use super::tags::tag_from_words;
use super::windows::{ScanOptions, scan_blocks};
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
    /// Related entries, written `[[link]]`; an address of the web is written `<address>`.
    pub links: Vec<String>,
}

/// Returns the whole text of a new session entry.
///
/// The project's tag is its name in lower case, with white space and commas as `-`.
pub fn new_entry(entry: &NewEntry) -> String {
    let name = one_line(&entry.project);
    let project = name.to_lowercase();
    let title = format!("{name} Sessions");
    let mut text = format!("---\ntitle: {}\ntags:\n", yaml_scalar(title.trim()));
    let own = [tag_from_words(&project), Tag::new("sessions")];
    for tag in distinct_tags(own.iter().flatten().chain(&entry.default_tags)) {
        text += &format!("  - {}\n", yaml_scalar(tag.as_str()));
    }
    text += &format!("created: '{}'\n---\n\n# Session Log\n\n", entry.created);
    text += &format!("Session notes for {project}.\n\n");
    text + &render_section(&entry.section)
}

/// Returns the text of a section, from its heading to the line feed at its end.
pub fn render_section(section: &NewSection) -> String {
    let mut text = String::new();
    if let Some(time) = section.time {
        text += &format!("## {}\n\n", heading_time(time));
    }
    let tags: Vec<String> = distinct_tags(&section.tags)
        .map(|tag| format!("#{tag}"))
        .collect();
    if !tags.is_empty() {
        text += &format!("{}\n\n", tags.join(" "));
    }
    text += &section.message;
    close_left_open(&mut text, &section.message);
    if !section.links.is_empty() {
        text += blank_lines_before(text.as_bytes());
        let links = section.links.iter();
        let links: Vec<String> = links.map(|link| write_link(&one_line(link))).collect();
        text += &format!("Related: {}", links.join(", "));
    }
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

/// Returns a note in one line, which may be cut with `…`, without the links that stand below it.
pub fn without_links(note: &str) -> &str {
    let are_links = |links: &str| {
        let begins = links.starts_with("[[") || links.starts_with('<');
        let ends = links.ends_with("]]") || links.ends_with('>') || links.ends_with('…');
        begins && ends
    };
    match note.rsplit_once(" Related: ") {
        Some((before, links)) if are_links(links) => before,
        _ => note,
    }
}

/// Writes a link to an entry, or to an address of the web.
fn write_link(link: &str) -> String {
    let is_address = link.contains("://") || link.starts_with("mailto:");
    let is_plain = !link.contains(|c: char| c.is_whitespace() || matches!(c, '<' | '>'));
    if is_address && is_plain {
        format!("<{link}>")
    } else {
        format!("[[{link}]]")
    }
}

/// Closes what the message at the end of a text leaves open, such as a fence, with a line of its
/// own: else it would swallow what is written behind it.
fn close_left_open(text: &mut String, message: &str) {
    let start = text.len() - message.len();
    let holds_note = message.lines().any(is_note_heading);
    // A heading in the message like that of a note makes it read in two ways.
    for notes_end_blocks in [false, true].into_iter().take(1 + usize::from(holds_note)) {
        if let Some(line) = find_closing_line(&text[start..], notes_end_blocks) {
            if !text.ends_with('\n') {
                text.push('\n');
            }
            text.push_str(&line);
        }
    }
}

/// Returns the line that closes the last block of a text, if that is left open.
fn find_closing_line(text: &str, notes_end_blocks: bool) -> Option<String> {
    let options = ScanOptions {
        notes_end_blocks,
        ..ScanOptions::default()
    };
    let mut definitions = LinkDefinitions::default();
    let mut left_open = None;
    scan_blocks(text, 0, options, &mut definitions, |block| {
        left_open = block.left_open
    });
    left_open?.closing_line()
}

/// Returns what stands between the end of a text and a block appended to it, so that exactly one
/// empty line does.
///
/// `tail` is the end of the text: its last line and the one before it are enough.
pub fn blank_lines_before(tail: &[u8]) -> &'static str {
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

pub(super) fn distinct_tags<'a>(
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
pub(super) fn yaml_scalar(text: &str) -> String {
    if text.contains(needs_escape) {
        let escaped: String = text.chars().map(escape_char).collect();
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

fn escape_char(c: char) -> String {
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

    #[test]
    fn only_links_behind_a_note_are_left_out() {
        for links in [
            "[[a.md]]",
            "[[a.md]], <https://b.example>",
            "<https://b.example>, [[a, b]]",
            "[[a.m…",
        ] {
            let note = format!("Keep cents Related: {links}");
            assert_eq!(without_links(&note), "Keep cents", "{links}");
        }
        for note in [
            "Related: work",
            "Keep it. Related: <T> is bad",
            "a Related: b, [[c]]",
        ] {
            assert_eq!(without_links(note), note);
        }
    }
}
