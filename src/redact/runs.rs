//! Finding the long runs of letters, digits, `_`, `-` and `.` in a text: in one of them stands
//! every token, and few other things do.

use super::blocks::{BLOCK, class_bits, is_letter_or_digit};
use super::bytes::{DOTTED, end_of};
use std::ops::Range;

/// Calls `see` with every run of at least ten bytes that has a digit or a capital. A shorter one
/// holds no token, not even a cut one that would be of use.
///
/// Reads blocks of 64 bytes into words of 64 bits, whose bits say which bytes belong to a run; most
/// blocks hold none that is long enough, which a few shifts show.
pub(super) fn each_run(bytes: &[u8], mut see: impl FnMut(Range<usize>)) {
    let mut base = 0;
    let mut done = 0;
    let mut here = member_bits(bytes, 0);
    while base < bytes.len() {
        let next = member_bits(bytes, base + BLOCK);
        let mut starts = long_runs(u128::from(here) | u128::from(next) << BLOCK);
        while starts != 0 {
            let at = base + starts.trailing_zeros() as usize;
            let start = at - length_back(&bytes[done..at]);
            let end = end_of(bytes, at, &DOTTED);
            let hard = |byte: &u8| byte.is_ascii_digit() || byte.is_ascii_uppercase();
            if bytes[start..end].iter().any(hard) {
                see(start..end);
            }
            done = end;
            if end >= base + BLOCK {
                break;
            }
            starts &= !0 << (end - base);
        }
        // A run may be longer than a block.
        let after = (done / BLOCK * BLOCK).max(base + BLOCK);
        here = if after == base + BLOCK {
            next
        } else {
            member_bits(bytes, after)
        };
        here &= !0u64 << done.saturating_sub(after).min(BLOCK - 1);
        base = after;
    }
}

fn length_back(front: &[u8]) -> usize {
    front
        .iter()
        .rev()
        .take_while(|byte| DOTTED.has(**byte))
        .count()
}

/// Returns the bits of the first 64 at which at least ten bits in a row begin.
fn long_runs(members: u128) -> u64 {
    let two = members & members >> 1;
    let four = two & two >> 2;
    let eight = four & four >> 4;
    (eight & two >> 8) as u64
}

/// Returns a bit for each of the 64 bytes from `from` on: whether it belongs to a run.
fn member_bits(bytes: &[u8], from: usize) -> u64 {
    class_bits(bytes, from, |byte| {
        is_letter_or_digit(byte) | (byte == b'_') | (byte == b'-') | (byte == b'.')
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn plain(text: &str) -> Vec<Range<usize>> {
        let bytes = text.as_bytes();
        let mut runs = Vec::new();
        let mut at = 0;
        while at < bytes.len() {
            let end = end_of(bytes, at, &DOTTED);
            let hard = |byte: &u8| byte.is_ascii_digit() || byte.is_ascii_uppercase();
            if end - at >= 10 && bytes[at..end].iter().any(hard) {
                runs.push(at..end);
            }
            at = end + 1;
        }
        runs
    }

    proptest! {
        #[test]
        fn the_same_runs_are_found_as_one_by_one(text in "([a-zA-Z0-9._-]{0,90}[ ,\u{e9}\n]{0,3}){0,12}") {
            let mut runs = Vec::new();
            each_run(text.as_bytes(), |run| runs.push(run));
            prop_assert_eq!(runs, plain(&text));
        }
    }

    #[test]
    fn a_run_over_many_blocks_is_one() {
        let text = format!("{}A{} {}1", "a".repeat(300), "b".repeat(63), "c".repeat(64));
        let mut runs = Vec::new();
        each_run(text.as_bytes(), |run| runs.push(run));
        assert_eq!(runs, vec![0..364, 365..430]);
    }
}
