//! Sessions whose start was not recorded.

use super::*;

fn time(seconds: i64) -> Since {
    Since::Time(Timestamp::from_seconds(seconds))
}

#[test]
fn since_a_time() {
    let work = Work::new();
    work.write("x", "1");
    work.commit("second");
    let after = work.clock.get() + 1;
    work.write("y", "1");
    work.commit("third");
    work.git(&["checkout", "-q", "-b", "feature"]);
    work.write("a", "changed");
    work.git(&["commit", "-q", "-a", "-m", "fourth"]);
    work.write("z", "1");
    let seen = work.see(&time(after));
    assert_eq!(subjects(&seen), ["third", "fourth"]);
    assert_eq!(moves(&seen), ["switched from main to feature"]);
    let told = ["Modified a", "Created y", "Created z"];
    assert_eq!(work.files(&time(after)), told);
    assert_eq!(work.uncommitted(&seen), ["z"]);
    let now = Timestamp::from_seconds(work.clock.get());
    let (first, last) = seen.span(now).expect("activity");
    assert!(first.seconds() > after && last <= now);
}

#[test]
fn files_that_were_changed_before_the_time_do_not_count() {
    let work = Work::new();
    work.write("old", "1");
    work.write("new", "1");
    work.write("a", "changed");
    work.write("b", "changed");
    work.age("old", 7200);
    work.age("a", 7200);
    let hour_ago = time(system_nanoseconds() / SECOND - 3600);
    let seen = work.see(&hour_ago);
    assert_eq!(work.told(&seen), ["Modified b", "Created new"]);
    assert_eq!(work.uncommitted(&seen), ["a", "b", "new", "old"]);
    assert_eq!(subjects(&seen), NONE);
    work.git(&["mv", "dir/c", "dir/d"]);
    let told = ["Modified b", "Renamed dir/d <- dir/c", "Created new"];
    assert_eq!(work.files(&hour_ago), told);
}

#[test]
fn the_last_day_of_what_was_done() {
    let work = Work::new();
    work.clock.set(work.clock.get() + 10 * 86_400);
    work.write("x", "1");
    work.commit("second");
    work.clock.set(work.clock.get() + 20 * 3600);
    work.git(&["mv", "x", "y"]);
    work.commit("third");
    let now = Timestamp::from_seconds(BEGINNING);
    let seen = work.see(&Since::Unknown { now });
    assert_eq!(subjects(&seen), ["second", "third"]);
    assert_eq!(work.told(&seen), ["Created y"]);
}

#[test]
fn files_on_another_clock_do_not_hide_the_commits() {
    let work = Work::new();
    work.write("z", "1");
    let now = Timestamp::from_seconds(work.clock.get());
    let seen = work.see(&Since::Unknown { now });
    assert_eq!(subjects(&seen), ["first"]);
    let told = ["Created a", "Created b", "Created dir/c", "Created z"];
    assert_eq!(work.told(&seen), told);
    let (first, last) = seen.span(now).expect("activity");
    assert_eq!((first, last), (now, now));
}

#[test]
fn commits_long_before_the_last_change_of_a_file_are_another_session() {
    let work = Work::new();
    work.write("z", "1");
    let seen = work.see(&work.unknown());
    assert_eq!(subjects(&seen), NONE);
    assert_eq!(work.told(&seen), ["Created z"]);
}

#[test]
fn an_empty_repository() {
    let work = Work::empty();
    let seen = work.see(&work.unknown());
    assert_eq!((work.told(&seen), subjects(&seen)), (vec![], vec![]));
    assert_eq!(seen.branch.as_deref(), Some("main"));
    assert_eq!(seen.evidence, Evidence::Git);
    assert_eq!(seen.span(Timestamp::from_seconds(BEGINNING)), None);
    work.write("x", "1");
    assert_eq!(work.files(&work.unknown()), ["Created x"]);
    assert_eq!(work.files(&time(BEGINNING)), ["Created x"]);
}

#[test]
fn merges_and_what_was_pulled() {
    let origin = Work::new();
    origin.git(&["clone", "-q", ".", "../clone"]);
    origin.write("theirs", "1");
    origin.commit("theirs");
    let work = origin.at("../clone");
    let start = work.clock.get() + 1;
    work.write("ours", "1");
    work.commit("ours");
    work.git(&["pull", "-q", "--no-rebase", "--no-edit"]);
    let seen = work.see(&time(start));
    assert_eq!(subjects(&seen)[0], "ours");
    assert_eq!(seen.commits.len(), 2);
    assert_eq!(work.told(&seen), ["Created ours"]);
    assert_eq!(moves(&seen), ["pulled (merge)"]);
}

#[test]
fn a_clone_made_later_tells_what_it_holds() {
    let origin = Work::new();
    let start = origin.clock.get() + 1;
    origin.write("x", "1");
    origin.commit("second");
    origin.git(&["checkout", "-q", "-b", "feature"]);
    origin.write("y", "1");
    origin.commit("third");
    let url = format!("file://{}", origin.dir.display());
    origin.git(&["clone", "-q", &url, "../clone"]);
    origin.git(&["clone", "-q", "--depth=2", &url, "../shallow"]);
    let work = origin.at("../clone");
    let seen = work.see(&time(start));
    assert_eq!(subjects(&seen), ["second", "third"]);
    assert_eq!(work.told(&seen), ["Created x", "Created y"]);
    assert_eq!(
        subjects(&work.see(&work.unknown())),
        ["first", "second", "third"]
    );
    // What is made here, or pulled, after that is distinguished.
    let elsewhere = work.at("../work");
    elsewhere.write("z", "1");
    elsewhere.commit("fourth, elsewhere");
    let work = elsewhere.at("../clone");
    work.git(&["pull", "-q", "--ff-only"]);
    work.write("y", "2");
    work.commit("fifth");
    let since = work.see(&time(start));
    assert_eq!(subjects(&since), ["second", "third", "fifth"]);

    let work = work.at("../shallow");
    let seen = work.see(&work.unknown());
    assert_eq!(subjects(&seen), ["second", "third"]);
    // What the commit at the edge changed is unknown.
    assert_eq!(work.told(&seen), ["Created y"]);
    assert!(seen.notes[0].contains("shallow"), "{:?}", seen.notes);
}

#[test]
fn without_a_git_program() {
    let mut work = Work::new();
    work.write("x", "1");
    work.commit("second");
    work.git(&["checkout", "-q", "-b", "feature"]);
    work.observer.git.program = "no-such-program-anywhere".into();
    let now = Timestamp::from_seconds(work.clock.get());
    let seen = work.see(&Since::Unknown { now });
    assert_eq!(seen.evidence, Evidence::FileTimes);
    assert_eq!(subjects(&seen), ["first", "second"]);
    assert_eq!(moves(&seen), ["switched from main to feature"]);
    assert_eq!(seen.branch.as_deref(), Some("feature"));
    assert_eq!(seen.files.len(), 4);
}

#[test]
fn without_a_repository() {
    let work = Work::plain();
    work.write("old", "1");
    work.write("new", "1");
    work.age("old", 2 * 86_400);
    let seen = work.see(&work.unknown());
    assert_eq!(seen.files.len(), 1);
    assert_eq!(work.name(&seen.files[0].path), "new");
    let long_ago = time(BEGINNING);
    assert_eq!(work.see(&long_ago).files.len(), 2);
    let empty = Work::plain();
    assert!(empty.see(&empty.unknown()).files.is_empty());
}
