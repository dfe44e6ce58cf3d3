//! The words of a text that may match a query, found without cutting all of the text into terms:
//! the second stage reads a hundred texts, and most of their words are none of the query's.

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use std::ops::Range;

/// Finds words by how those that match begin.
pub(super) struct LikelyWords {
    beginnings: AhoCorasick,
}

impl LikelyWords {
    /// Takes the beginnings, folded; `None` if one is empty or not ASCII: any word may match then.
    pub fn of_beginnings(beginnings: &[&str]) -> Option<Self> {
        let telling = |text: &&str| !text.is_empty() && text.is_ascii();
        if beginnings.is_empty() || !beginnings.iter().all(telling) {
            return None;
        }
        let beginnings = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .kind(Some(AhoCorasickKind::DFA))
            .build(beginnings);
        let beginnings = beginnings.ok()?;
        Some(LikelyWords { beginnings })
    }

    /// Returns where there are words that may match, in order: whatever stands between blanks and
    /// holds a beginning, or a character that folding may make one of.
    pub fn find(&self, text: &str) -> Vec<Range<usize>> {
        let bytes = text.as_bytes();
        let found = self.beginnings.find_iter(text);
        let mut places: Vec<usize> = found.map(|found| found.start()).collect();
        if !text.is_ascii() {
            places.extend((0..bytes.len()).filter(|at| bytes[*at] >= 0x80));
            places.sort_unstable();
        }
        let mut words: Vec<Range<usize>> = Vec::new();
        for place in places {
            if words.last().is_none_or(|last| last.end <= place) {
                let before = bytes[..place].iter().rposition(u8::is_ascii_whitespace);
                let after = bytes[place..].iter().position(u8::is_ascii_whitespace);
                let end = after.map_or(bytes.len(), |after| place + after);
                words.push(before.map_or(0, |before| before + 1)..end);
            }
        }
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_whole_and_once() {
        let likely = LikelyWords::of_beginnings(&["limit", "bucket"]).expect("telling");
        let text = "The RateLimiter_limits a token-Bucket, d\u{e9}j\u{e0} vu\nno more";
        let found: Vec<&str> = likely.find(text).into_iter().map(|at| &text[at]).collect();
        assert_eq!(
            found,
            ["RateLimiter_limits", "token-Bucket,", "d\u{e9}j\u{e0}"]
        );
    }

    #[test]
    fn a_beginning_that_says_nothing_leaves_all_words() {
        for beginnings in [&[][..], &[""], &["a", "\u{fc}ber"]] {
            assert!(LikelyWords::of_beginnings(beginnings).is_none());
        }
    }
}
