//! What is derived from the session entries: `SESSION_INDEX.md`, its archive and `RECENT_WORK.md`,
//! and lists of sessions.
//!
//! - A **session entry** is a file `<session_logs>/<folder>/<id>.md` whose name is that of a
//!   session. Each counts, once, whatever it holds; one that cannot be understood stands there with
//!   what its path says.
//! - The files are functions of the entries and the settings alone. [`regenerate_derived`] reads every
//!   entry. [`update_derived`] gives the same result, but reads the newest only, as long as a [`manifest`]
//!   in the private directory says that the archive holds the others as they are.
//! - Which entries there are is read from their names; of very many, only those folders are listed
//!   that have changed since ([`known_folders`]).
//! - **Order** in the files: by name, which is the start, the newest first, then by folder; so names
//!   alone show which sessions are the newest. Lists ([`newest_sessions`]) go by the start that is
//!   stated, within 26 hours of the name, since the time zone of a KB may have been changed.
//! - A session that goes on is in none of the files, wherever its record lies.
//! - **Interruptions**: one process at a time, by a lock; each file is replaced as a whole, but the
//!   archive, which grows at its end; the manifest is written last. So a killed process leaves a
//!   difference that the next update notices. Marks ([`outdated`]) show the next command that there
//!   is to be one; so does a list of entries that could not be read then.
//! - **Foreign lines** in one of the files are moved aside before. The first line of
//!   each carries a [`seal`] by which its content is known to be ours in every clone.
//!
//! The simpler way, the newest by their names and the archive made anew from all entries, was measured
//! with 100,000 sessions, in seconds of processor: 1.95 for the archive (`mx log index`), against 0.053 for
//! a whole `mx log end` with the manifest and the known folders. An end is to take 0.15 at most.

mod entry_states;
mod facts;
mod generate;
mod known_folders;
mod lookup;
mod manifest;
mod ours;
mod outdated;
mod place;
mod read;
mod recent;
mod row;
mod seal;
mod separate;
mod survey;
mod table;
#[cfg(test)]
mod tests;
mod text;

pub use facts::SessionFacts;
pub use lookup::{
    find_former_logs, find_sessions, list_facts, list_folders, named_between, named_since,
    newest_sessions, with_open_work,
};
pub(crate) use lookup::{newest_all_readable, newest_with_unread};
pub(crate) use outdated::mark_outdated;
pub(crate) use separate::rename_record;

use crate::error::{Error, Hint, Kind, Result};
use crate::kb::walk::Walker;
use crate::kb::{Config, Kb, PrivateLock};
use crate::model::{EntryPath, SessionId};
use recent::RecentLimits;
use std::fmt;

/// What was done about the derived files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Number of sessions.
    pub sessions: usize,
    /// Whether every session entry was read.
    pub complete: bool,
    /// The files that were written; those that were as they should be are not among them.
    pub written: Vec<EntryPath>,
    /// Files that held something else, and where it is now.
    pub moved_aside: Vec<MovedAside>,
    /// Session entries that were read and could not be understood, by path.
    pub unreadable: Vec<EntryPath>,
    /// Session entries into which a merge put the records of more than one session.
    pub merged: Vec<(EntryPath, SessionId)>,
}

/// A file that held something that this program did not write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovedAside {
    /// Where it was.
    pub from: EntryPath,
    /// Where it is.
    pub to: EntryPath,
}

impl fmt::Display for MovedAside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let MovedAside { from, to } = self;
        write!(f, "{from} held what mx did not write; that is in {to} now")
    }
}

/// Makes the derived files from all session entries.
///
/// # Errors
///
/// An entry's directory cannot be read, a derived file cannot be written, or
/// [`Kind::Busy`](crate::error::Kind::Busy) if another process is at it for too long.
pub fn regenerate_derived(kb: &Kb) -> Result<Report> {
    let _lock = lock_derived(kb)?;
    write_separated(kb, false)
}

/// Brings the derived files up to date with the session entries, with the same result as
/// [`regenerate_derived`]. Reads the newest and those that go to the archive; everything, if the archive is
/// not as it was left, or older sessions have changed.
///
/// # Errors
///
/// As [`regenerate_derived`].
pub fn update_derived(kb: &Kb) -> Result<Report> {
    let _lock = lock_derived(kb)?;
    write_separated(kb, true)
}

/// Writes the files; again, if records had to be taken apart first.
fn write_separated(kb: &Kb, reuse: bool) -> Result<Report> {
    let report = generate::write_files(kb, &Walker::new(kb)?, reuse)?;
    if report.merged.is_empty() {
        return Ok(report);
    }
    for (path, id) in &report.merged {
        separate::separate_records(kb, path, *id)?;
    }
    generate::write_files(kb, &Walker::new(kb)?, reuse)
}

/// As [`update_derived`], for a caller that has written a record: that is safe already. What fails
/// is reported, and mended by [`regenerate_derived`].
pub(crate) fn update_with_warnings(kb: &Kb) -> Vec<String> {
    told(kb, update_derived(kb))
}

fn told(kb: &Kb, outcome: Result<Report>) -> Vec<String> {
    match outcome {
        Ok(report) => report.moved_aside.iter().map(ToString::to_string).collect(),
        // The next command that waits does it: the marks stay.
        Err(error) if error.kind() == Kind::Busy && kb.lock_timeout().is_zero() => Vec::new(),
        Err(error) => vec![not_updated(kb, &error)],
    }
}

/// Says that the derived files could not be brought up to date, and what does it.
pub(crate) fn not_updated(kb: &Kb, error: &Error) -> String {
    let regenerate = kb.spell(Hint::command("log index"));
    format!("the index of sessions was not updated ({error}); {regenerate} does it")
}

/// Returns whether a text is an index, an archive or recent work, just as this program wrote it.
pub(crate) fn is_own_list(text: &str) -> bool {
    seal::is_intact(&text.replace("\r\n", "\n"))
}

/// Brings the derived files up to date, if an interrupted command has left them behind, or git or an
/// editor changed an entry. Returns what fails.
pub(crate) fn catch_up(kb: &Kb) -> Vec<String> {
    if outdated::is_unread_readable(kb) {
        return told(kb, regenerate_derived(kb));
    }
    let marks = outdated::list_marks(kb);
    if marks.is_empty() {
        // A command that only reads does not report what cannot be written; `doctor` finds the
        // difference.
        return match entry_states::have_entries_changed(kb) {
            Ok(true) => {
                let updated = update_derived(kb);
                updated.map_or_else(|_| Vec::new(), |report| told(kb, Ok(report)))
            }
            Ok(false) | Err(_) => Vec::new(),
        };
    }
    let index = place::DerivedFile::Index.path(kb);
    let listed = || kb.root().join(index.as_str()).exists();
    // Nothing is listed for the sake of a session that was none.
    if !listed() && compare_with_entries(kb).is_ok_and(|differing| differing.is_empty()) {
        outdated::remove_marks(&marks);
        return Vec::new();
    }
    update_with_warnings(kb)
}

/// Returns the derived files that are not what the session entries say. Nothing is written.
///
/// # Errors
///
/// An entry's directory cannot be read.
pub(crate) fn compare_with_entries(kb: &Kb) -> Result<Vec<EntryPath>> {
    generate::find_differing(kb, &Walker::new(kb)?)
}

fn lock_derived(kb: &Kb) -> Result<PrivateLock> {
    kb.lock("sessions/derived.lock")
}

fn recent_limits(config: &Config) -> RecentLimits {
    RecentLimits {
        sessions: config.recent_sessions,
        lines: config.recent_lines,
        bytes: config.recent_bytes,
    }
}
