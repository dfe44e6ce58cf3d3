//! Processes killed at any instant.

use crate::common::World;
use crate::support::{self, HEADING, Random, found, log, messages, ok, scale, succeeded};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const ENTRY: &str = "projects/demo/sessions.md";

/// Starts a command and kills it within some time. Returns whether it had succeeded before.
fn kill_within(mut command: Command, random: &mut Random, microseconds: u64) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut child: Child = command.spawn().expect("mx runs");
    std::thread::sleep(Duration::from_micros(random.below(microseconds)));
    // It fails for a process that has ended.
    let _ = child.kill();
    child.wait().expect("a child").success()
}

fn message(n: usize, large: bool) -> String {
    let filler = if large {
        "a line of some length, forty bytes long\n".repeat(5_000)
    } else {
        String::new()
    };
    format!("token{n:05}x begins\n{filler}end{n:05}x")
}

/// Every message that was acknowledged is there once, and nothing else but the one in doubt.
fn check(
    world: &World,
    acknowledged: &[String],
    doubtful: &mut Option<String>,
) -> Result<Vec<String>, String> {
    let mut expected = acknowledged.to_vec();
    let there = messages(&world.read(ENTRY));
    if there.len() == expected.len() + 1 {
        expected.extend(doubtful.take());
    }
    if there == expected {
        return Ok(there);
    }
    let shorten = |all: &[String]| -> Vec<String> {
        all.iter()
            .map(|m| {
                format!(
                    "{}…{} bytes",
                    m.chars().take(20).collect::<String>(),
                    m.len()
                )
            })
            .collect()
    };
    Err(format!(
        "there: {:?}\nexpected: {:?}",
        shorten(&there),
        shorten(&expected)
    ))
}

#[test]
fn a_killed_append_leaves_all_or_nothing() {
    let mut random = Random::new();
    let world = World::new();
    succeeded(
        log(&world, ENTRY, &message(0, false)).output(),
        &["session-log"],
    );
    let mut acknowledged = vec![message(0, false)];
    let (mut survived, mut halves) = (0, 0);
    for n in 1..=40 * scale() {
        let text = message(n, random.below(2) == 0);
        let file = world.work().join("message");
        std::fs::write(&file, &text).expect("a file");
        let command = world
            .command(&["session-log", "--entry", ENTRY, "-f"])
            .arg(&file);
        let succeeded_before = kill_within(command.into_command(), &mut random, 25_000);
        if succeeded_before {
            survived += 1;
            acknowledged.push(text);
            if let Err(why) = check(&world, &acknowledged, &mut None) {
                panic!("step {n}: {why}");
            }
            continue;
        }
        let mut doubtful = Some(text);
        match check(&world, &acknowledged, &mut doubtful) {
            Ok(there) => acknowledged = there,
            Err(_) => {
                // Killed within the write: the next writer takes it back.
                halves += 1;
                let next = format!("after the kill {n}");
                succeeded(log(&world, ENTRY, &next).output(), &["session-log"]);
                acknowledged.push(next);
                match check(&world, &acknowledged, &mut None) {
                    Ok(there) => acknowledged = there,
                    Err(why) => panic!("step {n}: {why}"),
                }
            }
        }
        if random.below(4) == 0 {
            let newest = acknowledged.last().expect("one").clone();
            let token = newest.lines().next().expect("a line");
            assert_eq!(
                found(&world, &[&format!("\"{token}\"")]),
                [ENTRY],
                "step {n}: {token}"
            );
        }
    }
    eprintln!("{survived} were not killed, {halves} were killed within the write");
    support::index_is_right(&world);
}

/// A message so large that its write takes a while, and a kill as soon as the entry grows.
#[test]
fn a_kill_within_the_write_is_undone_by_the_next_writer() {
    let world = World::new();
    succeeded(log(&world, ENTRY, "the first").output(), &["session-log"]);
    let large = "a line of some length, forty bytes long\n".repeat(100_000);
    let file = world.work().join("message");
    std::fs::write(&file, &large).expect("a file");
    let path = world.kb().join(ENTRY);
    let length = || std::fs::metadata(&path).expect("there").len();
    let (mut halves, mut seen) = (0, Vec::new());
    for n in 0..8 * scale() {
        let before = world.read(ENTRY);
        let start = length();
        let command = world
            .command(&["session-log", "--entry", ENTRY, "-f"])
            .arg(&file);
        let mut child = command
            .into_command()
            .stdout(Stdio::null())
            .spawn()
            .expect("mx runs");
        while length() == start && child.try_wait().expect("a child").is_none() {
            std::hint::spin_loop();
        }
        let _ = child.kill();
        child.wait().expect("a child");
        let grown = length() - start;
        if grown > 0 && grown < large.len() as u64 {
            halves += 1;
            // Readers are not disturbed by it.
            assert!(found(&world, &["first"]).contains(&ENTRY.to_owned()));
        }
        let whole = grown >= large.len() as u64;
        succeeded(
            log(&world, ENTRY, &format!("next {n}")).output(),
            &["session-log"],
        );
        let after = world.read(ENTRY);
        let block = if whole {
            format!("\n{HEADING}\n\n{large}")
        } else {
            String::new()
        };
        let expected = format!("{before}{block}\n{HEADING}\n\nnext {n}\n");
        seen.push(grown);
        assert!(
            after == expected,
            "kill {n}: grown by {grown}, {} instead of {} bytes",
            after.len(),
            expected.len()
        );
        std::fs::write(&path, before).expect("back to the start");
    }
    eprintln!("{halves} killed within the write; grown by {seen:?}");
    support::index_is_right(&world);
}

#[test]
fn a_killed_refresh_or_rebuild_needs_no_help() {
    let mut random = Random::new();
    let world = World::new();
    for n in 0..60 {
        world.write(
            &format!("d{}/{n}.md", n % 5),
            format!("# Note {n}\n\nshared word\n\n## Part\n\nmore\n"),
        );
    }
    ok(&world, &["search", "shared"]);
    for step in 0..40 * scale() {
        let mut newest = Vec::new();
        for _ in 0..=random.below(6) {
            let n = random.below(60);
            let path = format!("d{}/{n}.md", n % 5);
            match random.below(8) {
                0 => drop(std::fs::remove_file(world.kb().join(&path))),
                _ => {
                    let token = format!("edit{step:04}of{n:02}");
                    world.write(
                        &path,
                        format!("# Note {n}\n\nshared word {token}\n\n## Part\n\n{step}\n"),
                    );
                    newest.retain(|(_, other)| *other != path);
                    newest.push((token, path.clone()));
                }
            }
            newest.retain(|(_, path)| world.kb().join(path).exists());
        }
        let operation: &[&str] = match random.below(3) {
            0 => &["index", "--rebuild"],
            1 => &["index"],
            _ => &["search", "shared"],
        };
        let limit = if operation.len() == 2 && operation[0] == "index" {
            250_000
        } else {
            60_000
        };
        kill_within(world.command(operation).into_command(), &mut random, limit);
        // Sometimes a second one dies over the remains of the first.
        if random.below(3) == 0 {
            kill_within(
                world.command(&["search", "shared"]).into_command(),
                &mut random,
                60_000,
            );
        }
        for (token, path) in &newest {
            assert_eq!(
                found(&world, &[token]),
                [path.as_str()],
                "step {step}, {operation:?} killed"
            );
        }
        if step % 10 == 9 {
            ok(&world, &["index", "--check"]);
        }
    }
    support::index_is_right(&world);
    let leftovers: Vec<String> = support::tree(&world.kb())
        .into_iter()
        .map(|(path, _)| path)
        .collect();
    eprintln!("{} files and directories under the root", leftovers.len());
}
