//! `mx merge-driver`

use crate::error::Result;
use crate::kb::Environment;
use crate::ops::{Engine, MergeDriverRequest};
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;

/// Merge an entry for git, which calls this where mx init has set it up
#[derive(Debug, Args)]
pub(super) struct MergeDriverArguments {
    /// The version that both sides have in common (%O)
    base: PathBuf,
    /// Our version, which the result replaces (%A)
    ours: PathBuf,
    /// Their version (%B)
    theirs: PathBuf,
    /// Path of the entry in the repository (%P)
    path: String,
}

impl MergeDriverArguments {
    pub(super) fn merge(&self) -> Result<ExitCode> {
        let request = MergeDriverRequest {
            base: self.base.clone(),
            ours: self.ours.clone(),
            theirs: self.theirs.clone(),
            path: self.path.clone(),
        };
        Engine::new(&Environment::capture()?, None).merge_versions(&request)?;
        Ok(ExitCode::SUCCESS)
    }
}
