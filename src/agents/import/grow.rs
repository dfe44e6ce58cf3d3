//! Reading on in a transcript that was imported before.

use super::known::{Known, Uses};
use super::new_events::{NewEvents, Unreadable};
use super::shell_work::ShellWork;
use super::{
    Import, Imported, ReadTranscript, add_uses, has_grown_by_hooks, nameless_session, settle_record,
};
use crate::agents::AgentTranscript;
use crate::agents::transcript::TranscriptReading;
use crate::error::Result;
use crate::model::{Session, Timestamp};
use crate::session::location::entry_path;
use crate::session::record;
use std::cell::RefCell;
use std::path::Path;

/// What came to a record since its transcript was read the last time.
struct Growth {
    shell_work: ShellWork,
    told: NewEvents,
    /// The uses of tools in all of the transcript.
    uses: Uses,
}

impl Import<'_> {
    /// Adds what comes behind the place up to which a transcript is known to the record.
    pub(super) fn grow(
        &mut self,
        file: &AgentTranscript,
        record: &Path,
        known: &Known,
    ) -> Result<Result<ReadTranscript, Unreadable>> {
        let growth = RefCell::new(Growth {
            shell_work: std::mem::replace(&mut self.shell_work, ShellWork::new()),
            told: NewEvents::default(),
            uses: known.uses.clone(),
        });
        let changed = record::change_record_file(self.kb, record, |session| {
            if has_grown_by_hooks(session) {
                return Ok(None);
            }
            let read = self.grow_session(file, known, session, &mut growth.borrow_mut())?;
            Ok(Some(read))
        });
        let growth = growth.into_inner();
        self.shell_work = growth.shell_work;
        self.remember(file, growth.told.keys);
        let (_, read) = changed?;
        let outcome = match read {
            // What hooks reported of the same is not to be recorded again.
            None => return self.anew(file),
            Some(Ok(outcome)) if outcome.restarted => return self.anew(file),
            Some(Ok(outcome)) => outcome,
            Some(Err(unreadable)) => return Ok(Err(unreadable)),
        };
        let path = entry_path(self.kb, record)?;
        Ok(Ok(ReadTranscript {
            imported: Imported::Grown(path),
            reading: outcome,
            record: Some(record.to_path_buf()),
            live: false,
            counted_early: growth.told.counted_early,
            uses: growth.uses,
        }))
    }

    /// Adds it to the session of the record, unless it repeats what was recorded before: that is put
    /// together afresh instead.
    fn grow_session(
        &self,
        file: &AgentTranscript,
        known: &Known,
        session: &mut Session,
        growth: &mut Growth,
    ) -> Result<Result<TranscriptReading, Unreadable>> {
        let before = session.clone();
        growth.told = NewEvents::default();
        let read = self.take(file, &known.position, session, &mut growth.told);
        match &read {
            Ok(outcome) if !outcome.restarted => {
                self.keep_keys(file, &growth.told.keys)?;
                growth.uses.clone_from(&known.uses);
                add_uses(&mut growth.uses, &before, session);
                if let Some(span) = self.span_since(&before, outcome) {
                    let agent = session.agent.clone();
                    let agent = agent.unwrap_or_else(|| nameless_session(file));
                    let shell_work = &mut growth.shell_work;
                    shell_work.add(self.kb, session, &agent, span, &growth.told);
                }
                settle_record(self.kb, session, &before, outcome);
            }
            _ => *session = before,
        }
        Ok(read)
    }

    /// Returns the time by which a session has grown, unless a sub-agent's transcript holds it.
    fn span_since(
        &self,
        before: &Session,
        reading: &TranscriptReading,
    ) -> Option<(Timestamp, Timestamp)> {
        let last = self.time(reading.session.last)?;
        let from = before.ended.unwrap_or(before.started);
        (!reading.session.sub_agent && from < last).then_some((from, last))
    }
}
