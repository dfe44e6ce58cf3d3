//! Secrets out of text, before anything of it is stored.
//!
//! [`Redactor::clean`] puts `[redacted:KIND]` in the place of each secret:
//!
//! | kind | where |
//! |---|---|
//! | tokens of known form | `provider`, `shape` |
//! | keys that a vendor's name and their length give away | `vendor` |
//! | private keys, whole or without their first line | `pem` |
//! | passwords in URLs and connection strings, codes in URLs | `url`, `connection`, `indirect` |
//! | URLs that are secrets | `webhook` |
//! | values of names like `password` | `assignment`, `beside`, `header`, `element`, `manifest`, `login`, `column` |
//! | what a value is, and what is the name of something else | `likely` |
//! | arguments of commands | `command`, `dashes` |
//! | what stands in a sentence, in many languages | `prose` |
//! | what is sent to servers of mail, chat, files and caches | `protocol` |
//! | the same secret, told once and given again elsewhere | `repeat` |
//! | phrases of wallets | `mnemonic` |
//! | numbers of cards, accounts and social security, unless they are to be kept | `payment` |
//! | PINs and other short numbers behind their word | `short_number` |
//! | codes for one time beside theirs | `one_time` |
//! | random strings | `entropy` |
//! | what stands in `<private>…</private>` | `private` |
//!
//! It covers the public rules of gitleaks, but for: public keys and ids of clients, which are no
//! secrets; 40 hexadecimal digits beside the word Sourcegraph, which are more often a commit; and any
//! name with `key`, `auth` or `access` in it
//! whose value is hexadecimal digits, which are more often a hash.
//!
//! Escape sequences of terminals go first (`escapes`).
//!
//! It runs in every call of a hook: the scanners are written by hand over bytes, their tables made
//! by the compiler, and nothing is built at run time but the patterns that are configured.
//!
//! What only stands for a secret is left alone: `<token>`, `$TOKEN`, `xxxx`, `changeme`, types,
//! code (`placeholder`, `expression`). Redacting what has been redacted changes nothing.

mod assignment;
mod before;
mod beside;
mod blocks;
mod bytes;
mod column;
mod command;
mod connection;
mod cut;
mod dashes;
mod element;
mod entropy;
mod escapes;
mod expression;
mod extra;
mod finding;
mod header;
mod indirect;
mod judge;
mod keyword;
mod kind;
mod likely;
mod login;
mod look;
mod manifest;
mod marker;
mod mnemonic;
mod name;
mod one_time;
mod payment;
mod pem;
mod placeholder;
mod private;
mod prose;
mod protocol;
mod provider;
mod repeat;
mod runs;
mod scan;
mod shape;
mod short_number;
#[cfg(test)]
mod tests;
mod url;
mod value;
mod vendor;
mod webhook;
mod words;

pub use escapes::without_escapes;
pub use extra::compile_pattern;

use finding::{Finding, Findings};
use regex::Regex;
use std::borrow::Cow;

/// So often a text is looked at again for what another finding uncovered. Twice is enough for
/// all but patterns of the configuration that are made to go on.
const ROUNDS: usize = 16;

/// What is read beyond the part that is kept, when a long text is cut: no secret but a private
/// part or key is longer, and of those the beginning is enough.
const MARGIN: usize = 64 * 1024;

/// Hides secrets in texts.
#[derive(Debug, Clone, Default)]
pub struct Redactor {
    extra: Vec<Regex>,
    keeps_payment: bool,
}

impl Redactor {
    /// Makes a redactor that also hides what these patterns match (see [`compile_pattern`]). Of a
    /// pattern with groups only the groups are hidden, so that `id=(\d+)` keeps the name.
    pub fn with_patterns(extra: Vec<Regex>) -> Redactor {
        Redactor {
            extra,
            keeps_payment: false,
        }
    }

    /// Returns the redactor that leaves the numbers of payment cards and bank accounts alone.
    #[must_use]
    pub fn keeping_payment(mut self) -> Redactor {
        self.keeps_payment = true;
        self
    }

    /// Makes a redactor without further patterns; this costs nothing.
    pub fn plain() -> Redactor {
        Redactor::default()
    }

    /// Returns the text with `[redacted:KIND]` in the place of each secret, without escape
    /// sequences.
    pub fn clean<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut cleaned = without_escapes(text);
        for _ in 0..ROUNDS {
            let findings = self.find_all(&cleaned);
            if findings.is_empty() {
                return cleaned;
            }
            cleaned = Cow::Owned(finding::rewrite_text(&cleaned, &findings));
        }
        // Never settled: rather nothing than something that the next look would hide.
        let mut hidden = String::new();
        marker::push_marker(&mut hidden, kind::TEXT);
        Cow::Owned(hidden)
    }

    /// Returns at most `max_chars` characters of the redacted text, `…` at the end where something
    /// is left out. Redaction comes first: a secret is never cut into a half that no rule knows.
    pub fn clean_and_cut(&self, text: &str, max_chars: usize) -> String {
        // The beginning of a long text is enough, if much of it is left when it is redacted.
        let enough = max_chars.saturating_mul(4).saturating_add(2 * MARGIN);
        if text.len() / 2 > enough && self.extra.is_empty() {
            let mut end = enough;
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            let cleaned = self.clean(&text[..end]);
            if cut::byte_of_char(&cleaned, max_chars) + MARGIN < cleaned.len() {
                return cut::cut_text(&cleaned, max_chars);
            }
        }
        cut::cut_text(&self.clean(text), max_chars)
    }

    fn find_all(&self, text: &str) -> Vec<Finding> {
        let mut findings = Findings::default();
        scan::find_secrets(text, !self.keeps_payment, &mut findings);
        for pattern in &self.extra {
            extra::find_pattern(pattern, text, &mut findings);
        }
        let mut settled = findings.settle(text);
        repeat::add_repeated(text, &mut settled);
        settled
    }
}
