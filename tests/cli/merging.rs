//! Knowledge bases that people and agents write to in several clones, merged by git itself.

use crate::common::World;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Clones of one repository, numbered from 0; `hub` is the one that they share.
struct Clones<'w> {
    world: &'w World,
}

impl<'w> Clones<'w> {
    /// Makes a knowledge base with one note in the first clone, and clones of it. `None` without
    /// git, or with an old one.
    fn new(world: &'w World, count: usize) -> Option<Self> {
        let clones = Clones { world };
        clones
            .git_in(
                &world.work(),
                &["init", "-q", "--bare", "-b", "main", "hub"],
            )
            .then_some(())?;
        assert!(clones.git_in(&world.work(), &["clone", "-q", "hub", "0"]));
        clones.git(0, &["checkout", "-qb", "main"]);
        assert!(world.mx(&["init", "0"]).contains("git config merge.mx"));
        clones.note(0, 0, "first");
        clones.commit(0);
        assert!(clones.git(0, &["push", "-q", "-u", "origin", "main"]));
        for n in 1..count {
            let name = n.to_string();
            assert!(clones.git_in(&world.work(), &["clone", "-q", "hub", &name]));
        }
        Some(clones)
    }

    fn git_in(&self, directory: &Path, arguments: &[&str]) -> bool {
        let mut command = Command::new("git");
        command.current_dir(directory).args(arguments);
        command
            .env("HOME", self.world.home())
            .env("GIT_CONFIG_NOSYSTEM", "1");
        command.env("GIT_EDITOR", "true").env_remove("GIT_DIR");
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_NAME"), "A");
            command.env(format!("GIT_{role}_EMAIL"), "a@example.com");
        }
        command.output().is_ok_and(|output| output.status.success())
    }

    fn directory(&self, clone: usize) -> std::path::PathBuf {
        self.world.work().join(clone.to_string())
    }

    fn git(&self, clone: usize, arguments: &[&str]) -> bool {
        self.git_in(&self.directory(clone), arguments)
    }

    fn mx(&self, clone: usize, minute: usize, arguments: &[&str]) -> String {
        let now = format!("2026-01-11T{:02}:{:02}:00Z", 10 + minute / 60, minute % 60);
        let name = clone.to_string();
        let arguments = [&["--kb", &name][..], arguments].concat();
        self.world.command(&arguments).env("MX_NOW", now).shown()
    }

    /// Writes a note that ends as all others do.
    fn note(&self, clone: usize, minute: usize, name: &str) {
        let message = format!("Note {name}.\n\nAll tests green");
        let arguments = ["session-log", "-e", "s.md", "-m", &message, "--tags", name];
        let shown = self.mx(
            clone,
            minute,
            &[&arguments[..], &["--links", "s.md"]].concat(),
        );
        assert!(shown.contains("Logged to"), "{shown}");
    }

    fn commit(&self, clone: usize) {
        assert!(self.git(clone, &["add", "-A"]));
        assert!(self.git(clone, &["commit", "-qm", "more"]));
    }

    fn pull(&self, clone: usize, rebase: bool) {
        let how = if rebase { "--rebase" } else { "--no-rebase" };
        assert!(
            self.git(clone, &["pull", "-q", how, "--no-edit"]),
            "clone {clone} {how}"
        );
    }

    fn push(&self, clone: usize) {
        assert!(self.git(clone, &["push", "-q"]));
    }

    /// Brings all clones to the same state.
    fn meet(&self, count: usize) {
        for clone in (0..count).chain(0..count) {
            self.pull(clone, false);
            self.push(clone);
        }
    }

    /// Leaves the clones as if they had been looked at, and the driver had been taken out.
    fn forget_driver(&self, count: usize) {
        for clone in 0..count {
            let directory = self.directory(clone);
            fs::create_dir_all(directory.join(".mx")).expect("a directory");
            fs::write(directory.join(".mx/merge-driver"), "").expect("a file");
            let _ = self.git(clone, &["config", "--remove-section", "merge.mx"]);
            let _ = fs::remove_file(directory.join(".git/info/attributes"));
        }
    }

    fn read(&self, clone: usize, path: &str) -> String {
        fs::read_to_string(self.directory(clone).join(path)).expect("a file")
    }
}

/// A small generator of numbers.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("a number") % limit
    }
}

fn assert_whole(text: &str, names: &[(usize, String)]) {
    assert_eq!(text.matches("\n## ").count(), names.len() + 1, "{text}");
    assert!(
        !text.contains("<<<<<<<") && !text.contains("======="),
        "{text}"
    );
    for (minute, name) in names {
        let (hour, minute) = (10 + minute / 60, minute % 60);
        let note = format!(
            "## 2026-01-11 {hour:02}:{minute:02} UTC\n\n#{name}\n\nNote {name}.\n\nAll tests green\n\nRelated: [[s.md]]\n"
        );
        assert_eq!(text.matches(&note).count(), 1, "{name} in\n{text}");
    }
    let headings: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("## "))
        .collect();
    assert!(headings.is_sorted(), "{headings:?}");
}

#[test]
fn random_histories_lose_nothing() {
    for (seed, count) in [(1, 2), (2, 2), (3, 3), (4, 3)] {
        let world = World::new();
        let Some(clones) = Clones::new(&world, count) else {
            return;
        };
        let mut numbers = Numbers(seed);
        let (mut minute, mut names) = (1, Vec::new());
        for step in 0..14 {
            let clone = numbers.below(count);
            match numbers.below(5) {
                0 => clones.pull(clone, numbers.below(2) == 0),
                1 => {
                    clones.pull(clone, numbers.below(2) == 0);
                    clones.push(clone);
                }
                _ => {
                    let name = format!("n{step}");
                    clones.note(clone, minute, &name);
                    clones.commit(clone);
                    names.push((minute, name));
                }
            }
            minute += numbers.below(2);
        }
        clones.meet(count);
        for clone in 0..count {
            let text = clones.read(clone, "s.md");
            assert_whole(&text, &names);
            assert_eq!(text, clones.read(0, "s.md"), "seed {seed}");
            let doctor = clones.mx(clone, minute, &["doctor"]);
            assert!(doctor.contains("all is well"), "{doctor}");
        }
    }
}

#[test]
fn a_clone_learns_to_merge_with_its_first_note() {
    let world = World::new();
    let Some(clones) = Clones::new(&world, 2) else {
        return;
    };
    let doctor = clones.mx(1, 1, &["doctor"]);
    assert!(doctor.contains("lacks the merge driver"), "{doctor}");
    let shown = clones.mx(1, 1, &["session-log", "-e", "s.md", "-m", "x"]);
    assert!(shown.contains("git config merge.mx"), "{shown}");
    let shown = clones.mx(1, 1, &["session-log", "-e", "s.md", "-m", "x"]);
    assert!(!shown.contains("git config merge.mx"), "{shown}");
    assert!(clones.mx(1, 1, &["doctor"]).contains("all is well"));
    assert!(clones.mx(1, 1, &["init"]).contains("nothing to do"));
}

#[test]
fn where_the_driver_is_gone_git_keeps_both_sides() {
    let world = World::new();
    let Some(clones) = Clones::new(&world, 2) else {
        return;
    };
    for clone in [0, 1] {
        clones.note(clone, 1 + clone, &format!("n{clone}"));
        clones.commit(clone);
    }
    clones.push(0);
    assert!(clones.git(
        1,
        &[
            "config",
            "merge.mx.driver",
            "nowhere %O || git merge-file --quiet --union %A %O %B"
        ]
    ));
    clones.pull(1, false);
    let text = clones.read(1, "s.md");
    assert!(
        text.contains("Note n0.") && text.contains("Note n1.") && !text.contains("<<<<"),
        "{text}"
    );
}

#[test]
fn a_knowledge_base_within_a_repository_leaves_the_rest_alone() {
    let world = World::new();
    let Some(clones) = Clones::new(&world, 1) else {
        return;
    };
    fs::create_dir(clones.directory(0).join("the notes")).expect("a directory");
    assert!(
        world
            .mx(&["init", "0/the notes"])
            .contains("git config merge.mx")
    );
    let attributes = clones.read(0, ".git/info/attributes");
    assert!(
        attributes.contains("\"/the notes/**/*.md\" merge=mx"),
        "{attributes}"
    );
    assert!(clones.git(0, &["check-attr", "merge", "the notes/a.md"]));
}

#[test]
fn git_in_conflict_is_named() {
    let world = World::new();
    let Some(clones) = Clones::new(&world, 1) else {
        return;
    };
    fs::write(clones.directory(0).join(".gitattributes"), "").expect("a file");
    let doctor = clones.mx(0, 1, &["doctor"]);
    assert!(doctor.contains("lacks '*.md merge=union'"), "{doctor}");
}

#[test]
fn sessions_and_their_lists_merge() {
    let world = World::new();
    let Some(clones) = Clones::new(&world, 2) else {
        return;
    };
    let session = |clone: usize, minute: usize, goal: &str| {
        let shown = clones.mx(clone, minute, &["log", "start", "--goal", goal, "--new"]);
        assert!(shown.contains("started"), "{shown}");
        clones.mx(
            clone,
            minute + 1,
            &["log", "event", &format!("{goal} went well")],
        );
        let shown = clones.mx(
            clone,
            minute + 2,
            &["log", "end", "--summary", &format!("{goal} done")],
        );
        assert!(
            shown.contains("ended") && !shown.contains("moved-aside"),
            "{shown}"
        );
        clones.commit(clone);
    };
    for clone in [0, 1] {
        session(clone, 1, &format!("same second {clone}"));
        session(clone, 10 + clone, &format!("other {clone}"));
    }
    clones.meet(2);
    for clone in [0, 1] {
        session(clone, 20 + clone, &format!("last {clone}"));
        let list = clones.mx(clone, 30, &["log", "list"]);
        for goal in ["same second 0", "same second 1", "other 0", "other 1"] {
            assert!(
                list.contains(&format!("{goal} done")),
                "{goal} is not in\n{list}"
            );
        }
        let lists = clones.read(clone, "session_logs/SESSION_INDEX.md");
        assert_eq!(lists.matches("same second").count(), 2, "{lists}");
    }
    clones.meet(2);
    for clone in [0, 1] {
        clones.mx(clone, 40, &["log", "index"]);
        let doctor = clones.mx(clone, 40, &["doctor"]);
        assert!(doctor.contains("all is well"), "{doctor}");
        let names =
            fs::read_dir(clones.directory(clone).join("session_logs")).expect("a directory");
        for name in names.flatten() {
            let name = name.file_name().to_string_lossy().into_owned();
            assert!(!name.contains("moved-aside"), "{name}");
        }
        let list = clones.mx(clone, 41, &["log", "list"]);
        assert_eq!(list.matches(" done").count(), 6, "{list}");
    }
}

/// Runs sessions of one second in each clone, and brings the clones together. Returns how often git
/// put two of them into one file, line by line.
fn meet_in_one_second(clones: &Clones<'_>, count: usize, rebase: bool) -> usize {
    for clone in 0..count {
        let goal = format!("lamp {clone}");
        clones.mx(clone, 1, &["log", "start", "--goal", &goal, "--new"]);
        clones.mx(
            clone,
            2,
            &["log", "decision", &format!("take wire {clone}")],
        );
        clones.mx(
            clone,
            3,
            &["log", "end", "--summary", &format!("summary {clone}")],
        );
        clones.commit(clone);
    }
    let mut union_merged = 0;
    for clone in (0..count).chain(0..count) {
        clones.pull(clone, rebase);
        let directory = clones.directory(clone).join("session_logs/shop");
        for file in fs::read_dir(directory).expect("a directory").flatten() {
            let text = fs::read_to_string(file.path()).expect("a file");
            let (records, goals) = (text.matches("\nsession: "), text.matches("**Goal:**"));
            union_merged += usize::from(goals.count() > records.count());
        }
        clones.mx(clone, 10, &["log", "index"]);
        clones.git(clone, &["add", "-A"]);
        clones.git(clone, &["commit", "-qm", "apart"]);
        clones.push(clone);
    }
    union_merged
}

#[test]
fn sessions_of_one_second_stay_apart() {
    for (driver, rebase, count) in [
        (false, false, 2),
        (false, true, 2),
        (true, true, 3),
        (true, false, 3),
    ] {
        let world = World::new();
        let Some(clones) = Clones::new(&world, count) else {
            return;
        };
        if !driver {
            clones.forget_driver(count);
        }
        let union_merged = meet_in_one_second(&clones, count, rebase);
        assert_eq!(union_merged > 0, !driver, "{driver} {rebase} {count}");
        for clone in 0..count {
            let list = clones.mx(clone, 20, &["log", "list"]);
            let lists = clones.read(clone, "session_logs/SESSION_INDEX.md");
            let decisions = clones.mx(clone, 20, &["decisions"]);
            for other in 0..count {
                let summary = format!("summary {other}");
                assert_eq!(
                    list.matches(&summary).count(),
                    1,
                    "{driver} {rebase}: {list}"
                );
                assert_eq!(lists.matches(&summary).count(), 1, "{lists}");
                let decision = format!("take wire {other}\n");
                assert_eq!(decisions.matches(&decision).count(), 1, "{decisions}");
            }
        }
    }
}

#[test]
fn lists_merge_without_the_driver_too() {
    let world = World::new();
    let Some(clones) = Clones::new(&world, 2) else {
        return;
    };
    clones.forget_driver(2);
    for round in 0..3 {
        for clone in [0, 1] {
            let minute = 10 * round + 3 * clone;
            clones.mx(clone, minute, &["log", "start", "--goal", "lamp", "--new"]);
            let summary = format!("summary {round} of {clone}");
            clones.mx(clone, minute + 1, &["log", "end", "--summary", &summary]);
            clones.commit(clone);
        }
        clones.meet(2);
    }
    for clone in [0, 1] {
        let shown = clones.mx(clone, 50, &["log", "index"]);
        assert!(!shown.contains("moved-aside"), "{shown}");
        let lists = clones.read(clone, "session_logs/SESSION_INDEX.md");
        assert_eq!(lists.matches("| summary ").count(), 6, "{lists}");
    }
}

#[test]
fn after_a_pull_the_sessions_of_both_sides_are_listed_at_once() {
    let world = World::new();
    let Some(clones) = Clones::new(&world, 2) else {
        return;
    };
    for (clone, name) in [(0, "a"), (1, "b")] {
        clones.mx(clone, 10, &["log", "start", "--goal", name]);
        clones.mx(clone, 10, &["log", "next", &format!("from {name}")]);
        clones.mx(
            clone,
            20,
            &["log", "end", "--summary", &format!("by {name}")],
        );
        clones.commit(clone);
    }
    clones.push(0);
    clones.pull(1, false);
    let open = clones.mx(1, 30, &["next"]);
    assert!(open.contains("from a") && open.contains("from b"), "{open}");
    let index = clones.read(1, "session_logs/SESSION_INDEX.md");
    assert!(index.contains("by a") && index.contains("by b"), "{index}");
    let list = clones.mx(1, 30, &["log", "list"]);
    assert!(list.contains("by a") && list.contains("by b"), "{list}");
}
