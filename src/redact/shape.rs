//! Tokens that their form gives away, where a prefix alone would not.

use super::bytes::{
    ALNUM, BASE64, DIGIT, DOTTED, HEX, PLAIN64, UPPER36, URL64, before, byte, end_of, end_within,
    ends, ends_in_any_case, is_cut, start_of, starts,
};
use super::entropy;
use super::finding::{Findings, Rank};
use super::marker::{
    AUTHORIZATION, AWS_KEY, AWS_SECRET_KEY, AZURE_SECRET, DISCORD_TOKEN, GOOGLE_TOKEN, JWT,
    MAILCHIMP_KEY, MAILGUN_KEY, NEW_RELIC_KEY, OPENSHIFT_TOKEN, TELEGRAM_TOKEN, TERRAFORM_TOKEN,
    TWILIO_KEY,
};
use super::provider::dotted_end;
use std::ops::Range;

/// Returns where the token ends that begins at `at`, and its kind. `at` must be where a word begins.
pub(super) fn at(bytes: &[u8], at: usize) -> Option<(usize, &'static str)> {
    match byte(bytes, at) {
        b'e' if starts(bytes, at, "eyJ") => jwt(bytes, at).map(|end| (end, JWT)),
        b'A' => aws_key(bytes, at)
            .map(|end| (end, AWS_KEY))
            .or_else(|| twilio(bytes, at, "AC")),
        b'S' => twilio(bytes, at, "SK"),
        b'M' | b'N' | b'O' => discord(bytes, at).map(|end| (end, DISCORD_TOKEN)),
        b'0'..=b'9' | b'a'..=b'f' => hexadecimal(bytes, at),
        _ => None,
    }
}

/// What the header of a token begins with in base64: `{"alg":`, `{"typ":`, `{"kid":`, `{"enc":`,
/// `{"jku":`, `{"cty":`, `{"x5`, `{"zip":`.
const HEADERS: [&str; 8] = [
    "eyJhbGci", "eyJ0eXAi", "eyJraWQi", "eyJlbmMi", "eyJqa3Ui", "eyJjdHki", "eyJ4N", "eyJ6aXAi",
];

fn jwt(bytes: &[u8], at: usize) -> Option<usize> {
    let head = end_of(bytes, at, &URL64);
    if head - at < 12 {
        return None;
    }
    let known = HEADERS.iter().any(|header| starts(bytes, at, header));
    (known || starts(bytes, head, ".eyJ")).then(|| dotted_end(bytes, at))
}

/// Amazon's access key ids: four letters and 16 letters and digits.
fn aws_key(bytes: &[u8], at: usize) -> Option<usize> {
    let known = ["AKIA", "ASIA", "ABIA", "ACCA"];
    if !known.iter().any(|lead| starts(bytes, at, lead)) {
        return None;
    }
    let end = end_of(bytes, at, &UPPER36);
    let whole = end - at == 20 && !ALNUM.has(byte(bytes, end));
    let digit = bytes[at + 4..end].iter().any(u8::is_ascii_digit);
    let cut = end - at >= 10 && end - at < 20 && is_cut(bytes, end) && digit;
    (whole || cut).then_some(end)
}

/// Hides the secret that stands beside the id of an access key: 40 characters of base64.
fn aws_secret_beside(bytes: &[u8], id_end: usize, findings: &mut Findings) {
    let limit = bytes.len().min(id_end + 160);
    let mut from = id_end;
    while from < limit {
        let end = end_within(bytes, from, &PLAIN64, 80);
        let body = bytes[from..end].rsplit(|byte| *byte == b'=').next();
        let body = body.unwrap_or_default();
        if body.len() == 40 && entropy::is_token_like(body) {
            findings.add(end - 40..end, AWS_SECRET_KEY, Rank::Form);
            return;
        }
        from = end + 1;
    }
}

fn twilio(bytes: &[u8], at: usize, lead: &str) -> Option<(usize, &'static str)> {
    if !starts(bytes, at, lead) {
        return None;
    }
    let end = hex_of(bytes, at + 2, 32)?;
    let digit = bytes[at + 2..end].iter().any(u8::is_ascii_digit);
    digit.then_some((end, TWILIO_KEY))
}

/// Returns where exactly `count` hexadecimal digits end.
fn hex_of(bytes: &[u8], from: usize, count: usize) -> Option<usize> {
    let end = end_within(bytes, from, &HEX, count + 1);
    (end - from == count && !ALNUM.has(byte(bytes, end))).then_some(end)
}

/// `ID.TIME.SIGNATURE`, each base64; the id is that of a number, so it begins with M, N or O.
fn discord(bytes: &[u8], at: usize) -> Option<usize> {
    let id = end_within(bytes, at, &URL64, 40);
    let time = end_within(bytes, id + 1, &URL64, 12);
    let signature = end_within(bytes, time + 1, &URL64, 80);
    let dots = byte(bytes, id) == b'.' && byte(bytes, time) == b'.';
    let sized = (22..=30).contains(&(id - at))
        && (5..=8).contains(&time.saturating_sub(id + 1))
        && (20..=60).contains(&signature.saturating_sub(time + 1));
    (dots && sized && entropy::is_no_word(&bytes[at..id])).then_some(signature)
}

/// Keys of hexadecimal digits with a telling end: `…-us12`, `…-1234abcd-1234abcd`, `…NRAL`.
fn hexadecimal(bytes: &[u8], at: usize) -> Option<(usize, &'static str)> {
    let end = end_within(bytes, at, &HEX, 41);
    match end - at {
        32 if starts(bytes, end, "-us") && DIGIT.has(byte(bytes, end + 3)) => {
            Some((end_within(bytes, end + 3, &DIGIT, 2), MAILCHIMP_KEY))
        }
        32 if byte(bytes, end) == b'-' => {
            let middle = hex_of(bytes, end + 1, 8)?;
            let end = (byte(bytes, middle) == b'-').then(|| hex_of(bytes, middle + 1, 8))??;
            Some((end, MAILGUN_KEY))
        }
        36 if starts(bytes, end, "NRAL") => Some((end + 4, NEW_RELIC_KEY)),
        _ => None,
    }
}

/// Finds what stands before or within a run of letters, digits, `_`, `-` and `.`.
pub(super) fn around(bytes: &[u8], run: Range<usize>, findings: &mut Findings) {
    led(bytes, &run, findings);
    scheme(bytes, run.start, findings);
    within(bytes, &run, findings);
}

/// Adds the secret beside an access key, if `kind` is one.
pub(super) fn beside(bytes: &[u8], end: usize, kind: &str, findings: &mut Findings) {
    if kind == AWS_KEY {
        aws_secret_beside(bytes, end, findings);
    }
}

/// Tokens with a sign in their front that a run does not hold.
fn led(bytes: &[u8], run: &Range<usize>, findings: &mut Findings) {
    let Range { start, end } = *run;
    let token = &bytes[start..end];
    match before(bytes, start) {
        b'~' if ends(bytes, start, "Q~") && token.len() >= 28 => {
            let front = start_of(bytes, start - 2, &DOTTED, 4);
            if start - 2 - front >= 3 && entropy::is_no_word(token) {
                findings.add(front..end, AZURE_SECRET, Rank::Form);
            }
        }
        b'~' if ends(bytes, start, "sha256~") && token.len() >= 30 => {
            findings.add(start - 7..end, OPENSHIFT_TOKEN, Rank::Form);
        }
        b'/' if ends(bytes, start, "1//") && token[0] == b'0' && token.len() >= 30 => {
            findings.add(start - 3..end, GOOGLE_TOKEN, Rank::Form);
        }
        b':' if token.starts_with(b"AA") => {
            let bot = start_of(bytes, start - 1, &DIGIT, 11);
            let long = token.len() >= 30 || (token.len() >= 8 && is_cut(bytes, end));
            if (6..=10).contains(&(start - 1 - bot)) && long {
                findings.add(
                    bot..end_of(bytes, start, &URL64),
                    TELEGRAM_TOKEN,
                    Rank::Form,
                );
            }
        }
        _ => {}
    }
}

const SCHEMES: [&str; 4] = ["bearer ", "basic ", "apikey ", "bearer: "];

/// `Bearer TOKEN` and the like, without the name of the header.
fn scheme(bytes: &[u8], start: usize, findings: &mut Findings) {
    if before(bytes, start) != b' '
        || !SCHEMES
            .iter()
            .any(|name| ends_in_any_case(bytes, start, name))
    {
        return;
    }
    let end = end_of(bytes, start, &BASE64).max(dotted_end(bytes, start));
    let token = &bytes[start..end];
    if token.len() >= 10 && (entropy::is_token_like(token) || entropy::is_random(token)) {
        findings.add(start..end, AUTHORIZATION, Rank::Place);
    }
}

/// Tokens with a telling middle.
fn within(bytes: &[u8], run: &Range<usize>, findings: &mut Findings) {
    let token = &bytes[run.clone()];
    if token.len() < 50 {
        return;
    }
    if let Some(at) = memchr::memmem::find(token, b".atlasv1.") {
        let start = run.start + start_of(token, at, &ALNUM, 20);
        findings.add(start..run.end, TERRAFORM_TOKEN, Rank::Form);
    }
    if memchr::memmem::find(token, b"JQQJ99").is_some() && token.len() >= 60 {
        findings.add(run.clone(), AZURE_SECRET, Rank::Form);
    }
}
