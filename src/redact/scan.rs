//! The passes over a text: from sign to sign, from one long run to the next, from word to word.
//! Everything between is skipped, which makes them fast.

use super::bytes::{
    ALNUM, BASE64, URL64, behind_escape, byte_at, byte_before, end_of, skip_blanks, start_of,
};
use super::finding::{FindingRank, Findings};
use super::look;
use super::words::{WordVisitor, visit_words};
use super::{
    assignment, beside, dashes, element, entropy, keyword, mnemonic, payment, private, prose,
    provider, runs, shape,
};
use std::ops::Range;

/// Finds everything in a text that this module knows without configuration; `payment` says whether
/// card and account numbers count.
pub(super) fn find_secrets(text: &str, payment: bool, findings: &mut Findings) {
    let bytes = text.as_bytes();
    private::find_private_parts(bytes, findings);
    scan_signs(bytes, findings);
    let mut seen = 0;
    runs::each_run(bytes, |place| scan_run(bytes, place, &mut seen, findings));
    let mut words = WordScan {
        bytes,
        payment,
        count: 0,
        behind_phrase: 0,
        findings,
    };
    visit_words(bytes, &mut words);
}

/// Looks at the signs at which something may be: assignments, URLs, headers, keys, flags,
/// elements, what URLs escape, and the first byte of a full-width colon.
fn scan_signs(bytes: &[u8], findings: &mut Findings) {
    let mut at = 0;
    while let Some(step) = memchr::memchr3(b':', b'=', b'-', &bytes[at..]) {
        let sign = at + step;
        let next = match bytes[sign] {
            b':' => assignment::at_colon(bytes, sign, findings),
            b'=' => assignment::at_equals(bytes, sign, findings),
            _ => dashes::find_behind_dashes(bytes, sign, findings),
        };
        at = next.max(sign + 1).min(bytes.len());
    }
    at = 0;
    while let Some(step) = memchr::memchr3(b'>', b'%', 0xEF, &bytes[at..]) {
        let sign = at + step;
        let next = match bytes[sign] {
            b'>' => element::find_element_secret(bytes, sign, findings),
            b'%' => {
                beside::find_escaped(bytes, sign, findings);
                sign + 1
            }
            _ => assignment::at_wide_colon(bytes, sign, findings),
        };
        at = next.max(sign + 1).min(bytes.len());
    }
}

/// No prefix and first part of a token are longer.
const LEAD: usize = 32;

/// Looks at one run: at every place in it where a word begins, and at what surrounds it. `seen` is
/// where the last random string ended.
fn scan_run(bytes: &[u8], run: Range<usize>, seen: &mut usize, findings: &mut Findings) {
    // Base64 whose first part is too short for a run: `whsec_a1b/…`.
    if matches!(byte_before(bytes, run.start), b'+' | b'/') {
        let front = start_of(bytes, run.start, &BASE64, LEAD);
        let sign = bytes[front..run.start]
            .iter()
            .rposition(|byte| *byte == b'=');
        let front = front + sign.map_or(0, |at| at + 1);
        if front < run.start && bytes[front].is_ascii_alphanumeric() {
            scan_token(bytes, front, findings);
        }
    }
    let escaped = behind_escape(bytes, run.start);
    if escaped > run.start && escaped < run.end {
        scan_token(bytes, escaped, findings);
    }
    let mut at = run.start;
    while at < run.end {
        if bytes[at].is_ascii_alphanumeric() {
            at = scan_token(bytes, at, findings).unwrap_or(at + 1);
            at = end_of(bytes, at, &ALNUM);
        } else {
            at += 1;
        }
    }
    shape::find_around_run(bytes, run.clone(), findings);
    prose::find_adjacent(bytes, run.clone(), findings);
    prose::find_said_setting(bytes, run.clone(), findings);
    if run.len() >= entropy::NOTABLE && run.start >= *seen {
        *seen = entropy::find_random(bytes, run, findings);
    }
}

/// Adds the token that begins at `at` and returns where it ends.
fn scan_token(bytes: &[u8], at: usize, findings: &mut Findings) -> Option<usize> {
    let (end, kind) =
        provider::match_provider(bytes, at).or_else(|| shape::match_shape(bytes, at))?;
    let end = behind_wrapped_part(bytes, end);
    findings.add(at..end, kind, FindingRank::Form);
    shape::find_beside(bytes, end, kind, findings);
    Some(end)
}

/// A line that goes on with a token has at least so many bytes.
const WRAPPED: usize = 8;

/// Returns where a token ends that a line break parts, with or without a backslash and a margin:
/// behind the first run of the next line, if it looks like a part of a token.
fn behind_wrapped_part(bytes: &[u8], end: usize) -> usize {
    let slash = end + usize::from(byte_at(bytes, end) == b'\\');
    let line = slash + usize::from(byte_at(bytes, slash) == b'\r');
    if byte_at(bytes, line) != b'\n' {
        return end;
    }
    let from = skip_blanks(bytes, line + 1, 8);
    let next = end_of(bytes, from, &URL64);
    let part = &bytes[from..next];
    let closed = !matches!(byte_at(bytes, next), b'=' | b':' | b'/' | b'.' | b'(');
    let mixed = look::is_token_like(part) && !look::is_hex(part) || look::is_random(part);
    if part.len() >= WRAPPED && closed && mixed {
        next
    } else {
        end
    }
}

/// What is looked for at words.
struct WordScan<'a> {
    bytes: &'a [u8],
    payment: bool,
    /// Words so far.
    count: usize,
    /// Where the last mnemonic phrase ended.
    behind_phrase: usize,
    findings: &'a mut Findings,
}

impl WordVisitor for WordScan<'_> {
    #[inline]
    fn visit_start(&mut self, start: usize) {
        keyword::find_behind_keyword(self.bytes, start, self.findings);
        let first = byte_at(self.bytes, start);
        let third = byte_at(self.bytes, start + 2).is_ascii_digit();
        if self.payment && (first.is_ascii_digit() || first.is_ascii_alphabetic() && third) {
            payment::find_payment(self.bytes, start, self.findings);
        }
        let gap = start - usize::from(byte_before(self.bytes, start) == b' ');
        if first < 0x80 && byte_before(self.bytes, gap) >= 0x80 {
            prose::find_unspaced(self.bytes, start, self.findings);
        }
        self.count += 1;
        if self.count.is_multiple_of(mnemonic::STRIDE) && start >= self.behind_phrase {
            let end = mnemonic::find_mnemonic(self.bytes, start, self.findings);
            self.behind_phrase = end.unwrap_or(self.behind_phrase);
        }
    }

    #[inline]
    fn visit_end(&mut self, end: usize) {
        beside::find_beside_name(self.bytes, end, self.findings);
    }
}
