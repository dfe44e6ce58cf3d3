//! Passwords that are told before the word for one: `use hunter22 as the password`.

use super::bytes::{PASSWORD_SIGN, byte_at, byte_before, ends_in_any_case, start_of};
use super::finding::{FindingRank, Findings};
use super::judge;
use super::kind::PASSWORD;
use super::look;
use std::ops::Range;

/// What stands between the password and the word for one.
const LINKS: [&str; 16] = [
    " as the ",
    " as your ",
    " as my ",
    " as a ",
    " as new ",
    " as ",
    " is the ",
    " is your ",
    " is my ",
    " ist das ",
    " ist mein ",
    " ist dein ",
    " als ",
    " als neues ",
    " est le ",
    " es la ",
];

/// Looks before a word for a password.
pub(super) fn find_password_before(bytes: &[u8], word: Range<usize>, findings: &mut Findings) {
    // `as password replacement` speaks of something else.
    let next = (byte_at(bytes, word.end), byte_at(bytes, word.end + 1));
    if next.0 == b' ' && next.1.is_ascii_alphanumeric() || next.0 == b'-' {
        return;
    }
    let Some(link) = LINKS
        .iter()
        .find(|link| ends_in_any_case(bytes, word.start, link))
    else {
        return;
    };
    let end = word.start - link.len();
    let end = end - usize::from(matches!(byte_before(bytes, end), b'"' | b'\'' | b'`'));
    let start = start_of(bytes, end, &PASSWORD_SIGN, 64);
    let value = &bytes[start..end];
    if look::is_chosen(value) && !judge::is_stand_in(value) {
        findings.add(start..end, PASSWORD, FindingRank::Place);
    }
}
