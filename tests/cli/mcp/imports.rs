//! `mx import` of conversations whose sessions were begun over the protocol, or by `mx log`.

use super::client::Client;
use crate::common::World;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// When the sessions of these tests begin.
const NOW: &str = "2026-01-10T09:30:00Z";

/// Writes a transcript of Claude Code: a conversation of an hour around that time, in which a file
/// was written.
fn claude(world: &World, session: &str) -> PathBuf {
    let line = |minute: u32, role: &str, content: Value| {
        json!({
            "type": role, "uuid": format!("{session}-{minute}"), "sessionId": session,
            "cwd": world.work(), "timestamp": format!("2026-01-10T09:{minute:02}:00.000Z"),
            "message": {"role": role, "content": content},
        })
        .to_string()
    };
    let call = json!([{
        "type": "tool_use", "id": "t1", "name": "Write",
        "input": {"file_path": world.work().join("lamp.rs"), "content": "x"},
    }]);
    let result = json!([{"type": "tool_result", "tool_use_id": "t1", "content": "written"}]);
    let lines = [
        line(0, "user", json!("Build a lamp")),
        line(40, "assistant", call),
        line(41, "user", result),
    ];
    write(&world.home().join(format!("{session}.jsonl")), &lines)
}

/// Writes a transcript of Gemini in the place where that keeps them: of the same, with a call of the
/// tool `log` in the minute `logs`.
fn gemini(world: &World, session: &str, logs: Option<u32>) -> PathBuf {
    let project = world.home().join(".gemini/tmp/shop");
    let at = |minute: u32| format!("2026-01-10T09:{minute:02}:00.000Z");
    let call = |id: &str, name: &str, arguments: Value| {
        json!({
            "id": id, "name": name, "args": arguments, "status": "success",
            "result": [{"functionResponse": {"id": id, "name": name, "response": {"output": "done"}}}],
        })
    };
    let file = json!({"file_path": world.work().join("lamp.rs"), "content": "x"});
    let told = json!({"kind": "event", "text": "Began"});
    let write_file = call(&format!("{session}-w"), "write_file", file);
    let log = call(&format!("{session}-l"), "mcp_mx_log", told);
    let message = |minute: u32, call: Value| {
        json!({
            "id": format!("{session}-{minute}"), "timestamp": at(minute), "type": "gemini",
            "content": "Building.", "toolCalls": [call],
        })
    };
    let mut lines = vec![
        json!({"sessionId": session, "projectHash": "ab", "startTime": at(0), "kind": "main"}),
        json!({"id": format!("{session}-u"), "timestamp": at(0), "type": "user", "content": "Build a lamp"}),
    ];
    lines.extend(logs.map(|minute| message(minute, log)));
    lines.push(message(40, write_file));
    fs::create_dir_all(project.join("chats")).expect("a directory");
    fs::write(
        project.join(".project_root"),
        world.work().to_string_lossy().as_bytes(),
    )
    .expect("a root");
    let lines: Vec<String> = lines.iter().map(Value::to_string).collect();
    write(
        &project.join(format!("chats/session-{session}.jsonl")),
        &lines,
    )
}

fn write(path: &Path, lines: &[String]) -> PathBuf {
    fs::write(path, lines.join("\n") + "\n").expect("a transcript");
    path.to_owned()
}

fn import(world: &World, agent: &str, path: &Path) -> (u64, u64, u64) {
    let told = world.json(&["import", agent, &path.to_string_lossy()]);
    let count = |name: &str| told[name].as_u64().expect("a number");
    (count("new"), count("grown"), count("recorded"))
}

fn sessions(world: &World) -> usize {
    let listed = world.json(&["log", "list"]);
    listed["sessions"].as_array().expect("sessions").len()
}

/// Ends the session, and returns its record.
fn end(world: &World) -> String {
    let ended = world.command(&["log", "end", "--json"]);
    let output = ended.env("MX_NOW", "2026-01-10T09:45:00Z").output();
    let ended: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    ended["path"].as_str().expect("a path").to_owned()
}

#[test]
fn what_goes_on_beside_the_work_is_imported_when_it_has_ended() {
    let world = World::new();
    let transcript = claude(&world, "c-1");
    fs::write(world.work().join("lamp.rs"), "x").expect("a file");
    let start = world.command(&["log", "start"]);
    let start = start.env("CLAUDE_CODE_SESSION_ID", "c-1");
    start.env("MX_NOW", NOW).shown();
    for _ in 0..2 {
        assert_eq!(import(&world, "claude", &transcript), (0, 0, 1));
        assert_eq!(sessions(&world), 1);
    }
    let entry = end(&world);
    assert_eq!(import(&world, "claude", &transcript), (0, 1, 0));
    assert_eq!(sessions(&world), 1);
    let record = world.read(&entry);
    assert!(
        record.contains("| Asked: Build a lamp ") && record.contains("lamp.rs"),
        "{record}"
    );
    assert!(!record.contains("**Reconstructed:**"), "{record}");
}

#[test]
fn a_session_that_an_agent_began_without_naming_it_is_known_by_its_call() {
    let world = World::new();
    let transcript = gemini(&world, "g-1", Some(30));
    let mut server = Client::run(world.command(&["mcp"]).env("MX_NOW", NOW));
    server.initialize("gemini-cli-mcp-client", "2025-11-25");
    server.data("log", json!({"kind": "event", "text": "Began"}));
    // Others of that time did not begin it.
    for (other, logs) in [("g-0", None), ("g-3", Some(20))] {
        let other = gemini(&world, other, logs);
        assert_eq!(import(&world, "gemini", &other), (1, 0, 0));
    }
    assert_eq!(import(&world, "gemini", &transcript), (0, 0, 1));
    drop(server);
    let entry = end(&world);
    assert_eq!(import(&world, "gemini", &transcript), (0, 1, 0));
    assert_eq!(sessions(&world), 3);
    let record = world.read(&entry);
    assert!(record.contains("\nagent_session: g-1\n"), "{record}");
    assert!(record.contains("| Asked: Build a lamp "), "{record}");
    // Another conversation is not added to what is known to be of this one.
    let third = gemini(&world, "g-2", Some(30));
    assert_eq!(import(&world, "gemini", &third), (1, 0, 0));
    assert_eq!(import(&world, "gemini", &transcript), (0, 0, 0));
}
