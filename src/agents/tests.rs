//! Sessions that were recorded by hooks and kept as transcripts by the agents themselves: both hold
//! the same.

use super::hooks::{HookEvent, read_call};
use super::record_writer::RecordWriter;
use super::tool_effect::read_own_commands;
use super::transcript::{EventKey, KeyedEvent, Position};
use super::*;
use crate::kb::Environment;
use crate::kb::tests::environment;
use crate::markdown::session::render_record;
use crate::model::{Session, Source, Zone};
use crate::session::recorder::Recorder;
use crate::session::tests::samples::running_session;
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

/// What the transcripts in a directory tell: that of a session, those in which it went on, and those
/// of its sub-agents.
fn read_transcripts(agent: Agent, directory: &Path) -> Vec<AgentEvent> {
    let found = discover_transcripts(directory).expect("readable");
    let mut told: Vec<KeyedEvent> = Vec::new();
    for transcript in found.files {
        if transcript.file.path.ends_with("hooks.jsonl") {
            continue;
        }
        let path = &transcript.file.path;
        assert_eq!(transcript.agent, agent, "{}", path.display());
        // A session that goes on may begin with a copy of what was before.
        let known: Vec<EventKey> = told.iter().filter_map(|told| told.key).collect();
        let mut add = |event: KeyedEvent| {
            if !event.key.is_some_and(|key| known.contains(&key)) {
                told.push(event);
            }
        };
        let reading = transcript
            .read(&Position::default(), &plain, &mut add)
            .expect("readable");
        let unknown = &reading.counts.unknown;
        assert!(unknown.is_empty(), "{}: {unknown:?}", path.display());
        reading.tail.into_iter().for_each(add);
    }
    told.sort_by_key(|told| told.event.at);
    told.into_iter().map(|told| told.event).collect()
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

/// The events of hooks, with what they leave out and the transcript holds: that of a turn is read at
/// its end, and the rest when the session is over.
fn recorded_by_hooks(
    agent: Agent,
    calls: Vec<hooks::HookCall>,
    told: &[AgentEvent],
) -> Vec<AgentEvent> {
    let at = told.first().expect("an event").at;
    let only = agent.profile().only_in_transcript;
    let is_missing = |kind: &EventKind| only.is_some_and(|only| only(kind));
    let is_prompt = |kind: &EventKind| matches!(kind, EventKind::Prompt { .. });
    let is_answer = |kind: &EventKind| matches!(kind, EventKind::Answer { .. });
    let turns = told.chunk_by(|_, next| !is_prompt(&next.kind));
    let mut turns: Vec<Vec<AgentEvent>> = turns.map(<[AgentEvent]>::to_vec).collect();
    turns
        .iter_mut()
        .for_each(|turn| turn.retain(|event| is_missing(&event.kind)));
    let mut events = Vec::new();
    let before = usize::from(told.first().is_some_and(|first| !is_prompt(&first.kind)));
    let mut begun = 0;
    for call in calls {
        begun += call.events.iter().filter(|kind| is_prompt(kind)).count();
        if call.event == HookEvent::Stop {
            let turns = turns.iter_mut().take(before + begun);
            events.extend(turns.flat_map(std::mem::take));
        }
        // What `mx log` is given, it notes by itself.
        let noted: Vec<EventKind> = call.events.iter().flat_map(notes_of).collect();
        let kinds = call.events.into_iter().chain(noted);
        let kinds = kinds.filter(|kind| !(is_missing(kind) && is_answer(kind)));
        events.extend(kinds.map(|kind| AgentEvent { at, kind }));
    }
    events.extend(turns.into_iter().flatten());
    events
}

/// What a command has this program note.
fn notes_of(kind: &EventKind) -> Vec<EventKind> {
    match kind {
        EventKind::Command { command, .. } => read_own_commands(command),
        _ => Vec::new(),
    }
}

/// A session with the calls of its hooks and its transcript, in a directory of its own.
struct Pair {
    agent: Agent,
    directory: &'static str,
    /// Where the agent works, if its transcript does not tell.
    place: Option<&'static str>,
    /// Lines of the record that only hooks lead to, since the transcript does not tell.
    only_by_hooks: &'static [&'static str],
    /// Lines of the record that only the transcript leads to, since hooks do not tell.
    only_by_transcript: &'static [&'static str],
}

const fn pair(agent: Agent, directory: &'static str) -> Pair {
    Pair {
        agent,
        directory,
        place: None,
        only_by_hooks: &[],
        only_by_transcript: &[],
    }
}

const PAIRS: [Pair; 18] = [
    pair(Agent::Claude, "claude-2.1.332"),
    pair(Agent::Claude, "claude-2.1.332-not-logged-in"),
    pair(Agent::Claude, "claude-2.1.332-skill"),
    // No hook is called for the command that it was killed in.
    Pair {
        only_by_hooks: &["| Bash | 1 <!-- observed --> |"],
        only_by_transcript: &["| Bash | 2 <!-- observed --> |"],
        ..pair(Agent::Claude, "claude-2.1.332-killed")
    },
    // The transcript goes on as if nothing had been between.
    Pair {
        only_by_hooks: &[WENT_ON],
        ..pair(Agent::Claude, "claude-2.1.332-sub-agent")
    },
    pair(Agent::Codex, "codex-0.171.0"),
    pair(Agent::Codex, "codex-0.171.0-code-mode"),
    Pair {
        only_by_hooks: &["| Bash | 1 <!-- observed --> |"],
        only_by_transcript: &["| Bash | 2 <!-- observed --> |"],
        ..pair(Agent::Codex, "codex-0.171.0-killed")
    },
    pair(Agent::Codex, "codex-0.171.0-mcp"),
    pair(Agent::Gemini, "gemini-0.61.0"),
    Pair {
        place: Some("/home/ann/shop"),
        ..pair(Agent::Gemini, "gemini-0.61.0-second")
    },
    Pair {
        place: Some("/home/ann/shop"),
        only_by_hooks: &[WENT_ON],
        ..pair(Agent::Gemini, "gemini-0.61.0-resumed")
    },
    pair(Agent::Copilot, "copilot-1.0.102"),
    pair(Agent::Copilot, "copilot-1.0.102-second"),
    pair(Agent::Copilot, "copilot-1.0.102-mcp"),
    pair(Agent::Copilot, "copilot-1.0.102-sub-agent"),
    pair(Agent::Opencode, "opencode-1.18.33"),
    // Its transcripts hold no results: neither how a command ended nor what it printed. Its hooks do
    // not tell whether a file that is written was there before.
    Pair {
        place: Some("/home/ann/shop"),
        only_by_hooks: &[
            "| 14:30 | unittest tests.test_limiter: failed <!-- observed --> |",
            "| 14:30 | unittest tests.test_limiter: passed <!-- observed --> |",
            "| 14:30 | Committed 3f2a9bc: Limit logins <!-- observed --> |",
            "| shop/limiter.py | Modified | <!-- observed --> |",
            "| tests/test_limiter.py | Modified | <!-- observed --> |",
            "### Blockers",
            "| Blocker | Resolution |",
            "| `./deploy.sh --dry-run` failed: Command timed out | <!-- observed --> |",
        ],
        only_by_transcript: &[
            "| 14:30 | Ran unittest tests.test_limiter <!-- observed --> |",
            "| shop/limiter.py | Created | <!-- observed --> |",
            "| tests/test_limiter.py | Created | <!-- observed --> |",
        ],
        ..pair(Agent::Cursor, "cursor-3.20")
    },
];

const WENT_ON: &str = "| 14:30 | Went on with an earlier conversation <!-- observed --> |";

/// The lines of a record with everything in it, all at one time.
fn lines_of(mut record: Session) -> Vec<String> {
    let time = record.started.datetime().naive_local();
    record.progress.iter_mut().for_each(|row| row.time = time);
    let text = render_record(&record);
    let is_row = |line: &str| !line.is_empty() && !line.starts_with("|--");
    // The title is made of the rows.
    let says = |line: &&str| is_row(line) && !line.starts_with("title: ");
    text.lines().filter(says).map(str::to_owned).collect()
}

/// Returns the lines without those that only this way leads to; one that is not there is named.
fn without(mut lines: Vec<String>, only: &[&str]) -> Vec<String> {
    for wanted in only {
        match lines.iter().position(|line| line == wanted) {
            Some(at) => drop(lines.remove(at)),
            None => lines.push(format!("not there: {wanted}")),
        }
    }
    lines
}

#[test]
fn hooks_and_transcripts_give_the_same_record() {
    let dir = tempfile::tempdir().expect("temporary directory");
    let environment = environment(dir.path());
    let mut different = Vec::new();
    for pair in &PAIRS {
        let directory = fixtures().join(pair.directory);
        let mut told = read_transcripts(pair.agent, &directory);
        let calls = hook_calls(pair.agent, &directory);
        let by_hooks = recorded_by_hooks(pair.agent, calls, &told);
        let by_hooks = lines_of(record(&environment, &by_hooks));
        let at = told.first().expect("an event").at;
        let place = pair.place.map(str::to_owned);
        let place = place.map(|path| EventKind::Directory { path });
        told.splice(..0, place.map(|kind| AgentEvent { at, kind }));
        let by_transcript = lines_of(record(&environment, &told));
        let by_hooks = without(by_hooks, pair.only_by_hooks);
        let by_transcript = without(by_transcript, pair.only_by_transcript);
        if by_hooks != by_transcript {
            different.push((pair.directory, by_hooks, by_transcript));
        }
    }
    assert!(different.is_empty(), "{different:#?}");
}

#[test]
fn every_agent_and_every_recorded_session_is_compared() {
    for agent in Agent::with_transcripts() {
        let is_its_own = |pair: &Pair| pair.agent == agent;
        assert!(
            PAIRS.iter().any(is_its_own),
            "{agent}: record a session of it"
        );
    }
    for entry in fs::read_dir(fixtures()).expect("fixtures") {
        let name = entry.expect("an entry").file_name();
        let compared = PAIRS.iter().any(|pair| name == pair.directory);
        assert!(compared, "{}: compare it", name.display());
    }
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
