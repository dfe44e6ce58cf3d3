//! What the newest session entries and their folders looked like when the derived files were written,
//! so that the next command notices what git or an editor changed since. Private and disposable.
//!
//! Nothing but names, sizes, times and inodes is compared, of no more entries than the index holds.

use super::read::SessionEntry;
use super::seal::short_hash;
use super::survey::{SessionFile, Survey};
use crate::error::Result;
use crate::kb::walk::{Walker, state_of};
use crate::kb::{Kb, make_private_directory, read_private, replace_private};
use crate::markdown::session::parse_record;
use crate::model::Status;
use crate::session::record::read_record_text;
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;

const FILE: &str = "sessions/looked-at.json";

/// Most entries whose states are kept.
const MOST: usize = 1000;

/// Size, modification, change, inode; `None` for what is not there.
type PlainState = Option<(u64, i64, i64, u64)>;

/// What was looked at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct EntryStates {
    /// The directory of the sessions.
    logs: String,
    folders: Vec<(String, PlainState)>,
    /// Hash of the names of all entries.
    names: u64,
    newest: Vec<KnownEntry>,
}

/// One of the newest entries.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct KnownEntry {
    path: String,
    state: PlainState,
    /// Whether the session went on: then its record changes, and nothing is derived from it.
    active: bool,
}

impl EntryStates {
    /// Looks at the folders. To be done before their names are listed.
    pub(super) fn note_folders(kb: &Kb) -> Self {
        EntryStates {
            logs: kb.config().session_logs.clone(),
            folders: folder_states(kb),
            names: 0,
            newest: Vec::new(),
        }
    }

    /// Looks at the newest entries. To be done before they are read.
    pub(super) fn take_entries(&mut self, kb: &Kb, survey: &Survey) {
        self.names = hash_names(survey);
        let config = kb.config();
        let number = config
            .session_index_cap
            .max(config.recent_sessions)
            .min(MOST);
        let newest = survey.files.iter().rev().take(number);
        self.newest = newest
            .map(|file| {
                let path = survey.path(file);
                KnownEntry {
                    state: plain_state(&kb.root().join(&path)),
                    path,
                    active: true,
                }
            })
            .collect();
    }

    /// Keeps what was looked at, with what was read since. Without it the next change is not noticed.
    pub(super) fn store(&mut self, kb: &Kb, survey: &Survey, over: &[SessionEntry]) {
        let path_of = |file: &SessionFile| survey.path(file);
        let over: std::collections::HashSet<String> =
            over.iter().map(|entry| path_of(&entry.file)).collect();
        for known in &mut self.newest {
            known.active = !over.contains(&known.path);
        }
        self.write_file(kb);
    }

    fn write_file(&self, kb: &Kb) {
        let path = kb.private_dir().join(FILE);
        let directory = path.parent().unwrap_or(&path);
        if let (Ok(json), Ok(())) = (serde_json::to_vec(self), make_private_directory(directory)) {
            let _ = replace_private(&path, &json);
        }
    }

    fn load(kb: &Kb) -> Option<Self> {
        let bytes = read_private(&kb.private_dir().join(FILE)).ok()?;
        let known: EntryStates = serde_json::from_slice(&bytes).ok()?;
        // Of another directory nothing is known.
        (known.logs == kb.config().session_logs).then_some(known)
    }
}

/// Returns whether entries have come, gone or changed since the derived files were written, as far as
/// that is known.
///
/// # Errors
///
/// A directory of the sessions cannot be read.
pub(super) fn have_entries_changed(kb: &Kb) -> Result<bool> {
    let Some(mut known) = EntryStates::load(kb) else {
        return Ok(false);
    };
    if known.newest.iter().any(|entry| has_changed(kb, entry)) {
        return Ok(true);
    }
    let folders = folder_states(kb);
    if folders == known.folders {
        return Ok(false);
    }
    // Each replacement of a record touches its folder too: the names decide.
    if hash_names(&Survey::list_names(kb, &Walker::new(kb)?)?) != known.names {
        return Ok(true);
    }
    known.folders = folders;
    known.write_file(kb);
    Ok(false)
}

fn has_changed(kb: &Kb, entry: &KnownEntry) -> bool {
    let file = kb.root().join(&entry.path);
    plain_state(&file) != entry.state && !(entry.active && is_active(kb, &file))
}

fn is_active(kb: &Kb, file: &Path) -> bool {
    let text = read_record_text(file);
    let session = parse_record(&text, kb.zone(), None).session;
    session.is_some_and(|session| session.status == Status::Active)
}

fn folder_states(kb: &Kb) -> Vec<(String, PlainState)> {
    let logs = kb.root().join(&kb.config().session_logs);
    let listed = fs::read_dir(logs).into_iter().flatten().flatten();
    let folders = listed.filter_map(|entry| {
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        let name = entry.file_name().to_string_lossy().into_owned();
        (!is_file).then(|| (name, plain_state(&entry.path())))
    });
    let mut folders: Vec<_> = folders.collect();
    folders.sort();
    folders
}

fn plain_state(path: &Path) -> PlainState {
    let state = state_of(&fs::metadata(path).ok()?);
    Some((state.size, state.modified, state.changed, state.inode))
}

fn hash_names(survey: &Survey) -> u64 {
    let mut bytes = Vec::with_capacity(survey.files.len() * 32);
    for file in &survey.files {
        bytes.extend_from_slice(survey.folder(file).as_bytes());
        bytes.extend_from_slice(file.id.to_string().as_bytes());
        bytes.push(0);
    }
    short_hash(&bytes)
}
