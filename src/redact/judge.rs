//! Whether the value behind a name is a secret, or a placeholder, a type or code.

use super::bytes::{
    ALNUM, byte_at, byte_before, ends_in_any_case, find_byte, is_any_of, skip_blanks,
};
use super::expression::is_code;
use super::kind::{ACCESS_CODE, PASSWORD, SECRET};
use super::likely::{self, Expectation, is_path};
use super::look;
use super::name::{NameStrength, SecretName};
use super::placeholder::{contains_word, is_placeholder};
use super::short_number;
use super::value::{Literal, LiteralForm};

/// Where a value stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ValuePlace {
    /// `name=value`, without a blank between.
    Tight,
    /// `name = value`.
    Spaced,
    /// `name: value`.
    Colon,
    /// A flag, a header, an element: what follows is a value and no code.
    Plain,
}

/// Returns whether the literal behind a name is to be hidden.
pub(super) fn is_secret(
    bytes: &[u8],
    name: SecretName,
    literal: &Literal,
    place: ValuePlace,
) -> bool {
    let value = &bytes[literal.place.clone()];
    if value.is_empty() || is_placeholder(value) || is_between_strings(value) {
        return false;
    }
    // A command whose output is meant, and what is counted or demanded in another script.
    let substitution = byte_before(bytes, literal.place.start) == b'`' && value.contains(&b' ');
    if substitution || literal.form == LiteralForm::Bare && is_foreign_prose(value) {
        return false;
    }
    if name.strength == NameStrength::Number {
        return short_number::is_number_of(name.kind, value);
    }
    let strength = match (name.strength, name.shouted) {
        (NameStrength::Faint, true) => NameStrength::Likely,
        (strength, _) => strength,
    };
    let env = name.shouted && name.strength >= NameStrength::Likely;
    match literal.form {
        LiteralForm::Quoted => {
            hides_quoted(value, name, strength, env && place != ValuePlace::Spaced)
        }
        LiteralForm::Bare => {
            let code =
                is_code(value) && !(env && place == ValuePlace::Tight && !value.contains(&b'('));
            !code && hides_bare(bytes, name, literal, strength, env, place)
        }
    }
}

/// Returns whether this is what stands between two strings of a program: the quote behind the name
/// closed one, as in `ask("Password: ", "x")`.
fn is_between_strings(value: &[u8]) -> bool {
    let solid = value.iter().any(u8::is_ascii_alphanumeric) || !value.is_ascii();
    value[0].is_ascii_whitespace() || (!solid && value.len() < 6)
}

/// Returns whether a value is words of another script, with a number of what they count at most.
fn is_foreign_prose(value: &[u8]) -> bool {
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    !value.is_ascii() && digits <= 2 && !value.iter().any(u8::is_ascii_alphabetic)
}

fn hides_quoted(value: &[u8], name: SecretName, strength: NameStrength, env: bool) -> bool {
    match strength {
        NameStrength::Firm => !is_label(value) && !is_path(value),
        NameStrength::Likely if env => {
            value.len() >= 6 && !is_label(value) && !is_path(value) && !is_number(value)
        }
        NameStrength::Likely => {
            // Who makes up a secret uses capitals, and names of things have none.
            let capital = value.iter().any(u8::is_ascii_uppercase);
            let made_up = name.kind == SECRET && name.strength == strength && capital;
            is_likely(value, name, name.kind == PASSWORD || made_up)
        }
        NameStrength::Faint => is_random(value) || look::is_encoded_login(value),
        NameStrength::Phrase => is_phrase(value),
        NameStrength::Number => false,
    }
}

/// Returns whether a value is a handful of words that make no sentence: a passphrase.
pub(super) fn is_word_phrase(value: &[u8]) -> bool {
    let words = || value.split(|byte| *byte == b' ');
    let word =
        |word: &[u8]| (3..=9).contains(&word.len()) && word.iter().all(u8::is_ascii_lowercase);
    (4..=10).contains(&words().count()) && words().all(word) && !is_label(value)
}

/// Returns whether a value is groups of four signs of base32, as the keys of second factors and
/// passwords of applications are shown.
fn is_grouped(value: &[u8]) -> bool {
    let groups = || value.split(|byte| *byte == b' ');
    let sign = |byte: &u8| byte.is_ascii_lowercase() || (b'2'..=b'7').contains(byte);
    (4..=16).contains(&groups().count())
        && groups().all(|group| group.len() == 4 && group.iter().all(sign))
        && !is_label(value)
}

/// Returns the rest of the line from `from` on, if it is words or groups that are a secret: words only
/// behind `passphrase`. The name of it ends at `end`.
pub(super) fn read_words(bytes: &[u8], end: usize, from: usize) -> Option<Literal> {
    let text = bytes[from..find_byte(bytes, from, 120, ends_phrase)].trim_ascii_end();
    let phrase = ends_in_any_case(bytes, end, "passphrase") && is_word_phrase(text);
    (phrase || is_grouped(text)).then(|| Literal {
        place: from..from + text.len(),
        form: LiteralForm::Quoted,
    })
}

pub(super) fn ends_phrase(byte: u8) -> bool {
    b"\n\r\"'`<\\".contains(&byte)
}

/// Twelve words are usual; a cut phrase has fewer.
fn is_phrase(value: &[u8]) -> bool {
    let words = value
        .split(|byte| byte.is_ascii_whitespace())
        .filter(|word| word.len() > 2);
    words.count() >= 6
        && value
            .iter()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_whitespace() || *byte >= 0x80)
}

fn hides_bare(
    bytes: &[u8],
    name: SecretName,
    literal: &Literal,
    strength: NameStrength,
    env: bool,
    place: ValuePlace,
) -> bool {
    let value = &bytes[literal.place.clone()];
    match strength {
        NameStrength::Firm if is_path(value) || is_type(value) => false,
        NameStrength::Firm if place != ValuePlace::Tight && likely::is_dotted_name(value) => false,
        NameStrength::Firm if is_identifier(value) => hides_word(bytes, literal, env, place),
        NameStrength::Firm => value.len() >= 4 || (env && place == ValuePlace::Tight),
        NameStrength::Likely if env && place == ValuePlace::Tight => {
            value.len() >= 6 && !is_path(value) && !is_number(value)
        }
        NameStrength::Likely => {
            let argument = matches!(byte_at(bytes, literal.place.end), b',' | b')');
            is_likely(value, name, place == ValuePlace::Tight && !argument)
        }
        NameStrength::Faint => is_random(value) || look::is_encoded_login(value),
        NameStrength::Phrase | NameStrength::Number => false,
    }
}

/// Returns whether a bare word without digits is a password, and not a variable or a sentence.
fn hides_word(bytes: &[u8], literal: &Literal, env: bool, place: ValuePlace) -> bool {
    let value = &bytes[literal.place.clone()];
    let end = literal.place.end;
    let next = byte_at(bytes, skip_blanks(bytes, end, 64));
    let last = matches!(next, 0 | b'\n' | b'\r' | b'#' | b'"' | b'\'' | b'`' | b'\\');
    // Variables are named for what they hold, and have more than one word.
    let plain = value.iter().all(u8::is_ascii_lowercase);
    let code = !plain && is_about_secrets(value) || value.contains(&b'_') && !env;
    match place {
        ValuePlace::Plain => !is_about_secrets(value),
        _ if env && place != ValuePlace::Spaced => last || place == ValuePlace::Tight,
        ValuePlace::Tight => {
            let argument = matches!(byte_at(bytes, end), b',' | b')');
            let closed = byte_at(bytes, end) == b';' && !ALNUM.has(byte_at(bytes, end + 1));
            !code && !argument && !closed
        }
        ValuePlace::Colon => {
            !code && last && !value[0].is_ascii_uppercase() && byte_at(bytes, end) != b','
        }
        ValuePlace::Spaced => false,
    }
}

/// What a value has that a likely name makes a secret.
fn is_telling(value: &[u8]) -> bool {
    let hex = look::is_hex(value) && value.len() >= 16 && look::is_no_word(value);
    let call = value.contains(&b'(');
    (hex || look::is_token_like(value)) && !call && !is_path(value) && !is_number(value)
}

/// Returns whether a name like `pass`, `secret` or `token` makes a value a secret: behind that of a
/// password a digit is enough, behind others, and where no sign joins them, it is no name of something.
fn is_likely(value: &[u8], name: SecretName, tight: bool) -> bool {
    let other = is_number(value) || is_type(value) || likely::is_technical(value);
    let named = likely::is_resource_name(value);
    let password = match name.kind {
        PASSWORD => tight || !named,
        // `code=de-CH-1996`
        ACCESS_CODE => tight && ALNUM.has_all(value),
        _ => tight && !named && value.len() >= 6,
    };
    is_telling(value) || password && !other && likely::is_password(value, Expectation::Given)
}

fn is_random(value: &[u8]) -> bool {
    value.len() >= 20
        && value.len() <= 4096
        && look::is_random(value)
        && !look::is_hex(value)
        && !is_path(value)
        && !value.contains(&b'(')
        && ![
            "sha1-", "sha256-", "sha384-", "sha512-", "SHA256:", "AAAA", "z6Mk", "xpub",
        ]
        .iter()
        .any(|lead| value.starts_with(lead.as_bytes()))
}

fn is_number(value: &[u8]) -> bool {
    value
        .iter()
        .all(|byte| byte.is_ascii_digit() || b".,_:-+%".contains(byte))
}

/// Returns whether a value is a type with its width: `uint256`, `bytes32`.
fn is_type(value: &[u8]) -> bool {
    let digits = value
        .iter()
        .position(u8::is_ascii_digit)
        .unwrap_or(value.len());
    let (word, width) = value.split_at(digits);
    let known = [
        "int", "uint", "bytes", "float", "i", "u", "f", "utf", "utf-", "varchar", "string",
    ];
    width.len() <= 3 && width.iter().all(u8::is_ascii_digit) && is_any_of(word, &known)
}

/// Returns whether a value is letters and `_` only.
fn is_identifier(value: &[u8]) -> bool {
    value
        .iter()
        .all(|byte| byte.is_ascii_alphabetic() || *byte == b'_')
}

/// Words of messages and labels: a quoted sentence with one is text about a password.
const PROSE: [&str; 21] = [
    "your", "the", "is", "must", "be", "enter", "please", "at", "least", "cannot", "required",
    "invalid", "forgot", "reset", "confirm", "password", "token", "key", "secret", "wrong",
    "should",
];

/// Returns whether a quoted value is a sentence.
fn is_label(value: &[u8]) -> bool {
    let mut words = value
        .split(|byte| !byte.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    value.contains(&b' ') && words.any(|word| is_any_of(word, &PROSE))
}

/// Returns whether a word speaks of secrets, users or inputs, as variables do.
fn is_about_secrets(value: &[u8]) -> bool {
    let words = [
        "pass", "pwd", "secret", "token", "key", "input", "value", "arg", "param", "config", "env",
        "user", "hash", "string", "cred", "data", "field", "ref", "type", "option", "request",
        "form", "self",
    ];
    words.iter().any(|word| contains_word(value, word)) || value == b"pw"
}

/// Returns whether a value in a URL or a header only stands for one.
pub(super) fn is_stand_in(value: &[u8]) -> bool {
    value.is_empty() || is_placeholder(value)
}

/// Returns whether a bare value is an expression of a program rather than a value.
pub(super) fn is_expression(value: &[u8]) -> bool {
    !value.is_empty() && is_code(value)
}
