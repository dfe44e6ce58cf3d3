//! Sessions for tests.

use super::SessionFacts;
use crate::model::{
    Decision, EntryPath, Event, FileAction, FileRow, Session, SessionId, Source, Status, Timestamp,
    Zone,
};

/// Returns a session of 2 h 15 min that says nothing.
pub(super) fn session(id: &str, project: &str) -> Session {
    let id: SessionId = id.parse().expect("an id");
    let started = Timestamp::from_seconds(id.start().and_utc().timestamp());
    Session {
        id,
        project: project.to_owned(),
        status: Status::Ended,
        started,
        ended: Some(Timestamp::from_seconds(started.seconds() + 8118)),
        directories: vec!["~/p".to_owned()],
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

/// Returns a session that says of everything something.
pub(super) fn full(id: &str, project: &str, text: &str) -> Session {
    let mut session = session(id, project);
    session.prompt = vec![
        format!("Last session: {text}."),
        format!("Tests pass. Next: {text}"),
    ];
    session.files = vec![file(text)];
    session.decisions = vec![decision(text)];
    session.blockers = vec![crate::model::Blocker {
        blocker: text.to_owned(),
        resolution: String::new(),
        source: Source::Stated,
    }];
    session
}

fn file(text: &str) -> FileRow {
    FileRow {
        path: text.to_owned(),
        action: FileAction::Modified,
        notes: String::new(),
        source: Source::Observed,
    }
}

pub(super) fn decision(text: &str) -> Decision {
    Decision {
        decision: text.to_owned(),
        rationale: String::new(),
        source: Source::Stated,
    }
}

pub(super) fn event(text: &str) -> Event {
    Event {
        time: session("20250321-143022", "p").id.start(),
        text: text.to_owned(),
        source: Source::Stated,
    }
}

/// Returns the facts of [`session`].
pub(super) fn facts(id: &str, folder: &str) -> SessionFacts {
    let session = session(id, folder);
    let path = EntryPath::from_walk(format!("session_logs/{folder}/{id}.md"));
    SessionFacts::new((path, folder, session.id), Some(&session), Zone::UTC)
}
