//! Git that cannot be asked, or does not answer.

use super::*;

fn session() -> (Work, Since) {
    let work = Work::new();
    for name in ["a", "b", "dir/c"] {
        work.age(name, 100);
    }
    let since = work.begin();
    work.write("a", "changed");
    work.commit("second");
    work.git(&["commit", "-q", "--amend", "-m", "second, amended"]);
    work.write("b", "changed");
    (work, since)
}

fn check(work: &Work, since: &Since, why: &str) {
    let seen = work.see(since);
    assert_eq!(seen.evidence, Evidence::FileTimes);
    assert!(seen.notes[0].contains(why), "{:?}", seen.notes);
    assert_eq!(work.told(&seen), ["Modified a", "Modified b"]);
    assert_eq!(subjects(&seen), ["second, amended"]);
    assert_eq!(seen.branch.as_deref(), Some("main"));
}

#[test]
fn there_is_no_git_program() {
    let (mut work, since) = session();
    work.observer.git.program = "no-such-program-anywhere".into();
    check(&work, &since, "git cannot be run");
}

#[test]
fn there_was_no_git_program_at_the_start() {
    let mut work = Work::new();
    for name in ["a", "b", "dir/c"] {
        work.age(name, 100);
    }
    work.write("before", "1");
    work.age("before", 100);
    let program = std::mem::replace(&mut work.observer.git.program, "no-such-program".into());
    let since = work.begin();
    work.observer.git.program = program;
    work.write("a", "changed");
    work.commit("second");
    work.write("b", "changed");
    work.remove("dir/c");
    assert_eq!(subjects(&work.see(&since)), ["second"]);
    let told = work.files(&since);
    let expected = [
        "Modified a",
        "Modified b",
        "Created before",
        "Deleted dir/c",
    ];
    assert_eq!(told, expected);
}

#[test]
fn too_many_files_to_remember() {
    let work = Work::new();
    work.write("old", "1");
    work.age("old", 100);
    std::thread::sleep(Duration::from_millis(15));
    let since = without(work.observer.baseline(&work.dir, work.file_time()));
    work.write("new", "1");
    work.write("a", "changed");
    assert_eq!(work.files(&since), ["Modified a", "Created new"]);
}

#[test]
fn git_distrusts_the_owner() {
    let (mut work, since) = session();
    let distrust = ("GIT_TEST_ASSUME_DIFFERENT_OWNER".into(), "1".into());
    work.observer.git.variables.push(distrust);
    check(&work, &since, "safe.directory");
}

#[test]
fn the_repository_is_broken() {
    let (work, since) = session();
    fs::write(work.path(".git/index"), "not an index").expect("write");
    check(&work, &since, "git cannot read this repository");
}

#[test]
fn the_repository_is_an_empty_shell() {
    let work = Work::plain();
    work.write(".git/HEAD", "nothing sensible");
    work.write("x", "1");
    let since = work.unknown();
    let seen = work.see(&since);
    assert_eq!(seen.evidence, Evidence::FileTimes);
    assert_eq!(seen.files.len(), 1);
    assert!(
        seen.notes[0].contains("git cannot read"),
        "{:?}",
        seen.notes
    );
}

#[test]
fn objects_are_missing() {
    let (work, since) = session();
    let blob = work.git(&["rev-parse", "HEAD:a"]);
    let tree = work.git(&["rev-parse", "HEAD^{tree}"]);
    for object in [blob, tree] {
        let (first, rest) = object.trim().split_at(2);
        let object = work.path(".git/objects").join(first).join(rest);
        // Git makes them read-only, which Windows takes seriously.
        let mut permissions = fs::metadata(&object).expect("an object").permissions();
        #[allow(clippy::permissions_set_readonly_false, reason = "removed at once")]
        permissions.set_readonly(false);
        fs::set_permissions(&object, permissions).expect("writable");
        fs::remove_file(object).expect("remove");
        let told = work.told(&work.see(&since));
        assert!(told.contains(&"Modified b".to_owned()), "{told:?}");
    }
    assert!(!work.see(&since).notes.is_empty());
}

#[cfg(unix)]
#[test]
fn git_never_answers() {
    let (mut work, since) = session();
    let program = work.path("../slow");
    let mut shell = Command::new("sh");
    shell.args([
        "-c",
        "printf '#!/bin/sh\\nsleep 600\\n' >\"$1\" && chmod +x \"$1\"",
        "sh",
    ]);
    assert!(shell.arg(&program).status().expect("sh").success());
    work.observer.git.program = program.into();
    work.observer.git.limit = Duration::from_millis(200);
    check(&work, &since, "git took longer than 0.2 s");
}

#[test]
fn nothing_is_written_into_the_repository() {
    let (work, since) = session();
    let index = || fs::read(work.path(".git/index")).expect("an index");
    // The times in the index are outdated, which git would put right.
    work.age("dir/c", 1000);
    let before = index();
    let _ = (work.begin(), work.see(&since));
    assert_eq!(index(), before);
}
