//! Secrets as they are sent to servers of mail, chat, files and caches: `PASS X`, `a1 LOGIN user X`,
//! `AUTH X`, `IDENTIFY X`.

use super::bytes::{ALNUM, byte_at, line_before, start_of};
use super::finding::{FindingRank, Findings};
use super::judge;
use super::kind::PASSWORD;
use super::likely::{self, Expectation};
use std::ops::Range;

/// No line of a protocol is longer.
const LONGEST: usize = 512;

/// Looks behind a command that ends at `end`. Protocols write it in capitals, alone in its line.
pub(super) fn find_sent_secret(bytes: &[u8], end: usize, findings: &mut Findings) {
    let start = start_of(bytes, end, &ALNUM, 8);
    if byte_at(bytes, end) != b' ' || !bytes[start..end].iter().all(u8::is_ascii_uppercase) {
        return;
    }
    let rest = &bytes[end..bytes.len().min(end + LONGEST)];
    let stop = end + memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
    let words = words_of(bytes, end..stop);
    let Some(last) = words.last().filter(|_| words.len() <= 2).cloned() else {
        return;
    };
    let front = line_before(bytes, start, 64).trim_ascii();
    let first = &bytes[words[0].clone()];
    let value = &bytes[last.clone()];
    let chosen = likely::is_password(value, Expectation::Beside);
    let sent = match &bytes[start..end] {
        b"PASS" => front.is_empty() && words.len() == 1 && chosen && is_session(bytes, start, stop),
        b"AUTH" if matches!(first, b"PLAIN" | b"LOGIN") => words.len() == 2 && value.len() >= 8,
        b"AUTH" => (front.is_empty() || front.ends_with(b">")) && chosen,
        // The tag of a command of IMAP.
        b"LOGIN" => {
            let tag = ALNUM.has_all(front) && front.last().is_some_and(u8::is_ascii_digit);
            tag && words.len() == 2
        }
        b"IDENTIFY" => chosen && memchr::memmem::find(front, b"NickServ").is_some(),
        _ => false,
    };
    if sent && !judge::is_stand_in(value) {
        findings.add(last, PASSWORD, FindingRank::Place);
    }
}

/// Returns whether the lines around one are of a protocol: a user or an answer before it, a user behind.
fn is_session(bytes: &[u8], start: usize, stop: usize) -> bool {
    let above = line_before(bytes, start.saturating_sub(1), 80);
    let answer = above.len() >= 4 && above[..3].iter().all(u8::is_ascii_digit);
    let below = bytes[stop..].trim_ascii_start();
    let user = |line: &[u8]| line.starts_with(b"USER ") || line.starts_with(b"NICK ");
    answer || user(above) || user(below)
}

/// Returns the words of a line without their quotes.
fn words_of(bytes: &[u8], line: Range<usize>) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut at = line.start;
    for word in bytes[line].split(|byte| *byte == b' ') {
        let quoted = word.len() > 2 && word.starts_with(b"\"") && word.ends_with(b"\"");
        let place = at..at + word.len();
        at += word.len() + 1;
        if !word.is_empty() {
            let sign = usize::from(quoted);
            words.push(place.start + sign..place.end - sign);
        }
    }
    words
}
