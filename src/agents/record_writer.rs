//! What an agent did, as rows of a record: a pure function of the events, in their order, so
//! that it does not matter in how many pieces, or when, they are applied.

#[cfg(test)]
pub(super) mod tests;

use super::answer_text::answer_row;
use super::command_rows::{
    CommandOutcome, drop_failures_of_file, name_subject, record_blocker, record_command_outcome,
    says_last_of_check,
};
use super::discover::directories_of_agents;
use super::tool_effect::only_looks;
use super::{AgentEvent, EventKind};
use crate::kb::Environment;
use crate::model::{Event, FileAction, Session, Source, Timestamp, Zone, shorten_line};
use crate::session::paths;
use crate::session::recorder::{FileNews, Recorder};
use chrono::NaiveDateTime;
use std::path::{Path, PathBuf};

/// Longest text of an event, in characters.
const EVENT: usize = 300;

/// What the log says of a conversation that was, or is about to be, compacted.
pub(super) const COMPACTED: &str = "Checkpoint: the conversation was compacted";

/// Where the events took place, and what their rows are.
pub(crate) struct RecordWriter<'a> {
    /// Home directory, for paths.
    pub(crate) environment: &'a Environment,
    /// The time zone of the KB.
    pub(crate) zone: Zone,
    /// Where the rows come from: seen by a hook, or read from a transcript.
    pub(crate) source: Source,
    /// Directories of the agents themselves, whose files are not of the work.
    pub(crate) own_directories: Vec<PathBuf>,
}

impl<'a> RecordWriter<'a> {
    pub(crate) fn new(environment: &'a Environment, zone: Zone, source: Source) -> Self {
        RecordWriter {
            environment,
            zone,
            source,
            own_directories: directories_of_agents(environment),
        }
    }

    /// Adds one thing that happened to the record.
    #[expect(
        clippy::too_many_lines,
        reason = "one match over all kinds of an event, an arm each"
    )]
    pub(crate) fn apply(&self, record: &mut Recorder<'_>, event: &AgentEvent) {
        use EventKind as Kind;
        let time = self.time(event).datetime().naive_local();
        match &event.kind {
            Kind::Start { reason, cwd } => self.add_start(record, time, reason, cwd),
            Kind::Directory { path } => self.add_directory(record.session_mut(), path),
            Kind::Prompt { text } => self.add_prompt(record, time, text),
            Kind::Answer { text } => self.add_row(record, time, &answer_row(text, EVENT)),
            // Agents report all steps that are done whenever one is.
            Kind::Progress { text } if record.has_event(&shorten_line(text, EVENT)) => {}
            Kind::Progress { text } => self.add_row(record, time, text),
            Kind::Compaction { summary } => self.add_compaction(record, time, summary),
            Kind::Tool { name } => record.count_tool(name, 1, self.source),
            Kind::File { path, action, from } => self.file(record, path, *action, from.as_deref()),
            Kind::Command {
                command,
                ok,
                exit,
                error,
            } => {
                let (ok, exit) = (*ok, *exit);
                let outcome = CommandOutcome { ok, exit, error };
                self.add_command(record, time, command, &outcome);
            }
            Kind::Failure {
                tool,
                subject,
                error,
                refused,
            } => self.add_failure(record, (tool, subject), error, *refused),
            Kind::Success { tool, subject } => {
                record.drop_failure(&self.used_on(record.session(), tool, subject));
            }
            Kind::Commit { hash, subject } => self.add_commit(record, time, hash, subject),
            Kind::Decision {
                decision,
                rationale,
            } => self.add_decision(record, decision, rationale),
            Kind::Blocker {
                blocker,
                resolution,
            } => self.add_blocker(record, blocker, resolution),
            Kind::Idle | Kind::End { .. } | Kind::Unknown => {}
        }
    }

    fn add_row(&self, record: &mut Recorder<'_>, time: NaiveDateTime, text: &str) {
        let text = shorten_line(text, EVENT);
        if !text.is_empty() && !record.has_event_at(time, &text) {
            record.add_event(time, &text, self.source);
        }
    }

    fn add_start(&self, record: &mut Recorder<'_>, time: NaiveDateTime, reason: &str, cwd: &str) {
        self.add_directory(record.session_mut(), cwd);
        if matches!(reason, "resume" | "fork") {
            self.add_row(record, time, "Went on with an earlier conversation");
        }
        if reason == "compact" && !ends_with_compaction(record.session()) {
            self.add_row(record, time, COMPACTED);
        }
    }

    fn add_prompt(&self, record: &mut Recorder<'_>, time: NaiveDateTime, text: &str) {
        let text = shorten_line(text, EVENT);
        let goal = &mut record.session_mut().goal;
        if goal.is_none() && !text.is_empty() && !is_command(&text) {
            *goal = Some(text.clone());
        }
        self.add_row(record, time, &format!("Asked: {text}"));
    }

    fn add_compaction(&self, record: &mut Recorder<'_>, time: NaiveDateTime, summary: &str) {
        let last = record.session().progress.last();
        let announced = last.is_some_and(|last| last.text == COMPACTED);
        match (announced, summary.is_empty()) {
            (true, true) => {}
            // It was recorded with its summary already.
            (false, true) if ends_with_compaction(record.session()) => {}
            (false, true) => self.add_row(record, time, COMPACTED),
            (_, false) => {
                if announced {
                    record.remove_last_event();
                }
                self.add_row(record, time, &format!("Checkpoint: {summary}"));
            }
        }
    }

    fn add_command(
        &self,
        record: &mut Recorder<'_>,
        time: NaiveDateTime,
        command: &str,
        outcome: &CommandOutcome<'_>,
    ) {
        if let Some(text) = record_command_outcome(record, command, outcome, self.source) {
            let text = shorten_line(&text, EVENT);
            remove_unknown_outcome(record, &text, time);
            if !says_last_of_check(record.session(), &text, time) {
                record.add_event(time, &text, self.source);
            }
        }
    }

    /// `used` is the tool, and what it was used on.
    fn add_failure(
        &self,
        record: &mut Recorder<'_>,
        used: (&str, &str),
        error: &str,
        refused: bool,
    ) {
        let (tool, subject) = used;
        // That something was not found is an answer.
        if refused || !only_looks(tool) {
            let what = self.used_on(record.session(), tool, subject);
            let how = if refused { "was refused" } else { "failed" };
            record_blocker(record, &what, how, error, self.source);
        }
    }

    fn add_commit(
        &self,
        record: &mut Recorder<'_>,
        time: NaiveDateTime,
        hash: &str,
        subject: &str,
    ) {
        let hash: String = hash.chars().take(7).collect();
        if !record.has_commit(&hash) {
            let text = if subject.is_empty() {
                format!("Committed {hash}")
            } else {
                format!("Committed {hash}: {subject}")
            };
            self.add_row(record, time, &text);
        }
    }

    fn add_decision(&self, record: &mut Recorder<'_>, decision: &str, rationale: &str) {
        // A question has its sign already.
        let decision = decision.replacen("?: ", "? ", 1);
        let decision = shorten_line(&decision, EVENT);
        record.add_decision(&decision, &shorten_line(rationale, EVENT), self.source);
    }

    fn add_blocker(&self, record: &mut Recorder<'_>, blocker: &str, resolution: &str) {
        let blocker = shorten_line(blocker, EVENT);
        match shorten_line(resolution, EVENT).as_str() {
            "" => record.add_blocker(&blocker, self.source),
            // Named in full: it is found, or added.
            how => drop(record.resolve_blocker(Some(&blocker), how, self.source)),
        }
    }

    /// Returns when it happened, in the time zone of the KB.
    pub(crate) fn time(&self, event: &AgentEvent) -> Timestamp {
        Timestamp::from_milliseconds(event.at).in_zone(self.zone)
    }

    fn directories(&self, session: &Session) -> Vec<PathBuf> {
        self.environment.absolute_all(&session.directories)
    }

    /// Names a tool and what it was used on, paths as everywhere in the record.
    fn used_on(&self, session: &Session, tool: &str, subject: &str) -> String {
        let path = Path::new(subject);
        let shown = if path.is_absolute() {
            paths::shown_path(self.environment, &self.directories(session), path)
        } else {
            subject.to_owned()
        };
        name_subject(&format!("{tool} {shown}"))
    }

    /// Whether a file is the agent's own (a plan, a skill, a transcript), and not of the work.
    fn is_of_agent(&self, directories: &[PathBuf], path: &Path) -> bool {
        let path = paths::plain_path(path);
        self.own_directories.iter().any(|own| {
            let works_there = directories.iter().any(|dir| dir.starts_with(own));
            path.starts_with(own) && !works_there
        })
    }

    /// Adds a directory, unless it lies in one that is there.
    fn add_directory(&self, session: &mut Session, path: &str) {
        let path = paths::plain_path(Path::new(path));
        let known = self
            .directories(session)
            .iter()
            .any(|dir| paths::is_within(&path, dir));
        if path.is_absolute() && !known {
            session.directories.push(self.environment.shown(&path));
        }
    }

    fn file(&self, record: &mut Recorder<'_>, path: &str, action: FileAction, from: Option<&str>) {
        let directories = self.directories(record.session());
        let base = directories.first().map_or(Path::new(""), PathBuf::as_path);
        if self.is_of_agent(&directories, &base.join(path)) {
            return;
        }
        let shown =
            |path: &str| paths::shown_path(self.environment, &directories, &base.join(path));
        if action != FileAction::Read {
            drop_failures_of_file(record, &shown(path));
        }
        let notes = from.map(|from| format!("from {}", shown(from)));
        record.set_file(FileNews {
            path: &shown(path),
            action: Some(action),
            notes: notes.as_deref().unwrap_or_default(),
            source: self.source,
        });
    }
}

/// Takes out the row of a check whose outcome was not known and is now: `Ran cargo test` for
/// `cargo test: passed`.
pub(crate) fn remove_unknown_outcome(record: &mut Recorder<'_>, text: &str, time: NaiveDateTime) {
    let ends = [": passed", ": failed"];
    if let Some(check) = ends.iter().find_map(|end| text.strip_suffix(end)) {
        record.remove_event(&format!("Ran {check}"), time);
    }
}

pub(super) fn is_checkpoint(row: &Event) -> bool {
    row.text.starts_with("Checkpoint: ")
}

/// Whether the last that a record says is that the conversation was compacted.
fn ends_with_compaction(session: &Session) -> bool {
    session.progress.last().is_some_and(is_checkpoint)
}

/// Whether a prompt is a command to the agent, such as `/clear`, or `$log start` in Codex, or one for
/// its shell, such as `!ls`: it says nothing of the goal.
fn is_command(text: &str) -> bool {
    if text.starts_with('!') {
        return true;
    }
    let skill = text
        .strip_prefix('$')
        .filter(|rest| rest.starts_with(|c: char| c.is_ascii_lowercase()));
    let name = text.strip_prefix('/').or(skill).unwrap_or_default();
    let word = name.split(' ').next().unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':');
    !word.is_empty() && word.chars().all(plain)
}
