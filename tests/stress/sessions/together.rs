//! Many processes at once.

use super::{
    RECORD, column, derived_files_agree, end_and_check, entries, record, records, said, session,
    start, tables_are_whole,
};
use crate::common::{Run, World};
use crate::support::{json, ok, run, sane, scale, succeeded};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

const PROCESSES: usize = 8;

/// Runs as many at once, and returns what each returned.
fn at_once<T: Send>(number: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let barrier = Barrier::new(number);
    thread::scope(|scope| {
        let threads: Vec<_> = (0..number)
            .map(|n| {
                let (barrier, work) = (&barrier, &work);
                scope.spawn(move || {
                    barrier.wait();
                    work(n)
                })
            })
            .collect();
        let joined = threads.into_iter().map(|one| one.join());
        joined.map(|one| one.expect("succeeds")).collect()
    })
}

/// Runs a command, which must succeed, and returns its answer.
fn answer(command: Run<'_>, what: &[&str]) -> Value {
    let out = succeeded(sane(run(command.arg("--json").into_command()), what), what);
    serde_json::from_str(&out).expect("JSON")
}

#[test]
fn eight_processes_log_into_one_session() {
    let world = World::new();
    let events = if scale() == 1 { 10 } else { 25 * scale() };
    start(&world, &[]);
    at_once(PROCESSES, |writer| {
        for n in 0..events {
            let text = format!("w{writer} n{n} | `a`\nb");
            ok(&world, &["log", "event", &text]);
            let (text, other) = (format!("w{writer}d{n}"), format!("w{writer}o{n}"));
            match n % 5 {
                0 => ok(&world, &["log", "decision", &text, "--why", "a|b"]),
                1 => ok(
                    &world,
                    &["log", "file", &text, "--notes", "shared\nby none"],
                ),
                2 => ok(&world, &["log", "tool", "Bash"]),
                3 => ok(&world, &["log", "blocker", &text, "--resolve", &other]),
                // One row, to which all of them add.
                _ => ok(&world, &["log", "file", "all.rs", "--notes", &text]),
            };
        }
    });
    tables_are_whole(&record(&world));
    let check = |session: &Value| {
        let all: Vec<(usize, usize)> = (0..PROCESSES)
            .flat_map(|writer| (0..events).map(move |n| (writer, n)))
            .collect();
        let of = |rest: usize, prefix: &str| -> BTreeSet<String> {
            let some = all.iter().filter(|(_, n)| n % 5 == rest);
            some.map(|(writer, n)| format!("w{writer}{prefix}{n}"))
                .collect()
        };
        let texts = column(session, "progress", "text");
        assert_eq!(texts.len(), all.len(), "nothing lost, nothing doubled");
        for writer in 0..PROCESSES {
            let own = texts
                .iter()
                .filter(|text| text.starts_with(&format!("w{writer} ")));
            let expected = (0..events).map(|n| format!("w{writer} n{n} | `a`\nb"));
            assert!(own.cloned().eq(expected), "in order: {texts:?}");
        }
        let once = |rows: Vec<String>, expected: BTreeSet<String>| {
            assert_eq!(rows.len(), expected.len(), "{rows:?}");
            assert_eq!(rows.into_iter().collect::<BTreeSet<_>>(), expected);
        };
        once(column(session, "decisions", "decision"), of(0, "d"));
        once(column(session, "blockers", "blocker"), of(3, "d"));
        once(column(session, "blockers", "resolution"), of(3, "o"));
        let shared = BTreeSet::from(["all.rs".to_owned()]);
        once(column(session, "files", "path"), &of(1, "d") | &shared);
        assert_eq!(session["tools"][0]["uses"], of(2, "").len(), "{session}");
        let mut rows = session["files"].as_array().expect("files").iter();
        let row = rows.rfind(|row| row["path"] == "all.rs");
        let notes = row.expect("a row")["notes"].as_str().expect("notes");
        once(notes.split("; ").map(str::to_owned).collect(), of(4, "d"));
    };
    check(&session(&world, "20260111-103000"));
    end_and_check(&world);
    tables_are_whole(&world.read("session_logs/shop/20260111-103000.md"));
    check(&session(&world, "20260111-103000"));
}

#[test]
fn two_sessions_in_one_directory_are_never_mixed() {
    let world = World::new();
    let first = start(&world, &[]);
    let second = start(&world, &["--new"]);
    assert_ne!(first, second);
    assert_eq!(records(&world), [".session_log-2.md", RECORD]);
    let output = run(world.command(&["log", "event", "whose?"]).into_command());
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    let events = 6 * scale();
    at_once(6, |writer| {
        for n in 0..events {
            let text = format!("{} w{writer}n{n}", writer % 2);
            let event = ["log", "event", &text];
            let command = world.command(&event);
            let command = match writer {
                0 | 2 => command.arg("--session").arg(&first),
                1 | 3 => command.arg("--session").arg(&second),
                4 => command.env("MX_SESSION", &first),
                // The option wins over the variable.
                _ => command
                    .arg("--session")
                    .arg(&second)
                    .env("MX_SESSION", &first),
            };
            answer(command, &event);
        }
    });
    for (number, id) in [&first, &second].into_iter().enumerate() {
        let texts = column(&session(&world, id), "progress", "text");
        assert_eq!(texts.len(), 3 * events, "{id}");
        assert!(
            texts
                .iter()
                .all(|text| text.starts_with(&number.to_string()))
        );
    }
    ok(&world, &["log", "end", "--session", &first]);
    // Now there is no question whose it is.
    ok(&world, &["log", "event", "1 alone"]);
    ok(&world, &["log", "end"]);
    assert_eq!(entries(&world).len(), 2);
    assert!(records(&world).is_empty());
    let texts = column(&session(&world, &second), "progress", "text");
    assert_eq!(texts.last().map(String::as_str), Some("1 alone"));
    derived_files_agree(&world);
}

#[test]
fn two_agents_in_one_directory_have_two_sessions() {
    for round in 0..2 * scale() {
        let world = World::new();
        let by = |agent: usize, arguments: &[&str]| {
            let name = ["a", "b", "c"][agent];
            let command = world.command(arguments).env("CLAUDE_CODE_SESSION_ID", name);
            answer(command, arguments)
        };
        let ids = at_once(3, |agent| {
            let started = by(agent, &["log", "start"]);
            assert_eq!(started["action"], "started", "{round}: {started}");
            started["session"]["id"].as_str().expect("an id").to_owned()
        });
        let again = by(0, &["log", "start"]);
        assert_eq!(again["action"], "running");
        assert_eq!(again["session"]["id"], *ids[0]);
        at_once(6, |n| {
            let agent = n % 3;
            for n in 0..3 {
                let logged = by(agent, &["log", "event", &format!("{agent} {n}")]);
                assert_eq!(logged["session"], *ids[agent]);
            }
        });
        for (agent, id) in ids.iter().enumerate() {
            let texts = column(&session(&world, id), "progress", "text");
            assert_eq!(texts.len(), 6, "{texts:?}");
            assert!(
                texts
                    .iter()
                    .all(|text| text.starts_with(&agent.to_string()))
            );
        }
        std::fs::write(world.work().join("new.txt"), "x").expect("a file");
        assert_eq!(by(0, &["log", "end"])["session"], *ids[0]);
        std::fs::write(world.work().join("newer.txt"), "x").expect("a file");
        // What happens here now belongs to the sessions that go on.
        let again = by(0, &["log", "end"]);
        assert_eq!(again["session"], Value::Null, "{again}");
        at_once(2, |n| {
            assert_eq!(by(n + 1, &["log", "end"])["session"], *ids[n + 1])
        });
        assert_eq!(entries(&world).len(), 3, "{:?}", entries(&world));
        derived_files_agree(&world);
    }
}

#[test]
fn many_starts_at_once_begin_one_session() {
    for round in 0..4 * scale() {
        let world = World::new();
        if round % 2 == 1 {
            world.write(".mx/config.yaml", "session_file: kb\n");
        }
        std::fs::write(world.work().join("old.txt"), "old").expect("a file");
        let answers = at_once(PROCESSES, |n| match n % 4 {
            3 => answer(world.command(&["log", "status"]), &["status"]),
            _ => answer(world.command(&["log", "start"]), &["start"]),
        });
        let starts: Vec<&Value> = answers.iter().filter(|a| a["action"].is_string()).collect();
        let begun = starts.iter().filter(|start| start["action"] == "started");
        assert_eq!(begun.count(), 1, "round {round}: {starts:?}");
        for start in &starts {
            assert_eq!(start["session"]["id"], starts[0]["session"]["id"]);
        }
        let running = json(&world, &["log", "status"])["running"].clone();
        assert_eq!(running.as_array().map(Vec::len), Some(1), "{running}");
        // What was there when it began is known, hence what came later too.
        std::fs::write(world.work().join("new.txt"), "new").expect("a file");
        ok(&world, &["log", "update"]);
        let id = running[0]["id"].as_str().expect("an id").to_owned();
        let files = column(&session(&world, &id), "files", "path");
        assert_eq!(files, ["new.txt"], "round {round}");
        end_and_check(&world);
    }
}

#[test]
fn starts_in_many_directories_of_one_project_give_many_sessions() {
    for _ in 0..2 * scale() {
        let world = World::new();
        let answers = at_once(PROCESSES, |n| {
            let dir = world.work().join(format!("d{n}"));
            std::fs::create_dir(&dir).expect("a directory");
            let command = world.command(&["log", "start", "--project", "shop"]);
            answer(command.within(&dir), &["log", "start"])
        });
        let ids = answers.iter().map(|one| one["session"]["id"].to_string());
        assert_eq!(ids.collect::<BTreeSet<_>>().len(), PROCESSES, "{answers:?}");
        let ends = at_once(PROCESSES, |n| {
            let dir = world.work().join(format!("d{n}"));
            let event = world.command(&["log", "event", "here"]).within(&dir);
            answer(event, &["log", "event"]);
            answer(world.command(&["log", "end"]).within(&dir), &["log", "end"])
        });
        for (start, end) in answers.iter().zip(&ends) {
            assert_eq!(start["session"]["id"], end["session"]);
        }
        assert_eq!(entries(&world).len(), PROCESSES);
        derived_files_agree(&world);
    }
}

#[test]
fn what_was_acknowledged_before_the_end_is_in_the_entry() {
    for round in 0..3 * scale() {
        let world = World::new();
        start(&world, &[]);
        let over = AtomicBool::new(false);
        let acknowledged = thread::scope(|scope| {
            let writing: Vec<_> = (0..6)
                .map(|writer| {
                    let world = &world;
                    scope.spawn(move || {
                        let mut acknowledged = Vec::new();
                        loop {
                            let text = format!("w{writer}n{}", acknowledged.len());
                            let event = ["log", "event", &text];
                            let output = run(world.command(&event).into_command());
                            if !output.status.success() {
                                let said = said(&output);
                                assert_eq!(output.status.code(), Some(3), "{said}");
                                assert!(said.contains("mx log start"), "{said}");
                                return acknowledged;
                            }
                            let row = String::from_utf8_lossy(&output.stdout);
                            if row.trim_end() != "Logged event to session 20260111-103000" {
                                // That one has ended: this row began another, or is in it.
                                return acknowledged;
                            }
                            acknowledged.push(text);
                        }
                    })
                })
                .collect();
            let (world, over) = (&world, &over);
            // Readers end with this scope, also if an assertion fails.
            let over_at_last = SetWhenDropped(over);
            let reading = scope.spawn(move || {
                while !over.load(Ordering::Relaxed) {
                    ok(world, &["log", "status"]);
                    ok(world, &["log", "list"]);
                    ok(world, &["resume"]);
                }
            });
            thread::sleep(Duration::from_millis(150 + 40 * (round as u64 % 5)));
            let ended = json(world, &["log", "end"]);
            assert_eq!(ended["session"], "20260111-103000");
            let acknowledged = writing
                .into_iter()
                .flat_map(|w| w.join().expect("as expected"));
            let mut acknowledged: Vec<String> = acknowledged.collect();
            acknowledged.sort();
            drop(over_at_last);
            reading.join().expect("readers are never disturbed");
            acknowledged
        });
        assert_eq!(entries(&world).len(), 1, "round {round}");
        let mut texts = column(&session(&world, "20260111-103000"), "progress", "text");
        texts.sort();
        assert_eq!(texts, acknowledged, "round {round}");
        derived_files_agree(&world);
    }
}

#[test]
fn ends_at_once_give_one_entry() {
    for round in 0..4 * scale() {
        let world = World::new();
        if round % 2 == 1 {
            world.write(".mx/config.yaml", "session_file: kb\n");
        }
        start(&world, &[]);
        ok(&world, &["log", "event", "once"]);
        std::fs::write(world.work().join("new.txt"), "new").expect("a file");
        let ends = at_once(4, |_| {
            let end = ["log", "end", "--summary", "by somebody"];
            answer(world.command(&end), &end)
        });
        let entry = "session_logs/shop/20260111-103000.md";
        assert_eq!(entries(&world), [entry], "round {round}: {ends:?}");
        assert!(records(&world).is_empty());
        for end in &ends {
            assert_eq!(end["path"], entry, "round {round}: {ends:?}");
        }
        let text = world.read(entry);
        assert_eq!(text.matches("| once |").count(), 1, "{text}");
        assert_eq!(text.matches("Last session: by").count(), 1, "{text}");
        derived_files_agree(&world);
    }
}

/// Sets a flag when it is dropped, also by a panic.
struct SetWhenDropped<'a>(&'a AtomicBool);

impl Drop for SetWhenDropped<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
