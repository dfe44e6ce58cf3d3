//! Tokens that a prefix gives away, and the tables that find them.

mod table;

pub(super) use table::PROVIDERS;

use super::bytes::{self, ByteClass, DOTTED, is_cut, starts_at};
use super::look;

/// One sort of token: a prefix, and what follows it.
pub(super) struct Provider {
    prefix: &'static str,
    /// What the marker calls it.
    pub(super) kind: &'static str,
    body: &'static ByteClass,
    /// The body has at least this many bytes, if it was not cut.
    least: usize,
    proof: BodyProof,
}

/// How much a body must look like one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum BodyProof {
    /// The prefix stands nowhere else: any body will do that is no plain word, even a cut one.
    Prefix,
    /// The body holds a digit, or both cases.
    Body,
    /// The body looks random: the prefix is a common word or short.
    Random,
}

/// A body of an unmistakable prefix that has this many bytes is hidden wherever it ends.
const ENOUGH: usize = 12;
/// At the end of a cut text even so few.
const CUT: usize = 4;
/// A body is judged by so many bytes, lest hostile text be read again and again.
const JUDGED: usize = 256;

impl Provider {
    /// Returns where the token at `at` ends, if there is one.
    fn match_end(&self, bytes: &[u8], at: usize) -> Option<usize> {
        if !starts_at(bytes, at, self.prefix) {
            return None;
        }
        // In the middle of base64 any common word may stand.
        if self.proof == BodyProof::Random && matches!(bytes::byte_before(bytes, at), b'+' | b'/') {
            return None;
        }
        let from = at + self.prefix.len();
        let near = bytes::end_within(bytes, from, self.body, JUDGED);
        let cut = is_cut(bytes, near) || bytes[from..near].ends_with(b"...");
        let body = trim_full_stops(&bytes[from..near]);
        let least = match self.proof {
            BodyProof::Prefix if cut => CUT,
            BodyProof::Prefix => ENOUGH.min(self.least),
            _ => self.least,
        };
        let enough = body.len() >= least && !is_sample(body);
        let proven = match self.proof {
            BodyProof::Prefix | BodyProof::Body => {
                look::is_no_word(body) || (cut && body.len() >= ENOUGH)
            }
            BodyProof::Random => look::is_random(body),
        };
        if !(enough && proven) {
            return None;
        }
        let end = bytes::end_of(bytes, near, self.body);
        Some(from + trim_full_stops(&bytes[from..end]).len())
    }
}

/// Returns a body without the full stops behind it.
fn trim_full_stops(body: &[u8]) -> &[u8] {
    let last = body.iter().rposition(|byte| *byte != b'.');
    &body[..last.map_or(0, |last| last + 1)]
}

/// Returns whether a body only shows what one looks like: `xxxx`, `your-token`.
fn is_sample(body: &[u8]) -> bool {
    let same = |byte: &u8| matches!(byte, b'x' | b'X' | b'_' | b'-' | b'.');
    body.iter().all(same)
        || body
            .windows(4)
            .any(|four| four.eq_ignore_ascii_case(b"your"))
}

/// Returns where the token ends that begins at `at`, and its kind. `at` must be where a word begins.
pub(super) fn match_provider(bytes: &[u8], at: usize) -> Option<(usize, &'static str)> {
    let (first, second) = (*bytes.get(at)?, *bytes.get(at + 1)?);
    let mut next = INDEX.heads[bucket_of(first, second)];
    while let Some(provider) = PROVIDERS.get(next as usize) {
        if let Some(end) = provider.match_end(bytes, at) {
            return Some((end, provider.kind));
        }
        next = INDEX.next[next as usize];
    }
    None
}

/// Many more than pairs of bytes with which prefixes begin, so that most words have none at once.
const BUCKETS: usize = 4096;
const NONE: u16 = u16::MAX;

/// Providers by their first two bytes; made by the compiler.
struct ProviderIndex {
    heads: [u16; BUCKETS],
    next: [u16; PROVIDERS.len()],
}

static INDEX: ProviderIndex = ProviderIndex::build();

impl ProviderIndex {
    const fn build() -> ProviderIndex {
        assert!(PROVIDERS.len() < NONE as usize);
        let mut index = ProviderIndex {
            heads: [NONE; BUCKETS],
            next: [NONE; PROVIDERS.len()],
        };
        // From the end, so that each chain is in the order of the table.
        let mut at = PROVIDERS.len();
        while at > 0 {
            at -= 1;
            let prefix = PROVIDERS[at].prefix.as_bytes();
            let bucket = bucket_of(prefix[0], prefix[1]);
            index.next[at] = index.heads[bucket];
            index.heads[bucket] = at as u16;
        }
        index
    }
}

const fn bucket_of(first: u8, second: u8) -> usize {
    ((first as usize) << 5 ^ second as usize) % BUCKETS
}

/// Returns where a token of parts that dots join ends.
pub(super) fn dotted_end(bytes: &[u8], from: usize) -> usize {
    let end = bytes::end_of(bytes, from, &DOTTED);
    from + trim_full_stops(&bytes[from..end]).len()
}
