//! Settings that reach outside, move things, or are misspelt: followed or refused, never silent.

use crate::common::World;
use std::fs;

#[test]
fn the_directory_of_sessions_lies_inside() {
    for outside in [
        "~/logs",
        "/srv/logs",
        "../logs",
        "$HOME/logs",
        "a/../../b",
        ".logs",
    ] {
        let world = World::with(&[(".mx/config.yaml", &format!("session_logs: {outside}\n"))]);
        for arguments in [
            &["log", "start"][..],
            &["session-log", "-e", "a.md", "-m", "x"],
        ] {
            let shown = world.mx(arguments);
            assert!(shown.contains("config.yaml:1:15: "), "{outside}: {shown}");
            assert!(
                shown.contains("is not a directory inside"),
                "{outside}: {shown}"
            );
        }
        assert_eq!(
            fs::read_dir(world.kb()).expect("the root").count(),
            1,
            "{outside}"
        );
    }
}

#[test]
fn sessions_that_a_setting_hides_are_named() {
    let world = World::new();
    world.mx(&["log", "start", "--goal", "lamp"]);
    world.mx(&["log", "end"]);
    assert!(world.mx(&["doctor"]).contains("all is well"));
    world.write(".mx/config.yaml", "session_logs: logs\n");
    let doctor = world.mx(&["doctor"]);
    assert!(
        doctor.contains("session_logs: 1 session lies here"),
        "{doctor}"
    );
    assert!(doctor.contains("move what is in it to logs/"), "{doctor}");
    for command in ["list", "index"] {
        let shown = world.mx(&["log", command]);
        assert!(
            shown.contains("warning: session_logs/ holds sessions that are not listed"),
            "{shown}"
        );
    }
}

#[test]
fn the_root_may_begin_with_the_home_directory() {
    for (root, place) in [
        ("~/kb", "home/kb"),
        ("$HOME/kb", "home/kb"),
        ("${HOME}/kb", "home/kb"),
    ] {
        let world = World::new();
        world.context(&format!("project: p\nprimary: p\nkb_root: {root}\n"));
        let run = world
            .command(&["session-log", "-m", "x"])
            .without("MEMEX_KB_ROOT");
        let shown = run.shown();
        assert!(shown.contains(&format!("[DIR]/{place}")), "{root}: {shown}");
    }
    let world = World::new();
    world.context("project: p\nprimary: p\nkb_root: $NOTES/kb\n");
    let shown = world.mx(&["session-log", "-m", "x"]);
    assert!(
        shown.contains("kb_root '$NOTES/kb' begins with what only a shell replaces"),
        "{shown}"
    );
    assert!(!world.work().join("$NOTES").exists());
}

#[test]
fn nothing_is_written_where_it_is_not_found() {
    let world = World::with(&[(".mx/config.yaml", "exclude: [drafts, '*.tmp.md']\n")]);
    for entry in [
        "session_logs/RECENT_WORK.md",
        "./session_logs//SESSION_INDEX.md",
        "session_logs/recent_work.md",
        "session_logs/SESSION_INDEX_ARCHIVE.md",
        "session_logs/RECENT_WORK-moved-aside-1.md",
        "drafts/a.md",
        "a.tmp.md",
        "~/a.md",
        "$HOME/a.md",
    ] {
        let shown = world.mx(&["session-log", "-e", entry, "-m", "x"]);
        assert!(shown.contains("--- exit 2"), "{entry}: {shown}");
    }
    let directories = fs::read_dir(world.kb()).expect("the root");
    assert_eq!(directories.count(), 1);
}

#[test]
fn a_default_entry_serves_every_project() {
    let world = World::with(&[(
        ".mx/config.yaml",
        "default_entry: projects/{project}/sessions.md\n",
    )]);
    let answer = world.json(&["session-log", "-m", "x"]);
    assert_eq!(answer["path"], "projects/shop/sessions.md");
    assert_eq!(answer["context_source"], ".mx/config.yaml (default_entry)");
    world.context("project: My App\nprimary: 'apps/{project}'\n");
    let answer = world.json(&["session-log", "-m", "x"]);
    assert_eq!(answer["path"], "apps/my-app/sessions.md");
    let shown = world.mx(&["context", "show"]);
    assert!(shown.contains("apps/my-app/sessions.md"), "{shown}");
}

#[test]
fn a_context_without_a_project_names_it_after_its_directory() {
    let world = World::new();
    world.context("primary: p\n");
    let below = world.work().join("src/deep");
    fs::create_dir_all(&below).expect("directories");
    let shown = world
        .command(&["session-log", "-m", "x", "--json"])
        .within(&below)
        .shown();
    assert!(shown.contains("\"project\":\"shop\""), "{shown}");
}

#[test]
fn a_misspelt_key_is_told_where_it_matters() {
    let world = World::new();
    world.context("primry: projects/p1\n");
    let shown = world.mx(&["session-log", "-m", "x"]);
    assert!(
        shown.contains("unknown key 'primry', did you mean 'primary'?"),
        "{shown}"
    );
    assert!(
        shown.contains("put 'primary: projects/shop' into [DIR]/shop/.kbcontext"),
        "{shown}"
    );
    assert!(!shown.contains("context init"), "{shown}");
}

#[test]
fn links_lead_to_titles_aliases_and_addresses() {
    let world = World::with(&[(
        "patterns/oauth2.md",
        "---\ntitle: OAuth2 patterns\naliases: [oauth]\n---\ntext\n",
    )]);
    let links = "OAuth2 patterns,oauth,oauth2,patterns/oauth2,https://example.com/pull/42,nowhere";
    let shown = world.mx(&["session-log", "-e", "s.md", "-m", "x", "--links", links]);
    assert_eq!(shown.matches("no such entry").count(), 1, "{shown}");
    assert!(shown.contains("link to nowhere: no such entry"), "{shown}");
    let related = "Related: [[OAuth2 patterns]], [[oauth]], [[oauth2]], [[patterns/oauth2]], \
                   <https://example.com/pull/42>, [[nowhere]]\n";
    assert!(
        world.read("s.md").ends_with(related),
        "{}",
        world.read("s.md")
    );
    let doctor = world.mx(&["doctor"]);
    assert_eq!(doctor.matches("leads nowhere").count(), 1, "{doctor}");
}

#[test]
fn a_context_is_made_at_the_root_of_the_repository() {
    let world = World::new();
    let deep = world.work().join("src/deep");
    fs::create_dir_all(&deep).expect("directories");
    fs::create_dir(world.work().join(".git")).expect("a directory");
    fs::write(world.work().join(".git/HEAD"), "ref: refs/heads/main\n").expect("a file");
    let shown = world.command(&["context", "init"]).within(&deep).shown();
    assert!(shown.contains("Wrote: [DIR]/shop/.kbcontext"), "{shown}");
    let shown = world
        .command(&["context", "init", "--here", "--project", "deep"])
        .within(&deep)
        .shown();
    assert!(
        shown.contains("Wrote: [DIR]/shop/src/deep/.kbcontext"),
        "{shown}"
    );
}

#[test]
fn a_renamed_project_keeps_its_history() {
    let world = World::with(&[("projects/shop/plan.md", "walnut plan\n")]);
    world.context("project: Shop\nprimary: projects/shop\n");
    world.mx(&["session-log", "-m", "walnut note"]);
    world.mx(&["log", "start", "--goal", "walnut goal"]);
    let shown = world.mx(&["project", "rename", "Shop", "Store"]);
    assert!(
        shown.contains("is running") && shown.contains("--- exit 1"),
        "{shown}"
    );
    world.mx(&["log", "end", "--summary", "walnut session"]);
    let shown = world.mx(&["project", "rename", "Shop", "Store"]);
    assert!(
        shown.starts_with("Renamed: Shop is Store now (3 entries)"),
        "{shown}"
    );
    assert!(shown.contains("Changed: [DIR]/shop/.kbcontext"), "{shown}");
    let found = world.json(&["search", "walnut", "--project", "store"]);
    assert_eq!(found["total"], 3, "{found}");
    let found = world.json(&["search", "walnut", "--project", "shop"]);
    assert_eq!(found["total"], 0, "{found}");
    let list = world.mx(&["log", "list", "--project", "Store"]);
    assert!(list.contains("walnut session"), "{list}");
    assert!(world.mx(&["resume"]).contains("walnut session"));
    assert!(world.mx(&["doctor"]).contains("all is well"));
    let shown = world.mx(&["project", "rename", "Nobody", "x"]);
    assert!(shown.contains("--- exit 3"), "{shown}");
}
