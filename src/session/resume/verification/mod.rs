//! Commands that verify the work: tests, builds, linters; and their outcome in the log.

mod outcome;
mod programs;
mod shell;
mod wrappers;

pub use outcome::{Outcome, outcome_of};

use programs::Check;

/// What a command verifies. Ordered by weight, the greatest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CheckKind {
    /// That tests pass.
    Test,
    /// That it builds.
    Build,
    /// That a linter, a type checker or a formatter has nothing to say.
    Lint,
}

impl CheckKind {
    /// Returns the words for running it, as in `the last test run`.
    pub fn run(self) -> &'static str {
        match self {
            CheckKind::Test => "test run",
            CheckKind::Build => "build",
            CheckKind::Lint => "lint run",
        }
    }
}

/// A command that verifies the work, found in a command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// What it verifies.
    pub kind: CheckKind,
    /// Its name without arguments, such as `cargo test`.
    pub name: String,
    /// The command alone, without what the line does before and after it, and without
    /// redirections.
    pub command: String,
    /// Whether the status of the line is the status of this command. That of `cargo test | tail`
    /// is not.
    pub conclusive: bool,
}

/// Returns what a command line verifies, if anything.
#[cfg(test)]
fn kind_of_command(command: &str) -> Option<CheckKind> {
    find_verification(command).map(|found| found.kind)
}

/// Returns the command in a command line that verifies most: tests before builds before linters,
/// of several the last.
pub fn find_verification(line: &str) -> Option<Verification> {
    find_within(line, 3)
}

/// `depth` is how many shells within shells (`bash -c '…'`) are looked into.
fn find_within(line: &str, depth: usize) -> Option<Verification> {
    let line = shell::parse_command_line(line);
    let mut best: Option<(usize, Verification)> = None;
    for (at, words) in line.commands.iter().enumerate() {
        let found = match programs::check_words(words) {
            Some(Check::Kind { kind, name, words }) => Some(Verification {
                kind,
                name,
                command: words.join(" "),
                conclusive: true,
            }),
            Some(Check::Shell(script)) if depth > 0 => find_within(script, depth - 1),
            _ => None,
        };
        let Some(found) = found else { continue };
        if best
            .as_ref()
            .is_none_or(|(_, best)| found.kind <= best.kind)
        {
            best = Some((at, found));
        }
    }
    best.map(|(at, mut found)| {
        found.conclusive &= line.is_conclusive(at);
        found
    })
}

/// Returns the event for a command that verifies something: `cargo test: passed`, or if its
/// outcome is not known, `Ran cargo test`. [`outcome_of`] reads it back.
pub fn event_text(command: &str, ok: Option<bool>) -> Option<String> {
    let found = find_verification(command)?;
    let command = super::text::shorten_text(&super::text::single_line(&found.command), 120);
    Some(match ok.filter(|_| found.conclusive) {
        Some(true) => format!("{command}: passed"),
        Some(false) => format!("{command}: failed"),
        None => format!("Ran {command}"),
    })
}

#[cfg(test)]
mod tests;
