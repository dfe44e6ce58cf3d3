//! Records for tests.

use crate::model::{Session, SessionId, Status, Timestamp};

/// Returns an empty record that began at 2025-03-21T14:30:22Z.
pub(crate) fn session() -> Session {
    let started = Timestamp::parse_rfc3339("2025-03-21T14:30:22Z").expect("a time");
    Session {
        id: SessionId::new(started, 1),
        project: "my-api".to_owned(),
        status: Status::Active,
        started,
        ended: None,
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
