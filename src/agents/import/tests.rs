//! Imports that are interrupted, and done again.

use super::*;
use crate::agents::discover_transcripts;
use crate::kb::tests::TestKb;
use crate::session::recorder::Recorder;
use std::fs;

/// Lines that Claude Code wrote, of a session, which may be copied from another one.
fn told(session: &str, from: &str, said: &[&str]) -> String {
    let line = |(n, text): (usize, &&str)| {
        format!(
            "{{\"type\":\"user\",\"uuid\":\"{from}-{n}\",\"sessionId\":\"{session}\",\
             \"cwd\":\"/p\",\"timestamp\":\"2026-01-10T09:{n:02}:00.000Z\",\
             \"message\":{{\"role\":\"user\",\"content\":\"{text}\"}}}}\n"
        )
    };
    said.iter().enumerate().map(line).collect()
}

fn transcript(kb: &TestKb, name: &str, text: &str) -> AgentTranscript {
    let path = kb.environment().cwd.join(name);
    fs::write(&path, text).expect("written");
    let mut found = discover_transcripts(&path).expect("found").files;
    found.remove(0)
}

fn text_of(kb: &TestKb, imported: &Imported) -> String {
    match imported {
        Imported::New(path) | Imported::Grown(path) => kb.text(path.as_str()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_an_interrupted_import_told_is_not_told_again_by_a_fork() {
    let kb = TestKb::new();
    let said = ["A lamp", "A shade"];
    let first = transcript(&kb, "s1.jsonl", &told("s1", "s1", &said));
    let fork = told("s2", "s1", &said) + &told("s2", "s2", &["A bulb"]);
    let fork = transcript(&kb, "s2.jsonl", &fork);
    // Nothing comes behind it: as after a kill.
    Import::new(&kb)
        .expect("made")
        .file(&first)
        .expect("imported");
    let mut import = Import::new(&kb).expect("made");
    let (imported, _) = import.file(&fork).expect("imported");
    let text = text_of(&kb, &imported);
    assert!(
        text.contains("A bulb") && !text.contains("A lamp"),
        "{text}"
    );
}

#[test]
fn what_was_added_and_not_noted_is_not_added_twice() {
    let kb = TestKb::new();
    let first = transcript(&kb, "s1.jsonl", &told("s1", "s1", &["A lamp"]));
    Import::new(&kb)
        .expect("made")
        .file(&first)
        .expect("imported");
    let known = known_path(&kb, &first.file.path);
    let before = fs::read(&known).expect("noted");
    let grown = transcript(&kb, "s1.jsonl", &told("s1", "s1", &["A lamp", "A shade"]));
    let mut import = Import::new(&kb).expect("made");
    let imported = import.file(&grown).expect("imported").0;
    let expected = text_of(&kb, &imported);
    drop(import);
    // Killed between the two: the note says that something was being added.
    let mut noted: Known = serde_json::from_slice(&before).expect("JSON");
    noted.growing = true;
    fs::write(&known, serde_json::to_vec(&noted).expect("JSON")).expect("written");
    let again = Import::new(&kb)
        .expect("made")
        .file(&grown)
        .expect("imported")
        .0;
    assert_eq!(text_of(&kb, &again), expected);
}

#[test]
fn one_import_waits_for_another() {
    let kb = TestKb::new();
    let first = Import::new(&kb).expect("made");
    std::thread::scope(|scope| {
        let second = scope.spawn(|| Import::new(&kb).map(|_| ()));
        std::thread::sleep(std::time::Duration::from_millis(50));
        assert!(!second.is_finished());
        drop(first);
        second.join().expect("no panic").expect("its turn");
    });
}

/// Lines of a session that ran a command, half a minute after what was asked.
fn ran(session: &str, kb: &TestKb, asked: &str, command: &str, second: i64) -> String {
    let cwd = serde_json::to_string(&kb.environment().cwd).expect("JSON");
    let at = |more: i64| {
        let at = chrono::DateTime::from_timestamp(second + more, 0).expect("a time");
        at.format("%Y-%m-%dT%H:%M:%S.000Z").to_string()
    };
    let line = |kind: &str, more: i64, content: &str| {
        format!(
            "{{\"type\":\"{kind}\",\"uuid\":\"{session}-{kind}-{more}-{second}\",\"sessionId\":\"{session}\",\
             \"cwd\":{cwd},\"timestamp\":\"{}\",\"message\":{{\"role\":\"{kind}\",\"id\":\"m{more}\",\
             \"content\":{content}}}}}\n",
            at(more)
        )
    };
    let call = format!(
        "[{{\"type\":\"tool_use\",\"id\":\"{session}-{second}\",\"name\":\"Bash\",\"input\":{{\"command\":\"{command}\"}}}}]"
    );
    let result = format!(
        "[{{\"type\":\"tool_result\",\"tool_use_id\":\"{session}-{second}\",\"content\":\"\"}}]"
    );
    line("user", 0, &format!("\"{asked}\""))
        + &line("assistant", 10, &call)
        + &line("user", 30, &result)
}

fn import_text(kb: &TestKb, name: &str, text: &str) -> String {
    let file = transcript(kb, name, text);
    let imported = Import::new(kb)
        .expect("made")
        .file(&file)
        .expect("imported");
    text_of(kb, &imported.0)
}

#[test]
fn what_hooks_and_two_imports_tell_is_told_once() {
    let kb = TestKb::new();
    let first = ran("s1", &kb, "Do it", "ls", 1_768_035_600);
    let text = import_text(&kb, "s1.jsonl", &first);
    let path = kb.root().join("session_logs/cwd");
    let record = fs::read_dir(path).expect("a directory").next();
    let record = record.expect("a record").expect("an entry").path();
    // The agent goes on, and hooks report another minute.
    crate::session::record::change_record_file(&kb, &record, |session| {
        let time = session.started.datetime().naive_local() + chrono::TimeDelta::minutes(60);
        let mut recorder = Recorder::new(session);
        recorder.add_event(time, "Asked: Go on", Source::Observed);
        recorder.count_tool("Bash", 1, Source::Observed);
        Ok(())
    })
    .expect("changed");
    let both = first + &ran("s1", &kb, "Go on", "ls", 1_768_035_600 + 3_655);
    let grown = import_text(&kb, "s1.jsonl", &both);
    assert_eq!(grown.matches("Asked: Go on").count(), 1, "{grown}");
    assert!(grown.contains("| Bash | 2 "), "{grown}");
    assert!(text.contains("| Bash | 1 "), "{text}");
}

#[test]
fn a_session_whose_project_got_another_name_keeps_its_record() {
    let kb = TestKb::new();
    let first = ran("s1", &kb, "Do it", "ls", 1_768_035_600);
    import_text(&kb, "s1.jsonl", &first);
    fs::write(kb.environment().cwd.join(".kbcontext"), "project: acme\n").expect("written");
    fs::remove_dir_all(kb.root().join(".mx/import")).expect("removed");
    let more = first + &ran("s1", &kb, "Go on", "ls", 1_768_039_200);
    let text = import_text(&kb, "s1.jsonl", &more);
    assert!(text.contains("Do it") && text.contains("Go on"), "{text}");
    assert!(!kb.root().join("session_logs/acme").exists());
}

#[test]
fn a_commit_by_somebody_else_is_not_of_a_session_that_made_none() {
    let kb = TestKb::new();
    let second = 1_768_035_600;
    if !commit_in(&kb, &format!("@{} +0000", second + 20)) {
        return;
    }
    let looked = import_text(&kb, "s1.jsonl", &ran("s1", &kb, "Look", "ls", second));
    assert!(!looked.contains("Committed"), "{looked}");
    let made = ran("s2", &kb, "Commit it", "git commit -qam theirs", second);
    let made = import_text(&kb, "s2.jsonl", &made);
    assert!(made.contains("Committed"), "{made}");
    // Another one whose commands may have done anything, at the same time.
    let third = ran("s3", &kb, "Make it", "./release.sh", second);
    let third = import_text(&kb, "s3.jsonl", &third);
    assert!(!third.contains("Committed"), "{third}");
}

/// Makes a repository with a commit; `false` without git.
fn commit_in(kb: &TestKb, time: &str) -> bool {
    let git = |arguments: &[&str]| {
        let mut git = std::process::Command::new("git");
        git.current_dir(&kb.environment().cwd).args(arguments);
        git.env("HOME", &kb.environment().cwd);
        git.envs([("GIT_AUTHOR_DATE", time), ("GIT_COMMITTER_DATE", time)]);
        git.output().is_ok_and(|output| output.status.success())
    };
    let begun = git(&["init", "-q"]);
    fs::write(kb.environment().cwd.join("a.py"), "1\n").expect("written");
    let name = ["-c", "user.name=a", "-c", "user.email=a@b.c"];
    let commit = [&name[..], &["commit", "-q", "-m", "Theirs"]].concat();
    begun && git(&["add", "a.py"]) && git(&commit)
}

#[test]
fn a_session_that_begins_or_ends_while_transcripts_are_read_has_one_record() {
    use crate::session::finish::end_now;
    use crate::session::start::{Beginning, start};
    use crate::session::tests::samples::bare_beginning;
    let kb = TestKb::new();
    let transcripts = ["s1", "s2", "s3"].map(|name| {
        transcript(
            &kb,
            &format!("{name}.jsonl"),
            &told(name, name, &["A lamp"]),
        )
    });
    let mut import = Import::new(&kb).expect("made");
    let mut file = |number: usize| import.file(&transcripts[number]).expect("imported").0;
    assert!(matches!(file(0), Imported::New(_)));
    let beginning = Beginning {
        agent: Some(AgentSession {
            name: "claude".to_owned(),
            id: "s2".to_owned(),
        }),
        ..bare_beginning()
    };
    let begun = start(&kb, &beginning).expect("begun");
    assert!(matches!(file(1), Imported::GoesOn));
    assert!(matches!(file(2), Imported::New(_)));
    end_now(&kb, &begun.running, Ending::default()).expect("ended");
    assert!(matches!(file(1), Imported::Grown(_)));
}
