//! Reads what `git diff-tree` writes: commits and what each changed.
//!
//! Source of the format: git-diff-tree(1), "Raw output format" and "Diff format for merges".

use super::changes::{Content, ObservedChange};
use super::paths::RepoPath;
use crate::model::Timestamp;

/// The format of the header of a commit: a byte that begins it, and five fields.
pub(super) const FORMAT: &str = "--format=%x01%H%x00%ct%x00%at%x00%P%x00%s";

/// A commit as git prints it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RawCommit {
    /// Its full hash.
    pub hash: String,
    /// When it was committed.
    pub time: Timestamp,
    /// When it was written first, in seconds since 1970.
    pub written: i64,
    /// Its parents.
    pub parents: Vec<String>,
    /// The first line of its message.
    pub subject: String,
    /// What it changed; of a merge, what differs from all its parents.
    pub changes: Vec<ObservedChange>,
}

/// Reads the output of `git diff-tree --stdin -z --raw` with [`FORMAT`]. What is not understood is
/// left out.
pub(super) fn parse_raw_log(output: &[u8]) -> Vec<RawCommit> {
    let mut fields = output.split(|byte| *byte == 0);
    let mut commits: Vec<RawCommit> = Vec::new();
    while let Some(field) = fields.next() {
        match field {
            [1, hash @ ..] => commits.extend(parse_raw_header(hash, &mut fields)),
            // A line break parts the first change from the header.
            [b':', ..] | [b'\n', b':', ..] => {
                let change = parse_raw_change(field.trim_ascii_start(), &mut fields);
                if let Some(commit) = commits.last_mut() {
                    commit.changes.extend(change);
                }
            }
            _ => {}
        }
    }
    commits
}

fn parse_raw_header<'a>(
    hash: &[u8],
    fields: &mut impl Iterator<Item = &'a [u8]>,
) -> Option<RawCommit> {
    let mut next = || fields.next().map(|field| String::from_utf8_lossy(field));
    let (time, written, parents, subject) = (next()?, next()?, next()?, next()?);
    Some(RawCommit {
        hash: String::from_utf8_lossy(hash).into_owned(),
        time: Timestamp::from_seconds(time.parse().ok()?),
        written: written.parse().ok()?,
        parents: parents.split(' ').map(str::to_owned).collect(),
        subject: subject.into_owned(),
        changes: Vec::new(),
    })
}

/// Reads `:MODE… MODE HASH… HASH STATUS`, where a merge has a colon, an old mode and an old hash
/// for each parent, and the one or two paths behind it.
fn parse_raw_change<'a>(
    field: &[u8],
    fields: &mut impl Iterator<Item = &'a [u8]>,
) -> Option<ObservedChange> {
    let line = String::from_utf8_lossy(field);
    let colons = line.bytes().take_while(|byte| *byte == b':').count();
    let words: Vec<&str> = line[colons..].split(' ').collect();
    let status = words.last()?.chars().next()?;
    let first = RepoPath::new(fields.next()?);
    // Only the diff of one parent names a former path.
    let second = (colons == 1 && matches!(status, 'R' | 'C')).then(|| fields.next());
    let (from, path) = match second {
        Some(to) => (Some(first), RepoPath::new(to?)),
        None => (None, first),
    };
    let (modes, hashes) = (words.get(..=colons)?, words.get(colons + 1..)?);
    let mut old = (0..colons).map(|at| Some(Content::new(modes[at], hashes.get(at)?)));
    let new = Content::new(modes[colons], hashes.get(colons)?);
    let copied = status == 'C';
    let old = match old.find(|old| old.as_ref().is_none_or(Content::exists)) {
        _ if copied => Content::Nothing,
        Some(old) => old?,
        None => Content::Nothing,
    };
    Some(ObservedChange {
        path,
        from: from.filter(|_| !copied),
        old,
        new,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::proptest;

    const A: &str = "78981922613b2afb6025042ff6bd878ac1994e85";
    const B: &str = "b4785957bc986dc39c629de9fac9df46972c00fc";
    const ZERO: &str = "0000000000000000000000000000000000000000";

    #[test]
    fn commits_and_their_changes_are_read() {
        let output = format!(
            "\u{1}h1\u{0}100\u{0}90\u{0}p\u{0}two\u{0}\
             \n:100644 100644 {A} {A} R100\u{0}a\u{0}\u{1}b\u{0}\
             :000000 100644 {ZERO} {B} A\u{0}:new\u{0}\
             \u{1}h2\u{0}101\u{0}91\u{0}p q\u{0}\u{0}\u{0}\
             ::100644 000000 100755 {A} {ZERO} {B} MA\u{0}m\u{0}\
             \u{1}h3\u{0}102\u{0}92\u{0}\u{0}empty\u{0}"
        );
        let commits = parse_raw_log(output.as_bytes());
        let subjects: Vec<&str> = commits.iter().map(|c| c.subject.as_str()).collect();
        assert_eq!(subjects, ["two", "", "empty"]);
        let [renamed, added] = &commits[0].changes[..] else {
            panic!("{commits:?}")
        };
        assert_eq!(renamed.from, Some(RepoPath::new(b"a")));
        assert_eq!(renamed.path, RepoPath::new(b"\x01b"));
        assert!(renamed.old.is(&renamed.new));
        assert_eq!(added.path, RepoPath::new(b":new"));
        assert!(!added.old.exists());
        let [merged] = &commits[1].changes[..] else {
            panic!("{commits:?}")
        };
        assert_eq!(merged.old, Content::new("100644", A));
        assert_eq!(merged.new, Content::new("100755", B));
    }

    proptest! {
        #[test]
        fn nothing_is_not_a_panic(text in "[:\u{1} 0-9MRCa\u{0}]{0,80}") {
            parse_raw_log(text.as_bytes());
        }
    }
}
