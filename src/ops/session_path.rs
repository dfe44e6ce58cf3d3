//! Which entries are the records of sessions.

use crate::kb::Kb;
use crate::model::{EntryPath, Session, SessionId};
use crate::session::record;

/// Returns the session whose record lies at a path, told from the path alone.
pub(super) fn session_of_path(kb: &Kb, path: &EntryPath) -> Option<SessionId> {
    let below = path.as_str().strip_prefix(&kb.config().session_logs)?;
    let (_, name) = below.strip_prefix('/')?.split_once('/')?;
    name.strip_suffix(".md")?.parse().ok()
}

/// Reads the record at a path; `None` if it cannot be understood.
pub(super) fn read_session(kb: &Kb, path: &EntryPath) -> Option<Session> {
    let bytes = kb.read(path).ok()?;
    let file = kb.root().join(path.as_str());
    record::parse_file(kb, &String::from_utf8_lossy(&bytes), &file).session
}
