//! Codes for one time, known by the words around them: `TAN 493021`, `Ihr OTP lautet 493021`,
//! `493 021 is your verification code`.

use super::bytes::{
    ALNUM, BETWEEN, DIGIT, URL64, byte_at, byte_before, end_within, ends_at, is_number_end,
    lead_length, line_before, value_behind,
};
use super::finding::{FindingRank, Findings};
use super::kind::ONE_TIME_CODE;
use std::ops::Range;

/// Verbs and signs between the word and the code.
const LINKS: [&str; 18] = [
    ":", "=>", "->", "=", "is: ", "is ", "was ", "lautet: ", "lautet ", "ist: ", "ist ", "war ",
    "est : ", "est ", "es: ", "es ", "è ", "é ",
];
/// Words that may follow and belong to it.
const TAILS: [&str; 4] = ["-code", " code", "-nummer", " number"];

/// Looks around a word that means a code for one time, and ends at `end`.
pub(super) fn find_code(bytes: &[u8], end: usize, findings: &mut Findings) {
    let place = code_behind(bytes, end, 4, 6).or_else(|| code_before(bytes, end));
    add_code(place, findings);
}

/// Looks around `TAN`, which is also a word of other languages, and a function.
pub(super) fn find_transaction_number(bytes: &[u8], end: usize, findings: &mut Findings) {
    if ends_at(bytes, end, "TAN") || ends_at(bytes, end, "TAN:") {
        let place = code_behind(bytes, end, 6, 6).or_else(|| code_before(bytes, end));
        add_code(place, findings);
    }
}

/// Looks behind words that say what follows, but not that it is for one time: `your code is 493021`.
/// Only what has six digits and ends there is one.
pub(super) fn find_plain_code(bytes: &[u8], end: usize, findings: &mut Findings) {
    let place = code_behind(bytes, end, 6, 6).filter(|place| {
        let is_digit = |byte: &&u8| byte.is_ascii_digit();
        let digits = bytes[place.clone()].iter().filter(is_digit).count();
        digits == 6 && !is_amount(bytes, place.end)
    });
    add_code(place, findings);
}

/// So many codes are given at once, at most.
const GIVEN: usize = 24;

/// Looks behind `recovery codes` for those that follow: `8f3a-91bc 77de-0a1b`.
pub(super) fn find_recovery_codes(bytes: &[u8], end: usize, findings: &mut Findings) {
    let link = lead_length(bytes, end, &[": ", " is ", " are ", ":\n", "\n"]);
    let mut at = end + link.max(1);
    for _ in 0..GIVEN {
        at = end_within(bytes, at, &BETWEEN, 8);
        let place = at..end_within(bytes, at, &URL64, 48);
        let code = &bytes[place.clone()];
        let digits = code.iter().filter(|byte| byte.is_ascii_digit()).count();
        let grouped = code.contains(&b'-') || code.len() == digits || link > 0;
        if code.len() < 8 || digits < 2 || !grouped || is_calendar_day(code) {
            return;
        }
        at = place.end;
        findings.add(place, ONE_TIME_CODE, FindingRank::Place);
    }
}

fn add_code(place: Option<Range<usize>>, findings: &mut Findings) {
    if let Some(place) = place {
        findings.add(place, ONE_TIME_CODE, FindingRank::Place);
    }
}

/// Returns the code behind the word: of at least `linked` digits if a verb or a sign says that it is
/// the one, else of at least `beside`.
fn code_behind(bytes: &[u8], end: usize, linked: usize, beside: usize) -> Option<Range<usize>> {
    let (start, is_linked) = value_behind(bytes, end, &TAILS, &LINKS);
    let least = if is_linked { linked } else { beside };
    let (place, digits) = read_code(bytes, start)?;
    let fits =
        start > end && (least..=8).contains(&digits) && !is_calendar_day(&bytes[place.clone()]);
    fits.then_some(place)
}

/// Returns the code that stands before its word: `493021 is your verification code`, `use 493021 as
/// the OTP`.
fn code_before(bytes: &[u8], end: usize) -> Option<Range<usize>> {
    const LINKS: [&str; 17] = [
        " is your ",
        " is the ",
        " is my ",
        " as the ",
        " as your ",
        " as my ",
        " ist ihr ",
        " ist ihre ",
        " ist dein ",
        " ist deine ",
        " ist die ",
        " ist der ",
        " als ",
        " als die ",
        " est votre ",
        " es tu ",
        " es su ",
    ];
    let line = line_before(bytes, end, 64);
    let places = LINKS.iter().filter_map(|link| {
        let lower = line.to_ascii_lowercase();
        let at = memchr::memmem::rfind(&lower, link.as_bytes())?;
        let rest = &line[at + link.len()..];
        // `your Google verification code`: no sentence parts them.
        let words = rest.iter().filter(|byte| **byte == b' ').count() + 1;
        let parted = rest.iter().any(|byte| b".,;:!?()".contains(byte));
        (words <= 4 && !parted).then_some(end - line.len() + at)
    });
    let stop = places.max()?;
    let signs = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'-');
    let front = line_before(bytes, stop, 12);
    let length = front.iter().rev().take_while(|byte| signs(byte)).count();
    let starts = (stop - length..stop).filter(|at| !ALNUM.has(byte_before(bytes, *at)));
    let mut codes = starts.filter_map(|at| read_code(bytes, at));
    let (place, digits) = codes.find(|(place, _)| place.end == stop)?;
    ((6..=8).contains(&digits) && !is_calendar_day(&bytes[place.clone()])).then_some(place)
}

/// Reads `493021`, `493 021`, `493-021` or `G-493021` from `start` on. Returns its place and how many
/// digits it has.
fn read_code(bytes: &[u8], start: usize) -> Option<(Range<usize>, usize)> {
    let letters = bytes[start.min(bytes.len())..]
        .iter()
        .take_while(|byte| byte.is_ascii_uppercase())
        .count();
    let lead = match letters {
        1..=2 if byte_at(bytes, start + letters) == b'-' => letters + 1,
        _ => 0,
    };
    let from = start + lead;
    let first = end_within(bytes, from, &DIGIT, 12);
    let mut end = first;
    if matches!(first - from, 3 | 4) && matches!(byte_at(bytes, first), b' ' | b'-') {
        let second = end_within(bytes, first + 1, &DIGIT, 12);
        if second - (first + 1) == first - from {
            end = second;
        }
    }
    let digits = bytes[from..end].iter().filter(|byte| byte.is_ascii_digit());
    let count = digits.count();
    (is_number_end(bytes, end) && count > 0).then_some((start..end, count))
}

/// Returns whether eight digits are a day, written `20260111`.
pub(super) fn is_calendar_day(code: &[u8]) -> bool {
    let within = |part: &[u8], first: &[u8], last: &[u8]| (first..=last).contains(&part);
    code.len() == 8
        && DIGIT.has_all(code)
        && within(&code[..4], b"1970", b"2099")
        && within(&code[4..6], b"01", b"12")
        && within(&code[6..], b"01", b"31")
}

/// Returns whether what follows a number says what it counts: `123456 bytes`.
fn is_amount(bytes: &[u8], end: usize) -> bool {
    const GOES_ON: [&str; 14] = [
        "to ", "and ", "for ", "on ", "in ", "at ", "when ", "or ", "um ", "und ", "ein", "auf ",
        "bei ", "zu",
    ];
    let word = byte_at(bytes, end) == b' ' && byte_at(bytes, end + 1).is_ascii_lowercase();
    word && lead_length(bytes, end + 1, &GOES_ON) == 0
}
