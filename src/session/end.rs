//! Ending a session: the record becomes an entry of the KB.
//!
//! In this order, each step of which can be done again after a crash: it is noted how the
//! directories look; the record says that it has ended; it is written to its place in the KB; it is
//! removed from the project; the derived files follow. What is found half done is finished by the
//! next command.

use super::deliver::{deliver, delivered_by_another};
use super::gather::{self, Gathered};
use super::observe::{Baseline, Observer, Since};
use super::resume::{Ending, compose};
use super::running::Running;
use super::{derived, record, registry, start};
use crate::error::Result;
use crate::kb::Kb;
use crate::model::{EntryPath, Session, SessionId, Source, Status, Timestamp};
use std::path::{Path, PathBuf};

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
