//! What differs from the last commit: `git status`.
//!
//! Source of the format: git-status(1), "Porcelain Format Version 2".

use super::changes::{Content, ObservedChange, is_zero};
use super::paths::RepoPath;
use super::place::Place;
use super::runner::{Failure, Runner};
use std::collections::BTreeMap;

const STATUS: [&str; 9] = [
    "status",
    "--porcelain=v2",
    "--branch",
    // Comparing with the branch upstream can take long.
    "--no-ahead-behind",
    "-z",
    "--untracked-files=all",
    "--find-renames",
    "--",
    ".",
];

/// What `git status` says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Status {
    /// The commit checked out. `None` before the first.
    pub head: Option<String>,
    /// The branch. `None` if `HEAD` is detached.
    pub branch: Option<String>,
    /// What differs from that commit: first what is tracked, then what is not.
    pub changes: Vec<ObservedChange>,
    /// Of each submodule that differs: in which ways.
    pub submodules: BTreeMap<RepoPath, String>,
}

impl Status {
    /// Asks git.
    pub(super) fn ask(git: &Runner, place: &Place) -> Result<Self, Failure> {
        // The whole tree is quicker without a path.
        let arguments = if place.is_root() {
            &STATUS[..7]
        } else {
            &STATUS[..]
        };
        git.run(arguments, Vec::new())
            .map(|output| parse_status_output(&output))
    }

    /// Returns all paths that differ, sorted; the former paths of what was renamed too.
    pub(super) fn paths(&self) -> BTreeMap<&RepoPath, Tracked> {
        let mut paths = BTreeMap::new();
        for change in &self.changes {
            let tracked = change.from.is_some() || change.old.exists();
            let tracked = if tracked { Tracked::Yes } else { Tracked::No };
            if let Some(from) = &change.from {
                paths.insert(from, Tracked::Yes);
            }
            // What was removed from the index only is there twice.
            paths.entry(&change.path).or_insert(tracked);
        }
        paths
    }
}

/// Whether a file is in the last commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tracked {
    Yes,
    No,
}

fn parse_status_output(output: &[u8]) -> Status {
    let mut status = Status::default();
    let mut fields = output.split(|byte| *byte == 0);
    while let Some(field) = fields.next() {
        let (kind, rest) = (field.first(), field.get(2..).unwrap_or_default());
        match kind {
            Some(b'#') => read_status_header(&mut status, &String::from_utf8_lossy(rest)),
            Some(b'?') => status.changes.extend(untracked_change(rest)),
            Some(b'1') => tracked_change(&mut status, rest, &ORDINARY, None),
            Some(b'2') => {
                let from = fields.next().map(RepoPath::new);
                tracked_change(&mut status, rest, &RENAMED, from);
            }
            Some(b'u') => tracked_change(&mut status, rest, &UNMERGED, None),
            _ => {}
        }
    }
    status
}

fn read_status_header(status: &mut Status, line: &str) {
    match line.split_once(' ') {
        Some(("branch.oid", oid)) if oid != "(initial)" => status.head = Some(oid.to_owned()),
        Some(("branch.head", name)) if name != "(detached)" => {
            status.branch = Some(name.to_owned());
        }
        _ => {}
    }
}

fn untracked_change(path: &[u8]) -> Option<ObservedChange> {
    let path = RepoPath::new(path);
    (!path.is_directory()).then_some(ObservedChange {
        path,
        from: None,
        old: Content::Nothing,
        new: Content::Unknown,
    })
}

/// Where the fields of a line are, behind `XY sub`.
struct StatusFields {
    /// How many there are before the path.
    count: usize,
    head: (usize, usize),
    index: (usize, usize),
    work: usize,
    score: Option<usize>,
}

/// `XY sub mH mI mW hH hI path`
const ORDINARY: StatusFields = StatusFields {
    count: 7,
    head: (2, 5),
    index: (3, 6),
    work: 4,
    score: None,
};

/// `XY sub mH mI mW hH hI Xscore path`
const RENAMED: StatusFields = StatusFields {
    count: 8,
    score: Some(7),
    ..ORDINARY
};

/// `XY sub m1 m2 m3 mW h1 h2 h3 path`: ours is what `HEAD` has.
const UNMERGED: StatusFields = StatusFields {
    count: 9,
    head: (3, 7),
    // Whatever the index holds, it is not what the file does.
    index: (3, 7),
    work: 5,
    score: None,
};

fn tracked_change(status: &mut Status, line: &[u8], at: &StatusFields, from: Option<RepoPath>) {
    let parts: Vec<&[u8]> = line.splitn(at.count + 1, |byte| *byte == b' ').collect();
    let Some(path) = parts.get(at.count) else {
        return;
    };
    let path = RepoPath::new(path);
    let words: Vec<_> = parts
        .iter()
        .map(|part| String::from_utf8_lossy(part))
        .collect();
    let content = |(mode, hash): (usize, usize)| Content::new(&words[mode], &words[hash]);
    let new = if is_zero(&words[at.work]) {
        Content::Nothing
    } else if words[0].ends_with('.') {
        content(at.index)
    } else {
        Content::Unknown
    };
    let copied = at.score.is_some_and(|score| words[score].starts_with('C'));
    if words[1].starts_with('S') {
        let state = words[1].clone().into_owned();
        status.submodules.insert(path.clone(), state);
    }
    status.changes.push(ObservedChange {
        path,
        from: from.filter(|_| !copied),
        old: if copied {
            Content::Nothing
        } else {
            content(at.head)
        },
        new,
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::proptest;

    const A: &str = "78981922613b2afb6025042ff6bd878ac1994e85";
    const B: &str = "b4785957bc986dc39c629de9fac9df46972c00fc";
    const ZERO: &str = "0000000000000000000000000000000000000000";

    #[test]
    fn every_kind_of_line_is_read() {
        let output = format!(
            "# branch.oid {A}\0# branch.head a b\0# stash 2\0\
             1 .M N... 100644 100644 100644 {A} {A} a b\0\
             1 A. N... 000000 100644 100644 {ZERO} {B} new\0\
             1 .D N... 100644 100644 000000 {A} {A} gone\0\
             1 D. N... 100644 000000 000000 {A} {ZERO} cached\0\
             2 R. N... 100644 100644 100644 {A} {A} R100 to\0from here\0\
             2 C. N... 100644 100644 100644 {A} {A} C90 copy\0of\0\
             u UU N... 100644 100644 100644 100644 {A} {B} {A} conflict\0\
             1 .M S.MU 160000 160000 160000 {A} {A} module\0\
             ? cached\0? nested/\0? x\ny\0"
        );
        let status = parse_status_output(output.as_bytes());
        assert_eq!(status.head.as_deref(), Some(A));
        assert_eq!(status.branch.as_deref(), Some("a b"));
        let told: Vec<String> = status.changes.iter().map(tell).collect();
        let expected = [
            "known unknown a b",
            "nothing known new",
            "known nothing gone",
            "known nothing cached",
            "known known to <- from here",
            "nothing known copy",
            "known unknown conflict",
            "known unknown module",
            "nothing unknown cached",
            "nothing unknown x\ny",
        ];
        assert_eq!(told, expected);
        assert_eq!(status.submodules[&RepoPath::new(b"module")], "S.MU");
        let paths = status.paths();
        assert_eq!(paths[&RepoPath::new(b"cached")], Tracked::Yes);
        assert_eq!(paths[&RepoPath::new(b"from here")], Tracked::Yes);
        assert_eq!(paths[&RepoPath::new(b"x\ny")], Tracked::No);
    }

    fn tell(change: &ObservedChange) -> String {
        let word = |content: &Content| match content {
            Content::Nothing => "nothing",
            Content::Known(_) => "known",
            Content::Unknown => "unknown",
        };
        let text = |path: &RepoPath| String::from_utf8_lossy(path.bytes()).into_owned();
        let from = change
            .from
            .as_ref()
            .map(|from| format!(" <- {}", text(from)));
        let (old, new) = (word(&change.old), word(&change.new));
        format!(
            "{old} {new} {}{}",
            text(&change.path),
            from.unwrap_or_default()
        )
    }

    #[test]
    fn before_the_first_commit_and_detached() {
        let status = parse_status_output(b"# branch.oid (initial)\0# branch.head main\0");
        assert_eq!(
            (status.head, status.branch.as_deref()),
            (None, Some("main"))
        );
        let status = parse_status_output(b"# branch.oid 12\0# branch.head (detached)\0");
        assert_eq!((status.head.as_deref(), status.branch), (Some("12"), None));
    }

    proptest! {
        #[test]
        fn nothing_is_not_a_panic(text in "([12u?#] )?[ .0-9MRCSa\u{0}]{0,80}") {
            parse_status_output(text.as_bytes());
        }
    }
}
