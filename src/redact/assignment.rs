//! Values behind names: `PASSWORD=…`, `"client_secret": "…"`, `api_key => '…'`, `token: …`.

use super::bytes::{
    NAME, URL64, byte_at, byte_before, end_within, ends_in_any_case, find_byte, lead_length,
    line_before, skip_blanks, starts_at,
};
use super::finding::{FindingRank, Findings};
use super::judge::{self, ValuePlace};
use super::kind::{ACCESS_CODE, PASSWORD};
use super::likely::{self, Expectation};
use super::name::{self, NameStrength, SecretName};
use super::value::{self, Literal, LiteralForm};
use super::{connection, header, indirect, login, manifest, pem, url, vendor};
use std::ops::Range;

/// Looks at the colon at `sign`. Returns where to go on.
pub(super) fn at_colon(bytes: &[u8], sign: usize, findings: &mut Findings) -> usize {
    match byte_at(bytes, sign + 1) {
        b'/' | b'\\' if url::end_of_slashes(bytes, sign + 1).is_some() => {
            url::find_url_password(bytes, sign, findings)
        }
        b'0'..=b'9' | b'*' if let Some(end) = connection::find_pgpass(bytes, sign, findings) => end,
        // `password:: "…"`
        b':' if byte_at(bytes, sign + 2) == b' ' => {
            judge_named(bytes, sign, sign + 2, ValuePlace::Colon, findings)
        }
        // A path of names, or `:=`, which ends with its own sign.
        b':' => sign + 2,
        b'=' => sign + 1,
        _ => connection::find_go_source(bytes, sign, findings)
            .unwrap_or_else(|| judge_named(bytes, sign, sign + 1, ValuePlace::Colon, findings)),
    }
}

/// Looks at the `=` at `sign`. Returns where to go on.
pub(super) fn at_equals(bytes: &[u8], sign: usize, findings: &mut Findings) -> usize {
    match byte_at(bytes, sign + 1) {
        b'=' => sign + 1,
        b'>' => judge_named(bytes, sign, sign + 2, ValuePlace::Spaced, findings),
        next => {
            let blank = |byte: u8| matches!(byte, b' ' | b'\t');
            let spaced = blank(next) || blank(byte_before(bytes, sign));
            let place = if spaced {
                ValuePlace::Spaced
            } else {
                ValuePlace::Tight
            };
            judge_named(bytes, sign, sign + 1, place, findings)
        }
    }
}

/// Looks at what may be the full-width colon of Chinese and Japanese. Returns where to go on.
pub(super) fn at_wide_colon(bytes: &[u8], sign: usize, findings: &mut Findings) -> usize {
    if starts_at(bytes, sign, "：") || starts_at(bytes, sign, "＝") {
        return judge_named(bytes, sign, sign + 3, ValuePlace::Colon, findings);
    }
    sign + 1
}

/// Looks at the value from `from` on, if a name of a secret is in front of `sign`.
pub(super) fn judge_named(
    bytes: &[u8],
    sign: usize,
    from: usize,
    place: ValuePlace,
    findings: &mut Findings,
) -> usize {
    let Some(found) = name::in_front(bytes, sign) else {
        return from;
    };
    let text = &bytes[found.clone()];
    // `arn:aws:secretsmanager:…:secret:NAME`, `did:key:…`
    if byte_before(bytes, found.start) == b':' && is_in_identifier(bytes, found.start) {
        return from;
    }
    if let Some(end) = header::find_credential(bytes, text, from, findings) {
        return end;
    }
    if text.eq_ignore_ascii_case(b"private-lines") {
        return pem::find_putty_key(bytes, found.start, from, findings);
    }
    if text.eq_ignore_ascii_case(b"kind") {
        manifest::find_manifest(bytes, from, findings);
        return from;
    }
    let name = name::classify_name(text).or_else(|| indirect::name_elsewhere(bytes, &found));
    let weak = name.is_none_or(|name| name.strength < NameStrength::Likely);
    if weak {
        let end = login::find_login(bytes, text, from, findings)
            .or_else(|| find_vendor_key(bytes, text, from, findings));
        if let Some(end) = end {
            return end;
        }
    }
    match name {
        Some(name) => judge_value(bytes, name, &found, (from, place), findings),
        None => from,
    }
}

/// Returns whether the word before `at` begins as identifiers do whose parts colons join.
fn is_in_identifier(bytes: &[u8], at: usize) -> bool {
    let line = line_before(bytes, at, 128);
    let outside = |byte: &u8| byte.is_ascii_whitespace() || b"\"'`(<=,".contains(byte);
    let start = line.iter().rposition(outside).map_or(0, |at| at + 1);
    line[start..].starts_with(b"arn:") || line[start..].starts_with(b"did:")
}

/// The least that a key of a vendor has.
const SHORTEST_KEY: usize = 14;

/// Hides the key of a vendor who is in the name. Returns where to go on.
fn find_vendor_key(
    bytes: &[u8],
    name: &[u8],
    from: usize,
    findings: &mut Findings,
) -> Option<usize> {
    let start = skip_blanks(bytes, from, 8);
    let start = start + usize::from(matches!(byte_at(bytes, start), b'"' | b'\''));
    // Most values end sooner, which is found faster than what they are.
    let near = end_within(bytes, start, &URL64, SHORTEST_KEY);
    if near - start < SHORTEST_KEY || !bytes[start..near].iter().any(u8::is_ascii_digit) {
        return None;
    }
    let literal = value::read_literal(bytes, from);
    let key = vendor::classify_setting(name, &bytes[literal.place.clone()])?;
    Some(findings.add(literal.place, key.kind, FindingRank::Place))
}

/// Judges the value behind a name, and hides it. Returns where to go on.
fn judge_value(
    bytes: &[u8],
    name: SecretName,
    found: &Range<usize>,
    (from, place): (usize, ValuePlace),
    findings: &mut Findings,
) -> usize {
    let mut from = from;
    // `${PASSWORD:-default}`, `${PASSWORD:?message}`
    if byte_before(bytes, found.start) == b'{' {
        match byte_at(bytes, from) {
            b'-' => from += 1,
            b'?' => return from,
            _ => {}
        }
    }
    from = skip_blanks(bytes, from, 64);
    if starts_at(bytes, from, "**") {
        from = skip_blanks(bytes, from + 2, 8);
    }
    let mut place = place;
    if place == ValuePlace::Colon
        && let Some(value) = behind_type(bytes, from)
    {
        (from, place) = (value, ValuePlace::Spaced);
    }
    // A tag of YAML: `!!str`.
    if starts_at(bytes, from, "!!str ") {
        from += 6;
    }
    let name = strengthen_name(bytes, name, found);
    if ends_in_any_case(bytes, found.end, "auth")
        && let Some(second) = read_pair(bytes, from)
    {
        return findings.add(second.place, PASSWORD, FindingRank::Place);
    }
    // `PWD={…}` of ODBC
    from += usize::from(text_is(bytes, found, "pwd") && byte_at(bytes, from) == b'{');
    let many = text_is(bytes, found, "secrets") || text_is(bytes, found, "credentials");
    let firm = many || name.strength == NameStrength::Firm;
    // Two brackets are quotes in Lua.
    if firm && !starts_at(bytes, from, "[[") && matches!(byte_at(bytes, from), b'[' | b'{') {
        return hide_list(bytes, name, from, findings);
    }
    let literal = read_block(bytes, found.start, from)
        .or_else(|| read_next_line(bytes, name, from))
        .or_else(|| read_fallback(bytes, from))
        .or_else(|| read_phrase(bytes, name, from))
        .or_else(|| judge::read_words(bytes, found.end, from))
        .unwrap_or_else(|| value::read_literal(bytes, from));
    let short = name.kind == ACCESS_CODE && literal.place.len() < SHORTEST_CODE;
    if !short && judge::is_secret(bytes, name, &literal, place) {
        if literal.form == LiteralForm::Quoted {
            hide_joined(bytes, name, value::end_of_quoted(bytes, &literal), findings);
        }
        let place = value::whole_value(bytes, literal);
        return findings.add(place, name.kind, FindingRank::Place);
    }
    from
}

/// Hides the text that a sign joins to a secret which ends at `end`: `"…" + "…"`, `"old" -> "new"`.
fn hide_joined(bytes: &[u8], name: SecretName, end: usize, findings: &mut Findings) {
    let joint = lead_length(bytes, end, &[" + ", " -> ", " . ", " .. ", " & ", "+"]);
    if joint > 0
        && let Some(next) = value::read_quoted(bytes, end + joint)
        && !judge::is_stand_in(&bytes[next.place.clone()])
    {
        findings.add(next.place, name.kind, FindingRank::Place);
    }
}

/// A code in a URL has at least so many characters: `?code=E0502` is none.
const SHORTEST_CODE: usize = 10;

/// A signature in the query of a URL is what gives access, and `pass:` of OpenSSL is a password.
fn strengthen_name(bytes: &[u8], name: SecretName, found: &Range<usize>) -> SecretName {
    let query = matches!(byte_before(bytes, found.start), b'?' | b'&');
    let openssl = text_is(bytes, found, "pass")
        && memchr::memmem::find(line_before(bytes, found.start, 128), b"-pass").is_some();
    let strength = match name.strength {
        NameStrength::Faint if query => NameStrength::Likely,
        _ if openssl => NameStrength::Firm,
        strength => strength,
    };
    SecretName { strength, ..name }
}

fn text_is(bytes: &[u8], found: &Range<usize>, name: &str) -> bool {
    bytes[found.clone()].eq_ignore_ascii_case(name.as_bytes())
}

/// Returns the password of `auth=("user", "…")`.
fn read_pair(bytes: &[u8], from: usize) -> Option<Literal> {
    if byte_at(bytes, from) != b'(' {
        return None;
    }
    let user = value::read_quoted(bytes, from + 1)?;
    let comma = value::end_of_quoted(bytes, &user);
    let second = value::read_quoted(bytes, skip_blanks(bytes, comma + 1, 8))?;
    let literal = byte_at(bytes, comma) == b',' && !second.place.is_empty();
    (literal && !judge::is_stand_in(&bytes[second.place.clone()])).then_some(second)
}

/// Returns where the value begins behind a type: `password: &str = "…"`.
fn behind_type(bytes: &[u8], from: usize) -> Option<usize> {
    let kind = |byte: u8| byte.is_ascii_alphanumeric() || b"_&'<>[]:.?| *".contains(&byte);
    let end = find_byte(bytes, from, 64, |byte| !kind(byte));
    let equals =
        end > from && byte_at(bytes, end) == b'=' && !matches!(byte_at(bytes, from), b'\'');
    let value = skip_blanks(bytes, end + 1, 8);
    (equals && value::read_quoted(bytes, value).is_some()).then_some(value)
}

/// Hides the texts of a list or map: `"passwords": ["…", "…"]`, `secrets = { db = "…" }`. Returns
/// where to go on.
fn hide_list(bytes: &[u8], name: SecretName, from: usize, findings: &mut Findings) -> usize {
    let map = byte_at(bytes, from) == b'{';
    // In a map other things stand, too.
    let expected = if map {
        Expectation::Beside
    } else {
        Expectation::Given
    };
    let mut at = from + 1;
    for _ in 0..32 {
        let between = |byte: u8| {
            byte.is_ascii_whitespace()
                || byte == b','
                || map && (NAME.has(byte) || b":=>".contains(&byte))
        };
        at = find_byte(bytes, at, 160, |byte| !between(byte));
        let Some(item) = value::read_quoted(bytes, at) else {
            break;
        };
        at = value::end_of_quoted(bytes, &item);
        if likely::is_password(&bytes[item.place.clone()], expected) {
            findings.add(item.place, name.kind, FindingRank::Place);
        }
    }
    if map { from + 1 } else { at }
}

/// Returns the one word of the next line, if the name ends its own: `password:`, `password=\\`,
/// `password = <<EOT`.
fn read_next_line(bytes: &[u8], name: SecretName, from: usize) -> Option<Literal> {
    let rest = bytes.get(from..bytes.len().min(from + 160))?;
    let end = memchr::memchr(b'\n', rest)?;
    let here = rest[..end].trim_ascii();
    if name.kind != PASSWORD || !(matches!(here, b"" | b"\\") || here.starts_with(b"<<")) {
        return None;
    }
    let behind = &rest[end..];
    let start = from + end + (behind.len() - behind.trim_ascii_start().len());
    // `string(9) "…"` of a dump
    let typed = starts_at(bytes, start, "string(");
    let start =
        start + usize::from(typed) * (find_byte(bytes, start, 16, |byte| byte == b' ') + 1 - start);
    let literal = value::read_literal(bytes, start);
    let place = literal.place.clone();
    let last = bytes.get(place.end..).unwrap_or_default();
    let line = last.iter().take_while(|byte| **byte != b'\n');
    let alone =
        line.clone().all(|byte| b"\r\"', ".contains(byte)) && !bytes[place.clone()].ends_with(b":");
    (alone && likely::is_password(&bytes[place], Expectation::Told)).then_some(literal)
}

/// Returns what stands in for a value that is not there: `process.env.PW || "…"`.
fn read_fallback(bytes: &[u8], from: usize) -> Option<Literal> {
    let rest = bytes.get(from..bytes.len().min(from + 64))?;
    let end = memchr::memchr2(b'\n', b'"', rest).unwrap_or(rest.len());
    let sign = ["|| ", "?? "]
        .iter()
        .find_map(|sign| memchr::memmem::find(&rest[..end], sign.as_bytes()))?;
    let code = rest[..sign].trim_ascii_end();
    let name = !code.is_empty() && judge::is_expression(code);
    name.then(|| value::read_quoted(bytes, from + sign + 3))?
}

/// A phrase has at most 24 words.
const LONGEST_PHRASE: usize = 512;

/// Returns the rest of the line, where a phrase may stand without quotes.
fn read_phrase(bytes: &[u8], name: SecretName, from: usize) -> Option<Literal> {
    if name.strength != NameStrength::Phrase
        || matches!(byte_at(bytes, from), b'"' | b'\'' | b'`' | b'\\')
    {
        return None;
    }
    Some(Literal {
        place: from..find_byte(bytes, from, LONGEST_PHRASE, judge::ends_phrase),
        form: LiteralForm::Quoted,
    })
}

/// Returns the text of a YAML block, `password: |` and the lines below that are further in.
fn read_block(bytes: &[u8], name: usize, from: usize) -> Option<Literal> {
    let sign = ["|-", ">-", "|+", "|", ">"]
        .into_iter()
        .find(|sign| starts_at(bytes, from, sign))?;
    let line = skip_blanks(bytes, from + sign.len(), 8);
    if byte_at(bytes, line) != b'\n' {
        return None;
    }
    let margin = line_before(bytes, name, 256);
    let margin = margin.len() - margin.trim_ascii_start().len();
    let (mut start, mut end) = (None, line);
    let mut at = line + 1;
    while at < bytes.len() {
        let stop = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |length| at + length);
        let text = skip_blanks(bytes, at, 256);
        if text < stop {
            if text - at <= margin {
                break;
            }
            start.get_or_insert(text);
            end = stop;
        }
        at = stop + 1;
    }
    Some(Literal {
        place: start?..end,
        form: LiteralForm::Quoted,
    })
}
