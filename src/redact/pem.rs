//! Private keys: PEM, OpenSSH and PGP blocks, PuTTY's files; with escaped line breaks, and cut.

use super::bytes::{PLAIN64, URL64, before, byte, end_of, end_within, is_cut, starts};
use super::entropy;
use super::finding::{Findings, Rank};
use super::marker::PRIVATE_KEY;

/// No private key is longer than this.
const LONGEST: usize = 64 * 1024;
/// What key material has at least without a blank.
const MATERIAL: usize = 16;

/// Hides the key whose dashes stand at `start..dashes`. Returns where to go on.
pub(super) fn find(bytes: &[u8], start: usize, dashes: usize, findings: &mut Findings) -> usize {
    let label = dashes + usize::from(byte(bytes, dashes) == b' ');
    if !starts(bytes, label, "BEGIN ") {
        return dashes;
    }
    let Some(body) = behind_label(bytes, label) else {
        return dashes;
    };
    let end = match closed(bytes, body) {
        Some(end) => Some(end),
        None => material_end(bytes, body),
    };
    match end {
        Some(end) => {
            findings.add(start..end, PRIVATE_KEY, Rank::Key);
            end
        }
        None => body,
    }
}

/// Hides the private lines of a file of PuTTY, whose header stands at `start`; `from` is behind
/// its colon. Returns where to go on.
pub(super) fn putty(bytes: &[u8], start: usize, from: usize, findings: &mut Findings) -> usize {
    let count = super::bytes::skip_blanks(bytes, from, 4);
    let body = end_within(bytes, count, &URL64, 4);
    match material_end(bytes, body) {
        Some(end) => {
            findings.add(start..end, PRIVATE_KEY, Rank::Key);
            end
        }
        None => body,
    }
}

/// Returns where a label with `PRIVATE KEY` and the dashes behind it end.
fn behind_label(bytes: &[u8], label: usize) -> Option<usize> {
    let limit = bytes.len().min(label + 80);
    let length = bytes[label..limit].iter().position(|byte| *byte == b'-')?;
    let text = &bytes[label..label + length];
    let plain = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b' ';
    let private = memchr::memmem::find(text, b"PRIVATE KEY").is_some();
    (text.iter().all(plain) && private).then(|| behind_dashes(bytes, label + length))
}

fn behind_dashes(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    from + rest.iter().take_while(|byte| **byte == b'-').count()
}

/// Returns where the block ends, with its last line, if there is one before the next block begins
/// and key material in between.
fn closed(bytes: &[u8], body: usize) -> Option<usize> {
    let window = &bytes[body..bytes.len().min(body + LONGEST)];
    let window = &window[..memchr::memmem::find(window, b"-BEGIN ").unwrap_or(window.len())];
    let dash = |at: usize| {
        before(window, at) == b'-' || (before(window, at) == b' ' && before(window, at - 1) == b'-')
    };
    let last = memchr::memmem::find_iter(window, b"END ").find(|at| dash(*at))?;
    let end = behind_label(bytes, body + last)?;
    holds_material(&window[..last]).then_some(end)
}

fn holds_material(body: &[u8]) -> bool {
    body.split(|byte| !PLAIN64.has(*byte))
        .any(|part| part.len() >= MATERIAL && entropy::is_no_word(part))
}

/// Returns where the lines of key material end that begin at `body`, headers before them included.
/// Nothing, if there is none.
fn material_end(bytes: &[u8], body: usize) -> Option<usize> {
    let mut end = None;
    let mut at = body;
    loop {
        at = between(bytes, at);
        let word = end_of(bytes, at, &URL64);
        if end.is_none() && word > at && byte(bytes, word) == b':' && word - at < 40 {
            at = line_end(bytes, word);
            continue;
        }
        let stop = end_of(bytes, at, &PLAIN64);
        let part = &bytes[at..stop];
        let long = part.len() >= MATERIAL && entropy::is_no_word(part);
        let cut =
            is_cut(bytes, stop) && part.len() >= 4 && (end.is_some() || entropy::is_no_word(part));
        // A last, short line.
        let tail = end.is_some()
            && !part.is_empty()
            && matches!(byte(bytes, stop), b'\n' | b'\r' | b'\\' | b'"');
        if !(long || cut || tail) {
            return end;
        }
        end = Some(stop);
        at = stop;
        if !long {
            return end;
        }
    }
}

/// Skips line breaks, escaped ones too, quotes, and the signs with which lines are joined or quoted.
fn between(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    loop {
        at = match byte(bytes, at) {
            b'\\' if matches!(byte(bytes, at + 1), b'n' | b'r' | b't') => at + 2,
            b' ' | b'\t' | b'\r' | b'\n' | b'"' | b'\'' | b'\\' | b'>' | b'|' | b',' => at + 1,
            b'+' if matches!(byte(bytes, at + 1), b' ' | b'\n' | b'\r') => at + 1,
            _ => return at,
        };
    }
}

fn line_end(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    let newline = rest.iter().position(|byte| matches!(byte, b'\n' | b'\\'));
    from + newline.unwrap_or(rest.len())
}
