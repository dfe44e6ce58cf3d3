//! A git repository for tests: nothing of the user's settings, and a clock of its own.

use crate::common::{Run, World};
use serde_json::Value;
use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Seconds since 1970 at 2026-01-10T09:00:00Z, when the first commit is made.
const BEGINNING: i64 = 1_768_035_600;

/// A directory in a world, in which time goes on by a minute with each command.
pub struct Repository {
    world: World,
    dir: PathBuf,
    clock: Cell<i64>,
    /// Whether time is the system's instead, for `mx` and for git.
    real_time: bool,
}

impl Repository {
    /// Makes an empty directory `shop`, which is no repository.
    pub fn plain() -> Self {
        let world = World::new();
        let dir = world.home().join("projects/shop");
        fs::create_dir_all(&dir).expect("a directory");
        Repository {
            world,
            dir,
            clock: Cell::new(BEGINNING),
            real_time: false,
        }
    }

    /// Makes a repository without commits.
    pub fn empty() -> Self {
        let repository = Repository::plain();
        repository.git(&["init", "-q", "-b", "main"]);
        repository
    }

    /// Makes a repository with the files `a`, `b` and `dir/c` in a commit `first`.
    pub fn new() -> Self {
        let repository = Repository::empty();
        repository.fill();
        repository
    }

    /// As [`Repository::new`], on the system's clock.
    pub fn in_real_time() -> Self {
        let repository = Repository {
            real_time: true,
            ..Repository::empty()
        };
        repository.fill();
        repository
    }

    fn fill(&self) {
        for name in ["a", "b", "dir/c"] {
            self.write(name, &format!("content of {name}\nand more of it\n"));
        }
        self.commit("first");
    }

    /// The same world, in another directory below `projects`, which is made if it is not there.
    pub fn at(self, name: &str) -> Self {
        let dir = self.world.home().join("projects").join(name);
        fs::create_dir_all(&dir).expect("a directory");
        Repository { dir, ..self }
    }

    /// Lets hours go by.
    pub fn wait(&self, hours: i64) {
        self.clock.set(self.clock.get() + 3600 * hours);
    }

    pub fn world(&self) -> &World {
        &self.world
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("directories");
        fs::write(path, text).expect("a file");
    }

    pub fn remove(&self, name: &str) {
        fs::remove_file(self.path(name)).expect("removed");
    }

    /// Removes what is noted of how directories looked at the end of their last session.
    pub fn forget_how_directories_look(&self) {
        let notes = fs::read_dir(self.world.kb().join(".mx/sessions")).expect("notes");
        let paths = notes.map(|note| note.expect("a note").path());
        let seen: Vec<PathBuf> = paths
            .filter(|path| path.to_string_lossy().ends_with(".seen.json"))
            .collect();
        assert!(!seen.is_empty(), "how it looked is noted");
        for path in seen {
            fs::remove_file(path).expect("removed");
        }
    }

    /// Commits everything.
    pub fn commit(&self, subject: &str) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", subject]);
    }

    /// Runs git, and returns what it printed.
    pub fn git(&self, arguments: &[&str]) -> String {
        self.git_in(&self.dir, arguments)
    }

    pub fn git_in(&self, dir: &Path, arguments: &[&str]) -> String {
        self.clock.set(self.clock.get() + 60);
        let mut git = Command::new("git");
        git.env_clear().current_dir(dir).stdin(Stdio::null());
        for name in ["PATH", "SystemRoot", "TEMP", "TMP"] {
            if let Some(value) = std::env::var_os(name) {
                git.env(name, value);
            }
        }
        let nothing = if cfg!(windows) { "NUL" } else { "/dev/null" };
        git.env("HOME", self.world.home())
            .env("GIT_CONFIG_GLOBAL", nothing)
            .env("GIT_CONFIG_NOSYSTEM", "1");
        for who in ["AUTHOR", "COMMITTER"] {
            git.env(format!("GIT_{who}_NAME"), "Nobody")
                .env(format!("GIT_{who}_EMAIL"), "nobody@example.org");
            if !self.real_time {
                let time = format!("{} +0000", self.clock.get());
                git.env(format!("GIT_{who}_DATE"), time);
            }
        }
        git.args(["-c", "protocol.file.allow=always"])
            .args(arguments);
        let output = git.output().expect("git runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let failed = output.status.code() == Some(128) || !output.status.success();
        assert!(!failed, "{arguments:?}: {}", text(&output.stderr));
        text(&output.stdout)
    }

    /// Prepares a run of `mx` in the directory.
    pub fn command(&self, arguments: &[&str]) -> Run<'_> {
        let run = self.world.command(arguments).within(&self.dir);
        let nothing = if cfg!(windows) { "NUL" } else { "/dev/null" };
        let run = run
            .env("GIT_CONFIG_GLOBAL", nothing)
            .env("GIT_CONFIG_NOSYSTEM", "1");
        self.clock.set(self.clock.get() + 60);
        let time = chrono::DateTime::from_timestamp(self.clock.get(), 0).expect("a time");
        if self.real_time {
            run.without("MX_NOW")
        } else {
            run.env("MX_NOW", time.format("%Y-%m-%dT%H:%M:%SZ").to_string())
        }
    }

    /// Runs `mx`, which must succeed, and returns its answer.
    pub fn json(&self, arguments: &[&str]) -> Value {
        answer(self.command(arguments))
    }

    /// Returns what a session says.
    pub fn session(&self, id: &Value) -> Value {
        let id = id.as_str().expect("an id");
        self.json(&["log", "show", id])["session"].clone()
    }

    /// Runs `mx log end`, and returns the session: `null` if there was nothing to record.
    pub fn end(&self) -> Value {
        let end = self.json(&["log", "end"]);
        match &end["session"] {
            Value::Null => Value::Null,
            id => self.session(id),
        }
    }
}

/// Runs `mx` with `--json`, which must succeed.
pub fn answer(run: Run<'_>) -> Value {
    let output = run.arg("--json").output();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// Returns the rows of the files tracker, such as `created a.rs` or `renamed b (from a)`.
pub fn files(session: &Value) -> Vec<String> {
    let rows = session["files"].as_array().expect("files").iter();
    let mut files: Vec<String> = rows
        .map(|row| {
            let notes = row["notes"].as_str().expect("notes");
            let gap = if notes.is_empty() { "" } else { " " };
            let notes = if notes.is_empty() {
                String::new()
            } else {
                format!("({notes})")
            };
            let text = |name: &str| row[name].as_str().expect("text");
            format!("{} {}{gap}{notes}", text("action"), text("path"))
        })
        .collect();
    files.sort();
    files
}

/// Returns the events, without the hashes of commits.
pub fn events(session: &Value) -> Vec<String> {
    let rows = session["progress"].as_array().expect("events").iter();
    rows.map(|row| {
        let text = row["text"].as_str().expect("text");
        match text
            .strip_prefix("Committed ")
            .and_then(|rest| rest.split_once(": "))
        {
            Some((_, subject)) => format!("Committed: {subject}"),
            None => text.to_owned(),
        }
    })
    .collect()
}

/// Returns from where the rows of the log and of the files are.
pub fn sources(session: &Value) -> Vec<String> {
    let tables = ["progress", "files"].into_iter();
    let rows = tables.flat_map(|table| session[table].as_array().expect("a table"));
    let mut sources: Vec<String> = rows
        .map(|row| row["source"].as_str().expect("a source").to_owned())
        .collect();
    sources.sort();
    sources.dedup();
    sources
}
