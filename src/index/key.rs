//! How an entry is known inside the index: by a number instead of its path.

/// Returns the key of the entry at a path: the first 8 bytes of the BLAKE3 hash of the path.
pub(crate) fn entry_key(path: &str) -> u64 {
    first_u64(blake3::hash(path.as_bytes()))
}

/// Returns the first 8 bytes of a hash as a number.
pub(crate) fn first_u64(hash: blake3::Hash) -> u64 {
    let (first, _) = hash.as_bytes().as_chunks::<8>();
    first.first().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}
