//! `mx init`

use crate::common::World;
use insta::assert_snapshot;
use std::fs;
use std::process::Command;

#[test]
fn a_knowledge_base_is_made_once() {
    let world = World::new();
    assert_snapshot!(world.mx(&["init"]), @r"
    Knowledge base: [DIR]/kb
      made . (the knowledge base)
      made .mx/ (the index, not for git)
    --- exit 0
    ");
    assert_snapshot!(world.mx(&["init"]), @r"
    Knowledge base: [DIR]/kb (nothing to do)
    --- exit 0
    ");
    assert_eq!(
        world.read(".mx/.gitignore"),
        "*\n!.gitignore\n!config.yaml\n"
    );
}

#[test]
fn without_a_name_it_is_the_current_directory() {
    let world = World::new();
    let shown = world.command(&["init"]).without("MEMEX_KB_ROOT").shown();
    assert!(shown.starts_with("Knowledge base: [DIR]/shop\n"), "{shown}");
    let shown = world
        .command(&["init", "inner"])
        .without("MEMEX_KB_ROOT")
        .shown();
    assert!(
        shown.starts_with("Knowledge base: [DIR]/shop/inner\n"),
        "{shown}"
    );
}

fn git(world: &World, directory: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new("git");
    command
        .current_dir(world.work().join(directory))
        .args(arguments);
    command
        .env("HOME", world.home())
        .env("GIT_CONFIG_NOSYSTEM", "1");
    for role in ["AUTHOR", "COMMITTER"] {
        command
            .env(format!("GIT_{role}_NAME"), "A")
            .env(format!("GIT_{role}_EMAIL"), "a@example.com");
    }
    command.output().is_ok_and(|output| output.status.success())
}

#[test]
fn appends_from_two_clones_merge() {
    let world = World::new();
    if !git(&world, ".", &["init", "-q", "-b", "main", "one"]) {
        return; // There is no git here, or an old one.
    }
    let log = |directory: &str, now: &str, text: &str| {
        let arguments = ["--kb", directory, "session-log", "-e", "a.md", "-m", text];
        assert!(
            world
                .command(&arguments)
                .env("MX_NOW", now)
                .output()
                .status
                .success()
        );
        assert!(git(&world, directory, &["add", "-A"]));
        assert!(git(&world, directory, &["commit", "-qm", text]));
    };
    assert!(world.mx(&["init", "one"]).contains(".gitattributes"));
    log("one", "2026-01-11T10:00:00Z", "base");
    assert!(git(&world, ".", &["clone", "-q", "one", "two"]));
    log("one", "2026-01-11T11:00:00Z", "from one");
    log("two", "2026-01-11T12:00:00Z", "from two");
    assert!(git(
        &world,
        "two",
        &["pull", "-q", "--no-rebase", "--no-edit"]
    ));
    let merged = fs::read_to_string(world.work().join("two/a.md")).expect("an entry");
    for text in ["base", "from one", "from two"] {
        assert_eq!(merged.matches(text).count(), 1, "{merged}");
    }
    assert!(!merged.contains("<<<<"), "{merged}");
}
