//! `mx hook`, and what becomes of what it notes

use crate::stage::{Stage, fixtures, harmless};
use insta::assert_snapshot;
use serde_json::json;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Each recorded stream becomes the record that lies beside it.
fn becomes_its_record(agent: &str) {
    let stage = Stage::new();
    let answers = stage.play(agent, "session");
    // Nothing is known yet, but where a conversation is compacted, what it has come to.
    let compacted = stage
        .recorded(agent, "session")
        .contains("\"source\": \"compact\"");
    assert_eq!(answers.len(), usize::from(compacted), "{answers:?}");
    assert!(stage.project_files().is_empty(), "nothing in the project");
    let mut shown = stage.mx(90, None, &["log", "list"]);
    for [id, ..] in stage.sessions(90) {
        shown.push_str(&stage.mx(90, None, &["log", "show", &id]));
    }
    assert!(stage.project_files().is_empty(), "nothing in the project");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(fixtures(agent));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| assert_snapshot!("record", steady(&shown)));
}

/// Returns the text without what depends on process and place.
fn steady(text: &str) -> String {
    let steady = |line: &str| match line.split_once(": ") {
        Some(("journal", _)) => "journal: [BYTES]\n".to_owned(),
        Some(("agent_session", id)) if id.starts_with("unnamed-") => {
            "agent_session: unnamed-[HASH]\n".to_owned()
        }
        _ => format!("{line}\n"),
    };
    text.lines().map(steady).collect()
}

#[test]
fn a_stream_of_claude_becomes_its_record() {
    becomes_its_record("claude");
}

#[test]
fn a_stream_of_codex_becomes_its_record() {
    becomes_its_record("codex");
}

#[test]
fn a_stream_of_gemini_becomes_its_record() {
    becomes_its_record("gemini");
}

#[test]
fn a_stream_of_cursor_becomes_its_record() {
    becomes_its_record("cursor");
}

#[test]
fn a_stream_of_copilot_becomes_its_record() {
    becomes_its_record("copilot");
}

#[test]
fn a_stream_of_opencode_becomes_its_record() {
    becomes_its_record("opencode");
}

#[test]
fn a_stream_in_the_generic_form_becomes_its_record() {
    becomes_its_record("generic");
}

#[test]
fn it_does_not_matter_when_the_events_are_folded() {
    let record = |fold: bool| {
        let stage = Stage::new();
        for (minute, line) in stage.recorded("claude", "session").lines().enumerate() {
            stage.hook("claude", minute, line);
            if fold {
                stage.mx(minute, None, &["log", "status"]);
            }
        }
        stage.mx(90, None, &["log", "list"])
            + &stage.mx(90, None, &["log", "show", "20260111-100000"])
    };
    assert_eq!(record(true), record(false));
}

#[test]
fn what_is_not_understood_is_counted_and_nothing_is_printed() {
    let stage = Stage::new();
    let deep = "[".repeat(100_000);
    let huge = format!(
        "{{\"hook_event_name\":\"Stop\",\"x\":\"{}\"",
        "y".repeat(20 << 20)
    );
    for input in ["", " \n", "hello", "{", "[1, 2", "nul", &deep, &huge] {
        assert_eq!(stage.hook("claude", 0, input), "", "{:.20}", input);
    }
    for input in [
        "null",
        "[]",
        "42",
        "\"text\"",
        "{}",
        "{\"hook_event_name\": 7}",
    ] {
        assert_eq!(stage.hook("claude", 0, input), "", "{input}");
    }
    stage.claude("s", 0, "Telepathy", json!({}));
    stage.claude(
        "s",
        0,
        "PostToolUse",
        json!({"tool_name": "Teleport\u{1b}[0m"}),
    );
    let losses = stage.losses();
    assert!(
        losses.lines().filter(|line| !line.is_empty()).count() >= 14,
        "{losses}"
    );
    for reason in ["not JSON", "event Telepathy", "tool Teleport"] {
        assert!(losses.contains(reason), "{reason}: {losses}");
    }
    assert!(!losses.contains('\u{1b}'));
    assert_eq!(
        stage.sessions(1).len(),
        1,
        "the use of an unknown tool is noted"
    );
}

#[test]
fn no_arguments_are_wrong() {
    let stage = Stage::new();
    let event = json!({"hook_event_name": "SessionStart", "session_id": "s", "cwd": stage.dir});
    for arguments in [
        &["hook", "--agnt", "claude"][..],
        &["hook", "--agent"],
        &["hook", "--agent=nobody"],
        &["hook", "--agent", "", "--event"],
        &["hook", "more", "--", "-x"],
        &["--json", "hook", "--kb"],
        &["hook", "--kb="],
        &["hook", "--kb", "\u{1f980}"],
    ] {
        let run = stage.world.command(arguments).input(event.to_string());
        assert_eq!(harmless(&run.output()), "", "{arguments:?}");
    }
    let help = stage.world.command(&["hook", "--help"]).output();
    assert!(help.status.success() && !help.stdout.is_empty());
}

#[cfg(unix)]
#[test]
fn no_surroundings_make_it_fail() {
    use std::os::unix::fs::PermissionsExt;
    let stage = Stage::new();
    let event = |name: &str| {
        json!({"hook_event_name": name, "session_id": "s", "cwd": stage.dir, "prompt": "x"})
            .to_string()
    };
    let run = || {
        stage
            .world
            .command(&["hook"])
            .input(event("UserPromptSubmit"))
    };
    harmless(&run().without("HOME").without("MEMEX_KB_ROOT").output());
    harmless(
        &run()
            .without("HOME")
            .without("MEMEX_KB_ROOT")
            .without("PATH")
            .output(),
    );
    harmless(&run().env("MX_NOW", "yesterday").output());
    harmless(
        &run()
            .env("TEMP", "/nowhere")
            .env("TMPDIR", "/nowhere")
            .output(),
    );
    let file = stage.world.home().join("file");
    fs::write(&file, "").expect("write");
    harmless(&run().env("MEMEX_KB_ROOT", &file).output());
    assert!(
        stage.losses().contains("is not a directory"),
        "{}",
        stage.losses()
    );
    for text in ["redact: ['(']\n", "timezone: [\n"] {
        stage.world.write(".mx/config.yaml", text);
        harmless(&run().output());
    }
    fs::remove_file(stage.world.kb().join(".mx/config.yaml")).expect("removed");
    // Not for root, whom nothing is forbidden.
    let mode = |mode| fs::set_permissions(stage.world.kb(), fs::Permissions::from_mode(mode));
    for forbidden in [0o555, 0o000] {
        mode(forbidden).expect("chmod");
        harmless(&run().output());
    }
    mode(0o755).expect("chmod");
    // Something else where the journal is to be.
    let journal = stage.world.kb().join(".mx/journal");
    let _ = fs::remove_dir_all(&journal);
    fs::write(&journal, "").expect("write");
    harmless(&run().output());
    fs::remove_file(&journal).expect("removed");
    let of_session = journal.join("claude-s.jsonl");
    fs::create_dir_all(&of_session).expect("mkdir");
    harmless(&run().output());
    let beside = journal.join("claude-s.jsonl.spare-1");
    assert!(fs::read_to_string(beside).is_ok_and(|text| text.contains("prompt")));
}

#[test]
fn what_variables_say_wrongly_loses_nothing_and_doctor_tells() {
    let file = std::env::current_exe().expect("a file");
    let below_file = file.join("kb");
    for (name, value) in [
        ("MX_NOW", Path::new("yesterday")),
        ("MEMEX_KB_ROOT", &file),
        ("MEMEX_KB_ROOT", &below_file),
    ] {
        let stage = Stage::new();
        let payload = json!({
            "hook_event_name": "UserPromptSubmit",
            "session_id": "s",
            "cwd": stage.dir,
            "prompt": "promptword",
        });
        let run = stage.world.command(&["hook", "--agent", "claude"]);
        harmless(&run.env(name, value).input(payload.to_string()).output());
        let kbs = [stage.world.kb(), stage.world.home().join(".memex/kb")];
        let noted = kbs.iter().any(|kb| {
            let journal = fs::read_to_string(kb.join(".mx/journal/claude-s.jsonl"));
            journal.is_ok_and(|text| text.contains("promptword"))
        });
        assert!(noted, "{name}={}", value.display());
        let told = stage.world.mx(&["doctor"]);
        assert!(told.contains("noted all the same"), "{name}: {told}");
    }
}

#[test]
fn what_an_agent_writes_behind_the_object_finds_somebody_who_reads() {
    use std::io::Write as _;
    let stage = Stage::new();
    for _ in 0..10 {
        let mut mx = stage
            .world
            .command(&["hook", "--agent", "claude"])
            .into_command();
        mx.stdin(std::process::Stdio::piped());
        let mut child = mx.spawn().expect("mx runs");
        let mut input = child.stdin.take().expect("a pipe");
        let payload = json!({"hook_event_name": "Stop", "session_id": "s", "cwd": stage.dir});
        input
            .write_all(payload.to_string().as_bytes())
            .expect("written");
        std::thread::sleep(std::time::Duration::from_millis(20));
        input.write_all(b"\n").expect("nobody has left");
        drop(input);
        assert!(child.wait().expect("an end").success());
    }
}

#[cfg(unix)]
#[test]
fn neither_limits_nor_closed_streams_make_it_fail() {
    let stage = Stage::new();
    stage.asked("s-1", 0, "First");
    stage.end("s-1", 1);
    let event = json!({"hook_event_name": "SessionStart", "session_id": "s-2", "cwd": stage.dir});
    let input = stage.world.home().join("event");
    fs::write(&input, event.to_string()).expect("write");
    for (what, script) in [
        ("closed input", r#""$0" hook <&-"#),
        ("a directory as input", r#""$0" hook </"#),
        (
            "no end of the input",
            r#"{ cat "$1"; sleep 20 2>&1 & } | "$0" hook >/dev/null"#,
        ),
        ("closed output", r#""$0" hook <"$1" >&-"#),
        ("closed error", r#""$0" hook <"$1" >/dev/null 2>&-"#),
        (
            "full output",
            r#"[ ! -e /dev/full ] || "$0" hook <"$1" >/dev/full"#,
        ),
        (
            "no reader",
            r#"("$0" hook <"$1"; echo $? >&2) 2>&1 >/dev/null | grep -qx 0"#,
        ),
        (
            "no file may grow",
            r#"ulimit -f 0; "$0" hook <"$1" >/dev/null"#,
        ),
        (
            "few files",
            r#"exec <"$1" >/dev/null; ulimit -n 6; exec "$0" hook"#,
        ),
    ] {
        let hook = stage.world.command(&["hook"]).into_command();
        let mut shell = Command::new("sh");
        shell
            .args(["-c", script])
            .arg(hook.get_program())
            .arg(&input);
        shell.env_clear().current_dir(stage.world.work());
        let variables = hook.get_envs();
        shell.envs(variables.filter_map(|(name, value)| Some((name, value?))));
        let started = std::time::Instant::now();
        let output = shell.output().expect("sh runs");
        assert_eq!(output.status.code(), Some(0), "{what}: {output:?}");
        assert!(
            output.stdout.is_empty() && output.stderr.is_empty(),
            "{what}: {output:?}"
        );
        assert!(started.elapsed().as_secs() < 15, "{what}: it waits");
    }
}

#[test]
fn commands_of_the_agent_and_its_events_are_one_record() {
    let stage = Stage::new();
    stage.asked("s-1", 0, "Sign in with OAuth2");
    let begun = stage.mx(1, Some("s-1"), &["log", "start"]);
    assert!(begun.contains("20260111-100000"), "{begun}");
    stage.mx(2, Some("s-1"), &["log", "event", "Token endpoint works"]);
    stage.claude(
        "s-1",
        3,
        "PostToolUse",
        json!({
            "tool_name": "Edit", "tool_input": {"file_path": stage.dir.join("a.rs")},
            "tool_response": {},
        }),
    );
    let active = stage.world.read("session_logs/app/20260111-100000.md");
    assert!(active.contains("status: active"), "{active}");
    let ended = stage.mx(
        4,
        Some("s-1"),
        &["log", "end", "--summary", "It works", "--next", "routes"],
    );
    assert!(
        ended.contains("> Last session: It works.") || ended.contains("Last session: It works.")
    );
    let bash = json!({"tool_name": "Bash", "tool_input": {"command": "mx log end"},
        "tool_response": {"stdout": ""}});
    stage.claude("s-1", 4, "PostToolUse", bash);
    stage.claude(
        "s-1",
        4,
        "Stop",
        json!({"last_assistant_message": "All is logged."}),
    );
    stage.end("s-1", 50);
    assert!(stage.project_files().is_empty());
    assert_eq!(stage.sessions(60).len(), 1);
    assert_snapshot!(stage.world.read("session_logs/app/20260111-100000.md"), @r"
    ---
    title: 'app: It works'
    tags:
      - app
      - sessions
    session: 20260111-100000
    project: app
    status: ended
    started: '2026-01-11T10:00:00Z'
    ended: '2026-01-11T10:04:00Z'
    agent: claude
    agent_session: s-1
    directories:
      - ~/projects/app
    ---

    ## Session: 20260111-100000

    **Directory:** ~/projects/app
    **Duration:** 4m
    **Goal:** Sign in with OAuth2

    ### Progress Log

    | Time | Event |
    |------|-------|
    | 10:00 | Asked: Sign in with OAuth2 <!-- observed --> |
    | 10:02 | Token endpoint works |
    | 10:04 | All is logged. <!-- observed --> |

    ### Files Tracker

    | File | Action | Notes |
    |------|--------|-------|
    | a.rs | Modified | <!-- observed --> |

    ### Next Steps

    - [ ] routes

    ### Skills and Tools

    | Tool | Uses |
    |------|------|
    | Edit | 1 <!-- observed --> |
    | Bash | 1 <!-- observed --> |

    ### Resume Prompt

    > Last session: It works.
    > Next: routes.
    > Key files: a.rs
    ");
}

#[test]
fn a_session_begun_by_hand_is_joined_and_goes_on_when_the_agent_has_gone() {
    let stage = Stage::new();
    stage.mx(0, None, &["log", "start", "--goal", "Release 2.0"]);
    stage.asked("s-1", 5, "Write the notes");
    stage.mx(6, Some("s-1"), &["log", "decision", "No beta"]);
    stage.end("s-1", 10);
    stage.mx(11, None, &["log", "event", "Alone again"]);
    stage.asked("s-2", 15, "Second round");
    stage.end("s-2", 16);
    stage.mx(20, None, &["log", "end", "--summary", "Released"]);
    assert_eq!(stage.sessions(21).len(), 1);
    assert!(stage.project_files().is_empty());
    assert_snapshot!(stage.world.read("session_logs/app/20260111-100000.md"), @r"
    ---
    title: 'app: Released'
    tags:
      - app
      - sessions
    session: 20260111-100000
    project: app
    status: ended
    started: '2026-01-11T10:00:00Z'
    ended: '2026-01-11T10:20:00Z'
    directories:
      - ~/projects/app
    ---

    ## Session: 20260111-100000

    **Directory:** ~/projects/app
    **Duration:** 20m
    **Goal:** Release 2.0

    ### Progress Log

    | Time | Event |
    |------|-------|
    | 10:05 | Asked: Write the notes <!-- observed --> |
    | 10:11 | Alone again |
    | 10:15 | Asked: Second round <!-- observed --> |

    ### Decisions Log

    | Decision | Rationale |
    |----------|-----------|
    | No beta |  |

    ### Resume Prompt

    > Last session: Released.
    > Decisions: No beta
    ");
}

#[test]
fn a_resumed_session_goes_on_in_its_record() {
    let stage = Stage::new();
    stage.asked("s-1", 0, "Begin");
    stage.end("s-1", 5);
    assert_eq!(stage.sessions(6)[0][1], "ended");
    stage.claude("s-1", 90, "SessionStart", json!({"source": "resume"}));
    stage.claude("s-1", 91, "UserPromptSubmit", json!({"prompt": "Go on"}));
    assert_eq!(
        stage.sessions(92),
        [["20260111-100000", "active", "Begin"].map(str::to_owned)]
    );
    // Commands of the agent find it, although another one was begun here meanwhile.
    stage.asked("s-2", 93, "Something else");
    stage.mx(94, Some("s-1"), &["log", "event", "Still the first"]);
    stage.end("s-1", 95);
    let sessions = stage.sessions(96);
    assert_eq!(sessions.len(), 2);
    assert_eq!(sessions[0][1..], ["active", "Something else"]);
    let record = stage.world.read("session_logs/app/20260111-100000.md");
    assert!(
        record.contains("Still the first") && record.contains("**Duration:** 1h 35m"),
        "{record}"
    );
}

#[test]
fn nothing_comes_of_a_session_in_which_nothing_happened() {
    let stage = Stage::new();
    for session in ["s-1", "s-2"] {
        stage.claude(session, 0, "SessionStart", json!({"source": "startup"}));
        stage.end(session, 1);
    }
    assert_eq!(stage.sessions(2), Vec::<[String; 3]>::new());
    assert!(
        !stage.world.kb().join("session_logs").exists() || {
            let logs = fs::read_dir(stage.world.kb().join("session_logs")).expect("a directory");
            logs.count() == 0
        }
    );
}

#[test]
fn agents_in_one_directory_do_not_mix() {
    let stage = Stage::new();
    stage.asked("s-1", 0, "First");
    stage.asked("s-2", 0, "Second");
    let dir = stage.dir.to_string_lossy().into_owned();
    for (event, text) in [("start", ""), ("prompt", "Third")] {
        let event = json!({"event": event, "session": "r", "cwd": dir, "text": text});
        stage.tell("generic", 0, &event);
    }
    stage.mx(1, Some("s-2"), &["log", "event", "Said by the second"]);
    stage.end("s-1", 2);
    let mut sessions = stage.sessions(3);
    sessions.sort();
    let summaries: Vec<&str> = sessions.iter().map(|one| one[2].as_str()).collect();
    assert_eq!(sessions.len(), 3);
    assert!(
        summaries.iter().any(|one| one.contains("First")),
        "{summaries:?}"
    );
    let ended: Vec<_> = sessions.iter().filter(|one| one[1] == "ended").collect();
    assert_eq!(ended.len(), 1);
    let held = |id: &str| stage.world.read(&format!("session_logs/app/{id}.md"));
    for [id, ..] in &sessions {
        let record = held(id);
        assert_eq!(
            record.contains("Said by the second"),
            record.contains("Asked: Second")
        );
    }
}

#[test]
fn working_trees_and_clones_share_their_history() {
    let stage = Stage::new();
    let git = |dir: &Path, arguments: &[&str]| {
        let mut git = Command::new("git");
        git.current_dir(dir).env("HOME", stage.world.home());
        git.args([
            "-c",
            "user.name=x",
            "-c",
            "user.email=x@y",
            "-c",
            "init.defaultBranch=main",
        ]);
        let output = git.args(arguments).output();
        output.is_ok_and(|output| output.status.success())
    };
    if !git(&stage.dir, &["init", "-q"]) {
        return;
    }
    assert!(git(
        &stage.dir,
        &["commit", "-q", "--allow-empty", "-m", "x"]
    ));
    assert!(git(&stage.dir, &["worktree", "add", "-q", "../feature"]));
    let feature = stage.world.home().join("projects/feature");
    let tell = |session: &str, cwd: &Path, minute, text: &str| {
        for event in ["SessionStart", "UserPromptSubmit", "SessionEnd"] {
            let json = json!({"hook_event_name": event, "session_id": session, "cwd": cwd,
                "prompt": text});
            stage.tell("claude", minute, &json);
        }
    };
    tell("s-1", &feature, 0, "In the linked tree");
    // It is gone before anybody looks.
    fs::remove_dir_all(&feature).expect("removed");
    tell("s-2", &stage.dir, 1, "In the first tree");
    let sessions = stage.sessions(2);
    assert_eq!(sessions.len(), 2);
    for [id, ..] in sessions {
        assert!(
            stage
                .world
                .read(&format!("session_logs/app/{id}.md"))
                .contains("project: app\n")
        );
    }
    assert!(
        stage
            .project_files()
            .iter()
            .all(|file| file.ends_with(".git"))
    );
}

#[test]
fn commands_of_opencode_are_told_its_session_before_and_after_there_is_a_record() {
    let stage = Stage::new();
    let mx = |minute: usize, arguments: &[&str]| {
        let run = stage.world.command(arguments).within(&stage.dir);
        let run = run.env("MX_NOW", Stage::time(minute));
        run.env("MX_SESSION", "ses_5bC1xYz").shown()
    };
    let first = stage.recorded("opencode", "session");
    for (minute, line) in first.lines().take(2).enumerate() {
        stage.hook("opencode", minute, line);
    }
    assert!(mx(2, &["log", "start"]).contains("20260111-100000"));
    assert!(stage.project_files().is_empty());
    mx(3, &["log", "event", "Seen"]);
    assert!(mx(4, &["log", "end", "--summary", "Done"]).contains("Last session: Done."));
    let again = mx(5, &["log", "end"]);
    assert!(again.contains("--- exit 0"), "{again}");
    assert_eq!(stage.sessions(6).len(), 1);
    mx(7, &["log", "start"]);
    let event = mx(8, &["log", "event", "Another one"]);
    assert!(event.contains("--- exit 0"), "{event}");
}

/// Holds what other commands hold while they fold, and runs the commands that read.
fn read_beside(held: &Path, stage: &Stage) {
    let file = fs::File::open(held).expect("what is held");
    file.lock().expect("held");
    for arguments in [
        &["search", "limiter"][..],
        &["get", "notes.md"],
        &["list"],
        &["tags"],
        &["info"],
        &["next"],
        &["decisions"],
        &["projects"],
        &["report"],
    ] {
        let begun = std::time::Instant::now();
        let shown = stage.mx(9, None, arguments);
        assert!(shown.ends_with("--- exit 0\n"), "{arguments:?}: {shown}");
        assert!(!shown.contains("locked"), "{arguments:?}: {shown}");
        let waited = begun.elapsed();
        assert!(waited.as_secs() < 10, "{arguments:?} waited {waited:?}");
    }
}

#[test]
fn what_reads_waits_for_nobody_who_folds() {
    let stage = Stage::new();
    stage.world.write("notes.md", "# Notes\n\nThe limiter.\n");
    stage.asked("s1", 0, "Fix the limiter");
    assert_eq!(
        stage.sessions(1).len(),
        1,
        "folded once, so the lock is there"
    );
    stage.asked("s2", 2, "Fix the limiter again");
    read_beside(&stage.world.kb().join(".mx/journal/lock"), &stage);
    assert_eq!(stage.sessions(10).len(), 2);
}

#[test]
fn what_reads_waits_for_no_record_and_no_derived_file() {
    let stage = Stage::new();
    stage.world.write("notes.md", "# Notes\n\nThe limiter.\n");
    stage.asked("s1", 0, "Fix the limiter");
    assert_eq!(stage.sessions(1).len(), 1);
    let entries = walkdir::WalkDir::new(stage.world.kb().join("session_logs"));
    let mut files = entries
        .into_iter()
        .map(|entry| entry.expect("read").into_path());
    let record = files.find(|file| file.is_file()).expect("a record");
    stage.asked("s1", 2, "And the tests");
    read_beside(&record, &stage);
    stage.end("s1", 3);
    stage.mx(4, None, &["log", "index"]);
    let derived = stage.world.kb().join(".mx/sessions/derived.lock");
    read_beside(&derived, &stage);
    let sessions = stage.sessions(10);
    assert_eq!(sessions.len(), 1);
    assert_eq!(sessions[0][1], "ended", "what was put off is done");
}

#[test]
fn a_mistake_in_the_settings_loses_nothing_but_where_secrets_may_be_meant() {
    let journalled = |settings: &str, context: &str| {
        let stage = Stage::new();
        stage.world.write(".mx/config.yaml", settings);
        fs::write(stage.dir.join(".kbcontext"), context).expect("write");
        stage.claude("s", 0, "UserPromptSubmit", json!({"prompt": "see EMP-42"}));
        let journal = stage.world.kb().join(".mx/journal/claude-s.jsonl");
        fs::read_to_string(journal).unwrap_or_default()
    };
    for settings in [
        "timezone: Nowhere/City\n",
        "exclude: '*'\n",
        "session_logs: ../out\n",
        "session_index_cap: many\n",
        "timezone: [\n",
        "- a list\n",
        "\0",
    ] {
        assert!(journalled(settings, "").contains("EMP-42"), "{settings:?}");
    }
    for context in ["kb_root: [\n", "paths: 7\n", "\0"] {
        assert!(journalled("", context).contains("EMP-42"), "{context:?}");
    }
    let hidden = journalled("timezone: Nowhere\nredact: ['EMP-\\d+']\n", "");
    assert!(
        hidden.contains("see") && !hidden.contains("EMP-42"),
        "{hidden}"
    );
    for settings in [
        "redact: ['(']\n",
        "redact: 7\n",
        "redact: [EMP\ntimezone: UTC\n",
    ] {
        assert_eq!(journalled(settings, ""), "", "{settings:?}");
    }
}
