//! Values behind names: `PASSWORD=…`, `"client_secret": "…"`, `api_key => '…'`, `token: …`.

use super::bytes::{before, byte, ends_in_any_case, line_before, skip_blanks, starts};
use super::finding::{Findings, Rank};
use super::judge::{self, Place};
use super::marker::PASSWORD;
use super::name::{self, Force, Name};
use super::value::{self, Form, Literal};
use super::{header, pem, url};
use std::ops::Range;

/// Looks at the colon at `sign`. Returns where to go on.
pub(super) fn at_colon(bytes: &[u8], sign: usize, findings: &mut Findings) -> usize {
    match byte(bytes, sign + 1) {
        b'/' | b'\\' if url::slashes(bytes, sign + 1).is_some() => url::find(bytes, sign, findings),
        // A path of names, or `:=`, which ends with its own sign.
        b':' => sign + 2,
        b'=' => sign + 1,
        _ => named(bytes, sign, sign + 1, Place::Colon, findings),
    }
}

/// Looks at the `=` at `sign`. Returns where to go on.
pub(super) fn at_equals(bytes: &[u8], sign: usize, findings: &mut Findings) -> usize {
    match byte(bytes, sign + 1) {
        b'=' => sign + 1,
        b'>' => named(bytes, sign, sign + 2, Place::Spaced, findings),
        next => {
            let blank = |byte: u8| matches!(byte, b' ' | b'\t');
            let spaced = blank(next) || blank(before(bytes, sign));
            let place = if spaced { Place::Spaced } else { Place::Tight };
            named(bytes, sign, sign + 1, place, findings)
        }
    }
}

/// Looks at what may be the full-width colon of Chinese and Japanese. Returns where to go on.
pub(super) fn at_wide_colon(bytes: &[u8], sign: usize, findings: &mut Findings) -> usize {
    if starts(bytes, sign, "：") || starts(bytes, sign, "＝") {
        return named(bytes, sign, sign + 3, Place::Colon, findings);
    }
    sign + 1
}

/// Looks at the value from `from` on, if a name of a secret is in front of `sign`.
fn named(bytes: &[u8], sign: usize, from: usize, place: Place, findings: &mut Findings) -> usize {
    let Some(found) = name::in_front(bytes, sign) else {
        return from;
    };
    let text = &bytes[found.clone()];
    if let Some(end) = header::find(bytes, text, from, findings) {
        return end;
    }
    if text.eq_ignore_ascii_case(b"private-lines") {
        return pem::putty(bytes, found.start, from, findings);
    }
    match name::classify(text).or_else(|| elsewhere(bytes, &found)) {
        Some(name) => behind(bytes, name, &found, (from, place), findings),
        None => from,
    }
}

/// Returns the name of a value whose name stands before it: `name: DB_PASSWORD`, `value: …`;
/// `key="Password" value="…"`; `password string = "…"`.
fn elsewhere(bytes: &[u8], found: &Range<usize>) -> Option<Name> {
    let text = &bytes[found.clone()];
    if text.eq_ignore_ascii_case(b"string") && before(bytes, found.start) == b' ' {
        let name = name::in_front(bytes, found.start - 1)?;
        return name::classify(&bytes[name]);
    }
    if !text.eq_ignore_ascii_case(b"value") {
        return None;
    }
    let blank = |byte: u8| byte.is_ascii_whitespace() || b"\"',-".contains(&byte);
    let mut end = found.start;
    while blank(before(bytes, end)) && found.start - end < 40 {
        end -= 1;
    }
    let start = super::bytes::start_of(bytes, end, &super::bytes::NAME, 64);
    let mut label = start;
    while (blank(before(bytes, label)) || matches!(before(bytes, label), b':' | b'='))
        && start - label < 8
    {
        label -= 1;
    }
    let told = ["name", "key", "id"]
        .iter()
        .any(|word| ends_in_any_case(bytes, label, word));
    (told && label < start).then(|| name::classify(&bytes[start..end]))?
}

/// Judges the value behind a name, and hides it. Returns where to go on.
fn behind(
    bytes: &[u8],
    name: Name,
    found: &Range<usize>,
    (from, place): (usize, Place),
    findings: &mut Findings,
) -> usize {
    let mut from = from;
    // `${PASSWORD:-default}`
    if before(bytes, found.start) == b'{' && byte(bytes, from) == b'-' {
        from += 1;
    }
    from = skip_blanks(bytes, from, 64);
    if starts(bytes, from, "**") {
        from = skip_blanks(bytes, from + 2, 8);
    }
    let mut place = place;
    if place == Place::Colon
        && let Some(value) = behind_type(bytes, from)
    {
        (from, place) = (value, Place::Spaced);
    }
    let name = in_query(bytes, name, found.start);
    if text_is(bytes, found, "auth")
        && let Some(second) = pair(bytes, from)
    {
        let end = second.place.end;
        findings.add(second.place, PASSWORD, Rank::Place);
        return end;
    }
    let literal = block(bytes, found.start, from)
        .or_else(|| phrase(bytes, name, from))
        .unwrap_or_else(|| value::literal(bytes, from));
    if judge::hides(bytes, name, &literal, place) {
        let place = value::whole(bytes, literal);
        let end = place.end;
        findings.add(place, name.kind, Rank::Place);
        return end;
    }
    from
}

fn text_is(bytes: &[u8], found: &Range<usize>, name: &str) -> bool {
    bytes[found.clone()].eq_ignore_ascii_case(name.as_bytes())
}

/// Returns the password of `auth=("user", "…")`.
fn pair(bytes: &[u8], from: usize) -> Option<Literal> {
    if byte(bytes, from) != b'(' {
        return None;
    }
    let user = value::quoted(bytes, from + 1)?;
    let comma = value::behind(bytes, &user);
    let second = value::quoted(bytes, skip_blanks(bytes, comma + 1, 8))?;
    let literal = byte(bytes, comma) == b',' && !second.place.is_empty();
    (literal && !judge::is_stand_in(&bytes[second.place.clone()])).then_some(second)
}

/// A signature in the query of a URL is what gives access.
fn in_query(bytes: &[u8], name: Name, start: usize) -> Name {
    let query = matches!(before(bytes, start), b'?' | b'&');
    match name.force {
        Force::Faint if query => Name {
            force: Force::Likely,
            ..name
        },
        _ => name,
    }
}

/// Returns where the value begins behind a type: `password: &str = "…"`.
fn behind_type(bytes: &[u8], from: usize) -> Option<usize> {
    let kind = |byte: &u8| byte.is_ascii_alphanumeric() || b"_&'<>[]:.?| *".contains(byte);
    let limit = bytes.len().min(from + 64);
    let rest = bytes.get(from..limit)?;
    let end = from + rest.iter().position(|byte| !kind(byte))?;
    let equals = end > from && byte(bytes, end) == b'=' && !matches!(byte(bytes, from), b'\'');
    let value = skip_blanks(bytes, end + 1, 8);
    (equals && value::quoted(bytes, value).is_some()).then_some(value)
}

/// A phrase has at most 24 words.
const LONGEST_PHRASE: usize = 512;

/// Returns the rest of the line, where a phrase may stand without quotes.
fn phrase(bytes: &[u8], name: Name, from: usize) -> Option<Literal> {
    if name.force != Force::Phrase || matches!(byte(bytes, from), b'"' | b'\'' | b'`' | b'\\') {
        return None;
    }
    let rest = bytes.get(from..bytes.len().min(from + LONGEST_PHRASE))?;
    let end = rest.iter().position(|byte| b"\n\r\"'`<\\".contains(byte));
    Some(Literal {
        place: from..from + end.unwrap_or(rest.len()),
        form: Form::Quoted,
    })
}

/// Returns the text of a YAML block, `password: |` and the lines below that are further in.
fn block(bytes: &[u8], name: usize, from: usize) -> Option<Literal> {
    let sign = ["|-", ">-", "|+", "|", ">"]
        .into_iter()
        .find(|sign| starts(bytes, from, sign))?;
    let line = skip_blanks(bytes, from + sign.len(), 8);
    if byte(bytes, line) != b'\n' {
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
        form: Form::Quoted,
    })
}
