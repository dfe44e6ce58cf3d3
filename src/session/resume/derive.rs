//! What was not stated, derived from the rows of a record.

use super::text::{shorten_text, single_line, without_stop};
use super::verification::{self, CheckKind, Outcome};
use crate::model::{Event, FileAction, Session, Source};

/// How many of the last events a summary holds, and how much of each.
const EVENTS: usize = 3;
const EVENT: usize = 160;

/// How many outcomes a state holds.
const OUTCOMES: usize = 4;

/// Returns what was done: the last events, else a decision or note, else how much, else what is
/// next. The goal is shown beside it.
pub(super) fn derive_summary(session: &Session) -> Option<String> {
    let mut events: Vec<String> = Vec::new();
    for event in session
        .progress
        .iter()
        .rev()
        .filter(|event| says_something(event))
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

/// Returns whether an event says what was done: it is not bookkeeping, not a test run, and not
/// about what is next.
fn says_something(event: &Event) -> bool {
    let only_next = find_next(&event.text).is_some_and(|(at, _)| at == 0);
    // What an agent was asked to do is not done by that.
    !is_bookkeeping(event) && !only_next && !is_asked(event) && !is_check(event)
}

/// Returns whether an event is what an agent was asked.
fn is_asked(event: &Event) -> bool {
    event.source != Source::Stated && event.text.starts_with("Asked: ")
}

/// Returns whether an event only says that tests, a build or the like were run. An agent's answer
/// that begins with them says more.
fn is_check(event: &Event) -> bool {
    let text = event.text.as_str();
    if event.source == Source::Stated {
        return verification::outcome_of(text).is_some();
    }
    let outcome = [": passed", ": failed"];
    let known = outcome.iter().find_map(|end| text.strip_suffix(end));
    let check = known.or_else(|| text.strip_prefix("Ran "));
    check.is_some_and(|check| verification::event_text(check, None, "").is_some())
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
        // What was stated at a checkpoint is about the work.
        Some(':') => event.source != Source::Stated,
        _ => [" saved", " before", " after", " ("]
            .iter()
            .any(|word| rest.starts_with(word)),
    }
}

/// Returns the text of the last event that says something, else of the last event.
pub(super) fn last_event(session: &Session) -> Option<&str> {
    let filled = |event: &&Event| !event.text.trim().is_empty();
    let events = || session.progress.iter().rev().filter(filled);
    let only_ran = |event: &Event| is_check(event) && event.text.starts_with("Ran ");
    let event = events()
        .find(|event| says_something(event))
        .or_else(|| events().find(|event| !only_ran(event)));
    event.map(|event| event.text.as_str())
}

/// Returns from what it is known, and the last outcome of each test, build and lint command in
/// the log, failures first. An outcome before a later run whose end is unknown is
/// none any more.
pub(super) fn derive_state(session: &Session) -> Option<(String, String)> {
    let mut later: Vec<Outcome> = Vec::new();
    for event in session.progress.iter().rev() {
        // What an agent answers is not a run of anything.
        let told = verification::recorded_outcome(&event.text).or_else(|| match event.source {
            Source::Stated => verification::outcome_of(&event.text),
            _ => None,
        });
        let Some(outcome) = told else { continue };
        if !later.iter().any(|later| later.supersedes(&outcome)) {
            later.push(outcome);
        }
    }
    let mut last = later;
    last.retain(|outcome| outcome.passed.is_some());
    last.sort_by_key(|outcome| (outcome.passed, outcome.kind));
    last.truncate(OUTCOMES);
    let from = name_sources(&last)?;
    let text: Vec<String> = last.into_iter().map(|outcome| outcome.text).collect();
    Some((from, text.join("; ")))
}

/// Returns from what the outcomes are known: `the last test run and build`, or `the log` where
/// it was stated there.
fn name_sources(outcomes: &[Outcome]) -> Option<String> {
    let (run, said): (Vec<&Outcome>, Vec<&Outcome>) =
        outcomes.iter().partition(|outcome| outcome.check.is_some());
    let mut from: Vec<&str> = [CheckKind::Test, CheckKind::Build, CheckKind::Lint]
        .into_iter()
        .filter(|kind| run.iter().any(|outcome| outcome.kind == *kind))
        .map(CheckKind::run)
        .collect();
    let last = if from.is_empty() { "" } else { "the last " };
    if !said.is_empty() {
        from.push("the log");
    }
    let (end, others) = from.split_last()?;
    Some(match others {
        [] => format!("{last}{end}"),
        others => format!("{last}{} and {end}", others.join(", ")),
    })
}

/// Returns what the last event that says `next: …` or `todo: …` says. Of what agents answered only
/// the last counts: what an earlier answer called next has been done since, or was not wanted. What
/// they were asked is no answer.
pub(super) fn derive_next(session: &Session) -> Option<String> {
    let (mut answered, mut is_earlier) = (false, false);
    for event in session.progress.iter().rev() {
        let is_stated = event.source == Source::Stated;
        if is_asked(event) {
            is_earlier |= answered;
        } else if is_stated || !is_earlier {
            let next = find_next(&event.text).map(|(_, next)| single_line(next));
            if let Some(next) = next.filter(|next| !next.is_empty()) {
                return Some(next);
            }
            answered |= !is_stated && says_something(event) && !is_step_of_git(event);
        }
    }
    None
}

/// Returns whether an event is about a commit, which is no answer.
fn is_step_of_git(event: &Event) -> bool {
    event.text.starts_with("Committed ")
}

/// Returns where a text says what is next, and what: behind `next:`, `next step:` or `todo:` in
/// any case, or `TODO`, at its beginning or that of a clause, to the end of the line.
pub(crate) fn find_next(text: &str) -> Option<(usize, &str)> {
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
    use crate::session::tests::samples::running_session;

    fn session_of(rows: &[(&str, Source)]) -> Session {
        let mut session = running_session();
        let time = session.started.datetime().naive_local();
        let row = |(text, source): &(&str, Source)| Event {
            time,
            text: (*text).to_owned(),
            source: *source,
        };
        session.progress = rows.iter().map(row).collect();
        session
    }

    #[test]
    fn only_the_last_answer_tells_what_is_next() {
        let next = |rows: &[(&str, Source)]| derive_next(&session_of(rows));
        let seen = Source::Observed;
        let first = [
            ("Asked: Add it", seen),
            ("It is in. Next: write the docs", seen),
        ];
        assert_eq!(next(&first).as_deref(), Some("write the docs"));
        let asked = [&first[..], &[("Asked: TODO: write the docs", seen)]].concat();
        assert_eq!(next(&asked).as_deref(), Some("write the docs"));
        let answered = [&asked[..], &[("They are written.", seen)]].concat();
        assert_eq!(next(&answered), None);
        let stated = [&[("Next: deploy", Source::Stated)], &answered[..]].concat();
        assert_eq!(next(&stated).as_deref(), Some("deploy"));
    }

    #[test]
    fn an_answer_that_begins_with_the_tests_is_what_was_done() {
        let seen = Source::Observed;
        let rows = [
            ("Asked: Guard the login", seen),
            ("pytest: passed", seen),
            ("All tests pass: the limiter now guards login", seen),
            ("Ran pytest", seen),
        ];
        let summary = derive_summary(&session_of(&rows));
        let expected = "All tests pass: the limiter now guards login";
        assert_eq!(summary.as_deref(), Some(expected));
        assert_eq!(last_event(&session_of(&rows)), Some(expected));
    }

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
            assert_eq!(find_next(text).map(|(_, next)| next), Some(next), "{text}");
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
            assert_eq!(find_next(text), None, "{text}");
        }
    }
}
