//! What an agent did, in words that all agents share: the line of the journal, and what a
//! transcript is read into.

use super::path::below_directory;
use crate::model::FileAction;
use serde::{Deserialize, Serialize};

/// One thing that happened in an agent's session. As JSON it is one line of the journal.
///
/// Texts are redacted and cut to a bounded length before a event is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentEvent {
    /// When, in milliseconds since 1970-01-01 UTC.
    pub at: i64,
    /// What.
    #[serde(flatten)]
    pub kind: EventKind,
}

/// What happened. A kind that this version does not know is [`EventKind::Unknown`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EventKind {
    /// The agent's session begins, or goes on (`resume`, `compact`, `clear` …).
    Start {
        /// How, in the agent's words.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reason: String,
        /// The directory that it works in, absolute.
        cwd: String,
    },
    /// The user asked for something.
    Prompt {
        /// The beginning of what was asked.
        text: String,
    },
    /// A tool or skill was used; what else came of it follows as events of its own.
    Tool {
        /// Its name, as the agent calls it.
        name: String,
    },
    /// A file was read or changed.
    File {
        /// Absolute, or relative to the directory of the session.
        path: String,
        /// What was done to it.
        #[serde(with = "action")]
        action: FileAction,
        /// The former path, if it was renamed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<String>,
    },
    /// The agent works in another directory now.
    Directory {
        /// Absolute.
        path: String,
    },
    /// A command was run in a shell.
    Command {
        /// The command line.
        command: String,
        /// Whether it succeeded; `None` if the agent does not say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ok: Option<bool>,
        /// The exit status, if the agent says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        exit: Option<i32>,
        /// The beginning of the error, if it failed.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        error: String,
    },
    /// A tool other than a shell failed, or was refused.
    Failure {
        /// Name of the tool.
        tool: String,
        /// What it was used on (a path, an address): a later success on the same resolves it.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        subject: String,
        /// The beginning of the error.
        error: String,
        /// Whether it was the user, or a rule, that refused.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        refused: bool,
    },
    /// A tool other than a shell succeeded on something on which one may have failed before.
    Success {
        /// Name of the tool.
        tool: String,
        /// What it was used on.
        subject: String,
    },
    /// A commit was made.
    Commit {
        /// Its hash, or the beginning of it.
        hash: String,
        /// Its subject; empty if the agent does not say.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        subject: String,
    },
    /// Something was decided: a question was answered, a plan approved.
    Decision {
        /// What.
        decision: String,
        /// Why, or instead of what; empty if nothing says.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        rationale: String,
    },
    /// Something is in the way, as the agent says.
    Blocker {
        /// What.
        blocker: String,
        /// How it was resolved; empty while it is open.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        resolution: String,
    },
    /// A step of the work is done: a task completed, a pull request opened.
    Progress {
        /// Which.
        text: String,
    },
    /// The conversation was, or is about to be, compacted.
    Compaction {
        /// The agent's summary of it; empty before it is made.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        summary: String,
    },
    /// The agent answered and waits for its user.
    Answer {
        /// The beginning of the answer.
        text: String,
    },
    /// What the agent was asked is done: it waits for its user.
    Idle,
    /// The agent's session is over.
    End {
        /// Why, in the agent's words.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reason: String,
    },
    /// Something that only a newer version of this program knows.
    #[serde(other)]
    Unknown,
}

impl EventKind {
    /// Returns whether the event counts if a sub-agent brought it about: what it did counts, and
    /// not its prompts, nor what it answered.
    pub fn counts_in_subagent(&self) -> bool {
        !matches!(
            self,
            EventKind::Start { .. }
                | EventKind::Prompt { .. }
                | EventKind::Directory { .. }
                | EventKind::Compaction { .. }
                | EventKind::Answer { .. }
                | EventKind::Idle
                | EventKind::End { .. }
        )
    }

    /// Returns the event with its files named from a directory, as far as their paths are relative:
    /// the agent may work elsewhere than where its session began.
    #[must_use]
    pub fn with_paths_below(self, directory: &str) -> Self {
        let below = |path: &str| below_directory(directory, path).into_owned();
        match self {
            EventKind::File { path, action, from } => EventKind::File {
                path: below(&path),
                action,
                from: from.as_deref().map(below),
            },
            other => other,
        }
    }
}

/// Actions as their names in lower case; an unknown one is a modification.
mod action {
    use crate::model::FileAction;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(action: &FileAction, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&action.name().to_lowercase())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<FileAction, D::Error> {
        let name = String::deserialize(from)?;
        Ok(FileAction::from_name(&name).unwrap_or(FileAction::Modified))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_journal_reads_back_and_a_newer_kind_is_no_error() {
        let event = AgentEvent {
            at: 1_768_127_400_123,
            kind: EventKind::File {
                path: "src/a.rs".to_owned(),
                action: FileAction::Created,
                from: None,
            },
        };
        let line = serde_json::to_string(&event).expect("JSON");
        assert_eq!(
            line,
            r#"{"at":1768127400123,"kind":"file","path":"src/a.rs","action":"created"}"#
        );
        assert_eq!(
            serde_json::from_str::<AgentEvent>(&line).expect("read"),
            event
        );
        let newer = r#"{"at":1,"kind":"dream","about":"sheep"}"#;
        let read: AgentEvent = serde_json::from_str(newer).expect("read");
        assert_eq!(read.kind, EventKind::Unknown);
    }
}
