//! Ending a session: the record becomes an entry of the KB.
//!
//! In this order, each step of which can be done again after a crash: it is noted how the
//! directories look; the record says that it has ended; it is written to its place in the KB; it is
//! removed from the project; the derived files follow. What is found half done is finished by the
//! next command.

use super::gather::{self, Gathered};
use super::observe::{Baseline, Observer, Since};
use super::resume::{Ending, compose};
use super::running::{self, Running};
use super::{derived, record, registry, start};
use crate::error::{Error, Result};
use crate::kb::Kb;
use crate::markdown::session as format;
use crate::model::{EntryPath, Session, SessionId, Source, Status, Timestamp};
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
/// If the record cannot be written: then the session goes on. [`Kind::NotFound`](crate::error::Kind::NotFound)
/// if somebody has ended it meanwhile.
pub(crate) fn end(kb: &Kb, running: &Running, ending: Ending) -> Result<Finished> {
    let now = kb.now();
    finish(kb, running, ending, |session| {
        session.ended = Some(now.max(session.started));
    })
}

/// Ends a session whose end was never told: it ended when it was last heard of.
///
/// # Errors
///
/// As [`end`].
pub(crate) fn interrupt(kb: &Kb, running: &Running, why: &str) -> Result<Finished> {
    finish(kb, running, Ending::default(), |session| {
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
    // By the names that it had when it began: the record may have been edited.
    let note = running.note.as_ref();
    let begun = note.and_then(|note| Some((note.project.as_str(), note.id.parse().ok()?)));
    let (project, id) = begun.unwrap_or((&session.project, session.id));
    let known = registry::baselines(kb, project, id);
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
    ending: Ending,
    end: impl Fn(&mut Session),
) -> Result<Finished> {
    // First what is kept and then what is told: what changes in between is told twice at worst.
    let views = views(kb, &running.directories);
    let gathered = look(kb, running);
    let Session { project, id, .. } = &running.session;
    let expected = start::entry_file(kb, project, *id);
    let mut warnings = keep(kb, &views, *id, &expected);
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
    let delivered = deliver(kb, &running.file).inspect_err(|_| go_on(kb, running))?;
    let (path, id) = match delivered {
        Some(delivered) => delivered,
        // Whoever saw it in between has done that.
        None => delivered_by_another(kb, &session)?,
    };
    let session = Session { id, ..session };
    let entry = kb.root().join(path.as_str());
    if entry != expected {
        warnings.extend(keep(kb, &views, id, &entry));
    }
    warnings.extend(update_derived(kb));
    forget(kb, running);
    Ok(Finished {
        session,
        path,
        notes: gathered.notes,
        warnings,
    })
}

fn forget(kb: &Kb, running: &Running) {
    registry::forget(kb, &running.session.project, running.session.id);
    if let Some((note, id)) = running
        .note
        .as_ref()
        .and_then(|note| Some((note, note.id.parse().ok()?)))
    {
        registry::forget(kb, &note.project, id);
    }
}

/// Lets a session go on that has ended, but cannot be brought to its place.
fn go_on(kb: &Kb, running: &Running) {
    let Session {
        ended,
        interrupted,
        prompt,
        ..
    } = &running.session;
    // If that fails too, the next command tries to bring it there.
    let _ = record::change(kb, &running.file, |session| {
        session.status = Status::Active;
        session.ended = *ended;
        session.interrupted.clone_from(interrupted);
        session.prompt.clone_from(prompt);
        Ok(())
    });
}

/// How directories look at one moment.
pub(crate) type Views = Result<Vec<(PathBuf, Baseline)>>;

/// Looks at the directories, for the time when it is asked what was done since.
pub(crate) fn views(kb: &Kb, directories: &[PathBuf]) -> Views {
    let time = registry::file_time(kb)?;
    let observer = Observer::default();
    let view = |dir: &PathBuf| (dir.clone(), observer.baseline(dir, time));
    Ok(directories.iter().map(view).collect())
}

/// Keeps how the directories looked at the end of a session, which counts once its entry is there.
/// Returns what should be said: without it there are still the times.
pub(crate) fn keep(kb: &Kb, views: &Views, id: SessionId, entry: &Path) -> Vec<String> {
    let kept = views.as_ref().map_err(ToString::to_string);
    let kept = kept.and_then(|views| {
        let keep = |(dir, seen): &(PathBuf, Baseline)| {
            registry::keep_last_seen(kb, dir, seen, (id, entry))
        };
        views.iter().try_for_each(keep).map_err(|e| e.to_string())
    });
    let warning = |error| format!("could not note how the directories look: {error}");
    kept.err().map(warning).into_iter().collect()
}

/// Brings the derived files up to date. The records are safe already: what fails is told, and
/// mended by `mx log index`.
pub(crate) fn update_derived(kb: &Kb) -> Vec<String> {
    match derived::update(kb) {
        Ok(report) => report
            .moved_aside
            .iter()
            .map(|moved| {
                format!(
                    "{} held what mx did not write; that is in {} now",
                    moved.from, moved.to
                )
            })
            .collect(),
        Err(error) => vec![format!(
            "the index of sessions was not updated ({error}); mx log index does it"
        )],
    }
}

/// Moves an ended record from the project into the KB. Returns its entry and id: another one, if the
/// place is taken. `None` if somebody else has moved it. One that is in the KB already stays where
/// it is.
///
/// # Errors
///
/// If the entry cannot be written: then the record is where it was.
pub(crate) fn deliver(kb: &Kb, file: &Path) -> Result<Option<(EntryPath, SessionId)>> {
    // What this call wrote, and may replace should the record have been edited meanwhile.
    let mut written: Option<(PathBuf, Vec<u8>)> = None;
    for _ in 0..ATTEMPTS {
        let bytes = match fs::read(file) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            read => read.map_err(|cause| Error::io("read", file, cause))?,
        };
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let parsed = record::parse(kb, &text, file).session;
        let mut session = parsed.ok_or_else(|| record::not_a_session(file))?;
        if !running::is_in_project(file) {
            return Ok(Some((entry_path(kb, file)?, session.id)));
        }
        let mut content = bytes.clone();
        let entry = loop {
            let entry = start::entry_file(kb, &session.project, session.id);
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
        if kb.remove(file, &bytes)? {
            return Ok(Some((entry_path(kb, &entry)?, session.id)));
        }
    }
    Err(Error::busy(format!(
        "{} keeps being changed",
        file.display()
    )))
}

/// Finishes an ended record that was found in a project: whoever ended it was killed, or is at it.
///
/// # Errors
///
/// As [`deliver`].
pub(crate) fn finish_moving(kb: &Kb, file: &Path) -> Result<()> {
    if deliver(kb, file)?.is_some() {
        update_derived(kb);
    }
    Ok(())
}

/// Returns the entry of a session that somebody else has brought there, and its id.
fn delivered_by_another(kb: &Kb, session: &Session) -> Result<(EntryPath, SessionId)> {
    let first = start::entry_file(kb, &session.project, session.id);
    let (mut id, mut entry) = (session.id, first.clone());
    while let Some(found) = record::read(kb, &entry)? {
        let same = Session {
            id: session.id,
            ..found
        };
        if same == *session {
            return Ok((entry_path(kb, &entry)?, id));
        }
        id = id.next();
        entry = start::entry_file(kb, &session.project, id);
    }
    Ok((entry_path(kb, &first)?, session.id))
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
    store_announced(kb, session, |_, _| {})
}

/// As [`store`]; `before` is called with each entry that is tried, and is not there yet.
///
/// # Errors
///
/// If it cannot be written.
pub(crate) fn store_announced(
    kb: &Kb,
    session: &mut Session,
    before: impl Fn(SessionId, &Path),
) -> Result<EntryPath> {
    loop {
        let entry = start::entry_file(kb, &session.project, session.id);
        if !entry.exists() {
            before(session.id, &entry);
        }
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
