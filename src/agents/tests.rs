//! Sessions that were recorded by hooks and kept as transcripts by the agents themselves: both hold
//! the same.

use super::hooks::{HookEvent, read_call};
use super::record_writer::RecordWriter;
use super::tool_effect::read_own_commands;
use super::transcript::{Position, TranscriptReading};
use super::*;
use crate::kb::Environment;
use crate::kb::tests::environment;
use crate::model::{Session, Source, Zone};
use crate::session::recorder::Recorder;
use crate::session::tests::samples::running_session;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/sessions")
}

fn plain(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// The calls of hooks in a directory, in order.
fn hook_calls(agent: Agent, directory: &Path) -> Vec<hooks::HookCall> {
    let text = fs::read_to_string(directory.join("hooks.jsonl")).expect("a stream");
    let json = text
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("a line of JSON"));
    let reader = agent.profile().read_hook;
    json.map(|json| {
        let named = json["_mx_event_argument"].as_str();
        read_call(reader, named, &json, &plain)
    })
    .collect()
}

fn read_transcript(directory: &Path) -> (AgentTranscript, Vec<AgentEvent>, TranscriptReading) {
    let found = discover_transcripts(directory)
        .expect("readable")
        .files
        .into_iter();
    let mut found = found.filter(|found| !found.file.path.ends_with("hooks.jsonl"));
    let transcript = found.next().expect("a transcript");
    assert_eq!(found.next(), None, "{}", directory.display());
    let mut events = Vec::new();
    let reading = transcript
        .read(&Position::default(), &plain, &mut |told| {
            events.push(told.event)
        })
        .expect("readable");
    events.extend(reading.tail.iter().map(|told| told.event.clone()));
    (transcript, events, reading)
}

fn record(environment: &Environment, events: &[AgentEvent]) -> Session {
    let writer = RecordWriter::new(environment, Zone::UTC, Source::Observed);
    let mut record = running_session();
    record.directories.clear();
    for event in events {
        writer.apply(&mut Recorder::new(&mut record), event);
    }
    record
}

/// The events of hooks, with what they leave out and the transcript holds.
fn told_by_hooks(
    agent: Agent,
    calls: Vec<hooks::HookCall>,
    told: &[AgentEvent],
) -> Vec<AgentEvent> {
    let at = told.first().expect("an event").at;
    let only = agent.profile().only_in_transcript;
    let is_missing = |kind: &EventKind| only.is_some_and(|only| only(kind));
    let mut events = Vec::new();
    for call in calls {
        if call.event == HookEvent::Stop {
            let missing = told.iter().filter(|event| is_missing(&event.kind));
            events.extend(missing.cloned());
        }
        let is_answer = |kind: &EventKind| matches!(kind, EventKind::Answer { .. });
        // What `mx log` is given, it notes by itself.
        let noted: Vec<EventKind> = call.events.iter().flat_map(notes_of).collect();
        let kinds = call.events.into_iter().chain(noted);
        let kinds = kinds.filter(|kind| !(is_missing(kind) && is_answer(kind)));
        events.extend(kinds.map(|kind| AgentEvent { at, kind }));
    }
    events
}

/// What a command has this program note.
fn notes_of(kind: &EventKind) -> Vec<EventKind> {
    match kind {
        EventKind::Command { command, .. } => read_own_commands(command),
        _ => Vec::new(),
    }
}

/// All that a record says, in an order that does not depend on times.
fn facts(record: &Session) -> BTreeMap<&'static str, Vec<String>> {
    let mut facts = BTreeMap::new();
    let progress = record.progress.iter().map(|row| row.text.clone());
    facts.insert("progress", progress.collect());
    let files = record.files.iter();
    let files = files.map(|row| format!("{} {} {}", row.path, row.action.name(), row.notes));
    facts.insert("files", files.collect());
    let decisions = record.decisions.iter();
    facts.insert(
        "decisions",
        decisions.map(|row| row.decision.clone()).collect(),
    );
    let blockers = record.blockers.iter();
    facts.insert(
        "blockers",
        blockers.map(|row| row.blocker.clone()).collect(),
    );
    let tools = record.tools.iter();
    let tools = tools.map(|tool| format!("{} {}", tool.name, tool.uses));
    facts.insert("tools", tools.collect());
    facts.insert("goal", record.goal.iter().cloned().collect());
    facts
        .values_mut()
        .for_each(|texts: &mut Vec<String>| texts.sort());
    facts
}

#[test]
fn hooks_and_transcripts_give_the_same_record() {
    let dir = tempfile::tempdir().expect("temporary directory");
    let environment = environment(dir.path());
    let mut compared = 0;
    for entry in fs::read_dir(fixtures()).expect("fixtures") {
        let directory = entry.expect("an entry").path();
        let found = discover_transcripts(&directory).expect("readable").files;
        if !found
            .iter()
            .any(|found| !found.file.path.ends_with("hooks.jsonl"))
        {
            continue;
        }
        let (transcript, told, reading) = read_transcript(&directory);
        let unknown = &reading.counts.unknown;
        assert!(unknown.is_empty(), "{}: {unknown:?}", directory.display());
        let calls = hook_calls(transcript.agent, &directory);
        let by_hooks = told_by_hooks(transcript.agent, calls, &told);
        let by_hooks = record(&environment, &by_hooks);
        let by_transcript = record(&environment, &told);
        assert_eq!(
            facts(&by_hooks),
            facts(&by_transcript),
            "{}",
            directory.display()
        );
        let told = facts(&by_transcript);
        let progress = &told["progress"];
        let failed = progress.iter().any(|text| text.ends_with(": failed"));
        let passed = progress.iter().any(|text| text.ends_with(": passed"));
        assert!(failed && passed, "{}: {progress:?}", directory.display());
        assert_eq!(
            told["goal"],
            ["Limit logins with a rate limiter and test it"]
        );
        compared += 1;
    }
    assert!(compared >= 6, "{compared}");
}

#[test]
fn what_a_sub_agent_of_copilot_does_is_of_its_session() {
    let calls = hook_calls(
        Agent::Copilot,
        &fixtures().join("copilot-1.0.102-sub-agent"),
    );
    let root = calls[0].session.clone().expect("a session");
    let of_sub_agents: Vec<_> = calls.iter().filter(|call| call.subagent).collect();
    assert!(of_sub_agents.len() > 1);
    for call in of_sub_agents {
        assert_eq!(call.parent.as_ref(), Some(&root), "{call:?}");
        assert!(!call.events.iter().any(|kind| !kind.counts_in_subagent()));
    }
}
