//! Logins that stand with their user: `credentials: admin:hunter22`, `log in with admin /
//! hunter22`.

use super::bytes::{
    ALNUM, byte_at, byte_before, find_byte, is_any_of, lead_length, skip_blanks, start_of,
    starts_in_any_case,
};
use super::finding::{FindingRank, Findings};
use super::judge;
use super::kind::PASSWORD;
use super::likely::{self, Expectation};
use super::look;
use super::value;
use std::ops::Range;

/// Names of what holds a user and a password, in small letters.
const NAMES: [&str; 14] = [
    "user",
    "userpwd",
    "credentials",
    "credential",
    "creds",
    "login",
    "logins",
    "zugangsdaten",
    "logindaten",
    "zugang",
    "identifiants",
    "userpass",
    "user/pass",
    "credenciales",
];

/// Hides the password of the login at `from`, if the name is that of one. Returns where it ends.
pub(super) fn find_login(
    bytes: &[u8],
    name: &[u8],
    from: usize,
    findings: &mut Findings,
) -> Option<usize> {
    if !is_any_of(name, &NAMES) {
        return None;
    }
    let start = skip_blanks(bytes, from, 16);
    let start = start + usize::from(matches!(byte_at(bytes, start), b'"' | b'\'' | b'`'));
    let length = user_extent(bytes, start).len();
    let sign = skip_blanks(bytes, start + length, 2);
    if length < 2 || !matches!(byte_at(bytes, sign), b':' | b'/') {
        return None;
    }
    let place = value::bare_extent(bytes, skip_blanks(bytes, sign + 1, 2));
    let password = &bytes[place.clone()];
    let telling = likely::is_password(password, Expectation::Told) || look::is_token_like(password);
    // `user: 1000:1000` is a user and a group.
    let user = is_any_of(name, &["user"]);
    let other = byte_at(bytes, sign) == b'/' || !likely::is_password(password, Expectation::Beside);
    if !telling || user && other || judge::is_stand_in(password) {
        return None;
    }
    Some(findings.add(place, PASSWORD, FindingRank::Place))
}

/// Words between one that means a login and the user.
const LEADS: [&str; 20] = [
    "with ",
    "as ",
    "using ",
    "mit ",
    "als ",
    "are ",
    "is ",
    "sind ",
    "lauten ",
    "per ",
    "the ",
    "user ",
    "username ",
    "account ",
    "benutzer ",
    "credentials ",
    "creds ",
    "data ",
    "in ",
    "den ",
];
/// What parts the user from the password, and whether words may do so that are none.
const PARTS: [(&str, bool); 11] = [
    (" / ", true),
    ("/", true),
    (" : ", true),
    (":", true),
    (", ", false),
    (" and ", false),
    (" und ", false),
    (" with ", false),
    (" mit ", false),
    (" & ", false),
    (" ", false),
];
/// Names that only users have.
const USERS: [&str; 10] = [
    "admin",
    "administrator",
    "root",
    "user",
    "test",
    "demo",
    "guest",
    "postgres",
    "gast",
    "sa",
];

/// Looks behind words like `log in`, which end at `end`, for a user and a password.
pub(super) fn find_told_login(bytes: &[u8], end: usize, findings: &mut Findings) {
    let mut at = end + usize::from(byte_at(bytes, end) == b':');
    if byte_at(bytes, at) != b' ' {
        return;
    }
    at += 1;
    for _ in 0..4 {
        at += lead_length(bytes, at, &LEADS);
    }
    let user = user_extent(bytes, skip_quote(bytes, at));
    let behind = skip_quote(bytes, user.end);
    let part = PARTS
        .iter()
        .find(|(part, _)| starts_in_any_case(bytes, behind, part));
    let Some((part, is_sign)) = part.filter(|_| user.len() >= 2) else {
        return;
    };
    let from = behind + part.len();
    let word = lead_length(bytes, from, &["password ", "passwort ", "pass ", "pw "]);
    let start = skip_quote(bytes, from + word);
    let place = value::bare_extent(bytes, start);
    let value = &bytes[place.clone()];
    let name = &bytes[user];
    let known = is_any_of(name, &USERS);
    let own = *is_sign && (name.contains(&b'@') || name[0].is_ascii_lowercase());
    // `admin / editor / viewer` are roles.
    let listed = starts_in_any_case(bytes, place.end, " /");
    let chosen = likely::is_password(value, Expectation::Beside);
    // `credentials are ann and X`
    let worded = *part != " " && name[0].is_ascii_lowercase() && likely::is_mixed_up(value);
    let telling = look::is_strong(value) || chosen && (known || own || worded);
    if telling && !listed && !judge::is_stand_in(value) {
        findings.add(place, PASSWORD, FindingRank::Place);
    }
}

/// Looks behind a user that ends at `end` and whom everybody has: `admin:X`, `admin / X`.
pub(super) fn find_known_login(bytes: &[u8], end: usize, findings: &mut Findings) {
    let part = lead_length(bytes, end, &[":", " / "]);
    let front = byte_before(bytes, start_of(bytes, end, &ALNUM, 16));
    let first = !matches!(front, b'/' | b':' | b'.' | b'-');
    if part == 0 || !first {
        return;
    }
    let place = value::bare_extent(bytes, end + part);
    let value = &bytes[place.clone()];
    let plain = !value.iter().any(|byte| b":/".contains(byte));
    let chosen = likely::is_password(value, Expectation::Beside) && likely::is_mixed_up(value);
    if plain && chosen && !judge::is_stand_in(value) {
        findings.add(place, PASSWORD, FindingRank::Place);
    }
}

/// Returns the extent of the name of a user.
fn user_extent(bytes: &[u8], start: usize) -> Range<usize> {
    let sign = |byte: u8| byte.is_ascii_alphanumeric() || b"@._-".contains(&byte);
    start..find_byte(bytes, start, 64, |byte| !sign(byte))
}

fn skip_quote(bytes: &[u8], at: usize) -> usize {
    at + usize::from(matches!(byte_at(bytes, at), b'"' | b'\'' | b'`'))
}
