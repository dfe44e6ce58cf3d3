//! A world of its own for each test: a knowledge base, a home, a working directory, a clock that
//! stands still, and nothing of the environment that the tests run in.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The time in every test.
pub const NOW: &str = "2026-01-11T10:30:00Z";

/// The directories of one test, and the way to run `mx` in them.
pub struct World {
    dir: tempfile::TempDir,
}

impl World {
    /// Makes a world whose knowledge base does not exist yet.
    pub fn new() -> Self {
        World::within(&std::env::temp_dir())
    }

    /// Makes such a world below a directory.
    pub fn within(place: &Path) -> Self {
        let dir = tempfile::tempdir_in(place).expect("a temporary directory");
        let world = World { dir };
        fs::create_dir_all(world.home()).expect("a home");
        fs::create_dir_all(world.work()).expect("a working directory");
        fs::create_dir_all(world.temp()).expect("a directory for temporary files");
        world
    }

    /// Makes a world with some entries.
    pub fn with(entries: &[(&str, &str)]) -> Self {
        let world = World::new();
        for (path, text) in entries {
            world.write(path, text);
        }
        world
    }

    /// Returns the directory that holds all others.
    pub fn root(&self) -> &Path {
        self.dir.path()
    }

    /// Returns the knowledge base.
    pub fn kb(&self) -> PathBuf {
        self.dir.path().join("kb")
    }

    /// Returns the home directory.
    pub fn home(&self) -> PathBuf {
        self.dir.path().join("home")
    }

    /// Returns the working directory, which is no git repository.
    pub fn work(&self) -> PathBuf {
        self.dir.path().join("shop")
    }

    /// Returns the directory for temporary files, in which hooks may note what they lost.
    pub fn temp(&self) -> PathBuf {
        self.dir.path().join("temp")
    }

    /// Writes a file of the knowledge base.
    pub fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let file = self.kb().join(path);
        fs::create_dir_all(file.parent().expect("a parent")).expect("directories");
        fs::write(file, content).expect("a file");
    }

    /// Reads a file of the knowledge base.
    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.kb().join(path)).expect("a file")
    }

    /// Writes the `.kbcontext` of the working directory.
    pub fn context(&self, text: &str) {
        fs::write(self.work().join(".kbcontext"), text).expect("a context");
    }

    /// Prepares a run of `mx`.
    pub fn command(&self, arguments: &[&str]) -> Run<'_> {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("mx"));
        command.env_clear().current_dir(self.work()).args(arguments);
        command
            .env("HOME", self.home())
            .env("USERPROFILE", self.home());
        command.env("MEMEX_KB_ROOT", self.kb()).env("MX_NOW", NOW);
        for name in ["TMPDIR", "TEMP", "TMP"] {
            command.env(name, self.temp());
        }
        // Without these no program runs on Windows.
        for name in ["PATH", "SystemRoot"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        Run {
            world: self,
            command,
            input: None,
        }
    }

    /// Runs `mx`, and returns everything it printed: standard output, standard error, exit code.
    pub fn mx(&self, arguments: &[&str]) -> String {
        self.command(arguments).shown()
    }

    /// Runs `mx` with `--json`, which must succeed, and returns the answer.
    pub fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let output = self.command(arguments).arg("--json").output();
        assert!(output.status.success(), "{}", self.show(&output));
        serde_json::from_slice(&output.stdout).expect("the answer is JSON")
    }

    /// Runs `mx` with `--json`, and returns the answer, of a check that found something too.
    pub fn json_answer(&self, arguments: &[&str]) -> serde_json::Value {
        let output = self.command(arguments).arg("--json").output();
        serde_json::from_slice(&output.stdout).expect("the answer is JSON")
    }

    /// Replaces what differs between runs.
    fn normalised(&self, text: &str) -> String {
        let real = fs::canonicalize(self.root()).expect("the directory exists");
        let text = text.replace(&*real.to_string_lossy(), "[DIR]");
        let text = text.replace(&*self.root().to_string_lossy(), "[DIR]");
        if cfg!(windows) {
            text.replace('\\', "/")
        } else {
            text
        }
    }

    fn show(&self, output: &Output) -> String {
        let text = |bytes: &[u8]| self.normalised(&String::from_utf8_lossy(bytes));
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        let status = output
            .status
            .code()
            .map_or("killed".to_owned(), |code| code.to_string());
        let gap = if err.is_empty() { "" } else { "--- stderr\n" };
        format!("{out}{gap}{err}--- exit {status}\n")
    }
}

/// A run of `mx` to be.
pub struct Run<'a> {
    world: &'a World,
    command: Command,
    input: Option<Vec<u8>>,
}

impl Run<'_> {
    /// Adds an argument.
    pub fn arg(mut self, argument: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    /// Sets a variable.
    pub fn env(mut self, name: &str, value: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Removes a variable.
    pub fn without(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    /// Sets the working directory.
    pub fn within(mut self, directory: impl AsRef<Path>) -> Self {
        self.command.current_dir(directory);
        self
    }

    /// Gives something on standard input.
    pub fn input(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.input = Some(bytes.into());
        self
    }

    /// Runs, and returns the raw outcome.
    pub fn output(mut self) -> Output {
        let stdin = if self.input.is_some() {
            Stdio::piped()
        } else {
            Stdio::null()
        };
        self.command
            .stdin(stdin)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = self.command.spawn().expect("mx runs");
        if let Some(input) = &self.input {
            let mut stdin = child.stdin.take().expect("standard input is a pipe");
            // A program that reads nothing is free to close it.
            let _ = stdin.write_all(input);
        }
        child.wait_with_output().expect("mx ends")
    }

    /// Runs, and returns everything it printed.
    pub fn shown(self) -> String {
        let world = self.world;
        world.show(&self.output())
    }

    /// Returns the command, for tests that run it in a way of their own.
    pub fn into_command(self) -> Command {
        self.command
    }
}
