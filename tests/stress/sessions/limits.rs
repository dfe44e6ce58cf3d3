//! Full disks, and directories that may not be written to.
#![cfg(unix)]

use super::{RECORD, derived_files_agree, entries, record, records, said, start};
use crate::common::World;
use crate::limits::limited;
use crate::support::{ok, run, sane, shown, tree};
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Output;

#[test]
fn a_limit_on_file_sizes_leaves_the_record_as_it_was() {
    let world = World::new();
    start(&world, &[]);
    for n in 0..20 {
        ok(
            &world,
            &["log", "event", &format!("{n} {}", "long ".repeat(500))],
        );
    }
    let before = record(&world);
    fs::write(world.work().join("new.txt"), "new").expect("a file");
    let path = shown(&world.work().join(RECORD));
    for blocks in [0, 1, 16, 60] {
        for arguments in [
            &["log", "event", "lost"][..],
            &["log", "decision", "lost", "--why", "lost"],
            &["log", "file", "lost"],
            &["log", "blocker", "lost"],
            &["log", "tool", "lost"],
            &["log", "update", "-m", "lost"],
            &["log", "end", "--summary", "lost"],
        ] {
            let output = limited(&world, blocks, arguments);
            assert!(
                !output.status.success(),
                "{blocks} {arguments:?}: {output:?}"
            );
            let said = said(&output);
            assert_eq!(
                output.status.code(),
                Some(1),
                "{blocks} {arguments:?}: {said}"
            );
            assert!(said.contains(&path), "{blocks} {arguments:?}: {said}");
            assert!(
                record(&world) == before,
                "{blocks} {arguments:?}: it has changed"
            );
            assert!(entries(&world).is_empty(), "{blocks} {arguments:?}");
        }
    }
    let left = super::names(&world.work(), |name| name.starts_with(".tmp"));
    assert!(left.is_empty(), "{left:?}");
    ok(&world, &["log", "event", "afterwards"]);
    ok(&world, &["log", "end"]);
    let text = world.read("session_logs/shop/20260111-103000.md");
    assert!(
        text.contains("| afterwards |") && !text.contains("lost"),
        "{text}"
    );
    derived_files_agree(&world);
}

#[test]
fn a_limit_within_an_end_costs_nothing() {
    for blocks in 0..6 {
        let world = World::new();
        // An index that is larger than the limit, and a record that is smaller.
        for n in 0..12 {
            let path = format!("session_logs/old/202501{:02}-103000.md", n + 1);
            let text = format!(
                "## Session: 202501{:02}-103000\n\n**Duration:** 1h 0m\n",
                n + 1
            );
            world.write(&path, text);
        }
        start(&world, &[]);
        ok(&world, &["log", "event", "once"]);
        let output = limited(&world, blocks, &["log", "end"]);
        let ended = entries(&world).len() == 13;
        if !output.status.success() {
            said(&output);
            assert!(!ended && records(&world) == [RECORD], "{blocks}");
            assert!(record(&world).contains("status: active"), "{blocks}");
            ok(&world, &["log", "event", "goes on"]);
        } else {
            assert!(ended && records(&world).is_empty(), "{blocks}");
        }
        ok(&world, &["log", "end"]);
        assert_eq!(entries(&world).len(), 13, "{blocks}");
        let text = world.read("session_logs/shop/20260111-103000.md");
        assert_eq!(text.matches("| once |").count(), 1, "{text}");
        ok(&world, &["log", "index"]);
        derived_files_agree(&world);
    }
}

#[test]
fn a_limit_within_a_start_leaves_a_session_or_none() {
    for blocks in 0..6 {
        let world = World::with(&[("a.md", "# A\n")]);
        let output = limited(&world, blocks, &["log", "start"]);
        if output.status.success() {
            assert_eq!(records(&world), [RECORD], "{blocks}")
        } else {
            said(&output);
            assert!(records(&world).is_empty(), "{blocks}: {}", said(&output));
        }
        ok(&world, &["log", "start"]);
        ok(&world, &["log", "event", "once"]);
        super::end_and_check(&world);
        assert_eq!(entries(&world).len(), 1);
    }
}

/// A world for a user who may not write everywhere: for `root`, `nobody` does the work.
struct User {
    world: World,
    is_root: bool,
}

impl User {
    fn new() -> Self {
        let world = World::new();
        let is_root = fs::metadata(world.home()).expect("a home").uid() == 0;
        let user = User { world, is_root };
        fs::create_dir_all(user.world.kb()).expect("a directory");
        let home = user.world.home();
        set(home.parent().expect("a parent"), 0o755);
        for dir in [user.world.kb(), home, user.world.work()] {
            set(&dir, 0o777);
        }
        user
    }

    fn mx(&self, arguments: &[&str]) -> Output {
        let mut command = self.world.command(arguments).into_command();
        if self.is_root {
            command.uid(65_534).gid(65_534);
        }
        sane(run(command), arguments)
    }

    /// Runs `mx`, which must succeed, and returns everything that it printed.
    fn ok(&self, arguments: &[&str]) -> String {
        let output = self.mx(arguments);
        let out = String::from_utf8_lossy(&output.stdout);
        let text = out.into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {text}");
        text
    }

    fn fails(&self, arguments: &[&str], path: &Path) {
        let output = self.mx(arguments);
        let said = said(&output);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
        assert!(
            said.contains(&*path.to_string_lossy()),
            "{arguments:?}: {said}"
        );
    }
}

fn set(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("mode");
}

#[test]
fn a_project_that_may_not_be_written_to_has_its_record_in_the_knowledge_base() {
    let user = User::new();
    set(&user.world.work(), 0o555);
    let said = user.ok(&["log", "start"]);
    assert!(
        said.contains("note: the record is kept in the knowledge base"),
        "{said}"
    );
    assert!(records(&user.world).is_empty());
    let entry = "session_logs/shop/20260111-103000.md";
    user.ok(&["log", "event", "kept"]);
    assert!(user.world.read(entry).contains("| kept |"));
    let again = user.ok(&["log", "start"]);
    assert!(again.contains("has been running"), "{again}");
    user.ok(&["log", "update"]);
    user.ok(&["log", "end"]);
    assert!(user.world.read(entry).contains("status: ended"));
    assert_eq!(entries(&user.world), [entry]);
    set(&user.world.work(), 0o777);
}

#[test]
fn a_project_that_becomes_read_only_keeps_its_record() {
    let user = User::new();
    user.ok(&["log", "start"]);
    user.ok(&["log", "event", "first"]);
    set(&user.world.work(), 0o555);
    let before = record(&user.world);
    let path = user.world.work().join(RECORD);
    for arguments in [
        &["log", "event", "lost"][..],
        &["log", "update", "-m", "x"],
        &["log", "end"],
    ] {
        user.fails(arguments, &path);
        assert!(record(&user.world) == before, "{arguments:?}");
    }
    user.ok(&["log", "status"]);
    set(&user.world.work(), 0o777);
    user.ok(&["log", "event", "second"]);
    user.ok(&["log", "end"]);
    assert_eq!(
        entries(&user.world),
        ["session_logs/shop/20260111-103000.md"]
    );
    let text = user.world.read("session_logs/shop/20260111-103000.md");
    assert!(
        text.contains("| first |") && text.contains("| second |"),
        "{text}"
    );
    ok(&user.world, &["log", "index"]);
    derived_files_agree(&user.world);
}

#[test]
fn a_knowledge_base_that_may_not_be_written_to_begins_and_ends_nothing() {
    let user = User::new();
    let kb = user.world.kb();
    user.ok(&["session-log", "-e", "a.md", "-m", "so that it exists"]);
    let close = || {
        tree(&kb).iter().for_each(|(path, _)| {
            if Path::new(path).is_dir() {
                set(Path::new(path), 0o555);
            }
        })
    };
    let open = || {
        let directories = tree(&kb)
            .into_iter()
            .filter(|(path, _)| Path::new(path).is_dir());
        directories.for_each(|(path, _)| set(Path::new(&path), 0o777));
    };
    close();
    user.fails(&["log", "start"], &kb);
    assert!(records(&user.world).is_empty());
    user.ok(&["log", "status"]);
    user.ok(&["log", "list"]);
    user.ok(&["resume"]);
    open();
    user.ok(&["log", "start"]);
    close();
    // The record is in the project.
    user.ok(&["log", "event", "first"]);
    user.ok(&["log", "update", "-m", "second"]);
    user.fails(&["log", "end"], &kb);
    // It goes on.
    user.ok(&["log", "event", "third"]);
    open();
    user.ok(&["log", "end"]);
    let entry = "session_logs/shop/20260111-103000.md";
    assert_eq!(entries(&user.world), [entry]);
    let text = user.world.read(entry);
    for row in ["| first |", "| second |", "| third |"] {
        assert_eq!(text.matches(row).count(), 1, "{row}\n{text}");
    }
    assert!(records(&user.world).is_empty());
}
