//! Where nothing can be written, searches answer all the same. A plain file in the way of a
//! directory stops everybody, `root` too.

use crate::common::World;
use crate::support::{index_is_right, log, mx, ok, paths, succeeded, tree};

fn world() -> World {
    let world = World::new();
    for n in 0..30 {
        world.write(
            &format!("d/{n}.md"),
            format!("---\ntags: [t{n}]\n---\n\n# Note {n}\n\nlighthouse n{n}n\n"),
        );
    }
    world
}

/// Asks everything that can be asked; `variables` are in force.
fn everything_answers(world: &World, variables: &[(&str, &str)]) {
    let ask = |arguments: &[&str]| {
        let mut run = world.command(arguments);
        for (name, value) in variables {
            run = run.env(name, value);
        }
        succeeded(run.output(), arguments)
    };
    for _ in 0..2 {
        let answer = ask(&["search", "lighthouse", "--json"]);
        let answer: serde_json::Value = serde_json::from_str(&answer).expect("JSON");
        assert_eq!(answer["total"], 30, "{answer}");
        let answer = ask(&["search", "n7n", "--json"]);
        let answer: serde_json::Value = serde_json::from_str(&answer).expect("JSON");
        assert_eq!(paths(&answer), ["d/7.md"]);
        assert_eq!(ask(&["list"]).lines().count(), 30);
        assert_eq!(ask(&["tags"]).lines().count(), 30);
        ask(&["recent"]);
        ask(&["info"]);
        ask(&["get", "d/7.md"]);
        ask(&["search", "lighthouse", "--no-refresh"]);
    }
}

fn in_the_way(path: &std::path::Path) {
    std::fs::create_dir_all(path.parent().expect("a parent")).expect("directories");
    std::fs::write(path, "in the way").expect("a file");
}

#[test]
fn a_file_where_the_index_should_be_stops_nothing() {
    for at in [".mx/index", ".mx"] {
        let world = world();
        in_the_way(&world.kb().join(at));
        in_the_way(&world.home().join(".cache"));
        let before = tree(&world.kb());
        everything_answers(&world, &[]);
        assert!(tree(&world.kb()) == before, "{at}: something was written");
        mx(&world, &["doctor"]);
        mx(&world, &["index"]);
        mx(&world, &["index", "--check"]);
        mx(&world, &["index", "--rebuild"]);
        // Writing needs no index.
        succeeded(
            log(&world, "new.md", "a stormy petrel").output(),
            &["session-log"],
        );
        succeeded(
            log(&world, "new.md", "x".repeat(9000).as_str()).output(),
            &["session-log"],
        );
        let answer = world.json(&["search", "stormy petrel"]);
        assert_eq!(paths(&answer), ["new.md"], "{at}");
    }
}

#[test]
fn a_file_where_another_index_should_be_stops_nothing() {
    let world = world();
    in_the_way(&world.home().join(".cache"));
    let root = world.home().join("index");
    in_the_way(&root);
    let before = tree(&world.kb());
    everything_answers(
        &world,
        &[("MEMEX_INDEX_ROOT", root.to_str().expect("UTF-8"))],
    );
    assert!(tree(&world.kb()) == before, "something was written");
    assert_eq!(std::fs::read(&root).expect("still a file"), b"in the way");
}

#[cfg(unix)]
#[test]
fn a_directory_without_the_right_to_write_is_searched() {
    use std::os::unix::fs::PermissionsExt;
    let world = world();
    let set = |mode| {
        for path in [world.kb(), world.kb().join("d")] {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("mode");
        }
    };
    set(0o555);
    if std::fs::write(world.kb().join("probe"), "").is_ok() {
        eprintln!("skipped: this user may write everywhere");
        let _ = std::fs::remove_file(world.kb().join("probe"));
        set(0o755);
        return;
    }
    let before = tree(&world.kb());
    everything_answers(&world, &[]);
    assert!(tree(&world.kb()) == before, "something was written");
    assert_eq!(log(&world, "new.md", "no").output().status.code(), Some(1));
    set(0o755);
    ok(&world, &["search", "lighthouse"]);
    index_is_right(&world);
}
