//! Finding the session in progress.
//!
//! By its id, if the caller names one (`--session`, `MX_SESSION`); else by the agent's session
//! that the environment names, or the connection over which is asked; else from the current directory
//! upwards. Of several in one directory it is the one that belongs to the same process, an agent or a
//! shell, as this command; none is guessed.

use super::connection::{NotedConnection, find_owner};
use super::location::{entry_file, entry_path, is_in_project, project_directory, records_above};
use super::move_record::finish_moving;
use super::owner::Owner;
use super::unread::UnreadRecord;
use super::{record, registry};
use crate::error::{Error, Hint, Kind, Result};
use crate::kb::{Kb, RunningEntry, may_hide_own};
use crate::model::{EntryPath, Session, SessionId, Status, is_same_name};
use std::fs;
use std::path::{Path, PathBuf};

/// How many of a project's newest entries are looked at for one that is still going on.
const LOOKED_AT: usize = 20;

/// A session in progress.
#[derive(Debug, Clone)]
pub(crate) struct Running {
    /// Where its record is, absolute.
    pub(crate) file: PathBuf,
    /// The record, as it was read.
    pub(crate) session: Session,
    /// Its directories, absolute.
    pub(crate) directories: Vec<PathBuf>,
    /// What is noted about it.
    pub(crate) note: Option<registry::Note>,
}

impl Running {
    /// Returns whether its process is known to be gone.
    pub(crate) fn is_abandoned(&self) -> bool {
        self.owner().is_some_and(|owner| !owner.is_alive())
    }

    /// Returns the process that it belongs to, if that is known.
    fn owner(&self) -> Option<&Owner> {
        self.note.as_ref()?.owner.as_ref()
    }

    /// Returns the connection over which it was begun, if it was begun over one.
    fn connection(&self) -> Option<&NotedConnection> {
        self.note.as_ref()?.connection.as_ref()
    }

    /// Returns whether it belongs to the agent that runs this command, or that asks over a connection.
    pub(crate) fn is_of_caller(&self, kb: &Kb) -> bool {
        let env = kb.environment();
        let is_connected = |own: &NotedConnection| own.is_of_caller(env);
        if env.agent.is_none() && self.connection().is_some_and(is_connected) {
            return true;
        }
        let told = env.session.as_deref();
        self.session
            .agent
            .as_ref()
            .is_some_and(|agent| env.agent.as_ref() == Some(agent) || told == Some(&agent.id))
    }

    /// Returns whether it belongs to another program than the one that asks. A person goes on with
    /// what runs.
    pub(crate) fn is_of_another(&self, kb: &Kb) -> bool {
        let env = kb.environment();
        if env.agent.is_some() || env.session.is_some() {
            if self.session.agent.is_some() {
                return !self.is_of_caller(kb);
            }
        } else if let Some(asking) = &env.connection {
            let agent = self.session.agent_name();
            let differs = |name: &String| agent.is_some_and(|agent| agent != name);
            if asking.agent.as_ref().is_some_and(differs) {
                return true;
            }
        } else {
            return false;
        }
        let connection = self.connection();
        connection.is_some_and(|connection| connection.is_of_another(env, self.owner()))
    }

    /// Returns how near the directory is: the length of the path to the deepest of its directories
    /// that it lies in. `None` if it lies in none.
    fn nearness(&self, directory: &Path) -> Option<usize> {
        let place = self.file.parent().filter(|_| is_in_project(&self.file));
        let places = self.directories.iter().map(PathBuf::as_path).chain(place);
        places
            .filter(|place| directory.starts_with(place))
            .map(|place| place.components().count())
            .max()
    }
}

/// Returns the session that the caller belongs to.
///
/// # Errors
///
/// [`Kind::NotFound`] if there is none, [`Kind::Usage`] if there are several.
pub(crate) fn find_own_session(kb: &Kb, named: Option<&str>) -> Result<Running> {
    find_running(kb, named)?.ok_or_else(|| {
        if let Some(error) = unreadable_records(kb).pop() {
            return error;
        }
        Error::not_found("no session is running here")
            .with_hint(Hint::from("begin one: ").then(Hint::command("log start")))
            .with_hint(
                Hint::from("or, when the work is done: ")
                    .then(Hint::command("log end"))
                    .then(" reconstructs it from git and files"),
            )
    })
}

/// Returns what is wrong with the files in the current directory, and above it, that should be the
/// record of a session and cannot be read as one; the nearest comes last.
pub(crate) fn unreadable_records(kb: &Kb) -> Vec<Error> {
    let files = records_above(kb);
    let mut wrong: Vec<Error> = files
        .filter_map(|file| match record::read_record(kb, &file) {
            Ok(Some(_)) => None,
            Ok(None) => Some(record::not_a_session(&file)),
            Err(error) => Some(error),
        })
        .collect();
    wrong.reverse();
    wrong
}

/// Makes sure that each file of that kind can be read: who cannot look into a record does not know
/// what is done already.
///
/// # Errors
///
/// The first that cannot.
pub(crate) fn check_readable(kb: &Kb) -> Result<()> {
    let mut files = records_above(kb);
    files.try_for_each(|file| record::read_record(kb, &file).map(|_| ()))
}

/// As [`find_own_session`], but `None` if there is none.
pub(crate) fn find_running(kb: &Kb, named: Option<&str>) -> Result<Option<Running>> {
    let all = all_running(kb)?;
    let env = kb.environment();
    let session = env.session.as_deref();
    // An agent's own id may be given before it has a record here, and when that has ended.
    let is_record = |name: &&str| name.parse::<SessionId>().is_ok();
    if let Some(name) = named.or(session.filter(is_record)) {
        return by_id(all, name).map(Some);
    }
    if let Some(own) = find_of_caller(kb, &all) {
        return Ok(Some(own.clone()));
    }
    let mut here = running_here(kb, all);
    // An agent does not write into the session of another one.
    here.retain(|running| !running.is_of_another(kb));
    if here.len() > 1 {
        // Those of this agent or shell, whose other ends work elsewhere on the same.
        let owner = find_owner(env);
        let is_own = |one: &Running| owner.is_some() && one.owner() == owner.as_ref();
        if here.iter().filter(|one| is_own(one)).count() == 1 {
            here.retain(is_own);
        }
    }
    match here.len() {
        0 | 1 => Ok(here.pop()),
        _ => Err(several_running(&here)),
    }
}

/// Returns the session that belongs to the caller. An agent that says which session it is goes on with
/// that one wherever it works; over a connection there may be one for each directory.
fn find_of_caller<'a>(kb: &Kb, all: &'a [Running]) -> Option<&'a Running> {
    let env = kb.environment();
    let mut own = all.iter().filter(|running| running.is_of_caller(kb));
    if env.agent.is_some() || env.session.is_some() {
        return own.next();
    }
    let near = own.filter_map(|running| Some((running.nearness(&env.cwd)?, running)));
    let nearest = near.max_by_key(|(depth, running)| (*depth, running.session.id));
    nearest.map(|(_, running)| running)
}

/// Returns the sessions in progress that an id means: several where those of two projects began in the
/// same second; else those whose ids begin so. Of one project, if one is given.
///
/// # Errors
///
/// As [`all_running`].
pub(crate) fn find_by_id(kb: &Kb, id: &str, project: Option<&str>) -> Result<Vec<Running>> {
    let is_of = |one: &Running| {
        let own = &one.session.project;
        project.is_none_or(|project| is_same_name(project, own))
    };
    let mut running = all_running(kb)?;
    running.retain(|one| is_of(one) && one.session.id.to_string().starts_with(id));
    let is_whole = |one: &Running| one.session.id.to_string() == id;
    if running.iter().any(is_whole) {
        running.retain(is_whole);
    }
    Ok(running)
}

/// Returns the sessions in progress, of a project if one is given, wherever their records lie, the
/// newest first.
///
/// # Errors
///
/// As [`all_running`].
pub(crate) fn newest_running(kb: &Kb, project: Option<&str>) -> Result<Vec<Running>> {
    let is_of =
        |one: &Running| project.is_none_or(|project| is_same_name(&one.session.project, project));
    let mut running = all_running(kb)?;
    running.retain(is_of);
    running.reverse();
    Ok(running)
}

/// Returns the entries of the sessions in progress that are noted or lie here, for those who read
/// entries. Nothing is moved or mended for it.
pub(crate) fn running_entries(kb: &Kb) -> Vec<RunningEntry> {
    let noted = registry::all_notes(kb).into_iter().map(|note| note.file);
    let near = records_above(kb);
    let mut files: Vec<PathBuf> = noted.chain(near).collect();
    files.sort();
    files.dedup();
    let entry = |file: PathBuf| {
        let session = record::read_record(kb, &file).ok()??;
        if session.status == Status::Ended {
            return None;
        }
        let path = path_of_record(kb, &file, &session.project, session.id).ok()?;
        Some(RunningEntry { path, file })
    };
    files.into_iter().filter_map(entry).collect()
}

/// Returns the path that the record of a session in progress has, or will have, as an entry.
///
/// # Errors
///
/// If that is no path of an entry.
pub(crate) fn final_path(kb: &Kb, running: &Running) -> Result<EntryPath> {
    let Session { project, id, .. } = &running.session;
    path_of_record(kb, &running.file, project, *id)
}

/// Returns the path that a record has, or will have, as an entry.
///
/// # Errors
///
/// As [`final_path`].
pub(crate) fn path_of_record(
    kb: &Kb,
    file: &Path,
    project: &str,
    id: SessionId,
) -> Result<EntryPath> {
    if is_in_project(file) {
        entry_path(kb, &entry_file(kb, project, id))
    } else {
        entry_path(kb, file)
    }
}

/// Returns the sessions in progress of the nearest directory that has any, from the current one
/// upwards.
pub(crate) fn running_here(kb: &Kb, all: Vec<Running>) -> Vec<Running> {
    let cwd = &kb.environment().cwd;
    let near: Vec<(usize, Running)> = all
        .into_iter()
        .filter_map(|running| Some((running.nearness(cwd)?, running)))
        .collect();
    let nearest = near.iter().map(|(depth, _)| *depth).max();
    let nearest = near
        .into_iter()
        .filter(|(depth, _)| Some(*depth) == nearest);
    nearest.map(|(_, running)| running).collect()
}

/// Returns every session in progress that can be found from here: those noted, those whose file
/// lies in the current directory or above it, and those of this project in the KB. In order of
/// their ids.
///
/// A record that says that it has ended, but still lies in the project, was about to be moved into
/// the KB when the program was killed: that is finished first.
///
/// # Errors
///
/// If such a record cannot be moved.
pub(crate) fn all_running(kb: &Kb) -> Result<Vec<Running>> {
    find_all(kb, &registry::all_notes(kb), &mut Vec::new())
}

/// As [`all_running`], for who makes a record unless there is one: also returns those of this place
/// that cannot be read.
///
/// # Errors
///
/// As [`all_running`]; if what is noted of one cannot be read.
pub(crate) fn all_with_unread(kb: &Kb) -> Result<(Vec<Running>, Vec<UnreadRecord>)> {
    let mut unread = Vec::new();
    let running = find_all(kb, &registry::all_readable(kb)?, &mut unread)?;
    Ok((running, unread))
}

/// Returns every session in progress that can be found from here, and adds what cannot be read of
/// those that belong here to `unread`.
fn find_all(
    kb: &Kb,
    notes: &[registry::Note],
    unread: &mut Vec<UnreadRecord>,
) -> Result<Vec<Running>> {
    let mut files: Vec<PathBuf> = notes.iter().map(|note| note.file.clone()).collect();
    files.extend(records_above(kb));
    let mut running = collect_running(kb, files, notes, unread)?;
    let cwd = &kb.environment().cwd;
    if !running.iter().any(|one| one.nearness(cwd).is_some()) {
        // One that is kept in the KB, whose note is gone. An agent's would be noted again with its
        // next event: without a note it goes on at another machine.
        let mut unnoted = collect_running(kb, newest_of_project(kb), notes, unread)?;
        unnoted.retain(|one| one.session.agent.is_none() || one.is_of_caller(kb));
        running.extend(unnoted);
    }
    running.sort_by_key(|running| running.session.id);
    running.dedup_by(|a, b| a.file == b.file);
    Ok(running)
}

fn collect_running(
    kb: &Kb,
    mut files: Vec<PathBuf>,
    notes: &[registry::Note],
    unread: &mut Vec<UnreadRecord>,
) -> Result<Vec<Running>> {
    files.sort();
    files.dedup();
    let cwd = &kb.environment().cwd;
    let mut running = Vec::new();
    for file in files {
        let note = notes.iter().find(|note| note.file == file);
        match record::read_record(kb, &file) {
            Ok(Some(session)) if session.status == Status::Active => {
                running.push(make_running(kb, file, session, note.cloned()));
            }
            Ok(Some(_)) if is_in_project(&file) => {
                let moved = finish_moving(kb, &file);
                // What cannot be mended elsewhere is no reason not to work here.
                let here = file.parent().is_some_and(|dir| cwd.starts_with(dir));
                moved.or_else(|error| if here { Err(error) } else { Ok(()) })?;
            }
            Err(error) if is_hidden(&file, &error) => {
                let elsewhere = |note: &registry::Note| {
                    !note.directories.iter().any(|dir| cwd.starts_with(dir))
                };
                if !note.is_some_and(elsewhere) {
                    unread.push(UnreadRecord::new(&file, note, error));
                }
            }
            // What is unreadable is not this session's; `status` and `doctor` report it.
            Ok(_) | Err(_) => {}
        }
    }
    Ok(running)
}

/// Returns whether a file may hold a record that the system does not let be read.
fn is_hidden(file: &Path, error: &Error) -> bool {
    let cause = std::error::Error::source(error).and_then(|cause| cause.downcast_ref());
    cause.is_some_and(|cause| may_hide_own(file, cause))
}

fn make_running(kb: &Kb, file: PathBuf, session: Session, note: Option<registry::Note>) -> Running {
    let directories = match &note {
        Some(note) if !note.directories.is_empty() => note.directories.clone(),
        _ => kb.environment().absolute_all(&session.directories),
    };
    Running {
        file,
        session,
        directories,
        note,
    }
}

/// Returns the newest entries of the project, which may be sessions that are kept in the KB.
fn newest_of_project(kb: &Kb) -> Vec<PathBuf> {
    let dir = project_directory(kb, &kb.project());
    let mut ids: Vec<SessionId> = fs::read_dir(&dir)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            entry
                .file_name()
                .to_str()?
                .strip_suffix(".md")?
                .parse()
                .ok()
        })
        .collect();
    ids.sort_unstable();
    let newest = ids.iter().rev().take(LOOKED_AT);
    newest.map(|id| dir.join(format!("{id}.md"))).collect()
}

fn by_id(all: Vec<Running>, name: &str) -> Result<Running> {
    let is_named = |running: &&Running| {
        let agent = running.session.agent.as_ref();
        running.session.id.to_string() == name || agent.is_some_and(|agent| agent.id == name)
    };
    let found: Vec<&Running> = all.iter().filter(is_named).collect();
    match found.as_slice() {
        [] => {
            let error = Error::not_found(format!("no session '{name}' is running"));
            Err(all.iter().fold(error, |error, running| {
                error.with_hint(describe_running(running))
            }))
        }
        [one] => Ok((*one).clone()),
        several => {
            // Two projects can have begun one in the same second.
            let several: Vec<Running> = several.iter().map(|one| (*one).clone()).collect();
            Err(self::several_running(&several))
        }
    }
}

fn several_running(running: &[Running]) -> Error {
    let error = Error::new(Kind::Usage, "several sessions are running here")
        .with_hint(Hint::from("say which one: ").then(Hint::option("session", "ID")));
    running.iter().fold(error, |error, running| {
        error.with_hint(describe_running(running))
    })
}

fn describe_running(running: &Running) -> String {
    let Running { session, file, .. } = running;
    format!("{} ({}) in {}", session.id, session.project, file.display())
}
