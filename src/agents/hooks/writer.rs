//! Where the readers of hooks put what they find: every text is cleaned and cut on its way in, and
//! there is a limit to how much one call can say.

use crate::agents::event_text::{Clean, EventCleaner, limit};
use crate::agents::tool_effect::{
    StepNames, ToolResult, events_of, events_of_command, read_finished_steps, read_tool_call,
};
use crate::agents::user_text::{read_ended_commands, read_summary, read_user_text, without_recall};
use crate::agents::{EventKind, tool_effect};
use crate::model::FileAction;
use serde_json::Value;

/// How much one call can say, in events.
pub(super) const MOST_EVENTS: usize = 300;

/// Collects the events of one call.
pub(crate) struct HookWriter<'a> {
    cleaner: EventCleaner<'a>,
    found: Vec<EventKind>,
    unknown_tool: Option<String>,
    background: BackgroundNews,
}

/// What a call reports of commands that go on in the background, by the agent's numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct BackgroundNews {
    /// Those that began.
    pub(crate) begun: Vec<(i64, String)>,
    /// Those that ended, and their outcomes.
    pub(crate) ended: Vec<(i64, ToolResult)>,
}

impl BackgroundNews {
    /// Returns whether nothing is reported.
    pub(crate) fn is_empty(&self) -> bool {
        self.begun.is_empty() && self.ended.is_empty()
    }
}

impl<'a> HookWriter<'a> {
    pub(super) fn new(clean: Clean<'a>, windows: bool) -> Self {
        HookWriter {
            cleaner: EventCleaner { clean, windows },
            found: Vec::new(),
            unknown_tool: None,
            background: BackgroundNews::default(),
        }
    }

    pub(super) fn cleaner(&self) -> EventCleaner<'a> {
        self.cleaner
    }

    /// Returns what was found, and the name of a tool that is not known.
    pub(super) fn finish(self) -> (Vec<EventKind>, Option<String>) {
        (self.found, self.unknown_tool)
    }

    /// Takes out what was reported of commands in the background.
    pub(super) fn take_background(&mut self) -> BackgroundNews {
        std::mem::take(&mut self.background)
    }

    /// Adds an event, unless there is nothing in it.
    pub(crate) fn add(&mut self, kind: EventKind) {
        if self.found.len() < MOST_EVENTS {
            self.found.extend(self.cleaner.clean_event(kind));
        }
    }

    /// Adds what a tool did, whose result is known.
    pub(crate) fn add_tool(&mut self, name: &str, input: &Value, result: &ToolResult) {
        let call = read_tool_call(name, input);
        if let (Some(number), Some(command)) = (result.running, call.command()) {
            let command = self.cleaner.clean_text(command, limit::COMMAND);
            self.background.begun.push((number, command));
        }
        if let (Some(number), Some(exit)) = (call.waits_for(), result.exit) {
            let ended = ToolResult::exited(exit, &result.output);
            self.background.ended.push((number, ended));
        }
        for kind in events_of(&call, result, &mut StepNames::default()) {
            self.add(kind);
        }
    }

    /// Adds what a tool did, and notes its name if it is not known. Where the tools of MCP servers
    /// have names like any other, none is unknown: see [`HookWriter::add_tool`].
    pub(crate) fn add_known_tool(&mut self, name: &str, input: &Value, result: &ToolResult) {
        if tool_effect::tool_kind(name, input) == tool_effect::ToolKind::Unknown {
            self.unknown_tool = Some(self.cleaner.clean_text(name, limit::NAME));
        }
        self.add_tool(name, input, result);
    }

    /// Adds a command that was run by itself, not through a tool.
    pub(crate) fn add_command(&mut self, command: &str, result: &ToolResult) {
        for kind in events_of_command(command, result) {
            self.add(kind);
        }
    }

    /// Adds the steps of a list that are done.
    pub(crate) fn add_steps(&mut self, list: &Value) {
        for step in read_finished_steps(list) {
            self.add_progress(&step);
        }
    }

    pub(crate) fn add_start(&mut self, reason: &str, cwd: &str) {
        self.add(EventKind::Start {
            reason: reason.to_owned(),
            cwd: cwd.to_owned(),
        });
    }

    /// Adds what the user asked, if the user asked anything in the text.
    pub(crate) fn add_prompt(&mut self, text: &str) {
        let ended = read_ended_commands(text).into_iter();
        let ended = ended.map(|(number, exit)| (number, ToolResult::exited(exit, "")));
        self.background.ended.extend(ended);
        if let Some(kind) = read_user_text(text) {
            self.add(kind);
        }
    }

    /// Returns a text without secrets, of which only a part is to be kept.
    pub(crate) fn clean_whole(&self, text: &str) -> String {
        self.cleaner.clean_text(text, usize::MAX)
    }

    pub(crate) fn add_answer(&mut self, text: &str) {
        let text = without_recall(text).into_owned();
        self.add(EventKind::Answer { text });
    }

    pub(crate) fn add_compaction(&mut self, summary: &str) {
        let summary = read_summary(summary);
        self.add(EventKind::Compaction { summary });
    }

    pub(crate) fn add_file(&mut self, path: &str, action: FileAction) {
        self.add(EventKind::File {
            path: path.to_owned(),
            action,
            from: None,
        });
    }

    pub(crate) fn add_directory(&mut self, path: &str) {
        let path = path.to_owned();
        self.add(EventKind::Directory { path });
    }

    pub(crate) fn add_progress(&mut self, step: &str) {
        let text = step.to_owned();
        self.add(EventKind::Progress { text });
    }

    pub(crate) fn add_end(&mut self, reason: &str) {
        let reason = reason.to_owned();
        self.add(EventKind::End { reason });
    }
}
