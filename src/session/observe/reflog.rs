//! The log of `HEAD`: what was checked out when, and by which command.
//!
//! It is read as a file, which shows exactly what was added since an earlier look at it, whatever
//! the clocks say.
//!
//! Source of the format: gitrepository-layout(5), `logs`, and the messages of git's commands.

use super::changes::is_zero;
use crate::kb::open_regular_file;
use std::fs;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

/// Most bytes that are read, from the end.
const MAX_BYTES: u64 = 8 << 20;

/// A line of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// Where the line begins.
    at: u64,
    /// The commit before; zeros if there was none.
    pub old: String,
    /// The commit after.
    pub new: String,
    /// Seconds since 1970.
    pub time: i64,
    /// What was done: `COMMAND: details`.
    pub message: String,
}

/// What a step did to the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// It made a commit.
    Commit,
    /// It made a commit in place of the one before.
    Amend,
    /// It made a commit again, elsewhere.
    Rebase,
    /// It made no commit.
    Move,
    /// The message does not say: another program wrote it.
    Unclear,
}

impl Entry {
    /// Returns the command, with its arguments, and the details.
    pub(super) fn parts(&self) -> (&str, &str) {
        let parts = self.message.split_once(": ");
        parts.unwrap_or((&self.message, ""))
    }

    /// Returns what the command is and at which stage it was: `rebase` and `pick` of
    /// `rebase -i (pick)`.
    pub(super) fn command(&self) -> (&str, Option<&str>) {
        let (command, _) = self.parts();
        let stage = command
            .strip_suffix(')')
            .and_then(|command| command.rsplit_once('('));
        let word = command.split([' ', ':']).next().unwrap_or_default();
        (word, stage.map(|(_, stage)| stage))
    }

    /// Returns whether a branch was only moved on to a commit that was already there.
    pub(super) fn is_fast_forward(&self) -> bool {
        let (_, details) = self.parts();
        let start = details.get(.."fast-forward".len());
        start.is_some_and(|start| start.eq_ignore_ascii_case("fast-forward"))
    }

    /// Returns whether there was no commit before.
    pub(super) fn is_first(&self) -> bool {
        is_zero(&self.old)
    }

    /// Returns what the step did.
    pub(super) fn step(&self) -> Step {
        let (_, details) = self.parts();
        if is_zero(&self.new) || self.is_fast_forward() {
            return Step::Move;
        }
        match self.command() {
            ("commit", Some("amend")) => Step::Amend,
            ("commit" | "cherry-pick" | "revert", _) => Step::Commit,
            ("am", None) if self.message.starts_with("am: ") => Step::Commit,
            ("rebase" | "pull", Some("start" | "finish" | "abort" | "quit")) => Step::Move,
            ("rebase" | "pull", Some(_)) => Step::Rebase,
            ("merge" | "pull", None) if details.contains("erge") => Step::Commit,
            ("checkout" | "switch" | "reset" | "clone" | "Branch" | "am", _) => Step::Move,
            ("rebase", None) if details.is_empty() || is_way(details) => Step::Move,
            _ => Step::Unclear,
        }
    }
}

/// Returns whether the details of an older rebase say where it went.
fn is_way(details: &str) -> bool {
    let ways = ["checkout ", "returning to ", "moving to ", "updating HEAD"];
    ways.iter().any(|way| details.starts_with(way))
}

/// The log of `HEAD`, or its end.
#[derive(Debug, Default)]
pub(super) struct Reflog {
    entries: Vec<Entry>,
    end: u64,
}

impl Reflog {
    /// Reads the log. `None` if there is none.
    pub(super) fn read(path: &Path) -> Option<Self> {
        read_reflog(path).ok()
    }

    /// Returns the length of the log, 0 if there is none.
    pub(super) fn length(path: &Path) -> u64 {
        fs::metadata(path).map_or(0, |data| data.len())
    }

    /// Returns the entries, oldest first.
    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Returns what was added since the log had that length. `None` if it was rewritten.
    pub(super) fn since_length(&self, length: u64) -> Option<&[Entry]> {
        let before = self.entries.partition_point(|entry| entry.at < length);
        let (_, added) = self.entries.split_at(before);
        let boundary = added.first().map_or(self.end, |entry| entry.at);
        (boundary == length).then_some(added)
    }
}

fn read_reflog(path: &Path) -> io::Result<Reflog> {
    let mut file = open_regular_file(path)?;
    let length = file.metadata()?.len();
    let start = length.saturating_sub(MAX_BYTES);
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    file.take(MAX_BYTES).read_to_end(&mut bytes)?;
    Ok(parse_reflog(&bytes, start))
}

/// Reads lines; the first begins at `start`, and unless that is 0 it is not whole.
fn parse_reflog(bytes: &[u8], start: u64) -> Reflog {
    let mut entries = Vec::new();
    let mut at = start;
    let mut end = start;
    for (number, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let whole = line.ends_with(b"\n") && (number > 0 || start == 0);
        if whole {
            entries.extend(parse_reflog_line(&String::from_utf8_lossy(line), at));
        }
        at += line.len() as u64;
        if line.ends_with(b"\n") {
            end = at;
        }
    }
    Reflog { entries, end }
}

/// Reads `OLD NEW NAME <ADDRESS> SECONDS ZONE`, then a tab and the message if there is one.
fn parse_reflog_line(line: &str, at: u64) -> Option<Entry> {
    let line = line.trim_end_matches(['\n', '\r']);
    let (who, message) = line.split_once('\t').unwrap_or((line, ""));
    let mut words = who.splitn(3, ' ');
    let (old, new, who) = (words.next()?, words.next()?, words.next()?);
    let hash = |text: &str| text.len() >= 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let time = who.rsplit(' ').nth(1)?.parse().ok()?;
    (hash(old) && hash(new)).then(|| Entry {
        at,
        old: old.to_owned(),
        new: new.to_owned(),
        time,
        message: message.to_owned(),
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::{any, proptest};

    /// Makes an entry; the commits are numbers, 0 is none.
    pub(in crate::session::observe) fn made(old: u8, new: u8, message: &str) -> Entry {
        let hash = |number: u8| format!("{number:040}");
        let line = format!(
            "{} {} A <a@b> {} +0100\t{message}\n",
            hash(old),
            hash(new),
            100
        );
        parse_reflog_line(&line, 0).expect("an entry")
    }

    #[test]
    fn messages_of_git_are_understood() {
        for (step, messages) in [
            (
                Step::Commit,
                &[
                    "commit: subject: more",
                    "commit (initial): first",
                    "commit (merge): Merge branch 'a'",
                    "commit (cherry-pick): x",
                    "cherry-pick: x",
                    "revert: Revert \"x\"",
                    "am: x",
                    "merge feature: Merge made by the 'ort' strategy.",
                    "pull https://u:p@host/a b: Merge made by the 'recursive' strategy.",
                ][..],
            ),
            (Step::Amend, &["commit (amend): subject"]),
            (
                Step::Rebase,
                &[
                    "rebase (pick): x",
                    "rebase -i (squash): x",
                    "pull --rebase origin main (pick): x",
                    "rebase (continue): x",
                ],
            ),
            (
                Step::Move,
                &[
                    "checkout: moving from a to b",
                    "reset: moving to HEAD~1",
                    "clone: from https://u:p@host/a",
                    "merge feature: Fast-forward",
                    "pull: Fast-forward",
                    "pull (start): checkout 12",
                    "rebase (finish): returning to refs/heads/a",
                    "rebase: fast-forward",
                    "rebase finished: returning to refs/heads/a",
                    "rebase: checkout main",
                    "cherry-pick: fast-forward",
                    "am --abort",
                    "Branch: renamed refs/heads/a to refs/heads/b",
                ],
            ),
            (
                Step::Unclear,
                &["", "jj: x", "rebase: subject", "commitment"],
            ),
        ] {
            for message in messages {
                assert_eq!(made(1, 2, message).step(), step, "{message}");
            }
        }
    }

    #[test]
    fn what_was_added_is_told_by_the_length() {
        let line =
            |new: u8, message: &str| format!("{:040} {new:040} A B <a> 100 +0000{message}\n", 0);
        let first = line(1, "\tcommit (initial): a");
        let text = format!(
            "{first}{}broken\n{}{:040} half",
            line(2, ""),
            line(3, "\tx\ty"),
            3
        );
        let log = parse_reflog(text.as_bytes(), 0);
        let messages: Vec<&str> = log.entries().iter().map(|e| e.message.as_str()).collect();
        assert_eq!(messages, ["commit (initial): a", "", "x\ty"]);
        let added = |length: u64| log.since_length(length).map(<[Entry]>::len);
        let end = text.rfind('\n').expect("lines") as u64 + 1;
        assert_eq!(added(0), Some(3));
        assert_eq!(added(first.len() as u64), Some(2));
        assert_eq!(added(end), Some(0));
        assert_eq!(added(first.len() as u64 - 1), None);
        assert_eq!(added(end + 1), None);
    }

    proptest! {
        #[test]
        fn nothing_is_not_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), start: u32) {
            parse_reflog(&bytes, u64::from(start));
        }

        #[test]
        fn no_message_is_a_panic(message in "\\PC{0,40}") {
            made(1, 2, &message).step();
        }
    }
}
