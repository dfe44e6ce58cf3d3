//! Notes hold whatever people and agents write into them, and stay whole and apart.

use crate::common::World;

/// Appends a note at a time of 2026, such as `01-11T10:30`.
fn log(world: &World, time: &str, message: &str, tags: &str) {
    let now = format!("2026-{time}:00Z");
    let mut arguments = vec!["session-log", "-e", "s.md", "--stdin"];
    if !tags.is_empty() {
        arguments.extend(["--tags", tags]);
    }
    let run = world.command(&arguments).env("MX_NOW", now).input(message);
    assert!(run.output().status.success(), "{message}");
}

fn stdout(world: &World, arguments: &[&str]) -> String {
    let output = world.command(arguments).output();
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

fn times(world: &World, query: &str) -> Vec<String> {
    let found = world.json(&["search", query]);
    let sections = found["results"][0]["sections"]
        .as_array()
        .expect("sections");
    let time = |section: &serde_json::Value| section["time"].as_str().unwrap_or("none").to_owned();
    sections.iter().map(time).collect()
}

#[test]
fn what_a_note_leaves_open_does_not_swallow_the_next() {
    for open in [
        "```diff\n- old",
        "~~~~\n~~~",
        "<!-- todo",
        "<pre>\n\ncut",
        "<script>",
        "<?php",
        "<![CDATA[",
        "text\n\n<!X",
        "```\n## 2026-01-01 10:00 UTC\ncut",
    ] {
        let world = World::new();
        log(&world, "01-11T10:30", open, "first");
        log(&world, "01-11T11:30", "later cherry note", "fruit");
        assert!(world.read("s.md").contains(open), "the message stays");
        assert_eq!(
            stdout(&world, &["search", "cherry", "--tags", "fruit", "--terse"]),
            "s.md"
        );
        let last = stdout(&world, &["get", "s.md", "--last", "1"]);
        assert_eq!(
            last,
            "## 2026-01-11 11:30 UTC\n\n#fruit\n\nlater cherry note"
        );
        assert!(world.mx(&["doctor"]).contains("all is well"), "{open}");
    }
}

#[test]
fn what_people_left_open_ends_before_the_next_note_and_is_named() {
    let world = World::with(&[(
        "s.md",
        "# S\n\n## 2026-01-11 10:30 UTC\n\n```\ncut\n\n## 2026-01-11 11:30 UTC\n\n#fruit\n\ncherry\n",
    )]);
    assert_eq!(
        stdout(&world, &["search", "cherry", "--tags", "fruit", "--terse"]),
        "s.md"
    );
    let last = stdout(&world, &["get", "s.md", "--last", "1"]);
    assert_eq!(last.lines().next(), Some("## 2026-01-11 11:30 UTC"));
    let doctor = world.mx(&["doctor"]);
    assert!(doctor.contains("s.md:5: '```' is left open"), "{doctor}");
}

#[test]
fn headings_in_a_note_belong_to_it() {
    for heading in [
        "# Summary",
        "Summary\n===",
        "Summary\n---",
        "## Summary",
        "###### Summary",
    ] {
        let world = World::new();
        log(&world, "01-11T10:30", "first note", "");
        log(
            &world,
            "03-11T10:30",
            &format!("{heading}\n\nof mahogany\n"),
            "own,wood",
        );
        log(&world, "05-11T10:30", "last note", "");
        assert!(
            stdout(&world, &["get", "s.md", "--last", "2"]).contains("mahogany"),
            "{heading}"
        );
        let march = ["--since", "2026-03-01", "--until", "2026-03-31", "--terse"];
        let in_march = [&["search", "mahogany"][..], &march].concat();
        assert_eq!(stdout(&world, &in_march), "s.md", "{heading}");
        for tag in ["own", "wood"] {
            let found = stdout(&world, &["search", "mahogany", "--tags", tag, "--terse"]);
            assert_eq!(found, "s.md", "{heading}");
        }
        let part = stdout(&world, &["get", "s.md", "--section", "2026-03-11"]);
        assert!(
            part.contains("mahogany") && !part.contains("last"),
            "{part}"
        );
        assert_eq!(
            times(&world, "mahogany"),
            ["2026-03-11T10:30:00Z"],
            "{heading}"
        );
    }
}

#[test]
fn dates_are_read_as_they_are_written_or_not_at_all() {
    let world = World::with(&[(
        "a.md",
        "# Log\n\n## 2026-01-11 10:30 UTC\n\noak\n\n## 2026-03-15\n\nlathe\n\n\
         ## 2026-03-16T9:05\n\nbirch\n\n## 2026-03-17 10:30 PM\n\nelm\n\n\
         ## 2026-03-18 10:30 UTC+2\n\nfir\n\n## 2026-03-19 10:30 EST\n\nyew\n\n## 19/03/2026\n\nash\n",
    )]);
    for (word, time) in [
        ("lathe", "2026-03-15T00:00:00Z"),
        ("birch", "2026-03-16T09:05:00Z"),
        ("elm", "2026-03-17T22:30:00Z"),
        ("fir", "2026-03-18T08:30:00Z"),
        ("yew", "none"),
        ("ash", "none"),
    ] {
        assert_eq!(times(&world, word), [time], "{word}");
    }
    assert_eq!(
        stdout(
            &world,
            &["search", "lathe", "--until", "2026-02-01", "--terse"]
        ),
        ""
    );
}

#[test]
fn an_entry_named_by_a_date_has_it() {
    let world = World::with(&[("daily/2026-11-20.md", "# Friday\n\nwalnut\n")]);
    let day = ["--since", "2026-11-20", "--until", "2026-11-20", "--terse"];
    let found = stdout(&world, &[&["search", "walnut"][..], &day].concat());
    assert_eq!(found, "daily/2026-11-20.md");
    assert!(world.mx(&["recent"]).contains("walnut"));
}

#[test]
fn one_message_with_crlf_changes_no_other() {
    let world = World::new();
    for (time, message) in [
        ("10:30", "one"),
        ("10:31", "two\r\nlines\r\n"),
        ("10:32", "three"),
    ] {
        log(&world, &format!("01-11T{time}"), message, "");
    }
    assert!(
        world
            .read("s.md")
            .ends_with("two\r\nlines\r\n\n## 2026-01-11 10:32 UTC\n\nthree\n")
    );
}

#[test]
fn utf_16_is_found_and_named() {
    for order in [u16::to_le_bytes, u16::to_be_bytes] {
        let text = "\u{feff}# Lamp\n\nWalnut body, größer.\n";
        let bytes: Vec<u8> = text.encode_utf16().flat_map(order).collect();
        let world = World::new();
        world.write("a.md", bytes);
        let found = world.mx(&["search", "walnut"]);
        assert!(
            found.contains("a.md:1  Lamp\n    Walnut body, größer."),
            "{found}"
        );
        assert!(world.mx(&["doctor"]).contains("it is UTF-16"));
    }
}

#[test]
fn doctor_names_what_programs_leave_in_files() {
    let world = World::with(&[
        (
            "conflict.md",
            "a\n\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> other\n",
        ),
        (
            "example.md",
            "```\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> other\n```\n",
        ),
        (
            "twice.md",
            "---\ntitle: a\n---\n\n---\ntags: [x]\n---\ntext\n",
        ),
        ("late.md", "\n---\ntitle: a\n---\ntext\n"),
        ("keys.md", "---\ntag: a\nTags: [x]\nalias: y\n---\ntext\n"),
        (
            "spaced.md",
            "---\ndate created: 2026-01-11\ntitle: Lamp: a\n---\ntext\n",
        ),
        (
            "indented.md",
            "---\n title: Lamp\ntags: [light]\n---\ntext\n",
        ),
        ("at.md", "---\n@type: note\ntitle: Lamp\n---\ntext\n"),
        ("plan (conflicted copy 2026-01-11).md", "text\n"),
        ("plan.sync-conflict-20260111-103000-ABC.md", "text\n"),
        ("keys (1).md", "text\n"),
        ("README.MD", "text\n"),
        ("a.markdown", "text\n"),
        (
            "fine.md",
            "---\n\nProse: with colons.\n\n---\n\n[[fine]] [[https://example.com/x]] ![[lamp.png]]\n",
        ),
        ("attachments/lamp.png", "x"),
    ]);
    let doctor = world.mx(&["doctor"]);
    for part in [
        "conflict.md:3: a conflict",
        "twice.md:5: a second block",
        "late.md:2: front matter does not count behind",
        "keys.md:2: front matter: 'tag' does not count, 'tags' does",
        "keys.md:3: front matter: 'Tags'",
        "keys.md:4: front matter: 'alias' does not count, 'aliases' does",
        "spaced.md:3: front matter:",
        "indented.md:3: front matter:",
        "at.md:2: front matter:",
        "plan (conflicted copy 2026-01-11).md: a copy",
        "plan.sync-conflict-20260111-103000-ABC.md: a copy",
        "keys (1).md: a copy",
        "README.MD: it is no entry",
        "a.markdown: it is no entry",
    ] {
        assert!(doctor.contains(part), "{part} is not in\n{doctor}");
    }
    assert!(
        !doctor.contains("example.md") && !doctor.contains("fine.md"),
        "{doctor}"
    );
}

#[test]
fn broken_yaml_is_told_in_our_words() {
    for (yaml, told) in [
        ("ended: 1\nended: 2", "the key 'ended' is there twice"),
        ("title: &a x", "anchors are not read"),
        ("title: *x*", "must be in quotes"),
        ("title: a: b", "put the value in quotes"),
        ("tags: [a, b", "a list is not closed"),
        ("title: 'a", "a quote is not closed"),
        ("title: x\n\ttags: y", "a tab is not allowed here"),
        ("title: @x", "must be in quotes"),
    ] {
        let world = World::with(&[("a.md", &format!("---\n{yaml}\n---\ntext\n"))]);
        let doctor = world.mx(&["doctor"]);
        assert!(doctor.contains(told), "{yaml}: {doctor}");
        for word in [
            "DuplicateKeyPolicy",
            "Anchors {",
            "mapping",
            "flow",
            "scalar",
            "context",
        ] {
            assert!(!doctor.contains(word), "{yaml}: {doctor}");
        }
    }
}

#[test]
fn names_are_found_however_their_characters_are_composed() {
    let world = World::with(&[(
        "Gro\u{308}\u{df}e/cafe\u{301}.md",
        "---\ntitle: Cafe\u{301} notes\ntags: [gru\u{308}n]\nproject: U\u{308}ber\n---\n# O\u{308}l\n\nwalnut\n",
    )]);
    world.write("links.md", "[[caf\u{e9}]] [[Caf\u{e9} notes]]\n");
    let path = "Gr\u{f6}\u{df}e/caf\u{e9}.md";
    for arguments in [
        &["get", path][..],
        &["get", path, "--section", "\u{d6}l"],
        &["get", "--title", "Caf\u{e9} notes"],
        &["search", "walnut", "--path", "Gr\u{f6}\u{df}e/*"],
        &["search", "walnut", "--tags", "gr\u{fc}n"],
        &["search", "walnut", "--project", "\u{dc}ber"],
    ] {
        let shown = world.mx(arguments);
        assert!(
            shown.to_lowercase().contains("walnut"),
            "{arguments:?}: {shown}"
        );
    }
    assert!(world.mx(&["doctor"]).contains("all is well"));
    assert!(
        world
            .mx(&["session-log", "-e", path, "-m", "x"])
            .contains("(appended)")
    );
}
