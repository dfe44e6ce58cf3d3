//! What transcripts hold of a session that was not recorded.

use super::records::Sought;
use super::{Import, empty_session, nothing_in};
use crate::agents::transcript::{KeyedEvent, Position, TranscriptReading};
use crate::agents::{Agent, AgentHomes, AgentTranscript, default_places, discover_transcripts};
use crate::error::Result;
use crate::kb::Kb;
use crate::model::{AgentSession, Session, Timestamp};
use crate::session::reconstruct::Evidence;
use crate::session::recorder::Recorder;
use std::path::{Path, PathBuf};

/// Most transcripts that are read for a reconstruction.
const MOST_EVIDENCE: usize = 20;

/// How far back transcripts count where nothing is recorded yet, in seconds.
const DAY: i64 = 86_400;

/// Returns what transcripts hold of the work in these directories since a time; without one, of the
/// last day. Those of sessions that have a record are left out. What cannot be read adds nothing.
pub(crate) fn transcript_evidence(
    kb: &Kb,
    homes: &AgentHomes,
    directories: &[PathBuf],
    since: Option<Timestamp>,
) -> Vec<Evidence> {
    let Ok(mut import) = Import::prepare(kb, None) else {
        return Vec::new();
    };
    let day = Timestamp::from_seconds(kb.now().seconds() - DAY);
    let since = since.unwrap_or(day).seconds().saturating_mul(1000);
    let places = Agent::with_transcripts().flat_map(|agent| default_places(agent, homes));
    let mut files: Vec<AgentTranscript> = places
        .filter_map(|place| discover_transcripts(&place).ok())
        .flat_map(|found| found.files)
        .filter(|file| file.file.modified > since)
        .collect();
    files.sort_by_key(|file| std::cmp::Reverse(file.file.modified));
    files.truncate(MOST_EVIDENCE);
    files.reverse();
    let told = files
        .iter()
        .filter_map(|file| import.read_evidence_since(file, directories, since));
    told.collect()
}

impl Import<'_> {
    /// Returns what one transcript holds of the work in these directories since a time, in
    /// milliseconds since 1970.
    fn read_evidence_since(
        &mut self,
        file: &AgentTranscript,
        directories: &[PathBuf],
        since: i64,
    ) -> Option<Evidence> {
        let mut record = empty_session(self.kb);
        let shown = directories
            .iter()
            .map(|dir| self.kb.environment().shown(dir));
        record.directories = shown.collect();
        let outcome = self.take_since(file, &mut record, since).ok()?;
        let told = outcome.session;
        let here = |cwd: &String| {
            directories
                .iter()
                .any(|dir| Path::new(cwd).starts_with(dir))
        };
        if !told.cwd.as_ref().is_some_and(here) || nothing_in(&record) {
            return None;
        }
        let agent = file.agent.name().to_owned();
        let project = self.project(told.cwd.as_deref(), None);
        let sought = Sought {
            agent: &AgentSession {
                name: agent.clone(),
                id: told.id.clone(),
            },
            directories: &record.directories,
            begun: &[],
        };
        if self
            .records
            .find(self.kb, &project, &sought)
            .ok()?
            .is_some()
        {
            return None;
        }
        let at = |at: i64| Timestamp::from_milliseconds(at).in_zone(self.kb.zone());
        let last = told.last.unwrap_or(since);
        record.started = at(told.started.unwrap_or(last).max(since));
        record.ended = Some(at(last.max(since)));
        let origin = format!("a transcript of {agent}");
        let id = told.id;
        record.agent = (!id.is_empty()).then_some(AgentSession { name: agent, id });
        Some(Evidence { origin, record })
    }

    fn take_since(
        &self,
        file: &AgentTranscript,
        record: &mut Session,
        since: i64,
    ) -> Result<TranscriptReading> {
        let writer = self.record_writer();
        let clean = |text: &str, most: usize| self.redactor.clean_and_cut(text, most);
        let mut recorder = Recorder::new(record);
        let mut apply = |item: &KeyedEvent| {
            if item.event.at > since {
                writer.apply(&mut recorder, &item.event);
            }
        };
        let outcome = file.read(&Position::default(), &clean, &mut |item| apply(&item))?;
        outcome.tail.iter().for_each(&mut apply);
        Ok(outcome)
    }
}
