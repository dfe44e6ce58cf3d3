//! The mirror of the Markdown: a catalog (redb) and a full text (tantivy), derived from it and
//! disposable.
//!
//! [`Index::answer`] is how everything reads: it compares the tree with the catalog, indexes what
//! changed, and hands out a [`View`]. If the index cannot be written, or another process is
//! writing it, the changed files are indexed in memory instead and laid over what is on disk, so
//! that the answer is the same. If the index proves damaged it is built anew.
//!
//! | module | what it does |
//! |---|---|
//! | `compare` | tree against catalog: which files to read |
//! | `prepare` | text of a file to what is indexed of it |
//! | `apply` | reads files, sends differences to a sink |
//! | `catalog`, `fulltext` | the two stores |
//! | `snapshot`, `view` | both stores at one moment; what a query sees |
//! | `disk_sink`, `overlay` | take changes of the full text to disk, or into memory |
//! | `detached` | lays records of sessions in progress over a view |
//! | `resident`, `section_cache`, `answers` | the snapshot, what was made of sections, and answers, as a server keeps them between requests |
//! | `bounded_cache` | values within some room |
//! | `suspects` | where to look, if the files are watched |
//! | `refresh` | brings the index up to date |
//! | `memory` | lays what changed over the index, in memory |
//! | `generation`, `locks`, `place` | files and directories of the index |
//! | `check` | index against Markdown |
//! | `orphans` | what killed writers left |
//!
//! **Order of commits.** Full text first, catalog second, both under the same batch number and
//! with the gate closed to readers. The full text names the entries of its batch, so after a kill
//! between the two exactly these are indexed again.

mod answers;
mod apply;
mod bounded_cache;
pub(crate) mod catalog;
mod check;
mod compare;
mod detached;
mod disk_sink;
mod front_values;
pub mod fulltext;
mod generation;
mod info;
mod key;
mod locks;
mod memory;
mod orphans;
mod overlay;
mod place;
mod prepare;
mod refresh;
mod resident;
mod section_cache;
mod snapshot;
mod suspects;
#[cfg(test)]
mod tests;
mod view;

pub(crate) use apply::MOST_OF_A_FILE;
pub use check::{CheckReport, Difference};
pub(crate) use fulltext::{IndexFields, SegmentView, StoredSection};
pub use info::{IndexInfo, IndexState};
pub(crate) use prepare::entry_project;
pub use resident::Resident;
pub use suspects::{TreeWatch, WatchedChanges};
pub use view::View;

use crate::error::{Error, Hint, Result};
use crate::kb::Kb;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// How far a refresh or rebuild has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Files read.
    pub done: u64,
    /// Files to read in all.
    pub total: u64,
    /// Bytes of Markdown read.
    pub bytes: u64,
}

/// Takes progress, from several threads at once.
pub type Report<'a> = &'a (dyn Fn(Progress) + Sync);

/// Whether the index is brought up to date before an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// Compare with the Markdown first, index what changed.
    Refresh,
    /// Take what is indexed; where nothing is, the index is built.
    AsIndexed,
}

/// What a refresh or rebuild did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Entries in the index.
    pub entries: u64,
    /// Sections in the index.
    pub sections: u64,
    /// Entries that were new.
    pub added: u64,
    /// Entries that had changed.
    pub changed: u64,
    /// Entries that were gone.
    pub removed: u64,
    /// Bytes of Markdown read.
    pub bytes: u64,
    /// Whether the index was built from nothing.
    pub rebuilt: bool,
}

/// The index of one KB.
pub struct Index<'a> {
    kb: &'a Kb,
    fingerprint: String,
    report: Report<'a>,
    resident: Option<&'a Resident>,
}

impl<'a> Index<'a> {
    /// Makes the handle; opens nothing.
    pub fn new(kb: &'a Kb) -> Self {
        Index {
            kb,
            fingerprint: generation::settings_fingerprint(kb),
            report: &|_| {},
            resident: None,
        }
    }

    /// Reports how far it has come, from any thread, while files are read.
    #[must_use]
    pub fn reporting(self, report: Report<'a>) -> Self {
        Index { report, ..self }
    }

    /// Stays open between answers, and is opened again only when the index was written.
    #[must_use]
    pub fn cached_in(self, resident: &'a Resident) -> Self {
        Index {
            resident: Some(resident),
            ..self
        }
    }

    /// Opens a view and runs `answer` on it. If the index proves damaged on the way, it is built
    /// anew and `answer` is run again.
    ///
    /// # Errors
    ///
    /// What `answer` gives; or the Markdown cannot be read.
    pub fn answer<T>(
        &self,
        freshness: Freshness,
        answer: impl Fn(&mut View) -> Result<T>,
    ) -> Result<T> {
        let attempt = guard_damage(|| {
            let mut view = match freshness {
                Freshness::Refresh => self.refresh(self.report)?,
                Freshness::AsIndexed => self.as_indexed(self.report)?,
            };
            self.add_detached(&mut view)?;
            answer(&mut view)
        });
        match attempt {
            Err(error) if is_damage(&error) => {
                tracing::warn!(%error, "the index is built anew");
                self.clear_caches();
                let mut view = self.refresh_anew(self.report)?;
                self.add_detached(&mut view)?;
                answer(&mut view)
            }
            result => result,
        }
    }

    /// Brings the index up to date, or builds it anew if its files do not match their checksums.
    ///
    /// # Errors
    ///
    /// The KB does not exist; another process is writing the index; it cannot be written.
    pub fn update(&self) -> Result<Summary> {
        match guard_damage(|| self.update_on_disk(self.report, false)) {
            Err(error) if is_damage(&error) => {
                tracing::warn!(%error, "the index is built anew");
                self.clear_caches();
                self.update_on_disk(self.report, true)
            }
            result => result,
        }
    }

    /// Builds the index anew beside the old one, and puts it in force.
    ///
    /// # Errors
    ///
    /// As for [`Index::update`].
    pub fn rebuild(&self) -> Result<Summary> {
        self.update_on_disk(self.report, true)
    }

    fn clear_caches(&self) {
        if let Some(resident) = self.resident {
            resident.clear();
        }
    }
}

/// Runs what reads the index. tantivy may panic on files that are not what it wrote; such a panic
/// is a sign of damage like any other, and nothing that it leaves behind is used again.
fn guard_damage<T>(read: impl FnOnce() -> Result<T>) -> Result<T> {
    let outcome = catch_unwind(AssertUnwindSafe(read));
    outcome.unwrap_or_else(|_panic| Err(damage_error("it cannot be read")))
}

/// Marks an error as a sign that the index is damaged.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Damage(String);

/// Makes the error for an index that is not what was written.
pub(crate) fn damage_error(cause: impl ToString) -> Error {
    let cause = cause.to_string();
    Error::failed(format!("the index is damaged: {cause}"))
        .with_hint(
            Hint::from("rebuild it with `")
                .then(Hint::command("index").with_flag("rebuild"))
                .then("`; the Markdown is not affected"),
        )
        .with_source(Damage(cause))
}

fn is_damage(error: &Error) -> bool {
    std::error::Error::source(error).is_some_and(|source| source.is::<Damage>())
}
