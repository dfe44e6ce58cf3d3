//! What can be mended without asking: what follows from other files, and what is not needed.

use super::Finding;
use crate::error::Result;
use crate::index::Index;
use crate::kb::{Kb, close_to_others, remove_if_there};
use crate::session::{derived, running};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// How a finding is mended.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Remedy {
    /// Records of sessions that have ended are brought to their places.
    MoveRecords,
    /// Derived files are made anew from the records.
    WriteDerived,
    /// Git is set to leave out what is private.
    HidePrivate,
    /// The rights of other users to a file or directory are taken away.
    Close(PathBuf),
    /// A file is removed.
    Remove(PathBuf),
    /// What killed writers left in the index is removed.
    CleanIndex,
    /// The index is built anew.
    Rebuild,
}

/// Mends what can be mended of what was found. Returns what could not be, and why.
pub(super) fn mend(kb: &Kb, index: &Index<'_>, findings: &[Finding]) -> Vec<String> {
    let remedies: BTreeSet<&Remedy> = findings.iter().filter_map(|f| f.remedy.as_ref()).collect();
    let outcomes = remedies.iter().map(|remedy| apply(kb, index, remedy));
    let failed = outcomes.filter_map(Result::err);
    failed.map(|error| error.to_one_line()).collect()
}

fn apply(kb: &Kb, index: &Index<'_>, remedy: &Remedy) -> Result<()> {
    match remedy {
        Remedy::MoveRecords => running::all_running(kb).map(drop),
        Remedy::WriteDerived => derived::regenerate_derived(kb).map(drop),
        Remedy::HidePrivate => kb.hide_private_dir(),
        Remedy::Close(path) => close_to_others(path),
        Remedy::Remove(path) => remove_if_there(path),
        Remedy::CleanIndex => index.remove_orphans(),
        Remedy::Rebuild => index.rebuild().map(drop),
    }
}
