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
use std::cell::RefCell;
use std::path::{Path, PathBuf};

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

/// How many of a project's newest sessions are asked until when it is recorded: one that began
/// earlier may have ended later.
const LOOKED_AT: usize = 10;

/// What is recorded of a project.
struct Recorded {
    sessions: Vec<Session>,
    /// From here on nothing is; `None` if nothing is at all.
    until: Option<Timestamp>,
}

impl Recorded {
    fn find(kb: &Kb, project: &str) -> Result<Self> {
        let newest = derived::newest(kb, Some(project), LOOKED_AT)?;
        let is_here = |session: &Session| {
            // Another repository may be called the same.
            let first = session.directories.first();
            first.is_none_or(|dir| kb.shares_project(&kb.environment().absolute(Path::new(dir))))
        };
        let own = kb.project() == project;
        let newest = newest.into_iter().map(|(_, session)| session);
        let sessions: Vec<Session> = newest.filter(|one| !own || is_here(one)).collect();
        let ends = sessions.iter().map(|one| one.ended.unwrap_or(one.started));
        let until = ends.max();
        Ok(Recorded { sessions, until })
    }

    /// Returns whether the last session ended with these words already.
    fn says(&self, prompt: &[String]) -> bool {
        let last = self.sessions.first();
        last.is_some_and(|last| prompt.iter().all(|line| last.prompt.contains(line)))
    }

    /// Returns from when on a directory is to be looked at. How it looked at the end of its last
    /// session says it best, unless another program or another KB has recorded one since.
    fn since(&self, kb: &Kb, directory: &Path) -> Since {
        let shown = kb.environment().shown(directory);
        let here = |session: &&Session| session.directories.contains(&shown);
        let last = self.sessions.iter().filter(here).map(|one| one.id).max();
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
pub(crate) fn reconstruct(kb: &Kb, what: Reconstruction) -> Result<Option<Finished>> {
    let directories = start::directories(kb, &what.directories)?;
    let project = match &what.project {
        Some(project) => project.clone(),
        None => kb.used_from(&directories[0])?.project(),
    };
    let recorded = Recorded::find(kb, &project)?;
    let since: Vec<Since> = directories
        .iter()
        .map(|dir| recorded.since(kb, dir))
        .collect();
    // Before what is told. But where nothing was done no KB is made.
    let views = kb.exists().then(|| end::views(kb, &directories));
    let mut gathered = gather::gather(kb, &directories, &since);
    let Ending {
        summary,
        state,
        next,
        ..
    } = &what.ending;
    let said = summary.is_some() || state.is_some() || next.is_some();
    let nothing_done = gathered.is_empty() && what.evidence.is_empty();
    if nothing_done && !said {
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
    session.reconstructed = Some(describe(&sources, recorded.until, kb));
    let ending = Ending {
        uncommitted: gathered.uncommitted.clone(),
        ..what.ending
    };
    session.prompt = compose(&session, &ending);
    if nothing_done && recorded.says(&session.prompt) {
        return Ok(None);
    }
    if kb.create()? {
        let created = format!("created the knowledge base {}", kb.root().display());
        gathered.notes.push(created);
    }
    let views = views.unwrap_or_else(|| end::views(kb, &directories));
    let warnings = RefCell::default();
    let path = end::store_announced(kb, &mut session, |id, entry| {
        warnings.replace(end::keep(kb, &views, id, entry));
    })?;
    let mut warnings = warnings.into_inner();
    warnings.extend(end::update_derived(kb));
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
    let directories = directories.iter();
    Session {
        status: Status::Ended,
        ended: Some(to),
        directories: directories.map(|dir| kb.environment().shown(dir)).collect(),
        ..Session::new(SessionId::new(from, 1), project.to_owned(), from)
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
