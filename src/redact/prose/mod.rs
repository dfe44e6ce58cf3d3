//! Secrets in sentences: `the password is …`, `das Passwort lautet …`, `token abc…`;
//! `.netrc`, SQL, settings of routers.

mod around;
mod names;
mod verbs;

pub(super) use names::{find_adjacent, find_said_setting, find_told_key, find_unspaced};

use super::before;
use super::bytes::{
    NAME, byte_at, byte_before, ends_in_any_case, find_byte, is_any_of, lead_length, skip_blanks,
    start_of, starts_at, starts_in_any_case,
};
use super::finding::{FindingRank, Findings};
use super::judge::{self, ValuePlace};
use super::kind::PASSWORD;
use super::likely::{self, Expectation};
use super::look;
use super::name::SecretName;
use super::value::{self, Literal, LiteralForm};
use around::{
    behind_form_number, is_behind_user, is_given, is_login, is_name_like, is_numbered_word,
    router_telling,
};
use verbs::{FILLERS, NATIVE_VERBS, Telling, verb_behind};

/// Looks at what follows a word for a password, which ends at `end`.
pub(super) fn find_password_behind_word(bytes: &[u8], end: usize, findings: &mut Findings) {
    before::find_password_before(bytes, start_of(bytes, end, &NAME, 24)..end, findings);
    let closed = end
        + bytes[end..]
            .iter()
            .take(3)
            .take_while(|byte| b"*\"".contains(byte))
            .count();
    let from = skip_blanks(bytes, closed, 4);
    let two = ends_in_any_case(bytes, end, " word");
    let foreign = (two || byte_before(bytes, end) >= 0x80) && byte_at(bytes, end) == b':';
    // `my old password, X, was …`
    if starts_at(bytes, end, ", ") {
        find_telling(bytes, end, end + 2, Telling::Bracketed, findings);
        return;
    }
    if from == closed && !foreign && !starts_at(bytes, end, "'s ") {
        return;
    }
    let native = NATIVE_VERBS.iter().find(|(word, verb)| {
        ends_in_any_case(bytes, end, word) && starts_in_any_case(bytes, from, verb)
    });
    let verb = native.map(|(_, verb)| (from + verb.len(), Telling::Said));
    let (place, telling) = match verb.or_else(|| verb_behind(bytes, from)) {
        Some(found) => found,
        None if starts_at(bytes, end, "'s ") => (end + 3, Telling::Said),
        None if is_login(bytes, end) => (from, Telling::Field),
        None if router_telling(bytes, end) == Some(Telling::Field) => {
            (behind_form_number(bytes, from), Telling::Field)
        }
        None if is_behind_user(bytes, end) => (from, Telling::Said),
        None if matches!(byte_at(bytes, from), b'(' | b'[') => (from + 1, Telling::Bracketed),
        None => match router_telling(bytes, end) {
            Some(telling) => (behind_form_number(bytes, from), telling),
            None => (from, Telling::Beside),
        },
    };
    let mut told = (place, telling);
    for _ in 0..VERBS_TRIED {
        let (place, telling) = told;
        if find_telling(bytes, end, place, telling, findings) {
            return;
        }
        // `the password that you use there is X`
        match verb_behind(bytes, place)
            .filter(|_| matches!(telling, Telling::Said | Telling::Changed))
        {
            Some((next, _)) => told = (next, Telling::Beside),
            None => return,
        }
    }
}

/// So many verbs behind a word are tried.
const VERBS_TRIED: usize = 3;

/// Hides the password at `place` that the word which ends at `end` means. Returns whether one stands
/// there.
fn find_telling(
    bytes: &[u8],
    end: usize,
    place: usize,
    telling: Telling,
    findings: &mut Findings,
) -> bool {
    let shouted = byte_before(bytes, end).is_ascii_uppercase();
    let filler = FILLERS
        .iter()
        .find(|word| starts_in_any_case(bytes, place, word));
    let start = skip_emphasis(bytes, place + filler.map_or(0, |word| word.len()));
    let literal = read_typographic(bytes, start)
        .or_else(|| judge::read_words(bytes, end, start))
        .unwrap_or_else(|| value::read_literal(bytes, start));
    if !is_told(bytes, end, &literal, telling, shouted) {
        return false;
    }
    // `changed the password from X to Y`
    let behind = literal.place.end;
    findings.add(literal.place, PASSWORD, FindingRank::Place);
    if telling == Telling::Changed && starts_at(bytes, behind, " to ") {
        find_short_password(bytes, behind + 3, findings);
    }
    true
}

/// Looks behind an abbreviation, which ends at `end`: `pw X`.
pub(super) fn find_short_password(bytes: &[u8], end: usize, findings: &mut Findings) {
    let place = value::bare_extent(bytes, skip_emphasis(bytes, end));
    let value = &bytes[place.clone()];
    let chosen = likely::is_password(value, Expectation::Beside);
    if place.start > end && chosen && !judge::is_stand_in(value) {
        findings.add(place, PASSWORD, FindingRank::Place);
    }
}

/// Looks behind `pass`, which ends at `end` and is no password but where a user or a word before it
/// says so: `user joe pass X`, `db pass X`.
pub(super) fn find_bare_password(bytes: &[u8], end: usize, findings: &mut Findings) {
    if is_behind_user(bytes, end) || is_given(bytes, end) {
        find_short_password(bytes, end, findings);
    }
}

/// Looks behind a word that ends at `end` and gives a password to a user: `user joe using X`,
/// `username joe secret X`.
pub(super) fn find_behind_user(bytes: &[u8], end: usize, findings: &mut Findings) {
    if is_behind_user(bytes, end) {
        find_short_password(bytes, end, findings);
    }
}

/// Looks behind words that say it all, and end at `end`: `pw is X`. What they are said of may be
/// something else, so that only what is like a token counts.
pub(super) fn find_password_behind_phrase(bytes: &[u8], end: usize, findings: &mut Findings) {
    let from = end + usize::from(byte_at(bytes, end) == b':');
    let start = skip_emphasis(bytes, from);
    let literal =
        read_typographic(bytes, start).unwrap_or_else(|| value::read_literal(bytes, start));
    let value = &bytes[literal.place.clone()];
    let told = is_told(bytes, end, &literal, Telling::Changed, false)
        || likely::is_password(value, Expectation::Beside)
            && judge::is_secret(bytes, TOLD, &literal, ValuePlace::Plain);
    if start > end && told {
        findings.add(literal.place, PASSWORD, FindingRank::Place);
    }
}

/// Looks behind the word `IDENTIFIED` of SQL, which ends at `end`.
pub(super) fn find_identified(bytes: &[u8], end: usize, findings: &mut Findings) {
    let with = starts_in_any_case(bytes, end, " with ");
    let by = if with {
        let rest = &bytes[end..bytes.len().min(end + 64)];
        memchr::memmem::find(&rest.to_ascii_lowercase(), b" by ").map(|at| end + at + 4)
    } else {
        starts_in_any_case(bytes, end, " by ").then_some(end + 4)
    };
    let Some(from) = by else {
        return;
    };
    let from = from + lead_length(bytes, from, &["values "]);
    let literal = value::read_literal(bytes, from);
    let value = &bytes[literal.place.clone()];
    let ends = matches!(byte_at(bytes, literal.place.end), 0 | b';' | b'\n' | b')');
    let quoted =
        literal.form == LiteralForm::Quoted && byte_before(bytes, literal.place.start) != b'`';
    let told = quoted || literal.form == LiteralForm::Bare && ends || look::is_no_word(value);
    if told && value.len() >= 3 && judge::is_secret(bytes, TOLD, &literal, ValuePlace::Plain) {
        findings.add(literal.place, PASSWORD, FindingRank::Place);
    }
}

fn skip_emphasis(bytes: &[u8], from: usize) -> usize {
    let from = skip_blanks(bytes, from, 4);
    find_byte(bytes, from, 3, |byte| byte != b'*')
}

/// Quotes of print, each with that which closes it.
const QUOTES: [(&str, &str); 6] = [
    ("«", "»"),
    ("„", "“"),
    ("“", "”"),
    ("»", "«"),
    ("‹", "›"),
    ("「", "」"),
];

/// Returns what stands between quotes of print.
fn read_typographic(bytes: &[u8], from: usize) -> Option<Literal> {
    let (open, close) = QUOTES
        .iter()
        .find(|(open, _)| starts_at(bytes, from, open))?;
    let start = from + open.len();
    let rest = &bytes[start..bytes.len().min(start + 80)];
    let text = &rest[..memchr::memmem::find(rest, close.as_bytes())?];
    // French puts blanks inside, which do not break.
    let blank = |byte: &u8| matches!(byte, b' ' | 0xC2 | 0xA0);
    let first = text.iter().position(|byte| !blank(byte))?;
    let last = text.iter().rposition(|byte| !blank(byte))?;
    Some(Literal {
        place: start + first..start + last + 1,
        form: LiteralForm::Quoted,
    })
}

/// What a told password is to be judged by.
const TOLD: SecretName = SecretName::firm(PASSWORD);

fn is_told(bytes: &[u8], end: usize, literal: &Literal, telling: Telling, shouted: bool) -> bool {
    let value = &bytes[literal.place.clone()];
    let like = likely::is_password(value, Expectation::Told);
    let chosen = likely::is_password(value, Expectation::Beside);
    let told = match (telling, literal.form) {
        (Telling::Field, _) => value.len() >= 3,
        (Telling::Bracketed, _) => {
            let closed = matches!(byte_at(bytes, literal.place.end), b')' | b']' | b',');
            chosen && (closed || literal.form == LiteralForm::Quoted)
        }
        (Telling::Quoted, _) => value.len() >= 4 && (like || is_name_like(value)),
        (Telling::Said, LiteralForm::Quoted) => {
            like || is_word_in_quotes(value) || judge::is_word_phrase(value)
        }
        (_, LiteralForm::Quoted) => {
            let sql = shouted && byte_before(bytes, literal.place.start) == b'\'';
            sql || like
        }
        (Telling::Said, LiteralForm::Bare) => like,
        (Telling::Changed, LiteralForm::Bare) => chosen,
        (Telling::Beside, LiteralForm::Bare) => {
            let mixed = value.iter().any(u8::is_ascii_uppercase) && !is_numbered_word(value);
            chosen && (mixed || is_given(bytes, end)) || look::is_strong(value)
        }
    };
    told && judge::is_secret(bytes, TOLD, literal, ValuePlace::Plain)
}

/// Returns whether a single word in quotes could be a password and not a statement about one.
fn is_word_in_quotes(value: &[u8]) -> bool {
    const STATES: [&str; 14] = [
        "wrong",
        "invalid",
        "incorrect",
        "correct",
        "expired",
        "weak",
        "strong",
        "missing",
        "set",
        "unset",
        "valid",
        "falsch",
        "richtig",
        "abgelaufen",
    ];
    let word = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-!.".contains(byte);
    value.len() >= 4 && value.iter().all(word) && !is_any_of(value, &STATES)
}
