//! Outcomes of tests, builds and linters in the words of the log.

use super::{CheckKind, Verification, find_verification};
use crate::session::resume::text::{shorten_text, single_line};

/// How much of an event is looked at, in characters.
const LOOKED_AT: usize = 300;

/// How an event says that something was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What was verified.
    pub kind: CheckKind,
    /// The command that was run; `None` if the event does not name one (`all tests pass`).
    pub check: Option<Verification>,
    /// Whether it succeeded; `None` if it was run, and the outcome is unknown.
    pub passed: Option<bool>,
    /// In words: `cargo test passed`.
    pub text: String,
}

impl Outcome {
    /// Returns whether this outcome, of the same check, takes the place of an earlier one. A
    /// statement does not stand against a command that was run.
    pub fn supersedes(&self, earlier: &Outcome) -> bool {
        let same = match (&self.check, &earlier.check) {
            (_, None) => true,
            (None, Some(_)) => false,
            // That a part fails, or may fail, is against the success of the whole.
            (Some(later), Some(earlier_check)) => {
                let refutes = earlier.passed == Some(true) && self.passed != Some(true);
                later.covers(earlier_check) || (refutes && earlier_check.covers(later))
            }
        };
        self.kind == earlier.kind && same
    }
}

/// Returns what a row says that was written for a command, and not by hand: `cargo test: passed`,
/// or `Ran cargo test` if the outcome is unknown.
pub fn recorded_outcome(row: &str) -> Option<Outcome> {
    let told = [(": passed", true), (": failed", false)];
    let mut told = told
        .iter()
        .filter_map(|(end, passed)| Some((row.strip_suffix(end)?, Some(*passed))));
    let ran = || Some((row.strip_prefix("Ran ")?, None));
    let (command, passed) = told.next().or_else(ran)?;
    let check = find_verification(command).filter(|found| found.command == command)?;
    Some(outcome_of_check(check, passed))
}

fn outcome_of_check(check: Verification, passed: Option<bool>) -> Outcome {
    let how = match passed {
        Some(true) => "passed",
        Some(false) => "failed",
        None => "was run",
    };
    Outcome {
        kind: check.kind,
        passed,
        text: format!("{} {how}", shorten_text(&check.command, 120)),
        check: Some(check),
    }
}

/// Returns the outcome that an event of the log states: `cargo test: passed`, `npm test failed`,
/// `` Ran `make check` (exit 2) ``, `All tests passing`.
pub fn outcome_of(event: &str) -> Option<Outcome> {
    // Most events state none.
    let mut words = event.split(|c: char| c.is_whitespace() || c == '`');
    words.find(|word| verdict_of_word(word).is_some())?;
    let text: String = event.trim_start().chars().take(LOOKED_AT).collect();
    let text = single_line(text.lines().next()?);
    let text = ["Ran ", "Run ", "Running ", "Re-ran ", "ran ", "$ "]
        .iter()
        .find_map(|start| text.strip_prefix(start))
        .unwrap_or(&text);
    of_command(text).or_else(|| of_prose(text))
}

fn of_command(text: &str) -> Option<Outcome> {
    let quoted = text.strip_prefix('`').and_then(|rest| rest.split_once('`'));
    let separators = [": ", " (", " → ", " -> ", " => ", " - ", " – ", " — "];
    let separated = separators
        .iter()
        .filter_map(|separator| text.split_once(separator));
    let words = text.match_indices(' ').map(|(at, _)| text.split_at(at));
    let words = words.filter(|(_, tail)| tail.split_whitespace().next().is_some_and(is_verb));
    let mut candidates: Vec<(&str, &str)> = separated.chain(words).collect();
    candidates.sort_by_key(|(command, _)| command.len());
    let found = quoted
        .into_iter()
        .chain(candidates)
        .find_map(|(command, tail)| {
            let passed = passed_in_tail(tail)?;
            let command = command.trim_end_matches([':', '-', '–', '—', ',', ' ']);
            Some((find_verification(command)?, passed))
        });
    found.map(|(found, passed)| outcome_of_check(found, Some(passed)))
}

/// Returns whether a word behind a command begins a statement about it. `make tests pass` says
/// nothing, and `make build clean` is all command.
fn is_verb(word: &str) -> bool {
    let word = word.trim_end_matches(|c: char| !c.is_alphanumeric());
    let verbs = "passed passes passing succeeded succeeds failed fails failing errored exited did \
        didn't doesn't does not is has still now";
    verbs.split_ascii_whitespace().any(|verb| verb == word)
}

/// Returns what a word says about an outcome.
fn verdict_of_word(word: &str) -> Option<bool> {
    const GOOD: [&str; 13] = [
        "passed",
        "passes",
        "pass",
        "passing",
        "ok",
        "succeeded",
        "succeeds",
        "success",
        "successful",
        "green",
        "clean",
        "exit",
        "exited",
    ];
    const BAD: [&str; 11] = [
        "failed", "fails", "fail", "failing", "failure", "failures", "errored", "error", "errors",
        "broken", "red",
    ];
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    let is_it = |known: &&str| known.eq_ignore_ascii_case(word);
    if GOOD.iter().any(is_it) {
        Some(true)
    } else {
        BAD.iter().any(is_it).then_some(false)
    }
}

/// Returns whether the words behind a command say that it succeeded.
fn passed_in_tail(tail: &str) -> Option<bool> {
    let words: Vec<&str> = tail.split_whitespace().collect();
    let mut outcome = None;
    for (at, word) in words.iter().enumerate() {
        let bare = word
            .trim_matches(|c: char| !c.is_alphanumeric())
            .to_lowercase();
        if matches!(bare.as_str(), "exit" | "exited") {
            // `exit 0`, `exit code 1`, `exited with status 1`.
            let number = |word: &&str| {
                let digits = word.trim_matches(|c: char| !c.is_ascii_digit());
                digits.parse::<u32>().ok()
            };
            match words[at + 1..].iter().take(4).find_map(number) {
                Some(0) => outcome = outcome.or(Some(true)),
                Some(_) => return Some(false),
                None => {}
            }
            continue;
        }
        let Some(good) = verdict_of_word(word) else {
            continue;
        };
        let before = at.checked_sub(1).map_or("", |before| words[before]);
        let none = matches!(before, "0" | "no" | "without" | "zero");
        let not = matches!(
            before.to_lowercase().as_str(),
            "not" | "didn't" | "doesn't" | "don't"
        );
        match (good, none || not) {
            (true, false) => outcome = outcome.or(Some(true)),
            (false, false) | (true, true) => return Some(false),
            // `0 failed` alone says too little.
            (false, true) => {}
        }
    }
    outcome
}

/// Returns the outcome in a sentence that has the tests, the build or the linter as its subject.
fn of_prose(text: &str) -> Option<Outcome> {
    let text = text.trim_end_matches('.');
    let mut words = text
        .split_whitespace()
        .map(|word| {
            word.trim_matches(|c: char| !c.is_alphanumeric())
                .to_lowercase()
        })
        .peekable();
    let before = |word: &String| {
        matches!(
            word.as_str(),
            "all" | "the" | "unit" | "integration" | "e2e" | "full" | "whole"
        ) || (!word.is_empty() && word.chars().all(|c| c.is_ascii_digit()))
    };
    while words.next_if(before).is_some() {}
    let kind = match words.next()?.as_str() {
        "test" | "tests" => CheckKind::Test,
        "build" | "builds" => CheckKind::Build,
        "lint" | "linter" | "lints" | "clippy" => CheckKind::Lint,
        _ => return None,
    };
    let between = |word: &String| {
        matches!(
            word.as_str(),
            "suite" | "run" | "is" | "are" | "now" | "still" | "all" | "again" | "has" | "have"
        )
    };
    while words.next_if(between).is_some() {}
    let passed = verdict_of_word(&words.next()?)?;
    Some(Outcome {
        kind,
        check: None,
        passed: Some(passed),
        text: shorten_text(text, 120),
    })
}
