//! Which agents there are, and where each keeps what it is configured with.

use crate::agents::dialect;
use std::path::{Path, PathBuf};

/// A coding agent whose hooks can be installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Agent {
    /// Claude Code.
    Claude,
    /// Codex CLI.
    Codex,
    /// Gemini CLI.
    Gemini,
    /// Cursor.
    Cursor,
    /// GitHub Copilot CLI.
    Copilot,
    /// opencode.
    Opencode,
}

impl Agent {
    /// All of them.
    pub const ALL: [Agent; 6] = [
        Agent::Claude,
        Agent::Codex,
        Agent::Gemini,
        Agent::Cursor,
        Agent::Copilot,
        Agent::Opencode,
    ];

    /// Returns the name used in arguments, and by `mx hook --agent`.
    pub fn name(self) -> &'static str {
        self.dialect().name()
    }

    /// Returns the name by which people know it.
    pub fn title(self) -> &'static str {
        match self {
            Agent::Claude => "Claude Code",
            Agent::Codex => "Codex CLI",
            Agent::Gemini => "Gemini CLI",
            Agent::Cursor => "Cursor",
            Agent::Copilot => "Copilot CLI",
            Agent::Opencode => "opencode",
        }
    }

    /// Returns the programs by which it is started.
    pub fn programs(self) -> &'static [&'static str] {
        match self {
            Agent::Claude => &["claude"],
            Agent::Codex => &["codex"],
            Agent::Gemini => &["gemini"],
            Agent::Cursor => &["cursor", "cursor-agent"],
            Agent::Copilot => &["copilot"],
            Agent::Opencode => &["opencode"],
        }
    }

    /// Returns the agent of a name, as people write it: `claude-code` and `Claude` too.
    pub fn from_name(name: &str) -> Option<Agent> {
        let dialect = dialect::Agent::from_name(name)?;
        let mut all = Agent::ALL.into_iter();
        all.find(|agent| agent.dialect() == dialect)
    }

    /// Returns the agent as the one whose dialect its hooks speak.
    pub fn dialect(self) -> dialect::Agent {
        match self {
            Agent::Claude => dialect::Agent::Claude,
            Agent::Codex => dialect::Agent::Codex,
            Agent::Gemini => dialect::Agent::Gemini,
            Agent::Cursor => dialect::Agent::Cursor,
            Agent::Copilot => dialect::Agent::Copilot,
            Agent::Opencode => dialect::Agent::Opencode,
        }
    }
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

/// Directories of the user's configuration that variables have moved.
#[derive(Debug, Clone, Default)]
pub struct ConfigDirs {
    /// `CLAUDE_CONFIG_DIR`, instead of `~/.claude`.
    pub claude: Option<PathBuf>,
    /// `CODEX_HOME`, instead of `~/.codex`.
    pub codex: Option<PathBuf>,
    /// `GEMINI_CLI_HOME`: the directory in which `.gemini` is.
    pub gemini_home: Option<PathBuf>,
    /// `COPILOT_HOME`, instead of `~/.copilot`.
    pub copilot: Option<PathBuf>,
    /// `OPENCODE_CONFIG_DIR`, instead of `~/.config/opencode`.
    pub opencode: Option<PathBuf>,
    /// `XDG_CONFIG_HOME`, instead of `~/.config`.
    pub xdg_config: Option<PathBuf>,
}

impl ConfigDirs {
    /// Asks for each variable by its name.
    pub fn from_variables(get: impl Fn(&str) -> Option<PathBuf>) -> Self {
        ConfigDirs {
            claude: get("CLAUDE_CONFIG_DIR"),
            codex: get("CODEX_HOME"),
            gemini_home: get("GEMINI_CLI_HOME"),
            copilot: get("COPILOT_HOME"),
            opencode: get("OPENCODE_CONFIG_DIR"),
            xdg_config: get("XDG_CONFIG_HOME"),
        }
    }
}

/// Where the files of a scope go.
#[derive(Debug, Clone)]
pub(super) struct Places<'a> {
    pub(super) scope: Scope,
    pub(super) home: &'a Path,
    pub(super) project: &'a Path,
    pub(super) dirs: &'a ConfigDirs,
}

impl Places<'_> {
    /// Returns the directory of an agent's configuration.
    pub(super) fn directory(&self, agent: Agent) -> PathBuf {
        if self.scope == Scope::Project {
            return self.project.join(match agent {
                Agent::Claude => ".claude",
                Agent::Codex => ".codex",
                Agent::Gemini => ".gemini",
                Agent::Cursor => ".cursor",
                Agent::Copilot => ".github",
                Agent::Opencode => ".opencode",
            });
        }
        let dirs = self.dirs;
        let or_home =
            |dir: &Option<PathBuf>, name: &str| dir.clone().unwrap_or_else(|| self.home.join(name));
        match agent {
            Agent::Claude => or_home(&dirs.claude, ".claude"),
            Agent::Codex => or_home(&dirs.codex, ".codex"),
            Agent::Gemini => dirs
                .gemini_home
                .as_deref()
                .unwrap_or(self.home)
                .join(".gemini"),
            Agent::Cursor => self.home.join(".cursor"),
            Agent::Copilot => or_home(&dirs.copilot, ".copilot"),
            Agent::Opencode => match &dirs.opencode {
                Some(dir) => dir.clone(),
                None => or_home(&dirs.xdg_config, ".config").join("opencode"),
            },
        }
    }

    /// Returns the file that holds an agent's hooks.
    pub(super) fn hooks(&self, agent: Agent) -> PathBuf {
        let directory = self.directory(agent);
        match agent {
            Agent::Claude | Agent::Gemini => directory.join("settings.json"),
            Agent::Codex | Agent::Cursor => directory.join("hooks.json"),
            Agent::Copilot => directory.join("hooks").join("mx.json"),
            Agent::Opencode => directory.join("plugins").join("mx.ts"),
        }
    }

    /// Returns the directory in which an agent looks for skills. All but one share theirs.
    pub(super) fn skills(&self, agent: Agent) -> PathBuf {
        match (agent, self.scope) {
            (Agent::Claude, _) => self.directory(agent).join("skills"),
            (_, Scope::User) => self.home.join(".agents").join("skills"),
            (_, Scope::Project) => self.project.join(".agents").join("skills"),
        }
    }

    /// Returns the directory that stays, whatever is removed below it.
    pub(super) fn floor(&self, path: &Path) -> PathBuf {
        let outer = match self.scope {
            Scope::User => self.home,
            Scope::Project => self.project,
        };
        let moved = [
            &self.dirs.claude,
            &self.dirs.codex,
            &self.dirs.gemini_home,
            &self.dirs.copilot,
            &self.dirs.opencode,
            &self.dirs.xdg_config,
        ];
        let mut floors = moved.into_iter().flatten().map(PathBuf::as_path);
        let floor = floors.find(|floor| self.scope == Scope::User && path.starts_with(floor));
        floor.unwrap_or(outer).to_path_buf()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_as_people_write_them() {
        for (name, agent) in [
            ("claude", Agent::Claude),
            ("Claude-Code", Agent::Claude),
            ("gemini-cli", Agent::Gemini),
            ("opencode", Agent::Opencode),
            ("copilot-cli", Agent::Copilot),
            ("cursor-agent", Agent::Cursor),
        ] {
            assert_eq!(Agent::from_name(name), Some(agent), "{name}");
        }
        assert_eq!(Agent::from_name("emacs"), None);
        assert_eq!(Agent::from_name("generic"), None);
        assert_eq!(Agent::from_name(""), None);
    }
}
