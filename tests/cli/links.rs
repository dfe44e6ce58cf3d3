//! Symbolic links in the knowledge base: they lead neither out of it nor into a hidden part of it.

use crate::common::World;
use std::fs;
use std::os::unix::fs::symlink;

/// A knowledge base with links of every kind.
fn linked() -> World {
    let world = World::with(&[
        ("real/a.md", "# A\n\nvisible word\n"),
        (".git/config", "[core]\n"),
        (".git/HEAD", "ref: refs/heads/main\n"),
        (".priv/p.md", "# P\n\nhidden word\n"),
    ]);
    for (to, link) in [
        ("real/a.md", "file.md"),
        ("real", "directory"),
        (".git/config", "config.md"),
        (".priv/p.md", "p.md"),
        (".priv", "hidden"),
        ("../.priv", "real/up"),
    ] {
        symlink(to, world.kb().join(link)).expect("a link");
    }
    world
}

#[test]
fn nothing_is_written_or_read_through_a_link_into_a_hidden_part() {
    let world = linked();
    for (entry, link, place) in [
        ("config.md", "config.md", ".git/config"),
        ("p.md", "p.md", ".priv/p.md"),
        ("hidden/p.md", "hidden", ".priv"),
        ("real/up/p.md", "real/up", ".priv"),
        ("hidden/new.md", "hidden", ".priv"),
        ("hidden/new/new.md", "hidden", ".priv"),
    ] {
        let said = format!("[DIR]/kb/{link} is a link to {place}, a hidden part");
        let wrote = world.mx(&["session-log", "-m", "x", "-e", entry]);
        assert!(wrote.contains(&said), "{entry}: {wrote}");
        assert!(wrote.contains("hint: name what is not hidden"), "{wrote}");
        assert!(wrote.ends_with("--- exit 2\n"), "{entry}: {wrote}");
        let got = world.mx(&["get", entry]);
        if entry.contains("new") {
            assert!(got.ends_with("--- exit 3\n"), "{entry}: {got}");
        } else {
            assert!(got.contains(&said), "{entry}: {got}");
            assert!(got.ends_with("--- exit 2\n"), "{entry}: {got}");
        }
    }
    assert_eq!(world.read(".git/config"), "[core]\n");
    assert_eq!(
        fs::read_dir(world.kb().join(".priv"))
            .expect("there")
            .count(),
        1
    );
    assert!(world.read(".priv/p.md").ends_with("hidden word\n"));
    let found = world.mx(&["search", "word"]);
    assert!(
        found.contains("real/a.md") && !found.contains("hidden word"),
        "{found}"
    );
}

#[test]
fn the_doctor_tells_where_a_link_leads() {
    let world = linked();
    symlink(world.home(), world.kb().join("out")).expect("a link");
    let shown = world.mx(&["doctor"]);
    for (link, reason) in [
        (
            "config.md",
            "link leads to .git/config, a hidden part of the knowledge base",
        ),
        (
            "p.md",
            "link leads to .priv/p.md, a hidden part of the knowledge base",
        ),
        (
            "hidden",
            "link leads to .priv, a hidden part of the knowledge base",
        ),
        (
            "real/up",
            "link leads to .priv, a hidden part of the knowledge base",
        ),
        ("out", "link leads outside the knowledge base"),
    ] {
        let line = format!("warning: {link}: {reason}\n");
        assert!(shown.contains(&line), "{line}: {shown}");
    }
}

#[test]
fn links_that_stay_inside_are_followed() {
    let world = linked();
    for entry in ["file.md", "directory/a.md", "directory/new.md"] {
        let wrote = world.mx(&["session-log", "-m", "noted", "-e", entry]);
        assert!(wrote.ends_with("--- exit 0\n"), "{entry}: {wrote}");
        let got = world.mx(&["get", entry]);
        assert!(got.contains("noted"), "{entry}: {got}");
    }
    assert_eq!(world.read("real/a.md").matches("noted").count(), 2);
    assert!(world.read("real/new.md").contains("noted"));
}

/// The knowledge base of most people lies in `~/.memex`, and may be a link.
#[test]
fn the_root_may_be_hidden_or_a_link() {
    let world = linked();
    let hidden = world.home().join(".memex");
    fs::create_dir_all(&hidden).expect("a directory");
    fs::rename(world.kb(), hidden.join(".kb")).expect("moved");
    symlink(hidden.join(".kb"), world.kb()).expect("a link");
    for root in [world.kb(), hidden.join(".kb")] {
        for (entry, code) in [("file.md", 0), ("directory/a.md", 0), ("hidden/p.md", 2)] {
            for arguments in [
                &["session-log", "-m", "x", "-e", entry][..],
                &["get", entry],
            ] {
                let command = world.command(arguments).env("MEMEX_KB_ROOT", &root);
                let output = command.output();
                assert_eq!(
                    output.status.code(),
                    Some(code),
                    "{arguments:?}: {output:?}"
                );
            }
        }
    }
}

/// What a context and the settings name is no other name than one that is given.
#[test]
fn a_context_leads_through_no_link_either() {
    let world = linked();
    for text in [
        "primary: hidden\n",
        "session_entry: config.md\n",
        "session_entry: hidden/new.md\n",
    ] {
        world.context(text);
        let wrote = world.mx(&["session-log", "-m", "x"]);
        assert!(wrote.contains("a hidden part"), "{text}: {wrote}");
        assert!(wrote.ends_with("--- exit 2\n"), "{text}: {wrote}");
    }
    world.context("");
    world.write(".mx/config.yaml", "default_entry: hidden/{project}.md\n");
    let wrote = world.mx(&["session-log", "-m", "x"]);
    assert!(wrote.contains("a hidden part"), "{wrote}");
    assert_eq!(
        fs::read_dir(world.kb().join(".priv"))
            .expect("there")
            .count(),
        1
    );
    assert_eq!(world.read(".git/config"), "[core]\n");
}
