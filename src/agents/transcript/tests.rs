mod agents;
mod reading;

use super::*;
use crate::agents::discover::recognise_transcript;
use crate::agents::{
    Agent, AgentHomes, AgentTranscript, FoundTranscripts, default_places, discover_transcripts,
};
use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/transcripts")
}

/// Redacts the word `hunter2`, then cuts.
fn clean(text: &str, limit: usize) -> String {
    text.replace("hunter2", "***").chars().take(limit).collect()
}

fn read_from(file: &AgentTranscript, from: &Position) -> (Vec<KeyedEvent>, TranscriptReading) {
    let mut items = Vec::new();
    let reading = file.read(from, &clean, &mut |item| items.push(item));
    let outcome = reading.expect("readable");
    (items, outcome)
}

/// The one transcript in a place.
fn only(path: &Path) -> AgentTranscript {
    let found = discover_transcripts(path).expect("readable");
    assert_eq!(found.files.len(), 1, "{}", path.display());
    found.files[0].clone()
}

/// What happened, a line each, without the time; what holds only at the end comes after `--`.
fn told(path: &Path) -> (Vec<String>, TranscriptReading) {
    let (items, outcome) = read_from(&only(path), &Position::default());
    let mut lines: Vec<String> = items.iter().map(line).collect();
    if !outcome.tail.is_empty() {
        lines.push("--".to_owned());
        lines.extend(outcome.tail.iter().map(line));
    }
    (lines, outcome)
}

fn line(item: &KeyedEvent) -> String {
    let mut json = serde_json::to_value(&item.event).expect("JSON");
    let fields = json.as_object_mut().expect("an object");
    fields.remove("at");
    let kind = fields.remove("kind").expect("a kind");
    let word = |value: &serde_json::Value| match value {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let order = [
        "tool",
        "action",
        "from",
        "path",
        "command",
        "ok",
        "exit",
        "hash",
        "name",
        "decision",
        "rationale",
        "reason",
        "cwd",
        "subject",
        "text",
        "summary",
        "error",
        "refused",
    ];
    let mut line = kind.as_str().expect("a name").to_owned();
    for name in order {
        if let Some(value) = fields.get(name) {
            line.push_str(&format!(" {name}={}", word(value)));
        }
    }
    line
}

const CLAUDE: &str = "claude/-home-ada-lamp/0c8a1111-2222-4333-8444-555566667777.jsonl";
