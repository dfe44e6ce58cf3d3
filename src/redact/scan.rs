//! The two passes over a text: from sign to sign, and from one long run to the next. Everything
//! between is skipped, which makes them fast.

use super::bytes::{ALNUM, behind_escape, end_of};
use super::finding::{Findings, Rank};
use super::{assignment, dashes, element, entropy, private, prose, provider, runs, shape};
use std::ops::Range;

/// Finds everything in a text that this module knows without configuration.
pub(super) fn find(text: &str, findings: &mut Findings) {
    let bytes = text.as_bytes();
    private::find(bytes, findings);
    signs(bytes, findings);
    let mut seen = 0;
    runs::each(bytes, |place| run(bytes, place, &mut seen, findings));
    prose::find(bytes, findings);
}

/// Looks at the signs at which something may be: assignments, URLs, headers, keys, flags,
/// elements, and the first byte of a full-width colon.
fn signs(bytes: &[u8], findings: &mut Findings) {
    let mut at = 0;
    while let Some(step) = memchr::memchr3(b':', b'=', b'-', &bytes[at..]) {
        let sign = at + step;
        let next = match bytes[sign] {
            b':' => assignment::at_colon(bytes, sign, findings),
            b'=' => assignment::at_equals(bytes, sign, findings),
            _ => dashes::find(bytes, sign, findings),
        };
        at = next.max(sign + 1).min(bytes.len());
    }
    at = 0;
    while let Some(step) = memchr::memchr2(b'>', 0xEF, &bytes[at..]) {
        let sign = at + step;
        let next = match bytes[sign] {
            b'>' => element::find(bytes, sign, findings),
            _ => assignment::at_wide_colon(bytes, sign, findings),
        };
        at = next.max(sign + 1).min(bytes.len());
    }
}

/// Looks at one run: at every place in it where a word begins, and at what surrounds it. `seen` is
/// where the last random string ended.
fn run(bytes: &[u8], run: Range<usize>, seen: &mut usize, findings: &mut Findings) {
    let escaped = behind_escape(bytes, run.start);
    if escaped > run.start && escaped < run.end {
        token(bytes, escaped, findings);
    }
    let mut at = run.start;
    while at < run.end {
        if bytes[at].is_ascii_alphanumeric() {
            at = token(bytes, at, findings).unwrap_or(at + 1);
            at = end_of(bytes, at, &ALNUM);
        } else {
            at += 1;
        }
    }
    shape::around(bytes, run.clone(), findings);
    prose::identified(bytes, run.end, findings);
    prose::adjacent(bytes, run.clone(), findings);
    if run.len() >= entropy::NOTABLE && run.start >= *seen {
        *seen = entropy::find(bytes, run, findings);
    }
}

/// Adds the token that begins at `at` and returns where it ends.
fn token(bytes: &[u8], at: usize, findings: &mut Findings) -> Option<usize> {
    let (end, kind) = provider::at(bytes, at).or_else(|| shape::at(bytes, at))?;
    findings.add(at..end, kind, Rank::Form);
    shape::beside(bytes, end, kind, findings);
    Some(end)
}
