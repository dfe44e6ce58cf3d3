//! What the process is given from outside: variables, current directory, home, and the clock.
//!
//! This is the only file that asks the operating system for any of them. Everything else takes an
//! [`Environment`], so that tests and servers can make their own.

use super::walk::nanoseconds;
use crate::error::{Error, HintSpelling, Result};
use crate::model::{AgentSession, ClientConnection, Clock, Timestamp};
use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};
use std::time::SystemTime;

/// The surroundings of one command. An empty variable counts as unset.
#[derive(Debug, Clone)]
pub struct Environment {
    /// The current directory, absolute.
    pub cwd: PathBuf,
    /// The user's home directory, absolute.
    pub home: Option<PathBuf>,
    /// The user's directory for caches, absolute: `XDG_CACHE_HOME` or `~/.cache`,
    /// `~/Library/Caches` on macOS, `%LOCALAPPDATA%` on Windows.
    pub cache: Option<PathBuf>,
    /// The directory for temporary files.
    pub temp: PathBuf,
    /// `MEMEX_KB_ROOT`: the root of the KB.
    pub kb_root: Option<PathBuf>,
    /// `MEMEX_INDEX_ROOT`: where the index lives.
    pub index_root: Option<PathBuf>,
    /// `VL_KB_CONTEXT`: the `.kbcontext` file to use instead of looking for one.
    pub context: Option<PathBuf>,
    /// The clock: the system's, or the instant in `MX_NOW`.
    pub clock: Clock,
    /// `MX_SESSION`: the id of the session that this command belongs to.
    pub session: Option<String>,
    /// The session of the agent that runs this command, if the agent says. Which variable says so
    /// is not known here: `None` after [`Environment::capture`].
    pub agent: Option<AgentSession>,
    /// The connection of the program that asks, where this process answers several or for long.
    pub connection: Option<ClientConnection>,
    /// All variables that are set.
    pub variables: BTreeMap<String, String>,
    /// `MX_LOG`: from which level on events are logged.
    pub log: Option<String>,
    /// The file of this program, if the system says.
    pub program: Option<PathBuf>,
    /// `PATH`: the directories in which programs are looked for.
    pub search_path: Option<OsString>,
    /// How the front door spells what to do next.
    pub spelling: HintSpelling,
    /// Whether requests come over the network: what they begin is kept in the KB, and they may name
    /// no directory but one below that of this process.
    pub is_served: bool,
}

/// How the names of files that are programs may end.
const PROGRAM_SUFFIXES: &[&str] = if cfg!(windows) {
    &[".exe", ".cmd", ".bat"]
} else {
    &[""]
};

/// How people write the home directory at the beginning of a path.
const HOME_NAMES: [&str; 4] = ["~", "$HOME", "${HOME}", "%USERPROFILE%"];

impl Environment {
    /// Reads the environment of this process.
    ///
    /// # Errors
    ///
    /// [`Kind::Usage`](crate::error::Kind::Usage) if `MX_NOW` is not RFC 3339,
    /// [`Kind::Failed`](crate::error::Kind::Failed) if there is no current directory.
    pub fn capture() -> Result<Self> {
        let (cwd, clock) = (current_dir()?, read_clock()?);
        Ok(Self::capture_with(cwd, clock))
    }

    /// As [`Environment::capture`], for what must be done whatever the variables say: where `MX_NOW`
    /// is no time the clock of the system counts, and where there is no current directory the home
    /// directory. Also returns what is wrong.
    pub fn capture_for_hook() -> (Self, Vec<String>) {
        let mut wrong = Vec::new();
        let mut note = |error: &Error| wrong.push(error.message().to_owned());
        let cwd = current_dir().unwrap_or_else(|error| {
            note(&error);
            home_dir().unwrap_or_else(env::temp_dir)
        });
        let clock = read_clock().unwrap_or_else(|error| {
            note(&error);
            Clock::System
        });
        let named = env::home_dir().filter(|home| !home.is_absolute());
        wrong.extend(named.map(|home| format!("HOME is no absolute path: {}", home.display())));
        (Self::capture_with(cwd, clock), wrong)
    }

    fn capture_with(cwd: PathBuf, clock: Clock) -> Self {
        let home = home_dir();
        let mut environment = Environment {
            cwd,
            cache: cache_dir(home.as_deref()),
            home,
            temp: env::temp_dir(),
            kb_root: None,
            index_root: None,
            context: None,
            clock,
            session: text_variable("MX_SESSION"),
            agent: None,
            connection: None,
            variables: text_variables(),
            log: text_variable("MX_LOG"),
            program: env::current_exe().ok(),
            search_path: read_variable("PATH"),
            spelling: HintSpelling::default(),
            is_served: false,
        };
        environment.kb_root = environment.path_variable("MEMEX_KB_ROOT");
        environment.index_root = environment.path_variable("MEMEX_INDEX_ROOT");
        environment.context = environment.path_variable("VL_KB_CONTEXT");
        environment
    }

    /// Returns the value of a variable.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str)
    }

    /// Returns the file that a shell runs by this name. A directory in `PATH` that is not absolute
    /// does not count: what is in it depends on where one is.
    pub fn find_program(&self, name: &str) -> Option<PathBuf> {
        let directories = env::split_paths(self.search_path.as_ref()?);
        let files = directories
            .filter(|directory| directory.is_absolute())
            .flat_map(|directory| {
                let file = |suffix| directory.join(format!("{name}{suffix}"));
                PROGRAM_SUFFIXES.iter().map(file).collect::<Vec<_>>()
            });
        files.into_iter().find(|file| is_program(file))
    }

    /// Returns the time now in milliseconds since 1970-01-01 UTC.
    pub fn now_milliseconds(&self) -> i64 {
        match self.clock {
            Clock::Fixed(instant) => instant.seconds().saturating_mul(1000),
            Clock::System => system_nanoseconds() / 1_000_000,
        }
    }

    /// Returns the time now, in UTC.
    pub fn now(&self) -> Timestamp {
        match self.clock {
            Clock::Fixed(instant) => instant,
            Clock::System => system_time(),
        }
    }

    /// Returns the root of the user's own KB: `~/.memex/kb`.
    pub fn default_root(&self) -> Option<PathBuf> {
        Some(self.home.as_ref()?.join(".memex").join("kb"))
    }

    /// Returns the directory of this user's own below that for temporary files, which others may
    /// write to.
    pub(crate) fn private_temp(&self) -> PathBuf {
        self.temp.join(super::ownership::name_of_user_directory())
    }

    /// Returns the path as people write it: the home directory as `~`, separators as `/`.
    pub fn shown(&self, path: &Path) -> String {
        let below = self
            .home
            .as_deref()
            .and_then(|home| path.strip_prefix(home).ok());
        let text = match below {
            Some(rest) if rest.as_os_str().is_empty() => "~".to_owned(),
            Some(rest) => format!("~/{}", rest.display()),
            None => path.display().to_string(),
        };
        if cfg!(windows) {
            text.replace('\\', "/")
        } else {
            text
        }
    }

    /// Returns the path as an absolute one: `~` is the home directory, and a relative path begins
    /// at the current directory.
    pub fn absolute(&self, path: &Path) -> PathBuf {
        self.absolute_from(&self.cwd, path)
    }

    /// Returns the directories that a record names, as absolute ones.
    pub fn absolute_all(&self, directories: &[String]) -> Vec<PathBuf> {
        let directories = directories.iter();
        directories
            .map(|dir| self.absolute(Path::new(dir)))
            .collect()
    }

    /// Returns the path as an absolute one: `~` and `$HOME` are the home directory, and a relative
    /// path begins at `base`, which is absolute.
    pub fn absolute_from(&self, base: &Path, path: &Path) -> PathBuf {
        let mut below_home = HOME_NAMES
            .iter()
            .filter_map(|name| path.strip_prefix(name).ok());
        let path = match (below_home.next(), &self.home) {
            (Some(rest), Some(home)) => home.join(rest),
            _ => base.join(path),
        };
        // Only drops `.` and doubled separators.
        let path = std::path::absolute(&path).unwrap_or(path);
        without_parents(&path)
    }

    /// Returns whether a path begins with a name that a shell would replace, but this program does
    /// not: a variable other than `$HOME`, or another user's home.
    pub fn is_unexpanded(&self, path: &str) -> bool {
        let first = path.split(['/', '\\']).next().unwrap_or_default();
        first.starts_with(['~', '$', '%']) && !HOME_NAMES.contains(&first)
    }

    fn path_variable(&self, name: &str) -> Option<PathBuf> {
        read_variable(name).map(|value| self.absolute(Path::new(&value)))
    }
}

/// Returns a path without `..`, but behind a link: there it leads elsewhere.
fn without_parents(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        let is_name = matches!(plain.components().next_back(), Some(Component::Normal(_)));
        if part == Component::ParentDir && is_name && !plain.is_symlink() {
            plain.pop();
        } else {
            plain.push(part);
        }
    }
    plain
}

#[cfg(unix)]
fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    let runs =
        |found: std::fs::Metadata| found.is_file() && found.permissions().mode() & 0o111 != 0;
    std::fs::metadata(file).is_ok_and(runs)
}

#[cfg(not(unix))]
fn is_program(file: &Path) -> bool {
    file.is_file()
}

fn read_variable(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}

fn text_variable(name: &str) -> Option<String> {
    read_variable(name).map(|value| value.to_string_lossy().into_owned())
}

fn text_variables() -> BTreeMap<String, String> {
    let set = env::vars_os().filter(|(_, value)| !value.is_empty());
    let text = |text: OsString| text.to_string_lossy().into_owned();
    set.map(|(name, value)| (text(name), text(value))).collect()
}

/// Returns the current directory. An agent may have deleted the one it works in: then the name
/// that its shell remembers serves, so that a note can still be taken.
fn current_dir() -> Result<PathBuf> {
    env::current_dir().or_else(|cause| {
        read_variable("PWD")
            .map(PathBuf::from)
            .filter(|remembered| remembered.is_absolute())
            .ok_or_else(|| {
                Error::failed(format!("cannot find the current directory: {cause}"))
                    .with_source(cause)
                    .with_hint("change to a directory that exists")
            })
    })
}

/// Returns the user's home directory. Where a variable names one that is not absolute, it is the one
/// that the system knows.
fn home_dir() -> Option<PathBuf> {
    env::home_dir()
        .filter(|home| home.is_absolute())
        .or_else(home_of_account)
}

#[cfg(unix)]
fn home_of_account() -> Option<PathBuf> {
    let accounts = std::fs::read_to_string("/etc/passwd").ok()?;
    let own = rustix::process::getuid().as_raw().to_string();
    let home = accounts.lines().find_map(|account| {
        let fields: Vec<&str> = account.split(':').collect();
        (fields.get(2) == Some(&own.as_str())).then(|| fields.get(5).map(PathBuf::from))?
    });
    home.filter(|home| home.is_absolute())
}

#[cfg(not(unix))]
fn home_of_account() -> Option<PathBuf> {
    None
}

fn cache_dir(home: Option<&Path>) -> Option<PathBuf> {
    let absolute = |name| {
        read_variable(name)
            .map(PathBuf::from)
            .filter(|p| p.is_absolute())
    };
    let below_home = |path| home.map(|home| home.join(path));
    if cfg!(windows) {
        absolute("LOCALAPPDATA").or_else(|| below_home("AppData/Local"))
    } else if cfg!(target_os = "macos") {
        below_home("Library/Caches")
    } else {
        absolute("XDG_CACHE_HOME").or_else(|| below_home(".cache"))
    }
}

fn read_clock() -> Result<Clock> {
    let Some(value) = read_variable("MX_NOW") else {
        return Ok(Clock::System);
    };
    let instant = value.to_str().and_then(Timestamp::parse_rfc3339);
    instant.map(Clock::Fixed).ok_or_else(|| {
        let shown = value.to_string_lossy();
        Error::usage(format!(
            "MX_NOW is not an RFC 3339 time: '{}'",
            shown.escape_debug()
        ))
        .with_hint("write it like 2026-01-11T10:30:00Z, or unset it")
    })
}

/// Returns the system's time in nanoseconds since 1970, whatever `MX_NOW` says: for comparing with
/// the times of files.
pub fn system_nanoseconds() -> i64 {
    nanoseconds(SystemTime::now())
}

fn system_time() -> Timestamp {
    Timestamp::from_milliseconds(system_nanoseconds().div_euclid(1_000_000))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kb::tests::environment;

    #[test]
    fn paths_become_absolute() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let env = environment(dir.path());
        let home = env.home.clone().expect("a home");
        for (text, path) in [
            ("~", home.clone()),
            ("~/notes", home.join("notes")),
            ("~user/notes", env.cwd.join("~user/notes")),
            ("notes", env.cwd.join("notes")),
            ("./notes//a", env.cwd.join("notes/a")),
            ("notes/../kb/x/..", env.cwd.join("kb")),
        ] {
            assert_eq!(env.absolute(Path::new(text)), path, "{text}");
        }
        assert_eq!(env.absolute(dir.path()), dir.path());
    }

    #[test]
    fn a_fixed_clock_stands_still() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let env = environment(dir.path());
        assert_eq!(env.now().to_string(), "2026-01-11T10:30:00Z");
        let running = Environment {
            clock: Clock::System,
            ..env
        };
        assert!(running.now().seconds() > 1_700_000_000);
    }
}
