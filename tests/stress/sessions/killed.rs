//! Processes killed at any instant.

use super::{column, derived_files_agree, entries, records, session, tables_are_whole};
use crate::common::World;
use crate::crash::kill_within;
use crate::support::{self, Random, scale, succeeded};
use serde_json::Value;
use std::collections::HashMap;
use std::process::Command;

/// A world whose clock goes on by a minute with each step.
struct Killing {
    world: World,
    random: Random,
    step: u64,
}

impl Killing {
    fn new() -> Self {
        Killing {
            world: World::new(),
            random: Random::new(),
            step: 0,
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let (day, rest) = (1 + self.step / 1440, self.step % 1440);
        let now = format!("2026-01-{day:02}T{:02}:{:02}:00Z", rest / 60, rest % 60);
        self.world
            .command(arguments)
            .env("MX_NOW", now)
            .into_command()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let mut command = self.command(arguments);
        command.arg("--json");
        let output = support::sane(support::run(command), arguments);
        serde_json::from_str(&succeeded(output, arguments)).expect("JSON")
    }

    /// Runs a command and kills it, perhaps. Returns whether it had succeeded before.
    fn kill(&mut self, arguments: &[&str]) -> bool {
        let command = self.command(arguments);
        kill_within(command, &mut self.random, 60_000)
    }

    fn running(&self) -> Vec<String> {
        let status = self.json(&["log", "status"]);
        let running = status["running"].as_array().expect("a list").iter();
        running
            .map(|one| one["id"].as_str().expect("an id").to_owned())
            .collect()
    }
}

#[test]
fn killed_commands_lose_no_row_and_leave_one_entry_for_each_session() {
    let mut killing = Killing::new();
    let (mut acknowledged, mut doubtful) = (Vec::new(), Vec::new());
    let mut killed: HashMap<String, usize> = HashMap::new();
    for step in 0..80 * scale() {
        killing.step += 1;
        let running = killing.running();
        assert!(running.len() < 2, "step {step}: {running:?}");
        if running.is_empty() {
            if !killing.kill(&["log", "start"]) {
                *killed.entry("start".to_owned()).or_default() += 1;
            }
            continue;
        }
        let text = format!("row{step:05}x");
        let arguments: Vec<&str> = match killing.random.below(12) {
            0..4 => vec!["log", "event", &text],
            4..6 => vec!["log", "decision", &text, "--why", "a | b"],
            6 => vec!["log", "blocker", &text],
            7..9 => vec!["log", "update", "-m", &text],
            _ => vec!["log", "end"],
        };
        std::fs::write(killing.world.work().join(format!("f{step}")), "x").expect("a file");
        let survived = killing.kill(&arguments);
        if !survived {
            *killed.entry(arguments[1].to_owned()).or_default() += 1;
        }
        match arguments[1] {
            "end" => {}
            _ if survived => acknowledged.push(text.clone()),
            _ => doubtful.push(text.clone()),
        }
    }
    killing.step += 1;
    for id in killing.running() {
        killing.json(&["log", "end", "--session", &id]);
    }
    // What the last one left undone is done by the next.
    killing.json(&["log", "start"]);
    killing.json(&["log", "end"]);
    eprintln!("killed: {killed:?}");
    let world = &killing.world;
    assert!(records(world).is_empty(), "{:?}", records(world));
    derived_files_agree(world);
    let mut all = Vec::new();
    let mut files = Vec::new();
    for entry in entries(world) {
        tables_are_whole(&world.read(&entry));
        let id = entry
            .rsplit('/')
            .next()
            .expect("a name")
            .trim_end_matches(".md");
        let session = session(world, id);
        assert_eq!(session["status"], "ended", "{entry}");
        assert_eq!(session["id"], *id, "{entry}");
        assert_eq!(session["reconstructed"], Value::Null, "{entry}");
        all.extend(column(&session, "progress", "text"));
        all.extend(column(&session, "decisions", "decision"));
        all.extend(column(&session, "blockers", "blocker"));
        files.extend(column(&session, "files", "path"));
    }
    let count = |text: &String| all.iter().filter(|found| *found == text).count();
    for text in &acknowledged {
        assert_eq!(count(text), 1, "{text}");
    }
    for text in &doubtful {
        assert!(count(text) <= 1, "{text}");
    }
    assert!(all.iter().all(|text| text.starts_with("row")), "{all:?}");
    let number = files.len();
    files.sort();
    files.dedup();
    assert_eq!(files.len(), number, "no file belongs to two sessions");
    support::index_is_right(world);
}

#[test]
fn a_killed_reconstruction_tells_everything_once() {
    let mut killing = Killing::new();
    killing.step = 10_000;
    killing.json(&["log", "start"]);
    killing.json(&["log", "end"]);
    let mut written = Vec::new();
    for step in 0..25 * scale() {
        killing.step += 1;
        let name = format!("f{step:05}");
        std::fs::write(killing.world.work().join(&name), "x").expect("a file");
        written.push(name);
        killing.kill(&["log", "end"]);
    }
    killing.step += 1;
    killing.json(&["log", "end"]);
    let world = &killing.world;
    derived_files_agree(world);
    let mut files = Vec::new();
    for entry in entries(world) {
        let id = entry
            .rsplit('/')
            .next()
            .expect("a name")
            .trim_end_matches(".md");
        files.extend(column(&session(world, id), "files", "path"));
    }
    files.sort();
    assert_eq!(files, written, "each file belongs to one session");
}
