//! Beginning a session.

use super::observe::Observer;
use super::owner::Owner;
use super::registry::{self, Note};
use super::running::{self, Running};
use super::{end, paths};
use crate::error::{Error, Kind, Result};
use crate::kb::{Kb, Repository, SessionFile, slug};
use crate::markdown::session as format;
use crate::model::{AgentSession, Session, SessionId, Status, Timestamp};
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
}

/// What came of it.
#[derive(Debug)]
pub(crate) struct Started {
    /// The session: a new one, or the one that was running.
    pub(crate) running: Running,
    /// Whether it was begun now.
    pub(crate) begun: bool,
    /// Sessions that were finished on the way, because their process is gone.
    pub(crate) finished: Vec<end::Finished>,
    /// What should be said beside it.
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
    let directories = directories(kb, &beginning.directories)?;
    let project = match &beginning.project {
        Some(project) => project.clone(),
        None => kb.used_from(&directories[0])?.project(),
    };
    let (finished, alive) = finish_abandoned(kb, beginning)?;
    if let Some(running) = alive.filter(|_| !beginning.beside) {
        return Ok(Started {
            running,
            begun: false,
            finished,
            notes,
        });
    }
    let note = Note {
        owner: Owner::find(),
        ..note(project, directories)
    };
    let (running, begun) = begin(kb, beginning, note, &mut notes)?;
    Ok(Started {
        running,
        begun,
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
    let note = Note {
        owner,
        ..note(kb.project(), directories)
    };
    let (running, _) = begin(kb, beginning, note, &mut Vec::new())?;
    Ok(running)
}

fn note(project: String, directories: Vec<PathBuf>) -> Note {
    Note {
        project,
        id: String::new(),
        file: PathBuf::new(),
        directories,
        owner: None,
        joined: false,
    }
}

/// Finishes what runs here without a process, and returns what runs here with one.
fn finish_abandoned(
    kb: &Kb,
    beginning: &Beginning,
) -> Result<(Vec<end::Finished>, Option<Running>)> {
    let mut finished = Vec::new();
    let mut alive = None;
    for running in running::here(kb, running::all(kb)?) {
        let own = running.session.agent.is_some() && running.session.agent == beginning.agent;
        if running.is_abandoned() && !own {
            finished.push(end::interrupt(
                kb,
                &running,
                "its process was gone at the next start",
            )?);
        } else if own || running.session.agent.is_none() && alive.is_none() {
            alive = Some(running);
        }
    }
    Ok((finished, alive))
}

/// Returns the root of the working tree of git that a directory lies in, else the directory.
pub(crate) fn workplace(directory: &Path) -> PathBuf {
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
pub(crate) fn directories(kb: &Kb, named: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let env = kb.environment();
    if named.is_empty() {
        return Ok(vec![workplace(&env.cwd)]);
    }
    let mut directories: Vec<PathBuf> = Vec::new();
    for dir in named {
        let dir = paths::plain(&env.absolute(dir));
        let found = fs::metadata(&dir).map_err(|cause| Error::io("use directory", &dir, cause))?;
        if !found.is_dir() {
            let shown = dir.display();
            return Err(Error::usage(format!("{shown} is not a directory"))
                .with_hint("--dir names a directory in which the session works"));
        }
        if !directories.contains(&dir) {
            directories.push(dir);
        }
    }
    Ok(directories)
}

fn begin(
    kb: &Kb,
    beginning: &Beginning,
    note: Note,
    notes: &mut Vec<String>,
) -> Result<(Running, bool)> {
    let note = reserve(kb, beginning, note)?;
    let session = new_record(kb, beginning, &note)?;
    let file = match write(kb, beginning, &session, &note.directories) {
        Ok(Some(file)) => file,
        // Somebody else began one at this moment.
        Ok(None) => {
            registry::forget(kb, &note.project, session.id);
            return Ok((running::mine(kb, None)?, false));
        }
        Err(error) => {
            registry::forget(kb, &note.project, session.id);
            return Err(error);
        }
    };
    if beginning.place == SessionFile::Project && !running::is_in_project(&file) {
        let shown = kb.environment().shown(&file);
        notes.push(format!("the record is kept in the knowledge base: {shown}"));
    }
    let note = Note { file, ..note };
    registry::write(kb, &note)?;
    if beginning.started.is_none() {
        keep_baselines(kb, &note, session.id)?;
    }
    let running = Running {
        file: note.file.clone(),
        session,
        directories: note.directories.clone(),
        note: Some(note),
    };
    Ok((running, true))
}

/// Keeps what the directories look like. Behind the record, so that whatever changes from now on is
/// newer than what is kept here.
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

/// Reserves an id that no session of the project has.
fn reserve(kb: &Kb, beginning: &Beginning, note: Note) -> Result<Note> {
    let mut id = SessionId::new(began(kb, beginning), 1);
    loop {
        let note = Note {
            id: id.to_string(),
            file: entry_file(kb, &note.project, id),
            ..note.clone()
        };
        let free = fs::symlink_metadata(&note.file).is_err();
        if free && registry::reserve(kb, &note)? {
            return Ok(note);
        }
        id = id.next();
    }
}

/// Returns when the session began, in the time zone of the KB.
fn began(kb: &Kb, beginning: &Beginning) -> Timestamp {
    beginning
        .started
        .map_or_else(|| kb.now(), |at| at.in_zone(kb.zone()))
}

/// Returns where the entry of a session lies once it has ended.
pub(crate) fn entry_file(kb: &Kb, project: &str, id: SessionId) -> PathBuf {
    let logs = kb.root().join(&kb.config().session_logs);
    logs.join(slug(project)).join(format!("{id}.md"))
}

fn new_record(kb: &Kb, beginning: &Beginning, note: &Note) -> Result<Session> {
    let id = note.id.parse::<SessionId>();
    let id = id.map_err(|cause| Error::failed(cause.to_string()).with_source(cause))?;
    Ok(Session {
        id,
        project: note.project.clone(),
        status: Status::Active,
        started: began(kb, beginning),
        ended: None,
        directories: note
            .directories
            .iter()
            .map(|dir| kb.environment().shown(dir))
            .collect(),
        agent: beginning.agent.clone(),
        journal: None,
        goal: beginning.goal.clone(),
        reconstructed: None,
        interrupted: None,
        progress: Vec::new(),
        files: Vec::new(),
        decisions: Vec::new(),
        blockers: Vec::new(),
        tools: Vec::new(),
        prompt: Vec::new(),
    })
}

/// Writes the record where it is to be kept, and where that cannot be written, into the KB.
/// `None` if there is one now that was not there before.
fn write(
    kb: &Kb,
    beginning: &Beginning,
    session: &Session,
    directories: &[PathBuf],
) -> Result<Option<PathBuf>> {
    let text = format::render(session);
    if beginning.place == SessionFile::Project {
        for name in running::file_names() {
            let file = directories[0].join(&name);
            match create(kb, &file, &text) {
                Ok(true) => {
                    exclude(&directories[0], &name);
                    return Ok(Some(file));
                }
                // There is one, and it was not meant to stand beside another.
                Ok(false) if !beginning.beside && is_running(kb, &file) => return Ok(None),
                Ok(false) => {}
                Err(error) if error.kind() == Kind::Busy => return Err(error),
                // A directory that may not be written to.
                Err(_) => break,
            }
        }
    }
    let file = entry_file(kb, &session.project, session.id);
    match create(kb, &file, &text)? {
        true => Ok(Some(file)),
        false => Err(Error::failed(format!("{} exists already", file.display()))),
    }
}

fn is_running(kb: &Kb, file: &Path) -> bool {
    let session = super::record::read(kb, file).ok().flatten();
    session.is_some_and(|session| session.status == Status::Active)
}

fn create(kb: &Kb, file: &Path, text: &str) -> Result<bool> {
    let created = Cell::new(false);
    kb.rewrite(file, |old| {
        created.set(old.is_none());
        Ok(old.is_none().then(|| text.as_bytes().to_vec()))
    })?;
    Ok(created.get())
}

/// Lists the name in `.git/info/exclude`, so that the record is not committed by accident. Where
/// that cannot be written, git shows the file: no harm is done.
fn exclude(directory: &Path, name: &str) {
    let Some(repository) = Repository::find(directory) else {
        return;
    };
    let file = repository.exclude_file();
    let text = fs::read_to_string(&file).unwrap_or_default();
    if text.lines().any(|line| line.trim() == name) {
        return;
    }
    let gap = if text.is_empty() || text.ends_with('\n') {
        ""
    } else {
        "\n"
    };
    if let Some(dir) = file.parent() {
        let _ = fs::create_dir_all(dir);
    }
    let opened = fs::OpenOptions::new().append(true).create(true).open(&file);
    if let Ok(mut opened) = opened {
        let _ = std::io::Write::write_all(&mut opened, format!("{gap}{name}\n").as_bytes());
    }
}
