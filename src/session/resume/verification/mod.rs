//! Commands that verify the work: tests, builds, linters; and their outcome in the log.

mod asking;
mod covering;
mod outcome;
mod printed;
mod programs;
mod shell;
mod wrappers;

pub use asking::{command_asks, git_command, only_asks};
pub use outcome::{Outcome, outcome_of, recorded_outcome};
pub use printed::read_printed_outcome;
pub use wrappers::{is_assignment, program_name};

use super::text::{shorten_text, single_line};
use programs::Check;
use shell::Proof;

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
    /// What the status of the line says of this command. That of `cargo test | tail` says nothing.
    pub proof: Proof,
}

impl Verification {
    /// Returns whether this verifies all that another command does, so that only the later
    /// outcome counts.
    pub fn covers(&self, other: &Verification) -> bool {
        let same = self.kind == other.kind && self.name == other.name;
        same && covering::covers_command(&self.command, &other.command)
    }
}

/// Returns what a command line verifies, if anything.
#[cfg(test)]
fn kind_of_command(command: &str) -> Option<CheckKind> {
    find_verification(command).map(|found| found.kind)
}

/// Returns the simple commands of a line, and whether the output of each goes to a file; `None` where
/// the line runs more than can be seen.
pub fn simple_commands(line: &str) -> Option<Vec<(Vec<String>, bool)>> {
    let line = shell::parse_command_line(line);
    let commands = line.all_commands()?;
    let commands = commands.map(|(words, writes)| (words.to_vec(), writes));
    Some(commands.collect())
}

/// Returns the simple commands of a line into whose words a shell fills nothing.
pub fn plain_commands(line: &str) -> impl Iterator<Item = Vec<String>> {
    shell::parse_command_line(line).plain_commands()
}

/// Returns the command in a command line that verifies most: tests before builds before linters,
/// of several the last.
pub fn find_verification(line: &str) -> Option<Verification> {
    let found = find_verifications(line).into_iter().rev();
    found.min_by_key(|found| found.kind)
}

/// Returns all commands in a command line that verify something.
pub fn find_verifications(line: &str) -> Vec<Verification> {
    find_within(line, 3)
}

/// `depth` is how many shells within shells (`bash -c '…'`) are looked into.
fn find_within(line: &str, depth: usize) -> Vec<Verification> {
    let line = shell::parse_command_line(line);
    let mut all = Vec::new();
    for (at, words) in line.commands.iter().enumerate() {
        let found = match programs::check_words(words) {
            Some(Check::Kind { kind, name, words }) => vec![Verification {
                kind,
                name,
                command: words.join(" "),
                proof: line.proof_of(at),
            }],
            Some(Check::Shell(script)) if depth > 0 => find_within(&script, depth - 1),
            _ => continue,
        };
        let outer = line.proof_of(at);
        all.extend(found.into_iter().map(|found| Verification {
            proof: found.proof.within(outer),
            ..found
        }));
    }
    all
}

/// Returns the event for a command that verifies something: `cargo test: passed`, or if its
/// outcome is not known, `Ran cargo test`; `None` if it may not have run at all. `error` is what a
/// line that failed printed. [`outcome_of`] reads it back.
pub fn event_text(command: &str, ok: Option<bool>, error: &str) -> Option<String> {
    let found = find_verification(command)?;
    let proof = found.proof;
    let command = shorten_text(&single_line(&found.command), 120);
    let ran = match ok {
        Some(true) => proof.reached,
        Some(false) => proof.ran && !proof.preparation_failed(error),
        None => true,
    };
    match ok.and_then(|ok| proof.outcome(ok, error)) {
        Some(true) => Some(format!("{command}: passed")),
        Some(false) => Some(format!("{command}: failed")),
        None => ran.then(|| format!("Ran {command}")),
    }
}

/// Returns what a line that verifies one thing came to according to what it printed, where its
/// status does not say: the command alone, and whether it succeeded.
pub fn find_printed_outcome(line: &str, ok: Option<bool>, printed: &str) -> Option<(String, bool)> {
    let mut found = find_verifications(line).into_iter();
    let (check, None) = (found.next()?, found.next()) else {
        return None;
    };
    if ok.and_then(|ok| check.proof.outcome(ok, printed)).is_some() {
        return None;
    }
    let passed = read_printed_outcome(check.kind, printed)?;
    // Of what was printed last only the beginning may be seen.
    (!passed || check.proof.shows_end).then_some((check.command, passed))
}

#[cfg(test)]
mod tests;
