//! The directory: which one it is, its settings, and reading and writing it safely.
//!
//! [`Environment`] is what a command is given from outside, [`Kb`] the knowledge base that it
//! works on. Reading and writing entries is in [`Kb::read`], [`Kb::append`] and [`Kb::rewrite`];
//! their files say how nothing gets lost. Nothing here knows that there is an index.

mod append;
mod attributes;
mod config;
mod context;
mod end;
mod environment;
mod file;
mod git;
mod gitattributes;
mod glob;
mod grow;
mod intent;
mod layout;
mod locate;
mod lock;
pub mod project;
mod read;
mod records;
mod remote;
mod replace;
mod root;
mod settings;
pub(crate) mod stored_path;
#[cfg(test)]
pub(crate) mod test_support;
pub mod walk;

pub use append::Action;
pub(crate) use attributes::keep_attributes;
pub use config::{Config, ConfigFile, SessionFile};
pub(crate) use context::slug;
pub use context::{CONTEXT_FILE, Context, ContextFile, LoadedContext};
pub use environment::{AGENT_VARIABLES, Environment, system_nanoseconds};
pub(crate) use file::{TEMPORARY, is_temporary};
pub(crate) use git::{Repository, may_share_project};
pub use glob::PathGlob;
pub(crate) use grow::Growth;
pub(crate) use lock::PrivateLock;
pub use root::RootSource;

use crate::error::Result;
use crate::model::{Timestamp, Zone};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A knowledge base: a directory of Markdown, with its settings and the context of the command.
#[derive(Debug, Clone)]
pub struct Kb {
    environment: Environment,
    root: PathBuf,
    source: RootSource,
    config: Config,
    context: Option<Context>,
    warnings: Vec<String>,
    lock_timeout: Duration,
}

impl Kb {
    /// Finds the KB and reads its settings. Makes nothing; the directory need not exist.
    ///
    /// The root is `root`, else `MEMEX_KB_ROOT`, else `kb_root` of the `.kbcontext`, else the
    /// nearest directory that holds `.mx/`, from the current one upwards, else `~/.memex/kb`.
    ///
    /// # Errors
    ///
    /// If the root is a file, or a settings file is not understood.
    pub fn open(environment: &Environment, root: Option<&Path>) -> Result<Kb> {
        let (context, mut warnings) = match Context::discover(environment)? {
            Some(found) => (Some(found.context), found.warnings),
            None => (None, Vec::new()),
        };
        let (root, source) = root::discover(environment, root, context.as_ref())?;
        let (config, more) = Config::load(&root)?;
        warnings.extend(more);
        let environment = environment.clone();
        Ok(Kb {
            environment,
            root,
            source,
            config,
            context,
            warnings,
            lock_timeout: file::LOCK_TIMEOUT,
        })
    }

    /// Returns the root directory, absolute and as the user spelled it.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Returns who said where the root is.
    pub fn root_source(&self) -> RootSource {
        self.source
    }

    /// Returns whether the root directory exists.
    pub fn exists(&self) -> bool {
        self.root.is_dir()
    }

    /// Returns the settings.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Returns the context of the current directory.
    pub fn context(&self) -> Option<&Context> {
        self.context.as_ref()
    }

    /// Returns the time zone.
    pub fn zone(&self) -> Zone {
        self.config.zone
    }

    /// Returns the time now, in the time zone of the KB.
    pub fn now(&self) -> Timestamp {
        self.environment.now().in_zone(self.zone())
    }

    /// Returns what is odd about the settings, each with path and line.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Returns what the command was given from outside.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// Returns the same KB, used from another directory: the context and the project are that
    /// directory's.
    ///
    /// # Errors
    ///
    /// If the context there is not understood.
    pub fn used_from(&self, directory: &Path) -> Result<Kb> {
        let environment = Environment {
            cwd: directory.to_path_buf(),
            ..self.environment.clone()
        };
        let kb = Kb::open(&environment, Some(&self.root))?;
        Ok(Kb {
            lock_timeout: self.lock_timeout,
            ..kb
        })
    }

    /// Returns the same KB for what must not wait: a lock that is held is an error at once, of
    /// [`Kind::Busy`](crate::error::Kind::Busy).
    pub(crate) fn without_waiting(&self) -> Kb {
        Kb {
            lock_timeout: Duration::ZERO,
            ..self.clone()
        }
    }

    /// Returns how long a lock that is held is waited for.
    pub(crate) fn lock_timeout(&self) -> Duration {
        self.lock_timeout
    }

    /// Returns whether work that was done in a directory may be of the project that the current
    /// directory belongs to, given that both have one name. Where a context names the project, it
    /// is; repositories that only happen to be called the same are told apart.
    pub(crate) fn shares_project(&self, directory: &Path) -> bool {
        let named = self
            .context()
            .is_some_and(|context| context.project.is_some());
        named || may_share_project(&self.environment.cwd, directory)
    }

    /// Returns the name of the project that the current directory belongs to.
    pub fn project(&self) -> String {
        project::detect(&self.environment, self.context())
    }
}

#[cfg(test)]
mod tests {
    use super::test_support::{TestKb, environment};
    use super::*;
    use std::fs;

    #[test]
    fn opening_makes_nothing_and_collects_warnings() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let env = environment(dir.path());
        let kb = Kb::open(&env, None).expect("opened");
        assert!(!kb.exists() && !kb.root().exists());
        assert_eq!(kb.root_source(), RootSource::Default);

        fs::write(env.cwd.join(CONTEXT_FILE), "kb_root: kb\ncolour: 1\n").expect("write");
        fs::create_dir_all(env.cwd.join("kb/.mx")).expect("mkdir");
        let config = "timezone: Europe/Berlin\nsize: 1\n";
        fs::write(env.cwd.join("kb/.mx/config.yaml"), config).expect("write");
        let kb = Kb::open(&env, None).expect("opened");
        assert_eq!(kb.root_source(), RootSource::Context);
        assert_eq!(kb.warnings().len(), 2, "{:?}", kb.warnings());
        assert_eq!(kb.now().to_string(), "2026-01-11T11:30:00+01:00");
        assert_eq!(kb.project(), "cwd");
    }

    #[test]
    fn broken_settings_are_errors() {
        let kb = TestKb::new();
        kb.write(".mx/config.yaml", "timezone: [\n");
        let error = Kb::open(kb.environment(), Some(kb.root())).expect_err("broken");
        assert!(error.message().contains("config.yaml:"), "{error}");
    }
}
