//! Predicates on how a text looks: random, like a token, like words, like a hash.

use super::bytes::HEX;

/// How often in a hundred neighbours the kind of character (small, capital, digit) changes at
/// least in random text: of base62 it does in 62, of words and camel case in less than 25.
const CHANGES: usize = 36;
/// As many where there is only one number: camel case of short words comes close.
const CAMEL: usize = 50;

/// How many small letters, capitals and digits there are, and how often the kind changes.
#[derive(Default)]
struct CharacterMix {
    small: usize,
    capital: usize,
    digit: usize,
    /// Groups of digits.
    numbers: usize,
    changes: usize,
}

impl CharacterMix {
    fn of(bytes: &[u8]) -> CharacterMix {
        let mut mix = CharacterMix::default();
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

/// Returns whether this is no plain word: it has a digit, or a capital behind a small letter.
pub(super) fn is_no_word(bytes: &[u8]) -> bool {
    let mixed = |pair: &[u8]| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase();
    bytes.iter().any(u8::is_ascii_digit) || bytes.windows(2).any(mixed)
}

/// Returns whether this looks random: all three kinds of characters, in no order.
pub(super) fn is_random(bytes: &[u8]) -> bool {
    let mix = CharacterMix::of(bytes);
    mix.small >= 2
        && mix.capital >= 2
        && mix.digit >= 2
        && mix.all() >= 16
        && mix.changes_often(if mix.numbers > 1 { CHANGES } else { CAMEL })
}

/// Returns whether this could be a token where a name says that one stands: letters and digits
/// mixed as no word or name mixes them.
pub(super) fn is_token_like(bytes: &[u8]) -> bool {
    if bytes.len() < 8 || bytes.iter().any(u8::is_ascii_whitespace) || is_worded(bytes) {
        return false;
    }
    let mix = CharacterMix::of(bytes);
    let letters = mix.small + mix.capital;
    let sign = |byte: &u8| b"!@#$%^&*+/=~?".contains(byte);
    if mix.digit == 0 {
        let both = mix.small >= 3 && mix.capital >= 3;
        return both && bytes.len() >= 12 && mix.changes_often(CHANGES)
            || letters >= 4 && bytes.len() >= 10 && bytes.iter().any(|b| b"!@#$%^&*".contains(b));
    }
    letters >= 1 && (mix.changes_often(14) || mix.digit >= 4 || bytes.iter().any(sign))
}

/// Returns whether this is words and short numbers that signs join: `db-secret-v1`, `next_token`,
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
            plain && short && (word.is_empty() || !CharacterMix::of(word).changes_often(CHANGES))
        })
}

/// Returns whether this is a hash, written in hexadecimal digits, or such an identifier with
/// dashes.
pub(super) fn is_hex(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| HEX.has(*byte) || *byte == b'-')
}

/// Returns whether this is base64 of a user, a colon and a password.
pub(super) fn is_encoded_login(bytes: &[u8]) -> bool {
    decode_text(bytes).is_some_and(|text| is_login(&text))
}

/// Returns whether this is a user, a colon and a password.
pub(super) fn is_login(text: &[u8]) -> bool {
    let colon = text.iter().position(|byte| *byte == b':');
    let user = |byte: &u8| byte.is_ascii_alphanumeric() || b"._@-+\\".contains(byte);
    colon.is_some_and(|colon| colon > 0 && colon + 3 < text.len() && text[..colon].iter().all(user))
}

/// Returns the text that this is the base64 of, if it is one that can be printed.
pub(super) fn decode_text(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut text = Vec::with_capacity(bytes.len());
    let (mut bits, mut count) = (0u32, 0);
    for byte in bytes.iter().take_while(|byte| **byte != b'=') {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        (bits, count) = (bits << 6 | u32::from(value), count + 6);
        if count >= 8 {
            count -= 8;
            let byte = (bits >> count) as u8;
            if !(b' '..=b'~').contains(&byte) && !byte.is_ascii_whitespace() {
                return None;
            }
            text.push(byte);
            bits &= (1 << count) - 1;
        }
    }
    Some(text)
}

/// Returns whether a word is of all four kinds of characters, as passwords are to be and nothing
/// else is.
pub(super) fn is_strong(value: &[u8]) -> bool {
    let has = |kind: fn(&u8) -> bool| value.iter().any(kind);
    (8..=40).contains(&value.len())
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_digit)
        && has(|byte| b"!@#$%^&*".contains(byte))
        && !has(|byte| b"()[]{}<>/\\".contains(byte))
}
