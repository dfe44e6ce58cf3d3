use super::*;
use crate::model::{
    AgentSession, Blocker, Decision, Event, FileAction, FileRow, NextStep, Source, Status, ToolUse,
};

pub(super) const EXAMPLE: &str = "\
---
title: 'my-api: Implemented auth middleware with JWT + rate limiting'
tags:
  - my-api
  - sessions
session: 20250321-143022
project: my-api
status: ended
started: '2025-03-21T14:30:22Z'
ended: '2025-03-21T16:45:40Z'
directories:
  - ~/projects/my-api
---

## Session: 20250321-143022

**Directory:** ~/projects/my-api
**Duration:** 2h 15m

### Progress Log

| Time | Event |
|------|-------|
| 14:30 | Started implementing authentication module |

### Files Tracker

| File | Action | Notes |
|------|--------|-------|
| src/auth/middleware.ts | Created | JWT validation + role checking |
| src/auth/rate-limiter.ts | Created | Token bucket, 100 req/min default |

### Decisions Log

| Decision | Rationale |
|----------|-----------|
| Token bucket over sliding window | Simpler, sufficient for our scale |

### Blockers

| Blocker | Resolution |
|---------|------------|
| Refresh test fails at random | Clock skew between workers; fixed with a frozen clock |

### Skills and Tools

| Tool | Uses |
|------|------|
| Bash | 14 |

### Resume Prompt

> Last session: Implemented auth middleware with JWT + rate limiting.
> All tests passing. Next: integrate with user routes in src/routes/users.ts.
> Key files: src/auth/middleware.ts, src/auth/rate-limiter.ts
> Decisions: Token bucket over sliding window
";

pub(super) fn time(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(text).expect("a time")
}

pub(super) fn example() -> Session {
    let started = time("2025-03-21T14:30:22Z");
    let file = |path: &str, notes: &str| FileRow {
        path: path.to_owned(),
        action: FileAction::Created,
        notes: notes.to_owned(),
        source: Source::Stated,
    };
    let prompt = EXAMPLE.lines().filter_map(|line| line.strip_prefix("> "));
    Session {
        id: SessionId::new(started, 1),
        project: "my-api".to_owned(),
        status: Status::Ended,
        started,
        ended: Some(time("2025-03-21T16:45:40Z")),
        directories: vec!["~/projects/my-api".to_owned()],
        agent: None,
        client: None,
        journal: None,
        goal: None,
        reconstructed: None,
        interrupted: None,
        progress: vec![event(
            "2025-03-21T14:30:00Z",
            "Started implementing authentication module",
        )],
        files: vec![
            file("src/auth/middleware.ts", "JWT validation + role checking"),
            file(
                "src/auth/rate-limiter.ts",
                "Token bucket, 100 req/min default",
            ),
        ],
        decisions: vec![Decision {
            decision: "Token bucket over sliding window".to_owned(),
            rationale: "Simpler, sufficient for our scale".to_owned(),
            source: Source::Stated,
        }],
        blockers: vec![Blocker {
            blocker: "Refresh test fails at random".to_owned(),
            resolution: "Clock skew between workers; fixed with a frozen clock".to_owned(),
            source: Source::Stated,
        }],
        next_steps: Vec::new(),
        notes: Vec::new(),
        tools: vec![ToolUse {
            name: "Bash".to_owned(),
            uses: 14,
            source: Source::Stated,
        }],
        prompt: prompt.map(str::to_owned).collect(),
    }
}

pub(super) fn event(at: &str, text: &str) -> Event {
    Event {
        time: time(at).datetime().naive_local(),
        text: text.to_owned(),
        source: Source::Stated,
    }
}

fn read(text: &str) -> Session {
    let parsed = parse_record(text, Zone::UTC, None);
    assert_eq!(parsed.problems, [], "{text}");
    parsed.session.expect("a session")
}

fn problems(text: &str) -> Vec<(u32, String)> {
    let problems = parse_record(text, Zone::UTC, None).problems.into_iter();
    problems
        .map(|problem| (problem.line, problem.reason))
        .collect()
}

#[test]
fn the_example_is_written_and_read_as_specified() {
    assert_eq!(render_record(&example()), EXAMPLE);
    assert_eq!(read(EXAMPLE), example());
    assert_eq!(update_record(EXAMPLE, &example()), EXAMPLE);
    assert_eq!(update_record("", &example()), EXAMPLE);
}

fn lines_of(text: &str) -> Vec<&str> {
    text.lines().collect()
}

/// The lines that are in one text and not in the other.
fn changed(old: &str, new: &str) -> (Vec<String>, Vec<String>) {
    let without = |text: &str, other: &str| {
        let mut others = lines_of(other);
        let mut left = Vec::new();
        for line in text.lines() {
            match others.iter().position(|other| *other == line) {
                Some(at) => drop(others.remove(at)),
                None => left.push(line.to_owned()),
            }
        }
        left
    };
    (without(old, new), without(new, old))
}

/// Changes the session of a text, and returns the lines that went and that came.
fn edit(text: &str, change: impl Fn(&mut Session)) -> (Vec<String>, Vec<String>) {
    let mut session = parse_record(text, Zone::UTC, None)
        .session
        .expect("a session");
    change(&mut session);
    let new = update_record(text, &session);
    assert_eq!(
        parse_record(&new, Zone::UTC, None).session.as_ref(),
        Some(&session),
        "{new}"
    );
    changed(text, &new)
}

fn diff(gone: &[&str], come: &[&str]) -> (Vec<String>, Vec<String>) {
    let owned = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect();
    (owned(gone), owned(come))
}

#[test]
fn a_running_session_has_no_end() {
    let mut session = example();
    (session.status, session.ended) = (Status::Active, None);
    session.goal = Some("Log in\nwithout a password".to_owned());
    session.agent = Some(AgentSession {
        name: "claude".to_owned(),
        id: "4f3c-1".to_owned(),
    });
    session.journal = Some(120);
    session.directories.push("C:\\work, old".to_owned());
    session.reconstructed = Some("from git".to_owned());
    let text = render_record(&session);
    let start = "status: active\nstarted: '2025-03-21T14:30:22Z'\nagent: claude\nagent_session: 4f3c-1\n\
                 journal: 120\ndirectories:\n  - ~/projects/my-api\n  - 'C:\\work, old'\n---\n\n\
                 ## Session: 20250321-143022\n\n\
                 **Directories:** ~/projects/my-api, C:\\work&#44; old\n\
                 **Goal:** Log in<br>without a password\n**Reconstructed:** from git\n\n### Progress Log\n";
    assert!(text.contains(start), "{text}");
    assert_eq!(read(&text), session);
}

#[test]
fn an_event_shows_the_date_when_the_day_changes() {
    let mut session = example();
    session.progress = vec![
        event("2025-03-22T00:15:00Z", "a"),
        event("2025-03-22T09:00:00Z", "b"),
        event("2025-03-21T23:59:00Z", "c"),
    ];
    let text = render_record(&session);
    for row in [
        "| 2025-03-22 00:15 | a |",
        "| 09:00 | b |",
        "| 2025-03-21 23:59 | c |",
    ] {
        assert!(text.lines().any(|line| line == row), "{text}");
    }
    assert_eq!(read(&text), session);
    let (gone, come) = edit(&text, |session| drop(session.progress.remove(0)));
    assert_eq!(
        (gone, come),
        diff(
            &["| 2025-03-22 00:15 | a |", "| 09:00 | b |"],
            &["| 2025-03-22 09:00 | b |"]
        )
    );
}

#[test]
fn durations_are_full_minutes() {
    let from = time("2025-03-21T14:30:22Z");
    for (to, shown) in [
        ("2025-03-21T14:31:21Z", "0m"),
        ("2025-03-21T15:15:22Z", "45m"),
        ("2025-03-21T16:30:22Z", "2h 0m"),
        ("2025-03-23T15:35:30Z", "2d 1h"),
        ("2025-03-20T00:00:00Z", "0m"),
    ] {
        assert_eq!(format_duration(from, time(to)), shown);
    }
}

#[test]
fn each_row_can_be_traced() {
    let mut session = example();
    session.files[0].source = Source::Observed;
    session.files[1].notes.clear();
    session.files[1].source = Source::Inferred;
    session.tools[0].source = Source::Observed;
    let text = render_record(&session);
    for row in [
        "| src/auth/middleware.ts | Created | JWT validation + role checking <!-- observed --> |",
        "| src/auth/rate-limiter.ts | Created | <!-- inferred --> |",
        "| Bash | 14 <!-- observed --> |",
    ] {
        assert!(text.lines().any(|line| line == row), "{text}");
    }
    assert_eq!(read(&text), session);
    let (gone, come) = edit(&text, |session| session.tools[0].source = Source::Stated);
    assert_eq!(
        (gone, come),
        diff(&["| Bash | 14 <!-- observed --> |"], &["| Bash | 14 |"])
    );
}

#[test]
fn an_update_changes_the_lines_that_are_concerned() {
    let row = "| 15:00 | a\\|b |";
    assert_eq!(
        edit(EXAMPLE, |session| session
            .progress
            .push(event("2025-03-21T15:00:00Z", "a|b"))),
        diff(&[], &[row])
    );
    let (gone, come) = edit(EXAMPLE, |session| {
        (session.status, session.ended) = (Status::Active, None);
    });
    assert_eq!(
        (gone, come),
        diff(
            &[
                "status: ended",
                "ended: '2025-03-21T16:45:40Z'",
                "**Duration:** 2h 15m"
            ],
            &["status: active"]
        )
    );
    assert_eq!(
        edit(EXAMPLE, |session| session.files[0].notes.clear()),
        diff(
            &["| src/auth/middleware.ts | Created | JWT validation + role checking |"],
            &["| src/auth/middleware.ts | Created |  |"]
        )
    );
    assert_eq!(
        edit(EXAMPLE, |session| drop(session.files.remove(0))),
        diff(
            &["| src/auth/middleware.ts | Created | JWT validation + role checking |"],
            &[]
        )
    );
    assert_eq!(
        edit(EXAMPLE, |session| session
            .directories
            .push("~/web".to_owned())),
        diff(
            &["**Directory:** ~/projects/my-api"],
            &["  - ~/web", "**Directories:** ~/projects/my-api, ~/web"]
        )
    );
    let (gone, _) = edit(EXAMPLE, |session| {
        session.prompt = vec!["New".to_owned(), String::new()]
    });
    // The title of a finished session is its summary.
    assert!(
        gone[0].starts_with("title: ") && gone.len() == 5,
        "{gone:?}"
    );
    assert!(gone[1..].iter().all(|line| line.starts_with("> ")));
}

#[test]
fn new_sections_and_fields_find_their_place() {
    let mut small = example();
    (small.status, small.ended) = (Status::Active, None);
    (small.progress, small.decisions, small.tools) = (vec![], vec![], vec![]);
    let mut whole = example();
    whole.goal = Some("g".to_owned());
    assert_eq!(
        update_record(&render_record(&small), &whole),
        render_record(&whole)
    );
    let mut bare = small.clone();
    (bare.files, bare.blockers, bare.prompt, bare.directories) = (vec![], vec![], vec![], vec![]);
    assert_eq!(
        update_record(&render_record(&bare), &whole),
        render_record(&whole)
    );
}

#[test]
fn what_is_written_by_hand_stays() {
    let text = "\u{feff}---\r\n# mine\r\nstatus: active # for now\r\nsession: 20250321-143022\r\n\
                color: [red,\r\n  blue]\r\nproject: p\r\n---\r\nIntro.\r\n\r\n## Session: 20250321-143022\r\n\r\n\
                Text first.\r\n\r\n### Resume Prompt\r\n\r\nMy words.\r\n\r\n> old\r\n> lines\r\n\r\nMore words.\r\n\r\n\
                ### Progress Log\r\n\r\n|Event|Time|Mood|\r\n|-|-|-|\r\n|began|14:30|good|\r\n\
                | went on | 9:05 | |\r\nstill | 14:40\r\n\r\nA remark.\r\n\r\n## Notes\r\n\r\nEnd.";
    let mut session = read(text);
    let times: Vec<String> = session
        .progress
        .iter()
        .map(|event| format!("{} {}", event.time.format("%H:%M"), event.text))
        .collect();
    assert_eq!(times, ["14:30 began", "09:05 went on", "14:40 still"]);
    assert_eq!(session.prompt, ["old", "lines"]);
    assert_eq!(update_record(text, &session), text);
    session.progress[2].text = "still\nat it".to_owned();
    session
        .progress
        .push(event("2025-03-22T10:00:00Z", "next day"));
    session.prompt = vec!["new".to_owned()];
    session.tools = example().tools;
    (session.status, session.ended) = (Status::Ended, Some(time("2025-03-22T10:30:00Z")));
    let expected = text
        .replace("status: active # for now", "status: ended # for now")
        .replace("status: ended # for now\r\n", "status: ended # for now\r\nended: '2025-03-22T10:30:00Z'\r\n")
        .replace("143022\r\n\r\nText", "143022\r\n\r\n**Duration:** 19h 59m\r\n\r\nText")
        .replace("> old\r\n> lines", "> new")
        .replace("still | 14:40\r\n", "| still<br>at it | 14:40 |  |\r\n| next day | 2025-03-22 10:00 |  |\r\n")
        .replace("A remark.\r\n", "A remark.\r\n\r\n### Skills and Tools\r\n\r\n| Tool | Uses |\r\n|------|------|\r\n| Bash | 14 |\r\n");
    let changed = update_record(text, &session);
    assert_eq!(changed, expected);
    assert_eq!(read(&changed), session);
}

#[test]
fn what_cannot_be_read_is_told_with_its_line_and_kept() {
    let text = "---\nsession: 20250321-143022\nstatus: done\nstarted: soon\ndirectories: {a: b}\n---\n\
                ## Session: 20250321-143022\n### Progress Log\n| Time | Event |\n|---|---|\n| soon | x |\n\
                | 15:00 | y |\nwrapped\n\n| Bug | Link |\n|---|---|\n| 1 | 2 |\n\n### Blockers\n| a | b |\n\
                ### Skills and Tools\n| Tool | Uses |\n|---|---|\n| Bash | many |\n\n| Read | 2 |\n\
                ## Session: 20250322-000000\n### Blockers\n| c | d |\n";
    let reasons = [
        (3, "front matter: status is not active or ended: 'done'"),
        (4, "front matter: started is not a date or time: 'soon'"),
        (5, "front matter: directories is not a list of directories"),
        (11, "not a time: 'soon'"),
        (13, "text inside the table"),
        (15, "not the table of Time | Event"),
        (20, "a row without the header of its table"),
        (24, "not a number of uses: 'many'"),
        (26, "a row without the header of its table"),
        (27, "a second session in one file"),
    ];
    let expected: Vec<(u32, String)> = reasons
        .iter()
        .map(|(line, reason)| (*line, (*reason).to_owned()))
        .collect();
    assert_eq!(problems(text), expected);
    let session = parse_record(text, Zone::UTC, None)
        .session
        .expect("a session");
    assert_eq!(
        (
            session.progress.len(),
            session.blockers.len(),
            session.tools.len()
        ),
        (1, 1, 1)
    );
    let (gone, come) = edit(text, |session| {
        session.blockers.push(Blocker {
            blocker: "e".to_owned(),
            resolution: String::new(),
            source: Source::Stated,
        });
        session.progress.push(event("2025-03-21T16:00:00Z", "z"));
    });
    assert_eq!(gone, Vec::<String>::new());
    assert_eq!(
        come,
        [
            "| 16:00 | z |",
            "| Blocker | Resolution |",
            "|---------|------------|",
            "| e |  |",
            "",
            ""
        ]
    );
}

#[test]
fn an_unknown_action_stays_readable() {
    let text = EXAMPLE.replace("middleware.ts | Created", "middleware.ts | Refactored");
    assert_eq!(read(&text).files[0].action, FileAction::Modified);
    let (gone, come) = edit(&text, |session| session.files[0].notes = "n".to_owned());
    assert_eq!(come, ["| src/auth/middleware.ts | Refactored | n |"]);
    assert_eq!(gone.len(), 1);
    let (_, come) = edit(&text, |session| {
        session.files[0].action = FileAction::Deleted
    });
    assert_eq!(
        come,
        ["| src/auth/middleware.ts | Deleted | JWT validation + role checking |"]
    );
}

#[test]
fn without_front_matter_the_body_tells_what_it_can() {
    let body = EXAMPLE
        .split_once("---\n\n")
        .map(|(_, body)| body)
        .expect("front matter");
    for text in [
        body.to_owned(),
        format!("---\ntitle: a: b\n---\n\n{body}"),
        format!("---\ntitle: x\n\n{body}"),
    ] {
        let found = parse_record(&text, Zone::UTC, None)
            .session
            .expect("a session");
        let mut expected = example();
        (expected.project, expected.ended) = (String::new(), Some(time("2025-03-21T16:45:22Z")));
        assert_eq!(found, expected, "{text}");
        assert_eq!(update_record(&text, &found), text);
        let changed = update_record(
            &text,
            &Session {
                goal: Some("g".to_owned()),
                ..found
            },
        );
        assert_eq!(changed, text.replace("2h 15m\n", "2h 15m\n**Goal:** g\n"));
    }
    let healed = update_record(body, &example());
    assert_eq!(healed, EXAMPLE);
    let broken = format!("---\ntitle: a: b\n---\n\n{body}");
    assert_eq!(update_record(&broken, &example()), broken);
}

#[test]
fn the_id_may_come_from_the_name_of_the_file() {
    let id: Option<SessionId> = "20250321-143022-2".parse().ok();
    let berlin = Zone::parse("Europe/Berlin").expect("a zone");
    for text in [
        "## Session: soon\n",
        "### Blockers\n",
        "---\nsession: 1\n---\n",
        "---\na: b: c\n---\n",
    ] {
        let session = parse_record(text, berlin, id).session.expect("a session");
        assert_eq!(Some(session.id), id);
        assert_eq!(session.started.to_string(), "2025-03-21T14:30:22+01:00");
        assert_eq!(parse_record(text, berlin, None).session, None);
    }
    for text in [
        "",
        "\u{feff}",
        "# Notes\n\n## 2026-01-01 10:00\n",
        "---\ntitle: x\n---\n",
        "```\n## Session: 20250321-143022\n```\n",
    ] {
        assert_eq!(parse_record(text, berlin, id).session, None, "{text}");
    }
}

#[test]
fn a_text_that_is_no_session_takes_one() {
    let text = update_record("# Notes\n\nMine.\n", &example());
    assert!(text.ends_with("# Notes\n\nMine.\n"), "{text}");
    assert_eq!(read(&text), example());
    let text = update_record("---\ntitle: Mine\n---\n\n```\nnever closed\n", &example());
    assert!(
        text.starts_with("---\ntitle: Mine\nsession: 20250321-143022\n"),
        "{text}"
    );
    assert!(text.ends_with("\n```\nnever closed\n"), "{text}");
    assert_eq!(read(&text), example());
}

#[test]
fn a_renamed_project_takes_title_and_tags_along() {
    let (gone, come) = edit(EXAMPLE, |session| session.project = "web".to_owned());
    assert_eq!(
        (gone, come),
        diff(
            &[
                "title: 'my-api: Implemented auth middleware with JWT + rate limiting'",
                "  - my-api",
                "project: my-api"
            ],
            &[
                "title: 'web: Implemented auth middleware with JWT + rate limiting'",
                "  - web",
                "project: web"
            ]
        )
    );
}

#[test]
fn the_index_sees_a_session_as_dated() {
    let document = crate::markdown::parse_document(EXAMPLE, Zone::UTC);
    assert_eq!(document.problems, []);
    let sections = &document.sections;
    assert!(sections[0].dated && sections[1..].iter().all(|section| !section.dated));
    assert!(
        sections
            .iter()
            .all(|section| section.time == Some(time("2025-03-21T14:30:22Z")))
    );
}

#[test]
fn a_title_follows_what_is_done_where_nobody_gave_another() {
    let bare = EXAMPLE.replace(
        "title: 'my-api: Implemented auth middleware with JWT + rate limiting'",
        "title: my-api 20250321-143022",
    );
    assert_eq!(update_record(&bare, &example()), bare, "nothing is new");
    let amended = Session {
        prompt: vec!["Last session: Did it.".to_owned()],
        ..example()
    };
    assert!(update_record(&bare, &amended).contains("\ntitle: 'my-api: Did it'\n"));
    let mine = bare.replace("my-api 20250321-143022\ntags", "Mine\ntags");
    assert!(update_record(&mine, &amended).contains("\ntitle: Mine\n"));
    let long = Session {
        prompt: vec![format!("Last session: {}", "x".repeat(200))],
        ..example()
    };
    let title = render_record(&long)
        .lines()
        .nth(1)
        .expect("a title")
        .to_owned();
    assert_eq!(title.chars().count(), "title: ''".len() + 80, "{title}");
}

#[test]
fn a_box_is_ticked_where_it_stands_and_new_steps_come_behind() {
    let step = |text: &str, done| NextStep {
        text: text.to_owned(),
        done,
    };
    let by_hand = EXAMPLE.replace(
        "### Skills",
        "### Next Steps\n\nIn this order:\n\n* [ ] one\n  - [X] two\n    with more\n- three\n\nNo item.\n\n### Skills",
    );
    let steps = vec![
        step("one", false),
        step("two with more", true),
        step("three", false),
    ];
    let session = Session {
        next_steps: steps,
        ..example()
    };
    assert_eq!(read(&by_hand), session);
    let (gone, come) = edit(&by_hand, |session| {
        session.next_steps[0].done = true;
        session.next_steps[2].done = true;
        session.next_steps.push(step("four | <br>", false));
    });
    let expected = diff(
        &["* [ ] one", "- three"],
        &["* [x] one", "- [x] three", "- [ ] four | &lt;br>"],
    );
    assert_eq!((gone, come), expected);
    let (gone, come) = edit(&by_hand, |session| {
        session.next_steps.remove(1);
    });
    assert_eq!(gone.len(), 4, "{gone:?}");
    assert_eq!(come, ["- [ ] one", "- [ ] three"]);
}
