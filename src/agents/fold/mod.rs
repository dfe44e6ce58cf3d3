//! Folding journals into records: what hooks noted becomes Markdown, by whichever command runs next.
//!
//! A record says itself how much of its journal is in it (`journal: BYTES` in the front matter,
//! written together with the rows), and it ends together with the rows that end it. So a crash at
//! any point, or two commands at once, neither lose nor double anything.
//!
//! A record is detached from its journal in steps, each of which can be done again: the journal is
//! put aside; what was written to it until then follows; the record forgets the journal; the
//! journal is removed. Hence **a record that knows no journal has all of one that was put aside**,
//! and a record that is begun knows one from its first byte on.

mod attach;
mod detach;
mod taking;
#[cfg(test)]
mod tests;

use super::journal::{self, Header, JournalFile};
use crate::error::{Error, Kind, Result};
use crate::kb::{Kb, belongs_to_another};
use crate::model::{AgentSession, Status};
use crate::session::derived;
use crate::session::owner::Owner;
use detach::DetachOutcome;
use std::collections::HashSet;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

/// The lock under which journals are folded, below `.mx/`.
const LOCK: &str = "journal/lock";

/// Returns the directory of the journals.
pub(crate) fn journal_directory(kb: &Kb) -> PathBuf {
    kb.private_dir().join("journal")
}

/// Folds every journal of the KB. Never fails: what could not be folded stays in its journal and is
/// reported in a line each.
pub(crate) fn fold_all(kb: &Kb) -> Vec<String> {
    let dir = journal_directory(kb);
    let waiting = journal::waiting_journals(&dir).unwrap_or_default();
    if waiting.is_empty() && !journal::has_spares(&dir) {
        return Vec::new();
    }
    match kb.lock(LOCK) {
        Ok(_lock) => fold_each(kb, &waiting),
        Err(error) => vec![not_folded(&error)],
    }
}

/// Folds every journal of the KB, unless another command is at it: reading waits for no other
/// process. What another command holds is folded later, without a report.
pub(crate) fn fold_if_free(kb: &Kb) -> Vec<String> {
    let dir = journal_directory(kb);
    let waiting = journal::waiting_journals(&dir).unwrap_or_default();
    if waiting.is_empty() && !journal::has_spares(&dir) {
        return Vec::new();
    }
    let kb = kb.without_waiting();
    match kb.try_lock(LOCK) {
        Ok(Some(_lock)) => fold_each(&kb, &waiting),
        Ok(None) => {
            tracing::info!("another command folds the journals: going on without");
            Vec::new()
        }
        Err(error) => vec![not_folded(&error)],
    }
}

fn not_folded(error: &Error) -> String {
    format!("what agents' hooks noted is not in the records yet: {error}")
}

/// Folds what the start of a session shows: the journals of sessions that are over, and of
/// those of its project that go on, but for its own. Waits for no other process: what another one
/// is folding now, or cannot be folded, is reported later.
pub(crate) fn fold_before_start(kb: &Kb, own: &AgentSession) {
    let project = kb.project();
    let own = journal::file_name(&own.name, &own.id);
    let is_shown = |file: &JournalFile| {
        let headers = || journal::read_headers(&file.path).ok().flatten();
        let is_here = |first: &Header| first.project.as_ref() == Some(&project);
        let goes_on = || headers().is_some_and(|(first, _)| is_here(&first));
        is_over(file) || (!file.path.ends_with(&own) && goes_on())
    };
    let mut told = journal::waiting_journals(&journal_directory(kb)).unwrap_or_default();
    told.retain(is_shown);
    if !told.is_empty()
        && let Ok(Some(_lock)) = kb.try_lock(LOCK)
    {
        fold_each(&kb.without_waiting(), &told);
    }
}

/// Folds the journal of one session, unless another process is folding.
pub(crate) fn fold_own(kb: &Kb, agent: &AgentSession) {
    let name = journal::file_name(&agent.name, &agent.id);
    let mut own = journal::waiting_journals(&journal_directory(kb)).unwrap_or_default();
    own.retain(|file| file.path.ends_with(&name));
    if let Ok(Some(_lock)) = kb.try_lock(LOCK) {
        fold_each(kb, &own);
    }
}

/// Returns whether a journal is waiting to be folded whose agent's session is over, and which is meant:
/// by the agent's session, by the directory in which that began, and by whether it was put aside.
pub(crate) fn is_over_and_waiting(
    kb: &Kb,
    is_meant: impl Fn(&AgentSession, &Path, bool) -> bool,
) -> bool {
    let is_meant = |file: &JournalFile| {
        let Ok(Some((first, _))) = journal::read_headers(&file.path) else {
            return false;
        };
        is_meant(
            &first.agent_session(),
            Path::new(&first.cwd),
            journal::is_aside(&file.path),
        )
    };
    let waiting = journal::waiting_journals(&journal_directory(kb)).unwrap_or_default();
    waiting.iter().any(|file| is_meant(file) && is_over(file))
}

/// Returns whether a journal was put aside, or says that its session is over or its process gone.
fn is_over(file: &JournalFile) -> bool {
    let told = || journal::read_headers(&file.path).ok().flatten();
    journal::is_aside(&file.path)
        || journal::holds_end(&file.path).unwrap_or(false)
        || told().is_some_and(|(_, last)| is_gone(&last))
}

/// Folds these journals, one after the other. The lock is held.
fn fold_each(kb: &Kb, files: &[JournalFile]) -> Vec<String> {
    let mut after = FoldCleanup::default();
    for error in journal::gather_spares(&journal_directory(kb), kb.lock_timeout()) {
        if !is_put_off(kb, &error) {
            after.warnings.push(not_folded(&error));
        }
    }
    let mut failed: HashSet<OsString> = HashSet::new();
    for JournalFile { path, .. } in files {
        let name = path.file_name().unwrap_or_default();
        // The next journal of a session begins where the one put aside ends.
        if failed.contains(name) {
            continue;
        }
        if after.done.iter().any(|done| done.ends_with(name)) {
            after.settle(kb);
        }
        match fold_journal(kb, path) {
            Ok(folded) => {
                after.outcome = after.outcome.max(folded.outcome);
                after.done.extend(folded.done);
            }
            // Another command folded it before the lock was ours.
            Err(_) if !path.exists() => {}
            Err(error) if is_put_off(kb, &error) || is_of_another_user(path, &error) => {
                failed.insert(name.to_owned());
            }
            Err(error) => {
                failed.insert(name.to_owned());
                after.warnings.push(format!(
                    "what an agent's hooks noted in {} is not in its record yet: {error}",
                    path.display()
                ));
            }
        }
    }
    after.settle(kb);
    after.warnings
}

/// Returns whether something was left for later only because it would have had to be waited for.
fn is_put_off(kb: &Kb, error: &Error) -> bool {
    let is_put_off = error.kind() == Kind::Busy && kb.lock_timeout().is_zero();
    if is_put_off {
        tracing::info!(%error, "folded by the next command that waits");
    }
    is_put_off
}

/// Returns whether a journal is another user's, whose record this one may not read: its owner folds it.
fn is_of_another_user(path: &Path, error: &Error) -> bool {
    let cause = std::error::Error::source(error).and_then(|cause| cause.downcast_ref());
    let is_forbidden = |cause: &io::Error| cause.kind() == io::ErrorKind::PermissionDenied;
    cause.is_some_and(is_forbidden) && belongs_to_another(path)
}

/// What is to be done when journals were folded.
#[derive(Default)]
struct FoldCleanup {
    outcome: DetachOutcome,
    /// Journals whose records are detached from them.
    done: Vec<PathBuf>,
    warnings: Vec<String>,
}

impl FoldCleanup {
    fn settle(&mut self, kb: &Kb) {
        if let Err(error) = std::mem::take(&mut self.outcome).derive(kb) {
            if !is_put_off(kb, &error) {
                self.warnings.push(derived::not_updated(kb, &error));
            }
            // They are found again, and the rest is done then.
            self.done.clear();
        }
        // Last: a process that is killed before leaves them, and the next one does the rest again.
        for path in std::mem::take(&mut self.done) {
            if let Err(error) = detach::remove_journal(kb, &path) {
                let warning = format!("{error}; what is in it is in its record");
                self.warnings.push(warning);
            }
        }
    }
}

/// The outcome of folding a journal.
struct Folded {
    outcome: DetachOutcome,
    /// The journal, if its record is detached from it.
    done: Option<PathBuf>,
}

impl Folded {
    /// The record goes on.
    const GOES_ON: Folded = Folded {
        outcome: DetachOutcome::Nothing,
        done: None,
    };
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
    /// The transcript of the session, if it is known.
    transcript: Option<String>,
}

impl<'a> Journal<'a> {
    /// Reads the headers. `None` if there is not even a beginning: nothing is known, then.
    fn open(path: &'a Path) -> Result<Option<Self>> {
        let headers = journal::read_headers(path)?;
        Ok(headers.map(|(first, last)| Journal {
            path,
            agent: first.agent_session(),
            owner: owner_of_session(&last),
            gone: is_gone(&last),
            transcript: last.transcript.or_else(|| first.transcript.clone()),
            first,
        }))
    }
}

fn owner_of_session(header: &Header) -> Option<Owner> {
    Some(Owner::noted(header.pid?, header.pid_start.clone()?))
}

/// Returns whether the process that a session lived in is known to be gone.
fn is_gone(header: &Header) -> bool {
    owner_of_session(header).is_some_and(|owner| !owner.is_alive())
}

/// Folds one journal.
fn fold_journal(kb: &Kb, path: &Path) -> Result<Folded> {
    let Some(journal) = Journal::open(path)? else {
        return Ok(Folded::GOES_ON);
    };
    let kb = &kb.used_from(Path::new(&journal.first.cwd))?;
    let Some(attached) = attach::attach_record(kb, &journal)? else {
        // The record left it, or was removed, by hand or because nothing was in it.
        return Ok(Folded {
            outcome: DetachOutcome::Removed,
            done: Some(path.to_path_buf()),
        });
    };
    let session = taking::take_in(kb, &attached, &journal, path)?;
    let aside = journal::is_aside(path);
    if attached.joined {
        let over = journal.gone || aside || taking::end_of(kb, path)?.is_some();
        return if over {
            detach::detach_journal(kb, &attached, &journal)
        } else {
            Ok(Folded::GOES_ON)
        };
    }
    match session.status {
        Status::Active if !aside => {
            attach::keep_note(kb, &attached, &journal, &session)?;
            Ok(Folded::GOES_ON)
        }
        _ => detach::retire_journal(kb, &attached, &journal),
    }
}
