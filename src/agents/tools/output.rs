//! What tools answer: exit statuses, refusals, commits.

use super::super::wire;

/// Returns the exit status that the first lines, or the last, of a tool's answer tell.
pub(crate) fn exit_of(output: &str) -> Option<i32> {
    const MARKS: [&str; 5] = [
        "Exit code: ",
        "Exit Code: ",
        "Exit code ",
        "Process exited with code ",
        "<exited with exit code ",
    ];
    let told = |line: &str| {
        let line = line.trim().trim_start_matches("Error: ");
        let rest = MARKS.iter().find_map(|mark| line.strip_prefix(mark))?;
        let number: String = rest
            .chars()
            .take_while(|c| c.is_ascii_digit() || *c == '-')
            .collect();
        number.parse().ok()
    };
    let first = output.lines().take(6).find_map(told);
    first.or_else(|| output.lines().rev().take(8).find_map(told))
}

/// Returns whether a tool was not run because the user, or a rule, refused it.
pub(crate) fn refused(error: &str) -> bool {
    const SIGNS: [&str; 12] = [
        "The user doesn't want to proceed with this tool use",
        "The user doesn't want to take this action",
        "The agent proposed a plan that was rejected by the user",
        "Permission to use ",
        "requested permissions to ",
        "Permission for this action has been denied",
        "rejected by user",
        "rejected by the user",
        "denied by the user",
        "User denied",
        "User rejected",
        "The user rejected permission",
    ];
    let head = wire::beginning(error, 400);
    SIGNS.iter().any(|sign| head.contains(sign))
}

/// Returns the commits that git tells of: `[branch 1a2b3c4] subject`, hash and subject.
pub(crate) fn commits(output: &str) -> Vec<(String, String)> {
    let told = |line: &str| {
        let (bracket, subject) = line.trim_end().strip_prefix('[')?.split_once("] ")?;
        let (branch, hash) = bracket.rsplit_once(' ')?;
        let hash = hash.trim();
        let hex = hash
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        // `[detached HEAD 1a2b3c4]`, `[main (root-commit) 1a2b3c4]`; a branch has no space.
        let plain = branch
            .replace(" (root-commit)", "")
            .replace("detached ", "");
        let named = !plain.is_empty() && !plain.contains(' ');
        (named && hex && (4..=64).contains(&hash.len()) && !subject.trim().is_empty())
            .then(|| (hash.to_owned(), subject.trim().to_owned()))
    };
    output.lines().filter_map(told).collect()
}
