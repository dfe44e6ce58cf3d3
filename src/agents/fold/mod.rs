//! Folding journals into records: what hooks noted becomes Markdown, by whichever command runs next.
//!
//! A record says itself how much of its journal is in it (`journal: BYTES` in the front matter,
//! written together with the rows), and it ends together with the rows that end it. So a crash at
//! any point, or two commands at once, neither lose nor double anything.
//!
//! A record takes leave of its journal in steps, each of which can be done again: the journal is
//! put aside; what was written to it until then follows; the record forgets the journal; the
//! journal is removed. Hence **a record that knows no journal has all of one that was put aside**,
//! and a record that is begun knows one from its first byte on.

mod binding;
mod leaving;
mod taking;
#[cfg(test)]
mod tests;

use super::journal::{self, Header, JournalFile};
use crate::error::Result;
use crate::kb::Kb;
use crate::model::{AgentSession, Status};
use crate::session::owner::Owner;
use leaving::Left;
use std::collections::HashSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The lock under which journals are folded, below `.mx/`.
const LOCK: &str = "journal/lock";

/// Returns the directory of the journals.
pub(crate) fn directory(kb: &Kb) -> PathBuf {
    kb.private_dir().join("journal")
}

/// Folds every journal of the KB. Never fails: what could not be folded stays in its journal and is
/// told in a line each.
pub(crate) fn fold_all(kb: &Kb) -> Vec<String> {
    let waiting = journal::waiting(&directory(kb)).unwrap_or_default();
    if waiting.is_empty() {
        return Vec::new();
    }
    match kb.lock(LOCK) {
        Ok(_lock) => fold_each(kb, &waiting),
        Err(error) => vec![format!(
            "what agents' hooks noted is not in the records yet: {error}"
        )],
    }
}

/// Folds the journals of sessions that are over, unless somebody else is at it: what does not
/// succeed now does later. Those that go on stay as they are, and nothing waits for them.
pub(crate) fn fold_finished(kb: &Kb) {
    let is_over = |file: &JournalFile| {
        let told = || journal::headers(&file.path).ok().flatten();
        journal::is_aside(&file.path)
            || journal::tells_end(&file.path).unwrap_or(false)
            || told().is_some_and(|(_, last)| is_gone(&last))
    };
    let mut over = journal::waiting(&directory(kb)).unwrap_or_default();
    over.retain(is_over);
    if !over.is_empty()
        && let Ok(Some(_lock)) = kb.try_lock(LOCK)
    {
        fold_each(kb, &over);
    }
}

/// Folds these journals, one after the other. The lock is held.
fn fold_each(kb: &Kb, files: &[JournalFile]) -> Vec<String> {
    let mut warnings = Vec::new();
    let mut left = Left::Nothing;
    let mut failed: HashSet<OsString> = HashSet::new();
    for JournalFile { path, .. } in files {
        let name = path.file_name().unwrap_or_default();
        // The next journal of a session begins where the one put aside ends.
        if failed.contains(name) {
            continue;
        }
        match fold(kb, path) {
            Ok(now) => left = left.max(now),
            // Another command folded it before the lock was ours.
            Err(_) if !path.exists() => {}
            Err(error) => {
                failed.insert(name.to_owned());
                warnings.push(format!(
                    "what an agent's hooks noted in {} is not in its record yet: {error}",
                    path.display()
                ));
            }
        }
    }
    if let Err(error) = left.derive(kb) {
        warnings.push(format!(
            "the index of sessions was not updated ({error}); mx log index does it"
        ));
    }
    warnings
}

/// A journal, and what it says of itself.
struct Journal<'a> {
    path: &'a Path,
    /// The agent's session.
    agent: AgentSession,
    /// The first header: when and where the session began.
    first: Header,
    /// The process in which it lives, if that is known.
    owner: Option<Owner>,
    /// Whether that process is known to be gone.
    gone: bool,
}

impl<'a> Journal<'a> {
    /// Reads the headers. `None` if there is not even a beginning: nothing is known, then.
    fn open(path: &'a Path) -> Result<Option<Self>> {
        let headers = journal::headers(path)?;
        Ok(headers.map(|(first, last)| Journal {
            path,
            agent: AgentSession {
                name: first.agent.clone(),
                id: first.session.clone(),
            },
            owner: owner(&last),
            gone: is_gone(&last),
            first,
        }))
    }
}

fn owner(header: &Header) -> Option<Owner> {
    Some(Owner::noted(header.pid?, header.pid_start.clone()?))
}

/// Returns whether the process that a session lived in is known to be gone.
fn is_gone(header: &Header) -> bool {
    owner(header).is_some_and(|owner| !owner.is_alive())
}

/// Folds one journal. Returns what came of it for the list of sessions.
fn fold(kb: &Kb, path: &Path) -> Result<Left> {
    let Some(journal) = Journal::open(path)? else {
        return Ok(Left::Nothing);
    };
    let kb = &kb.used_from(Path::new(&journal.first.cwd))?;
    let Some(bound) = binding::bind(kb, &journal)? else {
        // The record took leave of it, or somebody removed the record.
        return leaving::remove(kb, path).map(|()| Left::Nothing);
    };
    let session = taking::take_in(kb, &bound, &journal, path)?;
    let aside = journal::is_aside(path);
    if bound.joined {
        let over = journal.gone || aside || taking::end_of(kb, path)?.is_some();
        return match over {
            true => leaving::leave(kb, &bound, &journal).map(|()| Left::Nothing),
            false => Ok(Left::Nothing),
        };
    }
    match session.status {
        Status::Active if !aside => {
            binding::keep_note(kb, &bound, &journal, &session)?;
            Ok(Left::Nothing)
        }
        _ => leaving::retire(kb, &bound, &journal),
    }
}
