//! Calls of tools and their results, which stand apart in a transcript.

use super::state::PendingCall;
use super::writer::{TranscriptWriter, hash_texts};
use crate::agents::event::EventKind;
use crate::agents::tool_effect::{Effect, ToolCall, ToolResult, events_of, read_own_commands};

/// How many tools may be at work at once; more are recorded without their result.
const MOST_AT_ONCE: usize = 64;

/// The call of a tool, as a transcript records it.
pub(crate) struct TranscriptCall<'a> {
    /// The agent's id of it.
    pub(crate) id: &'a str,
    /// Hash of the message that it is in.
    pub(crate) message: u64,
    /// Whether a sub-agent made it.
    pub(crate) side: bool,
    pub(crate) call: ToolCall,
}

impl TranscriptWriter<'_> {
    /// Notes that a tool is called, and waits for its result.
    pub(crate) fn add_call(&mut self, call: TranscriptCall<'_>) {
        self.begin_session("", None);
        if !call.side {
            self.drop_answer();
        }
        if self.state.pending.len() >= MOST_AT_ONCE {
            let oldest = self.state.pending.remove(0);
            self.add_unanswered(oldest);
        }
        let key = self.key().map(|key| key ^ hash_texts(&["use", call.id]));
        self.state.pending.push(PendingCall {
            id: hash_texts(&["id", call.id]),
            key,
            at: self.at(),
            message: call.message,
            side: call.side,
            call: call.call,
        });
    }

    /// As [`TranscriptWriter::add_call`], but once for each id. Returns whether it is new.
    pub(crate) fn add_call_once(&mut self, call: TranscriptCall<'_>) -> bool {
        let is_new = call.id.is_empty() || self.state.seen.insert(hash_texts(&["use", call.id]));
        if is_new {
            self.add_call(call);
        }
        is_new
    }

    /// Returns whether a tool is at work under that id.
    pub(crate) fn awaits(&self, id: &str) -> bool {
        self.pending_name(id).is_some()
    }

    /// Returns the tool that is at work under that id.
    pub(crate) fn pending_name(&self, id: &str) -> Option<&str> {
        let id = hash_texts(&["id", id]);
        let mut pending = self.state.pending.iter();
        let pending = pending.find(|pending| pending.id == id)?;
        Some(&pending.call.name)
    }

    /// Adds the result of a tool. Returns whether its result was awaited.
    pub(crate) fn add_result(&mut self, id: &str, result: &ToolResult) -> bool {
        let id = hash_texts(&["id", id]);
        let state = &mut self.state;
        let pending = if let Some(at) = state.pending.iter().position(|call| call.id == id) {
            state.pending.remove(at)
        } else if let Some(at) = state.running.iter().position(|(_, call)| call.id == id) {
            state.running.remove(at).1
        } else {
            return false;
        };
        self.resolve(pending, result);
        true
    }

    /// Adds those tools that have no result although the agent went on with another message.
    pub(crate) fn add_unanswered_before(&mut self, message: u64) {
        let before = |call: &PendingCall| !call.side && call.message != message;
        while let Some(at) = self.state.pending.iter().position(before) {
            let pending = self.state.pending.remove(at);
            self.add_unanswered(pending);
        }
    }

    /// Adds a tool of whose result nothing is known.
    pub(super) fn add_unanswered(&mut self, mut pending: PendingCall) {
        pending.call.effects.retain(|effect| {
            matches!(
                effect,
                Effect::File { .. } | Effect::Command { .. } | Effect::FinishedSteps { .. }
            )
        });
        let at = std::mem::replace(&mut self.state.at, pending.at);
        self.resolve(pending, &ToolResult::default());
        self.state.at = at;
    }

    /// Adds all that is held back, as if the transcript ended here.
    pub(super) fn finish(&mut self) {
        let pending = std::mem::take(&mut self.state.pending);
        let running = std::mem::take(&mut self.state.running);
        let running = running.into_iter().map(|(_, pending)| pending);
        for pending in running.chain(pending) {
            self.add_unanswered(pending);
        }
        self.confirm_answer();
    }

    fn resolve(&mut self, pending: PendingCall, result: &ToolResult) {
        if let (Some(running), true) = (result.running, pending.call.command().is_some()) {
            if self.state.running.len() >= MOST_AT_ONCE {
                let (_, oldest) = self.state.running.remove(0);
                self.add_unanswered(oldest);
            }
            self.state.running.push((running, pending));
            return;
        }
        let mut events = events_of(&pending.call, result, &mut self.state.steps);
        let ran = pending
            .call
            .command()
            .filter(|_| result.ok != Some(false) && !result.interrupted);
        events.extend(ran.map(read_own_commands).unwrap_or_default());
        for kind in events {
            if !pending.side || kind.counts_in_subagent() {
                self.add_tool_event(&pending, kind);
            }
        }
        self.end_waiting(&pending, result);
    }

    /// That a tool succeeded is recorded only if it failed on the same before.
    fn add_tool_event(&mut self, pending: &PendingCall, kind: EventKind) {
        let same = |tool: &str, subject: &str| hash_texts(&[tool, subject]);
        match &kind {
            EventKind::Failure { tool, subject, .. } => {
                self.state.failed.insert(same(tool, subject));
            }
            EventKind::Success { tool, subject }
                if !self.state.failed.remove(same(tool, subject)) =>
            {
                return;
            }
            _ => {}
        }
        self.add_at(self.at(), pending.key, kind);
    }

    /// Adds the outcome of a command that went on in the background, if this was the call that
    /// waited for it.
    fn end_waiting(&mut self, waited: &PendingCall, result: &ToolResult) {
        if let (Some(number), Some(exit)) = (waited.call.waits_for(), result.exit) {
            self.end_background(number, &ToolResult::exited(exit, &result.output));
        }
    }

    /// Adds the outcome of a command that went on in the background.
    pub(super) fn end_background(&mut self, number: i64, result: &ToolResult) {
        let running = &mut self.state.running;
        if let Some(at) = running.iter().position(|(known, _)| *known == number) {
            let (_, command) = running.remove(at);
            self.resolve(command, result);
        }
    }
}
