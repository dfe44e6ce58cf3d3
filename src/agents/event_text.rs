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
    pub(crate) fn clean_event(&self, mut kind: EventKind) -> Option<EventKind> {
        for (text, most) in texts_of(&mut kind) {
            *text = self.clean_text(text, most);
        }
        self.clean_paths(&mut kind);
        if let EventKind::Answer { text } = &mut kind {
            *text = self.clean_answer(text);
        }
        (!says_nothing(&kind)).then_some(kind)
    }

    /// Cleans what is, or may be, a path.
    fn clean_paths(&self, kind: &mut EventKind) {
        match kind {
            EventKind::Start { cwd: path, .. } | EventKind::Directory { path } => {
                *path = self.clean_path(path);
            }
            EventKind::File { path, from, .. } => {
                *path = self.clean_path(path);
                let cleaned = from.take().map(|from| self.clean_path(&from));
                *from = cleaned.filter(|from| !from.is_empty());
            }
            EventKind::Failure { subject, .. } | EventKind::Success { subject, .. } => {
                *subject = self.clean_subject(subject);
            }
            _ => {}
        }
    }

    /// What a tool was used on may be a path.
    fn clean_subject(&self, subject: &str) -> String {
        let is_rooted = subject.starts_with(['/', '\\']);
        let path = normal_path(subject, self.windows && is_rooted);
        self.clean_text(&path, limit::COMMAND)
    }
}

/// Returns the texts of an event that are neither paths nor an answer, each with its length at most. A
/// hash stays as it is: a cleaner might take it for a key.
fn texts_of(kind: &mut EventKind) -> Vec<(&mut String, usize)> {
    match kind {
        EventKind::Start { reason, .. } | EventKind::End { reason } => vec![(reason, limit::NAME)],
        EventKind::Prompt { text } => vec![(text, limit::PROMPT)],
        EventKind::Tool { name } => vec![(name, limit::NAME)],
        EventKind::Command { command, error, .. } => {
            vec![(command, limit::COMMAND), (error, limit::ERROR)]
        }
        EventKind::Failure { tool, error, .. } => vec![(tool, limit::NAME), (error, limit::ERROR)],
        EventKind::Success { tool, .. } => vec![(tool, limit::NAME)],
        EventKind::Commit { subject, .. } => vec![(subject, limit::LINE)],
        EventKind::Decision {
            decision,
            rationale: other,
        }
        | EventKind::Blocker {
            blocker: decision,
            resolution: other,
        } => vec![(decision, limit::DECISION), (other, limit::DECISION)],
        EventKind::Progress { text } => vec![(text, limit::LINE)],
        EventKind::Compaction { summary } => vec![(summary, limit::SUMMARY)],
        EventKind::File { .. }
        | EventKind::Directory { .. }
        | EventKind::Answer { .. }
        | EventKind::Idle
        | EventKind::Unknown => Vec::new(),
    }
}

/// Returns whether an event lacks what it is about.
fn says_nothing(kind: &EventKind) -> bool {
    match kind {
        EventKind::Prompt { text } | EventKind::Progress { text } | EventKind::Answer { text } => {
            text.is_empty()
        }
        EventKind::Tool { name: about }
        | EventKind::File { path: about, .. }
        | EventKind::Directory { path: about }
        | EventKind::Command { command: about, .. }
        | EventKind::Success { tool: about, .. }
        | EventKind::Decision {
            decision: about, ..
        }
        | EventKind::Blocker { blocker: about, .. } => about.is_empty(),
        EventKind::Unknown => true,
        EventKind::Start { .. }
        | EventKind::Failure { .. }
        | EventKind::Commit { .. }
        | EventKind::Compaction { .. }
        | EventKind::End { .. }
        | EventKind::Idle => false,
    }
}
