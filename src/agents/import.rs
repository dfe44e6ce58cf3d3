//! Importing transcripts: each session of an agent becomes an entry of the same form as one that
//! was recorded while it happened.
//!
//! What was read of which transcript is kept in `.mx/import/`, so that the next time only what is
//! new is read. It may be deleted: then everything is read again, and what is in the records
//! already is not added twice.
//!
//! One import at a time, by a lock. Each transcript is done in steps that can be done again: the
//! keys of its new events are kept, its record is written, and how far it was read is noted.
//! So a killed import leaves nothing that the next one would record twice, or leave out.

mod evidence;
mod grow;
mod known;
mod new_events;
mod records;
mod shell_work;
#[cfg(test)]
mod tests;
mod transcript_uses;

use super::record_merge::merge_transcript;
use super::record_writer::RecordWriter;
use super::transcript::{EventKey, Position, TranscriptCounts, TranscriptReading};
use super::{Agent, AgentTranscript};
use crate::error::{Error, Result};
use crate::kb::project::UNKNOWN_PROJECT;
use crate::kb::{Kb, PrivateLock, read_private};
use crate::model::{AgentSession, EntryPath, Session, SessionId, Source, Status, Timestamp};
use crate::redact::Redactor;
use crate::session::already_recorded::IMPORTED_FROM;
use crate::session::location::entry_path;
use crate::session::resume::{Ending, compose_prompt};
use crate::session::{move_record, record};
use known::{Known, Uses, keys_path, known_path, read_keys};
use new_events::{NewEvents, Unreadable};
use records::{Found, Record, RecordFinder, Sought};
use shell_work::ShellWork;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use transcript_uses::{TranscriptUses, count_uses};

pub(crate) use evidence::transcript_evidence;

/// What became of one transcript.
#[derive(Debug)]
pub(crate) enum Imported {
    /// A new entry.
    New(EntryPath),
    /// An entry that there was, which may have grown.
    Grown(EntryPath),
    /// Nothing was added to it since it was read the last time.
    Unchanged,
    /// Hooks recorded the session while it happened.
    Recorded,
    /// The session goes on, and its record is kept where the work is done: what the transcript holds
    /// is added once that has ended.
    GoesOn,
    /// Nothing happened in it.
    Empty,
    /// It cannot be read.
    Unreadable(Error),
}

/// An import: what is known from earlier ones.
pub(crate) struct Import<'a> {
    kb: &'a Kb,
    redactor: Redactor,
    /// Which transcript held each event first.
    told: HashMap<EventKey, u64>,
    /// Held where something is to be written.
    _lock: Option<PrivateLock>,
    records: RecordFinder,
    shell_work: ShellWork,
    transcript_uses: TranscriptUses,
}

/// What became of a transcript that was read.
struct ReadTranscript {
    imported: Imported,
    reading: TranscriptReading,
    /// Its record, absolute; `None` if there is none.
    record: Option<PathBuf>,
    /// Whether hooks recorded the session.
    live: bool,
    /// Whether tools were counted of which more may follow.
    counted_early: bool,
    /// The uses of tools in all of it.
    uses: Uses,
}

impl ReadTranscript {
    fn without_record(imported: Imported, reading: TranscriptReading, uses: Uses) -> Self {
        ReadTranscript {
            imported,
            reading,
            record: None,
            live: false,
            counted_early: false,
            uses,
        }
    }
}

/// The lock of imports, below `.mx/`.
const LOCK: &str = "import/lock";

impl<'a> Import<'a> {
    /// Prepares an import. Waits for another one to end.
    ///
    /// # Errors
    ///
    /// If what earlier imports left cannot be read;
    /// [`Kind::Busy`](crate::error::Kind::Busy) if another import goes on for too long.
    pub(crate) fn new(kb: &'a Kb) -> Result<Self> {
        let lock = kb.lock(LOCK)?;
        Import::prepare(kb, Some(lock))
    }

    fn prepare(kb: &'a Kb, lock: Option<PrivateLock>) -> Result<Self> {
        Ok(Import {
            kb,
            redactor: kb.config().redactor.clone(),
            told: read_keys(&keys_path(kb))?,
            _lock: lock,
            records: RecordFinder::default(),
            shell_work: ShellWork::new(),
            transcript_uses: TranscriptUses::default(),
        })
    }

    /// Imports one transcript, as far as it is new.
    ///
    /// # Errors
    ///
    /// If it cannot be read, or its record cannot be written.
    pub(crate) fn file(&mut self, file: &AgentTranscript) -> Result<(Imported, TranscriptCounts)> {
        let known_path = known_path(self.kb, &file.file.path);
        let known: Option<Known> = read_private(&known_path)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let is_ours = |record: &PathBuf| record.starts_with(self.kb.root()) && record.is_file();
        let known = known.filter(|known| known.record.as_ref().is_none_or(is_ours));
        if let Some(known) = &known
            && (known.size, known.modified) == (file.file.size, file.file.modified)
        {
            return Ok((Imported::Unchanged, TranscriptCounts::default()));
        }
        let read = match known {
            // A killed import may have added it, and not have come to note that.
            Some(known) if known.may_grow() => self.read_on(file, known)?,
            _ => self.anew(file)?,
        };
        let read = match read {
            Ok(read) => read,
            Err(Unreadable(error)) => {
                return Ok((Imported::Unreadable(error), TranscriptCounts::default()));
            }
        };
        if matches!(read.imported, Imported::GoesOn) {
            return Ok((read.imported, read.reading.counts));
        }
        self.note(
            &known_path,
            &Known {
                position: read.reading.position,
                size: file.file.size,
                modified: file.file.modified,
                record: read.record,
                live: read.live,
                growing: false,
                counted_early: read.counted_early,
                uses: read.uses,
            },
        )?;
        Ok((read.imported, read.reading.counts))
    }

    /// Notes what is known of a transcript.
    fn note(&mut self, path: &Path, known: &Known) -> Result<()> {
        let json = serde_json::to_vec(known)
            .map_err(|cause| Error::failed(format!("cannot note what was imported: {cause}")))?;
        self.transcript_uses.keep(path, known);
        self.kb.replace(path, &json)
    }

    /// Reads on where the last reading ended, which is noted first.
    fn read_on(
        &mut self,
        file: &AgentTranscript,
        known: Known,
    ) -> Result<Result<ReadTranscript, Unreadable>> {
        let known = Known {
            growing: true,
            ..known
        };
        self.note(&known_path(self.kb, &file.file.path), &known)?;
        match &known.record {
            Some(record) => self.grow(file, record, &known),
            None => self.anew(file),
        }
    }

    /// Reads the whole, into the record that there is of this session, or into a new one.
    fn anew(&mut self, file: &AgentTranscript) -> Result<Result<ReadTranscript, Unreadable>> {
        let mut session = empty_session(self.kb);
        let mut told = NewEvents::default();
        let outcome = match self.take(file, &Position::default(), &mut session, &mut told) {
            Ok(outcome) => outcome,
            Err(unreadable) => return Ok(Err(unreadable)),
        };
        let kept = self.keep_keys(file, &told.keys);
        // Even so: no other transcript is to claim what this one will when it is tried again.
        self.remember(file, std::mem::take(&mut told.keys));
        kept?;
        self.put_together(file, session, outcome, &told).map(Ok)
    }

    /// Writes the events of a whole transcript into its record.
    fn put_together(
        &mut self,
        file: &AgentTranscript,
        mut session: Session,
        outcome: TranscriptReading,
        first: &NewEvents,
    ) -> Result<ReadTranscript> {
        let uses = count_uses(&session.tools);
        if nothing_in(&session) {
            return Ok(ReadTranscript::without_record(
                Imported::Empty,
                outcome,
                uses,
            ));
        }
        let agent = AgentSession {
            name: file.agent.name().to_owned(),
            id: outcome.session.id.clone(),
        };
        self.describe_session(&mut session, &agent, &outcome);
        let told = &outcome.session;
        let span = self.time(told.started).zip(self.time(told.last));
        let span = span.filter(|_| !told.sub_agent);
        let sought = Sought {
            agent: &agent,
            directories: &session.directories,
            begun: if told.sub_agent { &[] } else { &first.begun },
        };
        let known = match self.records.find(self.kb, &session.project, &sought)? {
            Some(Found::Outside) => {
                return Ok(ReadTranscript::without_record(
                    Imported::GoesOn,
                    outcome,
                    uses,
                ));
            }
            Some(Found::InKb(record)) => Some(record),
            None => None,
        };
        let live = known.as_ref().is_some_and(|known| known.live);
        if let Some(span) = span.filter(|_| !live) {
            let kb = self.kb;
            self.shell_work.add(kb, &mut session, &agent, span, first);
        }
        let (record, imported) = match known {
            Some(known) => {
                session.agent = Some(agent);
                self.add_to_known(&known, &session, file, &outcome)?
            }
            None => self.make_record(session, &agent, &outcome)?,
        };
        Ok(ReadTranscript {
            imported,
            reading: outcome,
            record: Some(record),
            live,
            counted_early: first.counted_early,
            uses,
        })
    }

    /// Fills in where a session took place, and where its record comes from.
    fn describe_session(
        &self,
        session: &mut Session,
        agent: &AgentSession,
        outcome: &TranscriptReading,
    ) {
        let told = &outcome.session;
        if session.directories.is_empty()
            && let Some(cwd) = &told.cwd
        {
            session.directories = vec![self.kb.environment().shown(Path::new(cwd))];
        }
        session.project = self.project(told.cwd.as_deref(), told.project.as_deref());
        session.reconstructed = Some(format!("{IMPORTED_FROM}{}", agent.name));
    }

    /// Adds the events of a transcript to the record that there is.
    fn add_to_known(
        &mut self,
        known: &Record,
        session: &Session,
        file: &AgentTranscript,
        outcome: &TranscriptReading,
    ) -> Result<(PathBuf, Imported)> {
        let changed = self.add(&known.file, session, file, outcome)?;
        if let Some(agent) = &session.agent {
            self.records.add(self.kb, &session.project, agent, known)?;
        }
        let path = entry_path(self.kb, &known.file)?;
        let imported = if known.live && !changed {
            Imported::Recorded
        } else {
            Imported::Grown(path)
        };
        Ok((known.file.clone(), imported))
    }

    /// Makes the record of a session that has none.
    fn make_record(
        &mut self,
        mut session: Session,
        agent: &AgentSession,
        outcome: &TranscriptReading,
    ) -> Result<(PathBuf, Imported)> {
        let path = self.store(&mut session, agent, outcome)?;
        let file = self.kb.root().join(path.as_str());
        let record = Record { file, live: false };
        self.records
            .add(self.kb, &session.project, agent, &record)?;
        Ok((record.file, Imported::New(path)))
    }

    /// Returns a time, given in milliseconds since 1970, in the time zone of the KB.
    fn time(&self, milliseconds: Option<i64>) -> Option<Timestamp> {
        milliseconds.map(|at| Timestamp::from_milliseconds(at).in_zone(self.kb.zone()))
    }

    fn store(
        &self,
        session: &mut Session,
        agent: &AgentSession,
        outcome: &TranscriptReading,
    ) -> Result<EntryPath> {
        let at = |milliseconds| self.time(milliseconds);
        session.started = at(outcome.session.started).unwrap_or(session.started);
        session.id = SessionId::new(session.started, 1);
        session.ended = at(outcome.session.last).or(Some(session.started));
        session.agent = (!agent.id.is_empty()).then(|| agent.clone());
        session.prompt = compose_prompt(session, &Ending::default());
        self.kb.create()?;
        move_record::store_record(self.kb, session)
    }

    /// Adds the events of a transcript to a record that has some of them already. Returns whether
    /// that changed anything.
    fn add(
        &mut self,
        record: &Path,
        told: &Session,
        file: &AgentTranscript,
        reading: &TranscriptReading,
    ) -> Result<bool> {
        let note = known_path(self.kb, &file.file.path);
        let others = self.transcript_uses.of_others(self.kb, record, &note);
        let mut told = told.clone();
        for tool in &mut told.tools {
            tool.uses += others.get(&tool.name).copied().unwrap_or(0);
        }
        let (_, changed) = record::change_record_file(self.kb, record, |session| {
            let before = session.clone();
            merge_transcript(self.kb.environment(), session, &told);
            if session.client.take().is_some() {
                session.agent.clone_from(&told.agent);
            }
            if session.reconstructed.is_some() {
                // A sub-agent may have been read first.
                let began = self.time(reading.session.started);
                session.started = session.started.min(began.unwrap_or(session.started));
                session.reconstructed =
                    session.reconstructed.take().max(told.reconstructed.clone());
            }
            settle_record(self.kb, session, &before, reading);
            Ok(*session != before)
        })?;
        Ok(changed)
    }

    fn record_writer(&self) -> RecordWriter<'_> {
        RecordWriter::new(self.kb.environment(), self.kb.zone(), Source::Inferred)
    }

    fn project(&self, cwd: Option<&str>, named: Option<&str>) -> String {
        let there = cwd.and_then(|cwd| self.kb.used_from(Path::new(cwd)).ok());
        match (there, named) {
            (Some(there), _) => there.project(),
            (None, Some(named)) => named.to_owned(),
            (None, None) => UNKNOWN_PROJECT.to_owned(),
        }
    }
}

/// Returns whether hooks recorded more of a session whose record an import made: an agent went on
/// with it.
fn has_grown_by_hooks(session: &Session) -> bool {
    let observed = |source: Source| source == Source::Observed;
    session.progress.iter().any(|row| observed(row.source))
        || session.tools.iter().any(|row| observed(row.source))
        || session.files.iter().any(|row| observed(row.source))
}

/// Brings the end and what is derived up to date, unless the prompt was written by hand.
fn settle_record(kb: &Kb, session: &mut Session, before: &Session, outcome: &TranscriptReading) {
    let last = outcome
        .session
        .last
        .map(|at| Timestamp::from_milliseconds(at).in_zone(kb.zone()));
    session.ended = session.ended.max(last);
    if before.prompt == compose_prompt(before, &Ending::default()) {
        session.prompt = compose_prompt(session, &Ending::default());
    }
}

/// Adds the uses of tools by which a record has grown.
fn add_uses(uses: &mut Uses, before: &Session, now: &Session) {
    let before = count_uses(&before.tools);
    for (name, count) in count_uses(&now.tools) {
        let more = count.saturating_sub(before.get(&name).copied().unwrap_or(0));
        *uses.entry(name).or_default() += more;
    }
}

fn nameless_session(file: &AgentTranscript) -> AgentSession {
    AgentSession {
        name: file.agent.name().to_owned(),
        id: String::new(),
    }
}

fn empty_session(kb: &Kb) -> Session {
    let now = kb.now();
    Session {
        status: Status::Ended,
        ..Session::new(SessionId::new(now, 1), String::new(), now)
    }
}

fn nothing_in(session: &Session) -> bool {
    session.progress.is_empty() && session.files.is_empty() && session.tools.is_empty()
}

/// Returns the agents that a name stands for: all with transcripts without one.
pub(crate) fn agents_of_name(name: Option<&str>) -> Result<Vec<Agent>> {
    let Some(name) = name else {
        return Ok(Agent::with_transcripts().collect());
    };
    let mut known = Agent::with_transcripts();
    let named = known.find(|agent| Agent::from_name(name) == Some(*agent));
    named.map(|agent| vec![agent]).ok_or_else(|| {
        let names: Vec<&str> = Agent::with_transcripts().map(Agent::name).collect();
        Error::usage(format!(
            "no transcripts of '{}' are known",
            name.escape_debug()
        ))
        .with_hint(format!("use one of {}", names.join(", ")))
    })
}
