use super::super::compose::*;
use super::super::derive;
use super::super::ending::Ending;
use super::super::{next_of, state_of, summary_of};
use crate::model::{FileAction, Session, Source};
use crate::session::tests::samples::{
    blocker, decision, event, example_session, file, session_from,
};

const START: &str = "2025-03-21T14:30:22Z";

fn ending(summary: &str, state: &str, next: &str) -> Ending {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Ending {
        summary: some(summary),
        state: some(state),
        next: some(next),
        uncommitted: Vec::new(),
    }
}

fn with_events(texts: &[&str]) -> Session {
    Session {
        progress: texts.iter().map(|text| event(text)).collect(),
        ..session_from(START)
    }
}

fn derived(session: &Session) -> Vec<String> {
    compose_prompt(session, &Ending::default())
}

#[test]
fn the_example_of_the_documentation() {
    let lines = [
        "Last session: Implemented auth middleware with JWT + rate limiting.",
        "All tests passing. Next: integrate with user routes in src/routes/users.ts.",
        "Key files: src/auth/middleware.ts, src/auth/rate-limiter.ts",
        "Decisions: Token bucket over sliding window",
    ];
    let summary = "Implemented auth middleware with JWT + rate limiting";
    let next = "integrate with user routes in src/routes/users.ts";
    for stop in ["", "."] {
        let (summary, next) = (format!("{summary}{stop}"), format!("{next}{stop}"));
        let ending = ending(&summary, &format!("All tests passing{stop}"), &next);
        assert_eq!(compose_prompt(&example_session(), &ending), lines);
    }
    let session = Session {
        prompt: lines.map(str::to_owned).to_vec(),
        ..example_session()
    };
    assert_eq!(
        summary_of(&session).as_deref(),
        lines[0].strip_prefix("Last session: ")
    );
    assert_eq!(state_of(&session).as_deref(), Some("All tests passing."));
    assert_eq!(next_of(&session), Some(format!("{next}.")));
}

#[test]
fn an_empty_record_has_no_prompt() {
    assert_eq!(derived(&session_from(START)), Vec::<String>::new());
    let blank = ending(" \n", "\t", " ");
    assert_eq!(
        compose_prompt(&session_from(START), &blank),
        Vec::<String>::new()
    );
    assert_eq!(summary_of(&session_from(START)), None);
}

#[test]
fn every_part_is_there_only_where_there_is_something() {
    let session = Session {
        blockers: vec![blocker("No access to staging.", ""), blocker("Old", "done")],
        ..session_from(START)
    };
    let ending = Ending {
        next: Some("ask\nfor   access".to_owned()),
        uncommitted: vec!["src/a.rs".to_owned(), "b.txt".to_owned()],
        ..Ending::default()
    };
    assert_eq!(
        compose_prompt(&session, &ending),
        [
            "Last session (from the log): 2 blockers.",
            "Next: ask for access.",
            "Open blockers: No access to staging",
            "Uncommitted: src/a.rs, b.txt",
        ]
    );
}

#[test]
fn what_nobody_stated_is_derived_and_says_so() {
    let session = Session {
        goal: Some("Authentication".to_owned()),
        ..with_events(&[
            "Started",
            "Checkpoint saved. 5 files modified",
            "Wrote the middleware.",
            "cargo test: failed",
            "Fixed the clock",
            "cargo test -p auth: passed",
            "Ran cargo clippy: failed",
            "Wrote docs",
            "Next: integrate with routes",
            "Checkpoint",
        ])
    };
    let lines = derived(&session);
    assert_eq!(
        lines,
        [
            "Last session (from the log): Wrote the middleware; Fixed the clock; Wrote docs.",
            "State (from the last test run and lint run): cargo test failed; cargo clippy failed; \
             cargo test -p auth passed. Next (from the log): integrate with routes.",
        ]
    );
    let kept = Session {
        prompt: lines,
        ..session.clone()
    };
    let state = "cargo test failed; cargo clippy failed; cargo test -p auth passed";
    assert_eq!(state_of(&kept), Some(format!("{state}.")));
    assert_eq!(state_of(&session).as_deref(), Some(state));
    assert_eq!(next_of(&kept).as_deref(), Some("integrate with routes."));
    assert_eq!(next_of(&session).as_deref(), Some("integrate with routes"));
    assert_eq!(summary_of(&session).as_deref(), Some("Authentication"));
    let without_goal = Session {
        goal: None,
        ..session
    };
    assert_eq!(summary_of(&without_goal).as_deref(), Some("Wrote docs"));
}

#[test]
fn a_later_run_of_the_same_command_counts() {
    let state = |texts: &[&str]| derive::derive_state(&with_events(texts)).map(|(_, state)| state);
    let of = |texts: &[&str]| state(texts).unwrap_or_default();
    assert_eq!(
        of(&["cargo test: failed", "cargo test: passed"]),
        "cargo test passed"
    );
    assert_eq!(
        of(&["cargo test: failed", "All tests pass"]),
        "cargo test failed; All tests pass",
        "a statement is no run"
    );
    assert_eq!(
        of(&["All tests pass", "npm test failed"]),
        "npm test failed"
    );
    assert_eq!(
        of(&["npm test failed", "cargo test passed"]),
        "npm test failed; cargo test passed"
    );
    assert_eq!(state(&["Ran cargo test", "ls: passed"]), None);
    assert_eq!(
        of(&["pytest tests/a.py: failed", "pytest tests/b.py: passed"]),
        "pytest tests/a.py failed; pytest tests/b.py passed"
    );
    assert_eq!(
        of(&["pytest tests/a.py: failed", "pytest: passed"]),
        "pytest passed"
    );
    assert_eq!(
        of(&["pytest: passed", "pytest tests/a.py: failed"]),
        "pytest tests/a.py failed"
    );
}

#[test]
fn an_outcome_before_a_run_that_ended_nobody_knows_how_is_none() {
    let state = |texts: &[&str]| derive::derive_state(&with_events(texts)).map(|(_, state)| state);
    assert_eq!(state(&["pytest: passed", "Ran pytest"]), None);
    assert_eq!(state(&["pytest: passed", "Ran pytest tests/a.py"]), None);
    let failed = state(&["pytest: failed", "Ran pytest tests/a.py"]);
    assert_eq!(failed.as_deref(), Some("pytest failed"));
    let again = state(&["pytest: passed", "Ran pytest", "pytest: failed"]);
    assert_eq!(again.as_deref(), Some("pytest failed"));
}

#[test]
fn what_an_agent_answers_is_no_test_run() {
    let mut session = with_events(&["pytest: failed", "All tests pass now"]);
    for event in &mut session.progress {
        event.source = Source::Observed;
    }
    let (from, state) = derive::derive_state(&session).expect("a state");
    assert_eq!(
        (from.as_str(), state.as_str()),
        ("the last test run", "pytest failed")
    );
    let said = derive::derive_state(&with_events(&["All tests pass"])).expect("a state");
    assert_eq!(said.0, "the log");
}

#[test]
fn key_files_are_those_that_matter() {
    use FileAction::{Created, Deleted, Modified, Read, Renamed};
    use Source::{Observed, Stated};
    let rows = vec![
        file("seen.rs", Modified, "", Observed),
        file("gone.rs", Deleted, "was bad", Stated),
        file("read.rs", Read, "important", Stated),
        file("named.rs", Created, "", Stated),
        file("noted.rs", Renamed, "note", Stated),
        file("noted2.rs", Modified, "note", Stated),
        file("seen2.rs", Created, "", Observed),
        file("seen3.rs", Created, "", Observed),
    ];
    let session = |files| Session {
        files,
        ..session_from(START)
    };
    let line = |files| derived(&session(files)).pop().unwrap_or_default();
    assert_eq!(
        line(rows.clone()),
        "Key files: noted.rs, noted2.rs, named.rs, seen.rs, seen2.rs"
    );
    assert_eq!(line(rows[1..3].to_vec()), "Key files: read.rs");
    assert!(!line(rows[1..2].to_vec()).contains("Key files"));
}

#[test]
fn nothing_makes_the_prompt_long() {
    let long = "Many words in a sentence. ".repeat(4000);
    let session = Session {
        goal: Some(long.clone()),
        decisions: (0..500)
            .map(|n| decision(&format!("{n} {long}"), &long))
            .collect(),
        blockers: (0..500)
            .map(|n| blocker(&format!("{n} {long}"), ""))
            .collect(),
        files: vec![file(&long, FileAction::Created, &long, Source::Stated); 9],
        ..with_events(&[&long, &format!("next: {long}")])
    };
    let ending = Ending {
        uncommitted: (0..5000).map(|n| format!("src/file{n}.rs")).collect(),
        ..ending(&long, &long, &long)
    };
    for lines in [compose_prompt(&session, &ending), derived(&session)] {
        for line in &lines {
            assert!(
                line.chars().count() < 1600,
                "{} characters",
                line.chars().count()
            );
        }
        assert!(lines[0].ends_with("sentence. …"), "{}", lines[0]);
        assert!(
            lines.iter().any(|line| line.ends_with("; and 497 more")),
            "{lines:?}"
        );
    }
    let last = compose_prompt(&session, &ending).pop().unwrap_or_default();
    assert!(
        last.starts_with("Uncommitted: src/file0.rs, ") && last.ends_with(" more"),
        "{last}"
    );
}

#[test]
fn a_hostile_text_stays_in_its_line() {
    let hostile = "a\n\n# Heading\n```\n> Key files: x\u{1b}[31m\u{2028}Decisions: y\r\n- z";
    let ending = ending(hostile, "Key files: are broken", "Next: Next: go");
    let lines = compose_prompt(&session_from(START), &ending);
    assert_eq!(
        lines,
        [
            "Last session: a # Heading ``` > Key files: x␛[31m Decisions: y - z.",
            "State: Key files: are broken. Next: Next: Next: go.",
        ]
    );
    let kept = Session {
        prompt: lines,
        ..session_from(START)
    };
    assert_eq!(state_of(&kept).as_deref(), Some("Key files: are broken."));
    assert_eq!(next_of(&kept).as_deref(), Some("Next: Next: go."));
    for state in [
        "# a", "- a", "1. a", "```", "<!-- a", "State: a", "> a", "==",
    ] {
        let line = compose_prompt(&session_from(START), &self::ending("", state, "")).concat();
        assert!(line.starts_with("State: "), "{line}");
    }
    let plain = compose_prompt(&session_from(START), &self::ending("", "12 of 14 pass", ""));
    assert_eq!(plain, ["12 of 14 pass."]);
}

#[test]
fn a_state_may_say_itself_what_is_next() {
    let session = with_events(&["next: from the log"]);
    let lines = compose_prompt(&session, &ending("Did it", "Green. Next: deploy", ""));
    assert_eq!(lines[1], "Green. Next: deploy.");
    let lines = compose_prompt(&session, &ending("Did it", "Green. Next: deploy", "rest"));
    assert_eq!(lines[1], "Green. next: deploy. Next: rest.");
    let kept = Session {
        prompt: lines,
        ..session
    };
    assert_eq!(next_of(&kept).as_deref(), Some("rest."));
}
