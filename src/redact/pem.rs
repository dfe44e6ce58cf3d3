//! Private keys: PEM, OpenSSH and PGP blocks, PuTTY's files; with escaped line breaks, and cut.

use super::bytes::{
    PLAIN64, URL64, byte_at, byte_before, end_of, end_within, find_byte, is_cut, start_of,
    starts_at,
};
use super::finding::{FindingRank, Findings};
use super::kind::PRIVATE_KEY;
use super::look;

/// No private key is longer than this.
const LONGEST: usize = 64 * 1024;
/// What key material has at least without a blank.
const MATERIAL: usize = 16;

/// Hides the key whose dashes stand at `start..dashes`. Returns where to go on.
pub(super) fn find_private_key(
    bytes: &[u8],
    start: usize,
    dashes: usize,
    findings: &mut Findings,
) -> usize {
    let label = dashes + usize::from(byte_at(bytes, dashes) == b' ');
    if starts_at(bytes, label, "END ") {
        return find_headless(bytes, start, label, findings).unwrap_or(dashes);
    }
    // The end of a first line that was cut.
    if super::bytes::ends_at(bytes, start, "PRIVATE KEY")
        && let Some(end) = material_end(bytes, dashes)
    {
        findings.add(start..end, PRIVATE_KEY, FindingRank::Key);
        return end;
    }
    if !starts_at(bytes, label, "BEGIN ") {
        return dashes;
    }
    let Some(KeyLabel { end: body, private }) = read_label(bytes, label) else {
        return dashes;
    };
    if !private {
        let end = material_end(bytes, body).unwrap_or(body);
        findings.add_public(start..end);
        return body;
    }
    match find_end_line(bytes, body).or_else(|| material_end(bytes, body)) {
        Some(end) => {
            findings.add(start..end, PRIVATE_KEY, FindingRank::Key);
            end
        }
        None => body,
    }
}

/// Hides the lines before the end line at `start`, whose first line is missing. Returns where to
/// go on.
fn find_headless(
    bytes: &[u8],
    start: usize,
    label: usize,
    findings: &mut Findings,
) -> Option<usize> {
    let KeyLabel { end, private } = read_label(bytes, label)?;
    let body = material_start(bytes, start)?;
    if private {
        findings.add(body..end, PRIVATE_KEY, FindingRank::Key);
    } else {
        findings.add_public(body..end);
    }
    Some(end)
}

/// Returns where the lines of key material begin that end before `end`.
fn material_start(bytes: &[u8], end: usize) -> Option<usize> {
    let mut start = None;
    let mut at = end;
    while end - at < LONGEST {
        let stop = skip_between_back(bytes, at);
        let front = start_of(bytes, stop, &PLAIN64, LONGEST);
        let escaped = byte_before(bytes, front) == b'\\'
            && matches!(byte_at(bytes, front), b'n' | b'r' | b't');
        let front = front + usize::from(escaped);
        let part = &bytes[front.min(stop)..stop];
        // The last line may be short.
        let long = part.len() >= MATERIAL && look::is_no_word(part);
        let last = start.is_none() && part.len() >= 4;
        if stop == at || !(long || last) {
            break;
        }
        start = Some(front);
        at = front;
    }
    start.filter(|start| holds_material(&bytes[*start..end]))
}

/// Skips what lies between two lines, backwards.
fn skip_between_back(bytes: &[u8], to: usize) -> usize {
    let mut at = to;
    loop {
        at = match (
            byte_before(bytes, at),
            at.checked_sub(2).map(|at| bytes[at]),
        ) {
            (b'n' | b'r' | b't', Some(b'\\')) => at - 2,
            (b' ' | b'\t' | b'\r' | b'\n' | b'"' | b'\'' | b'>' | b'|' | b',', _) => at - 1,
            _ => return at,
        };
    }
}

/// What the base64 of private keys begins with, and at which byte the telling part stands.
const BEGINNINGS: &[(&str, usize, &str)] = &[
    ("MII", 6, "IBAAK"),
    ("MII", 6, "IBAAJ"),
    ("MII", 6, "IBADAN"),
    ("MII", 6, "IBADCC"),
    ("MII", 6, "IBADBL"),
    // PKCS#12, and the keystores of Java, in base64 and in hexadecimal digits.
    ("MII", 6, "IBAzCC"),
    ("MIACAQMwgA", 0, "MIA"),
    ("7QAAAAIAAAA", 0, "7QA"),
    ("zs7OzgAAAAI", 0, "zs7"),
    ("3082", 8, "020103308"),
    ("feedfeed0000000", 0, "feed"),
    ("MIG", 4, "AgEAMB"),
    ("MIH", 4, "AgEAMB"),
    ("MHcCAQEEI", 0, "MHc"),
    ("MIGkAgEBBD", 0, "MIG"),
    ("MIHcAgEBBE", 0, "MIH"),
    ("MC4CAQAwBQYDK2V", 0, "MC4"),
    ("MI", 8, "BgkqhkiG9w0BBQ"),
    ("MI", 7, "BgkqhkiG9w0BBQ"),
    ("b3BlbnNzaC1rZXktdjEA", 0, "b3B"),
];

/// Returns whether a keystore may begin at `at`, in base64 or in hexadecimal digits.
pub(super) fn may_be_keystore(bytes: &[u8], at: usize) -> bool {
    let leads = ["3082", "feedfeed", "7QAAAAI", "zs7Ozg"];
    leads.iter().any(|lead| starts_at(bytes, at, lead))
}

/// Returns where the private key ends whose lines begin at `at`, without its first line.
pub(super) fn match_material(bytes: &[u8], at: usize) -> Option<usize> {
    let told = BEGINNINGS.iter().any(|(lead, offset, part)| {
        starts_at(bytes, at, lead) && starts_at(bytes, at + offset, part)
    });
    if !told {
        return None;
    }
    let line = end_of(bytes, at, &PLAIN64);
    let end = material_end(bytes, at)?;
    (line - at >= 40).then(|| find_end_line(bytes, at).unwrap_or(end).max(end))
}

/// Hides the private lines of a file of PuTTY, whose header stands at `start`; `from` is behind
/// its colon. Returns where to go on.
pub(super) fn find_putty_key(
    bytes: &[u8],
    start: usize,
    from: usize,
    findings: &mut Findings,
) -> usize {
    let count = super::bytes::skip_blanks(bytes, from, 4);
    let body = end_within(bytes, count, &URL64, 4);
    match material_end(bytes, body) {
        Some(end) => {
            findings.add(start..end, PRIVATE_KEY, FindingRank::Key);
            end
        }
        None => body,
    }
}

/// The label of a first or last line.
struct KeyLabel {
    /// Where the dashes behind it end.
    end: usize,
    private: bool,
}

fn read_label(bytes: &[u8], label: usize) -> Option<KeyLabel> {
    let limit = bytes.len().min(label + 80);
    let dash = bytes[label..limit].iter().position(|byte| *byte == b'-');
    let cut = limit == bytes.len() && starts_at(bytes, label, "END ");
    let length = dash.or(cut.then_some(limit - label))?;
    let text = &bytes[label..label + length];
    let plain = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b' ';
    text.iter().all(plain).then(|| KeyLabel {
        end: behind_dashes(bytes, label + length),
        private: memchr::memmem::find(text, b"PRIV").is_some(),
    })
}

/// Returns where the dashes end that begin at `from`.
pub(super) fn behind_dashes(bytes: &[u8], from: usize) -> usize {
    find_byte(bytes, from, usize::MAX, |byte| byte != b'-')
}

/// Returns where the block ends, with its last line, if there is one before the next block begins
/// and key material in between.
fn find_end_line(bytes: &[u8], body: usize) -> Option<usize> {
    let window = &bytes[body..bytes.len().min(body + LONGEST)];
    let window = &window[..memchr::memmem::find(window, b"-BEGIN ").unwrap_or(window.len())];
    let dash = |at: usize| {
        byte_before(window, at) == b'-'
            || (byte_before(window, at) == b' ' && byte_before(window, at - 1) == b'-')
    };
    let last = memchr::memmem::find_iter(window, b"END ").find(|at| dash(*at))?;
    let label = read_label(bytes, body + last).filter(|label| label.private)?;
    holds_material(&window[..last]).then_some(label.end)
}

fn holds_material(body: &[u8]) -> bool {
    body.split(|byte| !PLAIN64.has(*byte))
        .any(|part| part.len() >= MATERIAL && look::is_no_word(part))
}

/// Returns where the lines of key material end that begin at `body`, headers before them included.
/// Nothing, if there is none.
fn material_end(bytes: &[u8], body: usize) -> Option<usize> {
    let mut end = None;
    let mut at = body;
    loop {
        at = skip_between(bytes, at);
        let word = end_of(bytes, at, &URL64);
        if end.is_none() && word > at && byte_at(bytes, word) == b':' && word - at < 40 {
            at = line_end(bytes, word);
            continue;
        }
        let stop = end_of(bytes, at, &PLAIN64);
        let part = &bytes[at..stop];
        let long = part.len() >= MATERIAL && look::is_no_word(part);
        let cut =
            is_cut(bytes, stop) && part.len() >= 4 && (end.is_some() || look::is_no_word(part));
        // A last, short line.
        let tail = end.is_some()
            && !part.is_empty()
            && matches!(byte_at(bytes, stop), b'\n' | b'\r' | b'\\' | b'"');
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
fn skip_between(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    loop {
        at = match byte_at(bytes, at) {
            b'\\' if matches!(byte_at(bytes, at + 1), b'n' | b'r' | b't') => at + 2,
            b' ' | b'\t' | b'\r' | b'\n' | b'"' | b'\'' | b'\\' | b'>' | b'|' | b',' => at + 1,
            b'+' if matches!(byte_at(bytes, at + 1), b' ' | b'\n' | b'\r') => at + 1,
            _ => return at,
        };
    }
}

fn line_end(bytes: &[u8], from: usize) -> usize {
    find_byte(bytes, from, usize::MAX, |byte| {
        matches!(byte, b'\n' | b'\\')
    })
}
