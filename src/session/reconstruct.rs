//! A session that nobody began: what it was is concluded afterwards, from git, the times of files,
//! and whatever else is known.

use super::changes::{self, FileNews};
use super::end::{self, Finished};
use super::gather;
use super::observe::Since;
use super::resume::{Ending, compose};
use super::{derived, registry, start};
use crate::error::Result;
use crate::kb::Kb;
use crate::model::{Session, SessionId, Source, Status, Timestamp};
use std::path::PathBuf;

/// What a further source, such as the transcript of an agent, tells about the work.
#[derive(Debug, Clone)]
pub(crate) struct Evidence {
    /// The source, for people: `a transcript of claude`.
    pub(crate) origin: String,
    /// What it tells; only times and rows count.
    pub(crate) record: Session,
}

/// What is to be reconstructed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reconstruction {
    /// Name of the project; `None`: that of the first directory.
    pub(crate) project: Option<String>,
    /// Directories, absolute; empty: the root of the git working tree, else the current one.
    pub(crate) directories: Vec<PathBuf>,
    /// What is said about the end.
    pub(crate) ending: Ending,
    /// What is known besides.
    pub(crate) evidence: Vec<Evidence>,
}

/// Returns the time from which on nothing of the project is recorded yet; `None` if nothing is.
///
/// # Errors
///
/// If the records cannot be listed.
pub(crate) fn recorded_until(kb: &Kb, project: &str) -> Result<Option<Timestamp>> {
    let newest = derived::newest(kb, Some(project), 1)?;
    Ok(newest
        .first()
        .map(|(_, session)| session.ended.unwrap_or(session.started)))
}

/// Writes the record of what was done since the last session of the project. `None` if nothing was.
///
/// # Errors
///
/// If the record cannot be written.
pub(crate) fn reconstruct(kb: &Kb, what: Reconstruction) -> Result<Option<Finished>> {
    let directories = start::directories(kb, &what.directories)?;
    let project = match &what.project {
        Some(project) => project.clone(),
        None => kb.used_from(&directories[0])?.project(),
    };
    let recorded = recorded_until(kb, &project)?;
    let since: Vec<Since> = directories
        .iter()
        .map(|dir| match (registry::last_seen(kb, dir), recorded) {
            (Some(seen), Some(_)) => Since::Baseline(seen),
            (_, Some(until)) => Since::Time(until),
            (_, None) => Since::Unknown { now: kb.now() },
        })
        .collect();
    let gathered = gather::gather(kb, &directories, &since);
    let said =
        what.ending.summary.is_some() || what.ending.state.is_some() || what.ending.next.is_some();
    if gathered.is_empty() && what.evidence.is_empty() && !said {
        return Ok(None);
    }
    let spans = what.evidence.iter().map(|evidence| {
        let Session { started, ended, .. } = evidence.record;
        (started, ended.unwrap_or(started))
    });
    let span = spans
        .chain(gathered.span)
        .reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    let (from, to) = span.unwrap_or_else(|| (kb.now(), kb.now()));
    let mut session = empty(kb, &project, &directories, from, to);
    // So that an import of the same transcript goes on with this record.
    let mut agents = what
        .evidence
        .iter()
        .filter_map(|evidence| evidence.record.agent.clone());
    session.agent = agents.next();
    for evidence in &what.evidence {
        absorb(&mut session, &evidence.record);
    }
    gathered.fold_into(&mut session, kb, Source::Inferred);
    let origins = what.evidence.iter().map(|evidence| evidence.origin.clone());
    let sources: Vec<String> = gathered.evidence.iter().cloned().chain(origins).collect();
    session.reconstructed = Some(describe(&sources, recorded, kb));
    let ending = Ending {
        uncommitted: gathered.uncommitted.clone(),
        ..what.ending
    };
    session.prompt = compose(&session, &ending);
    kb.create()?;
    let path = end::store(kb, &mut session)?;
    let warnings = end::aftermath(kb, &session.project, &directories);
    Ok(Some(Finished {
        session,
        path,
        notes: gathered.notes,
        warnings,
    }))
}

fn empty(
    kb: &Kb,
    project: &str,
    directories: &[PathBuf],
    from: Timestamp,
    to: Timestamp,
) -> Session {
    let (from, to) = (from.in_zone(kb.zone()), to.in_zone(kb.zone()));
    Session {
        id: SessionId::new(from, 1),
        project: project.to_owned(),
        status: Status::Ended,
        started: from,
        ended: Some(to),
        directories: directories
            .iter()
            .map(|dir| kb.environment().shown(dir))
            .collect(),
        agent: None,
        journal: None,
        goal: None,
        reconstructed: None,
        interrupted: None,
        progress: Vec::new(),
        files: Vec::new(),
        decisions: Vec::new(),
        blockers: Vec::new(),
        tools: Vec::new(),
        prompt: Vec::new(),
    }
}

/// `from 3 commits and 2 uncommitted files, since 2025-03-21 14:30 UTC`
fn describe(sources: &[String], recorded: Option<Timestamp>, kb: &Kb) -> String {
    let from = match sources {
        [] => "what was said at the end".to_owned(),
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

/// Adds the rows of another record.
pub(crate) fn absorb(session: &mut Session, other: &Session) {
    for event in &other.progress {
        changes::add_event(session, event.time, &event.text, event.source);
    }
    for file in &other.files {
        let news = FileNews {
            path: &file.path,
            action: Some(file.action),
            notes: &file.notes,
            source: file.source,
        };
        changes::set_file(session, news);
    }
    for row in &other.decisions {
        changes::decide(session, &row.decision, &row.rationale, row.source);
    }
    for row in &other.blockers {
        changes::block(session, &row.blocker, row.source);
        if !row.resolution.is_empty() {
            // Named in full, hence found.
            let _ = changes::resolve(session, Some(&row.blocker), &row.resolution, row.source);
        }
    }
    for tool in &other.tools {
        changes::count_tool(session, &tool.name, tool.uses, tool.source);
    }
}
