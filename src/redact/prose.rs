//! Secrets that a sentence tells: `the password is …`, `das Passwort lautet …`, `token abc…`;
//! `.netrc`, SQL, settings of routers.

use super::before;
use super::bytes::{
    BASE64, NAME, byte_at, byte_before, end_of, ends_at, ends_in_any_case, find_byte, is_any_of,
    lead_length, line_before, skip_blanks, skip_blanks_back, start_of, starts_at,
    starts_in_any_case,
};
use super::finding::{FindingRank, Findings};
use super::judge::{self, ValuePlace};
use super::kind::PASSWORD;
use super::likely::{self, Expectation};
use super::look;
use super::name::{self, NameStrength, SecretName};
use super::value::{self, Literal, LiteralForm};
use std::ops::Range;

/// How a password is told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Telling {
    /// `password is X`
    Said,
    /// `das Passwort lautet X`: whatever follows is one.
    Quoted,
    /// `password to X`
    Changed,
    /// `password X`
    Beside,
    /// `password (X)`
    Bracketed,
    /// `login USER password X`, `username NAME password 7 X`
    Field,
}

/// Verbs and signs between a word for a password and the password.
const VERBS: &[(&str, Telling)] = &[
    ("is: ", Telling::Said),
    ("is not ", Telling::Said),
    ("might be ", Telling::Said),
    ("may be ", Telling::Said),
    ("could be ", Telling::Said),
    ("equals ", Telling::Said),
    ("sera ", Telling::Said),
    ("sarà ", Telling::Said),
    ("será ", Telling::Said),
    ("este ", Telling::Said),
    ("là ", Telling::Said),
    ("είναι ", Telling::Said),
    ("היא ", Telling::Said),
    ("هي ", Telling::Said),
    ("to: ", Telling::Changed),
    ("from ", Telling::Changed),
    ("is ", Telling::Said),
    ("was changed to ", Telling::Changed),
    ("has been changed to ", Telling::Changed),
    ("was set to ", Telling::Changed),
    ("changed to ", Telling::Changed),
    ("set to ", Telling::Changed),
    ("geändert auf ", Telling::Changed),
    ("geändert in ", Telling::Changed),
    ("wurde auf ", Telling::Changed),
    ("was ", Telling::Said),
    ("will be ", Telling::Said),
    ("should be ", Telling::Said),
    ("would be ", Telling::Said),
    ("are ", Telling::Said),
    ("= ", Telling::Said),
    (": ", Telling::Said),
    ("-> ", Telling::Said),
    ("=> ", Telling::Said),
    ("→ ", Telling::Said),
    ("— ", Telling::Said),
    ("– ", Telling::Said),
    ("to ", Telling::Changed),
    ("auf ", Telling::Changed),
    ("en ", Telling::Changed),
    ("à ", Telling::Changed),
    ("lautet ", Telling::Quoted),
    ("lautet: ", Telling::Quoted),
    ("lautete ", Telling::Quoted),
    ("heißt ", Telling::Said),
    ("heisst ", Telling::Said),
    ("ist ", Telling::Said),
    ("ist: ", Telling::Said),
    ("war ", Telling::Said),
    ("est : ", Telling::Said),
    ("est ", Telling::Said),
    ("est: ", Telling::Said),
    ("était ", Telling::Said),
    ("es ", Telling::Said),
    ("es: ", Telling::Said),
    ("era ", Telling::Said),
    ("è ", Telling::Said),
    ("é ", Telling::Said),
    ("är ", Telling::Said),
    ("er ", Telling::Said),
    ("je ", Telling::Said),
    ("brzmi ", Telling::Quoted),
    ("luidt ", Telling::Quoted),
];

/// Verbs that are other words in other languages: the word for a password before them tells which.
const NATIVE_VERBS: &[(&str, &str)] = &[
    ("salasana", "on "),
    ("hasło", "to "),
    ("contraseña", "a "),
    ("contrasena", "a "),
    ("parol", "- "),
    ("пароль", "это "),
];

/// Words between a verb and what it tells.
const FILLERS: &[&str] = &[
    "now ",
    "jetzt ",
    "nun ",
    "wieder ",
    "ahora ",
    "maintenant ",
    "still ",
];

/// So far a verb is looked for: `the password for the staging server is …`.
const NEAR: usize = 64;

/// Looks at what follows a word for a password, which ends at `end`.
pub(super) fn find_told_password(bytes: &[u8], end: usize, findings: &mut Findings) {
    before::find_password_before(bytes, start_of(bytes, end, &NAME, 24)..end, findings);
    let closed = end
        + bytes[end..]
            .iter()
            .take(3)
            .take_while(|byte| b"*\"".contains(byte))
            .count();
    let from = skip_blanks(bytes, closed, 4);
    let foreign = byte_before(bytes, end) >= 0x80 && byte_at(bytes, end) == b':';
    if from == end && !foreign && !starts_at(bytes, end, "'s ") {
        return;
    }
    let shouted = byte_before(bytes, end).is_ascii_uppercase();
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
    let filler = FILLERS
        .iter()
        .find(|word| starts_in_any_case(bytes, place, word));
    let start = skip_emphasis(bytes, place + filler.map_or(0, |word| word.len()));
    let literal =
        read_typographic(bytes, start).unwrap_or_else(|| value::read_literal(bytes, start));
    if is_told(bytes, end, &literal, telling, shouted) {
        // `changed the password from X to Y`
        let behind = literal.place.end;
        findings.add(literal.place, PASSWORD, FindingRank::Place);
        if telling == Telling::Changed && starts_at(bytes, behind, " to ") {
            find_short_password(bytes, behind + 3, findings);
        }
    }
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

/// Looks behind a run that is the name of a setting and a word of a sentence: `DB_PASSWORD is X`.
pub(super) fn find_said_setting(bytes: &[u8], run: Range<usize>, findings: &mut Findings) {
    let shouted = bytes[run.end - 1].is_ascii_uppercase() && byte_at(bytes, run.end) == b' ';
    let name = name::classify_name(&bytes[run.clone()]).filter(|_| shouted);
    if name.is_some_and(|name| name.kind == PASSWORD && name.shouted) {
        let verbs = [
            "is ",
            "was ",
            "to ",
            "as ",
            "should be ",
            "must be ",
            "with ",
        ];
        let from = run.end + 1;
        let verb = verbs
            .iter()
            .find(|verb| starts_in_any_case(bytes, from, verb));
        if let Some(verb) = verb {
            find_short_password(bytes, from + verb.len() - 1, findings);
        }
    }
}

/// Looks behind words that say it all, and end at `end`: `pw is X`. What they are said of may be
/// something else, so that only what is like a token counts.
pub(super) fn find_said_password(bytes: &[u8], end: usize, findings: &mut Findings) {
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

/// Returns the place behind the first verb from `from` on, if no sentence ends before it.
fn verb_behind(bytes: &[u8], from: usize) -> Option<(usize, Telling)> {
    let mut at = from;
    while at < from + NEAR && at < bytes.len() {
        let found = VERBS.iter().find(|(verb, _)| {
            starts_in_any_case(bytes, at, verb) && (at == from || *verb != "from ")
        });
        if let Some((verb, telling)) = found {
            return Some((at + verb.len(), *telling));
        }
        let word =
            |byte: &u8| byte.is_ascii_alphanumeric() || b"_-./@'".contains(byte) || *byte >= 0x80;
        at += bytes[at..].iter().take_while(|byte| word(byte)).count();
        // A colon directly behind a word: `password for the server: X`.
        if at > from && starts_at(bytes, at, ": ") {
            return Some((at + 2, Telling::Said));
        }
        if byte_at(bytes, at) != b' ' || matches!(byte_before(bytes, at), b'.' | b'!' | b'?') {
            return None;
        }
        at += 1;
    }
    None
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
            chosen && matches!(byte_at(bytes, literal.place.end), b')' | b']')
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

/// Tells whether this is a word and a number, as things are called: `Reset2024`.
fn is_numbered_word(value: &[u8]) -> bool {
    let digits = value.iter().rev().take_while(|byte| byte.is_ascii_digit());
    let word = &value[..value.len() - digits.count()];
    word.iter().all(u8::is_ascii_alphabetic)
}

/// Tells whether the word for a password follows one that gives it: `with password X`.
fn is_given(bytes: &[u8], end: usize) -> bool {
    let line = line_before(bytes, end, 64);
    let mut words = line
        .rsplit(|byte| *byte == b' ')
        .filter(|word| !word.is_empty());
    let given = [
        "with",
        "use",
        "using",
        "mit",
        "dem",
        "the",
        "avec",
        "con",
        "com",
        "and",
        "und",
        "met",
        "med",
        "s",
        "default",
        "initial",
        "temporary",
        "new",
        "neues",
        "neue",
        "altes",
        "old",
        "my",
        "mein",
        "admin",
        "root",
        "wifi",
        "wlan",
        "user",
        "le",
        "la",
        "el",
        "das",
        "bei",
        "a",
        "password",
        "try",
        "got",
        "expected",
        "via",
        "db",
        "sudo",
    ];
    words.nth(1).is_some_and(|word| is_any_of(word, &given))
}

/// Tells whether a word could be a password and not the next word of a sentence.
fn is_name_like(value: &[u8]) -> bool {
    let words = [
        "nicht",
        "immer",
        "noch",
        "wie",
        "leider",
        "anders",
        "dann",
        "weiterhin",
        "folgendermaßen",
        "niet",
    ];
    !value.iter().any(u8::is_ascii_whitespace) && !is_any_of(value, &words)
}

/// Tells whether a single word in quotes could be a password and not what is said of one.
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

/// Tells whether `password` at `end` belongs to a `.netrc`: a login precedes it.
fn is_login(bytes: &[u8], end: usize) -> bool {
    let front = &bytes[end.saturating_sub(200)..end];
    let mut words = front
        .rsplit(|byte| byte.is_ascii_whitespace())
        .filter(|word| !word.is_empty());
    words.nth(2).is_some_and(|word| word == b"login")
}

/// Tells whether `password` at `end` follows a user who is called one: `user ann password X`.
fn is_behind_user(bytes: &[u8], end: usize) -> bool {
    let line = line_before(bytes, end, 96);
    let words = line.rsplit(|byte| *byte == b' ');
    let called = words.filter(|word| !word.is_empty()).nth(2);
    let called = called.map(|word| word.trim_ascii_end());
    let users = ["user", "username", "benutzer"];
    called.is_some_and(|word| {
        let name = word.strip_suffix(b":").unwrap_or(word);
        is_any_of(name, &users) || word.eq_ignore_ascii_case(b"login")
    })
}

/// Tells whether `password` at `end` stands in the settings of a router, and if so how surely: a line
/// that begins so is one, and in a sentence the number of a form says it.
fn router_telling(bytes: &[u8], end: usize) -> Option<Telling> {
    let line = line_before(bytes, end, 128);
    let begins = |word: &&str| line.trim_ascii_start().starts_with(word.as_bytes());
    let holds = |word: &&str| {
        let at = memchr::memmem::rfind(line, word.as_bytes());
        at.is_some_and(|at| at == 0 || line[at - 1] == b' ')
    };
    let words = ["username ", "enable "];
    let numbered = behind_form_number(bytes, end + 1) > end + 1;
    let field = words
        .iter()
        .any(|word| begins(word) || numbered && holds(word));
    let told = words.iter().any(holds);
    field
        .then_some(Telling::Field)
        .or(told.then_some(Telling::Beside))
}

/// Skips the number of the form in which a router keeps a password.
fn behind_form_number(bytes: &[u8], from: usize) -> usize {
    let number = byte_at(bytes, from).is_ascii_digit() && byte_at(bytes, from + 1) == b' ';
    from + 2 * usize::from(number)
}

/// Words for a password, and what follows them, in scripts without blanks between words.
const UNSPACED: [&str; 5] = ["密码", "密碼", "口令", "パスワード", "비밀번호"];
const PARTICLES: [&str; 9] = ["是", "为", "為", "は", "는 ", "는", "：", "를 ", "은 "];

/// Looks at the word that begins at `start` behind another script: `密码是X`.
pub(super) fn find_unspaced(bytes: &[u8], start: usize, findings: &mut Findings) {
    let Some(particle) = PARTICLES
        .iter()
        .find(|particle| ends_at(bytes, start, particle))
    else {
        return;
    };
    let front = start - particle.len();
    let literal = value::read_literal(bytes, start);
    let value = &bytes[literal.place.clone()];
    if UNSPACED.iter().any(|word| ends_at(bytes, front, word))
        && likely::is_password(value, Expectation::Told)
    {
        let ascii = value.iter().take_while(|byte| byte.is_ascii()).count();
        findings.add(start..start + ascii, PASSWORD, FindingRank::Place);
    }
}

/// Words between a name and what it is said to be.
const LINKS: [&str; 14] = [
    " is now", " sera", " is", " was", " is:", " ->", " =>", " →", " to", " as", " lautet", " ist",
    " est", " es",
];

/// Looks at a run behind a name: `the API key is abc…`, ``token `abc…` ``.
pub(super) fn find_adjacent(bytes: &[u8], run: Range<usize>, findings: &mut Findings) {
    let quoted = matches!(byte_before(bytes, run.start), b'`' | b'"' | b'\'');
    let front = run.start - usize::from(quoted);
    let end = skip_blanks_back(bytes, front, 4);
    if end == front {
        return;
    }
    let verb = LINKS.into_iter().find(|verb| ends_at(bytes, end, verb));
    let Some(name) = name_before(bytes, end - verb.map_or(0, str::len)) else {
        return;
    };
    let stop = end_of(bytes, run.start, &BASE64);
    let value = &bytes[run.start..stop];
    let hash = look::is_hex(value) && matches!(value.len(), 36 | 40 | 64);
    // `token 3f78…`, but neither `token commit 3f78…` nor `cache key 3f78…`.
    let hash = hash && !(value.len() > 36 && ends_in_any_case(bytes, end, "token"));
    let telling = match name.strength {
        NameStrength::Firm => look::is_token_like(value),
        NameStrength::Likely => {
            let path = value.contains(&b'/');
            look::is_token_like(value) && !path && !(hash && verb.is_none())
        }
        NameStrength::Faint => value.len() >= 20 && look::is_random(value),
        NameStrength::Phrase | NameStrength::Number => false,
    };
    if telling && value.len() >= 16 && !judge::is_stand_in(value) {
        findings.add(run.start..stop, name.kind, FindingRank::Place);
    }
}

/// Returns the name that ends at `end`, with the words before it that it needs.
fn name_before(bytes: &[u8], end: usize) -> Option<SecretName> {
    let start = start_of(bytes, end, &NAME, 64);
    let last = &bytes[start..end];
    if is_any_of(last, &["key", "token", "secret"]) {
        return name::classify_name(&bytes[name::in_front(bytes, end)?]);
    }
    name::classify_name(last)
}
