//! Many processes at once.

use crate::common::World;
use crate::support::{self, json, log, messages, ok, paths, run, scale, succeeded};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

const WRITERS: usize = 16;
/// What `index` prints that could not take a lock.
const BUSY: i32 = 4;
const ENTRY: &str = "projects/demo/sessions.md";

fn message(writer: usize, n: usize) -> String {
    // Some cross the pages in which a system writes.
    let filler = "lorem ipsum dolor\n".repeat(if n % 4 == 3 { 500 } else { n % 4 });
    format!(
        "common writer{writer:02} note{n:03} w{writer:02}n{n:03}x\n{filler}end{writer:02}n{n:03}"
    )
}

#[test]
fn sixteen_writers_to_one_entry_lose_nothing_and_every_search_answers() {
    let world = World::with(&[("other.md", "# Other\n\ncommon ground\n")]);
    let notes = if scale() == 1 { 12 } else { 20 * scale() };
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let searching: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    let mut searches = 0;
                    while !done.load(Ordering::Relaxed) {
                        let answer = json(&world, &["search", "common"]);
                        assert!(paths(&answer).contains(&"other.md".to_owned()), "{answer}");
                        searches += 1;
                    }
                    searches
                })
            })
            .collect();
        let writing: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let world = &world;
                scope.spawn(move || {
                    for n in 0..notes {
                        let run =
                            support::run(log(world, ENTRY, &message(writer, n)).into_command());
                        succeeded(run, &["session-log"]);
                    }
                    let last = format!("w{writer:02}n{:03}x", notes - 1);
                    let answer = json(world, &["search", &last]);
                    let seen = paths(&answer) == [ENTRY] && answer["step"] == "all";
                    assert!(seen || answer["stale"] == true, "{last}: {answer}");
                })
            })
            .collect();
        let failed = writing.into_iter().filter_map(|w| w.join().err()).count();
        done.store(true, Ordering::Relaxed);
        let searches: Vec<i32> = searching
            .into_iter()
            .map(|s| s.join().expect("answers"))
            .collect();
        eprintln!("searches meanwhile: {searches:?}");
        assert_eq!(failed, 0, "every writer succeeds");
    });
    let mut next: HashMap<usize, usize> = HashMap::new();
    let text = world.read(ENTRY);
    for found in messages(&text) {
        let number = |at: usize, digits: usize| found[at..at + digits].parse::<usize>();
        let (writer, n) = match (number(13, 2), number(20, 3)) {
            (Ok(writer), Ok(n)) => (writer, n),
            _ => panic!("half a section: {found}"),
        };
        assert_eq!(found, message(writer, n), "whole");
        let expected = next.entry(writer).or_default();
        assert_eq!(n, *expected, "once, and in order, of writer {writer}");
        *expected += 1;
    }
    assert!(
        (0..WRITERS).all(|w| next.get(&w) == Some(&notes)),
        "all are there: {next:?}"
    );
    assert!(!text.contains("\n\n\n"), "one blank line between sections");
    support::index_is_right(&world);
    assert_eq!(world.json(&["search", "w00n000x"])["total"], 1);
}

#[test]
fn each_of_many_finds_its_own_last_note() {
    let world = World::with(&[("other.md", "# Other\n\ncommon ground\n")]);
    let notes = 25 * scale();
    thread::scope(|scope| {
        for agent in 0..8 {
            let world = &world;
            scope.spawn(move || {
                for n in 0..notes {
                    let token = format!("a{agent}n{n}x");
                    let entry = format!("projects/p{}/sessions.md", agent % 3);
                    let run = run(log(world, &entry, &token).into_command());
                    succeeded(run, &["session-log"]);
                    let answer = json(world, &["search", &token]);
                    assert_eq!(paths(&answer), [entry], "{token}: {answer}");
                    assert_eq!(answer["stale"], false, "{token}: {answer}");
                }
            });
        }
    });
    support::index_is_right(&world);
}

#[test]
fn one_of_many_creates_an_entry_and_the_others_append() {
    for round in 0..3 * scale() {
        let world = World::new();
        let actions: Vec<String> = thread::scope(|scope| {
            let writers: Vec<_> = (0..WRITERS)
                .map(|n| {
                    let world = &world;
                    scope.spawn(move || {
                        let run = log(world, ENTRY, &format!("message {n:02}")).arg("--json");
                        let out = succeeded(run.output(), &["session-log"]);
                        let answer: serde_json::Value = serde_json::from_str(&out).expect("JSON");
                        answer["action"].as_str().expect("an action").to_owned()
                    })
                })
                .collect();
            writers
                .into_iter()
                .map(|w| w.join().expect("succeeds"))
                .collect()
        });
        let created = actions.iter().filter(|action| *action == "created").count();
        assert_eq!(created, 1, "round {round}: {actions:?}");
        let mut all = messages(&world.read(ENTRY));
        all.sort();
        let expected: Vec<_> = (0..WRITERS).map(|n| format!("message {n:02}")).collect();
        assert_eq!(all, expected, "round {round}");
        let names = std::fs::read_dir(world.kb().join("projects/demo")).expect("a directory");
        assert_eq!(names.count(), 1, "nothing temporary is left");
    }
}

#[test]
fn many_entries_are_created_at_once() {
    let world = World::new();
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            let world = &world;
            scope.spawn(move || {
                for n in 0..3 * scale() {
                    let entry = format!("projects/p{n}/deep/w{writer}/sessions.md");
                    let run = run(log(world, &entry, "the very first").into_command());
                    succeeded(run, &["session-log"]);
                    ok(world, &["search", "first"]);
                }
            });
        }
    });
    let answer = json(&world, &["search", "very first", "-n", "1"]);
    assert_eq!(answer["total"], WRITERS * 3 * scale(), "{answer}");
    support::index_is_right(&world);
}

/// A process was stopped while it held a lock.
#[cfg(unix)]
#[test]
fn a_lock_of_the_index_that_is_never_given_back_stops_no_search() {
    let world = World::with(&[("a.md", "# A\n\nlighthouse\n"), ("b.md", "# B\n\nbeacon\n")]);
    ok(&world, &["index"]);
    let index = world.kb().join(".mx/index");
    for lock in ["gate.lock", "1/fulltext/.tantivy-meta.lock"] {
        let held = std::fs::File::options()
            .read(true)
            .write(true)
            .open(index.join(lock));
        let held = held.expect("a lock file");
        held.lock().expect("locked");
        world.write("a.md", format!("# A\n\nafterwards {}\n", lock.len()));
        for (query, expected) in [
            (&["afterwards"][..], &["a.md"][..]),
            (&["lighthouse"], &[]),
            (&["beacon", "--no-refresh"], &["b.md"]),
        ] {
            let arguments = [&["search", "--json"], query].concat();
            let output = support::mx(&world, &arguments);
            let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(stderr.contains(lock), "{stderr}");
            let answer = succeeded(output, &arguments);
            let answer = serde_json::from_str(&answer).expect("JSON");
            assert_eq!(paths(&answer), expected, "{answer}");
        }
        let output = support::mx(&world, &["index"]);
        assert_eq!(output.status.code(), Some(BUSY));
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(stderr.contains(lock), "{stderr}");
        drop(held);
    }
    support::index_is_right(&world);
    assert_eq!(support::found(&world, &["afterwards"]), ["a.md"]);
}
