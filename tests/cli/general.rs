//! What holds for every command: help, usage, exit codes, pipes, the first command of a new user.

use crate::common::World;
use insta::assert_snapshot;
use std::io::Read;
use std::process::Stdio;

#[test]
fn the_first_command_works_in_an_empty_home() {
    let world = World::new();
    let run = |arguments: &[&str]| world.command(arguments).without("MEMEX_KB_ROOT").shown();
    let arguments = [
        "session-log",
        "-m",
        "Implemented OAuth2 flow",
        "--entry",
        "projects/demo/sessions.md",
    ];
    assert_snapshot!(run(&arguments), @r"
    Logged to: projects/demo/sessions.md (created)
    --- stderr
    note: created the knowledge base [DIR]/home/.memex/kb
    --- exit 0
    ");
    assert_snapshot!(run(&["search", "oauth2"]), @r"
    projects/demo/sessions.md:13  shop Sessions › 2026-01-11 10:30 UTC
        Implemented OAuth2 flow
    --- exit 0
    ");
}

#[test]
fn help_is_an_answer_and_its_absence_wrong_usage() {
    let world = World::new();
    for arguments in [
        &["--help"][..],
        &["--version"],
        &["help", "search"],
        &["search", "-h"],
    ] {
        let output = world.command(arguments).output();
        assert!(
            output.status.success() && output.stderr.is_empty(),
            "{arguments:?}"
        );
    }
    let output = world.command(&[]).output();
    assert_eq!(
        (output.status.code(), output.stdout.is_empty()),
        (Some(2), true)
    );
    let help = world.mx(&["--help"]);
    for name in [
        "MEMEX_KB_ROOT",
        "MEMEX_INDEX_ROOT",
        "VL_KB_CONTEXT",
        "MX_NOW",
        "NO_COLOR",
    ] {
        assert!(help.contains(name), "{name}");
    }
}

#[test]
fn wrong_usage_under_json_is_json() {
    let world = World::new();
    assert_snapshot!(world.mx(&["search", "--tgas", "a", "--json"]), @r#"
    --- stderr
    {"error":{"kind":"usage","message":"unexpected argument '--tgas' found","hints":["a similar argument exists: '--tags'","Usage: mx search --tags <A,B> [QUERY]..."]}}
    --- exit 2
    "#);
    assert_snapshot!(world.mx(&["--json", "get", "nowhere.md"]), @r#"
    --- stderr
    {"error":{"kind":"not_found","message":"there is no knowledge base at [DIR]/kb yet","hints":["the first note makes it (mx session-log), or mx init","it was chosen by: MEMEX_KB_ROOT"]}}
    --- exit 3
    "#);
}

#[test]
fn a_root_that_does_not_exist_is_said_beside_an_empty_answer() {
    let world = World::new();
    for arguments in [
        &["search", "x"][..],
        &["list"],
        &["tags"],
        &["recent", "--json"],
    ] {
        let shown = world.mx(arguments);
        let note = "note: the knowledge base [DIR]/kb does not exist yet\n";
        assert!(
            shown.contains(note) && shown.ends_with("--- exit 0\n"),
            "{shown}"
        );
    }
}

#[test]
fn a_clock_that_is_none_is_wrong_usage() {
    let world = World::new();
    let output = world.command(&["info"]).env("MX_NOW", "yesterday").output();
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn warnings_keep_out_of_the_answer() {
    let world = World::new();
    world.context("projct: a\n");
    let output = world
        .command(&["session-log", "-m", "x", "-e", "a.md", "--json"])
        .output();
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).expect("only JSON");
    assert_eq!(answer["action"], "created");
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("note: created"));
}

#[test]
fn a_closed_pipe_is_no_error() {
    let world = World::with(&[("long.md", &"a line of text\n".repeat(100_000))]);
    let mut command = world.command(&["get", "long.md"]).into_command();
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("mx runs");
    drop(child.stdout.take());
    let status = child.wait().expect("mx ends");
    let mut complaint = String::new();
    child
        .stderr
        .take()
        .expect("a pipe")
        .read_to_string(&mut complaint)
        .expect("text");
    assert!(
        status.success() && complaint.is_empty(),
        "{status}: {complaint}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_below_the_output_is_an_error() {
    let world = World::with(&[("a.md", "text\n")]);
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .expect("/dev/full");
    let mut command = world.command(&["get", "a.md"]).into_command();
    let output = command
        .stdin(Stdio::null())
        .stdout(full)
        .stderr(Stdio::piped())
        .output()
        .expect("mx runs");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("error: cannot write the answer"));
}

#[test]
fn colours_are_for_terminals_or_whoever_forces_them() {
    let world = World::with(&[("a.md", "# A\n\nword\n")]);
    let plain = world.command(&["search", "word"]).output().stdout;
    assert!(!plain.contains(&0x1b));
    let forced = world
        .command(&["search", "word"])
        .env("CLICOLOR_FORCE", "1")
        .output()
        .stdout;
    assert!(forced.contains(&0x1b));
}

#[test]
fn scripts_and_manual_are_printed() {
    let world = World::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = world.mx(&["completions", shell]);
        assert!(
            script.contains("session-log") && script.ends_with("--- exit 0\n"),
            "{shell}"
        );
    }
    let shown = world.mx(&["completions", "bash", "--install"]);
    assert!(
        shown.starts_with("Wrote: [DIR]/home/.local/share/"),
        "{shown}"
    );
    let script = world
        .home()
        .join(".local/share/bash-completion/completions/mx");
    let script = std::fs::read_to_string(script).expect("a script");
    assert!(script.contains("session-log"));
    let shown = world.mx(&["completions", "elvish", "--install"]);
    assert!(
        shown.contains("hint: mx completions elvish prints"),
        "{shown}"
    );
    let manual = world.mx(&["man"]);
    for part in [
        ".TH MX 1",
        ".TH MX-SEARCH 1",
        ".TH MX-CONTEXT-INIT 1",
        "MEMEX_KB_ROOT",
    ] {
        assert!(manual.contains(part), "{part}");
    }
}

#[test]
fn what_people_type_first_leads_to_what_they_mean() {
    let world = World::new();
    let entry = ["-e", "projects/demo/sessions.md"];
    for word in ["session-log", "note", "add"] {
        let text = format!("limiter by {word}");
        let shown = world.mx(&[word, &text, entry[0], entry[1]]);
        assert!(
            shown.starts_with("Logged to: projects/demo/sessions.md"),
            "{shown}"
        );
    }
    for word in ["find", "grep"] {
        let found = world.json(&[word, "limiter"]);
        assert_eq!(found["results"][0]["path"], "projects/demo/sessions.md");
    }
    assert!(
        world
            .mx(&["show", "projects/demo/sessions.md"])
            .contains("limiter by add")
    );
    for (arguments, answer) in [
        (&["start", "--goal", "Sign in"][..], " started: "),
        (&["status"], "Sign in"),
        (&["log", "note", "First step"], "Logged event"),
        (&["log", "event", "-m", "Second step"], "Logged event"),
        (
            &["log", "decision", "A queue", "--reason", "simpler"],
            "Logged decision",
        ),
        (&["update", "-m", "Third step"], "Checkpoint saved"),
        (&["stop", "-m", "All of it"], " ended: "),
    ] {
        let shown = world.mx(arguments);
        assert!(
            shown.contains(answer) && shown.ends_with("--- exit 0\n"),
            "{arguments:?}: {shown}"
        );
    }
    let last = world.mx(&["log", "show"]);
    for part in [
        "First step",
        "Second step",
        "Third step",
        "simpler",
        "All of it",
    ] {
        assert!(last.contains(part), "{part}: {last}");
    }
    let help = world.mx(&["--help"]);
    assert!(
        !help.contains("\n  status") && !help.contains("find"),
        "{help}"
    );
}

#[test]
fn any_text_may_come_from_standard_input() {
    let world = World::new();
    let entry = "projects/demo/sessions.md";
    let hostile = "Use `a` and \"b\" for $HOME\n";
    let log = world.command(&["session-log", "-e", entry, "-"]);
    log.input(hostile).output();
    assert!(world.read(entry).ends_with(hostile));
    world.mx(&["log", "start"]);
    for arguments in [
        &["log", "event", "-"][..],
        &["log", "decision", "Quotes", "--why", "-"],
        &["log", "blocker", "-"],
        &["log", "update", "-m", "-"],
    ] {
        let shown = world.command(arguments).input(hostile).shown();
        assert!(shown.ends_with("--- exit 0\n"), "{shown}");
    }
    let end = world.command(&["log", "end", "--summary", "-", "--next", "-"]);
    let shown = end.input(hostile).shown();
    assert!(shown.contains("standard input holds one text"), "{shown}");
    let record = std::fs::read_to_string(world.work().join(".session_log.md")).expect("a record");
    assert_eq!(record.matches("Use `a` and").count(), 4, "{record}");
}

#[test]
fn what_happens_inside_is_logged_for_those_who_ask() {
    let world = World::with(&[("a.md", "# A\n\nThe limiter.\n")]);
    world.mx(&["index"]);
    let lock = world.kb().join(".mx/index/writer.lock");
    let lock = std::fs::File::open(lock).expect("the lock of the writer");
    lock.lock().expect("free");
    world.write("b.md", "# B\n\nAnother limiter.\n");
    let search = |level: Option<&str>| {
        let run = world.command(&["search", "--terse", "limiter"]);
        let run = match level {
            Some(level) => run.env("MX_LOG", level),
            None => run,
        };
        let output = run.output();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        // The answer is the same whoever listens.
        let answer = String::from_utf8_lossy(&output.stdout);
        assert_eq!(answer.lines().count(), 2, "{answer}");
        String::from_utf8(output.stderr).expect("UTF-8")
    };
    let logged = search(Some("info"));
    let reason = "another process writes the index: reading in memory";
    assert!(
        logged.contains("INFO") && logged.contains(reason),
        "{logged}"
    );
    assert!(search(Some("anything else")).contains(reason));
    for off in [None, Some("off"), Some("warn")] {
        assert_eq!(search(off), "", "{off:?}");
    }
}
