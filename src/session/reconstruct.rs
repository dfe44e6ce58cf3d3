//! A session that was not recorded: what it was is concluded afterwards, from git, the times of
//! files, and whatever else is known.

use super::already_recorded::{RecordedSession, is_import};
use super::finish::{self, Finished};
use super::gather::{self, Gathered};
use super::location::is_of_repository;
use super::observe::Since;
use super::recorder::Recorder;
use super::resume::{Ending, compose_prompt};
use super::snapshots::{Snapshots, keep_snapshots, take_snapshots};
use super::{derived, move_record, registry, start};
use crate::error::Result;
use crate::kb::Kb;
use crate::model::{Session, SessionId, Source, Status, Timestamp, is_same_name};
use std::cell::RefCell;
use std::path::{Path, PathBuf};

/// What a further source, such as the transcript of an agent, holds about the work.
#[derive(Debug, Clone)]
pub(crate) struct Evidence {
    /// The source, for people: `a transcript of claude`.
    pub(crate) origin: String,
    /// What it holds; only times and rows count.
    pub(crate) record: Session,
}

/// What is to be reconstructed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reconstruction {
    /// Name of the project; `None`: that of the first directory.
    pub(crate) project: Option<String>,
    /// Directories, absolute; empty: the root of the git working tree, else the current one.
    pub(crate) directories: Vec<PathBuf>,
    /// What is stated about the end.
    pub(crate) ending: Ending,
    /// What is known besides.
    pub(crate) evidence: Vec<Evidence>,
}

/// How many of a project's newest sessions are asked until when it is recorded: one that began
/// earlier may have ended later.
const LOOKED_AT: usize = 10;

/// What is recorded of a project.
struct Recorded {
    sessions: Vec<RecordedSession>,
    /// From here on nothing is but what transcripts held; `None` if nothing is at all.
    until: Option<Timestamp>,
}

impl Recorded {
    fn find(kb: &Kb, project: &str) -> Result<Self> {
        let mut sessions = derived::newest_all_readable(kb, project, LOOKED_AT)?;
        let own = is_same_name(&kb.project(), project);
        sessions.retain(|(_, one)| !own || is_of_repository(kb, one));
        let records = sessions.iter().map(|(_, one)| one);
        let records = records.filter(|one| !is_import(one));
        let ends = records.map(|one| one.ended.unwrap_or(one.started));
        let until = ends.max();
        Ok(Recorded { sessions, until })
    }

    /// Returns whether the last session ended with these words already.
    fn says(&self, prompt: &[String]) -> bool {
        let last = self.sessions.first();
        last.is_some_and(|(_, last)| prompt.iter().all(|line| last.prompt.contains(line)))
    }

    /// Returns from when on a directory is to be looked at. How it looked at the end of its last
    /// session says it best, unless another program or another KB has recorded one since. To import a
    /// session is no look at its directory.
    fn since(&self, kb: &Kb, directory: &Path) -> Since {
        let shown = kb.environment().shown(directory);
        let here = |session: &&Session| session.directories.contains(&shown);
        let records = self.sessions.iter().map(|(_, one)| one);
        let looked = records.filter(|one| here(one) && !is_import(one));
        let last = looked.map(|one| one.id).max();
        match registry::last_seen(kb, directory) {
            Some((id, seen)) if last.is_none_or(|last| last <= id) => Since::Baseline(seen),
            _ => match self.until {
                Some(until) => Since::Time(until),
                None => Since::Unknown { now: kb.now() },
            },
        }
    }
}

/// Returns the time from which on nothing of the project is recorded yet; `None` if nothing is.
///
/// # Errors
///
/// If the records cannot be listed.
pub(crate) fn recorded_until(kb: &Kb, project: &str) -> Result<Option<Timestamp>> {
    Ok(Recorded::find(kb, project)?.until)
}

/// Writes the record of what was done since the last session of the project. `None` if nothing was.
///
/// # Errors
///
/// If the record cannot be written.
pub(crate) fn reconstruct_session(kb: &Kb, what: Reconstruction) -> Result<Option<Finished>> {
    let directories = start::session_directories(kb, &what.directories)?;
    let project = match &what.project {
        Some(project) => project.clone(),
        None => kb.used_from(&directories[0])?.project(),
    };
    let recorded = Recorded::find(kb, &project)?;
    let since: Vec<Since> = directories
        .iter()
        .map(|dir| recorded.since(kb, dir))
        .collect();
    // Before the changes are gathered. But where nothing was done no KB is made.
    let snapshots = kb.exists().then(|| take_snapshots(kb, &directories));
    let gathered = gather::gather_observations(kb, &directories, &since, &recorded.sessions);
    let nothing_done = gathered.is_empty() && what.evidence.is_empty();
    if nothing_done && what.ending.is_empty() {
        return Ok(None);
    }
    let mut session = empty_record(
        kb,
        project,
        &directories,
        evidence_span(kb, &what.evidence, &gathered),
    );
    tell_evidence(&mut session, &what, &gathered, kb, recorded.until);
    if nothing_done && recorded.says(&session.prompt) {
        return Ok(None);
    }
    let mut notes = gathered.notes;
    if kb.create()? {
        notes.push(format!(
            "created the knowledge base {}",
            kb.root().display()
        ));
    }
    let snapshots = snapshots.unwrap_or_else(|| take_snapshots(kb, &directories));
    save_reconstructed(kb, session, &snapshots, notes).map(Some)
}

/// Returns when the work began and ended, as far as anything shows: the last stretch of it without
/// a gap in which a session would have been forgotten. A night is no work.
fn evidence_span(kb: &Kb, evidence: &[Evidence], gathered: &Gathered) -> (Timestamp, Timestamp) {
    let spans = evidence.iter().map(|evidence| {
        let Session { started, ended, .. } = evidence.record;
        (started, ended.unwrap_or(started))
    });
    let instants = gathered.times.iter().map(|time| (*time, *time));
    let mut spans: Vec<(Timestamp, Timestamp)> = spans.chain(instants).collect();
    spans.sort_unstable();
    let last_stretch = spans.into_iter().reduce(|(first, last), (from, to)| {
        if finish::is_longer_than_idle(kb, last, from) {
            (from, to)
        } else {
            (first, last.max(to))
        }
    });
    last_stretch.unwrap_or_else(|| (kb.now(), kb.now()))
}

/// Puts into the record what is known of the work.
fn tell_evidence(
    session: &mut Session,
    what: &Reconstruction,
    gathered: &Gathered,
    kb: &Kb,
    recorded: Option<Timestamp>,
) {
    let evidence = || what.evidence.iter();
    // So that an import of the same transcript goes on with this record.
    session.agent = evidence().find_map(|evidence| evidence.record.agent.clone());
    let mut recorder = Recorder::new(session);
    for evidence in evidence() {
        recorder.merge_record(&evidence.record);
    }
    gathered.fold_into(session, kb, Source::Inferred);
    let origins = evidence().map(|evidence| evidence.origin.clone());
    let sources: Vec<String> = gathered.evidence.iter().cloned().chain(origins).collect();
    session.reconstructed = Some(describe_sources(&sources, recorded, kb));
    let ending = Ending {
        uncommitted: gathered.uncommitted.clone(),
        ..what.ending.clone()
    };
    session.prompt = compose_prompt(session, &ending);
}

/// Writes the record, and what follows from it.
fn save_reconstructed(
    kb: &Kb,
    mut session: Session,
    snapshots: &Snapshots,
    notes: Vec<String>,
) -> Result<Finished> {
    let warnings = RefCell::default();
    let path = move_record::store_record_with(kb, &mut session, |id, entry| {
        warnings.replace(keep_snapshots(kb, snapshots, id, entry));
    })?;
    let mut warnings = warnings.into_inner();
    warnings.extend(derived::update_with_warnings(kb));
    Ok(Finished {
        session,
        path,
        notes,
        warnings,
    })
}

fn empty_record(
    kb: &Kb,
    project: String,
    directories: &[PathBuf],
    (from, to): (Timestamp, Timestamp),
) -> Session {
    let (from, to) = (from.in_zone(kb.zone()), to.in_zone(kb.zone()));
    let directories = directories.iter();
    Session {
        status: Status::Ended,
        ended: Some(to),
        directories: directories.map(|dir| kb.environment().shown(dir)).collect(),
        ..Session::new(SessionId::new(from, 1), project, from)
    }
}

/// `from 3 commits and 2 uncommitted files, since 2025-03-21 14:30 UTC`
fn describe_sources(sources: &[String], recorded: Option<Timestamp>, kb: &Kb) -> String {
    let from = match sources {
        [] => "what was stated at the end".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    };
    match recorded {
        Some(until) => {
            let time = crate::markdown::session_entry::heading_time(until.in_zone(kb.zone()));
            format!("from {from}, since {time}")
        }
        None => format!("from {from}"),
    }
}
