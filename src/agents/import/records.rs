//! The records that there are of agents' sessions.

use crate::agents::tool_effect::begins_sessions;
use crate::error::Result;
use crate::kb::Kb;
use crate::model::{AgentSession, EntryPath, Session, Timestamp};
use crate::session::{derived, running};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// An agent's session whose record is looked for.
pub(super) struct Sought<'a> {
    pub(super) agent: &'a AgentSession,
    /// When it began, and when the last thing happened in it; `None` where that does not tell it
    /// from others.
    pub(super) span: Option<(Timestamp, Timestamp)>,
    /// What its transcript holds.
    pub(super) told: &'a Session,
}

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

/// Finds the records of agents' sessions; each is read once.
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
    /// Returns where the record of an agent's session is: of one that names it, else of the only one
    /// that was begun by a call that its transcript may hold.
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
        let all = match &self.all {
            Some(all) => all,
            None => self.all.insert(AllRecords::list(kb)?),
        };
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
    fn list(kb: &Kb) -> Result<Self> {
        let sessions = derived::newest_sessions(kb, None, usize::MAX)?;
        let mut running = running::newest_running(kb, None)?;
        running.retain(|one| !one.file.starts_with(kb.root()));
        let running = running.into_iter().map(|one| (one.file, one.session));
        Ok(AllRecords {
            in_kb: Records::in_kb(kb, sessions),
            outside: Records::new(running),
        })
    }

    fn find_named(&self, agent: &AgentSession) -> Option<Found> {
        match self.in_kb.named.get(agent) {
            Some(record) => Some(Found::InKb(record.clone())),
            None => self.outside.named.get(agent).map(|_| Found::Outside),
        }
    }

    fn find_nameless(&self, sought: &Sought<'_>) -> Option<Found> {
        let may_be = |one: &&NamelessRecord| one.may_be_of(sought);
        let in_kb = self.in_kb.nameless.iter().filter(may_be);
        let in_kb = in_kb.map(|one| Found::InKb(one.record.clone()));
        let outside = self.outside.nameless.iter().filter(may_be);
        let mut found = in_kb.chain(outside.map(|_| Found::Outside));
        found.next().filter(|_| found.next().is_none())
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
    /// Returns whether a call that began it can be one of the agent's session: of this agent, while
    /// that went on, in the same directory, and of the tool that begins sessions.
    fn may_be_of(&self, sought: &Sought<'_>) -> bool {
        let told = sought.told;
        let in_span = |(from, to)| (from..=to).contains(&self.started);
        let is_here = |place: &String| {
            self.directories
                .iter()
                .any(|own| Path::new(place).starts_with(own))
        };
        self.client == sought.agent.name
            && sought.span.is_some_and(in_span)
            && told.directories.iter().any(is_here)
            && told.tools.iter().any(|tool| begins_sessions(&tool.name))
    }
}
