//! What is kept of transcripts that were read, below `.mx/import/`.

use crate::agents::transcript::{EventKey, Position};
use crate::error::{Error, Result};
use crate::kb::{Kb, read_private};
use crate::model::hash_number;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

/// Length of a key and the transcript that held it first, in bytes.
pub(super) const KEY_PAIR: usize = 16;

/// Uses of tools, by the name of the tool.
pub(super) type Uses = BTreeMap<String, u64>;

/// What is known of a transcript that was read before.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Known {
    pub(super) position: Position,
    pub(super) size: u64,
    pub(super) modified: i64,
    /// The record, absolute; `None` if there is none.
    pub(super) record: Option<PathBuf>,
    /// Whether hooks recorded the session.
    pub(super) live: bool,
    /// Whether more of it was being added to the record.
    #[serde(default)]
    pub(super) growing: bool,
    /// Whether tools were counted of which more was to follow.
    #[serde(default)]
    pub(super) counted_early: bool,
    /// The uses of tools in it.
    #[serde(default)]
    pub(super) uses: Uses,
}

impl Known {
    /// Returns whether what comes behind its end can just be added to its record.
    pub(super) fn may_grow(&self) -> bool {
        !self.growing && !self.live && !self.counted_early && self.record.is_some()
    }
}

pub(super) fn import_directory(kb: &Kb) -> PathBuf {
    kb.private_dir().join("import")
}

pub(super) fn known_path(kb: &Kb, transcript: &Path) -> PathBuf {
    import_directory(kb).join(format!("{:016x}.json", hash_of(transcript)))
}

pub(super) fn keys_path(kb: &Kb) -> PathBuf {
    import_directory(kb).join("keys")
}

pub(super) fn hash_of(path: &Path) -> u64 {
    let hash = blake3::hash(path.as_os_str().as_encoded_bytes());
    hash_number(hash)
}

/// Reads pairs of a key and the transcript that held it first, 8 bytes each.
pub(super) fn read_keys(path: &Path) -> Result<HashMap<EventKey, u64>> {
    let bytes = match read_private(path) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(HashMap::new()),
        read => read.map_err(|cause| Error::io("read", path, cause))?,
    };
    let number = |bytes: &[u8]| {
        let mut number = [0; 8];
        number.copy_from_slice(bytes);
        u64::from_le_bytes(number)
    };
    let pairs = bytes.chunks_exact(KEY_PAIR);
    Ok(pairs
        .map(|pair| (EventKey(number(&pair[..8])), number(&pair[8..])))
        .collect())
}
