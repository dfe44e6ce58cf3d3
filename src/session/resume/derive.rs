//! What nobody stated, derived from the rows of a record.

use super::text::{shorten_text, single_line, without_stop};
use super::verification::{self, CheckKind, Outcome};
use crate::model::{Event, FileAction, Session, Source};

/// How many of the last events a summary tells, and how much of each.
const EVENTS: usize = 3;
const EVENT: usize = 160;

/// How many outcomes a state tells.
const OUTCOMES: usize = 4;

/// Returns what was done: the last events, else a decision or note, else how much, else what is next. What the goal was is told beside it.
pub(super) fn derive_summary(session: &Session) -> Option<String> {
    let mut events: Vec<String> = Vec::new();
    for event in session
        .progress
        .iter()
        .rev()
        .filter(|event| tells_something(event))
    {
        let text = shorten_text(without_stop(&single_line(&event.text)), EVENT);
        if events.len() == EVENTS {
            break;
        }
        if !text.is_empty() && !events.contains(&text) {
            events.push(text);
        }
    }
    events.reverse();
    let events = (!events.is_empty()).then(|| events.join("; "));
    events
        .or_else(|| decided(session))
        .or_else(|| count_activity(session))
        .or_else(|| planned(session))
}

/// Returns what is to be next, for a record that holds nothing else.
fn planned(session: &Session) -> Option<String> {
    let steps = session.next_steps.iter();
    let mut texts = steps.map(|step| shorten_text(without_stop(&single_line(&step.text)), EVENT));
    let text = texts.find(|text| !text.is_empty())?;
    Some(format!("Planned: {text}"))
}

/// Returns what was decided or noted, for a record without events.
fn decided(session: &Session) -> Option<String> {
    let decisions = session
        .decisions
        .iter()
        .rev()
        .map(|row| row.decision.as_str());
    let notes = session.notes.iter().rev();
    let notes = notes.map(|note| {
        note.split_once("]] ")
            .map_or(note.as_str(), |(_, text)| text)
    });
    let first = |texts: &mut dyn Iterator<Item = &str>| {
        let mut texts = texts.map(|text| shorten_text(without_stop(&single_line(text)), EVENT));
        texts.find(|text| !text.is_empty())
    };
    let decision = first(&mut decisions.into_iter()).map(|text| format!("Decided: {text}"));
    decision.or_else(|| Some(format!("Noted: {}", first(&mut notes.into_iter())?)))
}

/// Returns how much was done, for a record without events.
fn count_activity(session: &Session) -> Option<String> {
    let changed = session
        .files
        .iter()
        .filter(|row| row.action != FileAction::Read);
    let counts = [
        (changed.count(), "file changed", "files changed"),
        (session.decisions.len(), "decision", "decisions"),
        (session.blockers.len(), "blocker", "blockers"),
    ];
    let counts = counts.into_iter().filter(|(count, ..)| *count > 0);
    let counts: Vec<String> = counts
        .map(|(count, one, many)| format!("{count} {}", if count == 1 { one } else { many }))
        .collect();
    (!counts.is_empty()).then(|| counts.join(", "))
}

/// Returns whether an event tells what was done: it is not bookkeeping, not a test run, and not
/// about what is next.
fn tells_something(event: &Event) -> bool {
    let only_next = next_in(&event.text).is_some_and(|(at, _)| at == 0);
    // What an agent was asked to do is not done by that.
    let asked = event.source != Source::Stated && event.text.starts_with("Asked: ");
    !is_bookkeeping(event)
        && !only_next
        && !asked
        && verification::outcome_of(&event.text).is_none()
}

/// Returns whether an event only says that the record was kept.
pub(super) fn is_bookkeeping(event: &Event) -> bool {
    let text: String = event.text.trim_start().chars().take(40).collect();
    let text = text.to_lowercase();
    let Some(rest) = text.strip_prefix("checkpoint") else {
        let kept = [
            "session started",
            "session ended",
            "session resumed",
            "session continued",
            "went on with an earlier conversation",
        ];
        let compacted = ["conversation compacted", "context compacted", "compaction"];
        return kept
            .iter()
            .chain(&compacted)
            .any(|start| text.starts_with(start));
    };
    match rest.chars().next() {
        None | Some('.' | '(') => true,
        // What somebody said at a checkpoint is about the work.
        Some(':') => event.source != Source::Stated,
        _ => [" saved", " before", " after", " ("]
            .iter()
            .any(|word| rest.starts_with(word)),
    }
}

/// Returns the text of the last event that tells something, else of the last event.
pub(super) fn last_event(session: &Session) -> Option<&str> {
    let filled = |event: &&Event| !event.text.trim().is_empty();
    let events = || session.progress.iter().rev().filter(filled);
    let event = events()
        .find(|event| tells_something(event))
        .or_else(|| events().next());
    event.map(|event| event.text.as_str())
}

/// Returns from what it is known, and the last outcome of each test, build and lint command in
/// the log, failures first.
pub(super) fn derive_state(session: &Session) -> Option<(String, String)> {
    let mut last: Vec<Outcome> = Vec::new();
    for event in session.progress.iter().rev() {
        let Some(outcome) = verification::outcome_of(&event.text) else {
            continue;
        };
        if !last.iter().any(|later| later.supersedes(&outcome)) {
            last.push(outcome);
        }
    }
    last.sort_by_key(|outcome| (outcome.passed, outcome.kind));
    let kinds = |outcome: &Outcome| outcome.kind;
    last.truncate(OUTCOMES);
    let from: Vec<&str> = [CheckKind::Test, CheckKind::Build, CheckKind::Lint]
        .into_iter()
        .filter(|kind| last.iter().map(kinds).any(|other| other == *kind))
        .map(CheckKind::run)
        .collect();
    let (first, others) = from.split_last()?;
    let from = if others.is_empty() {
        (*first).to_owned()
    } else {
        format!("{} and {first}", others.join(", "))
    };
    let text: Vec<String> = last.into_iter().map(|outcome| outcome.text).collect();
    Some((format!("the last {from}"), text.join("; ")))
}

/// Returns what the last event that says `next: …` or `todo: …` says.
pub(super) fn derive_next(session: &Session) -> Option<String> {
    let next = |event: &Event| next_in(&event.text).map(|(_, next)| single_line(next));
    let mut found = session.progress.iter().rev().filter_map(next);
    found.find(|next| !next.is_empty())
}

/// Returns where a text says what is next, and what: behind `next:`, `next step:` or `todo:` in
/// any case, or `TODO`, at its beginning or that of a clause, to the end of the line.
fn next_in(text: &str) -> Option<(usize, &str)> {
    let starts = text.char_indices().filter(|(at, c)| {
        let before = text[..*at].trim_end_matches([' ', '\t']);
        let begins = before.is_empty() || !before.ends_with(char::is_alphanumeric);
        let apart = before.is_empty() || before.len() < *at || before.ends_with(['\n', '(']);
        matches!(c, 'n' | 'N' | 't' | 'T') && begins && apart
    });
    for (at, _) in starts {
        if let Some(rest) = behind_marker(&text[at..]) {
            let rest = rest.trim_start();
            // Often closed where it was opened: `(next: the tests)`.
            let opened = text[..at].trim_end().ends_with('(');
            let first = rest.lines().next().unwrap_or_default();
            let first = if opened {
                first.trim_end_matches(')')
            } else {
                first
            };
            let before = text[..at].trim();
            return Some((if before.is_empty() { 0 } else { at }, first));
        }
    }
    None
}

fn behind_marker(text: &str) -> Option<&str> {
    for marker in ["next:", "next step:", "next steps:", "todo:"] {
        let start = text.get(..marker.len());
        if start.is_some_and(|start| start.eq_ignore_ascii_case(marker)) {
            return Some(&text[marker.len()..]);
        }
    }
    text.strip_prefix("TODO ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_next_is_found_at_the_beginning_of_a_clause() {
        for (text, next) in [
            ("next: wire it up", "wire it up"),
            ("Next: a\nand b", "a"),
            ("NEXT:\n- a", "- a"),
            ("TODO write tests", "write tests"),
            ("todo: write tests", "write tests"),
            ("Fixed it. Next: deploy", "deploy"),
            ("Fixed it (next: deploy)", "deploy"),
            ("Fixed; next steps: deploy, announce", "deploy, announce"),
        ] {
            assert_eq!(next_in(text).map(|(_, next)| next), Some(next), "{text}");
        }
        for text in [
            "Removed TODO comments",
            "what comes next: nobody knows",
            "moved to Next.js: done",
            "std::next::x",
            "a-next: b",
            "ünext: b",
            "",
        ] {
            assert_eq!(next_in(text), None, "{text}");
        }
    }
}
