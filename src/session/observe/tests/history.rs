//! Which commits count, and what else is recorded of the history.

use super::*;

#[test]
fn an_amended_commit_counts_once() {
    let work = Work::new();
    let since = work.begin();
    work.write("x", "1");
    work.commit("typo");
    work.write("y", "1");
    work.git(&["add", "-A"]);
    work.git(&["commit", "-q", "--amend", "-m", "fixed"]);
    assert_eq!(subjects(&work.see(&since)), ["fixed"]);
    assert_eq!(work.files(&since), ["Created x", "Created y"]);
}

#[test]
fn of_an_older_commit_that_is_amended_only_the_difference_counts() {
    let work = Work::new();
    let since = work.begin();
    work.write("x", "1");
    work.git(&["add", "-A"]);
    work.git(&["commit", "-q", "--amend", "-m", "first, amended"]);
    work.git(&["commit", "-q", "--amend", "-m", "first, amended again"]);
    assert_eq!(subjects(&work.see(&since)), ["first, amended again"]);
    assert_eq!(work.files(&since), ["Created x"]);
}

#[test]
fn a_commit_that_was_reset_away_does_not_count() {
    let work = Work::new();
    let since = work.begin();
    work.write("x", "1");
    work.commit("second");
    work.write("y", "1");
    work.commit("third");
    work.git(&["reset", "-q", "--hard", "HEAD~1"]);
    let seen = work.see(&since);
    assert_eq!(subjects(&seen), ["second"]);
    assert_eq!(work.files(&since), ["Created x"]);
    assert_eq!(moves(&seen), ["reset to HEAD~1"]);
}

#[cfg(unix)]
#[test]
fn a_soft_reset_touches_no_file() {
    let work = Work::new();
    work.write("a", "changed\n");
    work.write("x", "1\n");
    work.commit("second");
    let since = work.begin();
    work.git(&["reset", "-q", "HEAD~1"]);
    assert_eq!(work.files(&since), NONE);
    work.write("x", "22\n");
    assert_eq!(work.files(&since), ["Created x"]);
    assert_eq!(work.uncommitted(&work.see(&since)), ["a", "x"]);
}

#[test]
fn branches_that_were_switched_count_by_their_commits_alone() {
    let work = Work::new();
    work.git(&["checkout", "-q", "-b", "old"]);
    work.write("on-old", "1");
    work.commit("on old");
    work.git(&["checkout", "-q", "main"]);
    let since = work.begin();
    work.git(&["checkout", "-q", "-b", "feature"]);
    work.write("on-feature", "1");
    work.commit("on feature");
    work.git(&["checkout", "-q", "old"]);
    let seen = work.see(&since);
    assert_eq!(subjects(&seen), ["on feature"]);
    assert_eq!(work.files(&since), ["Created on-feature"]);
    assert_eq!(seen.branch.as_deref(), Some("old"));
    let told = [
        "switched from main to feature",
        "switched from feature to old",
    ];
    assert_eq!(moves(&seen), told);
}

#[test]
fn of_a_merge_only_what_it_changed_itself_counts() {
    let work = Work::new();
    work.git(&["checkout", "-q", "-b", "theirs"]);
    work.write("theirs", "1");
    work.write("a", "theirs");
    work.commit("their work");
    work.git(&["checkout", "-q", "main"]);
    let since = work.begin();
    work.write("ours", "1");
    work.write("a", "ours");
    work.commit("our work");
    assert!(!work.try_git(&["merge", "theirs"]).0);
    work.write("a", "both");
    work.git(&["commit", "-q", "-a", "-m", "merged"]);
    let seen = work.see(&since);
    assert_eq!(subjects(&seen), ["our work", "merged"]);
    assert_eq!(work.told(&seen), ["Modified a", "Created ours"]);

    let since = work.begin();
    work.git(&["checkout", "-q", "-b", "more"]);
    work.write("more", "1");
    work.commit("more work");
    work.git(&["checkout", "-q", "main"]);
    work.git(&["merge", "-q", "--no-ff", "-m", "merge more", "more"]);
    let seen = work.see(&since);
    assert_eq!(subjects(&seen), ["more work", "merge more"]);
    assert_eq!(work.told(&seen), ["Created more"]);
    assert_eq!(moves(&seen).last(), Some(&"merged more"));
}

#[test]
fn a_fast_forward_makes_no_commit() {
    let work = Work::new();
    work.git(&["checkout", "-q", "-b", "ahead"]);
    work.write("ahead", "1");
    work.commit("ahead");
    work.git(&["checkout", "-q", "main"]);
    let since = work.begin();
    work.git(&["merge", "-q", "ahead"]);
    let seen = work.see(&since);
    assert_eq!(subjects(&seen), NONE);
    assert_eq!(work.files(&since), NONE);
    assert_eq!(moves(&seen), ["merged ahead (fast-forward)"]);
}

/// Returns a clone with a commit of its own, and lets another be made elsewhere.
fn cloned() -> (Work, Since) {
    let origin = Work::new();
    origin.git(&["clone", "-q", ".", "../clone"]);
    let theirs = |name: &str| {
        origin.write(name, "1");
        origin.commit(name);
    };
    theirs("theirs");
    let clone = origin.at("../clone");
    let since = clone.begin();
    (clone, since)
}

#[test]
fn what_a_pull_brings_does_not_count() {
    let (work, since) = cloned();
    work.git(&["pull", "-q", "--ff-only"]);
    let seen = work.see(&since);
    assert_eq!((subjects(&seen), work.told(&seen)), (vec![], vec![]));
    assert_eq!(moves(&seen), ["pulled (fast-forward)"]);
}

#[test]
fn a_pull_that_merges_makes_the_merge_alone() {
    let (work, since) = cloned();
    work.write("ours", "1");
    work.commit("ours");
    work.git(&["pull", "-q", "--no-rebase", "--no-edit"]);
    let seen = work.see(&since);
    assert_eq!(subjects(&seen).len(), 2);
    assert_eq!(subjects(&seen)[0], "ours");
    assert_eq!(work.told(&seen), ["Created ours"]);
    assert_eq!(moves(&seen), ["pulled (merge)"]);
}

#[test]
fn a_pull_that_rebases_makes_nothing_twice() {
    let (work, _) = cloned();
    work.write("before", "1");
    work.commit("made before");
    let since = work.begin();
    work.write("ours", "1");
    work.commit("ours");
    work.git(&["pull", "-q", "--rebase"]);
    let seen = work.see(&since);
    assert_eq!(subjects(&seen), ["ours"]);
    assert_eq!(work.told(&seen), ["Created ours"]);
    assert_eq!(moves(&seen), ["pulled (rebase)"]);
}

#[test]
fn a_rebase_makes_nothing_twice() {
    let work = Work::new();
    let since = work.begin();
    work.git(&["checkout", "-q", "-b", "feature"]);
    for name in ["x", "y"] {
        work.write(name, "1");
        work.commit(name);
    }
    work.git(&["checkout", "-q", "main"]);
    work.write("z", "1");
    work.commit("z");
    work.git(&["checkout", "-q", "feature"]);
    work.git(&["rebase", "-q", "main"]);
    let seen = work.see(&since);
    assert_eq!(subjects(&seen), ["z", "x", "y"]);
    assert_eq!(work.told(&seen), ["Created x", "Created y", "Created z"]);
    assert!(
        moves(&seen).contains(&"rebased feature"),
        "{:?}",
        moves(&seen)
    );
}

#[test]
fn commits_squashed_into_one_count_once() {
    let work = Work::new();
    let since = work.begin();
    work.write("x", "1");
    work.commit("x");
    work.write("y", "1");
    work.git(&["add", "-A"]);
    work.git(&["commit", "-q", "-m", "fixup! x"]);
    work.git(&["rebase", "-q", "-i", "--autosquash", "HEAD~2"]);
    let seen = work.see(&since);
    assert_eq!(subjects(&seen), ["x"]);
    assert_eq!(work.told(&seen), ["Created x", "Created y"]);
}

#[test]
fn cherry_picks_and_reverts_are_commits() {
    let work = Work::new();
    work.git(&["checkout", "-q", "-b", "other"]);
    work.write("picked", "to be picked");
    work.commit("picked");
    work.git(&["checkout", "-q", "main"]);
    work.write("later", "to be reverted");
    work.commit("later");
    let since = work.begin();
    work.git(&["cherry-pick", "other"]);
    work.git(&["revert", "--no-edit", "HEAD~1"]);
    let seen = work.see(&since);
    assert_eq!(subjects(&seen), ["picked", "Revert \"later\""]);
    assert_eq!(work.told(&seen), ["Deleted later", "Created picked"]);
}

#[test]
fn the_commits_of_a_branch_that_was_merged_elsewhere_and_deleted_count() {
    let (work, since) = cloned();
    work.git(&["checkout", "-q", "-b", "feature"]);
    work.write("ours", "1");
    work.commit("ours");
    work.write("ours", "2");
    work.commit("ours, typo");
    work.git(&["commit", "-q", "--amend", "-m", "ours, fixed"]);
    work.git(&["checkout", "-q", "main"]);
    work.git(&["pull", "-q", "--ff-only"]);
    work.git(&["branch", "-q", "-D", "feature"]);
    let seen = work.see(&since);
    assert_eq!(subjects(&seen), ["ours", "ours, fixed"]);
    assert_eq!(work.told(&seen), ["Created ours"]);

    // Made again here, they are listed once.
    let hash = seen.commits[0].hash.clone();
    work.git(&["cherry-pick", &hash]);
    assert_eq!(subjects(&work.see(&since)), ["ours, fixed", "ours"]);
}

#[test]
fn what_was_stashed_is_told() {
    let work = Work::new();
    work.write("b", "before");
    work.git(&["stash", "push", "-q", "-m", "older"]);
    let since = work.begin();
    work.write("a", "changed");
    work.git(&["stash", "push", "-q", "-m", "later"]);
    let seen = work.see(&since);
    assert_eq!(work.told(&seen), NONE);
    assert_eq!(moves(&seen), ["stashed changes (On main: later)"]);
    work.git(&["stash", "pop", "-q"]);
    assert_eq!(work.files(&since), ["Modified a"]);
}

#[test]
fn the_first_commit_of_all() {
    let work = Work::empty();
    work.write("before", "1");
    let since = work.begin();
    assert_eq!(work.files(&since), NONE);
    work.write("new", "1");
    assert_eq!(work.files(&since), ["Created new"]);
    assert_eq!(work.see(&since).branch.as_deref(), Some("main"));
    work.commit("first");
    assert_eq!(subjects(&work.see(&since)), ["first"]);
    assert_eq!(work.files(&since), ["Created before", "Created new"]);
}

#[test]
fn a_detached_head_has_no_branch() {
    let work = Work::new();
    work.git(&["checkout", "-q", "--detach"]);
    let since = work.begin();
    work.write("x", "1");
    work.commit("detached");
    let seen = work.see(&since);
    assert_eq!(
        (subjects(&seen), seen.branch.clone()),
        (vec!["detached"], None)
    );
    assert_eq!(work.told(&seen), ["Created x"]);
}

#[test]
fn commits_keep_their_times_whatever_the_clocks_say() {
    let work = Work::new();
    let since = work.begin();
    work.clock.set(4_102_444_800);
    work.write("x", "1");
    work.commit("in the future");
    work.clock.set(1_000);
    work.write("x", "2");
    work.commit("long ago");
    let seen = work.see(&since);
    assert_eq!(subjects(&seen), ["in the future", "long ago"]);
    let times: Vec<i64> = seen.commits.iter().map(|c| c.time.seconds()).collect();
    assert_eq!(times, [4_102_444_920, 1_120]);
}

#[test]
fn without_a_log_of_head_times_decide() {
    let work = Work::new();
    let since = work.begin();
    work.git(&["config", "core.logAllRefUpdates", "false"]);
    fs::remove_dir_all(work.path(".git/logs")).expect("remove");
    work.write("old", "1");
    work.commit("older than the session");
    work.clock.set(system_nanoseconds() / SECOND);
    work.write("x", "1");
    work.commit("newer");
    let seen = work.see(&since);
    assert_eq!(subjects(&seen), ["newer"]);
    assert_eq!(work.told(&seen), ["Created x"]);
    assert!(seen.notes[0].contains("no log of HEAD"), "{:?}", seen.notes);
}

#[test]
fn a_log_of_head_that_was_rewritten_is_not_misread() {
    let work = Work::new();
    work.write("x", "1");
    work.commit("second");
    let since = work.begin();
    work.git(&["reflog", "expire", "--expire=all", "--all"]);
    work.write("y", "1");
    work.commit("third");
    let seen = work.see(&since);
    assert_eq!(seen.evidence, Evidence::Git);
    assert_eq!(subjects(&seen), NONE);
    assert!(seen.notes[0].contains("rewritten"), "{:?}", seen.notes);
}

#[test]
fn settings_of_the_user_change_nothing() {
    let work = Work::new();
    for setting in [
        "log.showSignature=true",
        "color.ui=always",
        "status.showUntrackedFiles=no",
        "status.renames=false",
        "status.relativePaths=true",
        "diff.renames=false",
        "diff.noprefix=true",
        "diff.relative=true",
        "diff.external=false",
        "i18n.logOutputEncoding=ISO-8859-1",
        "core.quotePath=true",
        "format.pretty=oneline",
        "log.date=relative",
    ] {
        let (name, value) = setting.split_once('=').expect("a setting");
        work.git(&["config", name, value]);
    }
    let work = work.at("dir");
    let since = work.begin();
    work.git(&["mv", "c", "ç"]);
    work.commit("Größe");
    work.write("new", "1");
    let seen = work.see(&since);
    assert_eq!(subjects(&seen), ["Größe"]);
    assert_eq!(work.told(&seen), ["Created new", "Renamed ç <- c"]);
}
