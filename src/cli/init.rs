//! `mx init`

use crate::kb::Environment;
use clap::Args;
use std::path::{Path, PathBuf};

/// Make a knowledge base; in a git repository, one whose clones merge
#[derive(Debug, Args)]
#[command(after_help = "What is there already is left alone.\n\nExample: mx init ~/notes")]
pub(super) struct InitArguments {
    /// The directory; if absent --kb, else MEMEX_KB_ROOT, else the current directory
    dir: Option<PathBuf>,
}

impl InitArguments {
    /// Returns the directory. Unlike all other commands this one does not go up from the current
    /// directory: a knowledge base may be made inside another.
    pub(super) fn resolve_root(
        &self,
        kb: Option<&Path>,
        environment: &Environment,
    ) -> Option<PathBuf> {
        let named = self.dir.as_deref().or(kb).map(Path::to_path_buf);
        if named.is_some() || environment.kb_root.is_some() {
            return named;
        }
        Some(environment.cwd.clone())
    }
}
