//! Detaching a record from its journal.

use super::attach::AttachedRecord;
use super::taking::take_rest;
use super::{Folded, Journal, journal_directory};
use crate::agents::Agent;
use crate::agents::background_commands::forget_background;
use crate::agents::missing_events::forget_place;
use crate::agents::parent_sessions::forget_sub_agents;
use crate::agents::{hook_activity, journal};
use crate::error::Result;
use crate::kb::{Kb, remove_if_there};
use crate::markdown::session as format;
use crate::model::{Session, Status};
use crate::session::location::is_in_project;
use crate::session::move_record::move_into_kb;
use crate::session::{derived, registry};
use std::fs;
use std::path::{Path, PathBuf};

/// What has become of a record.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum DetachOutcome {
    /// It goes on, or there was none.
    #[default]
    Nothing,
    /// It was removed: there was nothing in it.
    Removed,
    /// It has ended.
    Ended,
}

impl DetachOutcome {
    /// Brings what is derived from the records up to date.
    pub(super) fn derive(self, kb: &Kb) -> Result<()> {
        let listed = || {
            let logs = kb.root().join(&kb.config().session_logs);
            logs.join("SESSION_INDEX.md").exists()
        };
        match self {
            DetachOutcome::Nothing => Ok(()),
            // Nothing is listed for the sake of a session that was none.
            DetachOutcome::Removed if !listed() => Ok(()),
            DetachOutcome::Removed | DetachOutcome::Ended => {
                derived::update_derived(kb).map(|_| ())
            }
        }
    }
}

/// Detaches a record from its journal for good, and makes it an entry if it has ended.
pub(super) fn retire_journal(
    kb: &Kb,
    attached: &AttachedRecord,
    journal: &Journal<'_>,
) -> Result<Folded> {
    let (session, aside) = detach_record(kb, attached, journal)?;
    let outcome = match session.status {
        // The agent went on at the last moment.
        Status::Active => DetachOutcome::Nothing,
        Status::Ended => finish_record(kb, attached, &session)?,
    };
    Ok(Folded {
        outcome,
        done: Some(aside),
    })
}

fn finish_record(kb: &Kb, attached: &AttachedRecord, session: &Session) -> Result<DetachOutcome> {
    registry::forget_note(kb, &session.project, session.id);
    if remove_empty(kb, &attached.file, session)? {
        Ok(DetachOutcome::Removed)
    } else {
        if is_in_project(&attached.file) {
            move_into_kb(kb, &attached.file)?;
        }
        Ok(DetachOutcome::Ended)
    }
}

/// Lets a session that was begun by hand go on without the agent.
pub(super) fn detach_journal(
    kb: &Kb,
    attached: &AttachedRecord,
    journal: &Journal<'_>,
) -> Result<Folded> {
    let mut notes = registry::all_readable(kb)?.into_iter();
    let (session, aside) = detach_record(kb, attached, journal)?;
    let id = session.id.to_string();
    if let Some(mut note) = notes.find(|note| note.id == id && note.project == session.project) {
        note.joined = false;
        registry::write_note(kb, &note)?;
    }
    Ok(Folded {
        outcome: DetachOutcome::Nothing,
        done: Some(aside),
    })
}

fn detach_record(
    kb: &Kb,
    attached: &AttachedRecord,
    journal: &Journal<'_>,
) -> Result<(Session, PathBuf)> {
    let aside = journal::put_aside(journal.path)?;
    journal::settle(&aside, kb.lock_timeout())?;
    let session = take_rest(kb, attached, journal, &aside)?;
    Ok((session, aside))
}

/// Removes a journal, if it is there. That the hooks of its agent work stays known.
pub(super) fn remove_journal(kb: &Kb, path: &Path) -> Result<()> {
    if let Ok(Some((_, last))) = journal::read_headers(path)
        && let Some(agent) = Agent::from_name(&last.agent)
    {
        let dir = journal_directory(kb);
        hook_activity::note_activity(&dir, agent, last.at);
        forget_place(&dir, &last.agent, &last.session);
        forget_background(&dir, &last.agent, &last.session);
        forget_sub_agents(&dir, &last.agent, &last.session);
    }
    remove_if_there(path)
}

/// Removes the record of a session that was opened and closed again: nothing happened that is
/// worth a record. One that was written to by hand is kept.
fn remove_empty(kb: &Kb, file: &Path, session: &Session) -> Result<bool> {
    if !session.is_blank() {
        return Ok(false);
    }
    let removed = kb.remove(file, format::render_record(session).as_bytes())?;
    let in_kb = removed && !is_in_project(file);
    if let Some(dir) = file.parent().filter(|_| in_kb) {
        // Only if it is empty.
        let _ = fs::remove_dir(dir);
    }
    Ok(removed)
}
