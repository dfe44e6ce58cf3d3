use super::*;
use crate::model::{Blocker, Decision, Event, FileAction, FileRow, Source, Status, ToolUse};

pub(super) const EXAMPLE: &str = "\
---
title: my-api 20250321-143022
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
    let parsed = parse(text, Zone::UTC, None);
    assert_eq!(parsed.problems, [], "{text}");
    parsed.session.expect("a session")
}

fn problems(text: &str) -> Vec<(u32, String)> {
    let problems = parse(text, Zone::UTC, None).problems.into_iter();
    problems
        .map(|problem| (problem.line, problem.reason))
        .collect()
}

#[test]
fn the_example_is_written_and_read_as_specified() {
    assert_eq!(render(&example()), EXAMPLE);
    assert_eq!(read(EXAMPLE), example());
    assert_eq!(update(EXAMPLE, &example()), EXAMPLE);
    assert_eq!(update("", &example()), EXAMPLE);
}
