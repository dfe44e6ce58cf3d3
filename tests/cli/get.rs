//! `mx get`

use crate::common::World;
use insta::assert_snapshot;
use std::fs;

const LOG: &str = "---\ntitle: MyApp Sessions\ntags: [myapp, sessions]\n---\n\n# Session Log\n\n\
    ## 2026-01-09 09:00 UTC\n\nfirst\n\n## 2026-01-10 09:00 UTC\n\n#auth\n\nsecond\n\n### Detail\n\n\
    deeper\n\n## 2026-01-11 09:00 UTC\n\nthird\n";

fn world() -> World {
    World::with(&[
        ("projects/myapp/sessions.md", LOG),
        (
            "patterns/oauth2.md",
            "# OAuth2 patterns\n\nSee [[Refresh]].\n",
        ),
        ("patterns/oauth1.md", "# OAuth1 patterns\n"),
    ])
}

#[test]
fn an_entry_is_printed_byte_for_byte() {
    let world = World::new();
    let bytes = b"\xef\xbb\xbf# A\r\n\x1b[31m\0 \xff no end".to_vec();
    world.write("a.md", &bytes);
    assert_eq!(world.command(&["get", "a.md"]).output().stdout, bytes);
    let forced = world
        .command(&["get", "a.md"])
        .env("CLICOLOR_FORCE", "1")
        .output();
    assert_eq!(forced.stdout, bytes);
    assert!(!world.kb().join(".mx").exists(), "the index is not needed");
}

#[test]
fn the_ways_of_writing_a_path_are_forgiven() {
    let world = world();
    let absolute = world.kb().join("patterns/oauth2.md");
    let text = world.read("patterns/oauth2.md");
    for path in [
        "patterns/oauth2.md",
        "patterns/oauth2",
        "./patterns//oauth2.md",
        "[[patterns/oauth2]]",
        &absolute.to_string_lossy(),
    ] {
        let output = world.command(&["get", path]).output();
        assert_eq!(String::from_utf8_lossy(&output.stdout), text, "{path}");
    }
    let inside = world
        .command(&["get", "oauth2.md"])
        .within(world.kb().join("patterns"));
    assert_eq!(String::from_utf8_lossy(&inside.output().stdout), text);
}

#[test]
fn what_is_not_there_is_answered_with_what_is_near() {
    let world = world();
    assert_snapshot!(world.mx(&["get", "patterns/oauth3.md"]), @r"
    --- stderr
    error: no entry at 'patterns/oauth3.md'
    hint: did you mean patterns/oauth1.md?
    hint: did you mean patterns/oauth2.md?
    --- exit 3
    ");
    assert_snapshot!(world.mx(&["get", "zzz"]), @r"
    --- stderr
    error: no entry at 'zzz'
    hint: mx list shows all entries, mx search finds one by its text
    --- exit 3
    ");
    assert_snapshot!(world.mx(&["get", "patterns/oauth2.md:1"]), @r"
    --- stderr
    error: no entry at 'patterns/oauth2.md:1'
    hint: write: mx get patterns/oauth2.md --lines 1-
    --- exit 3
    ");
}

#[test]
fn paths_out_of_the_knowledge_base_are_refused() {
    let world = world();
    fs::write(world.work().join("secret.md"), "secret").expect("a file");
    for path in [
        "../shop/secret.md",
        "patterns/../../shop/secret.md",
        "a\0.md",
        "",
    ] {
        // A NUL cannot even be passed to a program.
        if path.contains('\0') {
            continue;
        }
        let output = world.command(&["get", path]).output();
        assert!(
            !output.status.success() && output.stdout.is_empty(),
            "{path}"
        );
    }
    let outside = world.work().join("secret.md");
    let output = world.command(&["get"]).arg(outside).output();
    assert!(!output.status.success() && output.stdout.is_empty());
}

#[test]
fn a_title_is_found_whole_in_any_case_or_by_its_beginning() {
    let world = world();
    for title in ["MyApp Sessions", "myapp sessions", "MyApp"] {
        let shown = world.mx(&["get", "--title", title, "--lines", "2"]);
        assert_eq!(shown, "title: MyApp Sessions\n--- exit 0\n", "{title}");
    }
    assert_snapshot!(world.mx(&["get", "--title", "oauth"]), @r"
    --- stderr
    error: 2 entries are titled 'oauth'
    hint: mx get patterns/oauth1.md
    hint: mx get patterns/oauth2.md
    --- exit 2
    ");
    assert_snapshot!(world.mx(&["get", "--title", "OAuth9 patterns"]), @r#"
    --- stderr
    error: no entry is titled 'OAuth9 patterns'
    hint: did you mean --title "OAuth1 patterns"?
    hint: did you mean --title "OAuth2 patterns"?
    --- exit 3
    "#);
}

#[test]
fn sections_lines_and_the_last_ones_are_cut_out() {
    let world = world();
    let get = |option: &str, value: &str| {
        let output = world
            .command(&["get", "projects/myapp/sessions.md", option, value])
            .output();
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    assert_eq!(get("--last", "1"), "## 2026-01-11 09:00 UTC\n\nthird\n");
    assert!(get("--last", "2").starts_with("## 2026-01-10 09:00 UTC\n\n#auth\n"));
    assert_eq!(get("--section", "detail"), "### Detail\n\ndeeper\n");
    assert_eq!(
        get("--section", "2026-01-09"),
        "## 2026-01-09 09:00 UTC\n\nfirst\n"
    );
    assert_eq!(get("--lines", "1-2"), "---\ntitle: MyApp Sessions\n");
    assert_eq!(get("--lines", "-1"), "---\n");
    assert!(get("--lines", "8-").starts_with("## 2026-01-09 09:00 UTC\n"));
    assert_snapshot!(world.mx(&["get", "patterns/oauth2.md", "--lines", "4-"]), @r"
    --- stderr
    error: patterns/oauth2.md has only 3 lines
    --- exit 3
    ");
    assert_snapshot!(world.mx(&["get", "patterns/oauth2.md", "--section", "Refresh"]), @r"
    --- stderr
    error: patterns/oauth2.md has no section 'Refresh'
    hint: mx get patterns/oauth2.md --metadata shows the headings
    --- exit 3
    ");
}

#[test]
fn metadata_is_what_is_known_without_the_text() {
    assert_snapshot!(world().mx(&["get", "projects/myapp/sessions.md", "--metadata"]), @r"
    path         projects/myapp/sessions.md
    title        MyApp Sessions
    tags         myapp, sessions
    project      MyApp
    size         193 bytes
         6  # Session Log
         8  ## 2026-01-09 09:00 UTC
        12  ## 2026-01-10 09:00 UTC  #auth
        18  ### Detail  #auth
        22  ## 2026-01-11 09:00 UTC
    --- exit 0
    ");
}

#[test]
fn parts_exclude_each_other_and_one_entry_is_needed() {
    let world = world();
    for arguments in [
        &["get"][..],
        &["get", "a.md", "--title", "A"],
        &["get", "a.md", "--last", "1", "--lines", "1"],
        &["get", "a.md", "--section", "A", "--metadata"],
        &["get", "a.md", "--last", "0"],
        &["get", "a.md", "--lines", "5-2"],
    ] {
        let output = world.command(arguments).output();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn the_project_is_the_one_that_a_search_shows() {
    let world = World::with(&[("projects/shop/notes.md", "# Notes\n\ntoken\n")]);
    let found = world.json(&["search", "token"]);
    assert_eq!(found["results"][0]["project"], "shop");
    for more in [&[][..], &["--metadata"]] {
        let arguments = [&["get", "projects/shop/notes.md"], more].concat();
        assert_eq!(world.json(&arguments)["project"], "shop", "{more:?}");
    }
}
