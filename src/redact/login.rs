//! Logins in one word: `credentials: admin:hunter22`, `login: admin / hunter22`.

use super::bytes::{byte_at, skip_blanks};
use super::finding::{FindingRank, Findings};
use super::judge;
use super::kind::PASSWORD;
use super::look;
use super::value;

/// Names of what holds a user and a password, in small letters.
const NAMES: [&str; 10] = [
    "credentials",
    "credential",
    "creds",
    "login",
    "logins",
    "zugangsdaten",
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
    if !NAMES
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known.as_bytes()))
    {
        return None;
    }
    let start = skip_blanks(bytes, from, 16);
    let start = start + usize::from(matches!(byte_at(bytes, start), b'"' | b'\'' | b'`'));
    let user = |byte: &&u8| byte.is_ascii_alphanumeric() || b"@._-".contains(byte);
    let length = bytes[start.min(bytes.len())..]
        .iter()
        .take(64)
        .take_while(user)
        .count();
    let sign = skip_blanks(bytes, start + length, 2);
    if length < 2 || !matches!(byte_at(bytes, sign), b':' | b'/') {
        return None;
    }
    let place = value::bare_extent(bytes, skip_blanks(bytes, sign + 1, 2));
    let password = &bytes[place.clone()];
    let telling = look::is_password_like(password) || look::is_token_like(password);
    if !telling || judge::is_stand_in(password) {
        return None;
    }
    let end = place.end;
    findings.add(place, PASSWORD, FindingRank::Place);
    Some(end)
}
