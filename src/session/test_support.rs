//! Records for tests.

use crate::model::{Session, SessionId, Timestamp};

/// Returns an empty record that began at 2025-03-21T14:30:22Z.
pub(crate) fn session() -> Session {
    let started = Timestamp::parse_rfc3339("2025-03-21T14:30:22Z").expect("a time");
    Session {
        directories: vec!["~/projects/my-api".to_owned()],
        ..Session::new(SessionId::new(started, 1), "my-api".to_owned(), started)
    }
}
