//! Secrets of Kubernetes: the values below `data:` of a document with `kind: Secret`.

use super::bytes::{byte_at, skip_blanks, starts_in_any_case};
use super::finding::{FindingRank, Findings};
use super::judge;
use super::kind::SECRET;
use super::value;
use std::ops::Range;

/// So much of the document around the kind is read.
const LONGEST: usize = 16 * 1024;

/// Looks at the value of `kind` at `from`: hides what a secret of Kubernetes holds.
pub(super) fn find_manifest(bytes: &[u8], from: usize, findings: &mut Findings) {
    let from = skip_blanks(bytes, from, 8);
    let word = from + usize::from(matches!(byte_at(bytes, from), b'"' | b'\''));
    let secret = starts_in_any_case(bytes, word, "secret")
        && !byte_at(bytes, word + "secret".len()).is_ascii_alphanumeric();
    if !secret {
        return;
    }
    let document = document_around(bytes, from);
    if memchr::memmem::find(&bytes[document.clone()], b"ata:").is_none() {
        return;
    }
    // How far in the line stands that begins the data, while its lines are read.
    let mut margin = None;
    let mut at = document.start;
    while at < document.end {
        let rest = &bytes[at..document.end];
        let end = memchr::memchr(b'\n', rest).map_or(document.end, |length| at + length);
        let text = skip_blanks(bytes, at, 256);
        if margin.is_some_and(|margin| text < end && text - at <= margin) {
            margin = None;
        }
        if margin.is_some() {
            hide_value(bytes, text..end, findings);
        } else if text < end && begins_data(&bytes[text..end]) {
            margin = Some(text - at);
        }
        at = end + 1;
    }
}

/// Returns the lines around `at`, to those of dashes between documents.
fn document_around(bytes: &[u8], at: usize) -> Range<usize> {
    let front = &bytes[at.saturating_sub(LONGEST)..at];
    let start = memchr::memmem::rfind(front, b"\n---")
        .map_or(at - front.len(), |found| at - front.len() + found + 1);
    let rest = &bytes[at..bytes.len().min(at + LONGEST)];
    let end = memchr::memmem::find(rest, b"\n---").unwrap_or(rest.len());
    start..at + end
}

fn begins_data(line: &[u8]) -> bool {
    matches!(line.trim_ascii(), b"data:" | b"stringData:")
}

/// Hides the value of `name: value`; a line without a name belongs to a value of many lines.
fn hide_value(bytes: &[u8], line: Range<usize>, findings: &mut Findings) {
    let text = &bytes[line.clone()];
    let name = text.iter().position(|byte| *byte == b':');
    let named = name.is_some_and(|at| {
        text[..at]
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-.\"'".contains(byte))
    });
    let from = skip_blanks(
        bytes,
        line.start + name.filter(|_| named).map_or(0, |at| at + 1),
        64,
    );
    let place =
        value::read_quoted(bytes, from).map_or(from..line.end.max(from), |quoted| quoted.place);
    let value = bytes[place.clone()].trim_ascii_end();
    let block = matches!(
        value,
        b"|" | b"|-" | b">" | b">-" | b"|+" | b">+" | b"{}" | b"#"
    );
    if value.len() >= 2 && !block && !judge::is_stand_in(value) {
        findings.add(
            place.start..place.start + value.len(),
            SECRET,
            FindingRank::Place,
        );
    }
}
