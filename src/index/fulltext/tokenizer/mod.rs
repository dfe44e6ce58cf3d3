//! Cuts text into terms: the same for what is indexed, what is asked, and what is highlighted.
//!
//! Text is cut into *compounds*, maximal runs of letters and digits of spaced scripts joined by
//! connectors (`_ - . / : @ # + ~ \ '`) that stand between them: `src/auth/rate-limiter.ts`,
//! `CVE-2024-3094`, `std::fs::File`, `14:45`, `rateLimiter`, `don't`. A possessive `'s` is left
//! out. A compound is cut into *atoms* at connectors and at changes of case, not between letters
//! and digits: `HTTPServer` is `http` and `server`, `E0502` and `oauth2` are one atom each.
//! Characters of scripts written without spaces (Chinese, Japanese, Korean, Thai, Lao, Khmer,
//! Myanmar) are atoms of their own, so that a substring is a phrase of them.
//!
//! Atoms are folded: lower case, without accents, compatibility forms resolved, at most
//! [`TERM_LIMIT`] bytes. Each takes the next position, so that the phrase `rate limiter` is in
//! `rate-limiter` and in `rateLimiter`. At that position stand terms of several [`Form`]s.
//!
//! `chars` classifies, `cut` and `camel` find atoms, `fold` and `stem` shape them, `terms` puts
//! the terms together, `analysis` reads queries with them, and `stream` hands them to the full
//! text.

mod analysis;
mod camel;
mod char_table;
mod chars;
mod cut;
mod fold;
mod span;
mod stem;
mod stream;
mod terms;

#[cfg(test)]
mod tests;

pub use analysis::{Atom, Compound, Spelling, analyze_text, phrase_spellings};
pub use stem::stem_word;
pub use stream::{SectionTokenizer, TermStream};
pub use terms::{Form, Term};

use cut::Cutter;
use terms::Terms;

/// Longest folded atom, and longest whole compound, in bytes; 64 hold a SHA-256 in hexadecimal.
/// A longer atom is cut, a longer whole is left out.
pub const TERM_LIMIT: usize = 64;

/// Cuts texts into terms, one after the other, in the same working memory.
#[derive(Default)]
pub struct TermScanner {
    terms: Terms,
}

impl TermScanner {
    /// Calls back with every term of a text, in the order of their positions.
    pub fn scan(&mut self, text: &str, mut found: impl FnMut(Term<'_>)) {
        self.terms.reset();
        let mut cutter = Cutter::new(text);
        while self.terms.advance(&mut cutter) {
            (0..self.terms.len()).for_each(|index| found(self.terms.term(index)));
        }
    }
}

/// Calls back with every term of one text, in the order of their positions.
pub fn scan_terms(text: &str, found: impl FnMut(Term<'_>)) {
    TermScanner::default().scan(text, found);
}
