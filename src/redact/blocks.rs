//! Looking at 64 bytes at once: which of them belong to a class, as the bits of a word.

/// So many bytes are looked at together.
pub(super) const BLOCK: usize = 64;

/// Returns a bit for each of the 64 bytes from `from` on: whether `belongs` holds for it. Beyond
/// the end are zeros.
#[inline]
pub(super) fn class_bits(bytes: &[u8], from: usize, belongs: impl Fn(u8) -> bool) -> u64 {
    let rest = bytes.get(from..).unwrap_or_default();
    match rest.first_chunk::<BLOCK>() {
        Some(block) => block_bits(block, belongs),
        None => {
            let mut block = [0; BLOCK];
            block[..rest.len()].copy_from_slice(rest);
            block_bits(&block, belongs)
        }
    }
}

/// Returns a bit for each of the 64 bytes from `from` on: whether `belongs` holds for it and for the
/// byte behind it. Beyond the end are zeros.
#[inline]
pub(super) fn pair_bits(bytes: &[u8], from: usize, belongs: impl Fn(u8, u8) -> bool) -> u64 {
    const PAIRS: usize = BLOCK + 1;
    let rest = bytes.get(from..).unwrap_or_default();
    let mut padded = [0; PAIRS];
    let block = rest.first_chunk::<PAIRS>().unwrap_or_else(|| {
        padded[..rest.len()].copy_from_slice(rest);
        &padded
    });
    let mut flags = [0u8; BLOCK];
    for (at, flag) in flags.iter_mut().enumerate() {
        *flag = u8::from(belongs(block[at], block[at + 1]));
    }
    gather_bits(&flags)
}

/// Written without tables and branches, so that the compiler uses vectors.
#[inline]
fn block_bits(block: &[u8; BLOCK], belongs: impl Fn(u8) -> bool) -> u64 {
    let mut flags = [0u8; BLOCK];
    for (flag, byte) in flags.iter_mut().zip(block) {
        *flag = u8::from(belongs(*byte));
    }
    gather_bits(&flags)
}

/// Returns the lowest bit of each byte.
#[inline]
fn gather_bits(flags: &[u8; BLOCK]) -> u64 {
    let mut bits = 0;
    for (at, eight) in flags.as_chunks::<8>().0.iter().enumerate() {
        // Gathers the lowest bit of each byte in the highest byte.
        let gathered = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        bits |= gathered << (8 * at);
    }
    bits
}

/// Returns whether a byte is an ASCII letter or digit.
#[inline]
pub(super) fn is_letter_or_digit(byte: u8) -> bool {
    let letter = (byte | 0x20).wrapping_sub(b'a') < 26;
    let digit = byte.wrapping_sub(b'0') < 10;
    letter | digit
}
