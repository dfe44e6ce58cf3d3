use super::*;
use crate::kb::tests::environment;
use crate::session::tests::samples::running_session;
use proptest::prelude::*;

fn play(kinds: &[EventKind]) -> Session {
    play_every(kinds, 60)
}

/// Plays events that happened so many seconds after each other.
pub(in crate::agents) fn play_every(kinds: &[EventKind], seconds: i64) -> Session {
    let dir = tempfile::tempdir().expect("temporary directory");
    let mut environment = environment(dir.path());
    environment.home = Some(PathBuf::from("/h"));
    let writer = RecordWriter::new(&environment, Zone::UTC, Source::Observed);
    let mut record = running_session();
    record.directories = vec!["~/api".to_owned()];
    for (number, kind) in kinds.iter().enumerate() {
        let at = (record.started.seconds() + number as i64 * seconds) * 1000;
        let kind = kind.clone();
        writer.apply(&mut Recorder::new(&mut record), &AgentEvent { at, kind });
    }
    record
}

fn command(command: &str, exit: i32) -> EventKind {
    EventKind::Command {
        command: command.to_owned(),
        ok: None,
        exit: Some(exit),
        error: if exit == 0 { "" } else { "it broke\nbadly" }.to_owned(),
    }
}

fn events(record: &Session) -> Vec<&str> {
    record
        .progress
        .iter()
        .map(|event| event.text.as_str())
        .collect()
}

#[test]
fn tests_are_verification_and_what_fails_is_in_the_way_until_it_succeeds() {
    let record = play(&[command("cargo test", 101), command("make deploy", 2)]);
    assert_eq!(events(&record)[0], "cargo test: failed");
    assert_eq!(record.blockers.len(), 2);
    assert_eq!(
        record.blockers[1].blocker,
        "`make deploy` failed: it broke badly"
    );
    let record = play(&[
        command("cargo test", 101),
        command("cargo test", 101),
        command("cargo test", 0),
    ]);
    assert!(record.blockers.is_empty(), "{:?}", record.blockers);
    assert_eq!(record.progress.len(), 3);
    let asked = [
        "grep x y",
        "cd /w && rg -n 'x y' | head",
        "test -f a; ls b",
        "false",
    ];
    let record = play(&asked.map(|asked| command(asked, 1)));
    assert!(record.blockers.is_empty() && record.progress.is_empty());
    let record = play(&[command("ls && make deploy", 1)]);
    assert_eq!(record.blockers.len(), 1);
}

#[test]
fn a_session_that_goes_on_compacted_was_compacted() {
    let start = EventKind::Start {
        reason: "compact".to_owned(),
        cwd: String::new(),
    };
    let compaction = |summary: &str| EventKind::Compaction {
        summary: summary.to_owned(),
    };
    assert_eq!(events(&play(std::slice::from_ref(&start))), [COMPACTED]);
    let told = play(&[compaction("Half done"), start.clone()]);
    assert_eq!(events(&told), ["Checkpoint: Half done"]);
    let told = play(&[start, compaction("Half done")]);
    assert_eq!(events(&told), ["Checkpoint: Half done"]);
}

#[test]
fn a_refusal_stands_until_the_same_is_done() {
    let failure = EventKind::Failure {
        tool: "Write".to_owned(),
        subject: "/etc/hosts".to_owned(),
        error: String::new(),
        refused: true,
    };
    let record = play(std::slice::from_ref(&failure));
    assert_eq!(record.blockers[0].blocker, "Write /etc/hosts was refused");
    let success = EventKind::Success {
        tool: "Write".to_owned(),
        subject: "/etc/hosts".to_owned(),
    };
    assert!(play(&[failure, success]).blockers.is_empty());
}

#[test]
fn files_are_named_from_the_directories_and_the_first_prompt_is_the_goal() {
    let file = |path: &str, action| EventKind::File {
        path: path.to_owned(),
        action,
        from: None,
    };
    let record = play(&[
        EventKind::Prompt {
            text: "Fix the login".to_owned(),
        },
        file("/h/api/src/a.rs", FileAction::Read),
        file("/h/api/src/a.rs", FileAction::Modified),
        file("b.rs", FileAction::Created),
        EventKind::Directory {
            path: "/h/web".to_owned(),
        },
        file("/h/web/c.ts", FileAction::Created),
        EventKind::Prompt {
            text: "And now?".to_owned(),
        },
    ]);
    assert_eq!(record.goal.as_deref(), Some("Fix the login"));
    let paths: Vec<&str> = record.files.iter().map(|row| row.path.as_str()).collect();
    assert_eq!(paths, ["src/a.rs", "b.rs", "web/c.ts"]);
    assert_eq!(record.files[0].action, FileAction::Modified);
    assert_eq!(events(&record), ["Asked: Fix the login", "Asked: And now?"]);
    assert_eq!(record.directories, ["~/api", "~/web"]);
}

#[test]
fn a_failure_names_its_file_as_the_files_are_named() {
    let (tool, subject) = ("Edit".to_owned(), "/h/api/src/a.rs".to_owned());
    let failure = EventKind::Failure {
        tool: tool.clone(),
        subject: subject.clone(),
        error: "not found".to_owned(),
        refused: false,
    };
    let record = play(std::slice::from_ref(&failure));
    assert_eq!(
        record.blockers[0].blocker,
        "Edit src/a.rs failed: not found"
    );
    let success = EventKind::Success { tool, subject };
    assert!(play(&[failure, success]).blockers.is_empty());
}

#[test]
fn a_compaction_is_one_event_and_a_command_is_no_goal() {
    let compaction = |summary: &str| EventKind::Compaction {
        summary: summary.to_owned(),
    };
    let prompt = |text: &str| EventKind::Prompt {
        text: text.to_owned(),
    };
    let record = play(&[
        prompt("/log start"),
        prompt("/usr/bin is full"),
        compaction(""),
        compaction(""),
        compaction(""),
        compaction("Half done"),
    ]);
    assert_eq!(
        events(&record),
        [
            "Asked: /log start",
            "Asked: /usr/bin is full",
            "Checkpoint: Half done"
        ]
    );
    assert_eq!(record.goal.as_deref(), Some("/usr/bin is full"));
}

#[test]
fn commits_and_steps_are_told_once() {
    let commit = EventKind::Commit {
        hash: "0123456789".to_owned(),
        subject: "Add login".to_owned(),
    };
    let step = EventKind::Progress {
        text: "Task done".to_owned(),
    };
    let record = play(&[commit.clone(), step.clone(), commit, step]);
    assert_eq!(
        events(&record),
        ["Committed 0123456: Add login", "Task done"]
    );
}

#[test]
fn an_outcome_that_is_told_later_takes_the_place_of_what_was_not_known() {
    let ran = |ok| EventKind::Command {
        command: "cargo test".to_owned(),
        ok,
        exit: None,
        error: String::new(),
    };
    let record = play(&[ran(None), ran(Some(false)), ran(Some(true))]);
    assert_eq!(
        events(&record),
        ["cargo test: failed", "cargo test: passed"]
    );
    assert!(record.blockers.is_empty());
}

#[test]
fn the_agents_own_files_are_not_of_the_work() {
    let file = |path: &str| EventKind::File {
        path: path.to_owned(),
        action: FileAction::Created,
        from: None,
    };
    let record = play(&[
        file("/h/.claude/plans/a.md"),
        file("/h/api/.claude/settings.json"),
        file("/h/.codex/skills/log/SKILL.md"),
    ]);
    let paths: Vec<&str> = record.files.iter().map(|row| row.path.as_str()).collect();
    assert_eq!(paths, [".claude/settings.json"]);
}

#[test]
fn a_skill_that_is_called_is_no_goal() {
    let prompt = |text: &str| EventKind::Prompt {
        text: text.to_owned(),
    };
    let record = play(&[prompt("$log start a new task"), prompt("$HOME is full")]);
    assert_eq!(record.goal.as_deref(), Some("$HOME is full"));
}

fn any_kind() -> impl Strategy<Value = EventKind> {
    let text = || prop_oneof![any::<String>(), Just("cargo test".to_owned()), ".{0,6}"];
    let path = prop::sample::select(vec![
        "/h/api/a",
        "b",
        "/h/web/c",
        "/",
        "../x|y",
        "\u{1f980}",
    ]);
    let action = prop::sample::select(FileAction::ALL.to_vec());
    prop_oneof![
        text().prop_map(|text| EventKind::Prompt { text }),
        text().prop_map(|text| EventKind::Answer { text }),
        text().prop_map(|text| EventKind::Progress { text }),
        text().prop_map(|summary| EventKind::Compaction { summary }),
        text().prop_map(|name| EventKind::Tool { name }),
        (path.clone(), action).prop_map(|(path, action)| EventKind::File {
            path: path.to_owned(),
            action,
            from: None,
        }),
        path.clone().prop_map(|path| EventKind::Directory {
            path: path.to_owned()
        }),
        (text(), any::<Option<bool>>(), text()).prop_map(|(command, ok, error)| {
            EventKind::Command {
                command,
                ok,
                exit: None,
                error,
            }
        }),
        (path.clone(), text(), any::<bool>()).prop_map(|(subject, error, refused)| {
            EventKind::Failure {
                tool: "Edit".to_owned(),
                subject: subject.to_owned(),
                error,
                refused,
            }
        }),
        path.prop_map(|subject| EventKind::Success {
            tool: "Edit".to_owned(),
            subject: subject.to_owned(),
        }),
        (text(), text()).prop_map(|(decision, rationale)| EventKind::Decision {
            decision,
            rationale,
        }),
        (text(), text()).prop_map(|(blocker, resolution)| EventKind::Blocker {
            blocker,
            resolution,
        }),
        ("[0-9a-f]{7,40}", text()).prop_map(|(hash, subject)| EventKind::Commit { hash, subject }),
    ]
}

proptest! {
    /// Between any two of them the record may have been written, and read again.
    #[test]
    fn it_does_not_matter_in_how_many_pieces_it_is_applied(
        kinds in prop::collection::vec((any_kind(), 0_i64..200), 0..12),
    ) {
        let dir = tempfile::tempdir().expect("temporary directory");
        let mut environment = environment(dir.path());
        environment.home = Some(PathBuf::from("/h"));
        let writer = RecordWriter::new(&environment, Zone::UTC, Source::Observed);
        let mut whole = running_session();
        whole.directories = vec!["~/api".to_owned()];
        let mut pieces = whole.clone();
        let started = whole.started.seconds();
        let mut recorder = Recorder::new(&mut whole);
        for (kind, minute) in kinds {
            let at = started * 1000 + minute * 60_000;
            let event = AgentEvent { at, kind };
            writer.apply(&mut recorder, &event);
            writer.apply(&mut Recorder::new(&mut pieces), &event);
            let text = crate::markdown::session::render_record(&pieces);
            let read = crate::markdown::session::parse_record(&text, Zone::UTC, None);
            pieces = read.session.expect("a session");
        }
        prop_assert_eq!(whole, pieces);
    }
}
