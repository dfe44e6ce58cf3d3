//! Which entries are the records of sessions.

use crate::error::Result;
use crate::kb::Kb;
use crate::model::{EntryPath, Session, SessionId, Timestamp};
use crate::session::{derived, record, running};

/// Returns the session whose record lies at a path, read from the path alone.
pub(super) fn session_of_path(kb: &Kb, path: &EntryPath) -> Option<SessionId> {
    let below = path.as_str().strip_prefix(&kb.config().session_logs)?;
    let (_, name) = below.strip_prefix('/')?.split_once('/')?;
    name.strip_suffix(".md")?.parse().ok()
}

/// Returns the sessions in progress, then those of the past that may reach beyond a time: each with its
/// entry, or that which it will have.
pub(super) fn sessions_since(
    kb: &Kb,
    project: Option<&str>,
    since: Option<Timestamp>,
) -> Result<Vec<(EntryPath, Session)>> {
    let running = running::newest_running(kb, project)?;
    let is_past = |path: &EntryPath| {
        let file = kb.root().join(path.as_str());
        !running.iter().any(|one| one.file == file)
    };
    let mut past = derived::named_since(kb, project, since)?;
    past.retain(|(path, _)| is_past(path));
    let mut found = Vec::new();
    for one in running {
        found.push((running::final_path(kb, &one)?, one.session));
    }
    found.append(&mut past);
    Ok(found)
}

/// Reads the record at a path; `None` if it cannot be understood.
pub(super) fn read_session(kb: &Kb, path: &EntryPath) -> Option<Session> {
    let bytes = kb.read(path).ok()?;
    let file = kb.root().join(path.as_str());
    record::parse_file(kb, &String::from_utf8_lossy(&bytes), &file).session
}
