//! Ending a session: the record becomes an entry of the KB.
//!
//! In this order, each step of which can be done again after a crash: it is noted how the
//! directories look; the record says that it has ended; it is written to its place in the KB; it is
//! removed from the project; the derived files follow. What is found half done is finished by the
//! next command.

use super::gather::{self, Gathered};
use super::location::{entry_file, entry_path};
use super::move_record::{find_moved, move_into_kb};
use super::observe::Since;
use super::recorder::Recorder;
use super::resume::{Ending, compose_prompt, stated_ending};
use super::running::Running;
use super::snapshots::{keep_snapshots, take_snapshots};
use super::{derived, record, registry};
use crate::error::Result;
use crate::kb::Kb;
use crate::model::{EntryPath, Session, SessionId, Source, Status, Timestamp};

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
/// if another process has ended it meanwhile.
pub(crate) fn end_now(kb: &Kb, running: &Running, ending: Ending) -> Result<Finished> {
    finish_with(kb, running, ending, |session, last| {
        let end = if is_idle(kb, last) { last } else { kb.now() };
        session.ended = Some(end.max(session.started));
    })
}

/// Ends a session that was forgotten: it ended at its last activity.
///
/// # Errors
///
/// As [`end_now`].
pub(crate) fn end_idle(kb: &Kb, running: &Running) -> Result<Finished> {
    finish_with(kb, running, Ending::default(), |session, last| {
        session.ended = Some(last.max(session.started));
    })
}

/// Returns whether nothing has happened for so long that a session counts as forgotten.
pub(crate) fn is_idle(kb: &Kb, last: Timestamp) -> bool {
    is_longer_than_idle(kb, last, kb.now())
}

/// Returns whether there is more time between two moments than a session may be idle.
pub(crate) fn is_longer_than_idle(kb: &Kb, from: Timestamp, to: Timestamp) -> bool {
    let hours = i64::try_from(kb.config().idle_hours).unwrap_or(i64::MAX);
    let limit = hours.saturating_mul(3600);
    to.seconds().saturating_sub(from.seconds()) > limit
}

/// Returns when something happened last in a session: what its log says, and when files changed.
pub(crate) fn last_activity(kb: &Kb, session: &Session, gathered: &Gathered) -> Timestamp {
    let seen = gathered.span.map(|(_, last)| last.min(kb.now()));
    let noted = registry::last_activity(kb, &session.project, session.id);
    let told = seen.into_iter().chain(noted);
    told.fold(last_event_time(session, kb), Timestamp::max)
        .in_zone(kb.zone())
}

/// Ends a session whose end was never reported: it ended with its last event.
///
/// # Errors
///
/// As [`end_now`].
pub(crate) fn interrupt_session(kb: &Kb, running: &Running, why: &str) -> Result<Finished> {
    finish_with(kb, running, Ending::default(), |session, _| {
        session.ended = Some(last_event_time(session, kb));
        session.interrupted = Some(format!("not ended properly: {why}"));
    })
}

/// Completes a session that has ended with what was missing then.
///
/// # Errors
///
/// If its entry cannot be written.
pub(crate) fn amend_ended(kb: &Kb, entry: &EntryPath, ending: &Ending) -> Result<Finished> {
    let (session, ()) =
        record::change_record_file(kb, &kb.root().join(entry.as_str()), |session| {
            let before = stated_ending(session);
            if let Some(next) = &ending.next {
                Recorder::new(session).add_next_step(next);
            }
            let ending = Ending {
                summary: ending.summary.clone().or(before.summary),
                state: ending.state.clone().or(before.state),
                next: ending.next.clone().or(before.next),
                uncommitted: before.uncommitted,
            };
            session.prompt = compose_prompt(session, &ending);
            Ok(())
        })?;
    Ok(Finished {
        session,
        path: entry.clone(),
        notes: Vec::new(),
        warnings: derived::update_with_warnings(kb),
    })
}

/// Returns what changed in the directories of a session since it began.
pub(crate) fn observe_since_start(kb: &Kb, running: &Running) -> Gathered {
    let Running {
        session,
        directories,
        ..
    } = running;
    // By the names that it had when it began: the record may have been edited.
    let note = running.note.as_ref();
    let begun = note.and_then(|note| Some((note.project.as_str(), note.id.parse().ok()?)));
    let (project, id) = begun.unwrap_or((&session.project, session.id));
    let known = registry::read_baselines(kb, project, id);
    let since: Vec<Since> = directories
        .iter()
        .map(|dir| {
            let known = known.iter().find(|(known, _)| known == dir);
            known.map_or(Since::Time(session.started), |(_, baseline)| {
                Since::Baseline(baseline.clone())
            })
        })
        .collect();
    gather::gather_observations(kb, directories, &since, &[])
}

/// Returns the time of the last event, which the log has to the minute.
fn last_event_time(session: &Session, kb: &Kb) -> Timestamp {
    let last = session
        .progress
        .iter()
        .map(|event| kb.zone().at(event.time));
    last.fold(session.started, Timestamp::max)
        .in_zone(kb.zone())
}

fn finish_with(
    kb: &Kb,
    running: &Running,
    ending: Ending,
    end: impl Fn(&mut Session, Timestamp),
) -> Result<Finished> {
    // The snapshot is kept before the changes are gathered: what changes in between counts twice at
    // worst.
    let snapshots = take_snapshots(kb, &running.directories);
    let gathered = observe_since_start(kb, running);
    let Session { project, id, .. } = &running.session;
    let expected = entry_file(kb, project, *id);
    let mut warnings = keep_snapshots(kb, &snapshots, *id, &expected);
    let ending = Ending {
        uncommitted: gathered.uncommitted.clone(),
        ..ending
    };
    let (session, ()) = record::log_to_record(kb, &running.file, |session| {
        let last = last_activity(kb, session, &gathered);
        gathered.fold_into(session, kb, Source::Observed);
        end(session, last);
        session.status = Status::Ended;
        if let Some(next) = &ending.next {
            Recorder::new(session).add_next_step(next);
        }
        session.prompt = compose_prompt(session, &ending);
        Ok(())
    })?;
    let (path, id) = match move_ended(kb, running, &session, &mut warnings)? {
        Some(moved) => moved,
        None => (entry_path(kb, &expected)?, *id),
    };
    let session = Session { id, ..session };
    let entry = kb.root().join(path.as_str());
    if entry != expected {
        warnings.extend(keep_snapshots(kb, &snapshots, id, &entry));
    }
    warnings.extend(derived::update_with_warnings(kb));
    forget_note(kb, running);
    Ok(Finished {
        session,
        path,
        notes: gathered.notes,
        warnings,
    })
}

/// Moves the record of a session that has ended to its place. Returns where it is and under which id,
/// if it lay elsewhere.
fn move_ended(
    kb: &Kb,
    running: &Running,
    session: &Session,
    warnings: &mut Vec<String>,
) -> Result<Option<(EntryPath, SessionId)>> {
    match move_into_kb(kb, &running.file) {
        // Another process that saw it in between has done that.
        Ok(None) => find_moved(kb, session),
        Ok(moved) => Ok(moved),
        Err(error) => {
            let Some(there) = find_moved(kb, session).ok().flatten() else {
                reopen_record(kb, running);
                return Err(error);
            };
            // It has ended: whichever command comes next finishes the move.
            warnings.push(error.to_string());
            Ok(Some(there))
        }
    }
}

fn forget_note(kb: &Kb, running: &Running) {
    registry::forget_note(kb, &running.session.project, running.session.id);
    if let Some((note, id)) = running
        .note
        .as_ref()
        .and_then(|note| Some((note, note.id.parse().ok()?)))
    {
        registry::forget_note(kb, &note.project, id);
    }
}

/// Lets a session go on that has ended, but cannot be brought to its place.
fn reopen_record(kb: &Kb, running: &Running) {
    let Session {
        ended,
        interrupted,
        prompt,
        ..
    } = &running.session;
    // If that fails too, the next command tries to bring it there.
    let _ = record::change_record_file(kb, &running.file, |session| {
        session.status = Status::Active;
        session.ended = *ended;
        session.interrupted.clone_from(interrupted);
        session.prompt.clone_from(prompt);
        Ok(())
    });
}
