//! What a list says of a session.

use crate::markdown::session;
use crate::model::{EntryPath, Session, SessionId, Status, Timestamp, Zone};

/// How far the start that a session states may be from the time in its name, read as UTC: no time
/// zone is further away, and the clock may have been changed in between.
pub(super) const SLACK: i64 = 26 * 3600;

/// What is known of a session without reading all of it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionFacts {
    /// Its name, which is that of its file.
    pub id: SessionId,
    /// Its entry.
    pub path: EntryPath,
    /// Name of the project; that of the folder if the entry does not say.
    pub project: String,
    /// Whether it is still going on; `None` if the entry cannot be understood.
    pub status: Option<Status>,
    /// When it began.
    pub started: Timestamp,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// What was done, as the record has it; empty if it says nothing.
    pub summary: String,
    /// Number of files that were changed.
    pub files: usize,
    /// Number of decisions.
    pub decisions: usize,
    /// Number of blockers that are open.
    pub open_blockers: usize,
}

impl SessionFacts {
    /// Returns the facts of the session in the entry at `path`, in the folder of that name. Without
    /// a session that can be understood: what the path says.
    pub(super) fn new(
        (path, folder, id): (EntryPath, &str, SessionId),
        session: Option<&Session>,
        zone: Zone,
    ) -> Self {
        let Some(session) = session else {
            return SessionFacts {
                id,
                path,
                project: folder.to_owned(),
                status: None,
                started: zone.at(id.start()),
                ended: None,
                summary: String::new(),
                files: 0,
                decisions: 0,
                open_blockers: 0,
            };
        };
        let named = Some(session.project.trim()).filter(|name| !name.is_empty());
        SessionFacts {
            id,
            path,
            project: named.unwrap_or(folder).to_owned(),
            status: Some(session.status),
            started: session.started,
            ended: session.ended,
            summary: session_summary(session).to_owned(),
            files: session.changed_files(),
            decisions: session.decisions.len(),
            open_blockers: session.open_blockers().count(),
        }
    }

    /// Returns how long the session took, if it has ended: `2h 15m`, `45m`. A session of seconds has
    /// no duration worth showing.
    pub fn duration(&self) -> Option<String> {
        let ended = self.ended.filter(|_| self.status == Some(Status::Ended))?;
        let seconds = ended.seconds() - self.started.seconds();
        (seconds >= 60).then(|| session::format_duration(self.started, ended))
    }
}

/// Returns by which instant a session is sorted, in seconds since 1970: its start, unless that
/// cannot belong to its name.
pub(super) fn sort_instant(id: SessionId, session: Option<&Session>) -> i64 {
    let named = nominal_seconds(id);
    let started = session.map(|session| session.started.seconds());
    started
        .filter(|started| (named - SLACK..=named + SLACK).contains(started))
        .unwrap_or(named)
}

/// Returns the time in the name of a session, read as UTC, in seconds since 1970.
pub(super) fn nominal_seconds(id: SessionId) -> i64 {
    id.start().and_utc().timestamp()
}

/// Returns what a session says was done: in its prompt, else its goal, else what happened last.
fn session_summary(session: &Session) -> &str {
    let said = |text: &&str| !text.trim().is_empty();
    session
        .summary()
        .or_else(|| session.goal.as_deref().filter(said))
        .or_else(|| session.progress.last().map(|event| event.text.as_str()))
        .unwrap_or_default()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::session::tests::samples;

    /// Returns the facts of a session that says nothing.
    pub(in super::super) fn sample_facts(id: &str, folder: &str) -> SessionFacts {
        let session = samples::ended_session(id, folder);
        let path = EntryPath::from_walk(format!("session_logs/{folder}/{id}.md"));
        SessionFacts::new((path, folder, session.id), Some(&session), Zone::UTC)
    }

    #[test]
    fn the_summary_is_the_best_there_is() {
        let mut session = samples::ended_session("20250321-143022", "my-api");
        session.prompt = vec!["By hand".into(), "Last session: Did it. ".into()];
        assert_eq!(session_summary(&session), "Did it.");
        session.prompt = vec!["Last session (from the log): Did it.".into()];
        assert_eq!(session_summary(&session), "Did it.");
        for odd in [
            "Last session",
            "Last session (x: y",
            "Last session: ",
            "Last sessions: x",
        ] {
            session.prompt = vec![odd.into()];
            session.goal = Some("A goal".into());
            assert_eq!(session_summary(&session), "A goal", "{odd}");
        }
        session.goal = Some(" ".into());
        let event = samples::event("Last event");
        session.progress = vec![samples::event("First"), event];
        assert_eq!(session_summary(&session), "Last event");
        session.progress.clear();
        assert_eq!(session_summary(&session), "");
    }

    #[test]
    fn a_start_far_from_the_name_does_not_count() {
        let mut session = samples::ended_session("20250321-143022", "my-api");
        let named = nominal_seconds(session.id);
        for (difference, counts) in [(0, true), (SLACK, true), (-SLACK, true), (SLACK + 1, false)] {
            session.started = Timestamp::from_seconds(named + difference);
            let expected = named + if counts { difference } else { 0 };
            assert_eq!(sort_instant(session.id, Some(&session)), expected);
        }
        assert_eq!(sort_instant(session.id, None), named);
    }

    #[test]
    fn durations_are_in_hours_and_minutes() {
        let mut facts = sample_facts("20250321-143022", "my-api");
        for (seconds, text) in [
            (60, "1m"),
            (2718, "45m"),
            (8118, "2h 15m"),
            (176_700, "2d 1h"),
        ] {
            facts.ended = Some(Timestamp::from_seconds(facts.started.seconds() + seconds));
            assert_eq!(facts.duration().as_deref(), Some(text));
        }
        for seconds in [59, -9] {
            facts.ended = Some(Timestamp::from_seconds(facts.started.seconds() + seconds));
            assert_eq!(facts.duration(), None);
        }
        facts.status = Some(Status::Active);
        assert_eq!(facts.duration(), None);
    }
}
