//! `mx import`, and what `mx log end` makes of transcripts

use crate::common::World;
use std::fs;
use std::path::{Path, PathBuf};

/// Where the transcripts of the tests are.
fn fixtures(agent: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/transcripts")
        .join(agent)
}

/// A transcript of Claude Code: lines of a conversation in `directory`, one every minute.
fn claude(session: &str, directory: &Path, lines: &[&str]) -> String {
    let cwd = serde_json::to_string(&directory.to_string_lossy()).expect("JSON");
    let line = |(number, body): (usize, &&str)| {
        let minute = number % 60;
        format!(
            "{{\"type\":\"user\",\"uuid\":\"{session}-{number}\",\"sessionId\":\"{session}\",\"cwd\":{cwd},\
             \"timestamp\":\"2026-01-10T09:{minute:02}:00.000Z\",\
             \"message\":{{\"role\":\"user\",\"content\":\"{body}\"}}}}\n"
        )
    };
    lines.iter().enumerate().map(line).collect()
}

fn import(world: &World, path: &Path) -> serde_json::Value {
    world.json(&["import", "claude", &path.to_string_lossy()])
}

#[test]
fn every_agents_transcripts_become_entries_that_search_finds() {
    for agent in ["claude", "codex", "copilot", "cursor", "gemini", "opencode"] {
        let world = World::new();
        let path = fixtures(agent);
        let first = world.json(&["import", agent, &path.to_string_lossy()]);
        assert!(first["new"].as_u64() > Some(0), "{agent}: {first}");
        let understood = first["agents"][agent]["understood"].as_u64();
        assert!(understood > Some(0), "{agent}: {first}");
        let listed = world.json(&["log", "list", "-n", "100"]);
        let sessions = listed["sessions"].as_array().expect("sessions");
        assert_eq!(
            sessions.len() as u64,
            first["new"].as_u64().expect("a number"),
            "{agent}"
        );
        for session in sessions {
            let shown = world.json(&["get", session["path"].as_str().expect("a path")]);
            let text = shown["content"].as_str().expect("text");
            let told = format!("**Reconstructed:** from a transcript of {agent}");
            assert!(text.contains(&told), "{agent}: {text}");
        }
        let again = world.json(&["import", agent, &path.to_string_lossy()]);
        assert_eq!(
            (&again["new"], &again["grown"]),
            (&0.into(), &0.into()),
            "{agent}: {again}"
        );
    }
}

#[test]
fn a_grown_transcript_is_read_from_where_it_ended_and_a_torn_line_waits() {
    let world = World::new();
    let file = world.home().join("s1.jsonl");
    let whole = claude(
        "s1",
        &world.work(),
        &["Fix the lamp", "And the table", "And the chair"],
    );
    let cut = whole.len() - 20;
    fs::write(&file, &whole[..cut]).expect("a transcript");
    let first = import(&world, &file);
    assert_eq!(
        (&first["new"], &first["agents"]["claude"]["lines"]),
        (&1.into(), &2.into())
    );
    let entry = first["entries"][0].as_str().expect("an entry").to_owned();
    assert!(!world.read(&entry).contains("chair"));
    fs::write(&file, &whole).expect("it grew");
    let second = import(&world, &file);
    assert_eq!(
        (&second["new"], &second["grown"]),
        (&0.into(), &1.into()),
        "{second}"
    );
    assert_eq!(
        second["agents"]["claude"]["lines"], 1,
        "only what is new is read"
    );
    let text = world.read(&entry);
    for asked in [
        "Asked: Fix the lamp",
        "Asked: And the table",
        "Asked: And the chair",
    ] {
        assert_eq!(
            text.matches(&format!("| {asked} ")).count(),
            1,
            "{asked}: {text}"
        );
    }
}

#[test]
fn without_its_notes_an_import_adds_nothing_twice_and_keeps_what_was_written_by_hand() {
    let world = World::new();
    let file = world.home().join("s1.jsonl");
    fs::write(&file, claude("s1", &world.work(), &["One", "Two"])).expect("a transcript");
    let first = import(&world, &file);
    let entry = first["entries"][0].as_str().expect("an entry").to_owned();
    let edited = world.read(&entry) + "\nA thought of mine.\n";
    world.write(&entry, &edited);
    fs::remove_dir_all(world.kb().join(".mx")).expect("removed");
    let again = import(&world, &file);
    assert_eq!(again["new"], 0, "{again}");
    assert_eq!(world.read(&entry), edited);
}

#[test]
fn a_fork_is_told_without_what_it_copied() {
    let world = World::new();
    let lines = claude("s1", &world.work(), &["One", "Two"]);
    fs::write(world.home().join("a.jsonl"), &lines).expect("a transcript");
    // The copied lines keep their ids.
    let fork = lines.replace("\"sessionId\":\"s1\"", "\"sessionId\":\"s2\"")
        + &claude("s2", &world.work(), &["Three"]).replace("s2-0", "s2-own");
    import(&world, &world.home().join("a.jsonl"));
    fs::write(world.home().join("b.jsonl"), fork).expect("a transcript");
    let second = import(&world, &world.home().join("b.jsonl"));
    let entry = second["entries"][0].as_str().expect("an entry").to_owned();
    let text = world.read(&entry);
    assert!(text.contains("Asked: Three"), "{text}");
    assert!(!text.contains("Asked: One"), "{text}");
}

#[test]
fn secrets_and_what_was_recalled_do_not_get_into_an_entry() {
    let world = World::new();
    let key = format!("ghp_{}", "a1B2c3D4e5".repeat(4));
    let recalled = "<!-- mx:recall v1 id=x -->\\nOld secret plans\\n<!-- /mx:recall -->";
    let asked = format!("Use {key} now {recalled}");
    let file = world.home().join("s1.jsonl");
    fs::write(&file, claude("s1", &world.work(), &[&asked])).expect("a transcript");
    let first = import(&world, &file);
    let text = world.read(first["entries"][0].as_str().expect("an entry"));
    assert!(
        !text.contains(&key) && text.contains("[redacted:"),
        "{text}"
    );
    assert!(!text.contains("Old secret plans"), "{text}");
}

#[test]
fn odd_places_are_answered_clearly() {
    let world = World::new();
    let shown = world.mx(&["import", "claude", "nowhere"]);
    assert!(
        shown.contains("does not exist") && shown.ends_with("--- exit 3\n"),
        "{shown}"
    );
    let shown = world.mx(&["import", "clippy"]);
    assert!(shown.contains("use one of claude, codex"), "{shown}");
    assert!(shown.ends_with("--- exit 2\n"), "{shown}");
    let shown = world.mx(&["import"]);
    assert_eq!(shown, "No transcripts found.\n--- exit 0\n");
    let junk = world.home().join("junk.jsonl");
    fs::write(&junk, b"\xff\xfe{]\n\0\n").expect("junk");
    let shown = world.mx(&["import", &junk.to_string_lossy()]);
    assert!(
        shown.contains("is not the transcript of an agent"),
        "{shown}"
    );
    assert!(shown.ends_with("--- exit 1\n"), "{shown}");
    let shown = world.mx(&["import", &world.home().to_string_lossy()]);
    assert_eq!(shown, "No transcripts found.\n--- exit 0\n");
    let database = world.home().join("opencode.db");
    fs::write(&database, b"SQLite format 3\0").expect("a database");
    let shown = world.mx(&["import", "opencode", &database.to_string_lossy()]);
    assert!(shown.contains("opencode export SESSION"), "{shown}");
    assert!(shown.ends_with("--- exit 1\n"), "{shown}");
}

#[test]
fn an_end_without_a_start_uses_transcripts_and_an_import_does_not_tell_them_again() {
    let world = World::new();
    let projects = world.home().join(".claude/projects/-shop");
    fs::create_dir_all(&projects).expect("directories");
    let work = fs::canonicalize(world.work()).expect("a directory");
    let lines = claude("s1", &work, &["Paint the lamp"]);
    fs::write(projects.join("s1.jsonl"), lines).expect("a transcript");
    let end = world
        .command(&["log", "end", "--json"])
        .env("MX_NOW", "2026-01-10T10:00:00Z")
        .output();
    let end: serde_json::Value = serde_json::from_slice(&end.stdout).expect("JSON");
    let from = end["reconstructed"].as_str().expect("it was reconstructed");
    assert!(from.contains("a transcript of claude"), "{end}");
    let text = world.read(end["path"].as_str().expect("a path"));
    assert!(
        text.contains("Asked: Paint the lamp <!-- inferred -->"),
        "{text}"
    );
    let imported = world.json(&["import"]);
    assert_eq!(imported["new"], 0, "{imported}");
    let again = world.read(end["path"].as_str().expect("a path"));
    assert_eq!(
        again.matches("Asked: Paint the lamp").count(),
        text.matches("Asked: Paint the lamp").count()
    );
}

#[test]
fn a_fork_begins_with_its_own_first_line() {
    let world = World::new();
    let lines = claude("s1", &world.work(), &["One", "Two"]);
    fs::write(world.home().join("a.jsonl"), &lines).expect("a transcript");
    let own = claude("s2", &world.work(), &["Three"]).replace("s2-0", "s2-own");
    let fork = lines.replace("\"sessionId\":\"s1\"", "\"sessionId\":\"s2\"")
        + &own.replace("2026-01-10T09:00", "2026-01-12T09:00");
    import(&world, &world.home().join("a.jsonl"));
    fs::write(world.home().join("b.jsonl"), fork).expect("a transcript");
    let second = import(&world, &world.home().join("b.jsonl"));
    let entry = second["entries"][0].as_str().expect("an entry");
    assert!(entry.contains("20260112"), "{second}");
    let listed = world.json(&["log", "list"]);
    let minutes = |session: &serde_json::Value| session["minutes"].as_u64();
    let sessions = listed["sessions"].as_array().expect("sessions");
    assert!(
        sessions.iter().all(|one| minutes(one) <= Some(1)),
        "{listed}"
    );
}

#[test]
fn a_sub_agents_files_are_named_as_those_of_its_session() {
    let world = World::new();
    let work = fs::canonicalize(world.work()).expect("a directory");
    let shown = |path: &str| serde_json::to_string(&work.join(path)).expect("JSON");
    let edit = |file: &str, side: bool, number: u32| {
        let (path, cwd) = (shown(file), shown(""));
        let common = format!(
            "\"isSidechain\":{side},\"sessionId\":\"aaaaaaaa-2222-4333-8444-666666667777\",\
             \"cwd\":{cwd},\"timestamp\":\"2026-01-10T09:0{number}:00Z\""
        );
        format!(
            "{{\"type\":\"assistant\",\"uuid\":\"a{number}\",{common},\"message\":{{\"id\":\"m{number}\",\
             \"content\":[{{\"type\":\"tool_use\",\"id\":\"t{number}\",\"name\":\"Edit\",\
             \"input\":{{\"file_path\":{path}}}}}]}}}}\n\
             {{\"type\":\"user\",\"uuid\":\"r{number}\",{common},\"message\":{{\"content\":[\
             {{\"type\":\"tool_result\",\"tool_use_id\":\"t{number}\",\"content\":\"ok\"}}]}}}}\n"
        )
    };
    let place = world.home().join("p");
    let name = "aaaaaaaa-2222-4333-8444-666666667777";
    fs::create_dir_all(place.join(name).join("subagents")).expect("directories");
    fs::write(
        place.join(format!("{name}.jsonl")),
        edit("src/lamp.rs", false, 1),
    )
    .expect("main");
    let side = edit("src/lamp.rs", true, 2) + &edit("src/plan.md", true, 3);
    fs::write(place.join(name).join("subagents/agent-1.jsonl"), side).expect("a sub-agent");
    let first = import(&world, &place);
    let text = world.read(first["entries"][0].as_str().expect("an entry"));
    assert_eq!(text.matches("lamp.rs |").count(), 1, "{text}");
    assert!(text.contains("| src/plan.md | Modified"), "{text}");
}

#[test]
fn what_hooks_left_out_an_import_fills_in_and_tells_nothing_twice() {
    let world = World::new();
    let sessions = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/sessions");
    let directory = sessions.join("codex-0.171.0");
    let work = fs::canonicalize(world.work()).expect("a directory");
    let here = |text: &str| text.replace("/home/ann/shop", &work.to_string_lossy());
    let calls = fs::read_to_string(directory.join("hooks.jsonl")).expect("a stream");
    for call in calls.lines().filter(|call| !call.contains("\"Stop\"")) {
        // The rollout is elsewhere: the end of the turn does not hold what is in it.
        let run = world
            .command(&["hook", "--agent", "codex"])
            .input(here(call));
        let run = run.env("MX_NOW", "2026-11-26T23:43:36Z");
        assert!(run.output().status.success());
    }
    let listed = world.json(&["log", "list"]);
    let entry = listed["sessions"][0]["path"]
        .as_str()
        .expect("an entry")
        .to_owned();
    let before = world.read(&entry);
    assert!(
        before.contains("Ran unittest tests.test_limiter"),
        "{before}"
    );
    let name = "rollout-2026-11-26T23-43-34-01a21a3e-34ee-74f1-8ebb-fb2ef27ca4d0.jsonl";
    let rollout = fs::read_to_string(directory.join(name)).expect("a rollout");
    let path = world.home().join(name);
    fs::write(&path, here(&rollout)).expect("written");
    let told = world.json(&["import", "codex", &path.to_string_lossy()]);
    assert_eq!(
        (&told["new"], &told["grown"]),
        (&0.into(), &1.into()),
        "{told}"
    );
    let after = world.read(&entry);
    for text in ["tests.test_limiter: failed", "tests.test_limiter: passed"] {
        assert!(after.contains(text), "{after}");
    }
    assert!(!after.contains("Ran unittest"), "{after}");
    assert_eq!(after.matches("Asked: Limit logins").count(), 1, "{after}");
    fs::remove_dir_all(world.kb().join(".mx/import")).expect("removed");
    let again = world.json(&["import", "codex", &path.to_string_lossy()]);
    assert_eq!(again["recorded"], 1, "{again}");
    assert_eq!(world.read(&entry), after);
}

#[test]
fn several_imports_at_once_make_each_session_once() {
    let world = World::new();
    let directory = world.home().join("transcripts");
    fs::create_dir_all(&directory).expect("a directory");
    for n in 0..6 {
        let session = format!("s{n}");
        let text = claude(&session, &world.work(), &[&format!("Task {n}"), "Go on"]);
        fs::write(directory.join(format!("{session}.jsonl")), text).expect("a transcript");
    }
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| import(&world, &directory));
        }
    });
    let listed = world.json(&["log", "list", "-n", "100"]);
    assert_eq!(listed["sessions"].as_array().expect("sessions").len(), 6);
}

#[cfg(unix)]
#[test]
fn a_transcript_that_cannot_be_recorded_fails_and_stops_no_other() {
    let world = World::new();
    let directory = world.home().join("transcripts");
    fs::create_dir_all(&directory).expect("a directory");
    for name in ["a", "b"] {
        let project = world.root().join(name);
        fs::create_dir_all(&project).expect("a directory");
        let text = claude(name, &project, &["Go on"]);
        fs::write(directory.join(format!("{name}.jsonl")), text).expect("a transcript");
    }
    world.write("session_logs/a", "a file in the way");
    let output = world
        .command(&["import", "claude"])
        .arg(&directory)
        .output();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        said.contains("session_logs/a") && said.contains("next mx import"),
        "{said}"
    );
    fs::remove_file(world.kb().join("session_logs/a")).expect("removed");
    let again = import(&world, &directory);
    assert_eq!((&again["new"], &again["unchanged"]), (&1.into(), &1.into()));
}
