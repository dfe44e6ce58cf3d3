//! Which file is the journal of which session.

use crate::agents::Agent;
use crate::error::{Error, Result};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// How long an id may be to stand in the name of a file.
const LONGEST: usize = 64;

/// A journal on disk.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct JournalFile {
    /// Its path.
    pub path: PathBuf,
    /// The agent, if it is one that is known.
    pub agent: Option<Agent>,
    /// The id of the session as it stands in the name, which may be a hash: the header says it.
    pub session: String,
    /// How long it is, in bytes.
    pub length: u64,
}

/// Returns the name of the journal of a session: `claude-ID.jsonl`. An id that is long, or has
/// characters that not every file system takes or distinguishes, is replaced by its hash.
pub fn file_name(agent: &str, session: &str) -> String {
    format!("{}-{}.jsonl", safe_name(agent), safe_name(session))
}

fn safe_name(id: &str) -> String {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_');
    if (1..=LONGEST).contains(&id.len()) && id.bytes().all(plain) {
        id.to_owned()
    } else {
        // With a full stop, which no plain id has.
        crate::model::name_by_hash(id)
    }
}

/// Returns the journals in a directory, sorted by their names; none if there is no directory.
///
/// # Errors
///
/// If the directory cannot be read.
pub fn list_journals(dir: &Path) -> Result<Vec<JournalFile>> {
    let failed = |cause| Error::io("read", dir, cause);
    let entries = match fs::read_dir(dir) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(failed)?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.map_err(failed)?;
        // One that is gone by now is as good as none.
        let Ok(metadata) = entry.metadata() else {
            continue;
        };
        let name = entry.file_name();
        let Some((agent, session)) = name.to_str().and_then(split_name) else {
            continue;
        };
        if metadata.is_file() {
            found.push(JournalFile {
                path: entry.path(),
                agent: Agent::from_name(agent),
                session: session.to_owned(),
                length: metadata.len(),
            });
        }
    }
    found.sort();
    Ok(found)
}

fn split_name(name: &str) -> Option<(&str, &str)> {
    name.strip_suffix(".jsonl")?.split_once('-')
}
