//! Logins in connection strings that are no URLs: Oracle's `user/PASSWORD@database`, and lines of
//! `.pgpass`.

use super::bytes::{
    DOTTED, byte_at, byte_before, end_within, find_byte, is_any_of, lead_length, start_of,
    starts_at,
};
use super::finding::{FindingRank, Findings};
use super::judge;
use super::kind::{PASSWORD, URL_PASSWORD};
use super::likely::{self, Expectation};
use super::look;
use std::ops::Range;

/// No login is longer.
const LONGEST: usize = 256;

/// Looks behind `jdbc:oracle`: `:thin:user/PASSWORD@//host/service`.
pub(super) fn find_oracle_url(bytes: &[u8], end: usize, findings: &mut Findings) {
    let driver = lead_length(bytes, end, &[":thin:", ":oci:", ":oci8:", ":kprb:"]);
    let start = end + driver;
    let outside = |byte: u8| byte.is_ascii_whitespace() || b"\"'`<>\\".contains(&byte);
    let login = start..find_byte(bytes, start, LONGEST, outside);
    if driver > 0
        && let Some(place) = slash_password(bytes, login, true)
    {
        findings.add(place, URL_PASSWORD, FindingRank::Place);
    }
}

/// Returns the place of the password in `user/PASSWORD@database`; the database may be missing,
/// unless it has to be there.
pub(super) fn slash_password(
    bytes: &[u8],
    login: Range<usize>,
    with_database: bool,
) -> Option<Range<usize>> {
    let text = &bytes[login.clone()];
    let slash = text.iter().position(|byte| *byte == b'/')?;
    let name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_$#.".contains(byte);
    let user = &text[..slash];
    let rest = &text[slash + 1..];
    let database = rest.iter().position(|byte| *byte == b'@');
    let blank = rest.iter().position(u8::is_ascii_whitespace);
    if with_database && database.is_none() {
        return None;
    }
    let password = &rest[..database.or(blank).unwrap_or(rest.len())];
    let path = password.contains(&b'/') && database.is_none();
    let good = !user.is_empty() && user.iter().all(name) && !path && password.len() >= 3;
    let start = login.start + slash + 1;
    (good && !judge::is_stand_in(password)).then(|| start..start + password.len())
}

/// Looks at the colon at `sign`, which may be that of a source of Go's drivers:
/// `user:PASSWORD@tcp(host:port)/database`; or that of a login before a host, `user:PASSWORD@host`.
pub(super) fn find_go_source(bytes: &[u8], sign: usize, findings: &mut Findings) -> Option<usize> {
    let rest = &bytes[sign + 1..bytes.len().min(sign + 1 + 80)];
    let at = memchr::memchr(b'@', rest)?;
    let networks = ["@tcp(", "@unix(", "@udp("];
    let network = networks.iter().any(|network| starts_at(rest, at, network));
    let password = &rest[..at];
    let outside = |byte: &u8| byte.is_ascii_whitespace() || *byte == b'\\';
    let whole = !password.iter().any(outside) && !judge::is_stand_in(password);
    let host = || {
        let from = at + 1;
        let user = start_of(bytes, sign, &DOTTED, 32);
        let name = byte_at(bytes, user).is_ascii_alphabetic() && user < sign;
        let known = [
            "npm",
            "workspace",
            "patch",
            "file",
            "sha256",
            "mailto",
            "news",
            "acct",
            "xmpp",
        ];
        let package = is_any_of(&bytes[user..sign], &known);
        // `owner:ann99@mail.example.com` is an address.
        let host_end = end_within(rest, from, &DOTTED, 64);
        let port = matches!(byte_at(rest, host_end), b':' | b'/');
        let mail = rest[from..host_end].contains(&b'.') && !is_address(&rest[from..]) && !port;
        let package =
            package || mail && !likely::is_mixed_up(password) && !look::is_strong(password);
        let host = byte_at(rest, from).is_ascii_alphabetic() && !starts_at(rest, from, "sha256:")
            || is_address(&rest[from..]);
        name && !package && host && likely::is_password(password, Expectation::Beside)
    };
    (whole && (network || host())).then(|| {
        let place = sign + 1..sign + 1 + at;
        findings.add(place, URL_PASSWORD, FindingRank::Place)
    })
}

/// Returns whether an address of four numbers stands first.
fn is_address(text: &[u8]) -> bool {
    let sign = |byte: &&u8| byte.is_ascii_digit() || **byte == b'.';
    let address = text.iter().take(16).take_while(sign);
    address.filter(|byte| **byte == b'.').count() == 3
}

/// Looks at the colon at `sign`, which may be the first of a line of `.pgpass`:
/// `host:port:database:user:PASSWORD`.
pub(super) fn find_pgpass(bytes: &[u8], sign: usize, findings: &mut Findings) -> Option<usize> {
    let port = port_end(bytes, sign + 1)?;
    let host = host_start(bytes, sign)?;
    let database = field_end(bytes, port + 1)?;
    let user = field_end(bytes, database + 1)?;
    let outside = |byte: u8| byte.is_ascii_whitespace() || b"\"'`".contains(&byte);
    let place = user + 1..find_byte(bytes, user + 1, LONGEST, outside);
    let password = &bytes[place.clone()];
    // In a sentence a word may follow.
    let last = !matches!(byte_at(bytes, place.end), b' ' | b'\t');
    let told = last || likely::is_password(password, Expectation::Told);
    if host == sign || !told || place.len() < 3 || judge::is_stand_in(password) {
        return None;
    }
    Some(findings.add(place, PASSWORD, FindingRank::Place))
}

/// Returns where a port of four or five digits ends, or a `*`, before another colon.
fn port_end(bytes: &[u8], start: usize) -> Option<usize> {
    let end = match byte_at(bytes, start) {
        b'*' => start + 1,
        _ => end_within(bytes, start, &super::bytes::DIGIT, 6),
    };
    let sized = byte_at(bytes, start) == b'*' || (4..=5).contains(&(end - start));
    (sized && byte_at(bytes, end) == b':').then_some(end)
}

/// Returns where the host begins that ends at `end`, if it begins a line or a string.
fn host_start(bytes: &[u8], end: usize) -> Option<usize> {
    let mut start = end;
    while end - start < 128
        && (byte_before(bytes, start).is_ascii_alphanumeric()
            || matches!(byte_before(bytes, start), b'.' | b'-' | b'*' | b'_'))
    {
        start -= 1;
    }
    let begins = matches!(
        byte_before(bytes, start),
        0 | b'\n' | b'"' | b'\'' | b'`' | b' '
    );
    let named = bytes[start..end]
        .iter()
        .any(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'.' | b'*'));
    (begins && named).then_some(start)
}

/// Returns where a database or user ends, before another colon.
fn field_end(bytes: &[u8], start: usize) -> Option<usize> {
    let rest = &bytes[start..bytes.len().min(start + 64)];
    let name = |byte: &&u8| byte.is_ascii_alphanumeric() || b"_-.*$@".contains(byte);
    let length = rest.iter().take_while(name).count();
    let begins = rest
        .first()
        .is_some_and(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'*'));
    (begins && byte_at(bytes, start + length) == b':').then_some(start + length)
}
