//! What the words around the word for a password say of it.

use super::super::bytes::{byte_at, ends_in_any_case, is_any_of, line_before};
use super::verbs::Telling;

/// Returns whether this is a word and a number, as things are called: `Reset2024`.
pub(super) fn is_numbered_word(value: &[u8]) -> bool {
    let digits = value.iter().rev().take_while(|byte| byte.is_ascii_digit());
    let word = &value[..value.len() - digits.count()];
    word.iter().all(u8::is_ascii_alphabetic)
}

/// Returns whether the word for a password follows one that gives it: `with password X`.
pub(super) fn is_given(bytes: &[u8], end: usize) -> bool {
    let line = line_before(bytes, end, 64);
    let words = || {
        let words = line.rsplit(|byte| *byte == b' ');
        words.filter(|word| !word.is_empty())
    };
    let keyword = words().next().unwrap_or_default();
    // `(password X)`, and a line of settings below that of the user
    let begins = is_any_of(keyword, &["initialpasswort", "startpasswort"])
        || keyword.starts_with(b"(")
        || words().count() == 1 && is_below_user(bytes, end - line.len());
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
    let behind = if ends_in_any_case(bytes, end, "mot de passe") {
        3
    } else {
        1
    };
    begins
        || words()
            .nth(behind)
            .is_some_and(|word| is_any_of(word, &given))
}

/// Returns whether the line that ends before `start` begins with a user.
fn is_below_user(bytes: &[u8], start: usize) -> bool {
    let above = line_before(bytes, start.saturating_sub(1), 80);
    let word = above
        .trim_ascii_start()
        .split(u8::is_ascii_whitespace)
        .next();
    let users = ["user", "username", "login", "account", "host", "benutzer"];
    start > 0 && word.is_some_and(|word| is_any_of(word, &users))
}

/// Returns whether a word could be a password and not the next word of a sentence.
pub(super) fn is_name_like(value: &[u8]) -> bool {
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

/// Returns whether `password` at `end` belongs to a `.netrc`: a login precedes it.
pub(super) fn is_login(bytes: &[u8], end: usize) -> bool {
    let front = &bytes[end.saturating_sub(200)..end];
    let mut words = front
        .rsplit(|byte| byte.is_ascii_whitespace())
        .filter(|word| !word.is_empty());
    words.nth(2).is_some_and(|word| word == b"login")
}

/// Returns whether `password` at `end` follows a user who is called one: `user ann password X`.
pub(super) fn is_behind_user(bytes: &[u8], end: usize) -> bool {
    let line = line_before(bytes, end, 96);
    let words = line.rsplit(|byte| *byte == b' ');
    let called = words.filter(|word| !word.is_empty()).nth(2);
    let called = called.map(|word| word.trim_ascii_end());
    let users = [
        "user",
        "username",
        "benutzer",
        "usuario",
        "utilisateur",
        "utente",
        "gebruiker",
    ];
    called.is_some_and(|word| {
        let name = word.strip_suffix(b":").unwrap_or(word);
        is_any_of(name, &users) || word.eq_ignore_ascii_case(b"login")
    })
}

/// Returns whether `password` at `end` stands in the settings of a router, and if so how surely: a line
/// that begins so is one, and in a sentence the number of a form says it.
pub(super) fn router_telling(bytes: &[u8], end: usize) -> Option<Telling> {
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
pub(super) fn behind_form_number(bytes: &[u8], from: usize) -> usize {
    let number = byte_at(bytes, from).is_ascii_digit() && byte_at(bytes, from + 1) == b' ';
    from + 2 * usize::from(number)
}
