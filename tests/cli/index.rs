//! `mx index`

use crate::common::World;
use insta::assert_snapshot;

#[test]
fn the_index_is_brought_up_to_date_rebuilt_and_checked() {
    let world = World::with(&[("a.md", "# A\n"), ("b.md", "# B\n\nb\n\n## C\n")]);
    assert!(world.mx(&["index"]).ends_with("--- exit 0\n"));
    assert_snapshot!(world.mx(&["index"]), @r"
    The index is up to date: 2 entries, 3 sections
    --- exit 0
    ");
    world.write("c.md", "# C\n");
    assert_snapshot!(world.mx(&["index"]), @r"
    Indexed: 3 entries, 4 sections (1 added, 0 changed, 0 removed)
    --- exit 0
    ");
    assert_snapshot!(world.mx(&["index", "--rebuild"]), @r"
    Rebuilt the index: 3 entries, 4 sections
    --- exit 0
    ");
    assert_snapshot!(world.mx(&["index", "--check"]), @r"
    The index matches the Markdown: 3 entries, 4 sections
    --- exit 0
    ");
}

#[test]
fn what_is_not_indexed_yet_is_no_difference() {
    let world = World::with(&[("a.md", "# A\n"), ("b.md", "# B\n")]);
    world.mx(&["index"]);
    world.write("a.md", "# A\n\n## New\n\nsection\n");
    world.write("c.md", "# C\n");
    std::fs::remove_file(world.kb().join("b.md")).expect("removed");
    assert_snapshot!(world.mx(&["index", "--check"]), @r"
    The index matches the Markdown: 2 entries, 0 sections; 3 entries changed since, which the next search takes in
    --- exit 0
    ");
    let check = world.json(&["index", "--check"]);
    assert_eq!(
        (&check["pending"], &check["differences"]),
        (&3.into(), &serde_json::json!([]))
    );
    world.mx(&["search", "section"]);
    assert_eq!(world.json(&["index", "--check"])["pending"], 0);
}

#[test]
fn another_time_of_a_file_is_no_difference() {
    let world = World::with(&[
        ("a.md", "# A\n"),
        ("b.md", "---\nupdated: 2026-01-01\n---\n# B\n"),
    ]);
    world.mx(&["index"]);
    for name in ["a.md", "b.md"] {
        let file = std::fs::File::options()
            .write(true)
            .open(world.kb().join(name));
        let long_ago = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_600_000_000);
        file.expect("opened").set_modified(long_ago).expect("set");
    }
    // It is the time of an entry that has no other.
    assert_snapshot!(world.mx(&["index", "--check"]), @r"
    The index matches the Markdown: 2 entries, 2 sections; 1 entry changed since, which the next search takes in
    --- exit 0
    ");
    world.mx(&["index"]);
    assert_eq!(world.json(&["index", "--check"])["pending"], 0);
}

#[test]
fn a_difference_is_a_failure() {
    let world = World::with(&[("a.md", "# A\n")]);
    world.mx(&["index"]);
    let index = world.kb().join(".mx/index");
    let store = walkdir::WalkDir::new(&index).into_iter().flatten();
    let mut stores = store.filter(|file| file.path().extension().is_some_and(|e| e == "store"));
    let store = stores.next().expect("stored fields").into_path();
    let mut bytes = std::fs::read(&store).expect("read");
    bytes[2] ^= 0xff;
    std::fs::write(&store, bytes).expect("written");
    let shown = world.mx(&["index", "--check"]);
    assert!(
        shown.contains("checksum of ") && shown.ends_with("--- exit 1\n"),
        "{shown}"
    );
}

#[test]
fn a_place_that_does_not_exist_has_no_index() {
    let shown = World::new().mx(&["index"]);
    assert!(
        shown.contains("error: there is no knowledge base at [DIR]/kb yet"),
        "{shown}"
    );
    assert!(shown.ends_with("--- exit 3\n"), "{shown}");
}
