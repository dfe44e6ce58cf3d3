//! Secrets out of text, before anything of it is stored.
//!
//! [`Redactor::clean`] puts `[redacted:KIND]` in the place of each secret: tokens of known form
//! (`provider`, `shape`), private keys (`pem`), passwords in URLs (`url`), URLs that are secrets (`webhook`), values of names
//! like `password` (`assignment`, `header`, `dashes`, `element`, `prose`), random strings
//! (`entropy`), and what stands in `<private>…</private>` (`private`).
//!
//! It runs in every call of a hook: the scanners are written by hand over bytes, their tables made
//! by the compiler, and nothing is built at run time but the patterns that somebody configured.
//!
//! What only stands for a secret is left alone: `<token>`, `$TOKEN`, `xxxx`, `changeme`, types,
//! code. Redacting what has been redacted changes nothing.

mod assignment;
mod bytes;
mod cut;
mod dashes;
mod element;
mod entropy;
mod extra;
mod finding;
mod header;
mod json;
mod judge;
mod marker;
mod name;
mod pem;
mod private;
mod prose;
mod provider;
mod runs;
mod scan;
mod shape;
#[cfg(test)]
mod tests;
mod url;
mod value;
mod webhook;

use crate::error::Result;
use finding::{Finding, Findings};
use regex::Regex;
use serde_json::Value;
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
}

impl Redactor {
    /// Makes a redactor that also hides what the patterns of the setting `redact` match. Of a
    /// pattern with groups only the groups are hidden, so that `id=(\d+)` keeps the name.
    ///
    /// # Errors
    ///
    /// If a pattern is no regular expression. The message names it.
    pub fn new(extra: &[String]) -> Result<Redactor> {
        let extra = extra.iter().map(|pattern| extra::compile(pattern));
        Ok(Redactor {
            extra: extra.collect::<Result<_>>()?,
        })
    }

    /// Makes a redactor with patterns that are compiled already.
    pub fn with(extra: &[Regex]) -> Redactor {
        Redactor {
            extra: extra.to_vec(),
        }
    }

    /// Makes a redactor without further patterns; this costs nothing.
    pub fn plain() -> Redactor {
        Redactor::default()
    }

    /// Returns the text with `[redacted:KIND]` in the place of each secret.
    pub fn clean<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut cleaned = Cow::Borrowed(text);
        for _ in 0..ROUNDS {
            let findings = self.findings(&cleaned);
            if findings.is_empty() {
                return cleaned;
            }
            cleaned = Cow::Owned(finding::rewrite(&cleaned, &findings));
        }
        // Never settled: rather nothing than something that the next look would hide.
        let mut hidden = String::new();
        marker::push(&mut hidden, marker::TEXT);
        Cow::Owned(hidden)
    }

    /// Returns at most `max_chars` characters of the redacted text, `…` at the end where something
    /// is left out. Redaction comes first: a secret is never cut into a half that nobody knows.
    pub fn clean_and_cut(&self, text: &str, max_chars: usize) -> String {
        // The beginning of a long text is enough, if much of it is left when it is redacted.
        let enough = max_chars.saturating_mul(4).saturating_add(2 * MARGIN);
        if text.len() > 2 * enough && self.extra.is_empty() {
            let mut end = enough;
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            let cleaned = self.clean(&text[..end]);
            if cut::place(&cleaned, max_chars) + MARGIN < cleaned.len() {
                return cut::cut(&cleaned, max_chars);
            }
        }
        cut::cut(&self.clean(text), max_chars)
    }

    /// Hides the secrets in every string of a JSON value, and strings whose member is named like a
    /// secret. Names are kept.
    pub fn clean_json(&self, value: &mut Value) {
        json::clean(self, value, None);
    }

    fn findings(&self, text: &str) -> Vec<Finding> {
        let mut findings = Findings::default();
        scan::find(text, &mut findings);
        for pattern in &self.extra {
            extra::find(pattern, text, &mut findings);
        }
        findings.settle(text)
    }
}
