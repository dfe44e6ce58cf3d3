//! `<private>…</private>`: what its author asked not to be stored.

use super::bytes::{byte_at, ends_at, starts_at, starts_in_any_case};
use super::finding::{FindingRank, Findings};
use super::kind::PRIVATE;
use std::ops::Range;

/// The brackets, as they are and escaped in JSON and HTML.
const OPENINGS: [&str; 4] = ["<", "\\u003c", "\\u003C", "&lt;"];
const CLOSINGS: [&str; 4] = [">", "\\u003e", "\\u003E", "&gt;"];
const NAME: &str = "private";

/// More than this is no tag.
const LONGEST_ATTRIBUTES: usize = 256;

enum PrivateTag {
    Open,
    Close,
}

/// Finds private parts: tags in any case, over lines, nested; to the end where one is not closed.
pub(super) fn find_private_parts(bytes: &[u8], findings: &mut Findings) {
    let mut depth = 0usize;
    let mut start = 0;
    for (place, tag) in find_tags(bytes) {
        match tag {
            PrivateTag::Open => {
                if depth == 0 {
                    start = place.start;
                }
                depth += 1;
            }
            PrivateTag::Close if depth == 1 => {
                findings.add(start..place.end, PRIVATE, FindingRank::Private);
                depth = 0;
            }
            PrivateTag::Close => depth = depth.saturating_sub(1),
        }
    }
    if depth > 0 {
        findings.add(start..bytes.len(), PRIVATE, FindingRank::Private);
    }
}

/// Returns the tags, found by the one rare letter of their name.
fn find_tags(bytes: &[u8]) -> impl Iterator<Item = (Range<usize>, PrivateTag)> + '_ {
    let mut done = 0;
    memchr::memchr2_iter(b'v', b'V', bytes).filter_map(move |v| {
        let name = v.checked_sub(3).filter(|name| *name >= done)?;
        if !starts_in_any_case(bytes, name, NAME) {
            return None;
        }
        let (start, slash) = find_opening(bytes, name)?;
        let end = find_closing(bytes, name + NAME.len())?;
        done = end;
        let tag = if slash {
            PrivateTag::Close
        } else {
            PrivateTag::Open
        };
        Some((start..end, tag))
    })
}

/// Returns where the tag begins whose name stands at `name`, and whether it has a slash there.
fn find_opening(bytes: &[u8], name: usize) -> Option<(usize, bool)> {
    let blank = |at: usize| {
        at.checked_sub(1)
            .is_some_and(|at| is_space(byte_at(bytes, at)))
    };
    let mut at = name;
    while blank(at) {
        at -= 1;
    }
    let slash = ends_at(bytes, at, "/");
    if slash {
        at -= 1;
        if ends_at(bytes, at, "\\") {
            at -= 1;
        }
        while blank(at) {
            at -= 1;
        }
    }
    let bracket = OPENINGS
        .iter()
        .find(|bracket| ends_at(bytes, at, bracket))?;
    Some((at - bracket.len(), slash))
}

/// Returns where the tag ends, behind its name and attributes.
fn find_closing(bytes: &[u8], from: usize) -> Option<usize> {
    let bracket_at = |at: usize| {
        CLOSINGS
            .iter()
            .find(|bracket| starts_at(bytes, at, bracket))
    };
    if bracket_at(from).is_none() && !is_space(byte_at(bytes, from)) {
        return None;
    }
    let mut at = from;
    while at < bytes.len() && at < from + LONGEST_ATTRIBUTES {
        if let Some(bracket) = bracket_at(at) {
            // `<private />` holds nothing.
            let empty = ends_at(bytes, at, "/");
            return (!empty).then_some(at + bracket.len());
        }
        if byte_at(bytes, at) == b'<' {
            return None;
        }
        at += 1;
    }
    None
}

fn is_space(byte: u8) -> bool {
    byte.is_ascii_whitespace()
}
