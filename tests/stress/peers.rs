//! What the nearest peers get wrong, one test each.

use crate::common::World;
use crate::support::{found, index_is_right, json, log, messages, ok, paths, scale, succeeded};
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn the_tag_filter_holds_before_the_limit() {
    let world = World::new();
    for n in 0..300 {
        world.write(
            &format!("loud/{n}.md"),
            "# Deploy\n\ndeploy deploy deploy\n",
        );
    }
    let padding = "and other words that make it long ".repeat(50);
    world.write(
        "quiet.md",
        format!("---\ntags: [ops]\n---\n\n# Notes\n\n{padding} deploy\n"),
    );
    world.write(
        "inline.md",
        format!("# Notes\n\n## Part\n\n#oncall {padding} deploy\n"),
    );
    assert_eq!(
        found(&world, &["deploy", "--tags", "ops", "-n", "1"]),
        ["quiet.md"]
    );
    assert_eq!(
        found(&world, &["deploy", "--tags=oncall", "-n", "1"]),
        ["inline.md"]
    );
    assert_eq!(found(&world, &["deploy tag:ops", "-n", "1"]), ["quiet.md"]);
    assert_eq!(
        found(&world, &["deploy", "--path", "quiet*", "-n", "1"]),
        ["quiet.md"]
    );
}

#[test]
fn one_long_log_does_not_hide_the_guides() {
    let world = World::new();
    let section = |n: usize| {
        format!(
            "## 2026-01-{:02} 10:30 UTC\n\ndeploy deploy deploy done\n\n",
            n % 28 + 1
        )
    };
    world.write("log.md", (0..2000).map(section).collect::<String>());
    let mut expected = vec!["log.md".to_owned()];
    for n in 0..5 {
        let path = format!("guides/{n}.md");
        world.write(
            &path,
            format!(
                "# Guide {n}\n\n{}\n\nThen deploy.\n",
                "many other words here ".repeat(40)
            ),
        );
        expected.insert(0, path);
    }
    let mut all = found(&world, &["deploy", "-n", "10"]);
    all.sort();
    expected.sort();
    assert_eq!(all, expected);
}

#[test]
fn headings_and_dates_are_searched() {
    let world = World::with(&[
        ("a.md", "# Log\n\n## 2026-01-11 14:45 UTC\n\nfixed it\n"),
        ("b.md", "# Log\n\n## 2026-02-12 09:15 UTC\n\nfixed more\n"),
        ("c.md", "# Zeppelin\n"),
        ("d.md", "---\ntitle: Aerostat\n---\n"),
    ]);
    assert_eq!(found(&world, &["2026-01-11"]), ["a.md"]);
    assert_eq!(found(&world, &["\"14:45\""]), ["a.md"]);
    assert_eq!(found(&world, &["09:15"]), ["b.md"]);
    assert_eq!(found(&world, &["zeppelin"]), ["c.md"]);
    assert_eq!(found(&world, &["aerostat"]), ["d.md"]);
}

#[test]
fn what_a_person_wrote_survives_an_append_byte_for_byte() {
    let texts: [&[u8]; 6] = [
        b"---\n# a comment\nzeta: {a: 1}   # another\ntitle:   'Odd   spacing'\nunknown: [x,  y]\n---\n\n# T  \n\ntrailing   \n",
        b"\xef\xbb\xbf---\r\ntitle: Windows\r\nkey: value # c\r\n---\r\n\r\n# T\r\n\r\ntext\r\n",
        b"---\ntitle: [broken\n---\n\n# T\n",
        b"no line end at the end",
        b"# T\n\n```\nan open fence\n",
        b"latin-1: caf\xe9\n",
    ];
    for text in texts {
        let world = World::new();
        world.write("e.md", text);
        for n in 1..4 {
            succeeded(
                log(&world, "e.md", &format!("appended {n}")).output(),
                &["session-log"],
            );
        }
        let after = fs::read(world.kb().join("e.md")).expect("a file");
        let shown = String::from_utf8_lossy(&after);
        assert!(after.starts_with(text), "{shown}");
        assert_eq!(shown.matches("appended ").count(), 3, "{shown}");
        assert_eq!(
            shown.contains("\r\n"),
            !shown.replace("\r\n", "").contains('\n'),
            "{shown:?}"
        );
    }
}

fn files_below(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_below(&path))
        } else {
            found.push(path)
        }
    }
    found.sort();
    found
}

/// A way to damage a file.
type Damage = fn(&Path);

#[test]
fn a_damaged_index_heals_by_itself() {
    let world = World::new();
    for n in 0..40 {
        world.write(
            &format!("{n}.md"),
            format!("---\ntags: [t{n}]\n---\n\n# Note {n}\n\nlighthouse n{n}n\n"),
        );
    }
    let index = world.kb().join(".mx/index");
    let damages: [(&str, Damage); 5] = [
        ("emptied", |path| fs::write(path, "").expect("written")),
        ("deleted", |path| fs::remove_file(path).expect("removed")),
        ("halved", |path| {
            let bytes = fs::read(path).expect("read");
            fs::write(path, &bytes[..bytes.len() / 2]).expect("written");
        }),
        ("garbled", |path| {
            let mut bytes = fs::read(path).expect("read");
            bytes
                .iter_mut()
                .for_each(|byte| *byte = byte.wrapping_mul(31) ^ 0x5a);
            fs::write(path, bytes).expect("written");
        }),
        ("garbled at the start", |path| {
            let mut bytes = fs::read(path).expect("read");
            bytes.iter_mut().take(400).for_each(|byte| *byte = !*byte);
            fs::write(path, bytes).expect("written");
        }),
    ];
    let (mut failures, mut noise, mut unnoticed) = (Vec::new(), Vec::new(), Vec::new());
    for (damage, apply) in damages {
        let _ = fs::remove_dir_all(&index);
        ok(&world, &["index"]);
        let mut at = 0;
        // Each file in turn; the names change when the index has been built anew.
        while let Some(path) = files_below(&index).get(at) {
            at += 1;
            if !path.exists() {
                continue;
            }
            let name = path
                .strip_prefix(&index)
                .expect("below")
                .display()
                .to_string();
            apply(path);
            let what = format!("{name} {damage}");
            let mut commands = [
                &["search", "lighthouse", "-n", "50", "--json"][..],
                &["index"],
                &["list", "--json"],
                &["search", "n7n", "--json"],
                &["tags"],
            ];
            // Whichever command meets the damage first.
            commands.rotate_left(at % 5);
            let mut good = true;
            for arguments in commands {
                let output = world.command(arguments).output();
                let stderr = String::from_utf8_lossy(&output.stderr);
                let stdout = String::from_utf8_lossy(&output.stdout);
                good = output.status.success();
                if arguments[0] == "search" && good {
                    let answer: serde_json::Value = serde_json::from_str(&stdout).expect("JSON");
                    good = answer["total"] == if arguments[1] == "n7n" { 1 } else { 40 };
                }
                let say: String = stderr.chars().take(400).collect();
                if !good {
                    failures.push(format!("{what}: {arguments:?}: {} {say}", output.status));
                    break;
                }
                if stderr.contains("panicked") {
                    noise.push(format!("{what}: {arguments:?}: {say}"));
                }
            }
            // Damage in bytes that no answer has needed yet is found by the check.
            let checked = world.command(&["index", "--check"]).output();
            if !good || !checked.status.success() {
                let stderr = String::from_utf8_lossy(&checked.stderr);
                if checked.status.code() != Some(1) || stderr.contains("panicked") {
                    failures.push(format!("{what}: check: {} {stderr}", checked.status));
                }
                unnoticed.push(what);
                ok(&world, &["index", "--rebuild"]);
                ok(&world, &["index", "--check"]);
            }
        }
    }
    eprintln!("panics in sight: {noise:#?}\nonly the check notices: {unnoticed:#?}");
    assert!(
        failures.is_empty(),
        "{} failures\n{}",
        failures.len(),
        failures.join("\n")
    );
}

#[test]
fn with_a_context_the_second_and_third_note_work() {
    for context in [
        "primary: projects/demo\n",
        "session_entry: projects/demo/sessions.md\n",
    ] {
        let world = World::new();
        world.context(context);
        for n in 1..=3 {
            ok(&world, &["session-log", "-m", &format!("note {n}")]);
        }
        assert_eq!(
            messages(&world.read("projects/demo/sessions.md")),
            ["note 1", "note 2", "note 3"]
        );
    }
}

#[test]
fn a_long_entry_takes_an_append_and_keeps_its_beginning() {
    let world = World::new();
    let section = |n: usize| {
        format!(
            "\n## 2025-{:02}-{:02} 10:30 UTC\n\nsection s{n}s\n",
            n % 12 + 1,
            n % 28 + 1
        )
    };
    let before: String = std::iter::once("---\ntitle: Long\n---\n".to_owned())
        .chain((0..10_000).map(section))
        .collect();
    world.write("long.md", &before);
    for n in 0..5 {
        succeeded(
            log(&world, "long.md", &format!("latest l{n}l")).output(),
            &["session-log"],
        );
    }
    let after = world.read("long.md");
    assert!(after.starts_with(&before));
    assert_eq!(
        messages(&after),
        (0..5).map(|n| format!("latest l{n}l")).collect::<Vec<_>>()
    );
    assert_eq!(found(&world, &["l4l"]), ["long.md"]);
    assert_eq!(found(&world, &["s9999s"]), ["long.md"]);
    index_is_right(&world);
}

#[test]
fn parallel_appends_on_many_entries_lose_nothing() {
    let world = World::new();
    let entries: Vec<String> = (0..500 * scale()).map(|n| format!("e/{n}.md")).collect();
    for entry in &entries {
        world.write(entry, "# E\n\nground\n");
    }
    ok(&world, &["index"]);
    std::thread::scope(|scope| {
        for writer in 0..8 {
            let (world, entries) = (&world, &entries);
            scope.spawn(move || {
                let entry = &entries[writer * 7];
                succeeded(
                    log(world, entry, &format!("parallel p{writer}p")).output(),
                    &["session-log"],
                );
            });
        }
    });
    let answer = json(&world, &["search", "parallel", "-n", "20"]);
    let mut all = paths(&answer);
    all.sort();
    let mut expected: Vec<String> = (0..8)
        .map(|writer| format!("e/{}.md", writer * 7))
        .collect();
    expected.sort();
    assert_eq!(all, expected);
}
