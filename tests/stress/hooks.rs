//! Hooks: many at once, killed folding, journals cut anywhere, processes that are gone.

use crate::common::World;
use crate::support::{Random, json, ok, scale};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Calls the hook with an event, in the generic form.
fn tell(world: &World, session: &str, event: Value) {
    let mut event = event;
    event["session"] = session.into();
    event["cwd"] = world.work().to_string_lossy().into_owned().into();
    let run = world.command(&["hook", "--agent", "generic"]);
    let output = run.input(event.to_string()).output();
    assert!(output.status.success(), "{output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
}

/// Returns every record, the entry's name first.
fn records(world: &World) -> Vec<(String, String)> {
    let dir = world.kb().join("session_logs/shop");
    let mut found: Vec<(String, String)> = fs::read_dir(dir)
        .into_iter()
        .flatten()
        .map(|entry| entry.expect("an entry").path())
        // What a killed process left half written is hidden.
        .filter(|path| path.extension().is_some_and(|name| name == "md"))
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy();
            (
                name.into_owned(),
                fs::read_to_string(&path).expect("a record"),
            )
        })
        .collect();
    found.sort();
    found
}

fn journal_dir(world: &World) -> PathBuf {
    world.kb().join(".mx/journal")
}

/// Returns the journals that are there still.
fn journals(world: &World) -> Vec<PathBuf> {
    let dir = journal_dir(world);
    let lists = [dir.join("done"), dir].map(fs::read_dir);
    let entries = lists.into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    found.retain(|path| path.extension().is_some_and(|name| name == "jsonl"));
    found
}

/// How often each text `NUMBER-NUMBER.` stands in the records.
fn counted(world: &World) -> HashMap<String, usize> {
    let mut counts = HashMap::new();
    for (_, text) in records(world) {
        let rows = text.lines().filter(|line| line.starts_with("| "));
        for word in rows.flat_map(str::split_whitespace) {
            if let Some(number) = word.strip_prefix("step-") {
                *counts.entry(number.to_owned()).or_insert(0) += 1;
            }
        }
    }
    counts
}

/// A payload of 5 MB, three times in it, must not be held in memory.
#[cfg(target_os = "linux")]
#[test]
fn a_large_payload_takes_no_more_memory_than_a_small_one() {
    let world = World::new();
    let peak = |size: usize| {
        let text = "let a_line = \"of forty bytes\";\n".repeat(size / 31);
        let lines: Vec<&str> = text.lines().collect();
        let event = json!({"hook_event_name": "PostToolUse", "session_id": "s",
            "cwd": world.work(), "tool_name": "Write",
            "tool_input": {"file_path": world.work().join("a.rs"), "content": text},
            "tool_response": {"type": "update", "content": text, "originalFile": text,
                "structuredPatch": [{"lines": lines}]}});
        let file = world.home().join("event");
        fs::write(&file, event.to_string()).expect("write");
        let mut command = world.command(&["hook", "--agent", "claude"]).into_command();
        command.stdin(fs::File::open(file).expect("an event"));
        let mut child = command.stdout(Stdio::null()).spawn().expect("mx runs");
        // What a process held at most is read while it is there.
        let mut most = 0;
        while child.try_wait().expect("a child").is_none() {
            let status = fs::read_to_string(format!("/proc/{}/status", child.id()));
            let status = status.unwrap_or_default();
            let line = status.lines().find(|line| line.starts_with("VmHWM:"));
            let number = line.and_then(|line| line.split_whitespace().nth(1));
            most = number.and_then(|text| text.parse().ok()).unwrap_or(most);
        }
        most
    };
    let most = |size: usize| (0..5).map(|_| peak(size)).max().expect("a number");
    let (small, large): (u64, u64) = (most(1_000), most(5_000_000));
    eprintln!("{small} and {large} KiB");
    assert!(large < small + 4_000, "{small} and {large} KiB");
}

#[test]
fn sixty_four_writers_lose_and_mix_nothing_while_others_fold() {
    let world = World::new();
    let (writers, events) = (64, 6 * scale());
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let fold = || {
            let mut folded = 0;
            while !done.load(Ordering::Relaxed) {
                ok(&world, &["log", "list"]);
                folded += 1;
            }
            folded
        };
        let folding = [scope.spawn(fold), scope.spawn(fold)];
        let writing: Vec<_> = (0..writers)
            .map(|writer| {
                let world = &world;
                scope.spawn(move || {
                    // A few share a session, which ends and goes on all the time.
                    let session = format!("s-{}", writer % 16);
                    for n in 0..events {
                        let text = format!("step-{writer}-{n}");
                        tell(world, &session, json!({"event": "progress", "text": text}));
                        match writer / 16 {
                            0 => tell(world, &session, json!({"event": "end"})),
                            1 => tell(world, &session, json!({"event": "start"})),
                            _ => {}
                        }
                    }
                })
            })
            .collect();
        let failed = writing
            .into_iter()
            .filter_map(|one| one.join().err())
            .count();
        done.store(true, Ordering::Relaxed);
        let folded: usize = folding.map(|one| one.join().expect("folds")).iter().sum();
        eprintln!("folded {folded} times meanwhile");
        assert_eq!(failed, 0);
    });
    for session in 0..16 {
        tell(&world, &format!("s-{session}"), json!({"event": "end"}));
    }
    ok(&world, &["log", "list"]);
    assert_eq!(journals(&world), Vec::<PathBuf>::new());
    let counts = counted(&world);
    let wrong: Vec<_> = counts.iter().filter(|(_, count)| **count != 1).collect();
    assert!(wrong.is_empty(), "more than once: {wrong:?}");
    assert_eq!(counts.len(), writers * events, "all are there");
    assert_eq!(records(&world).len(), 16);
    assert!(!journal_dir(&world).join("hook-losses").exists());
}

/// The recorded session of Claude Code, sent to the hook once.
struct Recorded {
    world: World,
    name: String,
    bytes: Vec<u8>,
}

impl Recorded {
    fn new() -> Self {
        let world = World::new();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/hooks");
        let stream = fs::read_to_string(root.join("claude/session.jsonl")).expect("a stream");
        let work = world.work().to_string_lossy().into_owned();
        for (minute, line) in stream.lines().enumerate() {
            let event = line.replace("/w/app", &work);
            let run = world.command(&["hook", "--agent", "claude"]).input(event);
            let run = run.env("MX_NOW", format!("2026-01-11T10:{minute:02}:00Z"));
            assert!(run.output().status.success());
        }
        let journal = journals(&world).remove(0);
        let bytes = fs::read(&journal).expect("a journal");
        let name = journal
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        Recorded { world, name, bytes }
    }

    /// Puts this into the place of all there is.
    fn reset(&self, journal: &[u8]) {
        let _ = fs::remove_dir_all(self.world.kb());
        self.world
            .write(&format!(".mx/journal/{}", self.name), journal);
    }

    /// Folds, and returns the records, of which there is one at most.
    fn folded(&self) -> String {
        ok(&self.world, &["log", "list"]);
        let records = records(&self.world);
        assert!(records.len() <= 1, "{records:?}");
        let (_, text) = records.into_iter().next().unwrap_or_default();
        text
    }

    /// Returns the journal as if its process were gone.
    fn orphaned(&self) -> Vec<u8> {
        let text = String::from_utf8(self.bytes.clone()).expect("UTF-8");
        let mut parts = text.split("\"pid_start\":\"");
        let mut orphaned = parts.next().expect("a beginning").to_owned();
        for part in parts {
            let (_, rest) = part.split_once('"').expect("the end of a text");
            orphaned.push_str(&format!("\"pid_start\":\"never\"{rest}"));
        }
        orphaned.into_bytes()
    }
}

/// Of a command in the background one hook reports that it began, and another how it ended. Both
/// may be called at once, whichever is first.
#[test]
fn the_ends_of_commands_in_the_background_are_told_once_however_many_hooks_are_called() {
    let world = World::new();
    let commands = 24 * scale();
    let call = |name: &str, input: Value, response: Value| {
        let event = json!({"hook_event_name": "PostToolUse", "session_id": "s",
            "cwd": world.work(), "tool_name": name, "tool_input": input,
            "tool_response": response});
        let run = world.command(&["hook", "--agent", "claude"]);
        let output = run.input(event.to_string()).output();
        assert!(
            output.status.success() && output.stderr.is_empty(),
            "{output:?}"
        );
    };
    thread::scope(|scope| {
        for number in 0..commands {
            let (call, id) = (&call, format!("b{number}"));
            let task = json!({"task": {"task_id": id, "status": "failed",
                "output": format!("step-{number} broke"), "exitCode": 1}});
            let wait = json!({"task_id": id, "block": true});
            let run = json!({"command": format!("make {number}"), "run_in_background": true});
            let begun = json!({"stdout": "", "stderr": "", "backgroundTaskId": id});
            scope.spawn(move || call("Bash", run, begun));
            scope.spawn(move || call("TaskOutput", wait, task));
        }
    });
    let journal = journals(&world).pop().expect("a journal");
    let journal = fs::read_to_string(journal).expect("a journal");
    let ends = journal.lines().filter(|line| line.contains("\"exit\":1"));
    let mut ends: Vec<&str> = ends.collect();
    assert_eq!(ends.len(), commands, "{ends:#?}");
    ends.sort();
    for number in 0..commands {
        let command = format!("\"make {number}\"");
        let told = ends.iter().filter(|line| line.contains(&command));
        assert_eq!(told.count(), 1, "{command}: {ends:#?}");
    }
}

/// Returns the whole lines of a journal, its end left out.
fn lines(journal: &[u8]) -> Vec<String> {
    let end = journal.iter().rposition(|byte| *byte == b'\n');
    let text = String::from_utf8_lossy(&journal[..end.map_or(0, |at| at + 1)]).into_owned();
    let lines = text.lines().filter(|line| !line.is_empty());
    let lines = lines.filter(|line| !line.contains("\"kind\":\"end\""));
    lines.map(str::to_owned).collect()
}

/// Returns the journal of these lines, ended at the time of the last.
fn with_end(lines: &[String]) -> String {
    let mut values = lines
        .iter()
        .map(|line| serde_json::from_str(line).expect("JSON"));
    let last = values.rfind(|value: &Value| value["kind"].is_string());
    let at = last.map_or(json!(0), |value| value["at"].clone());
    let end = json!({"at": at, "kind": "end"});
    lines
        .iter()
        .map(|line| format!("{line}\n"))
        .collect::<String>()
        + &format!("{end}\n")
}

#[cfg(target_os = "linux")]
#[test]
fn a_journal_cut_anywhere_is_a_session_that_ended_there() {
    let recorded = Recorded::new();
    let orphaned = recorded.orphaned();
    let stride = (17 / scale()).max(1);
    let mut expected: HashMap<(usize, bool), String> = HashMap::new();
    let cuts = (0..=orphaned.len()).filter(|cut| {
        let line_end = orphaned[..*cut].ends_with(b"\n") || orphaned[*cut..].starts_with(b"\n");
        line_end || cut % stride == 0
    });
    for cut in cuts {
        recorded.reset(&orphaned[..cut]);
        let got = recorded.folded();
        let whole = lines(&orphaned[..cut]);
        let ended = orphaned[..cut].ends_with(&orphaned[orphaned.len() - 8..]);
        let expected = expected.entry((whole.len(), ended)).or_insert_with(|| {
            let journal = if ended {
                recorded.bytes.clone()
            } else {
                with_end(&whole).into_bytes()
            };
            recorded.reset(&journal);
            recorded.folded()
        });
        let (reasons, rest): (Vec<&str>, Vec<&str>) = got
            .lines()
            .partition(|line| line.starts_with("**Interrupted:**"));
        // An agent that waits for its user ends without a word.
        let tells = |line: &&String| {
            let begins = ["start", "directory"].map(|kind| format!("\"kind\":\"{kind}\""));
            line.contains("\"kind\":") && !begins.iter().any(|kind| line.contains(kind))
        };
        let idle = whole.iter().rfind(tells);
        let idle = idle.is_some_and(|line| line.contains("\"kind\":\"idle\""));
        let interrupted = usize::from(!got.is_empty() && !ended && !idle);
        assert_eq!(reasons.len(), interrupted, "{cut}: {got}");
        let expected: Vec<&str> = expected.lines().collect();
        assert_eq!(rest, expected, "{cut}");
    }
    assert!(expected.len() > 30);
}

#[test]
fn killed_folding_leaves_nothing_out_and_nothing_twice() {
    let mut random = Random::new();
    let recorded = Recorded::new();
    recorded.reset(&recorded.bytes);
    let started = Instant::now();
    let expected = recorded.folded();
    let whole = started.elapsed().as_micros() as u64;
    let index = recorded.world.read("session_logs/SESSION_INDEX.md");
    let mut halves = 0;
    for round in 0..25 * scale() {
        recorded.reset(&recorded.bytes);
        for _ in 0..1 + random.below(3) {
            let mut command = recorded.world.command(&["log", "list"]).into_command();
            command
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            let mut child: Child = command.spawn().expect("mx runs");
            thread::sleep(Duration::from_micros(random.below(whole)));
            let _ = child.kill();
            child.wait().expect("a child");
        }
        let left = journals(&recorded.world);
        halves += usize::from(!left.is_empty() && !records(&recorded.world).is_empty());
        assert_eq!(recorded.folded(), expected, "{round}: {left:?}");
        assert_eq!(journals(&recorded.world), Vec::<PathBuf>::new());
        let now = recorded.world.read("session_logs/SESSION_INDEX.md");
        assert_eq!(now, index, "{round}");
    }
    eprintln!("{halves} were killed within");
}

/// A process in which a session lives: a shell, which runs what it is sent.
#[cfg(target_os = "linux")]
struct Agent(Child);

#[cfg(target_os = "linux")]
impl Agent {
    fn new(world: &World) -> Self {
        let mx = world.command(&[]).into_command();
        let mut shell = Command::new("sh");
        shell.env_clear().current_dir(world.work());
        shell.envs(
            mx.get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
        shell.env("MX", mx.get_program());
        shell.stdin(Stdio::piped()).stdout(Stdio::piped());
        Agent(shell.spawn().expect("sh runs"))
    }

    /// Calls the hook, and waits until it is done.
    fn tell(&mut self, world: &World, event: Value) {
        let file = world.home().join("event");
        fs::write(&file, event.to_string()).expect("write");
        let stdin = self.0.stdin.as_mut().expect("a pipe");
        writeln!(
            stdin,
            "\"$MX\" hook --agent claude <'{}'; echo done",
            file.display()
        )
        .expect("told");
        let mut out = std::io::BufReader::new(self.0.stdout.as_mut().expect("a pipe"));
        let mut line = String::new();
        std::io::BufRead::read_line(&mut out, &mut line).expect("a line");
        assert_eq!(line, "done\n");
    }

    fn kill(mut self) {
        self.0.kill().expect("killed");
        self.0.wait().expect("a child");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_session_ends_with_its_process_and_not_before() {
    let world = World::new();
    let event = |session: &str, name: &str| {
        json!({"hook_event_name": name, "session_id": session, "cwd": world.work(),
            "prompt": format!("Do {session}"), "source": "startup"})
    };
    let (mut first, mut second) = (Agent::new(&world), Agent::new(&world));
    for name in ["SessionStart", "UserPromptSubmit"] {
        first.tell(&world, event("s-1", name));
        second.tell(&world, event("s-2", name));
    }
    let later = || {
        let run = world
            .command(&["log", "list", "--json"])
            .env("MX_NOW", "2036-01-11T10:30:00Z");
        let list: Value = serde_json::from_slice(&run.output().stdout).expect("JSON");
        let sessions = list["sessions"].as_array().expect("sessions").clone();
        let mut found: Vec<(String, String)> = sessions
            .iter()
            .map(|one| {
                (
                    one["id"].to_string().replace('"', ""),
                    one["status"].to_string(),
                )
            })
            .collect();
        found.sort();
        found
            .into_iter()
            .map(|(_, status)| status)
            .collect::<Vec<_>>()
    };
    assert_eq!(later(), ["\"active\"", "\"active\""], "however old");
    first.kill();
    assert_eq!(later(), ["\"ended\"", "\"active\""]);
    // It goes on in another process, and is not closed with the first.
    let mut third = Agent::new(&world);
    third.tell(&world, event("s-1", "UserPromptSubmit"));
    assert_eq!(later(), ["\"active\"", "\"active\""]);
    third.kill();
    second.kill();
    // The next start lists them, without any command in between.
    let start =
        json!({"hook_event_name": "SessionStart", "session_id": "s-3", "cwd": world.work()});
    let run = world
        .command(&["hook", "--agent", "claude"])
        .input(start.to_string());
    let answer = String::from_utf8(run.output().stdout).expect("UTF-8");
    assert!(
        answer.contains("Do s-1") && answer.contains("Do s-2"),
        "{answer}"
    );
    let list = json(&world, &["log", "list"]);
    let ended = list["sessions"].as_array().expect("sessions").iter();
    assert_eq!(ended.filter(|one| one["status"] == "ended").count(), 2);
}
