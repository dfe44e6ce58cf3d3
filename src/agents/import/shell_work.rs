//! What the commands of a session changed and its transcript does not hold: git does, where the
//! session took place in a repository that is still there.

use super::NewEvents;
use crate::agents::fold::journal_directory;
use crate::agents::others_work::find_others_work;
use crate::kb::Kb;
use crate::model::{AgentSession, Session, Source, Timestamp};
use crate::session::gather::gather_between;
use crate::session::gone_files::settle_gone_files;
use std::path::Path;

/// How long git may take for all transcripts of an import, in milliseconds.
const LIMIT: i64 = 10_000;

/// What is added to where a record is from, if some of it came from git.
const FROM_GIT: &str = " and git";

/// Asks git, as long as there is time.
pub(super) struct ShellWork {
    left: i64,
}

impl ShellWork {
    pub(super) fn new() -> Self {
        ShellWork { left: LIMIT }
    }

    /// Adds what git has of the time of a session, as far as that ran what may have done it; `new`
    /// is what its transcript holds. The record says that it is from git too, then.
    pub(super) fn add(
        &mut self,
        kb: &Kb,
        session: &mut Session,
        agent: &AgentSession,
        span: (Timestamp, Timestamp),
        new: &NewEvents,
    ) {
        let times = new.run_times.work_times(span.0.seconds());
        if times.is_empty() {
            return;
        }
        let mut directories = kb.environment().absolute_all(&session.directories);
        directories.retain(|dir| is_in_repository(dir));
        settle_gone_files(kb.environment(), session, span);
        if directories.is_empty() || self.left <= 0 {
            return;
        }
        let began = kb.environment().now_milliseconds();
        let mut seen = gather_between(kb, &directories, span, &times);
        if !seen.is_empty() {
            let others =
                find_others_work(kb, &journal_directory(kb), agent, &session.project, span);
            seen.leave_out(&others);
        }
        self.left -= kb.environment().now_milliseconds() - began;
        if seen.is_empty() {
            return;
        }
        seen.fold_into(session, kb, Source::Inferred);
        settle_gone_files(kb.environment(), session, span);
        for (made, text) in seen.commits() {
            new.answers.move_before_later(session, *made, text);
        }
        if let Some(from) = &mut session.reconstructed
            && !from.ends_with(FROM_GIT)
        {
            from.push_str(FROM_GIT);
        }
    }
}

fn is_in_repository(directory: &Path) -> bool {
    let mut above = directory.ancestors();
    directory.is_dir() && above.any(|dir| dir.join(".git").exists())
}
