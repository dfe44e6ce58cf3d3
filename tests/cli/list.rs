//! `mx list` and `mx tags`

use crate::common::World;
use insta::assert_snapshot;

fn world() -> World {
    World::with(&[
        (
            "b.md",
            "---\ntitle: Alpha\ntags: [x, y]\nproject: One\ncreated: 2026-01-01\n---\n",
        ),
        (
            "a.md",
            "---\ntitle: beta\ncreated: 2026-01-03\n---\n\n#x inline\n",
        ),
        ("c/d.md", "---\ntags: X\ncreated: 2026-01-02\n---\n"),
    ])
}

#[test]
fn entries_are_listed_by_path_time_or_title() {
    let world = world();
    assert_snapshot!(world.mx(&["list"]), @r"
    a.md  beta
    b.md  Alpha  #x #y
    c/d.md  d  #X
    --- exit 0
    ");
    assert_snapshot!(world.mx(&["list", "--sort", "time", "-n", "2"]), @r"
    a.md  beta
    c/d.md  d  #X
    --- stderr
    note: showing 2 of 3 entries; more with -n
    --- exit 0
    ");
    assert_snapshot!(world.mx(&["list", "--sort", "title"]), @r"
    b.md  Alpha  #x #y
    a.md  beta
    c/d.md  d  #X
    --- exit 0
    ");
}

#[test]
fn filters_narrow_the_list() {
    let world = world();
    let paths = |arguments: &[&str]| -> Vec<String> {
        let answer = world.json(arguments);
        let entries = answer["entries"].as_array().expect("entries");
        entries
            .iter()
            .map(|entry| entry["path"].as_str().unwrap_or_default().to_owned())
            .collect()
    };
    assert_eq!(paths(&["list", "--tags", "x"]), ["a.md", "b.md", "c/d.md"]);
    assert_eq!(paths(&["list", "--tags", "x,y"]), ["b.md"]);
    assert_eq!(paths(&["list", "--tags", "x", "--tag", "y"]), ["b.md"]);
    assert_eq!(paths(&["list", "--project", "one"]), ["b.md"]);
    assert_eq!(paths(&["list", "--path", "c/*"]), ["c/d.md"]);
    assert_eq!(paths(&["list", "--since", "2026-01-03"]), ["a.md"]);
    assert!(paths(&["list", "--tags", "z"]).is_empty());
}

#[test]
fn tags_are_counted_most_first() {
    assert_snapshot!(world().mx(&["tags"]), @r"
    3  #x
    1  #y
    --- exit 0
    ");
}
