//! Where a text says something else than a session, outside its tables.
//!
//! A time without an offset, or one that only the id holds, is in the zone of the reader: it is
//! compared as the clock on the wall shows it.

use super::front::{Front, Values};
use super::layout::Layout;
use super::reading;
use crate::model::{Session, SessionId, Status};

/// What of a session the text does not say as it is.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Differences {
    pub(super) id: bool,
    /// Status, start or end.
    pub(super) span: bool,
    pub(super) directories: bool,
}

/// Compares what a text says outside its tables with a session.
pub(super) fn compare_layout(layout: &Layout<'_>, session: &Session) -> Differences {
    let heading = layout.heading.as_ref().and_then(|heading| heading.id);
    match &layout.front {
        Front::Read(keys) => {
            let (values, _) = keys.values();
            let differs = |key| value_differs(&values, layout, session, key);
            Differences {
                id: values.session.or(heading) != Some(session.id),
                span: differs("status") || differs("started") || differs("ended"),
                directories: differs("directories"),
            }
        }
        Front::Absent | Front::Broken => {
            let ended = reading::end_by_duration(layout, session.started);
            let status = match ended {
                Some(_) => Status::Ended,
                None => Status::Active,
            };
            Differences {
                id: heading != Some(session.id),
                span: (status, ended) != (session.status, session.ended),
                directories: reading::read_directories(layout) != session.directories,
            }
        }
    }
}

/// Whether reading a key gives something else than the session says.
pub(super) fn value_differs(
    values: &Values,
    layout: &Layout<'_>,
    session: &Session,
    key: &str,
) -> bool {
    let (agent, client) = reading::read_agent(values.agent.clone(), values.agent_session.clone());
    let is_of_another = agent != session.agent || client != session.client;
    match key {
        "session" => {
            let heading = layout.heading.as_ref().and_then(|heading| heading.id);
            values.session.or(heading) != Some(session.id)
        }
        "project" => values.project.as_deref().unwrap_or_default() != session.project,
        "status" => {
            let implied = match session.ended {
                Some(_) => Status::Ended,
                None => Status::Active,
            };
            values.status.unwrap_or(implied) != session.status
        }
        "started" => match &values.started {
            Some(started) => !started.is(session.started),
            None => !starts_at(session, session.id),
        },
        "ended" => match (&values.ended, session.ended) {
            (Some(have), Some(ended)) => !have.is(ended),
            (have, ended) => have.is_some() || ended.is_some(),
        },
        "agent" => is_of_another && values.agent.as_deref() != session.agent_name(),
        "agent_session" => {
            let own = session.agent.as_ref().map(|agent| &agent.id);
            is_of_another && values.agent_session.as_ref() != own
        }
        "journal" => values.journal != session.journal,
        "directories" => match &values.directories {
            Some(directories) => *directories != session.directories,
            None => reading::read_directories(layout) != session.directories,
        },
        _ => false,
    }
}

fn starts_at(session: &Session, id: SessionId) -> bool {
    let clock = session.started.datetime().naive_local();
    clock.and_utc().timestamp() == id.start().and_utc().timestamp()
}

/// Whether a text without front matter can say all of the session.
pub(super) fn is_needless(session: &Session) -> bool {
    let span = session
        .ended
        .map(|ended| ended.seconds() - session.started.seconds());
    let in_minutes = span.is_none_or(|seconds| seconds >= 0 && seconds % 60 == 0);
    session.project.is_empty()
        && starts_at(session, session.id)
        && (session.status == Status::Ended) == session.ended.is_some()
        && in_minutes
        && session.agent_name().is_none()
        && session.journal.is_none()
}
