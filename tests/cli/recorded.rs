//! Sessions of real agents, played as their hooks reported them, with their transcripts beside

use crate::common::World;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

fn fixtures(name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/sessions");
    root.join(name)
}

/// Returns a recorded text as if the project were that of a world.
fn here(world: &World, text: &str) -> String {
    let work = fs::canonicalize(world.work()).expect("a directory");
    text.replace("/home/ann/shop", &work.to_string_lossy())
}

/// Plays the hooks of a recorded session in the project of a world, a second each, where its
/// transcript lies too.
fn play(world: &World, agent: &str, name: &str, minute: &str, transcript: Option<&str>) {
    let kept = world.home().join("kept").join(transcript.unwrap_or("none"));
    if let Some(transcript) = transcript {
        let text = fs::read_to_string(fixtures(name).join(transcript)).expect("a transcript");
        fs::create_dir_all(kept.parent().expect("a parent")).expect("directories");
        fs::write(&kept, here(world, &text)).expect("written");
    }
    play_hooks(world, agent, name, minute, &kept);
}

/// Plays the hooks of a recorded session, with its transcript at a place.
fn play_hooks(world: &World, agent: &str, name: &str, minute: &str, kept: &Path) {
    let stream = fs::read_to_string(fixtures(name).join("hooks.jsonl")).expect("a stream");
    for (second, line) in stream.lines().enumerate() {
        let mut call: Value = serde_json::from_str(&here(world, line)).expect("JSON");
        for field in ["transcript_path", "transcriptPath"] {
            if call.get(field).is_some() {
                call[field] = json!(kept);
            }
        }
        let event = call["_mx_event_argument"].as_str().map(str::to_owned);
        let mut arguments = vec!["hook", "--agent", agent];
        if let Some(event) = &event {
            arguments.extend(["--event", event]);
        }
        let run = world.command(&arguments).input(call.to_string());
        let run = run.env("MX_NOW", format!("{minute}:{second:02}Z"));
        let output = run.output();
        assert!(output.status.success());
    }
}

/// Returns the records of all sessions.
fn records(world: &World) -> Vec<String> {
    let listed = world.json(&["log", "list", "-n", "100"]);
    let sessions = listed["sessions"].as_array().expect("sessions");
    let paths = sessions
        .iter()
        .filter_map(|session| session["path"].as_str());
    paths.map(|path| world.read(path)).collect()
}

/// The recorded sessions of all agents: agent, name, minute, transcript.
const SESSIONS: [(&str, &str, &str, Option<&str>); 6] = [
    ("claude", "claude-2.1.332", "2026-11-26T23:43", None),
    ("codex", "codex-0.171.0", "2026-11-26T23:43", Some(CODEX)),
    (
        "codex",
        "codex-0.171.0-code-mode",
        "2026-11-26T23:43",
        Some(CODE_MODE),
    ),
    (
        "copilot",
        "copilot-1.0.102",
        "2026-11-27T00:03",
        Some(COPILOT),
    ),
    ("gemini", "gemini-0.61.0", "2026-11-26T23:57", Some(GEMINI)),
    ("opencode", "opencode-1.18.33", "2026-11-26T23:43", None),
];

const CODEX: &str = "rollout-2026-11-26T23-43-34-01a21a3e-34ee-74f1-8ebb-fb2ef27ca4d0.jsonl";
const CODE_MODE: &str = "rollout-2026-11-26T23-43-57-01a21a3e-8ed8-7f13-8762-67ac08ee4acf.jsonl";
const COPILOT: &str = "6ff069c8-4cb0-4f9e-80e6-d9dc3d1b738f/events.jsonl";
const GEMINI: &str = "chats/session-2026-11-26T23-57-793e74e9.jsonl";

#[test]
fn a_record_says_what_was_so() {
    for (agent, name, minute, transcript) in SESSIONS {
        let world = World::new();
        play(&world, agent, name, minute, transcript);
        let told = records(&world);
        assert_eq!(told.len(), 1, "{name}");
        let record = &told[0];
        for text in [
            "**Goal:** Limit logins with a rate limiter and test it\n",
            "unittest tests.test_limiter: failed",
            "unittest tests.test_limiter: passed",
            "Logins are limited by a token bucket",
            "| shop/limiter.py | Created",
        ] {
            assert!(record.contains(text), "{name}: {text}: {record}");
        }
        for text in ["was compacted", "Ran unittest", "**Interrupted:**"] {
            assert!(!record.contains(text), "{name}: {text}: {record}");
        }
        let answers = record
            .matches("| Logins are limited by a token bucket")
            .count();
        assert_eq!(answers, 1, "{name}: {record}");
    }
}

#[test]
fn a_sub_agent_with_a_session_of_its_own_is_within_that_of_its_agent() {
    let world = World::new();
    let minute = "2026-11-27T00:03";
    play(&world, "copilot", "copilot-1.0.102-sub-agent", minute, None);
    let told = records(&world);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("**Goal:** Use a sub-agent"), "{}", told[0]);
    assert!(!told[0].contains("SUBTASK"), "{}", told[0]);
}

#[test]
fn claudes_hooks_in_a_project_that_copilot_runs_are_copilots() {
    let call = |world: &World, event: &str, rest: Value| {
        let mut json = rest;
        json["hook_event_name"] = json!(event);
        json["session_id"] = json!("e1850ced-8c97-4389-b127-73b5d0e31556");
        json["cwd"] = json!(world.work());
        let run = world
            .command(&["hook", "--agent", "claude"])
            .input(json.to_string());
        let output = run.env("COPILOT_CLI", "1").output();
        assert!(
            output.status.success() && output.stdout.is_empty(),
            "{output:?}"
        );
    };
    let session = |world: &World| {
        call(world, "SessionStart", json!({"source": "new"}));
        call(
            world,
            "UserPromptSubmit",
            json!({"prompt": "Limit once more"}),
        );
        call(world, "SessionEnd", json!({}));
        world.json(&["log", "list"])["sessions"].clone()
    };
    let world = World::new();
    let told = session(&world);
    assert_eq!(told.as_array().map(Vec::len), Some(1), "{told}");
    let record = &records(&world)[0];
    assert!(record.contains("copilot"), "{record}");
    // With hooks of its own, they report it.
    let world = World::new();
    fs::create_dir_all(world.home().join(".copilot")).expect("a directory");
    world.mx(&["install", "copilot"]);
    assert_eq!(session(&world).as_array().map(Vec::len), Some(0));
}

#[test]
fn what_a_transcript_gets_after_the_last_hook_is_in_the_record() {
    let world = World::new();
    let (name, minute) = ("copilot-1.0.102", "2026-11-27T00:03");
    let whole = fs::read_to_string(fixtures(name).join(COPILOT)).expect("a transcript");
    let (before, _) = whole
        .split_once("Logins are limited by")
        .expect("an answer");
    let (before, _) = before.rsplit_once('\n').expect("lines");
    let kept = world.home().join("kept").join(COPILOT);
    fs::create_dir_all(kept.parent().expect("a parent")).expect("directories");
    fs::write(&kept, format!("{}\n", here(&world, before))).expect("written");
    play_hooks(&world, "copilot", name, minute, &kept);
    fs::write(&kept, here(&world, &whole)).expect("written");
    let record = &records(&world)[0];
    let answers = record.matches("| Logins are limited by a token").count();
    assert_eq!(answers, 1, "{record}");
}

#[test]
fn outcomes_are_known_whatever_the_clock_says() {
    let world = World::new();
    let minute = "2026-12-24T12:00";
    play(&world, "codex", "codex-0.171.0", minute, Some(CODEX));
    let record = &records(&world)[0];
    for text in [": failed <!--", ": passed <!--"] {
        assert_eq!(record.matches(text).count(), 1, "{text}: {record}");
    }
    assert!(!record.contains("Ran unittest"), "{record}");
}

#[test]
fn the_next_session_is_told_each_thing_once_and_briefly() {
    for (agent, name, minute, transcript) in SESSIONS {
        let world = World::new();
        play(&world, agent, name, minute, transcript);
        let start = json!({
            "hook_event_name": "SessionStart", "session_id": "next", "source": "startup",
            "cwd": world.work(),
        });
        let run = world.command(&["hook", "--agent", "claude"]);
        let run = run.env("MX_NOW", "2026-11-27T00:30:00Z");
        let output = run.input(start.to_string()).output();
        let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let context = answer["hookSpecificOutput"]["additionalContext"].as_str();
        let told = context.expect("context").replace('\n', ". ");
        assert!(told.len() <= 1200, "{name}: {}: {told}", told.len());
        let sentences = told.split(['.', ':', ';']).map(str::trim);
        for sentence in sentences.filter(|sentence| sentence.len() > 20) {
            assert_eq!(
                told.matches(sentence).count(),
                1,
                "{name}: {sentence}: {told}"
            );
        }
        for text in ["Next, as noted then", "limit the password reset route too"] {
            assert_eq!(told.matches(text).count(), 1, "{name}: {told}");
        }
    }
}
