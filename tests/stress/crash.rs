//! Processes killed at any instant.

use crate::common::World;
use crate::support::{self, HEADING, Random, found, log, messages, ok, scale, succeeded};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const ENTRY: &str = "projects/demo/sessions.md";

/// Starts a command and kills it within some time. Returns whether it had succeeded before.
pub(crate) fn kill_within(mut command: Command, random: &mut Random, microseconds: u64) -> bool {
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
    let (mut halves, mut healed_by_reading, mut seen) = (0, 0, Vec::new());
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
        let whole = grown >= large.len() as u64;
        let mut rest = String::new();
        if grown > 0 && !whole {
            halves += 1;
            if n % 2 == 0 {
                // Readers are not disturbed by it.
                assert!(found(&world, &["first"]).contains(&ENTRY.to_owned()));
                healed_by_reading += usize::from(length() == start);
            } else {
                // An editor that knows nothing of this adds a line.
                rest = "by hand\n".to_owned();
                let mut edited = std::fs::read(&path).expect("read");
                edited.extend(rest.as_bytes());
                std::fs::write(&path, edited).expect("written");
            }
        }
        succeeded(
            log(&world, ENTRY, &format!("next {n}")).output(),
            &["session-log"],
        );
        let after = world.read(ENTRY);
        let next = format!("\n{HEADING}\n\nnext {n}\n");
        assert!(
            after.starts_with(&before) && after.ends_with(&next),
            "kill {n}"
        );
        let between = &after[before.len()..after.len() - next.len()];
        let block = format!("\n{HEADING}\n\n{large}");
        match (whole, rest.as_str()) {
            (true, _) => assert!(between == block, "kill {n}: grown by {grown}"),
            (_, "") => assert_eq!(between, "", "kill {n}: grown by {grown}"),
            // What a person wrote behind it is kept, whatever becomes of the half.
            (_, rest) => assert!(between.ends_with(rest), "kill {n}: grown by {grown}"),
        }
        seen.push(grown);
        std::fs::write(&path, before).expect("back to the start");
    }
    eprintln!(
        "{halves} killed within the write, of these {healed_by_reading} healed by reading: {seen:?}"
    );
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
    // What the killed ones left goes with the next index.
    ok(&world, &["index", "--rebuild"]);
    let index = world.kb().join(".mx/index");
    let left = std::fs::read_dir(index).expect("a directory");
    let mut left: Vec<String> = left
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    left.sort();
    eprintln!("in the index: {left:?}");
    let generations = left
        .iter()
        .filter(|name| name.parse::<u64>().is_ok())
        .count();
    assert_eq!(generations, 1, "{left:?}");
}

#[test]
fn a_killed_creation_leaves_a_whole_entry_or_none() {
    let mut random = Random::new();
    let world = World::new();
    let large = "a line of some length, forty bytes long\n".repeat(50_000);
    let file = world.work().join("message");
    std::fs::write(&file, &large).expect("a file");
    let mut made = 0;
    for n in 0..25 * scale() {
        let entry = format!("p{n}/sessions.md");
        let command = world
            .command(&["session-log", "--entry", &entry, "-f"])
            .arg(&file);
        let acknowledged = kill_within(command.into_command(), &mut random, 40_000);
        let there = world.kb().join(&entry).exists();
        assert!(there || !acknowledged, "{entry} was acknowledged");
        if there {
            made += 1;
            assert_eq!(messages(&world.read(&entry)), [large.trim_end()], "{entry}");
        }
        succeeded(log(&world, &entry, "and on").output(), &["session-log"]);
        assert_eq!(
            messages(&world.read(&entry)).len(),
            1 + usize::from(there),
            "{entry}"
        );
    }
    eprintln!("{made} were made");
    let root = support::shown(&world.kb());
    let left = support::tree(&world.kb());
    let left = left.iter().filter_map(|(path, _)| path.strip_prefix(&root));
    let left = left.filter(|path| path.contains("/.tmp")).count();
    let listed = ok(&world, &["doctor"])
        .matches("temporary file was left behind")
        .count();
    assert_eq!(listed, left, "the doctor lists what is left");
    support::index_is_right(&world);
}
