//! Records for tests.

use crate::model::{
    Blocker, Decision, EntryPath, Event, FileAction, FileRow, Session, SessionId, Source, Status,
    Timestamp, ToolUse,
};

pub(super) fn time(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(text).expect("a time")
}

pub(super) fn path(text: &str) -> EntryPath {
    EntryPath::parse(text).expect("a path")
}

/// A record without rows.
pub(super) fn empty(start: &str) -> Session {
    let started = time(start);
    Session {
        id: SessionId::new(started, 1),
        project: "my-api".to_owned(),
        status: Status::Ended,
        started,
        ended: Some(Timestamp::from_seconds(started.seconds() + 8118)),
        directories: vec!["~/projects/my-api".to_owned()],
        agent: None,
        journal: None,
        goal: None,
        reconstructed: None,
        interrupted: None,
        progress: Vec::new(),
        files: Vec::new(),
        decisions: Vec::new(),
        blockers: Vec::new(),
        tools: Vec::new(),
        prompt: Vec::new(),
    }
}

pub(super) fn event(text: &str) -> Event {
    Event {
        time: time("2025-03-21T14:30:00Z").datetime().naive_local(),
        text: text.to_owned(),
        source: Source::Stated,
    }
}

pub(super) fn file(path: &str, action: FileAction, notes: &str, source: Source) -> FileRow {
    FileRow {
        path: path.to_owned(),
        action,
        notes: notes.to_owned(),
        source,
    }
}

pub(super) fn decision(decision: &str, rationale: &str) -> Decision {
    Decision {
        decision: decision.to_owned(),
        rationale: rationale.to_owned(),
        source: Source::Stated,
    }
}

pub(super) fn blocker(blocker: &str, resolution: &str) -> Blocker {
    Blocker {
        blocker: blocker.to_owned(),
        resolution: resolution.to_owned(),
        source: Source::Stated,
    }
}

/// The example of the documentation, without its prompt.
pub(super) fn example() -> Session {
    let created = FileAction::Created;
    let stated = Source::Stated;
    Session {
        progress: vec![event("Started implementing authentication module")],
        files: vec![
            file(
                "src/auth/middleware.ts",
                created,
                "JWT validation + role checking",
                stated,
            ),
            file(
                "src/auth/rate-limiter.ts",
                created,
                "Token bucket, 100 req/min default",
                stated,
            ),
        ],
        decisions: vec![decision(
            "Token bucket over sliding window",
            "Simpler, sufficient for our scale",
        )],
        blockers: vec![blocker(
            "Refresh test fails at random",
            "Clock skew between workers; fixed with a frozen clock",
        )],
        tools: vec![ToolUse {
            name: "Bash".to_owned(),
            uses: 14,
            source: stated,
        }],
        ..empty("2025-03-21T14:30:22Z")
    }
}
