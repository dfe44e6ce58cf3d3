//! How an entry is known inside the index: by a number instead of its path.

use crate::model::hash_text;

/// Returns the key of the entry at a path: the first 8 bytes of the BLAKE3 hash of the path.
pub(crate) fn entry_key(path: &str) -> u64 {
    hash_text(path)
}
