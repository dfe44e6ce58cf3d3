//! Taking what a journal holds into a record.

use super::Journal;
use super::binding::Bound;
use crate::agents::apply::Scene;
use crate::agents::{Happening, HappeningKind, journal};
use crate::error::Result;
use crate::kb::Kb;
use crate::model::{Session, Source, Status, Timestamp};
use crate::session::recorder::Recorder;
use crate::session::resume::{compose, stated};
use crate::session::{gather, record};
use std::path::{Path, PathBuf};

/// Why a session without an end was finished.
const GONE: &str = "not ended properly: the agent's process was gone";

/// Brings the record up to date with the journal, which lies at `path` now. If that tells that the
/// session is over, or its process is gone, the record ends with it, in the same change.
pub(super) fn take_in(
    kb: &Kb,
    bound: &Bound,
    journal: &Journal<'_>,
    path: &Path,
) -> Result<Session> {
    change(kb, bound, journal, path, |_| {})
}

/// Brings the record up to date with a journal that was put aside, and lets it take leave of it.
pub(super) fn take_rest(
    kb: &Kb,
    bound: &Bound,
    journal: &Journal<'_>,
    path: &Path,
) -> Result<Session> {
    change(kb, bound, journal, path, |session| {
        session.journal = None;
        if bound.joined {
            session.agent = None;
        }
    })
}

fn change(
    kb: &Kb,
    bound: &Bound,
    journal: &Journal<'_>,
    path: &Path,
    then: impl Fn(&mut Session),
) -> Result<Session> {
    let (session, ()) = record::change(kb, &bound.file, |session| {
        let from = match (session.journal, journal::is_aside(path)) {
            (Some(from), _) => from,
            (None, false) => 0,
            // It has taken leave of this one.
            (None, true) => return Ok(()),
        };
        let end = take_from(kb, session, path, from)?;
        if !bound.joined && session.status == Status::Active {
            match end {
                Some(at) => close(kb, session, at, None),
                None if journal.gone => {
                    let last = last_time(kb, path)?.unwrap_or(session.started);
                    close(kb, session, last, Some(GONE));
                }
                None => {}
            }
        }
        then(session);
        Ok(())
    })?;
    Ok(session)
}

/// Applies what happened from the byte `from` on. Returns when the session ended, if it did.
fn take_from(kb: &Kb, session: &mut Session, path: &Path, from: u64) -> Result<Option<Timestamp>> {
    let scene = scene(kb);
    let mut end = None;
    let mut recorder = Recorder::new(session);
    let read = journal::scan(path, from, &mut |happening| {
        reopen(recorder.session_mut(), &happening);
        scene.apply(&mut recorder, &happening);
        heed_end(&scene, &mut end, &happening);
    })?;
    session.journal = Some(read.end);
    Ok(end)
}

/// Returns when the session ended, if the journal says so and nothing says that it went on.
pub(super) fn end_of(kb: &Kb, path: &Path) -> Result<Option<Timestamp>> {
    let scene = scene(kb);
    let mut end = None;
    journal::scan(path, 0, &mut |happening| {
        heed_end(&scene, &mut end, &happening);
    })?;
    Ok(end)
}

fn heed_end(scene: &Scene<'_>, end: &mut Option<Timestamp>, happening: &Happening) {
    match happening.kind {
        HappeningKind::End { .. } => *end = Some(scene.time(happening)),
        _ if goes_on(happening) => *end = None,
        // Hooks that were called earlier may write later.
        _ => {}
    }
}

fn scene(kb: &Kb) -> Scene<'_> {
    Scene {
        environment: kb.environment(),
        zone: kb.zone(),
        source: Source::Observed,
    }
}

fn last_time(kb: &Kb, path: &Path) -> Result<Option<Timestamp>> {
    let scene = scene(kb);
    let mut last = None;
    journal::scan(path, 0, &mut |happening| {
        last = last.max(Some(scene.time(&happening)));
    })?;
    Ok(last)
}

/// Whether it says that the agent's session goes on.
fn goes_on(happening: &Happening) -> bool {
    matches!(
        happening.kind,
        HappeningKind::Start { .. } | HappeningKind::Prompt { .. }
    )
}

/// A session that the agent goes on with has not ended; nor has one whose process only seemed to be
/// gone. What somebody stated when it ended is kept for its next end.
fn reopen(session: &mut Session, happening: &Happening) {
    let seemed_gone = session.interrupted.is_some();
    let is_end = matches!(happening.kind, HappeningKind::End { .. });
    let again = goes_on(happening) || (seemed_gone && !is_end);
    if !again || session.status == Status::Active {
        return;
    }
    session.status = Status::Active;
    session.ended = None;
    session.interrupted = None;
    if stated(session).is_empty() {
        session.prompt.clear();
    }
}

/// Adds what changed in the directories of a session while it went on: not every agent tells what
/// the commands changed that it ran.
fn what_shells_did(kb: &Kb, session: &mut Session) {
    let absolute = |dir: &String| kb.environment().absolute(Path::new(dir));
    let directories: Vec<PathBuf> = session.directories.iter().map(absolute).collect();
    let ended = session.ended.unwrap_or(session.started);
    let seen = gather::gather_between(kb, &directories, session.started, ended);
    seen.fold_into(session, kb, Source::Observed);
}

fn close(kb: &Kb, session: &mut Session, at: Timestamp, why: Option<&str>) {
    session.status = Status::Ended;
    session.ended = Some(at.in_zone(kb.zone()).max(session.started));
    session.interrupted = why.map(str::to_owned);
    what_shells_did(kb, session);
    session.prompt = compose(session, &stated(session));
}
