//! Bringing a record into the KB, where it is an entry, in steps that can be done again.

use super::location::{entry_file, entry_path, is_in_project};
use super::{derived, record};
use crate::error::{Error, Result};
use crate::kb::Kb;
use crate::markdown::session as format;
use crate::model::{EntryPath, Session, SessionId};
use std::cell::Cell;
use std::path::{Path, PathBuf};

/// How often a record that is still being written to is moved again.
const ATTEMPTS: usize = 20;

/// Moves an ended record from the project into the KB. Returns its entry and id: another one, if the
/// place is taken. `None` if another process has moved it. One that is in the KB already stays
/// where it is.
///
/// # Errors
///
/// If the entry cannot be written: then the record is where it was.
pub(crate) fn move_into_kb(kb: &Kb, file: &Path) -> Result<Option<(EntryPath, SessionId)>> {
    // What this call wrote, and may replace should the record have been edited meanwhile.
    let mut written: Option<(PathBuf, Vec<u8>)> = None;
    for _ in 0..ATTEMPTS {
        let Some(bytes) = record::read_record_file(file)? else {
            return Ok(None);
        };
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let parsed = record::parse_file(kb, &text, file).session;
        let mut session = parsed.ok_or_else(|| record::not_a_session(file))?;
        if !is_in_project(file) {
            return Ok(Some((entry_path(kb, file)?, session.id)));
        }
        let mut content = bytes.clone();
        let entry = loop {
            let entry = entry_file(kb, &session.project, session.id);
            let ours = written.as_ref().filter(|(path, _)| *path == entry);
            if write_entry(
                kb,
                &entry,
                &content,
                ours.map(|(_, bytes)| bytes.as_slice()),
            )? {
                break entry;
            }
            session.id = session.id.next();
            content = format::update_record(&text, &session).into_bytes();
        };
        written = Some((entry.clone(), content));
        if kb.remove(file, &bytes)? {
            return Ok(Some((entry_path(kb, &entry)?, session.id)));
        }
    }
    Err(Error::busy(format!(
        "{} keeps being changed",
        file.display()
    )))
}

/// Finishes an ended record that was found in a project: the process that ended it was killed, or
/// is at it.
///
/// # Errors
///
/// As [`move_into_kb`].
pub(crate) fn finish_moving(kb: &Kb, file: &Path) -> Result<()> {
    if move_into_kb(kb, file)?.is_some() {
        derived::update_with_warnings(kb);
    }
    Ok(())
}

/// Returns the entry of a session that has been brought there, and its id.
pub(super) fn find_moved(kb: &Kb, session: &Session) -> Result<Option<(EntryPath, SessionId)>> {
    let mut id = session.id;
    let mut entry = entry_file(kb, &session.project, id);
    while let Some(found) = record::read_record(kb, &entry)? {
        let same = Session {
            id: session.id,
            ..found
        };
        if same == *session {
            return Ok(Some((entry_path(kb, &entry)?, id)));
        }
        id = id.next();
        entry = entry_file(kb, &session.project, id);
    }
    Ok(None)
}

/// Writes a new entry, or over our own. Returns `false` if there is another one.
fn write_entry(kb: &Kb, entry: &Path, content: &[u8], ours: Option<&[u8]>) -> Result<bool> {
    let free = Cell::new(true);
    derived::mark_outdated(kb);
    kb.rewrite(entry, |old| {
        let is_free = old.is_none_or(|old| old == content || Some(old) == ours);
        free.set(is_free);
        Ok(is_free.then(|| content.to_vec()))
    })?;
    Ok(free.get())
}

/// Writes a whole record as a new entry, under the next free id. Returns its entry.
///
/// # Errors
///
/// If it cannot be written.
pub(crate) fn store_record(kb: &Kb, session: &mut Session) -> Result<EntryPath> {
    store_record_with(kb, session, |_, _| {})
}

/// As [`store_record`]; `before` is called with each entry that is tried, and is not there yet.
///
/// # Errors
///
/// If it cannot be written.
pub(crate) fn store_record_with(
    kb: &Kb,
    session: &mut Session,
    before: impl Fn(SessionId, &Path),
) -> Result<EntryPath> {
    loop {
        let entry = entry_file(kb, &session.project, session.id);
        if !entry.exists() {
            before(session.id, &entry);
        }
        let text = format::render_record(session);
        derived::mark_outdated(kb);
        let created = Cell::new(false);
        kb.rewrite(&entry, |old| {
            created.set(old.is_none());
            Ok(old.is_none().then(|| text.clone().into_bytes()))
        })?;
        if created.get() {
            return entry_path(kb, &entry);
        }
        session.id = session.id.next();
    }
}
