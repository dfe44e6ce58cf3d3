//! `mx session-log`

use crate::common::World;
use insta::assert_snapshot;
use std::fs;

const ENTRY: &str = "projects/myapp/sessions.md";

fn in_git(world: &World, config: &str) {
    let git = world.work().join(".git");
    fs::create_dir_all(&git).expect("a directory");
    fs::write(git.join("HEAD"), "ref: refs/heads/main\n").expect("a file");
    fs::write(git.join("config"), config).expect("a file");
}

#[test]
fn a_new_entry_is_exactly_what_the_format_says() {
    let world = World::new();
    world.context("project: MyProject\ndefault_tags: [extra]\n");
    let arguments = [
        "session-log",
        "-m",
        "Initial session message here.",
        "--entry",
        ENTRY,
    ];
    assert_snapshot!(world.mx(&arguments), @r"
    Logged to: projects/myapp/sessions.md (created)
    --- stderr
    note: created the knowledge base [DIR]/kb
    --- exit 0
    ");
    assert_snapshot!(world.read(ENTRY), @r"
    ---
    title: MyProject Sessions
    tags:
      - myproject
      - sessions
      - extra
    created: '2026-01-11T10:30:00Z'
    ---

    # Session Log

    Session notes for myproject.

    ## 2026-01-11 10:30 UTC

    Initial session message here.
    ");
}

#[test]
fn an_appended_section_carries_tags_and_links() {
    let world = World::with(&[("patterns/oauth2.md", ""), ("projects/myapp/tests.md", "")]);
    world.mx(&["session-log", "-m", "First.", "--entry", ENTRY]);
    let before = world.read(ENTRY);
    let shown = world
        .command(&[
            "session-log",
            "-e",
            ENTRY,
            "-m",
            "Fixed authentication module, added OAuth2 support.",
        ])
        .arg("--tags=auth,#progress")
        .arg("--links=patterns/oauth2.md,projects/myapp/tests.md")
        .env("MX_NOW", "2026-01-11T14:45:00Z")
        .shown();
    assert_snapshot!(shown, @r"
    Logged to: projects/myapp/sessions.md (appended)
    --- exit 0
    ");
    let after = world.read(ENTRY);
    assert_snapshot!(after.strip_prefix(&before).expect("only appended"), @r"

    ## 2026-01-11 14:45 UTC

    #auth #progress

    Fixed authentication module, added OAuth2 support.

    Related: [[patterns/oauth2.md]], [[projects/myapp/tests.md]]
    ");
}

#[test]
fn json_has_exactly_the_promised_fields() {
    let world = World::new();
    let answer = world.json(&["session-log", "-m", "x", "-e", ENTRY]);
    assert_snapshot!(answer.to_string(), @r#"{"action":"created","context_source":"explicit","path":"projects/myapp/sessions.md","project":"shop","timestamp":"2026-01-11T10:30:00Z"}"#);
}

#[test]
fn the_context_names_the_entry() {
    let world = World::new();
    let source = |world: &World| {
        let answer = world.json(&["session-log", "-m", "x"]);
        (answer["path"].clone(), answer["context_source"].clone())
    };
    world.context("primary: projects/myapp\n");
    assert_eq!(
        source(&world),
        (ENTRY.into(), ".kbcontext (primary)".into())
    );
    world.context("primary: projects/myapp\nsession_entry: log.md\n");
    assert_eq!(
        source(&world),
        ("log.md".into(), ".kbcontext (session_entry)".into())
    );
    let other = world.work().join("other.yaml");
    fs::write(&other, "primary: other\n").expect("a file");
    let shown = world
        .command(&["session-log", "-m", "x"])
        .env("VL_KB_CONTEXT", other)
        .shown();
    assert!(
        shown.starts_with("Logged to: other/sessions.md (created)"),
        "{shown}"
    );
}

#[test]
fn without_an_entry_both_ways_out_are_shown() {
    let world = World::new();
    assert_snapshot!(world.mx(&["session-log", "-m", "x"]), @r"
    --- stderr
    error: no session entry for this directory
    hint: name it: --entry projects/shop/sessions.md
    hint: or write a .kbcontext here, once: mx context init (it holds 'primary: projects/shop')
    hint: or, for all projects, put 'default_entry: projects/{project}/sessions.md' into .mx/config.yaml
    --- exit 2
    ");
    assert!(!world.kb().exists(), "a failure makes nothing");
}

#[test]
fn the_project_is_that_of_the_git_remote_else_of_the_directory() {
    let world = World::new();
    let project =
        |world: &World| world.json(&["session-log", "-m", "x", "-e", ENTRY])["project"].clone();
    in_git(&world, "");
    assert_eq!(project(&world), "shop");
    in_git(
        &world,
        "[remote \"origin\"]\n\turl = git@example.com:me/My-App.git\n",
    );
    assert_eq!(project(&world), "My-App");
    world.context("project: Named\n");
    assert_eq!(project(&world), "Named");
}

#[test]
fn exactly_one_source_of_the_message_is_needed() {
    let world = World::new();
    assert_snapshot!(world.mx(&["session-log", "-e", ENTRY]), @r"
    --- stderr
    error: no message
    hint: give it with -m TEXT, -f FILE or --stdin
    --- exit 2
    ");
    assert_snapshot!(world.mx(&["session-log", "-e", ENTRY, "-m", "x", "--stdin"]), @r"
    --- stderr
    error: more than one source of the message
    hint: give it with -m TEXT, -f FILE or --stdin
    --- exit 2
    ");
    for blank in ["", "  \n\t"] {
        let shown = world.mx(&["session-log", "-e", ENTRY, "-m", blank]);
        assert!(shown.contains("error: the message is empty"), "{shown}");
        assert!(shown.ends_with("--- exit 2\n"), "{shown}");
    }
}

#[test]
fn messages_come_from_files_and_standard_input_as_they_are() {
    let world = World::new();
    fs::write(
        world.work().join("note.txt"),
        "\u{feff}from a file\n\n- point\n",
    )
    .expect("a file");
    world.mx(&["session-log", "-e", ENTRY, "-f", "note.txt"]);
    assert!(
        world
            .read(ENTRY)
            .ends_with("UTC\n\nfrom a file\n\n- point\n")
    );
    let run = world.command(&["session-log", "-e", ENTRY, "--stdin"]);
    run.input("from standard input").output();
    assert!(world.read(ENTRY).ends_with("UTC\n\nfrom standard input\n"));
}

#[test]
fn foreign_bytes_are_refused_by_name() {
    let world = World::new();
    fs::write(world.work().join("note.bin"), b"a\xff").expect("a file");
    let shown = world.mx(&["session-log", "-e", ENTRY, "-f", "note.bin"]);
    assert!(shown.contains("note.bin is not UTF-8"), "{shown}");
    let run = world.command(&["session-log", "-e", ENTRY, "--stdin"]);
    let shown = run.input(b"\xff\xfe".to_vec()).shown();
    assert!(
        shown.contains("error: standard input is not UTF-8"),
        "{shown}"
    );
    let shown = world.mx(&["session-log", "-e", ENTRY, "-f", "missing.txt"]);
    assert!(
        shown.contains("missing.txt") && shown.ends_with("--- exit 3\n"),
        "{shown}"
    );
    assert!(!world.kb().exists());
}

#[test]
fn a_message_may_begin_with_a_dash() {
    let world = World::new();
    for arguments in [
        &["session-log", "-e", ENTRY, "-m", "- a point"][..],
        &["session-log", "-e", ENTRY, "--message=- a point"],
        &["session-log", "-e", ENTRY, "--", "- a point"],
    ] {
        let shown = world.mx(arguments);
        assert!(shown.contains("--- exit 0"), "{arguments:?}: {shown}");
    }
    assert_eq!(world.read(ENTRY).matches("\n- a point\n").count(), 3);
}

#[test]
fn without_a_timestamp_there_is_no_heading() {
    let world = World::new();
    world.mx(&["session-log", "-e", ENTRY, "-m", "First."]);
    let before = world.read(ENTRY);
    world.mx(&[
        "session-log",
        "-e",
        ENTRY,
        "-m",
        "Second.",
        "--no-timestamp",
    ]);
    assert_eq!(world.read(ENTRY), format!("{before}\nSecond.\n"));
}

#[test]
fn links_that_lead_nowhere_are_a_warning() {
    let world = World::with(&[("a.md", "")]);
    let arguments = [
        "session-log",
        "-e",
        ENTRY,
        "-m",
        "x",
        "--links",
        "a,gone.md",
    ];
    assert_snapshot!(world.mx(&arguments), @r"
    Logged to: projects/myapp/sessions.md (created)
    --- stderr
    warning: link to gone.md: no such entry
    --- exit 0
    ");
}

#[test]
fn tags_and_links_that_would_not_read_back_are_refused() {
    let world = World::new();
    let shown = world.mx(&[
        "session-log",
        "-e",
        ENTRY,
        "-m",
        "x",
        "--tags",
        "good,two words",
    ]);
    assert!(shown.contains("error: invalid tag 'two words'"), "{shown}");
    let shown = world.mx(&["session-log", "-e", ENTRY, "-m", "x", "--links", "a]]b"]);
    assert!(shown.contains("error: invalid link 'a]]b'"), "{shown}");
    assert!(!world.kb().exists());
}

#[test]
fn entries_outside_the_knowledge_base_are_refused() {
    let world = World::with(&[("a.md", "")]);
    for entry in [
        "../a.md",
        "/tmp/a.md",
        "a/../../b.md",
        "a\n.md",
        ".mx/a.md",
        "a",
        "",
    ] {
        let output = world
            .command(&["session-log", "-m", "x"])
            .arg("--entry")
            .arg(entry)
            .output();
        assert_eq!(output.status.code(), Some(2), "{entry:?}");
    }
}

#[test]
fn the_index_is_not_touched() {
    let world = World::new();
    world.mx(&["session-log", "-e", ENTRY, "-m", "x"]);
    assert!(!world.kb().join(".mx/index").exists());
}

#[test]
fn a_note_that_no_search_will_find_is_told() {
    let world = World::with(&[("large.md", &"a line of the log\n".repeat(2_000_000))]);
    let shown = world.mx(&["session-log", "-e", "large.md", "-m", "the last one"]);
    assert!(
        shown.contains("warning: large.md is larger than 32 MiB") && shown.ends_with("exit 0\n"),
        "{shown}"
    );
}

#[test]
fn a_name_that_no_file_can_have_is_refused_before_a_directory_is_made() {
    let world = World::new();
    let long = format!("deep/{}/a.md", "n".repeat(256));
    let said = world.mx(&["session-log", "-m", "x", "--entry", &long]);
    assert!(
        said.contains("is too long") && said.contains("exit 2"),
        "{said}"
    );
    assert!(!world.kb().join("deep").exists());
    let longest = format!("deep/{}/a.md", "n".repeat(255));
    world.json(&["session-log", "-m", "x", "--entry", &longest]);
}

#[test]
fn a_decision_is_listed_without_the_links_below_it() {
    let world = World::new();
    for (message, link) in [
        ("Keep cents", "a.md"),
        ("Keep euros", "https://example.org"),
    ] {
        let note = [
            "session-log",
            "-m",
            message,
            "--tags",
            "decision",
            "--links",
            link,
        ];
        world.mx(&[&note[..], &["--entry", "b.md"]].concat());
    }
    let listed = world.json(&["decisions"]);
    let rows = listed["decisions"].as_array().expect("decisions").iter();
    let mut texts: Vec<&str> = rows
        .map(|row| row["decision"].as_str().expect("text"))
        .collect();
    texts.sort_unstable();
    assert_eq!(texts, ["Keep cents", "Keep euros"]);
}
