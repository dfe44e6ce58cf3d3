//! Answers from memory while other processes commit.

use super::*;
use crate::index::snapshot::{self, FoundSnapshot};
use crate::kb::tests::TestKb;
use crate::query::{SearchOptions, language, search_entries};

fn count(kb: &TestKb, view: &View, query: &str) -> u64 {
    let options = SearchOptions {
        query: language::parse_query(query, kb.now(), kb.zone()),
        limit: 10,
        ..SearchOptions::default()
    };
    search_entries(kb, view, &options).expect("an answer").total
}

/// Opens the index, and has another process commit what changes next.
fn outdated(kb: &TestKb) -> (Snapshot, std::path::PathBuf) {
    kb.write("gone.md", "alpha vanished\n");
    kb.write("same.md", "alpha\n");
    kb.write("log.md", "# Log\n\nalpha first\n");
    let index = Index::new(kb);
    index.update().expect("indexed");
    let directory = index.info().expect("info").directory;
    let opened = snapshot::open_snapshot(&directory, &index.fingerprint).expect("opened");
    let FoundSnapshot::Index(snapshot) = opened else {
        panic!("no index")
    };
    kb.write("log.md", "# Log\n\nalpha second\n\n## More\n\nuniqueword\n");
    std::fs::remove_file(kb.root().join("gone.md")).expect("removed");
    index.update().expect("indexed");
    (*snapshot, directory)
}

fn check_answers(kb: &TestKb, view: &View) {
    for (query, expected) in [
        ("uniqueword", 1),
        ("second", 1),
        ("first", 0),
        ("vanished", 0),
        ("alpha", 2),
    ] {
        assert_eq!(count(kb, view, query), expected, "{query}");
    }
    assert!(!view.stale());
}

#[test]
fn what_another_process_commits_meanwhile_is_found() {
    let kb = TestKb::new();
    let (snapshot, directory) = outdated(&kb);
    let index = Index::new(&kb);
    let walker = Walker::new(&kb).expect("a walker");
    let view = index.view_from_memory(&walker, &directory, Some(snapshot), &|_| {});
    check_answers(&kb, &view.expect("a view"));
}

#[test]
fn a_snapshot_that_never_is_the_newest_gives_the_same_answer() {
    let kb = TestKb::new();
    let (snapshot, directory) = outdated(&kb);
    let index = Index::new(&kb);
    let walker = Walker::new(&kb).expect("a walker");
    let changes = index.compare(&walker, Some(&snapshot)).expect("compared");
    let difference = Difference::of_unknown(changes, Some(&snapshot));
    let overlaid = (Overlay::new().expect("memory"), difference);
    let view = index.lay_over(&walker, &directory, Some(snapshot), overlaid, &|_| {});
    check_answers(&kb, &view.expect("a view"));
}
