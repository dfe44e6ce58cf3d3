//! Where the dialects put what they find: every text is cleaned and cut on its way in, and there
//! is a limit to how much one call can say.

use super::path::normal_path;
use crate::agents::HappeningKind;
use crate::model::FileAction;

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
    /// How much one call can say, in happenings.
    pub const HAPPENINGS: usize = 300;
}

/// Collects happenings.
pub(super) struct Sink<'a> {
    clean: Clean<'a>,
    windows: bool,
    found: Vec<HappeningKind>,
    unknown_tool: Option<String>,
}

impl<'a> Sink<'a> {
    pub(super) fn new(clean: Clean<'a>, windows: bool) -> Self {
        Sink {
            clean,
            windows,
            found: Vec::new(),
            unknown_tool: None,
        }
    }

    pub(super) fn clean(&self) -> Clean<'a> {
        self.clean
    }

    /// Returns what was found, and the name of a tool that is not known.
    pub(super) fn end(self) -> (Vec<HappeningKind>, Option<String>) {
        (self.found, self.unknown_tool)
    }

    fn push(&mut self, kind: HappeningKind) {
        if self.found.len() < limit::HAPPENINGS {
            self.found.push(kind);
        }
    }

    fn short(&self, text: &str, max: usize) -> String {
        match text.trim() {
            "" => String::new(),
            text => (self.clean)(text, max),
        }
    }

    fn path(&self, path: &str) -> String {
        match path {
            "" | "/dev/null" => String::new(),
            path => (self.clean)(&self.normal(path), limit::PATH),
        }
    }

    /// Returns a path in the one form that it has here; not cleaned yet.
    pub(super) fn normal(&self, path: &str) -> String {
        normal_path(path, self.windows)
    }

    pub(super) fn start(&mut self, reason: &str, cwd: &str) {
        let (reason, cwd) = (self.short(reason, limit::NAME), self.path(cwd));
        self.push(HappeningKind::Start { reason, cwd });
    }

    pub(super) fn prompt(&mut self, text: &str) {
        let text = self.short(text, limit::PROMPT);
        if !text.is_empty() {
            self.push(HappeningKind::Prompt { text });
        }
    }

    pub(super) fn tool(&mut self, name: &str) {
        let name = self.short(name, limit::NAME);
        if !name.is_empty() {
            self.push(HappeningKind::Tool { name });
        }
    }

    pub(super) fn unknown_tool(&mut self, name: &str) {
        self.unknown_tool = Some(self.short(name, limit::NAME));
    }

    pub(super) fn file(&mut self, path: &str, action: FileAction) {
        self.file_from(path, action, "");
    }

    pub(super) fn file_from(&mut self, path: &str, action: FileAction, from: &str) {
        let (path, from) = (self.path(path), self.path(from));
        if !path.is_empty() {
            let from = (!from.is_empty()).then_some(from);
            self.push(HappeningKind::File { path, action, from });
        }
    }

    pub(super) fn directory(&mut self, path: &str) {
        let path = self.path(path);
        if !path.is_empty() {
            self.push(HappeningKind::Directory { path });
        }
    }

    pub(super) fn command(
        &mut self,
        command: &str,
        ok: Option<bool>,
        exit: Option<i32>,
        error: &str,
    ) {
        let command = self.short(command, limit::COMMAND);
        let error = self.short(error, limit::ERROR);
        if !command.is_empty() {
            self.push(HappeningKind::Command {
                command,
                ok,
                exit,
                error,
            });
        }
    }

    pub(super) fn failure(&mut self, tool: &str, subject: &str, error: &str, refused: bool) {
        let failure = HappeningKind::Failure {
            tool: self.short(tool, limit::NAME),
            subject: self.short(subject, limit::COMMAND),
            error: self.short(error, limit::ERROR),
            refused,
        };
        self.push(failure);
    }

    pub(super) fn success(&mut self, tool: &str, subject: &str) {
        let tool = self.short(tool, limit::NAME);
        let subject = self.short(subject, limit::COMMAND);
        if !tool.is_empty() {
            self.push(HappeningKind::Success { tool, subject });
        }
    }

    pub(super) fn commit(&mut self, hash: &str, subject: &str) {
        let hash = hash.trim();
        // Taken as it is and nothing but a hash: a cleaner might take it for a key.
        let is_hash = (4..=64).contains(&hash.len()) && hash.bytes().all(|b| b.is_ascii_hexdigit());
        if is_hash {
            let hash = hash.to_ascii_lowercase();
            let subject = self.short(subject, limit::LINE);
            self.push(HappeningKind::Commit { hash, subject });
        }
    }

    pub(super) fn decision(&mut self, decision: &str, rationale: &str) {
        let decision = self.short(decision, limit::DECISION);
        let rationale = self.short(rationale, limit::DECISION);
        if !decision.is_empty() {
            self.push(HappeningKind::Decision {
                decision,
                rationale,
            });
        }
    }

    pub(super) fn blocker(&mut self, blocker: &str, resolution: &str) {
        let blocker = self.short(blocker, limit::DECISION);
        let resolution = self.short(resolution, limit::DECISION);
        if !blocker.is_empty() {
            self.push(HappeningKind::Blocker {
                blocker,
                resolution,
            });
        }
    }

    pub(super) fn progress(&mut self, text: &str) {
        let text = self.short(text, limit::LINE);
        if !text.is_empty() {
            self.push(HappeningKind::Progress { text });
        }
    }

    pub(super) fn compaction(&mut self, summary: &str) {
        let summary = self.short(summary, limit::SUMMARY);
        self.push(HappeningKind::Compaction { summary });
    }

    pub(super) fn answer(&mut self, text: &str) {
        let text = self.short(text, limit::ANSWER);
        if !text.is_empty() {
            self.push(HappeningKind::Answer { text });
        }
    }

    pub(super) fn ended(&mut self, reason: &str) {
        let reason = self.short(reason, limit::NAME);
        self.push(HappeningKind::End { reason });
    }
}
