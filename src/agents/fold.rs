//! Folding journals into records: what hooks noted becomes Markdown, by whichever command runs next.
//!
//! A record says itself how much of its journal is in it (`journal: BYTES` in the front matter,
//! written together with the rows), so that a crash at any point, or two commands at once, neither
//! lose nor double anything. An ended session takes leave of its journal in steps, each of which
//! can be done again: the record has ended; the journal is moved to `done/`; what was written to it
//! until then follows; the record forgets the journal; the journal is removed.

use super::apply::Scene;
use super::dialect::Agent;
use super::journal::{self, Header};
use super::{Happening, HappeningKind, fired};
use crate::error::{Error, Result};
use crate::kb::{Kb, SessionFile};
use crate::model::{AgentSession, Session, Source, Status, Timestamp};
use crate::session::end::deliver;
use crate::session::owner::Owner;
use crate::session::registry;
use crate::session::resume::{Ending, compose};
use crate::session::running::{self, Running};
use crate::session::start::{Beginning, start_record, workplace};
use crate::session::{derived, record};
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// How many of a project's newest sessions are looked at for one that an agent goes on with.
const LOOKED_AT: usize = 30;

/// Why a session without an end was finished.
const GONE: &str = "not ended properly: the agent's process was gone";

/// Returns the directory of the journals.
pub(crate) fn directory(kb: &Kb) -> PathBuf {
    kb.private_dir().join("journal")
}

/// Folds every journal of the KB. Never fails: what could not be folded stays in its journal and is
/// told in a line each.
pub(crate) fn fold_all(kb: &Kb) -> Vec<String> {
    let dir = directory(kb);
    let in_dir = |dir: &Path| journal::list(dir).unwrap_or_default();
    // Those whose sessions were about to take leave of them come first.
    let waiting = in_dir(&dir.join("done")).into_iter().chain(in_dir(&dir));
    let waiting: Vec<PathBuf> = waiting.map(|file| file.path).collect();
    if waiting.is_empty() {
        return Vec::new();
    }
    match fold_locked(kb, waiting) {
        Ok(warnings) => warnings,
        Err(error) => vec![format!(
            "what agents' hooks noted is not in the records yet: {error}"
        )],
    }
}

/// Folds the journals of sessions that are over, so that the next one can be told of them. Those
/// that go on stay as they are: nothing waits for them.
pub(crate) fn fold_finished(kb: &Kb) {
    let dir = directory(kb);
    let found = journal::list(&dir).unwrap_or_default();
    let is_over = |file: &journal::JournalFile| {
        let told = || journal::headers(&file.path).ok().flatten();
        ends(&file.path).unwrap_or(false) || told().is_some_and(|(_, last)| is_gone(&last))
    };
    let over: Vec<PathBuf> = found
        .into_iter()
        .filter(is_over)
        .map(|file| file.path)
        .collect();
    if !over.is_empty() {
        // What does not succeed now does later.
        let _ = fold_locked(kb, over);
    }
}

/// Whether the last thing in a journal is the end of the session.
fn ends(path: &Path) -> std::io::Result<bool> {
    use std::io::{Read, Seek, SeekFrom};
    const TAIL: u64 = 4096;
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut tail = Vec::new();
    file.take(TAIL).read_to_end(&mut tail)?;
    let tail = String::from_utf8_lossy(&tail);
    let last = tail.lines().rev().find(|line| !line.is_empty());
    Ok(last.is_some_and(|line| line.contains(r#""kind":"end""#)))
}

fn fold_locked(kb: &Kb, files: Vec<PathBuf>) -> Result<Vec<String>> {
    // Somebody else is folding: by the time the lock is free there is little left to do.
    let _lock = kb.lock("journal/lock")?;
    let mut warnings = Vec::new();
    let mut ended = false;
    for file in files {
        match fold(kb, &file) {
            Ok(done) => ended |= done,
            // Another command folded it before the lock was ours.
            Err(_) if !file.exists() => {}
            Err(error) => warnings.push(format!(
                "what an agent's hooks noted in {} is not in its record yet: {error}",
                file.display()
            )),
        }
    }
    if ended && let Err(error) = derived::update(kb) {
        warnings.push(format!(
            "the index of sessions was not updated ({error}); mx log index does it"
        ));
    }
    Ok(warnings)
}

/// Folds one journal. Returns whether its session has ended.
fn fold(kb: &Kb, path: &Path) -> Result<bool> {
    let Some((header, last)) = journal::headers(path)? else {
        // Not even a beginning: if nothing follows, nothing is known.
        return Ok(false);
    };
    let agent = AgentSession {
        name: header.agent.clone(),
        id: header.session.clone(),
    };
    let there = kb
        .used_from(Path::new(&header.cwd))
        .unwrap_or_else(|_| kb.clone());
    let Some((file, joined)) = record_of(&there, &agent, &header)? else {
        return Ok(false);
    };
    let (session, end) = take_in(&there, &file, path)?;
    let gone = is_gone(&last);
    match end {
        _ if joined && (end.is_some() || gone || is_done(path)) => {
            leave(&there, &file, path).map(|()| false)
        }
        Some(end) => finish(&there, &file, path, end.at, None).map(|()| true),
        None if gone && session.status == Status::Active => {
            let last = journal_end(path)?.unwrap_or(session.started);
            finish(&there, &file, path, last, Some(GONE)).map(|()| true)
        }
        None if session.status == Status::Ended => retire(&there, &file, path).map(|()| true),
        None => Ok(false),
    }
}

/// Whether the process that the session lived in is known to be gone.
fn is_gone(header: &Header) -> bool {
    owner(header).is_some_and(|owner| !owner.is_alive())
}

fn owner(header: &Header) -> Option<Owner> {
    Some(Owner::noted(header.pid?, header.pid_start.clone()?))
}

/// Returns the record of an agent's session, which is begun if there is none, and whether it is one
/// that somebody began by hand and that goes on without the agent.
fn record_of(kb: &Kb, agent: &AgentSession, header: &Header) -> Result<Option<(PathBuf, bool)>> {
    let all = running::all(kb)?;
    let is_own = |running: &&Running| running.session.agent.as_ref() == Some(agent);
    if let Some(own) = all.iter().find(is_own) {
        let joined = own.note.as_ref().is_some_and(|note| note.joined);
        return Ok(Some((own.file.clone(), joined)));
    }
    let earlier = derived::newest(kb, Some(&kb.project()), LOOKED_AT)?;
    let own = earlier
        .iter()
        .find(|(_, session)| session.agent.as_ref() == Some(agent));
    if let Some((path, _)) = own {
        return Ok(Some((kb.root().join(path.as_str()), false)));
    }
    if let Some(file) = join(kb, all, agent)? {
        return Ok(Some((file, true)));
    }
    let beginning = Beginning {
        directories: vec![workplace(Path::new(&header.cwd))],
        agent: Some(agent.clone()),
        place: kb.config().session_file.unwrap_or(SessionFile::Kb),
        started: Some(Timestamp::from_seconds(header.at.div_euclid(1000))),
        project: None,
        goal: None,
        beside: true,
    };
    let running = start_record(kb, &beginning, owner(header))?;
    Ok(Some((running.file, false)))
}

/// Lets an agent's events go into the one session that somebody began by hand in its directory, and
/// to which no agent belongs.
fn join(kb: &Kb, all: Vec<Running>, agent: &AgentSession) -> Result<Option<PathBuf>> {
    let here = running::here(kb, all);
    let [running] = here.as_slice() else {
        return Ok(None);
    };
    if running.session.agent.is_some() || running.is_abandoned() {
        return Ok(None);
    }
    let Some(note) = &running.note else {
        return Ok(None);
    };
    let note = registry::Note {
        joined: true,
        ..note.clone()
    };
    registry::write(kb, &note)?;
    record::log(kb, &running.file, |session| {
        session.agent = Some(agent.clone());
        session.journal = Some(0);
        Ok(())
    })?;
    Ok(Some(running.file.clone()))
}

/// The end of an agent's session.
struct End {
    at: Timestamp,
}

/// Brings the record up to date with the journal. Returns it, and the end if it is told.
fn take_in(kb: &Kb, file: &Path, path: &Path) -> Result<(Session, Option<End>)> {
    let (session, end) = record::change(kb, file, |session| {
        // An ended record that knows no journal took leave of an earlier one.
        let from = session.journal.unwrap_or(0);
        if session.journal.is_none() && session.status == Status::Ended && is_done(path) {
            return Ok(None);
        }
        let scene = Scene {
            environment: kb.environment(),
            zone: kb.zone(),
            source: Source::Observed,
        };
        let mut end = None;
        let read = journal::scan(path, from, &mut |happening| {
            reopen(session, &happening);
            scene.apply(session, &happening);
            end = match happening.kind {
                HappeningKind::End { .. } => Some(End {
                    at: scene.time(&happening),
                }),
                // What goes on after its end has not ended.
                HappeningKind::Start { .. } | HappeningKind::Prompt { .. } => None,
                _ => end.take(),
            };
        })?;
        session.journal = Some(read.end);
        Ok(end)
    })?;
    Ok((session, end))
}

/// A session that the agent goes on with has not ended.
fn reopen(session: &mut Session, happening: &Happening) {
    let goes_on = matches!(
        happening.kind,
        HappeningKind::Start { .. } | HappeningKind::Prompt { .. }
    );
    if goes_on && session.status == Status::Ended {
        session.status = Status::Active;
        session.ended = None;
        session.interrupted = None;
        session.prompt.clear();
    }
}

/// Returns the time of the last thing in a journal.
fn journal_end(path: &Path) -> Result<Option<Timestamp>> {
    let mut last = None;
    journal::scan(path, 0, &mut |happening| {
        last = last.max(Some(happening.at))
    })?;
    Ok(last.map(|at| Timestamp::from_seconds(at.div_euclid(1000))))
}

fn finish(kb: &Kb, file: &Path, path: &Path, at: Timestamp, why: Option<&str>) -> Result<()> {
    record::change(kb, file, |session| {
        session.status = Status::Ended;
        session.ended = Some(at.in_zone(kb.zone()).max(session.started));
        session.interrupted = why.map(str::to_owned);
        session.prompt = compose(session, &Ending::default());
        Ok(())
    })?;
    retire(kb, file, path)
}

/// Lets an ended record take leave of its journal.
fn retire(kb: &Kb, file: &Path, path: &Path) -> Result<()> {
    let done = put_aside(path)?;
    take_in(kb, file, &done)?;
    let (session, ()) = record::change(kb, file, |session| {
        session.journal = None;
        Ok(())
    })?;
    remove(kb, &done)?;
    registry::forget(kb, &session.project, session.id);
    if is_empty(&session) {
        // Opened and closed again: nothing happened that anybody would look for.
        return fs::remove_file(file).map_err(|cause| Error::io("remove", file, cause));
    }
    deliver(kb, file).map(|_| ())
}

/// Lets a session that was begun by hand go on without the agent.
fn leave(kb: &Kb, file: &Path, path: &Path) -> Result<()> {
    let done = put_aside(path)?;
    take_in(kb, file, &done)?;
    let (session, ()) = record::change(kb, file, |session| {
        session.agent = None;
        session.journal = None;
        Ok(())
    })?;
    let id = session.id.to_string();
    let notes = registry::all(kb);
    if let Some(note) = notes
        .iter()
        .find(|note| note.id == id && note.project == session.project)
    {
        let joined = false;
        registry::write(
            kb,
            &registry::Note {
                joined,
                ..note.clone()
            },
        )?;
    }
    remove(kb, &done)
}

/// Removes a journal whose record holds all of it. That the hooks of its agent work stays known.
fn remove(kb: &Kb, done: &Path) -> Result<()> {
    if let Ok(Some((_, last))) = journal::headers(done)
        && let Some(agent) = Agent::from_name(&last.agent)
    {
        fired::note(&directory(kb), agent, last.at);
    }
    fs::remove_file(done).map_err(|cause| Error::io("remove", done, cause))
}

/// Moves a journal to `done/`, so that whatever comes later begins a new one.
fn put_aside(path: &Path) -> Result<PathBuf> {
    let (Some(dir), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(Error::failed(format!("{} is no journal", path.display())));
    };
    if is_done(path) {
        return Ok(path.to_path_buf());
    }
    let done = dir.join("done");
    fs::create_dir_all(&done).map_err(|cause| Error::io("create", &done, cause))?;
    let target = done.join(name);
    fs::rename(path, &target).map_err(|cause| Error::io("move", path, cause))?;
    Ok(target)
}

fn is_done(path: &Path) -> bool {
    path.parent().is_some_and(|dir| dir.ends_with("done"))
}

/// Whether nothing is recorded that anybody said or did.
fn is_empty(session: &Session) -> bool {
    let Session {
        progress,
        files,
        decisions,
        blockers,
        tools,
        goal,
        ..
    } = session;
    progress.is_empty()
        && files.is_empty()
        && decisions.is_empty()
        && blockers.is_empty()
        && tools.is_empty()
        && goal.is_none()
}
