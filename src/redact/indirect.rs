//! Names that do not stand in front of their value: `name: DB_PASSWORD`, `value: …`;
//! `variable "db_password" { default = "…" }`; `password As String = "…"`; codes in URLs.

use super::bytes::{
    NAME, URL64, byte_at, byte_before, end_within, ends_in_any_case, ends_with_any, is_any_of,
    line_before, skip_blanks, start_of, starts_at,
};
use super::judge;
use super::kind::{ACCESS_CODE, KEY, PASSWORD, SECRET};
use super::name::{self, NameStrength, SecretName};
use super::value;
use std::ops::Range;

/// Returns what the name at `found` stands for, if something around it says that.
pub(super) fn name_elsewhere(bytes: &[u8], found: &Range<usize>) -> Option<SecretName> {
    let text = &bytes[found.clone()];
    if is_any_of(
        text,
        &["value", "parametervalue", "default", "defaultvalue", "text"],
    ) {
        return name_beside(bytes, found.start)
            .or_else(|| name_behind(bytes, found.end))
            .or_else(|| name_above(bytes, found.start));
    }
    if is_any_of(text, &["string", "str", "bytes"]) {
        return name_before_type(bytes, found.start);
    }
    match text {
        // The code of a wireless network: `WIFI:S:name;T:WPA;P:SECRET;;`.
        b"P" if byte_before(bytes, found.start) == b';'
            && memchr::memmem::find(line_before(bytes, found.start, 128), b"WIFI:").is_some() =>
        {
            Some(SecretName::firm(PASSWORD))
        }
        // `?u=root&p=SECRET`
        b"p" if byte_before(bytes, found.start) == b'&'
            && memchr::memmem::find(line_before(bytes, found.start, 64), b"u=").is_some() =>
        {
            Some(SecretName::firm(PASSWORD))
        }
        b"seed"
            if judge::read_words(bytes, found.end, skip_blanks(bytes, found.end + 1, 4))
                .is_some() =>
        {
            Some(SecretName::firm(SECRET))
        }
        b"PWD" if byte_before(bytes, found.start) == b';' => Some(SecretName::firm(PASSWORD)),
        b"d" | b"p" | b"q" | b"dp" | b"dq" | b"qi" | b"k" => (is_key_part(bytes, found.end)
            .then_some(SecretName::firm(KEY)))
        .or_else(|| is_slash_flag(bytes, found).then_some(SecretName::firm(PASSWORD))),
        _ if is_slash_flag(bytes, found) => Some(SecretName::firm(PASSWORD)),
        _ if is_code(bytes, found) => Some(SecretName {
            kind: ACCESS_CODE,
            strength: NameStrength::Likely,
            shouted: false,
        }),
        _ => None,
    }
}

/// Returns the name that stands before a value: `name: DB_PASSWORD`, `value: …`;
/// `key="Password" value="…"`.
fn name_beside(bytes: &[u8], at: usize) -> Option<SecretName> {
    let blank = |byte: u8| byte.is_ascii_whitespace() || b"\"',-".contains(&byte);
    let mut end = at;
    while blank(byte_before(bytes, end)) && at - end < 40 {
        end -= 1;
    }
    let start = start_of(bytes, end, &NAME, 64);
    let mut label = start;
    while (blank(byte_before(bytes, label)) || matches!(byte_before(bytes, label), b':' | b'='))
        && start - label < 8
    {
        label -= 1;
    }
    let told = ends_with_any(bytes, label, &["name", "key", "id"]);
    (told && label < start).then(|| name::classify_name(&bytes[start..end]))?
}

/// Returns the name that stands behind a value, whose own ends at `end`: `"value": "…", "name":
/// "DB_PASSWORD"`.
fn name_behind(bytes: &[u8], end: usize) -> Option<SecretName> {
    let between = |byte: &&u8| byte.is_ascii_whitespace() || b"\"':=,".contains(byte);
    let skip = |from: usize| {
        let rest = bytes.get(from..).unwrap_or_default();
        from + rest.iter().take(24).take_while(between).count()
    };
    let quote = skip(end).checked_sub(1)?;
    let literal = value::read_quoted(bytes, quote)?;
    let label = skip(literal.place.end);
    let word = end_within(bytes, label, &NAME, 8);
    let told = [&b"name"[..], b"key", b"id", b"Name", b"Key"].contains(&&bytes[label..word]);
    let name = skip(word);
    let stop = end_within(bytes, name, &NAME, 64);
    (told && name > word).then(|| name::classify_name(&bytes[name..stop]))?
}

/// So far a block may begin before what stands in it.
const BLOCK: usize = 600;

/// Returns the name of the block in which a value stands: `variable "db_password" { default = …`,
/// and in YAML the line above that is less far in.
fn name_above(bytes: &[u8], at: usize) -> Option<SecretName> {
    let floor = at.saturating_sub(BLOCK);
    let mut closed = 0usize;
    for place in (floor..at).rev() {
        match bytes[place] {
            b'}' => closed += 1,
            b'{' if closed > 0 => closed -= 1,
            b'{' => {
                let name = name::in_front(bytes, place)?;
                return name::classify_name(&bytes[name]);
            }
            _ => {}
        }
    }
    let margin = indent_of(line_before(bytes, at, 256));
    let mut end = at - line_before(bytes, at, 256).len();
    for _ in 0..8 {
        end = end.checked_sub(1).filter(|end| *end > floor)?;
        let line = line_before(bytes, end, 256);
        if indent_of(line) < margin && !line.trim_ascii().is_empty() {
            let name = line.trim_ascii().strip_suffix(b":")?;
            return name::classify_name(name.trim_ascii());
        }
        end -= line.len();
    }
    None
}

fn indent_of(line: &[u8]) -> usize {
    line.len() - line.trim_ascii_start().len()
}

/// Returns the name before the type that begins at `start`: `var password string = "…"`,
/// `Dim password As String = "…"`.
fn name_before_type(bytes: &[u8], start: usize) -> Option<SecretName> {
    if byte_before(bytes, start) != b' ' {
        return None;
    }
    let end = if ends_in_any_case(bytes, start, " as ") {
        start - 3
    } else {
        start
    };
    let name = name::in_front(bytes, end - 1)?;
    name::classify_name(&bytes[name])
}

/// Returns whether the name at `found` is a flag of Windows: `/pass:SECRET`, `/p:SECRET`.
fn is_slash_flag(bytes: &[u8], found: &Range<usize>) -> bool {
    let text = &bytes[found.clone()];
    let slash = byte_before(bytes, found.start) == b'/'
        && matches!(byte_before(bytes, found.start - 1), b' ' | b'\t')
        && byte_at(bytes, found.end) == b':';
    let login = || {
        let line = line_before(bytes, found.start, 256);
        memchr::memmem::find(line, b"/u:").is_some() || memchr::memmem::find(line, b"/v:").is_some()
    };
    slash && (is_any_of(text, &["pass", "pw"]) || text == b"p" && login())
}

/// Parameters of URLs whose value gives access once.
const CODES: [&str; 18] = [
    "code",
    "ticket",
    "oobcode",
    "assertion",
    "client_assertion",
    "code_verifier",
    "samlresponse",
    "device_code",
    "user_code",
    "auth_code",
    "appid",
    "authcode",
    "verification_code",
    "oauth_verifier",
    "magic",
    "invite_code",
    "reset_code",
    "activation_code",
];
/// Those that mean nothing else in the body of a request, too.
const SURE_CODES: [&str; 6] = [
    "samlresponse",
    "device_code",
    "code_verifier",
    "client_assertion",
    "oauth_verifier",
    "authcode",
];

fn is_code(bytes: &[u8], found: &Range<usize>) -> bool {
    let text = &bytes[found.clone()];
    let query = matches!(byte_before(bytes, found.start), b'?' | b'&' | b'#')
        || ends_in_any_case(bytes, found.start, "&amp;")
        || ends_in_any_case(bytes, found.start, "\\u0026");
    query && is_any_of(text, &CODES)
        || byte_at(bytes, found.end) == b'=' && is_any_of(text, &SURE_CODES)
}

/// A part of a key in JSON has at least so many characters.
const KEY_PART: usize = 40;

/// Returns whether the member whose name ends at `end` is a part of a private key in JSON (RFC
/// 7517).
fn is_key_part(bytes: &[u8], end: usize) -> bool {
    let quoted = |at: usize| byte_at(bytes, at) == b'"';
    let from = skip_blanks(bytes, end + 2, 4);
    let text = end_within(bytes, from + 1, &URL64, KEY_PART);
    quoted(end) && quoted(from) && text - from > KEY_PART && {
        let around = &bytes[end.saturating_sub(BLOCK * 4)..bytes.len().min(end + BLOCK * 4)];
        memchr::memmem::find(around, b"\"kty\"").is_some() && !starts_at(bytes, from, "\"\"")
    }
}
