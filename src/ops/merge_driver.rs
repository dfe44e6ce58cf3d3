//! Merging an entry for git, which asks for it where two clones changed one.

use crate::error::{Error, Result};
use crate::kb::walk::DERIVED_FILES;
use crate::kb::{Environment, read_regular_file, replace_file};
use crate::markdown::merge::{Versions, merge_entries};
use crate::session::derived::is_own_list;
use schemars::JsonSchema;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// Merges three versions of an entry into the second of the files, as git's merge drivers do.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeDriverRequest {
    /// The version that both sides have in common, empty if there is none.
    pub base: PathBuf,
    /// Our version, which the result replaces.
    pub ours: PathBuf,
    /// Their version.
    pub theirs: PathBuf,
    /// Path of the entry in the repository.
    pub path: String,
}

/// Longest version that is merged.
const LONGEST: u64 = 256 << 20;

/// Merges without a knowledge base: git runs this in the middle of its own work, and a setting that
/// is not understood must not stop it.
///
/// # Errors
///
/// If a version cannot be read, is no UTF-8, or the result cannot be written; then git merges by
/// lines.
pub(super) fn run_merge_driver(
    environment: &Environment,
    request: &MergeDriverRequest,
) -> Result<()> {
    let read = |path: &Path| {
        let path = environment.absolute(path);
        let bytes =
            read_regular_file(&path, LONGEST).map_err(|cause| Error::io("read", &path, cause))?;
        String::from_utf8(bytes).map_err(|cause| {
            Error::failed(format!("{} is not UTF-8", path.display())).with_source(cause)
        })
    };
    let (base, ours, theirs) = (
        read(&request.base)?,
        read(&request.ours)?,
        read(&request.theirs)?,
    );
    let name = request.path.rsplit('/').next().unwrap_or_default();
    // What is derived from all sessions is written anew by the next command that keeps one.
    if DERIVED_FILES.contains(&name) && is_own_list(&ours) && is_own_list(&theirs) {
        return Ok(());
    }
    let merged = merge_entries(Versions {
        base: &base,
        ours: &ours,
        theirs: &theirs,
    });
    let path = environment.absolute(&request.ours);
    // Whole or not at all: where this fails, git merges what it finds there.
    replace_file(&path, merged.as_bytes())
}
