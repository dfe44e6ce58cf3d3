//! Reading and changing the file of a session.
//!
//! A change is one replacement of the file, under the lock that appends to it would take: after a
//! crash there is the record before it or after it, and of many writers none is lost.

use super::derived::mark_outdated;
use super::location::is_in_project;
use super::registry;
use crate::error::{Error, Hint, Result};
use crate::kb::{Kb, belongs_to_another, read_file_of_user, read_regular_file};
use crate::markdown::session as format;
use crate::model::{Session, SessionId, Status};
use std::cell::RefCell;
use std::fs;
use std::path::Path;

/// Longest record that is read: what others can put into a directory shall not fill the memory.
const MAX_BYTES: u64 = 256 << 20;

/// Reads the record in a file. `None` if there is no file, or it holds no session.
///
/// # Errors
///
/// If the file cannot be read.
pub(crate) fn read_record(kb: &Kb, file: &Path) -> Result<Option<Session>> {
    let bytes = read_record_file(file)?;
    Ok(bytes.and_then(|bytes| parse_file(kb, &String::from_utf8_lossy(&bytes), file).session))
}

/// Reads the file of a record. `None` if there is no regular file, or, in a project, one of another
/// user.
///
/// # Errors
///
/// If the file cannot be read, or is too long.
pub(crate) fn read_record_file(file: &Path) -> Result<Option<Vec<u8>>> {
    let failed = |cause| Error::io("read", file, cause);
    let found = match fs::metadata(file) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        found => found.map_err(failed)?,
    };
    let in_project = is_in_project(file);
    if !found.is_file() || (in_project && belongs_to_another(file)) {
        return Ok(None);
    }
    if found.len() > MAX_BYTES {
        let (file, most) = (file.display(), MAX_BYTES >> 20);
        let message = format!("{file} is larger than {most} MiB, and is not read");
        return Err(Error::failed(message).with_hint("move a part of it into another file"));
    }
    let read = if in_project {
        read_file_of_user(file, MAX_BYTES)
    } else {
        read_regular_file(file, MAX_BYTES)
    };
    match read {
        // Another process has ended it at this moment.
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        read => read.map(Some).map_err(failed),
    }
}

/// Returns the text of a record as far as it can be read.
pub(crate) fn read_record_text(file: &Path) -> String {
    let bytes = read_record_file(file).ok().flatten();
    String::from_utf8(bytes.unwrap_or_default()).unwrap_or_default()
}

/// Returns what cannot be read in a record, each with its line. It stays in the file as it is.
pub(crate) fn record_problems(kb: &Kb, file: &Path) -> Vec<String> {
    let Ok(Some(bytes)) = read_record_file(file) else {
        return Vec::new();
    };
    let text = String::from_utf8_lossy(&bytes);
    let shown = kb.environment().shown(file);
    let problems = parse_file(kb, &text, file).problems.into_iter();
    problems
        .map(|problem| format!("{shown}:{}: {}", problem.line, problem.reason))
        .collect()
}

/// Reads a record. What its text does not say, which session it is and of which project, the name
/// of the file does, or what is noted about it, or where it lies.
pub(crate) fn parse_file(kb: &Kb, text: &str, file: &Path) -> format::Parsed {
    let parsed = format::parse_record(text, kb.zone(), id_of(file));
    let whole = |session: &Session| !session.project.is_empty();
    if parsed.session.as_ref().is_some_and(whole) {
        return parsed;
    }
    let note = registry::note_of_file(kb, file);
    let noted = note.as_ref().and_then(|note| note.id.parse().ok());
    let mut parsed = match (&parsed.session, noted) {
        (None, Some(id)) => format::parse_record(text, kb.zone(), Some(id)),
        _ => parsed,
    };
    if let Some(session) = parsed.session.as_mut().filter(|session| !whole(session)) {
        let there = || kb.used_from(file.parent()?).ok();
        session.project = match note {
            Some(note) => note.project,
            None => there().map_or_else(|| kb.project(), |there| there.project()),
        };
    }
    parsed
}

/// Changes the record in a file, and returns it as it is then, with what `change` made of it.
/// `change` may be called more than once.
///
/// # Errors
///
/// Those of `change`; if the file is gone, is not a session, or cannot be written: then it is as it
/// was.
pub(crate) fn change_record_file<T>(
    kb: &Kb,
    file: &Path,
    change: impl Fn(&mut Session) -> Result<T>,
) -> Result<(Session, T)> {
    let outcome = RefCell::new(None);
    kb.rewrite(file, |old| {
        let text = record_text(old, file)?;
        let mut session = parse_file(kb, text, file)
            .session
            .ok_or_else(|| not_a_session(file))?;
        let before = session.clone();
        let value = change(&mut session)?;
        let changed = session != before;
        if changed && [before.status, session.status].contains(&Status::Ended) {
            mark_outdated(kb);
        }
        let new = changed.then(|| format::update_record(text, &session).into_bytes());
        *outcome.borrow_mut() = Some((session, value));
        Ok(new)
    })?;
    outcome.into_inner().ok_or_else(|| record_gone(file))
}

/// Changes the record of a session that is still going on.
///
/// # Errors
///
/// As [`change_record_file`]; [`Kind::NotFound`](crate::error::Kind::NotFound) if it has ended.
pub(crate) fn log_to_record<T>(
    kb: &Kb,
    file: &Path,
    apply: impl Fn(&mut Session) -> Result<T>,
) -> Result<(Session, T)> {
    change_record_file(kb, file, |session| match session.status {
        Status::Active => apply(session),
        Status::Ended => Err(record_gone(file)),
    })
}

/// Returns the id that the name of the file is, if it is one.
fn id_of(file: &Path) -> Option<SessionId> {
    file.file_stem()?.to_str()?.parse().ok()
}

fn record_text<'a>(old: Option<&'a [u8]>, file: &Path) -> Result<&'a str> {
    let bytes = old.ok_or_else(|| record_gone(file))?;
    std::str::from_utf8(bytes).map_err(|cause| {
        Error::failed(format!("{} is not UTF-8: {cause}", file.display()))
            .with_hint("save it as UTF-8 in an editor; until then nothing is written to it")
            .with_source(cause)
    })
}

fn record_gone(file: &Path) -> Error {
    Error::not_found(format!("the session in {} has ended", file.display()))
        .with_hint(Hint::from("begin one: ").then(Hint::command("log start")))
}

pub(crate) fn not_a_session(file: &Path) -> Error {
    let file = file.display();
    Error::failed(format!("{file} is not the record of a session"))
        .with_hint("it needs a heading such as '## Session: 20250321-143022'; or move it away")
}
