//! Which record an agent's session belongs to.

use super::Journal;
use crate::agents::journal;
use crate::error::Result;
use crate::kb::{Kb, SessionFile};
use crate::model::{Session, SessionId};
use crate::session::connection::NotedConnection;
use crate::session::registry::{self, Note};
use crate::session::running::{self, Running};
use crate::session::start::{Beginning, start_record, workplace_of};
use crate::session::unread::UnreadRecord;
use crate::session::{derived, record};
use std::path::{Path, PathBuf};

/// How many of a project's newest sessions are looked at for one that an agent goes on with.
const LOOKED_AT: usize = 200;

/// The record of an agent's session.
pub(super) struct AttachedRecord {
    /// Its file.
    pub(super) file: PathBuf,
    /// Whether a person began it by hand: it goes on without the agent.
    pub(super) joined: bool,
    /// Name of the agent that began it over a connection, if one did.
    pub(super) client: Option<String>,
}

impl AttachedRecord {
    fn new(running: &Running, joined: bool) -> Self {
        let note = running.note.as_ref();
        let connection = note.and_then(|note| note.connection.as_ref());
        let client = connection.and_then(NotedConnection::agent);
        AttachedRecord {
            file: running.file.clone(),
            joined,
            client: client.map(str::to_owned),
        }
    }
}

/// Returns the record of an agent's session: the one it has, else one that was begun by hand
/// in its directory, else a new one. `None` for a journal that was put aside and whose record is
/// not its record any more.
///
/// # Errors
///
/// If a record cannot be read that may be the one: attaching has to wait until it can.
pub(super) fn attach_record(kb: &Kb, journal: &Journal<'_>) -> Result<Option<AttachedRecord>> {
    let agent = Some(&journal.agent);
    let (all, mut unread) = running::all_with_unread(kb)?;
    if let Some(own) = all.iter().find(|one| one.session.agent.as_ref() == agent) {
        let joined = own.note.as_ref().is_some_and(|note| note.joined);
        return Ok(Some(AttachedRecord::new(own, joined)));
    }
    let project = journal.first.project.clone();
    let project = project.unwrap_or_else(|| kb.project());
    let (earlier, unread_entries) = derived::newest_with_unread(kb, &project, LOOKED_AT)?;
    let is_own = |one: &Session| one.agent.as_ref() == agent;
    let mut own = earlier.into_iter().find(|(_, one)| is_own(one));
    if own.is_none() && !journal::begins_anew(journal.path)? {
        // Its project may have got another name.
        let all = derived::newest_sessions(kb, None, LOOKED_AT)?;
        own = all.into_iter().find(|(_, one)| is_own(one));
    }
    if let Some((path, _)) = own {
        return Ok(Some(AttachedRecord {
            file: kb.root().join(path.as_str()),
            joined: false,
            client: None,
        }));
    }
    unread.extend(unread_entries);
    check_not_unread(kb, unread, journal)?;
    if journal::is_aside(journal.path) {
        return Ok(None);
    }
    if let Some(joined) = join_running(kb, all, journal)? {
        return Ok(Some(joined));
    }
    let beginning = Beginning {
        project: Some(project),
        directories: vec![workplace_of(Path::new(&journal.first.cwd))],
        agent: agent.cloned(),
        place: kb.config().session_file.unwrap_or(SessionFile::Kb),
        started: Some(journal.first.began()),
        journal: Some(0),
        goal: None,
        beside: true,
    };
    let running = start_record(kb, &beginning, journal.owner.clone())?;
    Ok(Some(AttachedRecord::new(&running, false)))
}

/// Makes sure that none of the records that cannot be read may be that of the journal: they hold up
/// the session that they may belong to, and no other.
///
/// # Errors
///
/// Why such a one cannot be read.
fn check_not_unread(kb: &Kb, unread: Vec<UnreadRecord>, journal: &Journal<'_>) -> Result<()> {
    if unread.is_empty() {
        return Ok(());
    }
    // What is put aside belongs to a record that was there before.
    let goes_on = journal::is_aside(journal.path) || !journal::begins_anew(journal.path)?;
    let began = SessionId::new(journal.first.began().in_zone(kb.zone()), 1).start();
    // A record is named for its beginning, and a session that begins anew has none of before.
    let may_be_own = |record: &UnreadRecord| match record.id.map(SessionId::start) {
        Some(start) if !record.by_hand => start == began || goes_on && start < began,
        _ => true,
    };
    let own = unread.into_iter().find(may_be_own);
    own.map_or(Ok(()), |record| Err(record.error))
}

/// Lets an agent's events go into the one session that was begun by hand in its directory, or by the
/// agent itself, and to which no agent belongs.
fn join_running(
    kb: &Kb,
    all: Vec<Running>,
    journal: &Journal<'_>,
) -> Result<Option<AttachedRecord>> {
    let here = running::running_here(kb, all);
    let [running] = here.as_slice() else {
        return Ok(None);
    };
    let abandoned = running.is_abandoned();
    let Some(note) = running.note.as_ref().filter(|_| !abandoned) else {
        return Ok(None);
    };
    let is_others = note.connection.as_ref().is_some_and(|connection| {
        let of_agent = connection.may_be_of(&journal.agent.name);
        !of_agent || note.owner.is_none() || note.owner != journal.owner
    });
    if running.session.agent.is_some() || is_others {
        return Ok(None);
    }
    let note = Note {
        joined: true,
        ..note.clone()
    };
    registry::write_note(kb, &note)?;
    record::log_to_record(kb, &running.file, |session| {
        session.agent = Some(journal.agent.clone());
        session.client = None;
        session.journal = Some(0);
        Ok(())
    })?;
    Ok(Some(AttachedRecord::new(running, true)))
}

/// Keeps what is noted of a running session true: an agent goes on with it in another process, or
/// after it had ended.
pub(super) fn keep_note(
    kb: &Kb,
    attached: &AttachedRecord,
    journal: &Journal<'_>,
    session: &Session,
) -> Result<()> {
    let id = session.id.to_string();
    let mut noted = registry::all_readable(kb)?.into_iter();
    let noted = noted.find(|note| note.id == id && note.project == session.project);
    let note = noted.clone().unwrap_or_else(|| Note {
        project: session.project.clone(),
        id,
        file: attached.file.clone(),
        directories: kb.environment().absolute_all(&session.directories),
        owner: None,
        connection: None,
        joined: false,
    });
    let note = Note {
        owner: journal.owner.clone().or(note.owner.clone()),
        ..note
    };
    if noted.as_ref() == Some(&note) {
        Ok(())
    } else {
        registry::write_note(kb, &note)
    }
}
