//! The records that there are of agents' sessions.

use crate::error::Result;
use crate::kb::Kb;
use crate::model::{AgentSession, EntryPath, Session, Timestamp};
use crate::session::derived;
use crate::session::running::{self, Running};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// An agent's session whose record is looked for.
pub(super) struct Sought<'a> {
    pub(super) agent: &'a AgentSession,
    /// Where it worked, the home directory written `~`.
    pub(super) directories: &'a [String],
    /// When it called the tool that begins sessions, in milliseconds since 1970.
    pub(super) begun: &'a [i64],
}

/// How far the time of a call may be from that at which the session began, in milliseconds: the one is
/// the agent's, to the end of the call.
const CALL_TIME: i64 = 10_000;

/// A record that there is.
#[derive(Debug, Clone)]
pub(super) struct Record {
    /// The entry, absolute.
    pub(super) file: PathBuf,
    /// Whether it was made while the session went on.
    pub(super) live: bool,
}

/// Where the record of an agent's session is.
pub(super) enum Found {
    /// In the KB.
    InKb(Record),
    /// Where the work is done, as long as the session goes on.
    Outside,
}

/// Finds the records of agents' sessions. They are listed once, and again when other sessions run than
/// before: one may begin or end while transcripts are read.
#[derive(Debug, Default)]
pub(super) struct RecordFinder {
    by_project: HashMap<String, Records>,
    /// All, once one was looked for that is not in its project: that may have got another name.
    all: Option<AllRecords>,
}

#[derive(Debug, Default)]
struct AllRecords {
    in_kb: Records,
    outside: Records,
    /// The records of sessions that ran when it was listed.
    running: Vec<PathBuf>,
}

/// Records of agents' sessions.
#[derive(Debug, Default)]
struct Records {
    named: HashMap<AgentSession, Record>,
    /// Those of agents that did not say which of their sessions it is.
    nameless: Vec<NamelessRecord>,
}

#[derive(Debug)]
struct NamelessRecord {
    record: Record,
    client: String,
    started: Timestamp,
    directories: Vec<String>,
}

impl RecordFinder {
    /// Returns where the record of an agent's session is: of one that names it, else of the first
    /// that a call in its transcript began.
    ///
    /// # Errors
    ///
    /// If records cannot be listed.
    pub(super) fn find(
        &mut self,
        kb: &Kb,
        project: &str,
        sought: &Sought<'_>,
    ) -> Result<Option<Found>> {
        if sought.agent.id.is_empty() || !kb.exists() {
            return Ok(None);
        }
        if let Some(record) = self.of_project(kb, project)?.named.get(sought.agent) {
            return Ok(Some(Found::InKb(record.clone())));
        }
        let running = running::newest_running(kb, None)?;
        let known = self.all.take_if(|all| all.is_of(&running));
        let all = match known {
            Some(all) => all,
            None => AllRecords::list(kb, running)?,
        };
        let all = self.all.insert(all);
        Ok(all
            .find_named(sought.agent)
            .or_else(|| all.find_nameless(sought)))
    }

    /// Adds a record that was made, or that now names the session.
    ///
    /// # Errors
    ///
    /// As [`RecordFinder::find`].
    pub(super) fn add(
        &mut self,
        kb: &Kb,
        project: &str,
        agent: &AgentSession,
        record: &Record,
    ) -> Result<()> {
        if let Some(all) = &mut self.all {
            all.in_kb.add(agent, record);
        }
        self.of_project(kb, project)?.add(agent, record);
        Ok(())
    }

    fn of_project(&mut self, kb: &Kb, project: &str) -> Result<&mut Records> {
        if !self.by_project.contains_key(project) {
            let sessions = derived::newest_all_readable(kb, project, usize::MAX)?;
            let records = Records::in_kb(kb, sessions);
            self.by_project.insert(project.to_owned(), records);
        }
        Ok(self.by_project.entry(project.to_owned()).or_default())
    }
}

impl AllRecords {
    fn list(kb: &Kb, running: Vec<Running>) -> Result<Self> {
        let sessions = derived::newest_sessions(kb, None, usize::MAX)?;
        let files = running.iter().map(|one| one.file.clone()).collect();
        let outside = running.into_iter();
        let outside = outside.filter(|one| !one.file.starts_with(kb.root()));
        Ok(AllRecords {
            in_kb: Records::in_kb(kb, sessions),
            outside: Records::new(outside.map(|one| (one.file, one.session))),
            running: files,
        })
    }

    /// Returns whether these sessions ran when it was listed, and no others.
    fn is_of(&self, running: &[Running]) -> bool {
        running.iter().map(|one| &one.file).eq(&self.running)
    }

    fn find_named(&self, agent: &AgentSession) -> Option<Found> {
        match self.in_kb.named.get(agent) {
            Some(record) => Some(Found::InKb(record.clone())),
            None => self.outside.named.get(agent).map(|_| Found::Outside),
        }
    }

    fn find_nameless(&self, sought: &Sought<'_>) -> Option<Found> {
        let may_be = |one: &&NamelessRecord| one.is_begun_by(sought);
        let in_kb = self.in_kb.nameless.iter().filter(may_be);
        let in_kb = in_kb.map(|one| (one.started, Found::InKb(one.record.clone())));
        let outside = self.outside.nameless.iter().filter(may_be);
        let outside = outside.map(|one| (one.started, Found::Outside));
        let first = in_kb.chain(outside).min_by_key(|(started, _)| *started);
        first.map(|(_, found)| found)
    }
}

impl Records {
    fn in_kb(kb: &Kb, sessions: Vec<(EntryPath, Session)>) -> Self {
        let sessions = sessions.into_iter();
        Records::new(sessions.map(|(path, session)| (kb.root().join(path.as_str()), session)))
    }

    fn new(sessions: impl Iterator<Item = (PathBuf, Session)>) -> Self {
        let mut records = Records::default();
        for (file, session) in sessions {
            let live = session.reconstructed.is_none();
            let record = Record { file, live };
            match (session.agent, session.client) {
                (Some(agent), _) => {
                    records.named.insert(agent, record);
                }
                (None, Some(client)) => records.nameless.push(NamelessRecord {
                    record,
                    client,
                    started: session.started,
                    directories: session.directories,
                }),
                (None, None) => {}
            }
        }
        records
    }

    fn add(&mut self, agent: &AgentSession, record: &Record) {
        self.nameless.retain(|one| one.record.file != record.file);
        self.named.insert(agent.clone(), record.clone());
    }
}

impl NamelessRecord {
    /// Returns whether a call of the agent's session began it: at that time, and in its directory.
    fn is_begun_by(&self, sought: &Sought<'_>) -> bool {
        let started = self.started.seconds() * 1000;
        let is_then = |call: &i64| (call - started).abs() <= CALL_TIME;
        let is_here = |place: &String| {
            let mut own = self.directories.iter();
            own.any(|own| Path::new(place).starts_with(own))
        };
        self.client == sought.agent.name
            && sought.begun.iter().any(is_then)
            && sought.directories.iter().any(is_here)
    }
}
