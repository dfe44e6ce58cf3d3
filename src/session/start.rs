//! Beginning a session.

use super::connection::{NotedConnection, find_owner};
use super::gather::Gathered;
use super::observe::Observer;
use super::owner::Owner;
use super::registry::{self, Note};
use super::running::{self, Running};
use super::{finish, location, paths};
use crate::error::{Error, Kind, Result};
use crate::kb::{Kb, PrivateLock, Repository, SessionFile, TEMPORARY};
use crate::markdown::session as format;
use crate::model::{AgentSession, Session, SessionId, Timestamp};
use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};

/// What a session is begun with.
#[derive(Debug, Clone)]
pub(crate) struct Beginning {
    /// Name of the project; `None`: that of the first directory.
    pub(crate) project: Option<String>,
    /// Directories, absolute; empty: the root of the git working tree, else the current one.
    pub(crate) directories: Vec<PathBuf>,
    /// What is to be achieved.
    pub(crate) goal: Option<String>,
    /// Whether to begin one beside one that is running.
    pub(crate) beside: bool,
    /// The agent's session that it belongs to.
    pub(crate) agent: Option<AgentSession>,
    /// Where its record is kept.
    pub(crate) place: SessionFile,
    /// When it began, if not now.
    pub(crate) started: Option<Timestamp>,
    /// How much of its agent's journal is in the record, if there is one.
    pub(crate) journal: Option<u64>,
}

/// The outcome.
#[derive(Debug)]
pub(crate) struct Started {
    /// The session: a new one, or the one that was running.
    pub(crate) running: Running,
    /// Whether it was begun now.
    pub(crate) begun: bool,
    /// Sessions that were finished on the way: forgotten, or their process is gone.
    pub(crate) finished: Vec<finish::Finished>,
    /// The remarks beside it.
    pub(crate) notes: Vec<String>,
}

/// Begins a session, or returns the one that is running here. Finishes those whose process is gone.
///
/// # Errors
///
/// If a directory does not exist, or the record cannot be written: then nothing was begun.
pub(crate) fn start(kb: &Kb, beginning: &Beginning) -> Result<Started> {
    let mut notes = Vec::new();
    if kb.create()? {
        notes.push(format!(
            "created the knowledge base {}",
            kb.root().display()
        ));
    }
    let directories = session_directories(kb, &beginning.directories)?;
    let project = match &beginning.project {
        Some(project) => project.clone(),
        None => kb.used_from(&directories[0])?.project(),
    };
    let _lock = one_at_a_time(kb)?;
    for error in running::unreadable_records(&kb.used_from(&directories[0])?) {
        notes.push(error.to_one_line());
    }
    let (finished, alive) = finish_abandoned(kb, beginning, &directories)?;
    if let Some(running) = alive.filter(|_| !beginning.beside) {
        return Ok(Started {
            running,
            begun: false,
            finished,
            notes,
        });
    }
    let note = Note {
        owner: find_owner(kb.environment()),
        connection: NotedConnection::of_caller(kb.environment()),
        ..running_note(project, directories)
    };
    let running = begin_session(kb, beginning, note, &mut notes)?;
    Ok(Started {
        running,
        begun: true,
        finished,
        notes,
    })
}

/// Begins the record of a session that an agent began earlier, whatever else is running.
///
/// # Errors
///
/// If it cannot be written.
pub(crate) fn start_record(
    kb: &Kb,
    beginning: &Beginning,
    owner: Option<Owner>,
) -> Result<Running> {
    let directories = beginning.directories.clone();
    let project = beginning.project.clone();
    let note = Note {
        owner,
        ..running_note(project.unwrap_or_else(|| kb.project()), directories)
    };
    let _lock = one_at_a_time(kb)?;
    begin_session(kb, beginning, note, &mut Vec::new())
}

/// Keeps other processes from beginning a session meanwhile: of many that would, one does, and each
/// new one has an id of its own.
fn one_at_a_time(kb: &Kb) -> Result<PrivateLock> {
    let lock = kb.lock("sessions/start.lock")?;
    registry::forget_gone(kb);
    Ok(lock)
}

fn running_note(project: String, directories: Vec<PathBuf>) -> Note {
    Note {
        project,
        id: String::new(),
        file: PathBuf::new(),
        directories,
        owner: None,
        connection: None,
        joined: false,
    }
}

/// Finishes what runs here without a process, and returns what runs here with one.
fn finish_abandoned(
    kb: &Kb,
    beginning: &Beginning,
    directories: &[PathBuf],
) -> Result<(Vec<finish::Finished>, Option<Running>)> {
    let mut finished = Vec::new();
    let mut alive = None;
    // A directory that is named is where the work is, wherever that was named.
    let there = if beginning.directories.is_empty() {
        kb.clone()
    } else {
        kb.used_from(&directories[0])?
    };
    for running in running::running_here(&there, running::all_running(&there)?) {
        let own = running.is_of_caller(kb);
        if is_left_behind(kb, &running) {
            match finish::end_idle(kb, &running) {
                // Another process has ended it at this moment.
                Err(error) if error.kind() == Kind::NotFound => {}
                ended => finished.push(ended?),
            }
        } else if running.is_abandoned() && !own {
            let why = "its process was gone at the next start";
            match finish::interrupt_session(kb, &running, why) {
                // Another process has ended it at this moment.
                Err(error) if error.kind() == Kind::NotFound => {}
                ended => finished.push(ended?),
            }
        } else if own || alive.is_none() && !of_another_agent(kb, &running, beginning) {
            alive = Some(running);
        }
    }
    Ok((finished, alive))
}

/// Returns the session in progress that the arguments belong to: the one that is named, else the
/// one that runs here, unless it was forgotten hours ago. That one ends when the next one starts.
///
/// # Errors
///
/// As [`running::find_running`].
pub(crate) fn find_going_on(kb: &Kb, named: Option<&str>) -> Result<Option<Running>> {
    let found = running::find_running(kb, named)?;
    let session = kb.environment().session.as_deref();
    let is_named = named.is_some() || session.is_some_and(|id| id.parse::<SessionId>().is_ok());
    Ok(found.filter(|running| is_named || !is_left_behind(kb, running)))
}

/// Returns whether a session was forgotten, and is not the caller's.
fn is_left_behind(kb: &Kb, running: &Running) -> bool {
    let is_agents = running.session.agent.is_some() || running.is_of_caller(kb);
    !is_agents && is_forgotten(kb, running)
}

/// Whether nothing has happened in a session for hours. Only then its directories are looked at.
fn is_forgotten(kb: &Kb, running: &Running) -> bool {
    let session = &running.session;
    let nothing = Gathered::default();
    finish::is_idle(kb, finish::last_activity(kb, session, &nothing)) && {
        let gathered = finish::observe_since_start(kb, running);
        finish::is_idle(kb, finish::last_activity(kb, session, &gathered))
    }
}

/// Whether a session belongs to an agent, and another agent asks. A person goes on with what runs.
fn of_another_agent(kb: &Kb, running: &Running, beginning: &Beginning) -> bool {
    let is_agents = running.session.agent.is_some() && beginning.agent.is_some();
    is_agents || kb.environment().session.is_none() && running.is_of_another(kb)
}

/// Returns the root of the working tree of git that a directory lies in, else the directory.
pub(crate) fn workplace_of(directory: &Path) -> PathBuf {
    let repository = Repository::find(directory);
    let root = repository.map(|repository| repository.worktree().to_path_buf());
    root.unwrap_or_else(|| directory.to_path_buf())
}

/// Returns the directories of a session: those named, else the root of the working tree of git,
/// else the current one.
///
/// # Errors
///
/// If one is no directory.
pub(crate) fn session_directories(kb: &Kb, named: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let env = kb.environment();
    if named.is_empty() {
        return Ok(vec![workplace_of(&env.cwd)]);
    }
    let mut directories: Vec<PathBuf> = Vec::new();
    for dir in named {
        let dir = paths::plain_path(&env.absolute(dir));
        let found = fs::metadata(&dir).map_err(|cause| Error::io("use directory", &dir, cause))?;
        if !found.is_dir() {
            let shown = dir.display();
            return Err(Error::usage(format!("{shown} is not a directory"))
                .with_hint("name a directory in which the session works"));
        }
        if !directories.contains(&dir) {
            directories.push(dir);
        }
    }
    Ok(directories)
}

fn begin_session(
    kb: &Kb,
    beginning: &Beginning,
    note: Note,
    notes: &mut Vec<String>,
) -> Result<Running> {
    let mut note = reserve_note(kb, beginning, note)?;
    let session = new_record(kb, beginning, &note)?;
    let seen = match beginning.started {
        None => keep_baselines(kb, &note, session.id),
        Some(_) => Ok(()),
    };
    let written = seen.and_then(|()| write_record(kb, beginning, &session, &mut note));
    written.inspect_err(|_| registry::forget_note(kb, &note.project, session.id))?;
    if beginning.place == SessionFile::Project && !location::is_in_project(&note.file) {
        let shown = kb.environment().shown(&note.file);
        notes.push(format!("the record is kept in the knowledge base: {shown}"));
    }
    let running = Running {
        file: note.file.clone(),
        session,
        directories: note.directories.clone(),
        note: Some(note),
    };
    Ok(running)
}

/// Keeps what the directories look like. Before there is a record: no session that runs lacks it,
/// and whatever changes from its start on is newer than what is kept here.
fn keep_baselines(kb: &Kb, note: &Note, id: SessionId) -> Result<()> {
    let time = registry::file_time(kb)?;
    let observer = Observer::default();
    let baselines = note
        .directories
        .iter()
        .map(|dir| (dir.clone(), observer.baseline(dir, time)))
        .collect();
    registry::keep_baselines(kb, &note.project, id, &baselines)
}

/// Reserves an id that no session of the project has, nor one that is kept in its place.
fn reserve_note(kb: &Kb, beginning: &Beginning, note: Note) -> Result<Note> {
    let mut id = SessionId::new(start_time(kb, beginning), 1);
    // One that lost its note is not known by it.
    let records = location::records_in(kb, &note.directories[0]);
    let kept: Vec<SessionId> = records
        .iter()
        .filter_map(|file| Some(super::record::read_record(kb, file).ok()??.id))
        .collect();
    loop {
        while kept.contains(&id) {
            id = id.next();
        }
        let note = Note {
            id: id.to_string(),
            file: location::entry_file(kb, &note.project, id),
            ..note.clone()
        };
        let free = fs::symlink_metadata(&note.file).is_err();
        if free && registry::reserve_id(kb, &note)? {
            return Ok(note);
        }
        id = id.next();
    }
}

/// Returns when the session began, in the time zone of the KB.
fn start_time(kb: &Kb, beginning: &Beginning) -> Timestamp {
    beginning
        .started
        .map_or_else(|| kb.now(), |at| at.in_zone(kb.zone()))
}

fn new_record(kb: &Kb, beginning: &Beginning, note: &Note) -> Result<Session> {
    let id = note.id.parse::<SessionId>();
    let id = id.map_err(|cause| Error::failed(cause.to_string()).with_source(cause))?;
    let directories = note.directories.iter();
    let client = note.connection.as_ref().and_then(NotedConnection::agent);
    let client = client.filter(|_| beginning.agent.is_none());
    Ok(Session {
        directories: directories.map(|dir| kb.environment().shown(dir)).collect(),
        agent: beginning.agent.clone(),
        client: client.map(str::to_owned),
        journal: beginning.journal,
        goal: beginning.goal.clone(),
        ..Session::new(id, note.project.clone(), start_time(kb, beginning))
    })
}

/// Writes the record where it is to be kept, and where that cannot be written, into the KB. The
/// note says where before the record is there: no session that runs lacks it.
fn write_record(kb: &Kb, beginning: &Beginning, session: &Session, note: &mut Note) -> Result<()> {
    let text = format::render_record(session);
    let directory = note.directories[0].clone();
    if beginning.place == SessionFile::Project {
        for name in location::record_names() {
            let file = directory.join(&name);
            // Another session, beside which this one is meant to run.
            if fs::symlink_metadata(&file).is_ok() {
                continue;
            }
            note.file.clone_from(&file);
            registry::write_note(kb, note)?;
            match create_record(kb, &file, &text) {
                Ok(true) => {
                    exclude_from_git(kb, &directory, &[&name, TEMPORARY]);
                    return Ok(());
                }
                Ok(false) => {}
                Err(error) if error.kind() == Kind::Busy => return Err(error),
                // A directory that may not be written to.
                Err(_) => break,
            }
        }
    }
    note.file = location::entry_file(kb, &session.project, session.id);
    registry::write_note(kb, note)?;
    if create_record(kb, &note.file, &text)? {
        Ok(())
    } else {
        Err(Error::failed(format!(
            "{} exists already",
            note.file.display()
        )))
    }
}

fn create_record(kb: &Kb, file: &Path, text: &str) -> Result<bool> {
    let created = Cell::new(false);
    kb.rewrite(file, |old| {
        created.set(old.is_none());
        Ok(old.is_none().then(|| text.as_bytes().to_vec()))
    })?;
    Ok(created.get())
}

/// Lists names in `.git/info/exclude`, so that the record is not committed by accident. Where that
/// cannot be written, or leads elsewhere, git shows the file: no harm is done.
fn exclude_from_git(kb: &Kb, directory: &Path, names: &[&str]) {
    let repository = Repository::find(directory);
    let Some(file) = repository.and_then(|repository| repository.info_file("exclude")) else {
        return;
    };
    let _ = kb.without_waiting().rewrite(&file, |old| {
        let old = old.unwrap_or_default();
        let mut lines = old.split(|byte| *byte == b'\n');
        let mut missing = names.to_vec();
        missing.retain(|name| {
            !lines
                .clone()
                .any(|line| line.trim_ascii() == name.as_bytes())
        });
        let gap = lines.next_back().is_some_and(|last| !last.is_empty());
        let added: String = missing.iter().map(|name| format!("{name}\n")).collect();
        let gap: &[u8] = if gap { b"\n" } else { b"" };
        Ok((!missing.is_empty()).then(|| [old, gap, added.as_bytes()].concat()))
    });
}
