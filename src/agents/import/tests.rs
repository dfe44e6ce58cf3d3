//! Imports that are interrupted, and done again.

use super::*;
use crate::agents::discover_transcripts;
use crate::kb::tests::TestKb;
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
