//! What other sessions did while one went on: in the journals of those that run, in the records of
//! those that are over.

use super::{EventKind, journal};
use crate::kb::{Environment, Kb};
use crate::model::{AgentSession, Event, FileAction, Session, Timestamp};
use crate::session::work_times::OthersWork;
use crate::session::{derived, paths};
use std::path::Path;

/// How long before it a session may have begun that went on at the same time, in seconds.
const DAY: i64 = 86_400;

/// Returns what other agents' sessions did between two times; `journals` is the directory of the
/// journals. A session of a person holds all that was done, also by others. What cannot be read
/// adds nothing.
pub(super) fn find_others_work(
    kb: &Kb,
    journals: &Path,
    own: &AgentSession,
    project: &str,
    (from, to): (Timestamp, Timestamp),
) -> OthersWork {
    let mut work = OthersWork::default();
    let since = Timestamp::from_seconds(from.seconds().saturating_sub(DAY));
    let named = derived::named_between(kb, Some(project), since, to);
    for (_, session) in named.unwrap_or_default() {
        let is_other = session.agent.as_ref().is_some_and(|agent| agent != own);
        let ended = session.ended.unwrap_or(session.started);
        if is_other && session.started <= to && ended >= from {
            add_record(kb.environment(), &session, &mut work);
        }
    }
    let span = (
        from.seconds() * 1000,
        to.seconds().saturating_mul(1000) + 999,
    );
    let waiting = journal::waiting_journals(journals);
    for file in waiting.unwrap_or_default() {
        // Where it cannot be read, the record holds the same.
        let _ = add_journal(&file.path, own, span, &mut work);
    }
    work
}

fn add_record(environment: &Environment, session: &Session, work: &mut OthersWork) {
    let directories = environment.absolute_all(&session.directories);
    let changed = |action: FileAction| action != FileAction::Read;
    let files = session.files.iter().filter(|row| changed(row.action));
    let named = files.map(|row| paths::named_file(environment, &directories, &row.path));
    work.files.extend(named);
    let hash = |row: &Event| Some(row.text.strip_prefix("Committed ")?.get(..7)?.to_owned());
    work.commits
        .extend(session.progress.iter().filter_map(hash));
}

/// Adds the events of another session's journal. Its header says where that began.
fn add_journal(
    path: &Path,
    own: &AgentSession,
    (from, to): (i64, i64),
    work: &mut OthersWork,
) -> crate::error::Result<()> {
    let Some((header, _)) = journal::read_headers(path)? else {
        return Ok(());
    };
    if (&header.agent, &header.session) == (&own.name, &own.id) {
        return Ok(());
    }
    let cwd = Path::new(&header.cwd);
    journal::scan_journal(path, 0, &mut |event| match event.kind {
        _ if !(from..=to).contains(&event.at) => {}
        EventKind::Commit { hash, .. } => work.commits.extend(hash.get(..7).map(str::to_owned)),
        EventKind::File { path, action, .. } if action != FileAction::Read => {
            work.files.insert(paths::plain_path(&cwd.join(path)));
        }
        _ => {}
    })?;
    Ok(())
}
