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

/// Returns the number that stands for a text.
pub(crate) fn hash_text(text: &str) -> u64 {
    hash_number(blake3::hash(text.as_bytes()))
}

/// Returns the first eight bytes of a BLAKE3 hash in hexadecimal digits: for names that are
/// distinguished among few.
pub(crate) fn short_hash(hash: blake3::Hash) -> String {
    hash.to_hex()[..16].to_owned()
}

/// Returns the first half of a BLAKE3 hash in hexadecimal digits: no two things ever have the same.
pub(crate) fn half_hash(hash: blake3::Hash) -> String {
    hash.to_hex()[..32].to_owned()
}

/// Returns a name for what has an id that is no name: that of no other, and none that an id is.
pub(crate) fn name_by_hash(id: &str) -> String {
    format!("b3.{}", half_hash(blake3::hash(id.as_bytes())))
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
        assert_eq!(hash_text("a"), 0x53a4_69d9_dd2f_7617);
        assert_eq!(short_hash(blake3::hash(b"a")), "17762fddd969a453");
        assert_eq!(name_by_hash("a"), "b3.17762fddd969a453925d65717ac3eea2");
    }
}
