//! What was done to files, in a repository.

use super::*;

#[test]
fn created_modified_and_deleted_committed_or_not() {
    let work = Work::new();
    let since = work.begin();
    assert_eq!(work.files(&since), NONE);
    work.write("new", "1");
    work.write("a", "changed");
    work.remove("b");
    let expected = ["Modified a", "Deleted b", "Created new"];
    assert_eq!(work.files(&since), expected);
    work.git(&["add", "-A"]);
    assert_eq!(work.files(&since), expected);
    work.commit("second");
    assert_eq!(work.files(&since), expected);
    work.write("new", "2");
    work.write("later", "3");
    let expected = ["Modified a", "Deleted b", "Created later", "Created new"];
    assert_eq!(work.files(&since), expected);
    let seen = work.see(&since);
    assert_eq!(subjects(&seen), ["second"]);
    assert_eq!(work.uncommitted(&seen), ["later", "new"]);
    assert_eq!(seen.branch.as_deref(), Some("main"));
    assert_eq!(work.files(&work.begin()), NONE);
}

#[test]
fn what_comes_to_nothing_is_not_told() {
    let work = Work::new();
    let since = work.begin();
    work.write("temporary", "1");
    work.commit("with a temporary file");
    work.remove("temporary");
    work.write("a", "changed");
    work.remove("b");
    work.commit("without");
    work.write("b", "again\n");
    work.git(&["checkout", "-q", "HEAD~1", "--", "a"]);
    work.write("short", "1");
    work.git(&["add", "short"]);
    work.remove("short");
    assert_eq!(work.files(&since), ["Modified b"]);
    let subjects = ["with a temporary file", "without"];
    assert_eq!(super::subjects(&work.see(&since)), subjects);
}

#[test]
fn what_was_changed_before_the_start_does_not_count() {
    let work = Work::new();
    work.write("a", "changed before");
    work.write("untracked", "before");
    work.write("staged", "before");
    work.git(&["add", "staged"]);
    work.remove("b");
    work.git(&["mv", "dir/c", "dir/d"]);
    let since = work.begin();
    assert_eq!(work.files(&since), NONE);
    let uncommitted = ["a", "b", "dir/d", "staged", "untracked"];
    assert_eq!(work.uncommitted(&work.see(&since)), uncommitted);
    // To stage is not to change.
    work.git(&["add", "-A"]);
    assert_eq!(work.files(&since), NONE);

    work.write("a", "changed since");
    work.write("untracked", "since!");
    work.write("b", "back");
    work.remove("staged");
    work.write("dir/d", "changed");
    let expected = [
        "Modified a",
        "Created b",
        "Modified dir/d",
        "Deleted staged",
        "Modified untracked",
    ];
    assert_eq!(work.files(&since), expected);
}

#[test]
fn a_quick_change_of_the_same_size_counts() {
    let work = Work::new();
    work.write("a", "one");
    work.write("new", "one");
    let baseline = work.observer.baseline(&work.dir, work.file_time());
    work.write("a", "two");
    work.write("new", "two");
    let since = Since::Baseline(baseline);
    assert_eq!(work.files(&since), ["Modified a", "Modified new"]);
}

#[test]
fn what_was_changed_before_and_committed_since_counts_with_its_commit() {
    let work = Work::new();
    work.write("a", "changed before");
    work.write("new", "before");
    let since = work.begin();
    work.commit("second");
    assert_eq!(work.files(&since), ["Modified a", "Created new"]);
    work.write("new", "since, and longer");
    assert_eq!(work.files(&since), ["Modified a", "Modified new"]);
}

#[test]
fn what_was_put_back_or_thrown_away_counts() {
    let work = Work::new();
    work.write("a", "changed before");
    work.write("untracked", "before");
    let since = work.begin();
    work.git(&["checkout", "-q", "--", "a"]);
    work.remove("untracked");
    assert_eq!(work.files(&since), ["Modified a", "Deleted untracked"]);
}

#[test]
fn ignored_files_and_own_files_are_left_out() {
    let work = Work::new();
    work.write("became-ignored", "1");
    let since = work.begin();
    work.write(".gitignore", "*.log\n/target/\nbecame-ignored\n");
    for name in [
        "x.log",
        "target/y",
        ".session_log.md",
        "dir/.session_log-2.md",
        ".kbcontext",
        "kb/session_logs/a.md",
        ".mx/index",
        "kb/note.md",
    ] {
        work.write(name, "1");
    }
    assert_eq!(
        work.files(&since),
        ["Created .gitignore", "Created kb/note.md"]
    );
    let uncommitted = [".gitignore", "kb/note.md"];
    assert_eq!(work.uncommitted(&work.see(&since)), uncommitted);
    work.commit("everything");
    assert_eq!(
        work.files(&since),
        ["Created .gitignore", "Created kb/note.md"]
    );
}

#[test]
fn untracked_files_in_new_directories_are_told_one_by_one() {
    let work = Work::new();
    let since = work.begin();
    work.write("new/deep/x", "1");
    work.write("new/y", "2");
    assert_eq!(work.files(&since), ["Created new/deep/x", "Created new/y"]);
    work.git(&["add", "-N", "new/y"]);
    assert_eq!(work.files(&since), ["Created new/deep/x", "Created new/y"]);
}

#[test]
fn removed_from_the_index_alone_is_not_deleted() {
    let work = Work::new();
    let since = work.begin();
    work.git(&["rm", "-q", "--cached", "a"]);
    assert_eq!(work.files(&since), ["Modified a"]);
    assert_eq!(work.uncommitted(&work.see(&since)), ["a"]);
}

#[test]
fn conflicts_are_changes() {
    let work = Work::new();
    work.git(&["checkout", "-q", "-b", "other"]);
    work.write("a", "theirs");
    work.commit("theirs");
    work.git(&["checkout", "-q", "main"]);
    work.write("a", "ours");
    work.commit("ours");
    let since = work.begin();
    assert!(!work.try_git(&["merge", "-q", "other"]).0);
    assert_eq!(work.files(&since), ["Modified a"]);
}

#[test]
fn times_are_of_the_file_or_else_of_the_commit() {
    let work = Work::new();
    let since = work.begin();
    work.write("a", "changed");
    work.commit("second");
    let committed = work.clock.get();
    work.write("b", "changed");
    work.remove("dir/c");
    let seen = work.see(&since);
    assert_eq!(
        work.told(&seen),
        ["Modified a", "Modified b", "Deleted dir/c"]
    );
    let times: Vec<_> = seen.files.iter().map(|file| file.time).collect();
    assert_eq!(times[0], Some(Timestamp::from_seconds(committed)));
    assert_eq!(
        times[1].map(|time| time.seconds()),
        Some(work.file_time() / SECOND)
    );
    assert_eq!(times[2], None);
    let now = Timestamp::from_seconds(committed + 5);
    let span = seen.span(now).expect("activity");
    assert_eq!((span.0.seconds(), span.1.seconds()), (committed, committed));
}

#[cfg(unix)]
#[test]
fn any_name_is_a_name() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let names: [&[u8]; 8] = [
        b" leading space",
        b"a \"quoted\" name",
        b"line\nbreak",
        b"tab\tand\\backslash",
        "ünïcödé 漢字 \u{202e}".as_bytes(),
        b"\x01control",
        b":(top)magic*",
        b"-dash",
    ];
    let names = || names.iter().map(|name| OsStr::from_bytes(name));
    let work = Work::new();
    for (number, name) in names().enumerate() {
        fs::write(work.dir.join(name), format!("content {number}")).expect("write");
    }
    work.commit("names");
    let since = work.begin();
    for name in names() {
        let mut to = name.to_owned();
        to.push(".moved");
        fs::rename(work.dir.join(name), work.dir.join(to)).expect("rename");
    }
    let check = || {
        let seen = work.see(&since);
        let mut from: Vec<_> = seen.files.iter().filter_map(|f| f.from.clone()).collect();
        from.sort();
        let mut expected: Vec<_> = names().map(|name| work.dir.join(name)).collect();
        expected.sort();
        assert_eq!(from, expected, "{seen:?}");
        assert_eq!(seen.files.len(), expected.len());
    };
    check();
    work.git(&["add", "-A"]);
    check();
    work.git(&["commit", "-q", "-m", "moved"]);
    check();
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_no_utf8_are_names() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let work = Work::new();
    let before = work.dir.join(OsStr::from_bytes(b"before\xff"));
    fs::write(&before, "1").expect("write");
    let since = work.begin();
    assert_eq!(work.files(&since), NONE);
    let new = work.dir.join(OsStr::from_bytes(b"new\xfe"));
    fs::write(&new, "1").expect("write");
    let seen = work.see(&since);
    assert_eq!(seen.files.len(), 1);
    assert_eq!(seen.files[0].path, new);
    assert_eq!(seen.uncommitted, [before, new]);
}
