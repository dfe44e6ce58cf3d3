//! What the commands of a session changed, which its transcript does not tell: git does, where the
//! session took place in a repository that is still there.

use crate::agents::row_order::ToldRows;
use crate::agents::tool_effect::{ToolKind, tool_kind};
use crate::kb::Kb;
use crate::model::{Session, Source, Timestamp};
use crate::session::gather::gather_between;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// How long git may take for all transcripts of an import, in milliseconds.
const LIMIT: i64 = 10_000;

/// What is added to where a record is from, if git told some of it.
const FROM_GIT: &str = " and git";

/// Asks git, as long as there is time.
pub(super) struct ShellWork {
    left: i64,
}

impl ShellWork {
    pub(super) fn new() -> Self {
        ShellWork { left: LIMIT }
    }

    /// Adds what git tells of the time of a session, if that ran commands; `told` are rows that
    /// its transcript tells. The record says that it is from git too, then.
    pub(super) fn add(
        &mut self,
        kb: &Kb,
        session: &mut Session,
        (from, to): (Timestamp, Timestamp),
        told: &ToldRows,
    ) {
        let is_shell = |name: &str| tool_kind(name, &Value::Null) == ToolKind::Shell;
        let ran_commands = session.tools.iter().any(|tool| is_shell(&tool.name));
        let absolute = |dir: &String| kb.environment().absolute(Path::new(dir));
        let directories = session.directories.iter().map(absolute);
        let directories: Vec<PathBuf> = directories.filter(|dir| is_in_repository(dir)).collect();
        if !ran_commands || directories.is_empty() || self.left <= 0 {
            return;
        }
        let began = kb.environment().now_milliseconds();
        let seen = gather_between(kb, &directories, from, to);
        self.left -= kb.environment().now_milliseconds() - began;
        if seen.is_empty() {
            return;
        }
        seen.fold_into(session, kb, Source::Inferred);
        for (made, text) in seen.commits() {
            told.move_before_later(session, *made, text);
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
