//! Numbers of payment cards and bank accounts, known by their check digits; those of social
//! security, by their form.

use super::bytes::{ALNUM, DIGIT, byte_at, byte_before, end_within, start_of, starts_at};
use super::finding::{FindingRank, Findings};
use super::kind::{CARD_NUMBER, IBAN, SOCIAL_SECURITY};
use super::short_number;
use std::ops::Range;

/// Hides the card or account number that begins at `start`, where a word begins.
pub(super) fn find_payment(bytes: &[u8], start: usize, findings: &mut Findings) {
    let found = match byte_at(bytes, start) {
        b'0'..=b'8' if byte_at(bytes, start + 3) == b'-' => {
            let number = short_number::read_social_security(bytes, start);
            let alone = number.filter(|place| is_alone(bytes, place));
            alone.map(|place| (place, SOCIAL_SECURITY))
        }
        b'2'..=b'6' => read_card(bytes, start).map(|place| (place, CARD_NUMBER)),
        b'A'..=b'Z' | b'a'..=b'z' if byte_at(bytes, start + 1).is_ascii_alphabetic() => {
            read_iban(bytes, start).map(|place| (place, IBAN))
        }
        _ => None,
    };
    if let Some((place, kind)) = found {
        findings.add(place, kind, FindingRank::Form);
    }
}

/// Returns whether nothing that belongs to a longer number or name stands around a place.
fn is_alone(bytes: &[u8], place: &Range<usize>) -> bool {
    let joins = |byte: u8| ALNUM.has(byte) || matches!(byte, b'_' | b'-' | b'/' | b'@');
    let (before, behind) = (byte_before(bytes, place.start), byte_at(bytes, place.end));
    let decimal = behind == b'.' && byte_at(bytes, place.end + 1).is_ascii_digit();
    // A group of digits before it may be the first one of a longer number.
    let first = end_within(bytes, place.start, &DIGIT, 20) - place.start;
    let front = start_of(bytes, place.start.saturating_sub(1), &DIGIT, 20);
    let group = place.start.saturating_sub(1) - front;
    let listed = before == b' ' && group == first && group > 0;
    !joins(before) && !matches!(before, b'.' | b'#') && !listed && !joins(behind) && !decimal
}

/// How the digits of a card are written: in groups, or all together.
const CARD_GROUPS: [&[usize]; 9] = [
    &[4, 4, 4, 4],
    &[4, 6, 5],
    &[4, 6, 4],
    &[4, 4, 4, 4, 3],
    &[6, 13],
    &[8, 8],
    &[14],
    &[15],
    &[16],
];
const MOST_GROUPS: usize = 5;

fn read_card(bytes: &[u8], start: usize) -> Option<Range<usize>> {
    let begins = |first: usize| CARD_GROUPS.iter().any(|groups| groups[0] == first);
    let mut end = end_within(bytes, start, &DIGIT, 20);
    if !begins(end - start) {
        return None;
    }
    let joint = joint_at(bytes, end);
    // A year, a time or a short number is none.
    let goes_on = joint.is_some_and(|joint| byte_at(bytes, end + joint.len()).is_ascii_digit());
    if end - start < 14 && !goes_on {
        return None;
    }
    let mut digits = bytes[start..end].to_vec();
    let mut groups = vec![end - start];
    loop {
        let place = start..end;
        if CARD_GROUPS.contains(&&groups[..]) && is_card(&digits) && is_alone(bytes, &place) {
            return Some(place);
        }
        let joint = joint.filter(|joint| starts_at(bytes, end, joint))?;
        let from = end + joint.len();
        let next = end_within(bytes, from, &DIGIT, 14);
        if next == from || groups.len() == MOST_GROUPS {
            return None;
        }
        digits.extend_from_slice(&bytes[from..next]);
        groups.push(next - from);
        end = next;
    }
}

/// What parts the groups of a number.
const JOINTS: [&str; 5] = [" ", "-", ".", "\u{a0}", "\n"];

fn joint_at(bytes: &[u8], at: usize) -> Option<&'static str> {
    JOINTS.into_iter().find(|joint| starts_at(bytes, at, joint))
}

fn is_card(digits: &[u8]) -> bool {
    is_issued(digits) && has_luhn_digit(digits)
}

/// Returns whether a network issues cards that begin so and have this length.
fn is_issued(digits: &[u8]) -> bool {
    let leading = |count: usize| {
        let digits = digits.iter().take(count);
        digits.fold(0u32, |number, digit| number * 10 + u32::from(digit - b'0'))
    };
    match digits.len() {
        14 => matches!(leading(3), 300..=305 | 309) || matches!(leading(2), 36 | 38 | 39),
        15 => matches!(leading(2), 34 | 37),
        16 => {
            leading(1) == 4
                || matches!(leading(2), 51..=55 | 62 | 65)
                || matches!(leading(4), 2221..=2720 | 3528..=3589 | 6011)
                || matches!(leading(3), 644..=649)
        }
        19 => {
            leading(2) == 62 || leading(1) == 4 || matches!(leading(4), 6304 | 6759 | 6761..=6763)
        }
        _ => false,
    }
}

/// Returns whether the last digit is the check digit of the others, by Luhn's rule, and whether
/// they are more than one digit over and over.
fn has_luhn_digit(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| {
            let digit = u32::from(digit - b'0');
            let doubled = if at % 2 == 1 { digit * 2 } else { digit };
            if doubled > 9 { doubled - 9 } else { doubled }
        })
        .sum();
    sum.is_multiple_of(10) && digits[1..].iter().any(|digit| *digit != digits[0])
}

/// Countries and the lengths of their account numbers, from the registry of ISO 13616.
const COUNTRIES: &[(&[u8; 2], usize)] = &[
    (b"AD", 24),
    (b"AE", 23),
    (b"AL", 28),
    (b"AT", 20),
    (b"AZ", 28),
    (b"BA", 20),
    (b"BE", 16),
    (b"BG", 22),
    (b"BH", 22),
    (b"BI", 27),
    (b"BR", 29),
    (b"BY", 28),
    (b"CH", 21),
    (b"CR", 22),
    (b"CY", 28),
    (b"CZ", 24),
    (b"DE", 22),
    (b"DJ", 27),
    (b"DK", 18),
    (b"DO", 28),
    (b"EE", 20),
    (b"EG", 29),
    (b"ES", 24),
    (b"FI", 18),
    (b"FK", 18),
    (b"FO", 18),
    (b"FR", 27),
    (b"GB", 22),
    (b"GE", 22),
    (b"GI", 23),
    (b"GL", 18),
    (b"GR", 27),
    (b"GT", 28),
    (b"HR", 21),
    (b"HU", 28),
    (b"IE", 22),
    (b"IL", 23),
    (b"IQ", 23),
    (b"IS", 26),
    (b"IT", 27),
    (b"JO", 30),
    (b"KW", 30),
    (b"KZ", 20),
    (b"LB", 28),
    (b"LC", 32),
    (b"LI", 21),
    (b"LT", 20),
    (b"LU", 20),
    (b"LV", 21),
    (b"LY", 25),
    (b"MC", 27),
    (b"MD", 24),
    (b"ME", 22),
    (b"MK", 19),
    (b"MN", 20),
    (b"MR", 27),
    (b"MT", 31),
    (b"MU", 30),
    (b"NI", 28),
    (b"NL", 18),
    (b"NO", 15),
    (b"OM", 23),
    (b"PK", 24),
    (b"PL", 28),
    (b"PS", 29),
    (b"PT", 25),
    (b"QA", 29),
    (b"RO", 24),
    (b"RS", 22),
    (b"RU", 33),
    (b"SA", 24),
    (b"SC", 31),
    (b"SD", 18),
    (b"SE", 24),
    (b"SI", 19),
    (b"SK", 24),
    (b"SM", 27),
    (b"SO", 23),
    (b"ST", 25),
    (b"SV", 28),
    (b"TL", 23),
    (b"TN", 24),
    (b"TR", 26),
    (b"UA", 29),
    (b"VA", 22),
    (b"VG", 24),
    (b"XK", 20),
    (b"YE", 30),
];

fn read_iban(bytes: &[u8], start: usize) -> Option<Range<usize>> {
    let digits =
        byte_at(bytes, start + 2).is_ascii_digit() && byte_at(bytes, start + 3).is_ascii_digit();
    let country = bytes.get(start..start + 2).filter(|_| digits)?;
    let is_small = country[0].is_ascii_lowercase();
    let known = |code: &[u8; 2]| country.eq_ignore_ascii_case(code);
    let (_, length) = COUNTRIES.iter().find(|(code, _)| known(code))?;
    let mut place = start..start;
    let mut signs = Vec::with_capacity(*length);
    for at in start.. {
        match byte_at(bytes, at) {
            // Letters of both cases are base64.
            byte if byte.is_ascii_digit() || !is_small && byte.is_ascii_uppercase() => {
                signs.push(byte);
            }
            byte if is_small && byte.is_ascii_lowercase() => signs.push(byte.to_ascii_uppercase()),
            0xC2 if byte_at(bytes, at + 1) == 0xA0 => continue,
            0xA0 if byte_before(bytes, at) == 0xC2 => continue,
            b' ' | b'-' if ALNUM.has(byte_at(bytes, at + 1)) && at > start => continue,
            _ => return None,
        }
        place.end = at + 1;
        if signs.len() == *length {
            break;
        }
    }
    (has_mod97_digits(&signs) && is_alone(bytes, &place)).then_some(place)
}

/// Returns whether the third and fourth sign are the check digits of the others, by ISO 7064.
fn has_mod97_digits(signs: &[u8]) -> bool {
    let (front, account) = signs.split_at(4);
    let rest = account
        .iter()
        .chain(front)
        .fold(0u32, |rest, sign| match sign {
            b'0'..=b'9' => (rest * 10 + u32::from(sign - b'0')) % 97,
            _ => (rest * 100 + u32::from(sign - b'A') + 10) % 97,
        });
    rest == 1
}
