//! The texts of events: cleaned of secrets, cut to bounded lengths, paths in one form.

use super::EventKind;
use super::answer_text::next_beyond;
use super::path::normal_path;
use crate::redact::without_escapes;

/// Takes the secrets out of a text, then cuts it to a number of characters.
pub type Clean<'a> = &'a dyn Fn(&str, usize) -> String;

/// How long texts get, in characters.
pub mod limit {
    /// What the user asked for.
    pub const PROMPT: usize = 500;
    /// What the agent answered.
    pub const ANSWER: usize = 1000;
    /// The summary of a compacted conversation.
    pub const SUMMARY: usize = 2000;
    /// A command line, or what a tool was used on: a refused command is both.
    pub const COMMAND: usize = 500;
    /// An error.
    pub const ERROR: usize = 300;
    /// A path.
    pub const PATH: usize = 1000;
    /// The name of a tool, an event, a reason.
    pub const NAME: usize = 120;
    /// A subject of a commit, a step of the work.
    pub const LINE: usize = 300;
    /// A decision, its reason, a blocker.
    pub const DECISION: usize = 500;
}

/// Cleans the texts of events.
#[derive(Clone, Copy)]
pub(crate) struct EventCleaner<'a> {
    pub(crate) clean: Clean<'a>,
    /// Whether the paths are those of Windows even if they do not look like it.
    pub(crate) windows: bool,
}

impl EventCleaner<'_> {
    /// Returns a text without secrets and without escape sequences, cut.
    pub(crate) fn clean_text(&self, text: &str, most: usize) -> String {
        match without_escapes(text).trim() {
            "" => String::new(),
            text => (self.clean)(text, most),
        }
    }

    /// Returns an answer without secrets, cut; what it says to be next stays. It is cleaned first: what
    /// is next may hold a secret that only the rest shows to be one.
    pub(crate) fn clean_answer(&self, text: &str) -> String {
        let cut = |most| self.clean_text(text, most);
        if text.len() <= limit::ANSWER {
            return cut(limit::ANSWER);
        }
        let whole = cut(usize::MAX);
        match next_beyond(&whole, limit::ANSWER).filter(|next| !next.is_empty()) {
            Some(next) => {
                let next = self.clean_text(&next, limit::LINE);
                let most = limit::ANSWER - limit::LINE - 10;
                format!("{}\n\nNext: {next}", self.clean_text(&whole, most))
            }
            None => self.clean_text(&whole, limit::ANSWER),
        }
    }

    /// Returns a path as it is recorded; empty for none.
    pub(crate) fn clean_path(&self, path: &str) -> String {
        match path.trim() {
            "" | "/dev/null" => String::new(),
            path => (self.clean)(&normal_path(path, self.windows), limit::PATH),
        }
    }

    /// Returns the event as it may be stored; `None` if there is nothing in it.
    pub(crate) fn clean_event(&self, kind: EventKind) -> Option<EventKind> {
        let text = |text: &str, most| self.clean_text(text, most);
        let path = |text: &str| self.clean_path(text);
        let cleaned = match kind {
            EventKind::Start { reason, cwd } => EventKind::Start {
                reason: text(&reason, limit::NAME),
                cwd: path(&cwd),
            },
            EventKind::Prompt { text: prompt } => EventKind::Prompt {
                text: non_empty(text(&prompt, limit::PROMPT))?,
            },
            EventKind::Tool { name } => EventKind::Tool {
                name: non_empty(text(&name, limit::NAME))?,
            },
            EventKind::File {
                path: file,
                action,
                from,
            } => EventKind::File {
                path: non_empty(path(&file))?,
                action,
                from: from.and_then(|from| non_empty(path(&from))),
            },
            EventKind::Directory { path: directory } => EventKind::Directory {
                path: non_empty(path(&directory))?,
            },
            EventKind::Command {
                command,
                ok,
                exit,
                error,
            } => EventKind::Command {
                command: non_empty(text(&command, limit::COMMAND))?,
                ok,
                exit,
                error: text(&error, limit::ERROR),
            },
            EventKind::Failure {
                tool,
                subject,
                error,
                refused,
            } => EventKind::Failure {
                tool: text(&tool, limit::NAME),
                subject: self.clean_subject(&subject),
                error: text(&error, limit::ERROR),
                refused,
            },
            EventKind::Success { tool, subject } => EventKind::Success {
                tool: non_empty(text(&tool, limit::NAME))?,
                subject: self.clean_subject(&subject),
            },
            // A hash stays as it is: a cleaner might take it for a key.
            EventKind::Commit { hash, subject } => EventKind::Commit {
                hash,
                subject: text(&subject, limit::LINE),
            },
            EventKind::Decision {
                decision,
                rationale,
            } => EventKind::Decision {
                decision: non_empty(text(&decision, limit::DECISION))?,
                rationale: text(&rationale, limit::DECISION),
            },
            EventKind::Blocker {
                blocker,
                resolution,
            } => EventKind::Blocker {
                blocker: non_empty(text(&blocker, limit::DECISION))?,
                resolution: text(&resolution, limit::DECISION),
            },
            EventKind::Progress { text: step } => EventKind::Progress {
                text: non_empty(text(&step, limit::LINE))?,
            },
            EventKind::Compaction { summary } => EventKind::Compaction {
                summary: text(&summary, limit::SUMMARY),
            },
            EventKind::Answer { text: answer } => EventKind::Answer {
                text: non_empty(self.clean_answer(&answer))?,
            },
            EventKind::End { reason } => EventKind::End {
                reason: text(&reason, limit::NAME),
            },
            EventKind::Idle => EventKind::Idle,
            EventKind::Unknown => return None,
        };
        Some(cleaned)
    }

    /// What a tool was used on may be a path.
    fn clean_subject(&self, subject: &str) -> String {
        let is_rooted = subject.starts_with(['/', '\\']);
        let path = normal_path(subject, self.windows && is_rooted);
        self.clean_text(&path, limit::COMMAND)
    }
}

fn non_empty(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}
