//! Secrets that a sentence tells: `the password is …`, `token abc…`; `.netrc`, SQL.

use super::bytes::{
    BASE64, NAME, before, byte, end_of, ends, ends_in_any_case, skip_blanks, skip_blanks_back,
    start_of, starts_in_any_case,
};
use super::entropy;
use super::finding::{Findings, Rank};
use super::judge::{self, Place};
use super::marker::PASSWORD;
use super::name::{self, Force, Name};
use super::value::{self, Form, Literal};
use std::ops::Range;

/// Finds passwords behind the word `password`, by the letter of it that is rarest.
pub(super) fn find(bytes: &[u8], findings: &mut Findings) {
    for w in memchr::memchr2_iter(b'w', b'W', bytes) {
        let start = w.saturating_sub(4);
        if starts_in_any_case(bytes, start, "password") {
            told(bytes, start + 8, bytes[w] == b'W', findings);
        }
    }
}

/// Looks behind the word `IDENTIFIED` of SQL, which ends at `end`.
pub(super) fn identified(bytes: &[u8], end: usize, findings: &mut Findings) {
    if ends_in_any_case(bytes, end, "identified") && starts_in_any_case(bytes, end, " by ") {
        told(bytes, end + 3, true, findings);
    }
}

/// Looks at what follows the word `password`, which ends at `end`.
fn told(bytes: &[u8], end: usize, firm: bool, findings: &mut Findings) {
    let from = skip_blanks(bytes, end, 4);
    if from == end {
        return;
    }
    let verb = ["is ", "was ", "is: ", "-> ", "→ ", "to "]
        .into_iter()
        .find(|verb| starts_in_any_case(bytes, from, verb));
    let (place, kind) = match verb {
        Some("to ") => (from + 3, Told::Changed),
        Some(verb) => (from + verb.len(), Told::Said),
        None if is_login(bytes, end) => (from, Told::Netrc),
        None => (from, Told::Beside),
    };
    let literal = value::literal(bytes, place);
    if is_told(bytes, &literal, kind, firm) {
        findings.add(literal.place, PASSWORD, Rank::Place);
    }
}

/// How a password is told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    /// `password is X`
    Said,
    /// `password to X`
    Changed,
    /// `password X`
    Beside,
    /// `login USER password X`
    Netrc,
}

fn is_told(bytes: &[u8], literal: &Literal, told: Told, firm: bool) -> bool {
    let value = &bytes[literal.place.clone()];
    let name = Name {
        kind: PASSWORD,
        force: Force::Firm,
        shouted: false,
    };
    let like = is_password_like(value);
    match (told, literal.form) {
        (Told::Netrc, _) => value.len() >= 3 && judge::hides(bytes, name, literal, Place::Plain),
        (_, Form::Quoted) => {
            let sql = firm && byte(bytes, literal.place.start - 1) == b'\'';
            (sql || like) && judge::hides(bytes, name, literal, Place::Plain)
        }
        (Told::Said, Form::Bare) => like && judge::hides(bytes, name, literal, Place::Plain),
        (Told::Changed, Form::Bare) => {
            (like && entropy::is_token_like(value))
                && judge::hides(bytes, name, literal, Place::Plain)
        }
        (Told::Beside, Form::Bare) => false,
    }
}

/// Tells whether a word is more than a word: letters with digits or with signs.
fn is_password_like(value: &[u8]) -> bool {
    let letters = value.iter().any(u8::is_ascii_alphabetic);
    let digits = value.iter().any(u8::is_ascii_digit);
    let signs = value.iter().any(|byte| b"!@#$%^&*+=?".contains(byte));
    let plain = value.iter().all(u8::is_ascii_alphanumeric);
    let joined = !plain && entropy::is_worded(value) && !signs;
    value.len() >= 6
        && letters
        && (digits || signs)
        && !joined
        && !value.iter().any(u8::is_ascii_whitespace)
}

/// Tells whether `password` at `end` belongs to a `.netrc`: a login precedes it.
fn is_login(bytes: &[u8], end: usize) -> bool {
    let front = &bytes[end.saturating_sub(200)..end];
    let mut words = front
        .rsplit(|byte| byte.is_ascii_whitespace())
        .filter(|word| !word.is_empty());
    words.nth(2).is_some_and(|word| word == b"login")
}

/// Words between a name and what it is said to be.
const VERBS: [&str; 8] = [" is", " was", " is:", " ->", " =>", " →", " to", " as"];

/// Looks at a run behind a name: `the API key is abc…`, ``token `abc…` ``.
pub(super) fn adjacent(bytes: &[u8], run: Range<usize>, findings: &mut Findings) {
    let quoted = matches!(before(bytes, run.start), b'`' | b'"' | b'\'');
    let front = run.start - usize::from(quoted);
    let end = skip_blanks_back(bytes, front, 4);
    if end == front {
        return;
    }
    let verb = VERBS.into_iter().find(|verb| ends(bytes, end, verb));
    let Some(name) = name_before(bytes, end - verb.map_or(0, str::len)) else {
        return;
    };
    let stop = end_of(bytes, run.start, &BASE64);
    let value = &bytes[run.start..stop];
    let hash = entropy::is_hex(value) && matches!(value.len(), 36 | 40 | 64);
    let telling = match name.force {
        Force::Firm => entropy::is_token_like(value),
        Force::Likely => {
            let path = value.contains(&b'/');
            entropy::is_token_like(value) && !path && !(hash && verb.is_none())
        }
        Force::Faint => value.len() >= 20 && entropy::is_random(value),
        Force::Phrase => false,
    };
    if telling && value.len() >= 16 && !judge::is_stand_in(value) {
        findings.add(run.start..stop, name.kind, Rank::Place);
    }
}

/// Returns the name that ends at `end`, with the words before it that it needs.
fn name_before(bytes: &[u8], end: usize) -> Option<Name> {
    let start = start_of(bytes, end, &NAME, 64);
    let last = &bytes[start..end];
    let compound = ["key", "token", "secret"]
        .iter()
        .any(|word| last.eq_ignore_ascii_case(word.as_bytes()));
    if compound {
        return name::classify(&bytes[name::in_front(bytes, end)?]);
    }
    name::classify(last)
}
