//! What an answer of an agent says first, and what it calls next.
//!
//! Answers are Markdown: headings and labels, lists, code. Of that a row can hold a line.

use crate::model::{join_words, shorten_line};
use crate::session::resume::find_next;
use std::borrow::Cow;

/// A beginning that is shorter says little by itself: `All done!`
const SHORT: usize = 40;

/// Most characters of what is next.
const NEXT: usize = 120;

/// Headings below which it stands what is next.
const NEXT_HEADINGS: [&str; 5] = ["next", "next step", "next steps", "todo", "what's next"];

/// A part of an answer, on one line.
struct Part {
    text: String,
    is_heading: bool,
}

/// Returns the row of an answer, of `most` characters: what it begins with, below headings and
/// labels, and what it says to be next, wherever that stands.
pub(super) fn answer_row(text: &str, most: usize) -> String {
    let parts = split_parts(text);
    let lead = find_lead(&parts);
    let Some(next) = find_next_step(&parts) else {
        return shorten_line(&lead, most);
    };
    let next = shorten_line(&next, NEXT);
    let before = match find_next(&lead) {
        Some((_, told)) if !told.is_empty() && lead.chars().count() <= most => return lead,
        Some((at, _)) => lead[..at].trim_end_matches([' ', '(']),
        None => lead.trim_end(),
    };
    if before.is_empty() {
        return shorten_line(&format!("Next: {next}"), most);
    }
    let room = most.saturating_sub(next.chars().count() + " Next: .".len());
    let before = shorten_line(before, room);
    let stop = if before.ends_with(['.', '!', '?', ':', ';', '…']) {
        ""
    } else {
        "."
    };
    format!("{before}{stop} Next: {next}")
}

/// Returns what an answer says to be next, if that does not stand within its first bytes.
pub(super) fn next_beyond(text: &str, bytes: usize) -> Option<String> {
    if text.len() <= bytes {
        return None;
    }
    find_next_step(&split_parts(text))
}

/// Returns what it begins with: a label with what it is the label of, a short exclamation with what
/// comes behind it, a heading only where there is nothing else.
fn find_lead(parts: &[Part]) -> String {
    let mut texts = parts.iter().skip_while(|part| part.is_heading);
    let Some(first) = texts.next() else {
        let heading = parts.first();
        return heading.map_or_else(String::new, |part| part.text.clone());
    };
    let is_next = |text: &str| find_next(text).is_some_and(|(at, _)| at == 0);
    let mut lead = first.text.clone();
    for part in texts {
        let says_little = lead.ends_with(':') || lead.chars().count() < SHORT;
        let is_over = part.is_heading || is_next(&part.text);
        if !says_little || is_over || find_next(&lead).is_some() {
            break;
        }
        lead.push(' ');
        lead.push_str(&part.text);
    }
    lead
}

fn find_next_step(parts: &[Part]) -> Option<String> {
    let is_next = |heading: &Part| {
        let name = heading.text.trim_end_matches(':').to_lowercase();
        heading.is_heading && NEXT_HEADINGS.contains(&name.as_str())
    };
    let below = parts.iter().rposition(is_next);
    let below = below.and_then(|at| parts.get(at + 1));
    if let Some(next) = below.filter(|part| !part.is_heading) {
        return Some(next.text.clone());
    }
    let mut texts = parts.iter().enumerate().rev();
    let (at, next) = texts.find_map(|(at, part)| Some((at, find_next(&part.text)?.1)))?;
    if !next.trim().is_empty() {
        return Some(next.trim().to_owned());
    }
    // A list follows.
    let list = parts.get(at + 1).filter(|part| !part.is_heading)?;
    Some(list.text.clone())
}

/// Returns the parts of an answer without its code, which is left out wherever there is more.
fn split_parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut open = OpenPart::default();
    let mut in_code = false;
    for line in text.lines() {
        let line = line.trim();
        if line.starts_with("```") || line.starts_with("~~~") {
            in_code = !in_code;
            open.close(&mut parts);
        } else if line.is_empty() {
            open.close(&mut parts);
        } else if let Some(heading) = read_heading(line) {
            open.close(&mut parts);
            parts.push(Part {
                text: heading,
                is_heading: true,
            });
        } else if !in_code {
            open.add(line);
        }
    }
    open.close(&mut parts);
    if parts.is_empty() {
        parts.push(Part {
            text: join_words(&without_emphasis(text)),
            is_heading: false,
        });
    }
    parts
}

/// A part that is being put together.
#[derive(Default)]
struct OpenPart {
    text: String,
    in_list: bool,
}

impl OpenPart {
    /// Adds a line; items of a list stand beside each other.
    fn add(&mut self, line: &str) {
        let item = strip_item_mark(line);
        if !self.text.is_empty() {
            let between = if item.is_some() && self.in_list {
                "; "
            } else {
                " "
            };
            self.text.push_str(between);
        }
        self.in_list = item.is_some();
        let line = without_emphasis(item.unwrap_or(line));
        self.text.push_str(&join_words(&line));
    }

    fn close(&mut self, parts: &mut Vec<Part>) {
        let open = std::mem::take(self);
        if !open.text.is_empty() {
            parts.push(Part {
                text: open.text,
                is_heading: false,
            });
        }
    }
}

/// Returns the text of a heading: `## Summary`, or a line that is bold and no sentence.
fn read_heading(line: &str) -> Option<String> {
    let marked = line.trim_start_matches('#');
    if marked.len() < line.len() && marked.starts_with(' ') {
        let text = without_emphasis(marked.trim().trim_end_matches('#').trim());
        return (!text.is_empty()).then(|| text.into_owned());
    }
    let bold = line.strip_prefix("**")?.trim_end_matches(':');
    let bold = bold.strip_suffix("**")?.trim_end_matches(':').trim();
    let is_sentence = bold.contains("**") || bold.ends_with(['.', '!', '?']);
    (!is_sentence && !bold.is_empty()).then(|| bold.to_owned())
}

/// Returns the text of an item of a list.
fn strip_item_mark(line: &str) -> Option<&str> {
    for mark in ["- ", "* ", "+ ", "• "] {
        if let Some(item) = line.strip_prefix(mark) {
            return Some(item);
        }
    }
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let behind = rest.strip_prefix(". ").or_else(|| rest.strip_prefix(") "));
    behind.filter(|_| (1..=3).contains(&(line.len() - rest.len())))
}

/// Returns a text without the marks of what is bold.
fn without_emphasis(text: &str) -> Cow<'_, str> {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("**") {
        let inner = behind.split_once("**");
        let inner = inner.filter(|(inner, _)| !inner.is_empty() && inner.trim() == *inner);
        plain.push_str(before);
        if let Some((inner, behind)) = inner {
            plain.push_str(inner);
            rest = behind;
        } else {
            plain.push_str("**");
            rest = behind;
        }
    }
    if plain.is_empty() {
        return Cow::Borrowed(rest);
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_row_of_an_answer_is_what_it_says_first_and_what_is_next() {
        for (answer, row) in [
            ("Done.", "Done."),
            ("", ""),
            ("# Result", "Result"),
            (
                "## Summary\n\nI added the limiter and its tests.\n\nNext: wire it into the reset route.",
                "I added the limiter and its tests. Next: wire it into the reset route.",
            ),
            (
                "**Done.** All 14 tests pass.\n\n**Next:** deploy it",
                "Done. All 14 tests pass. Next: deploy it",
            ),
            (
                "Red:\n\n- one\n- two\n\nNext: fix two",
                "Red: one; two. Next: fix two",
            ),
            (
                "### What I did\n\n- added X\n- fixed Y\n\n### Next steps\n\n1. Deploy",
                "added X; fixed Y. Next: Deploy",
            ),
            ("All done!\n\nI added X.", "All done! I added X."),
            ("```\nok\n```\nDone.", "Done."),
            ("```\nok\n```", "``` ok ```"),
            ("Next: deploy", "Next: deploy"),
            (
                "Fixed. Next steps:\n\n- deploy\n- tell",
                "Fixed. Next: deploy; tell",
            ),
            (
                "**Summary**\n\nThe limiter counts `a ** b` and guards the login route now.\n\nMore.",
                "The limiter counts `a ** b` and guards the login route now.",
            ),
        ] {
            assert_eq!(answer_row(answer, 300), row, "{answer}");
        }
    }

    #[test]
    fn what_is_next_is_kept_where_an_answer_is_long() {
        let long = format!("{}\n\nNext: deploy", "word ".repeat(200));
        let row = answer_row(&long, 300);
        assert!(
            row.ends_with("… Next: deploy") && row.chars().count() <= 300,
            "{row}"
        );
        assert_eq!(next_beyond(&long, 300).as_deref(), Some("deploy"));
        assert_eq!(next_beyond("Next: deploy", 300), None);
    }
}
