//! What the archive was made from the last time: private, disposable, and written last, so that
//! whatever was interrupted shows as a difference.

use crate::kb::walk::FileState;
use crate::kb::{Config, Kb, make_private_directory, read_private, replace_private};
use serde::{Deserialize, Serialize};
use std::io;

/// Raised with every change of what is written into the archive.
const VERSION: u32 = 3;
const FILE: &str = "sessions/derived.json";

/// What the archive was made from.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Manifest {
    /// How many sessions are in it: the oldest, by their names.
    pub(super) count: usize,
    /// Hash of their names and states (`Survey::fingerprint`).
    pub(super) fingerprint: u64,
    /// Whether these states show every later change.
    pub(super) settled: bool,
    /// State of the archive.
    pub(super) archive: FileState,
    /// Sum over its lines.
    pub(super) sum: u64,
}

/// The manifest as it is written.
#[derive(Serialize, Deserialize)]
struct ManifestFile {
    version: u32,
    settings: String,
    count: usize,
    fingerprint: u64,
    settled: bool,
    /// Size, modification, change, inode.
    archive: (u64, i64, i64, u64),
    sum: u64,
}

impl Manifest {
    /// Reads the manifest. `None` if there is none, or it was made under other settings.
    pub(super) fn load(kb: &Kb) -> Option<Self> {
        let bytes = read_private(&kb.private_dir().join(FILE)).ok()?;
        let file: ManifestFile = serde_json::from_slice(&bytes).ok()?;
        if (file.version, &file.settings) != (VERSION, &relevant_settings(kb.config())) {
            return None;
        }
        let (size, modified, changed, inode) = file.archive;
        Some(Manifest {
            count: file.count,
            fingerprint: file.fingerprint,
            settled: file.settled,
            archive: FileState {
                size,
                modified,
                changed,
                inode,
                ..FileState::default()
            },
            sum: file.sum,
        })
    }

    /// Writes the manifest. It is not synced: a power cut leaves none, or an old one, and both are
    /// noticed.
    pub(super) fn store(&self, kb: &Kb) -> io::Result<()> {
        let FileState {
            size,
            modified,
            changed,
            inode,
            ..
        } = self.archive;
        let file = ManifestFile {
            version: VERSION,
            settings: relevant_settings(kb.config()),
            count: self.count,
            fingerprint: self.fingerprint,
            settled: self.settled,
            archive: (size, modified, changed, inode),
            sum: self.sum,
        };
        let path = kb.private_dir().join(FILE);
        let directory = path.parent().unwrap_or(&path);
        make_private_directory(directory)?;
        replace_private(&path, &serde_json::to_vec(&file)?)
    }
}

/// Returns the settings that the archive depends on.
fn relevant_settings(config: &Config) -> String {
    let Config {
        session_logs,
        session_index_cap,
        zone,
        ..
    } = config;
    format!("{session_logs} {session_index_cap} {}", zone.name())
}
