//! Where the user and the agents are at home.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// The user's home directory, and the variables by which directories of agents are moved.
#[derive(Debug, Clone, Default)]
pub struct AgentHomes {
    /// The user's home directory.
    pub home: PathBuf,
    /// Directories by the names of their variables: `CODEX_HOME` …
    pub moved: BTreeMap<String, PathBuf>,
}

impl AgentHomes {
    /// Returns the directory that a variable names, else the one below the home directory.
    pub fn directory(&self, variable: &str, below_home: &str) -> PathBuf {
        let moved = self.moved.get(variable).cloned();
        moved.unwrap_or_else(|| self.home.join(below_home))
    }
}
