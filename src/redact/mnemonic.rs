//! Mnemonic phrases of wallets (BIP-39): twelve and more words of one list of 2,048.

use super::finding::{FindingRank, Findings};
use super::kind::MNEMONIC;
use std::ops::Range;

/// The English list of BIP-39, one word a line, in order.
const LIST: &str = include_str!("mnemonic-english.txt");
const COUNT: usize = 2048;
/// No word of the list is longer.
const LONGEST: usize = 8;
/// A phrase has at least so many words. Other prose has a word of the list in five.
const LEAST: usize = 12;
/// So many words of a phrase are different ones: a third alike happens once in billions of phrases of twelve.
const DISTINCT: usize = 8;
/// Between two words of a phrase stand at most so many other bytes: a number, quotes, a comma.
const GAP: usize = 12;

/// Of so many words one is looked at: a phrase holds it. Odd, since between the words of a
/// numbered phrase stand numbers.
pub(super) const STRIDE: usize = 11;

/// The words as numbers, made by the compiler.
static WORDS: [u64; COUNT] = read_list();

const fn read_list() -> [u64; COUNT] {
    let text = LIST.as_bytes();
    let mut words = [0; COUNT];
    let (mut at, mut word) = (0, 0);
    let mut packed = [0u8; LONGEST];
    let mut length = 0;
    while at < text.len() && word < COUNT {
        if text[at] == b'\n' {
            words[word] = u64::from_be_bytes(packed);
            (word, length, packed) = (word + 1, 0, [0; LONGEST]);
        } else if text[at] != b'\r' && length < LONGEST {
            packed[length] = text[at];
            length += 1;
        }
        at += 1;
    }
    words
}

/// Bits of a filter of the words: most others miss theirs.
const FILTER_BITS: usize = 1 << 15;
static FILTER: [u64; FILTER_BITS / 64] = fill_filter();

const fn fill_filter() -> [u64; FILTER_BITS / 64] {
    let mut filter = [0; FILTER_BITS / 64];
    let mut at = 0;
    while at < COUNT {
        let bit = filter_bit(WORDS[at]);
        filter[bit / 64] |= 1 << (bit % 64);
        at += 1;
    }
    filter
}

const fn filter_bit(packed: u64) -> usize {
    (packed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 49) as usize
}

/// Hides the phrase that the word at `start` belongs to. Returns where the phrase ends.
pub(super) fn find_mnemonic(bytes: &[u8], start: usize, findings: &mut Findings) -> Option<usize> {
    let first = read_word(bytes, start)?;
    let (mut place, mut count) = (first.clone(), 1);
    while let Some(word) = word_before(bytes, place.start) {
        place.start = word.start;
        count += 1;
    }
    while let Some(word) = word_behind(bytes, place.end) {
        place.end = word.end;
        count += 1;
    }
    let end = place.end;
    (count >= LEAST).then(|| {
        let listed = super::bytes::starts_in_any_case(bytes, place.start, "word list:");
        if has_many_words(&bytes[place.clone()]) && !listed {
            findings.add(place, MNEMONIC, FindingRank::Form);
        }
        end
    })
}

/// Returns whether a run holds many different words, as one drawn from the list does. The same few
/// again and again are text that says little, not a secret.
fn has_many_words(run: &[u8]) -> bool {
    let mut known: Vec<&[u8]> = Vec::with_capacity(DISTINCT);
    let words = run.split(|byte| !byte.is_ascii_alphabetic());
    for word in words.filter(|word| !word.is_empty()) {
        if !known.contains(&word) {
            known.push(word);
        }
        if known.len() == DISTINCT {
            return true;
        }
    }
    false
}

/// Returns the place of the word of the list that begins at `start`.
fn read_word(bytes: &[u8], start: usize) -> Option<Range<usize>> {
    let letters = bytes[start..]
        .iter()
        .take_while(|byte| byte.is_ascii_alphabetic());
    let length = letters.take(LONGEST + 1).count();
    let follows = bytes.get(start + length);
    let whole =
        !follows.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | 0x80..));
    (whole && is_listed(&bytes[start..start + length])).then_some(start..start + length)
}

fn is_listed(word: &[u8]) -> bool {
    if !(3..=LONGEST).contains(&word.len()) || !word[0].is_ascii_alphabetic() {
        return false;
    }
    let mut packed = [0; LONGEST];
    packed[..word.len()].copy_from_slice(word);
    packed.make_ascii_lowercase();
    let packed = u64::from_be_bytes(packed);
    let bit = filter_bit(packed);
    if FILTER[bit / 64] >> (bit % 64) & 1 == 0 {
        return false;
    }
    WORDS.binary_search(&packed).is_ok()
}

fn word_behind(bytes: &[u8], end: usize) -> Option<Range<usize>> {
    let rest = &bytes[end..];
    let length = rest
        .iter()
        .take(GAP)
        .take_while(|byte| is_between(**byte))
        .count();
    let start = end + length;
    (is_gap(&rest[..length]) && start < bytes.len()).then(|| read_word(bytes, start))?
}

fn word_before(bytes: &[u8], start: usize) -> Option<Range<usize>> {
    let front = bytes[..start].iter().rev();
    let end = start
        - front
            .take(GAP)
            .take_while(|byte| is_between(**byte))
            .count();
    let letters = bytes[..end].iter().rev().take(LONGEST + 1);
    let length = letters
        .take_while(|byte| byte.is_ascii_alphabetic())
        .count();
    let word = end - length..end;
    let before = word.start.checked_sub(1).map(|at| bytes[at]);
    let joined = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | 0x80..);
    let whole = !before.is_some_and(joined);
    (is_gap(&bytes[end..start]) && whole && is_listed(&bytes[word.clone()])).then_some(word)
}

/// Returns whether what lies between two words parts those of a list, not those of a name.
fn is_gap(between: &[u8]) -> bool {
    between
        .iter()
        .any(|byte| byte.is_ascii_whitespace() || *byte == b',')
}

/// Returns whether a byte may stand between two words of a phrase: blanks, numbers, signs of lists.
fn is_between(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte.is_ascii_digit() || b"\"',.;:)*-#\\`[]".contains(&byte)
}
