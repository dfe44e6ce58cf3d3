//! Short numbers that only their word makes a secret: PINs, check numbers of cards, social security
//! numbers.

use super::bytes::{ALNUM, DIGIT, byte_at, byte_before, end_within, is_number_end, value_behind};
use super::finding::{FindingRank, Findings};
use super::kind::{CARD_CODE, ONE_TIME_CODE, PIN, SOCIAL_SECURITY};
use super::one_time::is_calendar_day;
use std::ops::{Range, RangeInclusive};

/// What may follow the word and belongs to it.
const TAILS: [&str; 6] = ["-code", " code", "-nummer", " nummer", "-number", " number"];
/// What says that the number is the one.
const LINKS: [&str; 12] = [
    ":", "=>", "->", "=", "is ", "is: ", "was ", "lautet ", "ist ", "war ", "est ", "es ",
];

/// Looks behind a word for a PIN, which ends at `end`.
pub(super) fn find_pin(bytes: &[u8], end: usize, findings: &mut Findings) {
    let shouted = byte_before(bytes, end).is_ascii_uppercase();
    let found = read_number(bytes, end, 4..=8);
    if let Some(number) = found.filter(|number| number.linked || shouted) {
        findings.add(number.place, PIN, FindingRank::Place);
    }
}

/// Looks behind `CVV` and its like.
pub(super) fn find_card_code(bytes: &[u8], end: usize, findings: &mut Findings) {
    if let Some(number) = read_number(bytes, end, 3..=4) {
        findings.add(number.place, CARD_CODE, FindingRank::Place);
    }
}

/// Looks behind words that may mean the check number of a card, if it is named which it is.
pub(super) fn find_said_card_code(bytes: &[u8], end: usize, findings: &mut Findings) {
    let found = read_number(bytes, end, 3..=4);
    if let Some(number) = found.filter(|number| number.linked) {
        findings.add(number.place, CARD_CODE, FindingRank::Place);
    }
}

/// Looks behind `SSN` for nine digits without dashes.
pub(super) fn find_social_security(bytes: &[u8], end: usize, findings: &mut Findings) {
    if let Some(place) = read_parted(bytes, value_behind(bytes, end, &TAILS, &LINKS).0) {
        findings.add(place, SOCIAL_SECURITY, FindingRank::Place);
    }
    let found = read_number(bytes, end, 9..=9);
    if let Some(number) = found.filter(|number| is_issued(&bytes[number.place.clone()])) {
        findings.add(number.place, SOCIAL_SECURITY, FindingRank::Place);
    }
}

/// Returns whether a value is a number as something of this kind is.
pub(super) fn is_number_of(kind: &str, value: &[u8]) -> bool {
    let fits = match kind {
        CARD_CODE => (3..=4).contains(&value.len()),
        SOCIAL_SECURITY => value.len() == 9 && is_issued(value),
        ONE_TIME_CODE => (6..=8).contains(&value.len()) && !is_calendar_day(value),
        _ => (4..=8).contains(&value.len()),
    };
    fits && DIGIT.has_all(value)
}

/// Returns the social security number, with its dashes, that begins at `start`.
pub(super) fn read_social_security(bytes: &[u8], start: usize) -> Option<Range<usize>> {
    read_parted(bytes, start).filter(|place| bytes[place.start + 3] == b'-')
}

/// Returns the social security number in three groups that begins at `start`.
fn read_parted(bytes: &[u8], start: usize) -> Option<Range<usize>> {
    let place = start..start + 11;
    let text = bytes.get(place.clone())?;
    let dashed = text[3] == text[6]
        && matches!(text[3], b'-' | b' ' | b'.')
        && !ALNUM.has(byte_at(bytes, place.end));
    let digits = [&text[..3], &text[4..6], &text[7..]].concat();
    (dashed && DIGIT.has_all(&digits) && is_issued(&digits)).then_some(place)
}

/// Returns whether nine digits are a number that is given to people.
fn is_issued(digits: &[u8]) -> bool {
    let (area, rest) = digits.split_at(3);
    let (group, serial) = rest.split_at(2);
    area != b"000" && area != b"666" && area[0] != b'9' && group != b"00" && serial != b"0000"
}

/// A number behind a word.
struct ShortNumber {
    place: Range<usize>,
    /// Whether a sign or a verb stands between.
    linked: bool,
}

fn read_number(bytes: &[u8], end: usize, length: RangeInclusive<usize>) -> Option<ShortNumber> {
    let (start, linked) = value_behind(bytes, end, &TAILS, &LINKS);
    let place = start..end_within(bytes, start, &DIGIT, 12);
    let alone = is_number_end(bytes, place.end);
    (start > end && alone && length.contains(&place.len())).then_some(ShortNumber { place, linked })
}
