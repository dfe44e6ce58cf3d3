//! The same secret elsewhere in the text: what a name or a form gave away once is one wherever it stands.

use super::bytes::{ALNUM, WORD, byte_at, byte_before};
use super::finding::{Finding, FindingRank};
use super::likely::{self, Expectation};
use super::look;

/// So many secrets are looked for, in texts that are no longer.
const MOST: usize = 8;
const LONGEST_TEXT: usize = 1 << 20;
/// A shorter secret may be something else elsewhere, and a longer one is not given again in parts.
const LEAST: usize = 8;
const LONGEST: usize = 128;
/// What stands more often is a name.
const OFTEN: usize = 12;

/// Returns whether a value may be the name of something in a program.
fn is_name(value: &[u8]) -> bool {
    let code = |byte: &u8| b":>(){}[]<\\%?/".contains(byte);
    WORD.has_all(value) && look::is_worded(value)
        || value.iter().any(code)
        || !value.iter().any(u8::is_ascii_lowercase)
}

/// Adds the other places of what was found. The findings are settled, and remain so.
pub(super) fn add_repeated(text: &str, findings: &mut Vec<Finding>) {
    if text.len() > LONGEST_TEXT {
        return;
    }
    let bytes = text.as_bytes();
    let mut values: Vec<(&[u8], &'static str)> = Vec::new();
    for finding in findings.iter() {
        let value = &bytes[finding.place.clone()];
        let sized = (LEAST..=LONGEST).contains(&value.len());
        let sure = matches!(finding.rank, FindingRank::Form | FindingRank::Place);
        if sized
            && sure
            && values.len() < MOST
            && !is_name(value)
            && likely::is_password(value, Expectation::Beside)
            && !values.iter().any(|(known, _)| *known == value)
        {
            values.push((value, finding.kind));
        }
    }
    let known = findings.len();
    for (value, kind) in values {
        if memchr::memmem::find_iter(bytes, value).nth(OFTEN).is_some() {
            continue;
        }
        for at in memchr::memmem::find_iter(bytes, value) {
            let place = at..at + value.len();
            let parted =
                !ALNUM.has(byte_before(bytes, at)) && !ALNUM.has(byte_at(bytes, place.end));
            let next = findings[..known].partition_point(|found| found.place.end <= at);
            let free = findings[..known]
                .get(next)
                .is_none_or(|found| found.place.start >= place.end);
            if parted && free {
                let rank = FindingRank::Place;
                findings.push(Finding { place, kind, rank });
            }
        }
    }
    // Two secrets that overlap elsewhere are left as the first.
    findings.sort_by_key(|finding| finding.place.start);
    findings.dedup_by(|second, first| second.place.start < first.place.end);
}
