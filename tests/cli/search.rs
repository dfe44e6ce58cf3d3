//! `mx search`

use crate::common::World;
use insta::assert_snapshot;

fn world() -> World {
    World::with(&[
        (
            "projects/myapp/sessions.md",
            "---\ntitle: MyProject Sessions\ntags: [myproject, sessions]\nproject: myapp\n---\n\n\
             # Session Log\n\n## 2026-01-11 14:45 UTC\n\n#auth #progress\n\n\
             Fixed authentication module, added OAuth2 support.\n",
        ),
        (
            "guides/deploy.md",
            "# Deploy\n\nDeploy with care: the module loader is slow.\n",
        ),
    ])
}

#[test]
fn the_first_sentence_that_every_user_types() {
    let world = World::new();
    world.mx(&[
        "session-log",
        "-m",
        "Rewrote the auth module",
        "-e",
        "projects/demo/sessions.md",
    ]);
    assert_snapshot!(world.mx(&["search", "auth module", "--tags=sessions"]), @r"
    projects/demo/sessions.md:13  shop Sessions › 2026-01-11 10:30 UTC
        Rewrote the auth module
    --- exit 0
    ");
}

#[test]
fn a_hit_is_a_line_and_its_snippet() {
    let world = world();
    let shown = world.mx(&["search", "OAuth2"]);
    let (first, snippet) = shown.split_once('\n').expect("two lines");
    assert_snapshot!(first, @"projects/myapp/sessions.md:9  MyProject Sessions › 2026-01-11 14:45 UTC  #auth #progress");
    assert!(snippet.starts_with("    "), "{shown}");
    assert!(
        snippet.ends_with("Fixed authentication module, added OAuth2 support.\n--- exit 0\n"),
        "{shown}"
    );
    assert_snapshot!(world.mx(&["search", "loader"]), @r"
    guides/deploy.md:1  Deploy
        Deploy with care: the module loader is slow.
    --- exit 0
    ");
    assert_snapshot!(world.mx(&["search", "--terse", "module"]), @r"
    guides/deploy.md
    projects/myapp/sessions.md
    --- exit 0
    ");
}

#[test]
fn words_need_no_quotes_and_may_begin_with_a_dash() {
    let world = world();
    for arguments in [
        &["search", "deploy", "care", "--terse"][..],
        &["search", "--terse", "--", "-support", "module"],
    ] {
        assert_eq!(
            world.mx(arguments),
            "guides/deploy.md\n--- exit 0\n",
            "{arguments:?}"
        );
    }
}

#[test]
fn the_step_that_gave_the_answer_is_said() {
    let world = world();
    let shown = world.mx(&["search", "--terse", "deploy", "OAuth2"]);
    assert!(
        shown.contains("note: nothing holds all words; what holds the most comes first\n"),
        "{shown}"
    );
    assert_eq!(world.json(&["search", "deploy OAuth2"])["step"], "any");
    assert_eq!(world.json(&["search", "authentcation"])["step"], "fuzzy");
    assert_eq!(
        world.mx(&["search", "zzzzqqqq"]),
        "--- stderr\nnote: no matches\n--- exit 0\n"
    );
}

#[test]
fn whole_sections_are_printed_where_asked_for() {
    let world = world();
    let found = world.json(&["search", "OAuth2", "--content"]);
    let content = found["results"][0]["sections"][0]["content"]
        .as_str()
        .expect("content");
    assert!(
        content.contains("#auth #progress") && content.contains("OAuth2 support."),
        "{content}"
    );
    let plain = world.json(&["search", "OAuth2"]);
    assert!(plain["results"][0]["sections"][0].get("content").is_none());
}

#[test]
fn filters_alone_are_enough_and_nothing_is_not() {
    let world = world();
    assert_eq!(
        world.mx(&["search", "--tag", "auth", "--terse"]),
        "projects/myapp/sessions.md\n--- exit 0\n"
    );
    assert_eq!(
        world.mx(&["search", "--path", "guides", "--terse"]),
        "guides/deploy.md\n--- exit 0\n"
    );
    assert_snapshot!(world.mx(&["search"]), @r#"
    --- stderr
    error: nothing to search for
    hint: give words, as in: mx search "auth module"
    hint: or a filter, as in: mx search --tags auth
    --- exit 2
    "#);
}

#[test]
fn what_no_filter_understands_is_wrong_usage() {
    let world = world();
    for (option, value) in [
        ("--since", "whenever"),
        ("--until", "soon"),
        ("--tags", "a b"),
        ("--path", "["),
        ("-n", "0"),
    ] {
        let output = world.command(&["search", "x", option, value]).output();
        assert_eq!(output.status.code(), Some(2), "{option} {value}");
    }
}

#[test]
fn escape_sequences_in_files_never_reach_the_output() {
    let world = World::with(&[(
        "evil.md",
        "# A \u{1b}[2J title\n\nbody \u{1b}]0;x\u{7} word\n",
    )]);
    let output = world.command(&["search", "word"]).output();
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(
        text.contains("evil.md") && !text.contains('\u{1b}') && !text.contains('\u{7}'),
        "{text}"
    );
}

#[test]
fn an_empty_place_holds_nothing() {
    let world = World::new();
    assert_eq!(
        world.mx(&["search", "x"]),
        "--- stderr\nnote: the knowledge base [DIR]/kb does not exist yet\nnote: no matches\n--- exit 0\n"
    );
    assert!(!world.kb().exists(), "reading makes nothing");
}

#[test]
fn who_searches_for_a_time_learns_how_to() {
    let world = World::with(&[("a.md", "# A\n\ntext\n")]);
    let shown = world.mx(&["search", "yesterday"]);
    assert!(shown.contains("mx recent --since yesterday"), "{shown}");
    assert!(!world.mx(&["search", "text"]).contains("--since"));
    let shown = world.mx(&["search", "since:foo text"]);
    assert!(shown.contains("'since:foo' names no time"), "{shown}");
    let shown = world.mx(&["search", "since:7d text"]);
    assert!(!shown.contains("names no time"), "{shown}");
}
