//! `<private>…</private>`: what somebody asked not to be stored.

use super::bytes::{byte, ends, starts, starts_in_any_case};
use super::finding::{Findings, Rank};
use super::marker::PRIVATE;
use std::ops::Range;

/// The brackets, as they are and escaped in JSON and HTML.
const OPENINGS: [&str; 4] = ["<", "\\u003c", "\\u003C", "&lt;"];
const CLOSINGS: [&str; 4] = [">", "\\u003e", "\\u003E", "&gt;"];
const NAME: &str = "private";

/// More than this is no tag.
const LONGEST_ATTRIBUTES: usize = 256;

enum Tag {
    Open,
    Close,
}

/// Finds private parts: tags in any case, over lines, nested; to the end where one is not closed.
pub(super) fn find(bytes: &[u8], findings: &mut Findings) {
    let mut depth = 0usize;
    let mut start = 0;
    for (place, tag) in tags(bytes) {
        match tag {
            Tag::Open => {
                if depth == 0 {
                    start = place.start;
                }
                depth += 1;
            }
            Tag::Close if depth == 1 => {
                findings.add(start..place.end, PRIVATE, Rank::Private);
                depth = 0;
            }
            Tag::Close => depth = depth.saturating_sub(1),
        }
    }
    if depth > 0 {
        findings.add(start..bytes.len(), PRIVATE, Rank::Private);
    }
}

/// Returns the tags, found by the one rare letter of their name.
fn tags(bytes: &[u8]) -> impl Iterator<Item = (Range<usize>, Tag)> + '_ {
    let mut done = 0;
    memchr::memchr2_iter(b'v', b'V', bytes).filter_map(move |v| {
        let name = v.checked_sub(3).filter(|name| *name >= done)?;
        if !starts_in_any_case(bytes, name, NAME) {
            return None;
        }
        let (start, slash) = opening(bytes, name)?;
        let end = closing(bytes, name + NAME.len())?;
        done = end;
        let tag = if slash { Tag::Close } else { Tag::Open };
        Some((start..end, tag))
    })
}

/// Returns where the tag begins whose name stands at `name`, and whether it has a slash there.
fn opening(bytes: &[u8], name: usize) -> Option<(usize, bool)> {
    let blank = |at: usize| {
        at.checked_sub(1)
            .is_some_and(|at| is_space(byte(bytes, at)))
    };
    let mut at = name;
    while blank(at) {
        at -= 1;
    }
    let slash = ends(bytes, at, "/");
    if slash {
        at -= 1;
        if ends(bytes, at, "\\") {
            at -= 1;
        }
        while blank(at) {
            at -= 1;
        }
    }
    let bracket = OPENINGS.iter().find(|bracket| ends(bytes, at, bracket))?;
    Some((at - bracket.len(), slash))
}

/// Returns where the tag ends, behind its name and attributes.
fn closing(bytes: &[u8], from: usize) -> Option<usize> {
    let bracket_at = |at: usize| CLOSINGS.iter().find(|bracket| starts(bytes, at, bracket));
    if bracket_at(from).is_none() && !is_space(byte(bytes, from)) {
        return None;
    }
    let mut at = from;
    while at < bytes.len() && at < from + LONGEST_ATTRIBUTES {
        if let Some(bracket) = bracket_at(at) {
            // `<private />` holds nothing.
            let empty = ends(bytes, at, "/");
            return (!empty).then_some(at + bracket.len());
        }
        if byte(bytes, at) == b'<' {
            return None;
        }
        at += 1;
    }
    None
}

fn is_space(byte: u8) -> bool {
    byte.is_ascii_whitespace()
}
