//! Passwords that stand before the word for one: `use hunter22 as the password`.

use super::bytes::{byte_at, byte_before, ends_in_any_case};
use super::finding::{FindingRank, Findings};
use super::judge;
use super::kind::PASSWORD;
use super::likely::{self, Expectation};
use std::ops::Range;

/// What stands between the password and the word for one.
const LINKS: &[&str] = &[
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
    " is the wrong ",
    " is the right ",
    " is the new ",
    " is the old ",
    " as the new ",
    " as the root ",
    " as the admin ",
    " into the ",
    " in the ",
    " was the ",
    " was the old ",
    " was old ",
    " ist das neue ",
    " ist das alte ",
    " ins ",
    " comme ",
    " como ",
    " come ",
    ", the ",
    " jako ",
    " som ",
];

/// Looks before a word for a password.
pub(super) fn find_password_before(bytes: &[u8], word: Range<usize>, findings: &mut Findings) {
    // `as password-less login` speaks of something else.
    if byte_at(bytes, word.end) == b'-' {
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
    let outside = |byte: &u8| byte.is_ascii_whitespace() || b"\"'`()[]<>,;".contains(byte);
    let front = &bytes[end.saturating_sub(64)..end];
    let start = end - front.iter().rev().take_while(|byte| !outside(byte)).count();
    let value = &bytes[start..end];
    if likely::is_password(value, Expectation::Beside) && !judge::is_stand_in(value) {
        findings.add(start..end, PASSWORD, FindingRank::Place);
    }
}
