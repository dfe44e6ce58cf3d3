//! What `mx log update` and `mx log end` see for themselves.

use crate::repository::{Repository, answer, events, files, sources};
use serde_json::Value;

fn start(shop: &Repository, arguments: &[&str]) -> Value {
    let mut all = vec!["log", "start"];
    all.extend(arguments);
    shop.json(&all)["session"]["id"].clone()
}

/// Has everything done to files that can be done to them; `b` was changed before the start.
fn work(shop: &Repository) {
    shop.write("committed", "x\n");
    shop.remove("deleted");
    shop.git(&["mv", "old-name", "new-name"]);
    shop.git(&["add", "committed", "deleted"]);
    shop.git(&["commit", "-q", "-m", "All of it"]);
    shop.write("a", "changed\n");
    shop.write("created", "x\n");
    shop.remove("dir/c");
    shop.git(&["mv", "was", "is"]);
    shop.write("debug.log", "ignored\n");
    shop.write("target/x", "ignored\n");
}

fn world() -> Repository {
    let shop = Repository::new();
    for name in ["deleted", "old-name", "was", "untouched"] {
        shop.write(
            name,
            &format!("content of {name}, which is long enough\n").repeat(5),
        );
    }
    shop.write(".gitignore", "*.log\ntarget/\n");
    shop.commit("second");
    shop.write("b", "changed before\n");
    shop.write("debris", "from before\n");
    shop
}

const TOLD: [&str; 7] = [
    "created committed",
    "created created",
    "deleted deleted",
    "deleted dir/c",
    "modified a",
    "renamed is (from was)",
    "renamed new-name (from old-name)",
];

#[test]
fn what_changed_since_the_start_is_told_and_nothing_else() {
    let shop = world();
    let id = start(&shop, &[]);
    work(&shop);
    let update = shop.json(&["log", "update"]);
    assert_eq!(update["files"], 7, "{update}");
    let uncommitted = ["a", "b", "created", "debris", "dir/c", "is"];
    for file in uncommitted {
        let listed = update["uncommitted"].as_array().expect("files");
        assert!(listed.iter().any(|name| name == file), "{file}: {update}");
    }
    let session = shop.session(&id);
    assert_eq!(files(&session), TOLD);
    assert_eq!(events(&session), ["Committed: All of it"]);
    assert_eq!(sources(&session), ["observed"]);
    // Once more changes nothing.
    shop.json(&["log", "update"]);
    assert_eq!(shop.session(&id), session);
    let ended = shop.end();
    assert_eq!(files(&ended), TOLD);
    assert_eq!(events(&ended), ["Committed: All of it"]);
    let prompt = ended["prompt"].to_string();
    assert!(prompt.contains("Uncommitted: "), "{prompt}");
}

#[test]
fn what_was_dirty_before_counts_once_it_is_changed_again() {
    let shop = world();
    let id = start(&shop, &[]);
    shop.json(&["log", "update"]);
    assert_eq!(files(&shop.session(&id)), Vec::<String>::new());
    shop.write("b", "changed again, and longer\n");
    shop.remove("debris");
    shop.json(&["log", "update"]);
    assert_eq!(files(&shop.session(&id)), ["deleted debris", "modified b"]);
    // What is undone has not happened, as far as it was not logged.
    shop.write("x", "x\n");
    shop.commit("x");
    let session = shop.end();
    assert!(
        files(&session).contains(&"modified b".to_owned()),
        "{session}"
    );
}

#[test]
fn what_was_stated_wins_over_what_is_seen() {
    let shop = world();
    let id = start(&shop, &[]);
    let log = |file: &str, action: &str, notes: &str| {
        shop.json(&["log", "file", file, "--action", action, "--notes", notes]);
    };
    log("a", "created", "rewritten");
    work(&shop);
    // But it was changed, whatever was logged before.
    log("created", "read", "");
    shop.json(&["log", "update"]);
    // Also after it was seen.
    log("dir/c", "renamed", "to nowhere");
    shop.json(&["log", "update"]);
    let told = files(&shop.session(&id));
    for row in [
        "created a (rewritten)",
        "created created",
        "renamed dir/c (to nowhere)",
    ] {
        assert!(told.contains(&row.to_owned()), "{row}: {told:?}");
    }
    assert_eq!(told.len(), 7, "one row each: {told:?}");
    let session = shop.session(&id);
    assert_eq!(sources(&session), ["observed", "stated"]);
    assert_eq!(files(&shop.end()), told);
}

#[test]
fn several_directories_are_seen_each_in_its_way() {
    let shop = Repository::new();
    let notes = shop.path("../notes");
    let web = shop.path("../web");
    for dir in [&notes, &web] {
        std::fs::create_dir_all(dir).expect("a directory");
        std::fs::write(dir.join("old"), "x\n").expect("a file");
    }
    shop.git_in(&web, &["init", "-q", "-b", "main"]);
    shop.git_in(&web, &["add", "-A"]);
    shop.git_in(&web, &["commit", "-q", "-m", "first of the web"]);
    std::thread::sleep(std::time::Duration::from_millis(20));
    let id = start(
        &shop,
        &["--dir", ".", "--dir", "../notes", "--dir", "../web"],
    );
    let record = std::fs::read_to_string(shop.path(".session_log.md")).expect("a record");
    assert!(
        record.contains("**Directories:** ~/projects/shop, ~/projects/notes, ~/projects/web\n"),
        "{record}"
    );
    std::thread::sleep(std::time::Duration::from_millis(20));
    shop.write("d", "x\n");
    std::fs::write(notes.join("new"), "x\n").expect("a file");
    std::fs::write(notes.join("old"), "changed\n").expect("a file");
    std::fs::write(web.join("page"), "x\n").expect("a file");
    shop.git_in(&web, &["add", "-A"]);
    shop.git_in(&web, &["commit", "-q", "-m", "Add a page"]);
    // From any of them.
    let logged = answer(
        shop.command(&["log", "file", "page", "--notes", "n"])
            .within(&web),
    );
    assert_eq!(logged["session"], id);
    let update = answer(shop.command(&["log", "update"]).within(&notes));
    assert_eq!(update["session"], id);
    let session = shop.session(&id);
    assert_eq!(
        files(&session),
        [
            "created d",
            "created notes/new",
            "modified notes/old",
            "modified web/page (n)"
        ]
    );
    assert_eq!(events(&session), ["Committed: Add a page"]);
    shop.json(&["log", "end"]);
    assert_eq!(shop.end(), Value::Null);
    let end = answer(shop.command(&["log", "end"]).within(&web));
    assert_eq!(end["session"], Value::Null, "{end}");
}

#[test]
fn a_repository_that_is_made_within_the_session() {
    let shop = Repository::plain();
    shop.write("old", "x\n");
    std::thread::sleep(std::time::Duration::from_millis(20));
    let id = start(&shop, &[]);
    std::thread::sleep(std::time::Duration::from_millis(20));
    shop.write("new", "x\n");
    shop.git(&["init", "-q", "-b", "main"]);
    shop.commit("root");
    shop.json(&["log", "update"]);
    let session = shop.session(&id);
    assert_eq!(files(&session), ["created new"]);
    assert_eq!(events(&session), ["Committed: root"]);
}
