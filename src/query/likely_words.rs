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
            let wide = text.char_indices().filter(|(_, c)| may_fold(*c));
            places.extend(wide.map(|(at, _)| at));
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

/// Returns whether folding may make ASCII of a character, or leave it out: not of other scripts, of
/// which whole texts consist.
fn may_fold(c: char) -> bool {
    !matches!(c, '\0'..='\x7f' | '\u{370}'..='\u{1cff}' | '\u{3040}'..='\u{31ff}' | '\u{3400}'..='\u{d7ff}')
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
    fn words_of_other_scripts_are_none_of_ascii() {
        let likely = LikelyWords::of_beginnings(&["limit"]).expect("telling");
        let text = "\u{43f}\u{440}\u{435}\u{434}\u{435}\u{43b} \u{9650}\u{5236}limit\u{ff4c}imit \u{ff4c}imit";
        let found: Vec<&str> = likely.find(text).into_iter().map(|at| &text[at]).collect();
        assert_eq!(found, ["\u{9650}\u{5236}limit\u{ff4c}imit", "\u{ff4c}imit"]);
    }

    #[test]
    fn a_beginning_that_says_nothing_leaves_all_words() {
        for beginnings in [&[][..], &[""], &["a", "\u{fc}ber"]] {
            assert!(LikelyWords::of_beginnings(beginnings).is_none());
        }
    }
}
