//! Records for tests.

use crate::kb::SessionFile;
use crate::model::{
    Blocker, Decision, EntryPath, Event, FileAction, FileRow, Session, SessionId, Source, Status,
    Timestamp, ToolUse,
};
use crate::session::start::Beginning;

pub(crate) fn time(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(text).expect("a time")
}

pub(crate) fn path(text: &str) -> EntryPath {
    EntryPath::parse(text).expect("a path")
}

/// The beginning of a session with nothing but the defaults.
pub(crate) fn bare_beginning() -> Beginning {
    Beginning {
        project: None,
        directories: Vec::new(),
        goal: None,
        beside: false,
        agent: None,
        place: SessionFile::Project,
        started: None,
        journal: None,
    }
}

/// An empty record that began at 2025-03-21T14:30:22Z and goes on.
pub(crate) fn running_session() -> Session {
    Session {
        status: Status::Active,
        ended: None,
        ..ended_session("20250321-143022", "my-api")
    }
}

/// A session of 2 h 15 min that says nothing.
pub(crate) fn ended_session(id: &str, project: &str) -> Session {
    let id: SessionId = id.parse().expect("an id");
    let started = Timestamp::from_seconds(id.start().and_utc().timestamp());
    Session {
        status: Status::Ended,
        ended: Some(Timestamp::from_seconds(started.seconds() + 8118)),
        directories: vec![format!("~/projects/{project}")],
        ..Session::new(id, project.to_owned(), started)
    }
}

/// As [`ended_session`], from its start.
pub(crate) fn session_from(start: &str) -> Session {
    let id = SessionId::new(time(start), 1);
    ended_session(&id.to_string(), "my-api")
}

/// A session that says something of everything.
pub(crate) fn full_session(id: &str, project: &str, text: &str) -> Session {
    Session {
        prompt: vec![
            format!("Last session: {text}."),
            format!("Tests pass. Next: {text}"),
        ],
        files: vec![file(text, FileAction::Modified, "", Source::Observed)],
        decisions: vec![decision(text, "")],
        blockers: vec![blocker(text, "")],
        ..ended_session(id, project)
    }
}

pub(crate) fn event(text: &str) -> Event {
    Event {
        time: time("2025-03-21T14:30:00Z").datetime().naive_local(),
        text: text.to_owned(),
        source: Source::Stated,
    }
}

pub(crate) fn file(path: &str, action: FileAction, notes: &str, source: Source) -> FileRow {
    FileRow {
        path: path.to_owned(),
        action,
        notes: notes.to_owned(),
        source,
    }
}

pub(crate) fn decision(decision: &str, rationale: &str) -> Decision {
    Decision {
        decision: decision.to_owned(),
        rationale: rationale.to_owned(),
        source: Source::Stated,
    }
}

pub(crate) fn blocker(blocker: &str, resolution: &str) -> Blocker {
    Blocker {
        blocker: blocker.to_owned(),
        resolution: resolution.to_owned(),
        source: Source::Stated,
    }
}

/// The example of the documentation, without its prompt.
pub(crate) fn example_session() -> Session {
    let (created, stated) = (FileAction::Created, Source::Stated);
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
        ..session_from("2025-03-21T14:30:22Z")
    }
}
