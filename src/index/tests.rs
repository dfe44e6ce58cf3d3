//! The index as a whole, against real files: what a search finds after which edits.

use super::{Freshness, Index, View};
use crate::kb::tests::TestKb;
use crate::query::{Found, SearchOptions, Step, language, search_entries};
use std::fs;

fn find(kb: &TestKb, query: &str) -> Found {
    find_with(kb, query, Freshness::Refresh)
}

fn find_with(kb: &TestKb, query: &str, freshness: Freshness) -> Found {
    let options = SearchOptions {
        query: language::parse_query(query, kb.now(), kb.zone()),
        limit: 10,
        ..SearchOptions::default()
    };
    let answer = |view: &mut View| search_entries(kb, view, &options);
    Index::new(kb).answer(freshness, answer).expect("an answer")
}

fn paths(found: &Found) -> Vec<&str> {
    found
        .results
        .iter()
        .map(|entry| entry.path.as_str())
        .collect()
}

fn check(kb: &TestKb) {
    let report = Index::new(kb).check().expect("checked");
    assert_eq!(report.differences, []);
}

#[test]
fn what_was_written_a_moment_ago_is_found() {
    let kb = TestKb::new();
    kb.write("a.md", "# Alpha\n\nfirst word\n\n## Beta\n\nsecond word\n");
    let found = find(&kb, "second");
    assert_eq!((found.step, found.total), (Step::All, 1));
    assert_eq!(found.results[0].sections[0].heading, "Beta");
    assert_eq!(found.results[0].sections[0].line, 5);
    kb.write("b.md", "another second\n");
    assert_eq!(find(&kb, "second").total, 2);
    kb.write("b.md", "another third\n");
    assert_eq!(paths(&find(&kb, "second")), ["a.md"]);
    fs::remove_file(kb.root().join("a.md")).expect("removed");
    assert_eq!(find(&kb, "second").total, 0);
    check(&kb);
}

#[test]
fn what_is_indexed_is_taken_as_it_is_unless_there_is_nothing() {
    let kb = TestKb::new();
    kb.write("a.md", "alpha\n");
    assert_eq!(find_with(&kb, "alpha", Freshness::AsIndexed).total, 1);
    kb.write("b.md", "alpha\n");
    assert_eq!(find_with(&kb, "alpha", Freshness::AsIndexed).total, 1);
    kb.write("a.md", "a longer beginning\n\n# Head\n\nalpha\n");
    let found = find_with(&kb, "alpha", Freshness::AsIndexed);
    assert_eq!(paths(&found), ["a.md"], "a moved section is no error");
    assert_eq!(find(&kb, "alpha").total, 2);
}

#[test]
fn only_the_new_section_of_a_grown_entry_is_written() {
    let kb = TestKb::new();
    let mut text = String::from("# Log\n");
    for n in 0..50 {
        text += &format!("\n## 2026-01-11 10:{n:02}\n\nnote{n}\n");
    }
    kb.write("log.md", &text);
    find(&kb, "note1");
    text += "\n## 2026-01-11 11:00\n\nfresh\n";
    kb.write("log.md", &text);
    assert_eq!(find(&kb, "fresh").total, 1);
    let info = Index::new(&kb).info().expect("info");
    assert_eq!((info.sections, info.segments), (51, 2));
    let fulltext = info.directory.join("1/fulltext");
    let files = fs::read_dir(fulltext).expect("a directory").flatten();
    let deletes = files.filter(|file| file.path().extension().is_some_and(|e| e == "del"));
    assert_eq!(
        deletes.count(),
        0,
        "the section before the new one is left alone"
    );
    check(&kb);
}

#[test]
fn same_size_and_time_with_other_content_is_noticed() {
    let kb = TestKb::new();
    kb.write("a.md", "alpha\n");
    let file = kb.root().join("a.md");
    let time = fs::metadata(&file)
        .and_then(|data| data.modified())
        .expect("a time");
    assert_eq!(find(&kb, "alpha").total, 1);
    for word in ["gamma", "delta", "alpha", "omega"] {
        kb.write("a.md", format!("{word}\n"));
        let handle = fs::File::options().write(true).open(&file).expect("opened");
        handle.set_modified(time).expect("set");
        assert_eq!(find(&kb, word).total, 1, "{word}");
    }
    check(&kb);
}

#[test]
fn a_touched_file_is_found_by_its_new_time_only() {
    let kb = TestKb::new();
    kb.write("a.md", "alpha\n");
    let now = kb.now().seconds();
    let set = |seconds: i64| {
        let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds.unsigned_abs());
        let handle = fs::File::options().write(true).open(kb.root().join("a.md"));
        handle
            .and_then(|file| file.set_modified(time))
            .expect("set");
    };
    set(now - 86_400 * 30);
    assert_eq!(find(&kb, "alpha since:7d").total, 0);
    set(now - 86_400);
    assert_eq!(find(&kb, "alpha since:7d").total, 1);
    check(&kb);
}

#[test]
fn renamed_moved_and_replaced_directories_are_followed() {
    let kb = TestKb::new();
    kb.write("one/a.md", "alpha\n");
    kb.write("one/sub/b.md", "alpha\n");
    assert_eq!(paths(&find(&kb, "alpha")), ["one/a.md", "one/sub/b.md"]);
    fs::rename(kb.root().join("one"), kb.root().join("two")).expect("renamed");
    assert_eq!(paths(&find(&kb, "alpha")), ["two/a.md", "two/sub/b.md"]);
    fs::remove_dir_all(kb.root().join("two/sub")).expect("removed");
    kb.write("two/sub", "not a directory any more");
    assert_eq!(paths(&find(&kb, "alpha")), ["two/a.md"]);
    fs::remove_file(kb.root().join("two/a.md")).expect("removed");
    kb.write("two/a.md/c.md", "alpha\n");
    assert_eq!(paths(&find(&kb, "alpha")), ["two/a.md/c.md"]);
    check(&kb);
}

#[cfg(unix)]
#[test]
fn links_are_followed_inside_only_and_cycles_end() {
    use std::os::unix::fs::symlink;
    let kb = TestKb::new();
    let outside = tempfile::tempdir().expect("temporary directory");
    fs::write(outside.path().join("secret.md"), "alpha").expect("written");
    kb.write("real/a.md", "alpha\n");
    let root = kb.root();
    symlink(outside.path(), root.join("out")).expect("link");
    symlink(outside.path().join("secret.md"), root.join("secret.md")).expect("link");
    symlink(root, root.join("real/up")).expect("link");
    symlink(root.join("real"), root.join("again")).expect("link");
    symlink("a.md", root.join("real/b.md")).expect("link");
    kb.make_fifo("fifo.md");
    kb.write("packages/node_modules/.store/p/README.md", "alpha\n");
    kb.write(".priv/a.md", "alpha\n");
    for (to, link) in [
        (".priv/a.md", "hidden.md"),
        ("../.priv", "real/hidden"),
        (".store/p", "packages/node_modules/p"),
    ] {
        symlink(to, root.join(link)).expect("link");
    }
    let found = find(&kb, "alpha");
    let expected = ["again/a.md", "again/b.md", "real/a.md", "real/b.md"];
    assert_eq!(paths(&found), expected);
    let index = Index::new(&kb);
    let left_out = |view: &mut View| view.left_out();
    let left_out = index
        .answer(Freshness::Refresh, left_out)
        .expect("an answer");
    let leaves = "link leads outside the knowledge base";
    let hidden =
        |place: &str| format!("link leads to {place}, a hidden part of the knowledge base");
    let expected = [
        ("again/hidden", hidden(".priv")),
        ("fifo.md", "not a regular file".to_owned()),
        ("hidden.md", hidden(".priv/a.md")),
        ("out", leaves.to_owned()),
        ("real/hidden", hidden(".priv")),
        ("secret.md", leaves.to_owned()),
    ];
    assert_eq!(
        left_out,
        expected.map(|(path, reason)| (path.to_owned(), reason))
    );
    fs::remove_dir_all(root.join("real")).expect("removed");
    symlink(outside.path(), root.join("real")).expect("link");
    assert_eq!(
        find(&kb, "alpha").total,
        0,
        "a directory became a link to the outside"
    );
    check(&kb);
}

#[test]
fn a_damaged_or_deleted_index_is_built_anew() {
    let kb = TestKb::new();
    kb.write("a.md", "alpha\n");
    find(&kb, "alpha");
    let index = Index::new(&kb).info().expect("info").directory;
    let files = || {
        let walk = walkdir::WalkDir::new(&index).into_iter();
        let files = walk
            .filter_map(Result::ok)
            .filter(|entry| entry.file_type().is_file());
        files.map(|entry| entry.into_path()).collect::<Vec<_>>()
    };
    for count in 0..files().len() {
        for content in [
            &b""[..],
            b"garbage that is longer than any footer would be, surely",
        ] {
            let Some(file) = files().into_iter().nth(count) else {
                continue;
            };
            fs::write(&file, content).expect("written");
            assert_eq!(find(&kb, "alpha").total, 1, "{}", file.display());
        }
    }
    for file in files() {
        let _ = fs::remove_file(&file);
        assert_eq!(find(&kb, "alpha").total, 1, "{}", file.display());
    }
    fs::remove_dir_all(&index).expect("removed");
    assert_eq!(find(&kb, "alpha").total, 1);
}

#[test]
fn a_busy_index_gives_the_same_answer_from_memory() {
    let kb = TestKb::new();
    kb.write("a.md", "# A\n\nalpha beta\n\n## B\n\nalpha\n");
    kb.write("b.md", "alpha gamma\n");
    find(&kb, "alpha");
    kb.write(
        "a.md",
        "# A\n\nalpha delta\n\n## B\n\nalpha\n\n## C\n\nalpha alpha\n",
    );
    kb.write("c.md", "alpha\n");
    fs::remove_file(kb.root().join("b.md")).expect("removed");
    let directory = Index::new(&kb).info().expect("info").directory;
    let lock = super::locks::WriterLock::try_take(&directory, "test").expect("taken");
    let busy = find(&kb, "alpha");
    let entries = |view: &mut View| view.entries();
    let index = Index::new(&kb);
    let busy_entries = index.answer(Freshness::Refresh, entries).expect("entries");
    drop(lock);
    let free = find(&kb, "alpha");
    assert_eq!(busy, free);
    assert_eq!(paths(&busy), ["a.md", "c.md"]);
    let free_entries = index.answer(Freshness::Refresh, entries).expect("entries");
    assert_eq!(busy_entries, free_entries);
}

#[test]
fn a_view_that_let_go_of_its_tree_knows_the_same_entries() {
    let kb = TestKb::new();
    kb.write("a.md", "alpha\n");
    kb.write("b/c.md", "alpha\n");
    let index = Index::new(&kb);
    let entries = |view: &mut View| view.entries();
    let released = |view: &mut View| {
        view.release_tree();
        view.entries()
    };
    let released_entries = || index.answer(Freshness::Refresh, released).expect("entries");
    let all_entries = || index.answer(Freshness::Refresh, entries).expect("entries");
    assert_eq!(all_entries().len(), 2);
    assert_eq!(released_entries(), all_entries());
    let directory = index.info().expect("info").directory;
    let _lock = super::locks::WriterLock::try_take(&directory, "test").expect("taken");
    kb.write("b/d.md", "alpha\n");
    assert_eq!(released_entries().len(), 3);
    assert_eq!(released_entries(), all_entries());
}

mod random {
    use super::*;
    use proptest::prelude::*;

    const NAMES: [&str; 6] = ["a.md", "b.md", "d/a.md", "d/e/c.md", "x y.md", "ü.md"];
    const WORDS: [&str; 6] = [
        "alpha",
        "beta",
        "gamma alpha",
        "#tag",
        "## beta",
        "## 2026-01-11 10:00\n\nalpha",
    ];

    #[derive(Debug, Clone)]
    enum Edit {
        Write(usize, Vec<usize>),
        Append(usize, usize),
        Remove(usize),
        Rename(usize, usize),
        Search,
        Busy,
        Rebuild,
    }

    fn edit() -> impl Strategy<Value = Edit> {
        let name = 0..NAMES.len();
        let word = 0..WORDS.len();
        prop_oneof![
            (name.clone(), prop::collection::vec(word.clone(), 0..5))
                .prop_map(|(name, words)| Edit::Write(name, words)),
            (name.clone(), word).prop_map(|(name, word)| Edit::Append(name, word)),
            name.clone().prop_map(Edit::Remove),
            (name.clone(), name).prop_map(|(a, b)| Edit::Rename(a, b)),
            Just(Edit::Search),
            Just(Edit::Busy),
            Just(Edit::Rebuild),
        ]
    }

    fn apply(kb: &TestKb, edit: Edit) {
        let file = |name: usize| kb.root().join(NAMES[name]);
        match edit {
            Edit::Write(name, words) => {
                let text: Vec<&str> = words.into_iter().map(|word| WORDS[word]).collect();
                kb.write(NAMES[name], text.join("\n\n"));
            }
            Edit::Append(name, word) => {
                let before = fs::read_to_string(file(name)).unwrap_or_default();
                kb.write(NAMES[name], format!("{before}\n\n{}\n", WORDS[word]));
            }
            Edit::Remove(name) => drop(fs::remove_file(file(name))),
            Edit::Rename(from, to) => drop(fs::rename(file(from), file(to))),
            Edit::Search => drop(find(kb, "alpha")),
            Edit::Rebuild => drop(Index::new(kb).rebuild().expect("rebuilt")),
            Edit::Busy => {
                let directory = Index::new(kb).info().expect("info").directory;
                fs::create_dir_all(&directory).expect("made");
                let lock = super::super::locks::WriterLock::try_take(&directory, "test");
                find(kb, "beta");
                drop(lock);
            }
        }
    }

    fn cases() -> u32 {
        let wanted = std::env::var("MX_TEST_EDITS").ok();
        wanted.and_then(|text| text.parse().ok()).unwrap_or(24)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: cases(), max_shrink_iters: 200, ..Default::default() })]

        #[test]
        fn any_history_gives_what_a_rebuild_gives(
            edits in prop::collection::vec(edit(), 1..12),
        ) {
            let kb = TestKb::new();
            edits.into_iter().for_each(|edit| apply(&kb, edit));
            let queries = ["alpha", "alpha beta", "gamma", "tag", "alpah", "2026-01-11", "-beta"];
            let before: Vec<Found> = queries.iter().map(|query| find(&kb, query)).collect();
            check(&kb);
            Index::new(&kb).rebuild().expect("rebuilt");
            let after: Vec<Found> = queries.iter().map(|query| find(&kb, query)).collect();
            prop_assert_eq!(before, after);
        }
    }
}
