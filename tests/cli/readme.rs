//! The README, played from top to bottom in an empty home: every output is as it is shown.
//!
//! `UPDATE_README=1 cargo test --test cli readme` writes what was seen into it.

use crate::common::World;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A reader who copies the commands of the README.
struct Reader<'w> {
    world: &'w World,
    /// The current directory, relative to the home.
    directory: PathBuf,
    /// Number of commands so far. Each takes a quarter of an hour.
    commands: u32,
}

impl Reader<'_> {
    /// Runs a command, and returns what it prints.
    fn run(&mut self, command: &str) -> String {
        let minutes = 15 * self.commands;
        self.commands += 1;
        let (day, hour) = (11 + (10 + minutes / 60) / 24, (10 + minutes / 60) % 24);
        let now = format!("2026-01-{day}T{hour:02}:{:02}:00Z", minutes % 60);
        let command = command.replace("cargo run --release --", "mx");
        let script = format!("{{ {command}\n}} 2>&1; pwd > \"$HOME/.pwd\"");
        let mut shell = Command::new("/bin/bash");
        shell.arg("-c").arg(script).env_clear();
        shell.current_dir(self.world.home().join(&self.directory));
        shell.env("HOME", self.world.home()).env("MX_NOW", now);
        shell.env("PATH", self.path()).env("LC_ALL", "C.UTF-8");
        shell
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("TMPDIR", self.world.temp());
        for role in ["AUTHOR", "COMMITTER"] {
            shell.env(format!("GIT_{role}_NAME"), "Ann");
            shell.env(format!("GIT_{role}_EMAIL"), "ann@example.com");
        }
        let output = shell.output().expect("a shell");
        let pwd = fs::read_to_string(self.world.home().join(".pwd")).expect("a directory");
        let home = fs::canonicalize(self.world.home()).expect("a home");
        let pwd = fs::canonicalize(pwd.trim()).expect("a directory");
        self.directory = pwd.strip_prefix(&home).expect("in the home").to_path_buf();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let text = text.replace(&*home.to_string_lossy(), "/home/ann");
        text.replace(&*self.world.home().to_string_lossy(), "/home/ann")
    }

    /// Returns where programs are found: this one, and none of the agents.
    fn path(&self) -> std::ffi::OsString {
        let program = Path::new(assert_cmd::cargo::cargo_bin!("mx"));
        let own = program.parent().expect("a directory");
        let directories = [own, Path::new("/usr/bin"), Path::new("/bin")];
        std::env::join_paths(directories).expect("a path")
    }
}

/// Returns the README with what was seen in the place of what it shows.
fn play(readme: &str, reader: &mut Reader<'_>) -> String {
    let mut played = String::new();
    let mut in_console = false;
    for line in readme.lines() {
        let command = line.strip_prefix("$ ").filter(|_| in_console);
        if line.starts_with("```") {
            in_console = line == "```console";
        }
        let is_output = in_console && command.is_none() && !line.starts_with("```");
        if is_output {
            continue;
        }
        played += line;
        played.push('\n');
        if let Some(command) = command {
            played += &reader.run(command);
        }
    }
    played
}

#[test]
fn every_output_is_as_the_readme_shows_it() {
    if !["/bin/bash", "/usr/bin/git"]
        .iter()
        .all(|program| Path::new(program).exists())
    {
        return;
    }
    let world = World::new();
    fs::create_dir(world.home().join("memex-kb")).expect("a directory");
    let mut reader = Reader {
        world: &world,
        directory: "memex-kb".into(),
        commands: 0,
    };
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(&file).expect("the README");
    let played = play(&readme, &mut reader);
    if std::env::var_os("UPDATE_README").is_some() {
        fs::write(&file, played).expect("written");
        return;
    }
    for (line, (shown, seen)) in readme.lines().zip(played.lines()).enumerate() {
        assert_eq!(
            shown,
            seen,
            "README.md:{}: UPDATE_README=1 shows what is seen",
            line + 1
        );
    }
    assert_eq!(readme.lines().count(), played.lines().count());
}

/// Returns the blocks of Markdown that a text shows.
fn shown_markdown(text: &str) -> Vec<&str> {
    let blocks = text.split("```markdown\n").skip(1);
    blocks
        .filter_map(|block| Some(block.split_once("\n```")?.0))
        .collect()
}

#[test]
fn the_formats_described_are_those_that_are_read() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/formats.md");
    let described = fs::read_to_string(file).expect("the description");
    let [entry, session] = shown_markdown(&described)[..] else {
        panic!("an entry and a session");
    };
    let world = World::new();
    world.write("projects/myapp/sessions.md", format!("{entry}\n"));
    let path = "session_logs/my-api/20260111-124500.md";
    world.write(path, format!("{session}\n"));
    let notes = world.json(&["search", "--project", "myapp", "--tags", "decision"]);
    assert_eq!(notes["total"], 1, "{notes}");
    let shown = world.json(&["log", "show", "20260111-124500"]);
    let session = &shown["session"];
    assert_eq!(session["project"], "my-api", "{shown}");
    for (part, rows) in [
        ("progress", 1),
        ("files", 2),
        ("decisions", 1),
        ("blockers", 1),
        ("next", 1),
    ] {
        assert_eq!(
            session[part].as_array().map(Vec::len),
            Some(rows),
            "{part} of {session}"
        );
    }
    assert_eq!(session["files"][1]["source"], "observed");
}
