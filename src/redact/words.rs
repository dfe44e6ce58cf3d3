//! The words of a text: where they begin and where they end.

use super::beside::may_follow;
use super::blocks::{BLOCK, class_bits, is_letter_or_digit, pair_bits};

/// What is called for the words of a text.
pub(super) trait WordVisitor {
    /// A word begins at `start`: a letter, digit or `_`, or a byte of another script.
    fn visit_start(&mut self, start: usize);
    /// A word of letters, digits and `_` ends before `end`, and what follows may be its value.
    fn visit_end(&mut self, end: usize);
}

/// Visits every word, in the order of the text but for starts and ends of the same 64 bytes. A
/// word also begins where ASCII follows another script: Chinese puts no blanks between words.
pub(super) fn visit_words(bytes: &[u8], visitor: &mut impl WordVisitor) {
    let (mut plain_before, mut other_before) = (0, 0);
    let mut base = 0;
    // The end of the text ends a word, too.
    while base <= bytes.len() {
        let plain = class_bits(bytes, base, |byte| {
            is_letter_or_digit(byte) | (byte == b'_')
        });
        let other = class_bits(bytes, base, |byte| byte >= 0x80);
        let after_plain = plain << 1 | plain_before;
        let after_other = other << 1 | other_before;
        let starts = (plain | other) & !(after_plain | after_other) | (plain & after_other);
        visit_bits(starts, base, |at| visitor.visit_start(at));
        let ends = !plain & after_plain & pair_bits(bytes, base, may_follow);
        visit_bits(ends, base, |at| visitor.visit_end(at));
        (plain_before, other_before) = (plain >> (BLOCK - 1), other >> (BLOCK - 1));
        base += BLOCK;
    }
}

#[inline]
fn visit_bits(bits: u64, base: usize, mut visit: impl FnMut(usize)) {
    let mut rest = bits;
    while rest != 0 {
        visit(base + rest.trailing_zeros() as usize);
        rest &= rest - 1;
    }
}
