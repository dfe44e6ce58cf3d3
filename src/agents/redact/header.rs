//! Headers that carry credentials: `Authorization`, `Cookie`, `Set-Cookie`.

use super::bytes::{URL64, byte, end_within, skip_blanks};
use super::entropy;
use super::finding::{Findings, Rank};
use super::judge;
use super::marker::{AUTHORIZATION, COOKIE};

/// Words that precede the credential.
const SCHEMES: [&str; 15] = [
    "bearer",
    "basic",
    "token",
    "apikey",
    "api-key",
    "negotiate",
    "ntlm",
    "key",
    "hawk",
    "digest",
    "oauth",
    "sso-key",
    "genie-key",
    "splunk",
    "zoho-oauthtoken",
];

/// Hides the credential behind the header `name`, from `from` on. Returns where to go on, if it is
/// such a header.
pub(super) fn find(
    bytes: &[u8],
    name: &[u8],
    from: usize,
    findings: &mut Findings,
) -> Option<usize> {
    let is = |known: &str| name.eq_ignore_ascii_case(known.as_bytes());
    let start = opening(bytes, from);
    if is("authorization") || is("proxy-authorization") || is("x-authorization") {
        Some(authorization(bytes, start, findings))
    } else if is("cookie") {
        let end = line_end(bytes, start);
        cookie(bytes, start, end, start, findings);
        Some(end)
    } else if is("set-cookie") {
        let end = line_end(bytes, start);
        let end = memchr::memchr(b';', &bytes[start..end]).map_or(end, |length| start + length);
        let value = end_within(bytes, start, &URL64, 128) + 1;
        cookie(bytes, start, end, value, findings);
        Some(end)
    } else {
        None
    }
}

/// Skips blanks and a quote, which may be escaped.
fn opening(bytes: &[u8], from: usize) -> usize {
    let mut at = skip_blanks(bytes, from, 16);
    let limit = at + 6;
    while at < limit
        && matches!(byte(bytes, at), b'\\' | b'"' | b'\'' | b'`' | b'f' | b'b')
        && (matches!(byte(bytes, at), b'\\' | b'"' | b'\'' | b'`')
            || matches!(byte(bytes, at + 1), b'"' | b'\''))
    {
        at += 1;
    }
    at
}

fn authorization(bytes: &[u8], start: usize, findings: &mut Findings) -> usize {
    let word = end_within(bytes, start, &URL64, 24);
    let scheme = &bytes[start..word];
    let known = SCHEMES
        .iter()
        .any(|name| scheme.eq_ignore_ascii_case(name.as_bytes()))
        || scheme.starts_with(b"AWS4-");
    let blank = byte(bytes, word) == b' ';
    let from = if blank && (known || scheme.len() < 16) {
        word + 1
    } else {
        start
    };
    let from = skip_blanks(bytes, from, 8);
    let listed = known && matches!(scheme[0], b'D' | b'd' | b'A') && scheme.len() > 5;
    let end = if listed {
        line_end(bytes, from)
    } else {
        credential_end(bytes, from)
    };
    let value = &bytes[from..end];
    let least = if known && from > start { 4 } else { 12 };
    let told = known && from > start && !value.iter().all(u8::is_ascii_lowercase);
    if value.len() >= least
        && !judge::is_stand_in(value)
        && (told || entropy::is_token_like(value) || value.len() >= 24)
        && !judge::is_expression(value)
    {
        findings.add(from..end, AUTHORIZATION, Rank::Place);
        return end;
    }
    start
}

fn cookie(bytes: &[u8], start: usize, end: usize, from: usize, findings: &mut Findings) {
    let name = end_within(bytes, start, &URL64, 128);
    if name > start && byte(bytes, name) == b'=' && from < end {
        let value = &bytes[name + 1..end];
        if !judge::is_stand_in(value) {
            findings.add(from..end, COOKIE, Rank::Place);
        }
    }
}

fn credential_end(bytes: &[u8], from: usize) -> usize {
    let ending = |byte: &u8| byte.is_ascii_whitespace() || b"\"'`\\<>,;)}".contains(byte);
    let rest = bytes.get(from..).unwrap_or_default();
    from + rest.iter().position(ending).unwrap_or(rest.len())
}

fn line_end(bytes: &[u8], from: usize) -> usize {
    let ending = |byte: &u8| matches!(byte, b'\n' | b'\r' | b'"' | b'\'' | b'`' | b'\\');
    let rest = bytes.get(from..).unwrap_or_default();
    from + rest.iter().position(ending).unwrap_or(rest.len())
}
