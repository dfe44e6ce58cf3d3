//! The record of a session: many processes, killed processes, and nowhere to write.

mod abandoned;
mod killed;
mod limits;
mod together;

use crate::common::World;
use crate::support::{self, json, ok};
use serde_json::Value;
use std::fs;
use std::process::Output;

/// The record of a session in the project.
const RECORD: &str = ".session_log.md";

fn record(world: &World) -> String {
    fs::read_to_string(world.work().join(RECORD)).expect("a session is running")
}

/// Returns the names of the records in the project.
fn records(world: &World) -> Vec<String> {
    names(&world.work(), |name| name.starts_with(".session_log"))
}

fn names(directory: &std::path::Path, wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let found = fs::read_dir(directory).into_iter().flatten();
    let names = found.map(|entry| entry.expect("an entry").file_name());
    let mut names: Vec<String> = names
        .map(|name| name.to_string_lossy().into_owned())
        .filter(|name| wanted(name))
        .collect();
    names.sort();
    names
}

/// Returns the paths of all session entries.
fn entries(world: &World) -> Vec<String> {
    let logs = world.kb().join("session_logs");
    let projects = names(&logs, |name| !name.contains('.'));
    let entries = projects.iter().flat_map(|project| {
        let files = names(&logs.join(project), |name| name.ends_with(".md"));
        let path = move |name: String| format!("session_logs/{project}/{name}");
        files.into_iter().map(path)
    });
    entries.collect()
}

/// Returns what a session says.
fn session(world: &World, id: &str) -> Value {
    json(world, &["log", "show", id])["session"].clone()
}

/// Returns the texts of one column of a table.
fn column(session: &Value, table: &str, column: &str) -> Vec<String> {
    let rows = session[table].as_array().expect("a table").iter();
    rows.map(|row| row[column].as_str().expect("a text").to_owned())
        .collect()
}

/// Every line of a table has as many cells as its header, and each section is there once.
fn tables_are_whole(text: &str) {
    let mut width = None;
    // Prompt and title repeat what was stated, which may hold a bar.
    let repeats = |line: &&str| line.starts_with('>') || line.starts_with("title: ");
    for line in text.lines().filter(|line| !repeats(line)) {
        let bars = line.replace("\\|", "").matches('|').count();
        if !line.starts_with('|') {
            assert_eq!(bars, 0, "half a row: {line}");
            width = None;
        } else {
            assert_eq!(*width.get_or_insert(bars), bars, "{line}\n{text}");
        }
    }
    for section in ["Progress Log", "Files Tracker", "Decisions Log", "Blockers"] {
        let heading = format!("\n### {section}\n");
        assert!(text.matches(&heading).count() <= 1, "{section}\n{text}");
    }
    assert_eq!(text.matches("\n## Session: ").count(), 1, "{text}");
}

/// The derived files hold each session once, and `mx log index` finds nothing to mend.
fn derived_files_agree(world: &World) {
    let report = json(world, &["log", "index"]);
    assert_eq!(report["written"], serde_json::json!([]), "{report}");
    let entries = entries(world);
    assert_eq!(report["sessions"], entries.len(), "{entries:?}");
    let read = |name: &str| {
        fs::read_to_string(world.kb().join("session_logs").join(name)).unwrap_or_default()
    };
    let rows = read("SESSION_INDEX.md") + &read("SESSION_INDEX_ARCHIVE.md");
    for entry in &entries {
        let path = entry.strip_prefix("session_logs/").expect("below it");
        assert_eq!(
            rows.matches(&format!("]({path})")).count(),
            1,
            "{entry}\n{rows}"
        );
    }
}

/// Returns what `mx` printed on standard error, which is an error that people can read.
fn said(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(text.starts_with("error: "), "{text}");
    text
}

/// Begins a session and returns its id.
fn start(world: &World, arguments: &[&str]) -> String {
    let mut all = vec!["log", "start"];
    all.extend(arguments);
    let answer = json(world, &all);
    assert_eq!(answer["action"], "started", "{answer}");
    answer["session"]["id"].as_str().expect("an id").to_owned()
}

/// Ends the session and has everything checked.
fn end_and_check(world: &World) {
    ok(world, &["log", "end"]);
    derived_files_agree(world);
    support::index_is_right(world);
}
