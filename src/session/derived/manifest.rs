//! What the derived files were made from the last time: private, disposable, and written last, so
//! that whatever was interrupted shows as a difference.

use super::read::Key;
use super::survey::{Digest, Survey};
use crate::kb::walk::FileState;
use crate::kb::{Config, Kb};
use crate::model::SessionId;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::fs;
use std::io::{self, Write as _};

/// Raised with every change of what is written into the derived files.
const VERSION: u32 = 1;
const FILE: &str = "sessions/derived.json";

/// The manifest. Sessions are split by their names: of those from `since` on each is known, of the
/// older ones only their digest.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Manifest {
    /// In seconds since 1970.
    pub(super) since: i64,
    pub(super) old: Digest,
    /// Whether the state of every older one tells every later change.
    pub(super) old_settled: bool,
    /// In no particular order.
    pub(super) known: Vec<Known>,
    /// The newest session in the archive.
    pub(super) archived: Option<Key>,
    /// Hash of the index.
    pub(super) index: u64,
    /// Hash of the recent work.
    pub(super) recent: u64,
    /// State of the archive.
    pub(super) archive: FileState,
    /// Sum over the lines of the archive.
    pub(super) archive_sum: u64,
}

/// A session that is known by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) key: Key,
    pub(super) state: FileState,
    pub(super) settled: bool,
    /// Hash of its row.
    pub(super) row: u64,
}

/// The manifest as it is written.
#[derive(Serialize, Deserialize)]
struct File {
    version: u32,
    settings: String,
    since: i64,
    old: (u64, u64, bool),
    folders: Vec<String>,
    known: Vec<(WireKey, WireState, bool, u64)>,
    archived: Option<WireKey>,
    index: u64,
    recent: u64,
    archive: (WireState, u64),
}

/// Instant, name, and which of the folders.
type WireKey = (i64, String, u32);
/// Size, modification, change, inode.
type WireState = (u64, i64, i64, u64);

impl Manifest {
    /// Reads the manifest. `None` if there is none, if it was made under other settings, or if a
    /// folder that it knows is gone: then everything has to be made anew.
    pub(super) fn load(kb: &Kb, survey: &Survey) -> Option<Self> {
        let bytes = fs::read(kb.private_dir().join(FILE)).ok()?;
        let file: File = serde_json::from_slice(&bytes).ok()?;
        if (file.version, &file.settings) != (VERSION, &settings(kb.config())) {
            return None;
        }
        let numbers: Option<Vec<u32>> = file
            .folders
            .iter()
            .map(|name| survey.folder_number(name))
            .collect();
        let numbers = numbers?;
        let key = |(instant, id, folder): &WireKey| {
            let id: SessionId = id.parse().ok()?;
            let folder = Reverse(*numbers.get(*folder as usize)?);
            Some(Key {
                instant: *instant,
                id,
                folder,
            })
        };
        let known = |(at, state, settled, row): &(WireKey, WireState, bool, u64)| {
            let (key, state) = (key(at)?, from_wire(*state));
            Some(Known {
                key,
                state,
                settled: *settled,
                row: *row,
            })
        };
        let archived = match &file.archived {
            Some(wire) => Some(key(wire)?),
            None => None,
        };
        let (count, sum, old_settled) = file.old;
        Some(Manifest {
            since: file.since,
            old: Digest { count, sum },
            old_settled,
            known: file.known.iter().map(known).collect::<Option<_>>()?,
            archived,
            index: file.index,
            recent: file.recent,
            archive: from_wire(file.archive.0),
            archive_sum: file.archive.1,
        })
    }

    /// Writes the manifest. That it cannot be written makes the next update longer, no more.
    pub(super) fn store(&self, kb: &Kb, survey: &Survey) -> io::Result<()> {
        let key = |key: &Key| (key.instant, key.id.to_string(), key.folder.0);
        let known = |known: &Known| {
            (
                key(&known.key),
                to_wire(known.state),
                known.settled,
                known.row,
            )
        };
        let file = File {
            version: VERSION,
            settings: settings(kb.config()),
            since: self.since,
            old: (self.old.count, self.old.sum, self.old_settled),
            folders: survey.folders.clone(),
            known: self.known.iter().map(known).collect(),
            archived: self.archived.as_ref().map(key),
            index: self.index,
            recent: self.recent,
            archive: (to_wire(self.archive), self.archive_sum),
        };
        let path = kb.private_dir().join(FILE);
        let directory = path.parent().unwrap_or(&path);
        fs::create_dir_all(directory)?;
        // Not synced: a power cut leaves none, or an old one, and both are noticed.
        let mut new = tempfile::NamedTempFile::new_in(directory)?;
        new.write_all(&serde_json::to_vec(&file)?)?;
        new.persist(&path)?;
        Ok(())
    }
}

/// Returns the settings that the derived files depend on.
fn settings(config: &Config) -> String {
    let limits = [
        config.session_index_cap,
        config.recent_sessions,
        config.recent_lines,
        config.recent_bytes,
    ];
    format!("{} {} {limits:?}", config.session_logs, config.zone.name())
}

fn to_wire(state: FileState) -> WireState {
    (state.size, state.modified, state.changed, state.inode)
}

fn from_wire((size, modified, changed, inode): WireState) -> FileState {
    FileState {
        size,
        modified,
        changed,
        inode,
    }
}

/// Returns the first eight bytes of the hash of a text.
pub(super) fn hash(bytes: &[u8]) -> u64 {
    let hash = blake3::hash(bytes);
    hash.as_bytes()[..8]
        .iter()
        .fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}
