//! `mx log end` without a start, in real repositories.

use crate::repository::{Repository, answer, events, files, sources};
use insta::assert_snapshot;
use serde_json::{Value, json};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

#[test]
fn commits_and_what_is_not_committed_become_a_session() {
    let shop = Repository::new();
    shop.write("basket.rs", "fn basket() {}\n");
    shop.commit("Add a basket");
    shop.write("a", "changed\n");
    shop.write("notes.txt", "x\n");
    shop.write("target/out", "x\n");
    shop.write(".git/info/exclude", "target\n.session_log*\n");
    assert_snapshot!(shop.command(&["log", "end"]).shown(), @r"
    Session 20260110-090300 reconstructed: session_logs/shop/20260110-090300.md (2m, 5 files, 0 decisions)
    Reconstructed from 2 commits and 2 uncommitted files.

    > Last session (from the log): Committed b0b1456: first; Committed de94914: Add a basket.
    > Key files: a, b, basket.rs, dir/c, notes.txt
    > Uncommitted: a, notes.txt
    --- stderr
    note: created the knowledge base [DIR]/kb
    --- exit 0
    ");
    let session = shop.session(&shop.json(&["log", "list"])["sessions"][0]["id"]);
    assert_eq!(
        events(&session),
        ["Committed: first", "Committed: Add a basket"]
    );
    let told = [
        "created a",
        "created b",
        "created basket.rs",
        "created dir/c",
        "created notes.txt",
    ];
    assert_eq!(files(&session), told);
    assert_eq!(sources(&session), ["inferred"]);
    assert_eq!(
        session["reconstructed"],
        "from 2 commits and 2 uncommitted files"
    );
    assert_eq!(session["status"], "ended");
    assert_eq!(session["started"], "2026-01-10T09:03:00Z");
    let entry = format!(
        "session_logs/shop/{}.md",
        session["id"].as_str().expect("an id")
    );
    let text = shop.world().read(&entry);
    assert!(
        text.contains("**Reconstructed:** from 2 commits and 2 uncommitted files\n"),
        "{text}"
    );
    assert!(text.contains("<!-- inferred --> |"), "{text}");
}

#[test]
fn a_night_is_no_work() {
    let shop = Repository::new();
    shop.wait(18);
    shop.write("basket.rs", "fn basket() {}\n");
    shop.commit("Add a basket");
    shop.write("cart.rs", "fn cart() {}\n");
    shop.commit("Add a cart");
    let end = shop.json(&["log", "end"]);
    assert_eq!(end["minutes"], 2, "{end}");
    let session = shop.session(&end["session"]);
    assert_eq!(session["started"], "2026-01-11T03:05:00Z");
    // What was done before is listed all the same.
    assert_eq!(
        events(&session),
        [
            "Committed: first",
            "Committed: Add a basket",
            "Committed: Add a cart"
        ]
    );
    assert!(
        files(&session).contains(&"created a".to_owned()),
        "{session}"
    );
}

#[test]
fn to_clone_is_no_work() {
    let first = Repository::empty();
    let projects = first.world().home().join("projects");
    let hub = projects.join("shop.git").display().to_string();
    first.git(&["init", "-q", "--bare", "-b", "main", &hub]);
    first.git(&["remote", "add", "origin", &hub]);
    first.write("a", "x\n");
    first.commit("first");
    first.git(&["push", "-q", "origin", "main"]);
    first.json(&["log", "start"]);
    first.json(&["log", "end"]);
    first.git_in(&projects, &["clone", "-q", &hub, "second"]);
    assert_eq!(first.at("second").end(), Value::Null);
}

#[test]
fn a_second_end_is_harmless_and_later_work_is_another_session() {
    for shop in [Repository::new(), Repository::in_real_time()] {
        shop.write("a", "changed before\n");
        let first = shop.end();
        assert!(
            events(&first).contains(&"Committed: first".to_owned()),
            "{first}"
        );
        for _ in 0..2 {
            let again = shop.json(&["log", "end"]);
            assert_eq!(again["session"], Value::Null, "{again}");
            assert!(
                again["path"]
                    .as_str()
                    .is_some_and(|path| path.contains("shop/"))
            );
        }
        shop.git(&["add", "a"]);
        shop.write("d", "new\n");
        shop.git(&["add", "d"]);
        shop.git(&["commit", "-q", "-m", "second"]);
        let second = shop.end();
        assert_eq!(events(&second), ["Committed: second"], "{second}");
        assert!(files(&second).contains(&"created d".to_owned()), "{second}");
        assert!(
            !files(&second).contains(&"created b".to_owned()),
            "{second}"
        );
        let from = second["reconstructed"].as_str().expect("from what");
        assert!(from.starts_with("from 1 commit, since "), "{from}");
        shop.remove("d");
        assert_eq!(files(&shop.end()), ["deleted d"]);
        assert_eq!(shop.end(), Value::Null);
        let list = shop.json(&["log", "list"]);
        assert_eq!(list["sessions"].as_array().map(Vec::len), Some(3));
    }
}

/// What is kept below `.mx/` may be deleted, or could not be written. The records still say what they
/// say.
#[test]
fn what_a_record_tells_is_not_told_again_when_it_is_not_known_how_the_directory_looked() {
    for shop in [Repository::in_real_time(), Repository::plain()] {
        let has_git = shop.path(".git").exists();
        shop.write("a", "changed\n");
        shop.write("old", "x\n");
        if has_git {
            shop.git(&["checkout", "-q", "-b", "feature"]);
            shop.write("b", "changed\n");
            shop.commit("Change b");
            shop.write("left", "not committed\n");
        }
        let first = shop.end();
        assert!(files(&first).contains(&"created old".to_owned()), "{first}");
        shop.forget_how_directories_look();
        assert_eq!(shop.end(), Value::Null);
        shop.write("later", "x\n");
        assert_eq!(files(&shop.end()), ["created later"]);
        shop.forget_how_directories_look();
        shop.remove("later");
        if has_git {
            shop.commit("Change nothing else");
            assert_eq!(events(&shop.end()), ["Committed: Change nothing else"]);
        }
    }
}

/// The second in which a record ends is not counted twice, whatever was done before it began: a file
/// that was made and removed is in no record.
#[test]
fn the_second_in_which_a_record_ends_is_counted_once() {
    for begins_before in 0..5 {
        let shop = Repository::in_real_time();
        let step = |number| {
            if number == begins_before {
                wait_for_the_next_second();
            }
        };
        step(0);
        shop.write("b", "changed\n");
        shop.commit("Change b");
        step(1);
        shop.write("b", "changed again\n");
        shop.remove("a");
        shop.commit("Remove a");
        step(2);
        shop.remove("dir/c");
        step(3);
        // The record reaches to the last that it shows.
        shop.write("last", "x\n");
        step(4);
        let first = shop.end();
        assert_eq!(files(&first), ["created b", "created last"]);
        shop.forget_how_directories_look();
        assert_eq!(shop.end(), Value::Null, "{begins_before}: {first}");
        if begins_before < 4 {
            // Where git made all of it in that second, the file has come and gone in it.
            shop.remove("b");
            assert_eq!(files(&shop.end()), ["deleted b"]);
        }
    }
}

/// What was changed after a session has ended is told, however soon that was, and whatever is written
/// to its record or imported later.
#[test]
fn what_was_changed_just_after_a_session_is_not_lost() {
    for later in ["nothing", "amend", "import"] {
        let shop = Repository::in_real_time();
        shop.end();
        wait_for_the_next_second();
        shop.write("one", "x\n");
        assert_eq!(files(&shop.end()), ["created one"]);
        shop.write("two", "x\n");
        shop.write("one", "changed\n");
        wait_for_the_next_second();
        match later {
            "amend" => drop(shop.json(&["log", "amend", "--summary", "x"])),
            "import" => drop(shop.json(&["import", "claude", &transcript(&shop, "three")])),
            _ => {}
        }
        if later != "import" {
            shop.forget_how_directories_look();
        }
        let expected: &[&str] = match later {
            // The record was written anew: it is not known which came first in that second.
            "amend" => &["created two"],
            "import" => &["created two", "modified one"],
            _ => &["created one", "created two"],
        };
        assert_eq!(files(&shop.end()), expected, "{later}");
        assert_eq!(shop.end(), Value::Null, "{later}");
    }
}

/// The clock of files may be another than that of this program.
#[test]
fn an_import_hides_nothing_where_files_lie_in_the_future() {
    let shop = Repository::new();
    shop.end();
    shop.write("ours", "x\n");
    shop.json(&["import", "claude", &transcript(&shop, "theirs")]);
    let told = files(&shop.end());
    assert!(told.contains(&"created ours".to_owned()), "{told:?}");
    assert_eq!(shop.end(), Value::Null);
}

/// Where it is not known how the directory looked, a commit that is recorded is where it begins.
#[test]
fn what_is_done_to_a_recorded_commit_is_told_as_what_it_is() {
    type Work = fn(&Repository);
    let works: [(Work, &[&str]); 4] = [
        (|shop| shop.remove("a"), &["deleted a"]),
        (|shop| shop.write("a", "changed\n"), &["modified a"]),
        (
            |shop| drop(shop.git(&["mv", "a", "moved"])),
            &["renamed moved (from a)"],
        ),
        (
            |shop| {
                shop.remove("a");
                shop.commit("Remove a");
            },
            &["deleted a"],
        ),
    ];
    for (work, expected) in works {
        let shop = Repository::in_real_time();
        shop.end();
        shop.forget_how_directories_look();
        wait_for_the_next_second();
        work(&shop);
        assert_eq!(files(&shop.end()), expected);
        assert_eq!(shop.end(), Value::Null);
    }
}

/// Writes a transcript of Claude Code, of a session now in which a file was written.
fn transcript(shop: &Repository, file: &str) -> String {
    shop.write(file, "x\n");
    let now = chrono::Utc::now()
        .format("%Y-%m-%dT%H:%M:%S%.3fZ")
        .to_string();
    let line = |number: u32, role: &str, content: Value| {
        json!({
            "type": role, "uuid": format!("u-{number}"), "sessionId": "c-1", "timestamp": now,
            "cwd": shop.path(""), "message": {"role": role, "content": content},
        })
        .to_string()
    };
    let call = json!([{
        "type": "tool_use", "id": "t1", "name": "Write",
        "input": {"file_path": shop.path(file), "content": "x"},
    }]);
    let result = json!([{"type": "tool_result", "tool_use_id": "t1", "content": "written"}]);
    let lines = [
        line(1, "user", json!("Go")),
        line(2, "assistant", call),
        line(3, "user", result),
    ];
    let path = shop.world().home().join("c-1.jsonl");
    std::fs::write(&path, lines.join("\n") + "\n").expect("a transcript");
    path.to_string_lossy().into_owned()
}

/// Waits until the clock of files shows another second too: it lags behind by a few milliseconds.
fn wait_for_the_next_second() {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("a time");
    let rest = Duration::from_secs(1) - Duration::from_nanos(now.subsec_nanos().into());
    std::thread::sleep(rest + Duration::from_millis(20));
}

#[test]
fn what_was_done_after_a_session_is_reconstructed_and_what_was_done_in_it_is_not() {
    for shop in [Repository::new(), Repository::in_real_time()] {
        shop.json(&["log", "start"]);
        shop.write("within", "x\n");
        shop.commit("within");
        shop.write("left", "not committed\n");
        let session = shop.end();
        assert_eq!(files(&session), ["created left", "created within"]);
        assert_eq!(session["reconstructed"], Value::Null);
        assert_eq!(shop.end(), Value::Null);
        shop.write("after", "x\n");
        shop.git(&["add", "after"]);
        shop.git(&["commit", "-q", "-m", "after"]);
        let session = shop.end();
        assert_eq!(events(&session), ["Committed: after"]);
        assert_eq!(files(&session), ["created after"]);
        assert_eq!(shop.end(), Value::Null);
    }
}

#[test]
fn merges_and_renames_are_told_as_what_they_are() {
    let shop = Repository::new();
    shop.end();
    shop.git(&["checkout", "-q", "-b", "feature"]);
    shop.git(&["mv", "b", "renamed"]);
    shop.commit("Rename b");
    shop.git(&["checkout", "-q", "main"]);
    shop.write("c", "x\n");
    shop.commit("Add c");
    shop.git(&["merge", "-q", "--no-edit", "feature"]);
    shop.git(&["mv", "a", "moved"]);
    let session = shop.end();
    let told = events(&session);
    for event in [
        "Committed: Rename b",
        "Committed: Add c",
        "Committed: Merge branch 'feature'",
    ] {
        assert_eq!(
            told.iter().filter(|text| *text == event).count(),
            1,
            "{told:?}"
        );
    }
    assert!(
        told.contains(&"Switched from main to feature".to_owned()),
        "{told:?}"
    );
    assert_eq!(
        files(&session),
        [
            "created c",
            "renamed moved (from a)",
            "renamed renamed (from b)"
        ]
    );
    assert_eq!(shop.end(), Value::Null);
}

#[test]
fn without_commits_only_the_files_are_told() {
    let shop = Repository::empty();
    let end = shop.json(&["log", "end"]);
    assert_eq!(
        (&end["session"], &end["path"]),
        (&Value::Null, &Value::Null)
    );
    assert!(!shop.world().kb().exists(), "nothing was made");
    shop.write("x", "1\n");
    let session = shop.end();
    assert_eq!(files(&session), ["created x"]);
    assert_eq!(events(&session), Vec::<String>::new());
    assert_eq!(session["reconstructed"], "from 1 uncommitted file");
    shop.commit("root");
    let session = shop.end();
    assert_eq!(events(&session), ["Committed: root"]);
    assert_eq!(shop.end(), Value::Null);
}

#[test]
fn a_detached_head_is_no_hindrance() {
    let shop = Repository::new();
    shop.end();
    shop.git(&["checkout", "-q", "--detach"]);
    shop.write("d", "x\n");
    shop.commit("detached");
    let session = shop.end();
    assert!(
        events(&session).contains(&"Committed: detached".to_owned()),
        "{session}"
    );
    assert_eq!(files(&session), ["created d"]);
    shop.git(&["checkout", "-q", "main"]);
    let session = shop.end();
    assert!(session.is_null() || files(&session).is_empty(), "{session}");
}

#[test]
fn of_a_shallow_clone_only_own_work_is_told() {
    let origin = Repository::new();
    origin.write("more", "x\n");
    origin.commit("second");
    let url = format!("file://{}", origin.path("").display());
    let url = url.trim_end_matches('/').to_owned();
    let clone = origin.at("clone");
    clone.git(&["clone", "-q", "--depth", "1", &url, "."]);
    clone.end();
    clone.write("own", "x\n");
    clone.commit("own");
    let session = clone.end();
    assert_eq!(events(&session), ["Committed: own"]);
    assert_eq!(files(&session), ["created own"]);
    assert_eq!(clone.end(), Value::Null);
}

#[test]
fn a_submodule_is_one_file() {
    let shop = Repository::new();
    let world_dir = shop.path("../library");
    std::fs::create_dir_all(&world_dir).expect("a directory");
    shop.git_in(&world_dir, &["init", "-q", "-b", "main"]);
    std::fs::write(world_dir.join("lib"), "x\n").expect("a file");
    shop.git_in(&world_dir, &["add", "-A"]);
    shop.git_in(&world_dir, &["commit", "-q", "-m", "library"]);
    shop.end();
    shop.git(&["submodule", "--quiet", "add", "../library", "library"]);
    shop.commit("Add the library");
    let session = shop.end();
    assert_eq!(events(&session), ["Committed: Add the library"]);
    assert_eq!(files(&session), ["created .gitmodules", "created library"]);
    let inside = shop.path("library");
    std::fs::write(inside.join("lib"), "changed\n").expect("a file");
    let session = shop.end();
    assert_eq!(files(&session), ["modified library"]);
    assert_eq!(shop.end(), Value::Null);
}

#[test]
fn without_a_git_program_the_times_of_files_count() {
    let shop = Repository::new();
    let nowhere = shop.world().home().join("no-programs");
    std::fs::create_dir_all(&nowhere).expect("a directory");
    let mx = |arguments: &[&str]| {
        let run = shop.command(arguments).env("PATH", &nowhere);
        answer(run)
    };
    let end = mx(&["log", "end"]);
    let session = shop.session(&end["session"]);
    assert_eq!(files(&session), ["created a", "created b", "created dir/c"]);
    assert_eq!(sources(&session), ["inferred"]);
    assert!(session["reconstructed"].as_str().is_some(), "{session}");
    assert_eq!(mx(&["log", "end"])["session"], Value::Null);
    std::thread::sleep(std::time::Duration::from_millis(20));
    shop.write("a", "changed\n");
    let end = mx(&["log", "end"]);
    let session = shop.session(&end["session"]);
    assert_eq!(files(&session), ["modified a"], "{session}");
    let said = shop
        .command(&["log", "update"])
        .env("PATH", &nowhere)
        .shown();
    assert!(said.contains("no session is running here"), "{said}");
}

#[test]
fn what_is_said_at_the_end_is_enough_for_a_session() {
    let shop = Repository::plain();
    assert_snapshot!(shop.command(&["log", "end", "--summary", "Talked it over"]).shown(), @r"
    Session 20260110-090100 reconstructed: session_logs/shop/20260110-090100.md (0 files, 0 decisions)
    Reconstructed from what was stated at the end.

    > Last session: Talked it over.
    --- stderr
    note: created the knowledge base [DIR]/kb
    --- exit 0
    ");
    let session = shop.session(&shop.json(&["log", "list"])["sessions"][0]["id"]);
    assert_eq!(session["reconstructed"], "from what was stated at the end");
    // It was stated in a repository, too, and wins over what is derived.
    let shop = Repository::new();
    let end = shop.json(&[
        "log",
        "end",
        "--summary",
        "Laid the ground",
        "--next",
        "Build.",
    ]);
    assert_eq!(end["prompt"][0], "Last session: Laid the ground.");
    let prompt = end["prompt"].to_string();
    assert!(prompt.contains("Next: Build."), "{prompt}");
}

#[test]
fn a_plain_directory_is_told_by_the_times_of_its_files() {
    let shop = Repository::plain();
    shop.write("old", "x\n");
    shop.end();
    assert_eq!(shop.end(), Value::Null);
    std::thread::sleep(std::time::Duration::from_millis(20));
    shop.write("new", "x\n");
    shop.write(".hidden/x", "x\n");
    let session = shop.end();
    assert!(
        files(&session).contains(&"created new".to_owned()),
        "{session}"
    );
    assert!(
        !files(&session).contains(&"created old".to_owned()),
        "{session}"
    );
    assert_eq!(shop.end(), Value::Null);
}
