//! What is found once the changes lie so far back that times prove what is unchanged.

use super::*;
use crate::kb::system_nanoseconds;
use crate::kb::tests::TestKb;
use crate::kb::walk::GENERATED;
use std::fs;

/// A knowledge base, and what is known of it.
struct Watched {
    kb: TestKb,
    known: Known,
}

impl Watched {
    fn new() -> Self {
        Watched {
            kb: TestKb::new(),
            known: Known::new(),
        }
    }

    /// Compares, as if nothing had changed for some seconds, and takes the changes for known. Returns
    /// all entries.
    fn look(&mut self) -> Vec<String> {
        let walker = Walker::new(&self.kb).expect("a walker");
        let now = system_nanoseconds() + 10_000_000_000;
        let changes = compare_tree(&walker, &self.known, now, &HashSet::new(), None);
        let mut changes = changes.expect("compared");
        for file in &changes.read {
            let directory = changes.directories.get_mut(&*file.directory);
            let record = &mut directory.expect("its directory").files[file.position];
            (record.state, record.settled) = (file.state.into(), true);
        }
        self.known.retain(|path, _| !changes.gone.contains(path));
        for (path, record) in &changes.directories {
            let stored = StoredDirectory::of(record).expect("encoded");
            self.known.insert(path.clone(), stored);
        }
        let mut entries = Vec::new();
        for (directory, stored) in &self.known {
            let record = stored.read().expect("decoded");
            entries.extend(record.files.iter().map(|file| join(directory, &file.name)));
        }
        entries
    }

    /// Asserts that the entries are these, at the second look as well, and however it came about.
    fn assert_entries(&mut self, expected: &[&str]) {
        assert_eq!(self.look(), expected);
        assert_eq!(self.look(), expected, "the second time");
        let known = std::mem::take(&mut self.known);
        assert_eq!(self.look(), expected, "from nothing");
        self.known = known;
    }

    fn rename(&self, from: &str, to: &str) {
        let place = |path: &str| self.kb.root().join(path);
        fs::rename(place(from), place(to)).expect("renamed");
    }

    fn is_settled(&self, directory: &str) -> bool {
        self.known[directory].view().expect("decoded").settled
    }
}

#[cfg(unix)]
#[test]
fn a_link_is_followed_again_when_what_it_leads_to_comes_back_or_comes_late() {
    use std::os::unix::fs::symlink;
    let mut watched = Watched::new();
    for entry in ["x/plain.md", "y/real/a.md", "y/b.md"] {
        watched.kb.write(entry, "alpha\n");
    }
    for (to, link) in [
        ("../y/real", "x/directory"),
        ("../y/b.md", "x/file.md"),
        ("../y/late", "x/late"),
        ("../y/picture", "x/picture"),
    ] {
        symlink(to, watched.kb.root().join(link)).expect("a link");
    }
    watched.kb.write("y/picture", "no entry, nor a directory");
    let all = [
        "x/file.md",
        "x/plain.md",
        "x/directory/a.md",
        "y/b.md",
        "y/real/a.md",
    ];
    watched.assert_entries(&all);
    watched.rename("y/real", "y/.real");
    watched.rename("y/b.md", "y/.b.md");
    watched.assert_entries(&["x/plain.md"]);
    watched.rename("y/.real", "y/real");
    watched.rename("y/.b.md", "y/b.md");
    watched.assert_entries(&all);
    watched.kb.write("y/late/c.md", "alpha\n");
    watched.rename("y/picture", "y/.picture");
    watched.kb.write("y/picture/d.md", "alpha\n");
    let late = ["x/late/c.md", "x/picture/d.md"];
    let mut all = [&all[..], &late, &["y/late/c.md", "y/picture/d.md"]].concat();
    all.sort_by_key(|path| path.rsplit_once('/'));
    watched.assert_entries(&all);
}

#[test]
fn a_file_named_like_a_derived_one_is_an_entry_as_long_as_its_content_is_its_own() {
    let mut watched = Watched::new();
    let derived = format!("{GENERATED}, do not edit -->\n# Recent Work\n");
    watched.kb.write("n/RECENT_WORK.md", &derived);
    watched.kb.write("session_logs/RECENT_WORK.md", &derived);
    watched.assert_entries(&[]);
    watched.kb.write("n/RECENT_WORK.md", "# My own\n");
    watched.assert_entries(&["n/RECENT_WORK.md"]);
    watched.kb.write("n/RECENT_WORK.md", &derived);
    watched.assert_entries(&[]);
    assert!(!watched.is_settled("n"));
    assert!(watched.is_settled("session_logs"), "there the name decides");
}

#[cfg(unix)]
#[test]
fn another_name_of_a_file_is_noticed_wherever_it_lies() {
    let mut watched = Watched::new();
    watched.kb.write("a/one.md", "alpha\n");
    watched.kb.write("b/two.md", "beta\n");
    watched.assert_entries(&["a/one.md", "b/two.md"]);
    let place = |path: &str| watched.kb.root().join(path);
    fs::hard_link(place("a/one.md"), place("b/same.md")).expect("linked");
    let walker = Walker::new(&watched.kb).expect("a walker");
    let changed = BTreeSet::from(["b/same.md".to_owned()]);
    let suspects = Suspects::new(&changed, &[]);
    let now = system_nanoseconds() + 10_000_000_000;
    let compare =
        |known: &Known| compare_tree(&walker, known, now, &HashSet::new(), Some(&suspects));
    let changes = compare(&watched.known).expect("compared");
    assert!(changes.has_new_names());
    assert!(crate::index::suspects::find_restless(&watched.known).is_empty());
    watched.look();
    assert_eq!(
        crate::index::suspects::find_restless(&watched.known),
        ["a", "b"]
    );
    let changes = compare(&watched.known).expect("compared");
    assert!(!changes.has_new_names(), "it is known");
}
