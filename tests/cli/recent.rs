//! `mx recent` and `mx info`

use crate::common::World;
use insta::assert_snapshot;

#[test]
fn dated_sections_of_all_projects_newest_first() {
    let world = World::with(&[
        (
            "a.md",
            "---\nproject: a\n---\n\n## 2026-01-09 09:00 UTC\n\nold\n\n## 2026-01-11 09:00 UTC\n\nnew\n",
        ),
        (
            "b.md",
            "---\nproject: b\n---\n\n## 2026-01-10 09:00 UTC\n\n#tag\n\nbetween\n",
        ),
    ]);
    let answer = world.json(&["recent"]);
    let times: Vec<&str> = answer["items"]
        .as_array()
        .expect("items")
        .iter()
        .filter_map(|item| item["time"].as_str())
        .collect();
    assert_eq!(
        times,
        [
            "2026-01-11T09:00:00Z",
            "2026-01-10T09:00:00Z",
            "2026-01-09T09:00:00Z"
        ]
    );
    assert_snapshot!(world.mx(&["recent", "-n", "1", "--project", "a"]), @r"
    2026-01-11, Sunday
      a
        09:00  new
               a.md:9
    --- stderr
    note: showing 1 of 2; more with -n
    --- exit 0
    ");
}

#[test]
fn info_says_where_everything_is() {
    let world = World::with(&[("a.md", "# A\n\n#tag text\n")]);
    let info = world.json(&["info"]);
    assert_eq!(info["root_source"], "MEMEX_KB_ROOT");
    assert_eq!((&info["entries"], &info["tags"]), (&1.into(), &1.into()));
    assert_eq!(info["index"]["state"], "ready");
    let world = World::new();
    let shown = world.command(&["info"]).without("MEMEX_KB_ROOT").shown();
    assert!(
        shown.starts_with("root      [DIR]/home/.memex/kb (default, not made yet)\n"),
        "{shown}"
    );
}
