//! `mx import`: what is put together from more than one transcript, and from git

use crate::common::World;
use crate::stage::Stage;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

const SESSION: &str = "aaaaaaaa-2222-4333-8444-555566667777";

/// A line of a transcript of Claude Code, in a second of 9:00.
fn line(place: &Path, second: u32, role: &str, content: &Value) -> String {
    let line = json!({
        "type": role, "uuid": format!("{role}-{second}-{content}"), "sessionId": SESSION,
        "cwd": place, "timestamp": format!("2026-01-10T09:00:{second:02}.000Z"),
        "message": {"id": format!("m-{second}"), "role": role, "content": content},
    });
    format!("{line}\n")
}

/// A command that succeeded, and what it printed.
fn bash(place: &Path, second: u32, command: &str) -> String {
    let id = format!("t-{second}-{command}");
    let input = json!({"command": command});
    let used = json!([{"type": "tool_use", "id": id, "name": "Bash", "input": input}]);
    let result = json!([{"type": "tool_result", "tool_use_id": id, "content": ""}]);
    let mut lines = line(place, second, "assistant", &used);
    lines.push_str(&line(place, second, "user", &result));
    lines
}

fn write(path: &Path, text: &str) -> PathBuf {
    fs::create_dir_all(path.parent().expect("a parent")).expect("directories");
    fs::write(path, text).expect("a transcript");
    path.to_path_buf()
}

fn import(world: &World, path: &Path) {
    world.json(&["import", "claude", &path.to_string_lossy()]);
}

/// Returns the record of the only session.
fn record(world: &World) -> String {
    let listed = world.json(&["log", "list", "-n", "100"]);
    let sessions = listed["sessions"].as_array().expect("sessions");
    assert_eq!(sessions.len(), 1, "{listed}");
    world.read(sessions[0]["path"].as_str().expect("a path"))
}

#[test]
fn what_commands_changed_comes_from_git() {
    let stage = Stage::new();
    let world = &stage.world;
    let (before, meanwhile) = ("2026-01-09T12:00:00Z", "2026-01-10T09:00:20Z");
    stage.git(before, &["init", "-q"]);
    fs::write(stage.dir.join("old.md"), "old\n").expect("a file");
    let lines: String = (0..20).map(|number| format!("line {number}\n")).collect();
    fs::write(stage.dir.join("util.py"), lines).expect("a file");
    stage.git(before, &["add", "-A"]);
    stage.git(before, &["commit", "-q", "-m", "Begin"]);
    stage.git(meanwhile, &["mv", "util.py", "helpers.py"]);
    stage.git(meanwhile, &["rm", "-q", "old.md"]);
    stage.git(meanwhile, &["commit", "-q", "-m", "Tidy up"]);
    let transcript = [
        line(&stage.dir, 0, "user", &json!("Tidy up")),
        bash(
            &stage.dir,
            10,
            "git mv util.py helpers.py && git rm -q old.md",
        ),
        bash(&stage.dir, 20, "git commit -q -m 'Tidy up'"),
        bash(
            &stage.dir,
            25,
            "mx log decision 'Helpers, not utilities' --why 'It says more'",
        ),
        line(
            &stage.dir,
            30,
            "assistant",
            &json!([{"type": "text", "text": "All is tidy."}]),
        ),
    ];
    let path = world.root().join(format!("{SESSION}.jsonl"));
    import(world, &write(&path, &transcript.concat()));
    let record = record(world);
    for text in [
        "**Reconstructed:** from a transcript of claude and git\n",
        "| helpers.py | Renamed",
        "| old.md | Deleted",
        "| Helpers, not utilities | It says more",
    ] {
        assert!(record.contains(text), "{text}: {record}");
    }
    let place = |text: &str| {
        record
            .find(text)
            .unwrap_or_else(|| panic!("{text}: {record}"))
    };
    assert!(
        place(": Tidy up <!--") < place("| All is tidy. <!--"),
        "{record}"
    );
    assert!(!record.contains(": Begin"), "{record}");
}

#[test]
fn uses_of_a_session_and_its_sub_agents_add_up_once() {
    let world = World::new();
    let place = world.root().join("kept");
    let main = [
        line(&world.work(), 0, "user", &json!("List the routes")),
        bash(&world.work(), 5, "ls"),
        bash(&world.work(), 6, "ls -l"),
    ];
    let (first, second) = (bash(&world.work(), 2, "pwd"), bash(&world.work(), 3, "id"));
    let subagents = place.join(SESSION).join("subagents");
    let uses = |world: &World| {
        let record = record(world);
        let row = record.lines().find(|line| line.starts_with("| Bash |"));
        row.map(str::to_owned).unwrap_or_default()
    };
    write(&subagents.join("agent-a1.jsonl"), &first);
    write(&place.join(format!("{SESSION}.jsonl")), &main.concat());
    import(&world, &place);
    assert!(uses(&world).contains("| 3 <!--"), "{}", uses(&world));
    // One that comes later, and all of them once more.
    write(&subagents.join("agent-a2.jsonl"), &second);
    import(&world, &place);
    assert!(uses(&world).contains("| 4 <!--"), "{}", uses(&world));
    fs::remove_dir_all(world.kb().join(".mx/import")).expect("removed");
    import(&world, &place);
    assert!(uses(&world).contains("| 4 <!--"), "{}", uses(&world));
}

#[test]
fn the_transcript_of_another_agent_is_no_silence() {
    let world = World::new();
    let text = line(&world.work(), 0, "user", &json!("Tidy up"));
    let path = write(&world.root().join(format!("{SESSION}.jsonl")), &text);
    let said = world.mx(&["import", "codex", &path.to_string_lossy()]);
    assert!(said.contains("is a transcript of Claude Code"), "{said}");
    assert!(said.contains("mx import claude PATH"), "{said}");
    assert!(said.contains("exit 1"), "{said}");
}

#[test]
fn what_opencode_exports_is_known_whatever_its_tools_said() {
    let world = World::new();
    let export = json!({
        "info": {"id": "ses_1", "directory": world.work(), "time": {"created": 1_768_035_600_000_i64}},
        "messages": [
            {"info": {"id": "m1", "role": "user", "time": {"created": 1_768_035_600_000_i64}},
             "parts": [{"id": "p1", "type": "text", "text": "\"List the routes\""}]},
            {"info": {"id": "m2", "role": "assistant", "finish": "stop"},
             "parts": [{"id": "p2", "type": "tool", "tool": "task", "callID": "c",
                "state": {"status": "completed", "input": {}, "metadata": {"sessionId": "ses_2"}}},
                {"id": "p3", "type": "text", "text": "Two."}]},
        ],
    });
    let text = serde_json::to_string_pretty(&export).expect("JSON");
    let place = world.root().join("exported");
    write(&place.join("routes.json"), &text);
    let said = world.mx(&["import", "opencode", &place.to_string_lossy()]);
    assert!(record(&world).contains("**Goal:** List the routes\n"));
    // It is not known here what the sub-agent did.
    assert!(said.contains("opencode export ses_2"), "{said}");
}
