//! Where the files of an agent go.

use super::installation::{ConfigFiles, Installation};
use crate::agents::{Agent, AgentHomes};
use std::path::{Path, PathBuf};

/// Returns the agents whose hooks can be installed.
pub fn installable_agents() -> impl Iterator<Item = Agent> {
    let all = Agent::ALL.iter().copied();
    all.filter(|agent| agent.profile().installation.is_some())
}

/// Whose configuration it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The user's: for all their projects.
    User,
    /// The project's: for all who work on it.
    Project,
}

impl Scope {
    /// Returns its name: `user` or `project`.
    pub fn name(self) -> &'static str {
        match self {
            Scope::User => "user",
            Scope::Project => "project",
        }
    }
}

/// Where the files of a scope go.
#[derive(Debug, Clone)]
pub(super) struct InstallPlaces<'a> {
    pub(super) scope: Scope,
    pub(super) homes: &'a AgentHomes,
    pub(super) project: &'a Path,
}

impl InstallPlaces<'_> {
    /// Returns the directory of an agent's configuration.
    pub(super) fn directory(&self, installation: &Installation) -> PathBuf {
        match self.scope {
            Scope::User => (installation.user_directory)(self.homes),
            Scope::Project => self.project.join(installation.project_directory),
        }
    }

    /// Returns the file that holds an agent's hooks.
    pub(super) fn hooks_file(&self, installation: &Installation) -> PathBuf {
        self.directory(installation).join(installation.hooks_file)
    }

    /// Returns the file in which MCP servers are registered with an agent.
    pub(super) fn server_file(&self, installation: &Installation) -> PathBuf {
        match self.scope {
            Scope::User => (installation.server.user_file)(self.homes),
            Scope::Project => (installation.server.project_file)(self.project),
        }
    }

    /// Returns the directory in which an agent looks for skills. All but one share theirs.
    pub(super) fn skills_directory(&self, installation: &Installation) -> PathBuf {
        if installation.own_skills {
            return self.directory(installation).join("skills");
        }
        let shared = match self.scope {
            Scope::User => &self.homes.home,
            Scope::Project => self.project,
        };
        shared.join(".agents").join("skills")
    }

    /// Returns why an agent runs no hooks, or not ours, if so.
    pub(super) fn find_switch(&self, installation: &Installation, command: &str) -> Option<String> {
        let files = ConfigFiles::new(installation, self.homes, self.project);
        (installation.find_switch?)(&files, command)
    }

    /// Returns the directory that stays, whatever is removed below it.
    pub(super) fn floor(&self, path: &Path) -> PathBuf {
        let outer = match self.scope {
            Scope::User => &self.homes.home,
            Scope::Project => self.project,
        };
        let mut floors = self.homes.moved.values().map(PathBuf::as_path);
        let floor = floors.find(|floor| self.scope == Scope::User && path.starts_with(floor));
        floor.unwrap_or(outer).to_path_buf()
    }
}
