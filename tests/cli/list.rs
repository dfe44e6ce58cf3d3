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

#[test]
fn a_tag_means_those_below_it_wherever_it_is_asked_for() {
    let world = World::with(&[
        ("front.md", "---\ntags: [inbox/today]\n---\n\nOne.\n"),
        ("inline.md", "# Inline\n\n#Inbox/later two\n"),
        ("own.md", "---\ntags: [inbox]\n---\n\nThree.\n"),
        ("other.md", "---\ntags: [inboxes, today]\n---\n\nFour.\n"),
    ]);
    let mut searched: Vec<String> = world
        .mx(&["search", "--tags", "inbox", "--terse"])
        .lines()
        .filter(|line| line.ends_with(".md"))
        .map(str::to_owned)
        .collect();
    searched.sort();
    assert_eq!(searched, ["front.md", "inline.md", "own.md"]);
    let listed = world.json(&["list", "--tags", "inbox"]);
    let listed = listed["entries"].as_array().expect("entries").iter();
    let listed: Vec<&str> = listed.filter_map(|entry| entry["path"].as_str()).collect();
    assert_eq!(listed, searched);
}

#[test]
fn a_value_that_occurs_nowhere_is_told_with_the_nearest() {
    let world = world();
    for command in ["list", "search", "recent", "tags"] {
        let shown = world.mx(&[command, "--project", "onne"]);
        let note = "note: no project 'onne'; there is 'One'\n";
        assert!(shown.contains(note), "{command}: {shown}");
        assert!(shown.ends_with("--- exit 0\n"), "{command}: {shown}");
        let answer = world.json(&[command, "--project", "onne"]);
        assert_eq!(answer["notes"][0], "no project 'onne'; there is 'One'");
        let known = world.json(&[command, "--project", "one"]);
        assert!(known.get("notes").is_none(), "{known}");
    }
    let shown = world.mx(&[
        "search", "beta", "--tags", "yy,x", "--path", "cc/*", "--path", "a.md",
    ]);
    assert_snapshot!(shown, @r"
    --- stderr
    note: no tag 'yy'; there is 'y'
    note: no path matches 'cc/*'; there is 'c'
    note: without the filters, 1 entry matches
    note: no matches
    --- exit 0
    ");
    assert_snapshot!(world.mx(&["search", "tag:zzz project:one -tag:unheard"]), @r"
    --- stderr
    note: no tag 'zzz'
    note: no matches
    --- exit 0
    ");
}
