//! Passwords and tokens in URLs: `scheme://user:PASSWORD@host`, `scheme://TOKEN@host`.

use super::bytes::{byte_at, ends_at, starts_at};
use super::finding::{FindingRank, Findings};
use super::judge;
use super::kind::URL_PASSWORD;
use super::look;
use super::webhook;

/// No user and password of a URL are longer.
const LONGEST: usize = 2048;
/// No host that is looked for is longer.
const LONGEST_HOST: usize = 96;

/// Returns where `//` ends that begins at `at`; it may be escaped, as in JSON.
pub(super) fn end_of_slashes(bytes: &[u8], at: usize) -> Option<usize> {
    ["//", "\\/\\/"]
        .iter()
        .find(|slashes| starts_at(bytes, at, slashes))
        .map(|slashes| at + slashes.len())
}

/// Hides the password of the URL whose colon stands at `colon`. Returns where to go on.
pub(super) fn find_url_password(bytes: &[u8], colon: usize, findings: &mut Findings) -> usize {
    let Some(start) = end_of_slashes(bytes, colon + 1) else {
        return colon + 1;
    };
    let limit = bytes.len().min(start + LONGEST);
    let rest = &bytes[start..limit];
    let host = &rest[..rest.len().min(LONGEST_HOST)];
    if let Some(length) = host.iter().position(|byte| matches!(byte, b'/' | b'\\')) {
        webhook::find_webhook(bytes, start, start + length, findings);
    }
    webhook::find_link(bytes, start, findings);
    // Most URLs have no user, which is found faster than where they end.
    if memchr::memchr(b'@', rest).is_none() {
        return start;
    }
    let outside = |byte: &u8| byte.is_ascii_whitespace() || b"\"'`<>\\".contains(byte);
    let rest = &rest[..rest.iter().position(outside).unwrap_or(rest.len())];
    let path = rest.iter().position(|byte| b"/?#".contains(byte));
    let host_end = path.unwrap_or(rest.len());
    let Some(at) = user_end(rest, host_end) else {
        return start;
    };
    let user = &rest[..at];
    match user.iter().position(|byte| *byte == b':') {
        Some(colon) => {
            let optional = user[..colon].ends_with(b"[");
            if !optional && !judge::is_stand_in(&user[colon + 1..]) {
                findings.add(
                    start + colon + 1..start + at,
                    URL_PASSWORD,
                    FindingRank::Place,
                );
            }
        }
        None => {
            let http = ends_at(bytes, colon, "http") || ends_at(bytes, colon, "https");
            if http && user.len() >= 20 && look::is_token_like(user) {
                findings.add(start..start + at, URL_PASSWORD, FindingRank::Place);
            }
        }
    }
    start + at
}

/// Returns where user and password end, before `@`. A password may hold signs that ought to be
/// escaped; then what looks like a port is no number.
fn user_end(rest: &[u8], host_end: usize) -> Option<usize> {
    if let Some(at) = rest[..host_end].iter().rposition(|byte| *byte == b'@') {
        return Some(at);
    }
    let colon = rest[..host_end].iter().position(|byte| *byte == b':')?;
    let port = rest[colon + 1..host_end].iter().all(u8::is_ascii_digit);
    let more = byte_at(rest, host_end) != 0 && !port;
    let at = rest[host_end..].iter().position(|byte| *byte == b'@')?;
    more.then_some(host_end + at)
}
