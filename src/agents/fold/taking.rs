//! Taking what a journal holds into a record.

use super::attach::AttachedRecord;
use super::{Journal, journal_directory};
use crate::agents::missing_events::MissingEvents;
use crate::agents::others_work::find_others_work;
use crate::agents::record_writer::RecordWriter;
use crate::agents::row_order::RecordedRows;
use crate::agents::run_times::RunTimes;
use crate::agents::{Agent, AgentEvent, EventKind, journal};
use crate::error::Result;
use crate::kb::Kb;
use crate::model::{Session, Source, Status, Timestamp, ToolUse};
use crate::session::recorder::Recorder;
use crate::session::resume::{compose_prompt, stated_ending};
use crate::session::work_times::WorkTimes;
use crate::session::{gather, gone_files, record};
use std::path::Path;

/// Why a session without an end was finished.
const GONE: &str = "not ended properly: the agent's process was gone";

/// Brings the record up to date with the journal, which lies at `path` now. If that says that the
/// session is over, or its process is gone, the record ends with it, in the same change.
pub(super) fn take_in(
    kb: &Kb,
    attached: &AttachedRecord,
    journal: &Journal<'_>,
    path: &Path,
) -> Result<Session> {
    change_record(kb, attached, journal, path, |_| {})
}

/// Brings the record up to date with a journal that was put aside, and detaches it.
pub(super) fn take_rest(
    kb: &Kb,
    attached: &AttachedRecord,
    journal: &Journal<'_>,
    path: &Path,
) -> Result<Session> {
    change_record(kb, attached, journal, path, |session| {
        session.journal = None;
        if attached.joined {
            session.agent = None;
            session.client.clone_from(&attached.client);
        }
    })
}

fn change_record(
    kb: &Kb,
    attached: &AttachedRecord,
    journal: &Journal<'_>,
    path: &Path,
    then: impl Fn(&mut Session),
) -> Result<Session> {
    let (session, ()) = record::change_record_file(kb, &attached.file, |session| {
        let from = match (session.journal, journal::is_aside(path)) {
            (Some(from), _) => from,
            (None, false) => 0,
            // It is detached from this one.
            (None, true) => return Ok(()),
        };
        let end = take_from(kb, session, path, from)?;
        if session.status == Status::Active && (end.is_some() || journal.gone) {
            let missing = add_missing_events(kb, journal, session);
            if !attached.joined {
                close_at(kb, session, journal, path, end, &missing)?;
            }
        }
        then(session);
        Ok(())
    })?;
    Ok(session)
}

/// Applies what happened from the byte `from` on. Returns when the session ended, if it did.
fn take_from(kb: &Kb, session: &mut Session, path: &Path, from: u64) -> Result<Option<Timestamp>> {
    let writer = record_writer(kb);
    let mut end = None;
    let (counted, ended) = (session.tools.clone(), session.ended);
    let mut first = None;
    let mut recorder = Recorder::new(session);
    let read = journal::scan_journal(path, from, &mut |event| {
        first = first.or(Some(writer.time(&event)));
        reopen_session(recorder.session_mut(), &event);
        writer.apply(&mut recorder, &event);
        note_end(&writer, &mut end, &event);
    })?;
    // After a power cut a journal may be shorter than it was, or back although it was removed. Rows
    // that are there already are not added again, but uses have been counted again.
    let is_back = from == 0 && first.is_some_and(|first| ended.is_some_and(|end| first < end));
    if read.restarted || is_back {
        uncount_tools(session, &counted);
    }
    session.journal = Some(read.end);
    Ok(end)
}

/// Takes back what was counted twice: of each tool there are as many uses as were counted before,
/// or as are reported now, whichever is more.
fn uncount_tools(session: &mut Session, before: &[ToolUse]) {
    for row in &mut session.tools {
        let known = before.iter().find(|known| known.name == row.name);
        let known = known.map_or(0, |known| known.uses);
        row.uses = known.max(row.uses.saturating_sub(known));
    }
}

/// Returns when the session ended, if the journal says so and nothing says that it went on.
pub(super) fn end_of(kb: &Kb, path: &Path) -> Result<Option<Timestamp>> {
    let writer = record_writer(kb);
    let mut end = None;
    journal::scan_journal(path, 0, &mut |event| {
        note_end(&writer, &mut end, &event);
    })?;
    Ok(end)
}

fn note_end(writer: &RecordWriter<'_>, end: &mut Option<Timestamp>, event: &AgentEvent) {
    match event.kind {
        EventKind::End { .. } => *end = Some(writer.time(event)),
        _ if goes_on(event) => *end = None,
        // Hooks that were called earlier may write later.
        _ => {}
    }
}

fn record_writer(kb: &Kb) -> RecordWriter<'_> {
    RecordWriter::new(kb.environment(), kb.zone(), Source::Observed)
}

/// Adds what only the transcript holds of a session that is over. Some of it may have been written
/// after the last hook was called. Returns it.
fn add_missing_events(kb: &Kb, journal: &Journal<'_>, session: &mut Session) -> Vec<AgentEvent> {
    let Some(agent) = Agent::from_name(&journal.agent.name) else {
        return Vec::new();
    };
    let redactor = kb.config().redactor.clone();
    let clean = |text: &str, most: usize| redactor.clean_and_cut(text, most);
    let transcript = journal.transcript.as_deref().map(Path::new);
    let (dir, id) = (journal_directory(kb), &journal.agent.id);
    let missing = MissingEvents::read(&dir, agent, id, transcript, &clean).events;
    let writer = record_writer(kb);
    let mut recorder = Recorder::new(session);
    let apply = |event| writer.apply(&mut recorder, event);
    missing.iter().for_each(apply);
    missing
}

/// How long after the end of a turn hooks may report what was done in it, in milliseconds.
const STRAGGLING: i64 = 2_000;

/// What a journal without an end holds last.
#[derive(Default)]
struct LastEvents {
    /// In milliseconds since 1970; `None` if nothing happened.
    at: Option<i64>,
    /// Whether the agent was at work. Not every agent says that its session is over: one that had
    /// answered and is gone has ended.
    at_work: bool,
}

fn read_last_events(path: &Path) -> Result<LastEvents> {
    let mut idle_since = None;
    let mut last = LastEvents::default();
    journal::scan_journal(path, 0, &mut |event| {
        last.at = last.at.max(Some(event.at));
        match event.kind {
            EventKind::Idle | EventKind::End { .. } => {
                idle_since = Some(event.at);
                last.at_work = false;
            }
            EventKind::Start { .. } | EventKind::Directory { .. } => {}
            EventKind::Prompt { .. } => last.at_work = true,
            _ => last.at_work |= idle_since.is_none_or(|since| event.at > since + STRAGGLING),
        }
    })?;
    Ok(last)
}

/// Whether it says that the agent's session goes on.
fn goes_on(event: &AgentEvent) -> bool {
    matches!(
        event.kind,
        EventKind::Start { .. } | EventKind::Prompt { .. }
    )
}

/// A session that the agent goes on with has not ended; nor has one whose process only seemed to be
/// gone. What was stated by hand when it ended is kept for its next end.
fn reopen_session(session: &mut Session, event: &AgentEvent) {
    let seemed_gone = session.interrupted.is_some();
    let is_end = matches!(event.kind, EventKind::End { .. });
    let again = goes_on(event) || (seemed_gone && !is_end);
    if !again || session.status == Status::Active {
        return;
    }
    session.status = Status::Active;
    session.ended = None;
    session.interrupted = None;
    if stated_ending(session).is_empty() {
        session.prompt.clear();
    }
}

/// Adds what changed in the directories of a session while it went on: not every agent reports what
/// the commands changed that it ran.
fn add_what_shells_did(
    kb: &Kb,
    session: &mut Session,
    journal: &Journal<'_>,
    path: &Path,
    missing: &[AgentEvent],
) -> Result<()> {
    let times = read_work_times(session, path, missing)?;
    if times.is_empty() {
        return Ok(());
    }
    let directories = kb.environment().absolute_all(&session.directories);
    let span = span_of(session);
    let mut seen = gather::gather_between(kb, &directories, span, &times);
    if !seen.is_empty() {
        let journals = journal_directory(kb);
        let others = find_others_work(kb, &journals, &journal.agent, &session.project, span);
        seen.leave_out(&others);
    }
    seen.fold_into(session, kb, Source::Observed);
    gone_files::settle_gone_files(kb.environment(), session, span);
    if seen.commits().is_empty() {
        return Ok(());
    }
    let told = read_recorded_rows(kb, session, path, missing)?;
    for (made, text) in seen.commits() {
        told.move_before_later(session, *made, text);
    }
    Ok(())
}

fn span_of(session: &Session) -> (Timestamp, Timestamp) {
    let ended = session.ended.unwrap_or(session.started);
    (session.started, ended)
}

/// Returns when a session ran what may have done more than it reports, as its journal and other
/// events say.
fn read_work_times(session: &Session, path: &Path, others: &[AgentEvent]) -> Result<WorkTimes> {
    let mut times = RunTimes::default();
    journal::scan_journal(path, 0, &mut |event| times.add(&event))?;
    others.iter().for_each(|event| times.add(event));
    Ok(times.work_times(session.started.seconds()))
}

/// Returns the rows that the events of a journal make, and others.
fn read_recorded_rows(
    kb: &Kb,
    session: &Session,
    path: &Path,
    others: &[AgentEvent],
) -> Result<RecordedRows> {
    let writer = record_writer(kb);
    let mut rows = RecordedRows::default();
    let mut add = |event: &AgentEvent| rows.add(&writer, session, event);
    journal::scan_journal(path, 0, &mut |event| add(&event))?;
    others.iter().for_each(&mut add);
    Ok(rows)
}

/// Ends a session: when its journal says, else with its last recorded event.
fn close_at(
    kb: &Kb,
    session: &mut Session,
    journal: &Journal<'_>,
    path: &Path,
    end: Option<Timestamp>,
    missing: &[AgentEvent],
) -> Result<()> {
    session.interrupted = None;
    let at = match end {
        Some(at) => at,
        None => {
            let last = read_last_events(path)?;
            session.interrupted = last.at_work.then(|| GONE.to_owned());
            let at = last.at.map(Timestamp::from_milliseconds);
            at.unwrap_or(session.started)
        }
    };
    session.status = Status::Ended;
    session.ended = Some(at.in_zone(kb.zone()).max(session.started));
    add_what_shells_did(kb, session, journal, path, missing)?;
    session.prompt = compose_prompt(session, &stated_ending(session));
    Ok(())
}
