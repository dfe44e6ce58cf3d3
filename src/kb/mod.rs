//! The directory: which one it is, its settings, and reading and writing it safely.
//!
//! [`Environment`] is what a command is given from outside, [`Kb`] the knowledge base that it
//! works on. Reading and writing entries is in [`Kb::read`], [`Kb::append`] and [`Kb::rewrite`];
//! their files say how nothing gets lost. Nothing here knows that there is an index.

mod append;
mod attributes;
mod config;
mod context;
mod environment;
mod exposure;
mod file;
mod file_end;
pub(crate) mod file_lock;
mod former_names;
mod git;
mod gitattributes;
mod glob;
mod grow;
mod intent;
mod layout;
mod leftover;
mod locate;
mod lock;
mod merge_driver;
mod open;
mod outside;
mod ownership;
mod private;
mod private_place;
pub mod project;
mod read;
mod records;
mod remote;
mod replace;
mod root;
mod running;
mod searched;
#[cfg(feature = "service")]
mod secret;
mod settings;
mod spelling;
pub(crate) mod stored_path;
mod swap;
#[cfg(test)]
pub(crate) mod tests;
mod threads;
mod trust;
pub mod walk;

pub use config::{Config, ConfigFile, SessionFile};
pub use context::{CONTEXT_FILE, Context, ContextFile, DiscoveredContext, LoadedContext};
pub(crate) use context::{is_slug_of, project_slug};
pub use environment::{Environment, system_nanoseconds};
pub(crate) use exposure::close_to_others;
pub(crate) use file::{TEMPORARY, is_temporary, remove_if_there};
pub use file_end::AppendOutcome;
pub(crate) use file_lock::{LOCK_TIMEOUT, LockKind, locked_error, try_lock_file, try_lock_within};
pub(crate) use git::{Repository, may_share_project};
pub use glob::PathGlob;
pub(crate) use grow::Growth;
pub(crate) use layout::is_missing;
pub(crate) use leftover::is_abandoned;
pub(crate) use lock::PrivateLock;
pub(crate) use open::{Access, has_other_names};
pub(crate) use outside::{
    belongs_to_another, open_regular_file, read_file_of_user, read_regular_file,
    read_text_or_nothing,
};
pub(crate) use ownership::may_hide_own;
pub(crate) use private::{
    make_private_directory, open_or_create_private, open_private, read_private, replace_private,
    temporary_private,
};
pub(crate) use private_place::{directory_elsewhere, is_own_place, put_state_aside, unique_name};
pub(crate) use replace::{create_file, replace_file};
pub use root::RootSource;
pub(crate) use running::RunningEntry;
pub(crate) use swap::{Attributes, Durability, replace_at};
pub(crate) use threads::start_threads;
pub use trust::TrustList;

use crate::error::{Hint, Result};
use crate::model::{EntryPath, Timestamp, Zone};
use config::PROJECT;
use private_place::PrivatePlace;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Name of the directory below the root that belongs to this program.
const PRIVATE_DIR: &str = ".mx";

/// A knowledge base: a directory of Markdown, with its settings and the context of the command.
#[derive(Debug, Clone)]
pub struct Kb {
    environment: Environment,
    root: PathBuf,
    source: RootSource,
    trusted: bool,
    /// The nearest root above that was passed over.
    ignored_root: Option<PathBuf>,
    private: PrivatePlace,
    config: Config,
    context: Option<Context>,
    warnings: Vec<String>,
    running: Vec<RunningEntry>,
    /// What may be wrong although it was done, since the KB was opened.
    later_warnings: Arc<Mutex<Vec<String>>>,
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
        let DiscoveredContext { found, passed_over } = Context::discover(environment)?;
        let (context, odd) = found.map(|found| (found.context, found.warnings)).unzip();
        let found = root::discover_root(environment, root, context.as_ref())?;
        let trusted = root::is_trusted(environment, &found.root, found.source);
        let private = PrivatePlace::choose(environment, &found.root, trusted);
        let (config, more) = if private.settings_count {
            Config::load(&found.root)?
        } else {
            (Config::without_file()?, Vec::new())
        };
        // A user who names the KB does not depend on what was passed over.
        let named = found.source == RootSource::Option;
        let mut warnings = if named { Vec::new() } else { passed_over };
        warnings.extend(odd.unwrap_or_default());
        warnings.extend(found.warnings);
        warnings.extend(private.warning.clone());
        warnings.extend(more);
        Ok(Kb {
            environment: environment.clone(),
            root: found.root,
            source: found.source,
            trusted,
            ignored_root: found.ignored,
            private,
            config,
            context,
            warnings,
            running: Vec::new(),
            later_warnings: Arc::default(),
            lock_timeout: file_lock::LOCK_TIMEOUT,
        })
    }

    /// Opens the KB into which goes what is captured without asking, as by hooks: the one that
    /// [`Kb::open`] finds if it is [trusted](Kb::is_trusted), else the user's own. A mistake in a
    /// settings file does not keep it from being opened, nor does a root that can be none: that is
    /// among the warnings.
    ///
    /// # Errors
    ///
    /// If there is none; if what the settings say of secrets is not understood.
    pub fn open_for_capture(environment: &Environment, root: Option<&Path>) -> Result<Kb> {
        let context = Context::discover(environment).ok();
        let context = context.and_then(|found| Some(found.found?.context));
        match root::discover_root(environment, root, context.as_ref()) {
            Ok(found) if root::is_trusted(environment, &found.root, found.source) => {
                Self::open_root_for_capture(environment, found.root, found.source, context)
            }
            Ok(_) => {
                let (root, source) = root::default_root(environment)?;
                Self::open_root_for_capture(environment, root, source, context)
            }
            Err(error) => {
                let mut own = Self::open_own_for_capture(environment)?;
                own.warnings.push(error.message().to_owned());
                Ok(own)
            }
        }
    }

    /// Opens the user's own KB as [`Kb::open_for_capture`] does, whatever names another one.
    ///
    /// # Errors
    ///
    /// As [`Kb::open_for_capture`].
    pub fn open_own_for_capture(environment: &Environment) -> Result<Kb> {
        let (root, source) = root::default_root(environment)?;
        Self::open_root_for_capture(environment, root, source, None)
    }

    fn open_root_for_capture(
        environment: &Environment,
        root: PathBuf,
        source: RootSource,
        context: Option<Context>,
    ) -> Result<Kb> {
        let private = PrivatePlace::choose(environment, &root, true);
        let config = if private.settings_count {
            Config::load_for_capture(&root)?
        } else {
            Config::without_file()?
        };
        Ok(Kb {
            environment: environment.clone(),
            root,
            source,
            trusted: true,
            ignored_root: None,
            private,
            config,
            context,
            warnings: Vec::new(),
            running: Vec::new(),
            later_warnings: Arc::default(),
            lock_timeout: file_lock::LOCK_TIMEOUT,
        })
    }

    /// Returns the root of the KB into which hooks put what they capture here.
    pub fn root_for_capture(&self) -> Option<PathBuf> {
        if self.trusted {
            Some(self.root.clone())
        } else {
            self.environment.default_root()
        }
    }

    /// Returns the root directory, absolute and as the user spelled it.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Returns the root of the nearest KB above the current directory that is passed over because it
    /// belongs to another user.
    pub(crate) fn ignored_root(&self) -> Option<&Path> {
        self.ignored_root.as_deref()
    }

    /// Returns where the choice of the root comes from.
    pub fn root_source(&self) -> RootSource {
        self.source
    }

    /// Returns whether the root directory exists. One that cannot be looked at does: opening it
    /// reports why that fails.
    pub fn exists(&self) -> bool {
        use std::io::ErrorKind::{NotADirectory, NotFound};
        match std::fs::metadata(&self.root) {
            Ok(found) => found.is_dir(),
            Err(cause) => !matches!(cause.kind(), NotFound | NotADirectory),
        }
    }

    /// Returns whether what is captured without asking, as by hooks, may go into this KB: it is the
    /// user's own, was named for this command, or the user agreed to it.
    pub fn is_trusted(&self) -> bool {
        self.trusted
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

    /// Notes what may be wrong although it was done.
    pub(crate) fn warn(&self, warning: String) {
        let warnings = self.later_warnings.lock();
        let mut warnings = warnings.unwrap_or_else(PoisonError::into_inner);
        if !warnings.contains(&warning) {
            warnings.push(warning);
        }
    }

    /// Takes out what may be wrong although it was done.
    pub fn take_later_warnings(&self) -> Vec<String> {
        let warnings = self.later_warnings.lock();
        std::mem::take(&mut *warnings.unwrap_or_else(PoisonError::into_inner))
    }

    /// Returns what the command was given from outside.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// Returns what to do next as the front door spells it.
    pub(crate) fn spell(&self, hint: impl Into<Hint>) -> String {
        self.environment.spelling.spell(hint)
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
        let context = Context::discover(&environment)?.found;
        Ok(Kb {
            environment,
            context: context.map(|found| found.context),
            ..self.clone()
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
    /// is; repositories that only happen to be called the same are kept apart.
    pub(crate) fn shares_project(&self, directory: &Path) -> bool {
        let named = self
            .context()
            .is_some_and(|context| context.project.is_some());
        named || may_share_project(&self.environment.cwd, directory)
    }

    /// Returns the entry for the notes of the current directory, and what names it: the context,
    /// else the setting `default_entry`.
    ///
    /// # Errors
    ///
    /// If what is named cannot be an entry.
    pub fn session_entry(&self) -> Result<Option<(EntryPath, &'static str)>> {
        let project = self.project();
        let of_context = self.context().map(|context| context.entry(&project));
        if let Some(entry) = of_context.transpose()?.flatten() {
            return Ok(Some(entry));
        }
        let default = self.config.default_entry.as_ref();
        let path =
            default.map(|path| EntryPath::parse(&path.replace(PROJECT, &project_slug(&project))));
        Ok(path
            .transpose()?
            .map(|path| (path, ".mx/config.yaml (default_entry)")))
    }

    /// Returns the name of the project that the current directory belongs to.
    pub fn project(&self) -> String {
        project::detect_project(&self.environment, self.context())
    }
}
