//! Names of settings, headers, fields and flags: which of them name a secret.

mod table;

use super::bytes::{
    DIGIT, NAME, WORD, byte_at, byte_before, ends_at, is_any_of, skip_blanks_back, start_of,
};
use super::value::ESCAPED_QUOTE;
use std::ops::Range;
use table::{ENDINGS, NameEnding};

/// How surely a name names a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum NameStrength {
    /// Only a short number is one: `pin`.
    Number,
    /// Only a sentence of many words is one: `mnemonic`.
    Phrase,
    /// Only a random value is one: `key`, `auth`.
    Faint,
    /// A value that is no word is one: `token`, `secret`.
    Likely,
    /// Every literal value is one: `password`, `client_secret`.
    Firm,
}

/// A name of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SecretName {
    /// What its value is, as in `[redacted:KIND]`.
    pub(super) kind: &'static str,
    pub(super) strength: NameStrength,
    /// Written like a variable of the environment, `DB_PASSWORD`.
    pub(super) shouted: bool,
}

impl SecretName {
    /// Makes a name that every literal value fits.
    pub(super) const fn firm(kind: &'static str) -> SecretName {
        SecretName {
            kind,
            strength: NameStrength::Firm,
            shouted: false,
        }
    }
}

/// The longest name that is read.
const LONGEST: usize = 64;

/// Which endings have a last byte; made by the compiler.
struct EndingIndex {
    heads: [u8; 256],
    next: [u8; ENDINGS.len()],
}

const NONE: u8 = u8::MAX;
static INDEX: EndingIndex = EndingIndex::build();

impl EndingIndex {
    const fn build() -> EndingIndex {
        assert!(ENDINGS.len() < NONE as usize);
        let mut index = EndingIndex {
            heads: [NONE; 256],
            next: [NONE; ENDINGS.len()],
        };
        let mut at = ENDINGS.len();
        while at > 0 {
            at -= 1;
            let word = ENDINGS[at].word.as_bytes();
            let last = word[word.len() - 1] as usize;
            index.next[at] = index.heads[last];
            index.heads[last] = at as u8;
        }
        index
    }
}

/// Returns what a name names, if it is a secret.
pub(super) fn classify_name(name: &[u8]) -> Option<SecretName> {
    let last = name.last()?.to_ascii_lowercase();
    let mut next = INDEX.heads[last as usize];
    if next == NONE {
        return None;
    }
    let plain = PlainName::from_name(name);
    while let Some(ending) = ENDINGS.get(next as usize) {
        if let Some(front) = plain.as_bytes().strip_suffix(ending.word.as_bytes())
            && (!ending.part || plain.begins_part(front.len()) || is_led(front, ending.firm))
        {
            return plain.judge_ending(ending, front);
        }
        next = INDEX.next[next as usize];
    }
    None
}

/// Returns whether one of these words stands before an ending: `remotepass`.
fn is_led(front: &[u8], words: &[&str]) -> bool {
    words.iter().any(|word| front.ends_with(word.as_bytes()))
}

/// A name in small letters without signs.
struct PlainName {
    bytes: [u8; LONGEST],
    length: usize,
    /// Where parts begin, a bit for each byte: behind a sign, and at a capital behind a small letter.
    parts: u64,
    shouted: bool,
    /// The name is `_auth`, or ends with it: of `.npmrc`, where it is a password.
    npm: bool,
}

impl PlainName {
    fn from_name(name: &[u8]) -> PlainName {
        let name = &name[name.len().saturating_sub(LONGEST)..];
        let mut plain = PlainName {
            bytes: [0; LONGEST],
            length: 0,
            parts: 1,
            shouted: name.iter().any(u8::is_ascii_uppercase)
                && !name.iter().any(u8::is_ascii_lowercase),
            npm: name == b"_auth",
        };
        let mut last = 0;
        for byte in name {
            if matches!(byte, b'_' | b'-' | b'.' | b' ') {
                last = b'_';
                continue;
            }
            let begins = last == b'_' || (byte.is_ascii_uppercase() && last.is_ascii_lowercase());
            plain.parts |= u64::from(begins) << plain.length;
            plain.bytes[plain.length] = byte.to_ascii_lowercase();
            plain.length += 1;
            last = *byte;
        }
        plain
    }

    fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    fn begins_part(&self, at: usize) -> bool {
        at < LONGEST && self.parts >> at & 1 == 1
    }

    fn judge_ending(&self, ending: &NameEnding, front: &[u8]) -> Option<SecretName> {
        let follows = |words| is_led(front, words);
        let directory = ending.word == "pwd" && front.is_empty() && self.shouted;
        if follows(ending.never) || directory {
            return None;
        }
        let strength = if self.npm || follows(ending.firm) {
            NameStrength::Firm
        } else {
            ending.strength
        };
        Some(SecretName {
            kind: ending.kind,
            strength,
            shouted: self.shouted,
        })
    }
}

/// Returns the name in front of the sign at `at`: `NAME =`, `"NAME":`, `x["NAME"] =`, `**NAME**:`.
pub(super) fn in_front(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let mut end = skip_blanks_back(bytes, at, 24);
    while matches!(
        byte_before(bytes, end),
        b':' | b'?' | b'+' | b'|' | b'!' | b'=' | b'*'
    ) && at - end < 32
    {
        end -= 1;
    }
    end = skip_blanks_back(bytes, end, 24);
    if byte_before(bytes, end) == b']' {
        end -= 1;
        // `char password[64] = …`
        let size = start_of(bytes, end, &DIGIT, 6);
        if byte_before(bytes, size) == b'[' {
            end = size - 1;
        }
    }
    // `\u0022NAME\u0022`, `NAME NVARCHAR(50) =`
    if ends_at(bytes, end, ESCAPED_QUOTE) {
        end -= ESCAPED_QUOTE.len();
    }
    if byte_before(bytes, end) == b')' {
        let size = start_of(bytes, end - 1, &DIGIT, 4);
        let word = start_of(bytes, size.saturating_sub(1), &WORD, 16);
        if byte_before(bytes, size) == b'(' && byte_before(bytes, word) == b' ' {
            end = word - 1;
        }
    }
    if matches!(byte_before(bytes, end), b'"' | b'\'' | b'`') {
        end -= 1;
        let mut slashes = 0;
        while byte_before(bytes, end) == b'\\' && slashes < 8 {
            end -= 1;
            slashes += 1;
        }
    }
    let start = start_of(bytes, end, &NAME, LONGEST);
    let start = without_escape(bytes, start);
    (start < end).then(|| with_word_before(bytes, start..end))
}

/// An escaped line break in front is no part of the name.
fn without_escape(bytes: &[u8], start: usize) -> usize {
    let escaped =
        byte_before(bytes, start) == b'\\' && matches!(byte_at(bytes, start), b'n' | b'r' | b't');
    start + usize::from(escaped)
}

/// Adds the words before `key`, `token`, `phrase` and `code`: `API key`, `secret access key`.
fn with_word_before(bytes: &[u8], name: Range<usize>) -> Range<usize> {
    let words = ["key", "token", "phrase", "secret", "cookie", "hex"];
    let is_compound = is_any_of(&bytes[name.clone()], &words);
    if !is_compound || byte_before(bytes, name.start) != b' ' {
        return name;
    }
    let mut start = name.start;
    for _ in 0..2 {
        if byte_before(bytes, start) != b' ' {
            break;
        }
        let word = start_of(bytes, start - 1, &NAME, 24);
        if word == start - 1 || name.end - word > LONGEST {
            break;
        }
        start = word;
    }
    start..name.end
}
