//! Reads what the log of `HEAD` holds about anything but commits.

use super::observation::Move;
use super::reflog::Entry;
use crate::model::Timestamp;

/// Most characters of a name that are shown.
const MAX_NAME: usize = 80;

/// Returns the moves among some entries of the log of `HEAD`.
pub(super) fn branch_moves<'a>(entries: impl Iterator<Item = &'a Entry>) -> Vec<Move> {
    let told = |(place, entry): (usize, &Entry)| Some(move_at(entry, move_text(entry)?, place));
    entries.enumerate().filter_map(told).collect()
}

/// Returns what some entries of the log of the stash say.
pub(super) fn stash_moves<'a>(entries: impl Iterator<Item = &'a Entry>) -> Vec<Move> {
    let text = |entry: &Entry| format!("stashed changes ({})", shown_name(&entry.message));
    // It has a log of its own: behind what else happened in that second.
    let told = |entry: &Entry| move_at(entry, text(entry), usize::MAX);
    entries.map(told).collect()
}

fn move_at(entry: &Entry, text: String, place: usize) -> Move {
    Move {
        time: Timestamp::from_seconds(entry.time),
        text,
        place,
    }
}

/// Arguments of `pull` and `clone` are never shown: an address may hold a password.
fn move_text(entry: &Entry) -> Option<String> {
    let (command, details) = entry.parts();
    let moved = entry.old != entry.new;
    match entry.command() {
        ("checkout", _) => switched_branch(details),
        ("reset", _) if moved => details.strip_prefix("moving to ").map(|to| {
            let to = revision_name(to);
            format!("reset to {to}")
        }),
        ("rebase", Some("finish")) => Some(format!("rebased{}", branch_name(details))),
        ("rebase", Some("abort")) => Some("gave up a rebase".to_owned()),
        ("rebase", None) if command == "rebase finished" => {
            Some(format!("rebased{}", branch_name(details)))
        }
        ("merge", _) => {
            let name = command.strip_prefix("merge ").map(revision_name)?;
            let how = if entry.is_fast_forward() {
                " (fast-forward)"
            } else {
                ""
            };
            Some(format!("merged {name}{how}"))
        }
        ("pull", None) if entry.is_fast_forward() => Some("pulled (fast-forward)".to_owned()),
        ("pull", None) => Some("pulled (merge)".to_owned()),
        ("pull", Some("finish")) => Some("pulled (rebase)".to_owned()),
        ("clone", _) => Some("cloned the repository".to_owned()),
        ("Branch", _) => renamed_branch(details),
        _ => None,
    }
}

fn switched_branch(details: &str) -> Option<String> {
    let (from, to) = details.strip_prefix("moving from ")?.split_once(" to ")?;
    (from != to).then(|| {
        format!(
            "switched from {} to {}",
            revision_name(from),
            revision_name(to)
        )
    })
}

fn renamed_branch(details: &str) -> Option<String> {
    let (from, to) = details.strip_prefix("renamed ")?.split_once(" to ")?;
    let name = |name: &str| shown_name(name.strip_prefix("refs/heads/").unwrap_or(name));
    Some(format!("renamed branch {} to {}", name(from), name(to)))
}

/// Returns ` NAME` of a branch in `returning to refs/heads/NAME`, if there is one.
fn branch_name(details: &str) -> String {
    let (_, name) = details.split_once("refs/heads/").unwrap_or_default();
    let name = name.split(' ').next().unwrap_or_default();
    if name.is_empty() {
        String::new()
    } else {
        format!(" {}", shown_name(name))
    }
}

/// Returns the name of a revision; a full hash is cut.
fn revision_name(name: &str) -> String {
    let hash = name.len() >= 40 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    shown_name(if hash { &name[..10] } else { name })
}

fn shown_name(text: &str) -> String {
    let plain = text.chars().filter(|c| !c.is_control());
    plain.take(MAX_NAME).collect()
}

#[cfg(test)]
mod tests {
    use super::super::reflog::tests::made;
    use super::*;

    #[test]
    fn moves_are_told_in_words() {
        let full = "78981922613b2afb6025042ff6bd878ac1994e85";
        for (message, told) in [
            (
                "checkout: moving from main to a/b",
                "switched from main to a/b",
            ),
            (
                &format!("checkout: moving from {full} to main"),
                "switched from 7898192261 to main",
            ),
            ("reset: moving to HEAD~1", "reset to HEAD~1"),
            ("rebase (finish): returning to refs/heads/f", "rebased f"),
            (
                "rebase (abort): returning to refs/heads/f",
                "gave up a rebase",
            ),
            ("merge f: Fast-forward", "merged f (fast-forward)"),
            ("merge f: Merge made by the 'ort' strategy.", "merged f"),
            (
                "pull https://u:secret@h/a main: Fast-forward",
                "pulled (fast-forward)",
            ),
            (
                "pull --rebase (finish): returning to refs/heads/f",
                "pulled (rebase)",
            ),
            ("clone: from https://u:secret@h/a", "cloned the repository"),
            (
                "Branch: renamed refs/heads/a to refs/heads/b",
                "renamed branch a to b",
            ),
        ] {
            let told_so = move_text(&made(1, 2, message));
            assert_eq!(told_so.as_deref(), Some(told), "{message}");
        }
    }

    #[test]
    fn what_moved_nothing_is_not_told() {
        for message in [
            "checkout: moving from a to a",
            "commit: x",
            "rebase (pick): x",
            "",
        ] {
            assert_eq!(move_text(&made(1, 2, message)), None, "{message}");
        }
        assert_eq!(move_text(&made(1, 1, "reset: moving to HEAD")), None);
    }
}
