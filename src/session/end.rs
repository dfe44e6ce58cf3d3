//! Ending a session: the record becomes an entry of the KB.
//!
//! In this order, each step of which can be done again after a crash: the record says that it has
//! ended; it is written to its place in the KB; it is removed from the project; the derived files
//! follow. What is found half done is finished by the next command.

use super::gather::{self, Gathered};
use super::observe::{Observer, Since};
use super::resume::{Ending, compose};
use super::running::{self, Running};
use super::{derived, record, registry, start};
use crate::error::{Error, Result};
use crate::kb::Kb;
use crate::markdown::session as format;
use crate::model::{EntryPath, Session, Source, Status, Timestamp};
use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};

/// How often a record that somebody keeps writing to is moved again.
const ATTEMPTS: usize = 20;

/// A session that has ended.
#[derive(Debug)]
pub(crate) struct Finished {
    /// Its record.
    pub(crate) session: Session,
    /// Its entry.
    pub(crate) path: EntryPath,
    /// What limits what was seen.
    pub(crate) notes: Vec<String>,
    /// What did not succeed, though nothing is lost.
    pub(crate) warnings: Vec<String>,
}

/// Ends a session now.
///
/// # Errors
///
/// If the record cannot be written: then the session goes on.
pub(crate) fn end(kb: &Kb, running: &Running, ending: Ending) -> Result<Finished> {
    let gathered = look(kb, running);
    let now = kb.now();
    finish(kb, running, &gathered, ending, |session| {
        session.ended = Some(now.max(session.started));
    })
}

/// Ends a session whose end was never told: it ended when it was last heard of.
///
/// # Errors
///
/// As [`end`].
pub(crate) fn interrupt(kb: &Kb, running: &Running, why: &str) -> Result<Finished> {
    let gathered = look(kb, running);
    finish(kb, running, &gathered, Ending::default(), |session| {
        session.ended = Some(last_heard_of(session, kb));
        session.interrupted = Some(format!("not ended properly: {why}"));
    })
}

/// Returns what changed in the directories of a session since it began.
pub(crate) fn look(kb: &Kb, running: &Running) -> Gathered {
    let Running {
        session,
        directories,
        ..
    } = running;
    let known = registry::baselines(kb, &session.project, session.id);
    let since: Vec<Since> = directories
        .iter()
        .map(|dir| {
            let known = known.iter().find(|(known, _)| known == dir);
            known.map_or(Since::Time(session.started), |(_, baseline)| {
                Since::Baseline(baseline.clone())
            })
        })
        .collect();
    gather::gather(kb, directories, &since)
}

/// Returns the time of the last event, which the log has to the minute.
fn last_heard_of(session: &Session, kb: &Kb) -> Timestamp {
    let last = session
        .progress
        .iter()
        .map(|event| kb.zone().at(event.time));
    last.fold(session.started, Timestamp::max)
        .in_zone(kb.zone())
}

fn finish(
    kb: &Kb,
    running: &Running,
    gathered: &Gathered,
    ending: Ending,
    end: impl Fn(&mut Session),
) -> Result<Finished> {
    let ending = Ending {
        uncommitted: gathered.uncommitted.clone(),
        ..ending
    };
    let (session, ()) = record::log(kb, &running.file, |session| {
        gathered.fold_into(session, kb, Source::Observed);
        end(session);
        session.status = Status::Ended;
        session.prompt = compose(session, &ending);
        Ok(())
    })?;
    let (path, id) = deliver(kb, &running.file)?;
    let mut session = session;
    session.id = id;
    let warnings = aftermath(kb, &session.project, &running.directories);
    registry::forget(kb, &session.project, running.session.id);
    Ok(Finished {
        session,
        path,
        notes: gathered.notes.clone(),
        warnings,
    })
}

/// Does what follows from a new entry. The record is safe already: what fails is told, and mended by
/// `mx log index`.
pub(crate) fn aftermath(kb: &Kb, project: &str, directories: &[PathBuf]) -> Vec<String> {
    let mut warnings = Vec::new();
    let observer = Observer::default();
    let seen = registry::file_time(kb).and_then(|time| {
        directories
            .iter()
            .try_for_each(|dir| registry::keep_last_seen(kb, dir, &observer.baseline(dir, time)))
    });
    if let Err(error) = seen {
        warnings.push(format!("could not note where {project} stands: {error}"));
    }
    match derived::update(kb) {
        Ok(report) => warnings.extend(report.moved_aside.iter().map(|moved| {
            format!(
                "{} held what mx did not write; that is in {} now",
                moved.from, moved.to
            )
        })),
        Err(error) => warnings.push(format!(
            "the index of sessions was not updated ({error}); mx log index does it"
        )),
    }
    warnings
}

/// Moves an ended record from the project into the KB. Returns its entry and id: another one, if the
/// place is taken. One that is in the KB already stays where it is.
///
/// # Errors
///
/// If the entry cannot be written: then the record is where it was.
pub(crate) fn deliver(kb: &Kb, file: &Path) -> Result<(EntryPath, crate::model::SessionId)> {
    // What this call wrote, and may replace should the record have been edited meanwhile.
    let mut written: Option<(PathBuf, Vec<u8>)> = None;
    for _ in 0..ATTEMPTS {
        let bytes = fs::read(file).map_err(|cause| Error::io("read", file, cause))?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let parsed = format::parse(&text, kb.zone(), None).session;
        let mut session = parsed.ok_or_else(|| {
            Error::failed(format!("{} is not the record of a session", file.display()))
        })?;
        let mut content = bytes.clone();
        let entry = loop {
            let entry = start::entry_file(kb, &session.project, session.id);
            if entry == file {
                return Ok((entry_path(kb, &entry)?, session.id));
            }
            let ours = written.as_ref().filter(|(path, _)| *path == entry);
            if put(
                kb,
                &entry,
                &content,
                ours.map(|(_, bytes)| bytes.as_slice()),
            )? {
                break entry;
            }
            session.id = session.id.next();
            content = format::update(&text, &session).into_bytes();
        };
        written = Some((entry.clone(), content));
        if !running::is_in_project(file) || kb.remove(file, &bytes)? {
            return Ok((entry_path(kb, &entry)?, session.id));
        }
    }
    Err(Error::busy(format!(
        "{} keeps being changed",
        file.display()
    )))
}

/// Writes a new entry, or over our own. Returns `false` if there is another one.
fn put(kb: &Kb, entry: &Path, content: &[u8], ours: Option<&[u8]>) -> Result<bool> {
    let free = Cell::new(true);
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
pub(crate) fn store(kb: &Kb, session: &mut Session) -> Result<EntryPath> {
    loop {
        let entry = start::entry_file(kb, &session.project, session.id);
        let text = format::render(session);
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

/// Returns the path of an entry in the KB.
///
/// # Errors
///
/// If it does not lie there.
pub(crate) fn entry_path(kb: &Kb, file: &Path) -> Result<EntryPath> {
    let below = file.strip_prefix(kb.root()).unwrap_or(file);
    let parts: Vec<String> = below
        .iter()
        .map(|part| part.to_string_lossy().into_owned())
        .collect();
    EntryPath::parse(&parts.join("/"))
}
