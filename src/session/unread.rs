//! Records that the system does not let be read.

use super::location::is_in_project;
use super::registry::Note;
use crate::error::Error;
use crate::model::SessionId;
use std::path::Path;

/// A record of this user that cannot be read, and what is known of it all the same.
#[derive(Debug)]
pub(crate) struct UnreadRecord {
    /// Its id, if its name or a note holds it.
    pub(crate) id: Option<SessionId>,
    /// Whether it may have been begun by hand, so that an agent's events go into it for a while.
    pub(crate) by_hand: bool,
    /// Why it cannot be read; names the file.
    pub(crate) error: Error,
}

impl UnreadRecord {
    pub(super) fn new(file: &Path, note: Option<&Note>, error: Error) -> Self {
        let named = file.file_stem().and_then(|name| name.to_str());
        let noted = note.map(|note| note.id.as_str());
        UnreadRecord {
            id: noted.or(named).and_then(|name| name.parse().ok()),
            by_hand: is_in_project(file) || note.is_some_and(|note| note.joined),
            error,
        }
    }
}
