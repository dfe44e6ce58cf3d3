//! Headers that carry credentials: `Authorization`, `Cookie`, `Set-Cookie`.

use super::bytes::{DOTTED, URL64, byte_at, end_within, find_byte, is_any_of, skip_blanks};
use super::finding::{FindingRank, Findings};
use super::judge;
use super::kind::{AUTHORIZATION, COOKIE};
use super::look;
use super::value;
use std::ops::Range;

/// Words that precede the credential.
const SCHEMES: [&str; 14] = [
    "ssws",
    "bot",
    "bearer",
    "basic",
    "token",
    "apikey",
    "api-key",
    "negotiate",
    "ntlm",
    "key",
    "sso-key",
    "genie-key",
    "splunk",
    "zoho-oauthtoken",
];

/// Schemes whose credential is a list, to the end of the line.
const LISTS: [&str; 4] = ["digest", "hawk", "oauth", "aws4-hmac-sha256"];

/// No header is longer.
const LONGEST: usize = 16 * 1024;

/// Hides the credential behind the header `name`, from `from` on. Returns where to go on, if it is
/// such a header.
pub(super) fn find_credential(
    bytes: &[u8],
    name: &[u8],
    from: usize,
    findings: &mut Findings,
) -> Option<usize> {
    let is = |known: &[&str]| is_any_of(name, known);
    let kind = if is(&["authorization", "proxy-authorization", "x-authorization"]) {
        find_authorization
    } else if is(&["cookie"]) {
        find_cookies
    } else if is(&["set-cookie"]) {
        set_cookie
    } else {
        return None;
    };
    Some(kind(bytes, skip_opening(bytes, from), findings))
}

/// Skips blanks and a quote, which may be escaped or follow a letter.
fn skip_opening(bytes: &[u8], from: usize) -> usize {
    let mut at = skip_blanks(bytes, from, 16);
    let quote = |at: usize| matches!(byte_at(bytes, at), b'"' | b'\'' | b'`' | b'\\');
    if matches!(byte_at(bytes, at), b'f' | b'b') && quote(at + 1) {
        at += 1;
    }
    let limit = at + 6;
    while at < limit && quote(at) {
        at += 1;
    }
    at
}

fn find_authorization(bytes: &[u8], start: usize, findings: &mut Findings) -> usize {
    let word = end_within(bytes, start, &URL64, 24);
    let is = |names: &[&str]| is_any_of(&bytes[start..word], names);
    let two = word > start && byte_at(bytes, word) == b' ' && word - start < 20;
    let from = if two {
        skip_blanks(bytes, word, 8)
    } else {
        start
    };
    let list = two && is(&LISTS);
    let known = list || (two && is(&SCHEMES));
    let end = if list {
        end_before(bytes, from, b"\n\r'`")
    } else {
        value::bare_extent(bytes, from).end
    };
    let value = &bytes[from..end];
    let told = if known {
        value.len() >= 4 && !value.iter().all(u8::is_ascii_lowercase)
    } else {
        value.len() >= 12 && (look::is_token_like(value) || value.len() >= 24)
    };
    if told && !judge::is_stand_in(value) && !judge::is_expression(value) {
        return findings.add(from..end, AUTHORIZATION, FindingRank::Place);
    }
    start
}

/// Hides all cookies.
fn find_cookies(bytes: &[u8], start: usize, findings: &mut Findings) -> usize {
    let Some(value) = behind_name(bytes, start) else {
        return start;
    };
    let end = end_before(bytes, value, ENDS);
    add_cookie(bytes, start..end, value, findings)
}

/// Hides the value of the cookie, and keeps its name and attributes.
fn set_cookie(bytes: &[u8], start: usize, findings: &mut Findings) -> usize {
    let Some(value) = behind_name(bytes, start) else {
        return start;
    };
    let end = end_before(bytes, value, ENDS);
    let end = end.min(end_before(bytes, value, b";"));
    add_cookie(bytes, value..end, value, findings)
}

fn add_cookie(bytes: &[u8], place: Range<usize>, value: usize, findings: &mut Findings) -> usize {
    if judge::is_stand_in(&bytes[value..place.end]) || !is_session(&bytes[value..place.end]) {
        return value;
    }
    findings.add(place, COOKIE, FindingRank::Place)
}

/// Returns whether one of these cookies may say who one is: settings are words, `theme=dark;
/// Secure`.
pub(super) fn is_session(cookies: &[u8]) -> bool {
    cookies.split(|byte| *byte == b';').any(|cookie| {
        let value = cookie.rsplit(|byte| *byte == b'=').next();
        value.is_some_and(|value| value.len() >= 4 && look::is_no_word(value) || value.len() >= 24)
    })
}

/// Returns where the value of a cookie begins, behind `name=`.
fn behind_name(bytes: &[u8], start: usize) -> Option<usize> {
    let name = end_within(bytes, start, &DOTTED, 128);
    (name > start && byte_at(bytes, name) == b'=').then_some(name + 1)
}

/// What ends a header: the line, or the string that holds it.
const ENDS: &[u8] = b"\n\r\"'`\\";

fn end_before(bytes: &[u8], from: usize, ends: &[u8]) -> usize {
    find_byte(bytes, from, LONGEST, |byte| ends.contains(&byte))
}
