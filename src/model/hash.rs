//! Hashes that are kept on disk, the same everywhere and always.

/// Returns the first eight bytes of a BLAKE3 hash.
pub(crate) fn first_eight(hash: blake3::Hash) -> [u8; 8] {
    let mut first = [0; 8];
    first.copy_from_slice(&hash.as_bytes()[..8]);
    first
}

/// Returns the first eight bytes of a BLAKE3 hash as a number, the lowest byte first.
pub(crate) fn hash_number(hash: blake3::Hash) -> u64 {
    u64::from_le_bytes(first_eight(hash))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_values_are_fixed() {
        assert_eq!(
            first_eight(blake3::hash(b"a")),
            *b"\x17\x76\x2f\xdd\xd9\x69\xa4\x53"
        );
        assert_eq!(hash_number(blake3::hash(b"a")), 0x53a4_69d9_dd2f_7617);
    }
}
