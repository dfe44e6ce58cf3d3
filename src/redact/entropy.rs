//! What looks random, told from words, names, paths, hashes and identifiers.

use super::bytes::{
    BASE64, HEX, PLAIN64, before, behind_escape, byte, end_of, ends, line_before, start_of, starts,
};
use super::finding::{Findings, Rank};
use super::marker::HIGH_ENTROPY;
use std::ops::Range;

/// What random text without any name or prefix must have at least, and may have at most: less is
/// an identifier, more is data.
const LEAST: usize = 32;
/// A part of it between `+` and `/` is at least this long.
pub(super) const NOTABLE: usize = 12;
const MOST: usize = 120;

/// How often in a hundred neighbours the kind of character (small, capital, digit) changes at
/// least in random text: of base62 it does in 62, of words and camel case in less than 25.
const CHANGES: usize = 36;
/// As many where there is only one number: camel case of short words comes close.
const CAMEL: usize = 50;

/// So many small letters in a row are a word.
const LONG_WORD: usize = 9;

/// How many small letters, capitals and digits there are, and how often the kind changes.
#[derive(Default)]
struct Mix {
    small: usize,
    capital: usize,
    digit: usize,
    /// Groups of digits.
    numbers: usize,
    changes: usize,
}

impl Mix {
    fn of(bytes: &[u8]) -> Mix {
        let mut mix = Mix::default();
        let mut last = 0;
        for byte in bytes {
            let kind = match byte {
                b'a'..=b'z' => 1,
                b'A'..=b'Z' => 2,
                b'0'..=b'9' => 3,
                _ => continue,
            };
            match kind {
                1 => mix.small += 1,
                2 => mix.capital += 1,
                _ => mix.digit += 1,
            }
            mix.numbers += usize::from(kind == 3 && last != 3);
            mix.changes += usize::from(last != 0 && last != kind);
            last = kind;
        }
        mix
    }

    fn all(&self) -> usize {
        self.small + self.capital + self.digit
    }

    fn changes_often(&self, percent: usize) -> bool {
        self.changes * 100 >= percent * self.all().saturating_sub(1).max(1)
    }
}

/// Tells whether this is no plain word: it has a digit, or a capital behind a small letter.
pub(super) fn is_no_word(bytes: &[u8]) -> bool {
    let mixed = |pair: &[u8]| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase();
    bytes.iter().any(u8::is_ascii_digit) || bytes.windows(2).any(mixed)
}

/// Tells whether this looks random: all three kinds of characters, in no order.
pub(super) fn is_random(bytes: &[u8]) -> bool {
    let mix = Mix::of(bytes);
    mix.small >= 2
        && mix.capital >= 2
        && mix.digit >= 2
        && mix.all() >= 16
        && mix.changes_often(if mix.numbers > 1 { CHANGES } else { CAMEL })
}

/// Tells whether this could be a token where a name says that one stands: letters and digits
/// mixed as no word or name mixes them.
pub(super) fn is_token_like(bytes: &[u8]) -> bool {
    if bytes.len() < 8 || bytes.iter().any(u8::is_ascii_whitespace) || is_worded(bytes) {
        return false;
    }
    let mix = Mix::of(bytes);
    let letters = mix.small + mix.capital;
    let sign = |byte: &u8| b"!@#$%^&*+/=~?".contains(byte);
    if mix.digit == 0 {
        let both = mix.small >= 3 && mix.capital >= 3;
        return both && bytes.len() >= 12 && mix.changes_often(CHANGES)
            || letters >= 4 && bytes.len() >= 10 && bytes.iter().any(|b| b"!@#$%^&*".contains(b));
    }
    letters >= 1 && (mix.changes_often(14) || mix.digit >= 4 || bytes.iter().any(sign))
}

/// Tells whether this is words and short numbers that signs join: `db-secret-v1`, `next_token`,
/// `camelCase2`.
pub(super) fn is_worded(bytes: &[u8]) -> bool {
    bytes
        .split(|byte| !byte.is_ascii_alphanumeric())
        .all(|part| {
            let digits = part
                .iter()
                .rev()
                .take_while(|byte| byte.is_ascii_digit())
                .count();
            let word = &part[..part.len() - digits];
            let word = word
                .strip_prefix(b"v")
                .filter(|_| word.len() == 1)
                .unwrap_or(word);
            let short = digits <= 2 || (word.is_empty() && digits <= 4);
            let plain = word.iter().all(u8::is_ascii_alphabetic);
            plain && short && (word.is_empty() || !Mix::of(word).changes_often(CHANGES))
        })
}

/// Tells whether this is a hash, written in hexadecimal digits, or such an identifier with dashes.
pub(super) fn is_hex(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| HEX.has(*byte) || *byte == b'-')
}

/// Finds a random string around `run` that no name and no prefix gives away. Returns where the
/// string ends, so that it is not looked at again.
pub(super) fn find(bytes: &[u8], run: Range<usize>, findings: &mut Findings) -> usize {
    // The run is made of another alphabet: what it begins with may have begun before it.
    let start = start_of(bytes, run.start, &BASE64, MOST);
    let end = end_of(bytes, run.start, &BASE64);
    let mut place = start..end;
    // Neither an assignment nor padding in front belongs to it.
    if let Some(sign) = bytes[start..end].iter().rposition(|byte| *byte == b'=') {
        let padding = bytes[start + sign..end].len() <= 2 || end - start == sign + 1;
        if !padding {
            place.start = start + sign + 1;
        }
    }
    while matches!(byte(bytes, place.start), b'/' | b'-' | b'+' | b'=') && place.start < place.end {
        place.start += 1;
    }
    place.start = behind_escape(bytes, place.start).min(place.end);
    let text = &bytes[place.clone()];
    let sized = (LEAST..=MOST).contains(&text.len());
    if sized && is_random(text) && is_dense(text) && !is_harmless(bytes, &place) {
        findings.add(place, HIGH_ENTROPY, Rank::Look);
    }
    end.max(run.end)
}

/// Tells whether no part between signs is a path's name or a word: paths and identifiers have
/// many signs, random text few.
fn is_dense(text: &[u8]) -> bool {
    let signs = text
        .iter()
        .filter(|byte| !byte.is_ascii_alphanumeric())
        .count();
    let word = |part: &[u8]| part.iter().all(u8::is_ascii_lowercase);
    signs * 8 <= text.len() && !text.windows(LONG_WORD).any(word)
}

/// What random text may follow that is no secret: hashes that lock files hold, images, identifiers.
const LEADS: [&str; 14] = [
    "sha1-",
    "sha256-",
    "sha384-",
    "sha512-",
    "h1:",
    "base64,",
    "SHA256:",
    "sha256:",
    "MD5:",
    "md5:",
    "ssh-rsa ",
    "ssh-ed25519 ",
    "nonce-",
    "0x",
];
/// What identifiers and public things begin with.
const PUBLIC: [&str; 22] = [
    "0x",
    "sha1-",
    "sha256-",
    "sha384-",
    "sha512-",
    "AAAA",
    "toolu_",
    "srvtoolu_",
    "msg_",
    "req_",
    "call_",
    "chatcmpl-",
    "resp_",
    "thread_",
    "run_",
    "asst_",
    "file-",
    "ses_",
    "prt_",
    "pk_",
    "pk-",
    "nonce-",
];

fn is_harmless(bytes: &[u8], place: &Range<usize>) -> bool {
    LEADS.iter().any(|lead| ends(bytes, place.start, lead))
        || PUBLIC.iter().any(|lead| starts(bytes, place.start, lead))
        || is_in_path(bytes, place.start)
        || is_in_block(bytes, place)
        || is_hex(&bytes[place.clone()])
}

/// Tells whether this belongs to a URL or a path.
fn is_in_path(bytes: &[u8], start: usize) -> bool {
    let line = line_before(bytes, start, 512);
    let word = line
        .iter()
        .rposition(|byte| byte.is_ascii_whitespace() || b"\"'`<(".contains(byte))
        .map_or(line, |at| &line[at + 1..]);
    matches!(before(bytes, start), b'.' | b'\\' | b'~')
        || memchr::memmem::find(word, b"://").is_some()
        || word.contains(&b'/')
}

/// Tells whether the line above or below is of the same sort, as in blocks of base64 data.
fn is_in_block(bytes: &[u8], place: &Range<usize>) -> bool {
    let data = |from: usize| {
        let end = end_of(bytes, from, &PLAIN64);
        end - from >= LEAST && matches!(byte(bytes, end), b'\n' | b'\r' | 0)
    };
    let line = line_before(bytes, place.start, 64);
    let margin = line.len();
    let above = place.start - margin;
    let below = match (byte(bytes, place.end), byte(bytes, place.end + 1)) {
        (b'\n', _) => place.end + 1,
        (b'\r', b'\n') => place.end + 2,
        _ => return false,
    };
    let text_above = skip_newline_back(bytes, above);
    let start_above = start_of(bytes, text_above, &PLAIN64, MOST);
    text_above - start_above >= LEAST || data(below + margin)
}

fn skip_newline_back(bytes: &[u8], at: usize) -> usize {
    let mut at = at;
    while matches!(before(bytes, at), b'\n' | b'\r') {
        at -= 1;
    }
    at
}
