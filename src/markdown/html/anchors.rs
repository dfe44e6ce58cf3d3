//! Anchors of headings, made of their words, so that an address stays valid while lines move.

use std::collections::HashMap;

/// Returns an anchor for each section of a text, of which level and heading are given, all different;
/// empty for the text before the first heading.
pub fn list_anchors<'a>(headings: impl Iterator<Item = (u8, &'a str)>) -> Vec<String> {
    let mut taken: HashMap<String, u32> = HashMap::new();
    let make_anchor = |(level, heading): (u8, &str)| {
        if level == 0 {
            return String::new();
        }
        let words = anchor_of(heading);
        let number = taken.entry(words.clone()).or_insert(0);
        *number += 1;
        match *number {
            1 => words,
            number => format!("{words}--{number}"),
        }
    };
    headings.map(make_anchor).collect()
}

/// Returns the words of a heading, lower-case, joined by dashes.
pub(super) fn anchor_of(heading: &str) -> String {
    let lower = heading.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    // A prefix of its own: no anchor is an id of the page around it.
    format!("s-{}", words.join("-"))
}
