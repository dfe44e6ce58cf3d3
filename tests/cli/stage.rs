//! A project in which agents work, and what their hooks report of it.

use crate::common::World;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A world with a project, in which agents work.
pub struct Stage {
    pub world: World,
    pub dir: PathBuf,
}

impl Stage {
    /// Makes one in which nothing happened yet.
    pub fn new() -> Self {
        let world = World::new();
        let dir = world.home().join("projects/app");
        fs::create_dir_all(&dir).expect("a project");
        Stage { world, dir }
    }

    /// Returns a time of the morning of 11 January 2026.
    pub fn time(minute: usize) -> String {
        format!("2026-01-11T{:02}:{:02}:00Z", 10 + minute / 60, minute % 60)
    }

    /// Calls the hook; whatever comes of it, it is no error. Returns what it printed.
    pub fn hook(&self, agent: &str, minute: usize, input: impl Into<Vec<u8>>) -> String {
        let run = self.world.command(&["hook", "--agent", agent]);
        let run = run.env("MX_NOW", Self::time(minute)).input(input);
        harmless(&run.output())
    }

    /// Calls the hook with an object.
    pub fn tell(&self, agent: &str, minute: usize, event: &Value) -> String {
        self.hook(agent, minute, event.to_string())
    }

    /// Calls the hook of Claude Code in a session.
    pub fn claude(&self, session: &str, minute: usize, event: &str, rest: Value) -> String {
        let mut json = rest;
        json["session_id"] = session.into();
        json["hook_event_name"] = event.into();
        json["cwd"] = self.dir.to_string_lossy().into_owned().into();
        self.tell("claude", minute, &json)
    }

    /// Begins a session of Claude Code in which something is asked for.
    pub fn asked(&self, session: &str, minute: usize, what: &str) {
        self.claude(
            session,
            minute,
            "SessionStart",
            json!({"source": "startup"}),
        );
        self.claude(session, minute, "UserPromptSubmit", json!({"prompt": what}));
    }

    /// Ends a session of Claude Code.
    pub fn end(&self, session: &str, minute: usize) {
        self.claude(session, minute, "SessionEnd", json!({"reason": "other"}));
    }

    /// Runs `mx` in the project; `session` is that of Claude Code, if it is Claude that runs it.
    pub fn mx(&self, minute: usize, session: Option<&str>, arguments: &[&str]) -> String {
        let run = self.world.command(arguments).within(&self.dir);
        let run = run.env("MX_NOW", Self::time(minute));
        match session {
            Some(id) => run.env("CLAUDE_CODE_SESSION_ID", id).shown(),
            None => run.shown(),
        }
    }

    /// Returns the sessions that are listed: id, status, summary.
    pub fn sessions(&self, minute: usize) -> Vec<[String; 3]> {
        let run = self.world.command(&["log", "list", "--json"]);
        let output = run
            .within(&self.dir)
            .env("MX_NOW", Self::time(minute))
            .output();
        let list: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let sessions = list["sessions"].as_array().expect("sessions").iter();
        let text = |one: &Value, key: &str| one[key].as_str().expect("text").to_owned();
        sessions
            .map(|one| ["id", "status", "summary"].map(|key| text(one, key)))
            .collect()
    }

    /// Runs git in the project; a commit is of the given time.
    pub fn git(&self, time: &str, arguments: &[&str]) {
        let mut git = Command::new("git");
        git.current_dir(&self.dir).args(arguments);
        git.env("HOME", self.world.home())
            .env("GIT_CONFIG_NOSYSTEM", "1");
        for role in ["AUTHOR", "COMMITTER"] {
            git.env(format!("GIT_{role}_NAME"), "Ann");
            git.env(format!("GIT_{role}_EMAIL"), "ann@example.org");
            git.env(format!("GIT_{role}_DATE"), time);
        }
        let output = git.output().expect("git");
        assert!(output.status.success(), "{output:?}");
    }

    /// Plays a recorded stream, an event a minute. Returns what was answered.
    pub fn play(&self, agent: &str, stream: &str) -> Vec<String> {
        let mut answers = Vec::new();
        for (minute, line) in self.recorded(agent, stream).lines().enumerate() {
            let answer = self.hook(agent, minute, line);
            if !answer.is_empty() {
                answers.push(answer);
            }
        }
        answers
    }

    /// Returns a recorded stream, as if the project were where it was recorded.
    pub fn recorded(&self, agent: &str, stream: &str) -> String {
        let path = fixtures(agent).join(format!("{stream}.jsonl"));
        let text = fs::read_to_string(path).expect("a recorded stream");
        let dir = self.dir.to_string_lossy();
        text.replace("/w/app", dir.trim_start_matches(r"\\?\"))
    }

    /// Returns the paths below the project.
    pub fn project_files(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.dir).expect("a directory");
        entries
            .map(|entry| entry.expect("an entry").path())
            .collect()
    }

    /// Returns what `mx doctor` says of hooks.
    pub fn losses(&self) -> String {
        let places = [
            self.world.kb().join(".mx/journal"),
            self.world.home().join(".cache/memex"),
        ];
        let texts = places.map(|dir| fs::read_to_string(dir.join("hook-losses")));
        texts.into_iter().flatten().collect()
    }
}

/// Returns the directory of recorded streams of an agent.
pub fn fixtures(agent: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/hooks");
    root.join(agent)
}

/// Returns what a hook printed, which succeeded and printed nothing else.
pub fn harmless(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}
