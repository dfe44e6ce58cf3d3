//! The two passes over a text: from sign to sign, and from one long run to the next. Everything
//! between is skipped, which makes them fast.

use super::bytes::{Class, DOTTED, behind_escape};
use super::finding::{Findings, Rank};
use super::{assignment, dashes, element, entropy, private, prose, provider, shape};
use std::ops::Range;

/// Finds everything in a text that this module knows without configuration.
pub(super) fn find(text: &str, findings: &mut Findings) {
    let bytes = text.as_bytes();
    private::find(bytes, findings);
    signs(bytes, findings);
    runs(bytes, findings);
    prose::find(bytes, findings);
}

/// The signs at which something may be: assignments, URLs, headers, keys, flags, elements, and
/// the first byte of a full-width colon.
static SIGNS: Class = Class::of(b":=->\xEF");

fn signs(bytes: &[u8], findings: &mut Findings) {
    let mut at = 0;
    while let Some(step) = bytes[at..].iter().position(|byte| SIGNS.has(*byte)) {
        let sign = at + step;
        let next = match bytes[sign] {
            b':' => assignment::at_colon(bytes, sign, findings),
            b'=' => assignment::at_equals(bytes, sign, findings),
            b'-' => dashes::find(bytes, sign, findings),
            b'>' => element::find(bytes, sign, findings),
            _ => assignment::at_wide_colon(bytes, sign, findings),
        };
        at = next.max(sign + 1).min(bytes.len());
    }
}

/// A shorter run holds no token, not even a cut one that would tell anything.
const LEAST: usize = 10;

/// Looks at the runs of letters, digits, `_`, `-` and `.`. Of so many bytes in a row one stands
/// where this looks.
fn runs(bytes: &[u8], findings: &mut Findings) {
    let mut at = LEAST - 1;
    let mut done = 0;
    let mut seen = 0;
    while let Some(byte) = bytes.get(at) {
        if !DOTTED.has(*byte) {
            at += LEAST;
            continue;
        }
        let before = bytes[done..at].iter().rev();
        let start = at - before.take_while(|byte| DOTTED.has(**byte)).count();
        let end = super::bytes::end_of(bytes, at, &DOTTED);
        if end - start >= LEAST {
            run(bytes, start..end, &mut seen, findings);
        }
        done = end;
        at = end + LEAST;
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
            at = super::bytes::end_of(bytes, at, &super::bytes::ALNUM);
        } else {
            at += 1;
        }
    }
    shape::around(bytes, run.clone(), findings);
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
