//! Words that lead to a secret: words for "password" or "PIN", and commands that take one.

mod table;

use super::bytes::{WORD, byte_at, starts_in_any_case};
use super::finding::Findings;
use super::prose;
use table::KEYWORDS;

/// The length of what a keyword is looked up by. A blank follows those that are shorter.
const LEAD: usize = 4;
/// Many more than keywords, so that most words are none at once.
const BUCKETS: usize = 8192;
const NONE: u16 = u16::MAX;

/// Keywords by their first bytes; made by the compiler.
struct KeywordIndex {
    heads: [u16; BUCKETS],
    next: [u16; KEYWORDS.len()],
    leads: [u32; KEYWORDS.len()],
}

static INDEX: KeywordIndex = KeywordIndex::build();

impl KeywordIndex {
    const fn build() -> KeywordIndex {
        assert!(KEYWORDS.len() < NONE as usize);
        let mut index = KeywordIndex {
            heads: [NONE; BUCKETS],
            next: [NONE; KEYWORDS.len()],
            leads: [0; KEYWORDS.len()],
        };
        let mut at = KEYWORDS.len();
        while at > 0 {
            at -= 1;
            let word = KEYWORDS[at].0.as_bytes();
            let fourth = if word.len() < LEAD { b' ' } else { word[3] };
            let lead = without_case([word[0], word[1], word[2], fourth]);
            let bucket = bucket_of(lead);
            index.leads[at] = lead;
            index.next[at] = index.heads[bucket];
            index.heads[bucket] = at as u16;
        }
        index
    }
}

/// Capitals and small letters of ASCII are alike, and so are a few signs.
const fn without_case(lead: [u8; LEAD]) -> u32 {
    u32::from_le_bytes(lead) | 0x2020_2020
}

const fn bucket_of(lead: u32) -> usize {
    (lead.wrapping_mul(0x9E37_79B1) >> 19) as usize
}

/// The one keyword of two bytes, with the blank behind it.
const SHORTEST: u32 = u32::from_le_bytes(*b"pw \0");

/// Looks behind the keywords that begin at `start`, if any do.
#[inline]
pub(super) fn find_behind_keyword(bytes: &[u8], start: usize, findings: &mut Findings) {
    let rest = bytes.get(start..).unwrap_or_default();
    let Some(lead) = rest.first_chunk::<LEAD>() else {
        find_at_end(bytes, start, findings);
        return;
    };
    let lead = without_case(*lead);
    if lead & 0x00FF_FFFF == SHORTEST {
        prose::find_short_password(bytes, start + 2, findings);
    }
    let head = INDEX.heads[bucket_of(lead)];
    if head != NONE {
        look_behind(bytes, start, (lead, head), findings);
    }
}

/// Looks behind a keyword of three bytes with which the text ends.
#[cold]
fn find_at_end(bytes: &[u8], start: usize, findings: &mut Findings) {
    if let [first, second, third] = bytes[start.min(bytes.len())..] {
        let lead = without_case([first, second, third, b' ']);
        let head = INDEX.heads[bucket_of(lead)];
        look_behind(bytes, start, (lead, head), findings);
    }
}

/// Looks behind the keywords that begin so, from the first one in their bucket on.
#[inline(never)]
fn look_behind(bytes: &[u8], start: usize, (lead, head): (u32, u16), findings: &mut Findings) {
    let mut next = head;
    while let Some((word, look)) = KEYWORDS.get(next as usize) {
        let end = start + word.len();
        if INDEX.leads[next as usize] == lead
            && starts_in_any_case(bytes, start, word)
            && !WORD.has(byte_at(bytes, end))
        {
            look(bytes, end, findings);
        }
        next = INDEX.next[next as usize];
    }
}
