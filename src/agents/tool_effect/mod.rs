//! What the use of a tool did, whichever agent's tool it is, and whether a hook or a transcript
//! reports it. All rules about tools stand here, each once:
//!
//! - [`read_tool_call`] says what a call is about to do, from the tool's name ([`kind`]) and its
//!   input ([`input`], [`patch`]);
//! - the agent's own module returns its outcome, as a [`ToolResult`];
//! - [`events_of`] puts both together;
//! - what a call can have done beside what it reports is its [`Reach`].
//!
//! Nothing is guessed from the text of shell commands, but for the patch that some models apply
//! through one, and what they have this program note ([`read_own_commands`]).

mod commits;
mod events;
mod input;
mod kind;
mod own_commands;
mod patch;
mod reach;
mod result;
#[cfg(test)]
mod tests;

pub(crate) use commits::{GitOperation, commit_event};
pub(crate) use events::{StepNames, events_of, events_of_command};
pub(crate) use input::{read_command_line, read_finished_steps, read_path};
pub(crate) use kind::{
    ToolKind, begins_sessions, name_key, only_looks, tool_kind, without_namespace, writes_files,
};
pub(crate) use own_commands::{is_own_program, read_own_commands};
pub(crate) use reach::{Reach, reach_of_command, reach_of_tool};
pub(crate) use result::{
    Answered, ToolResult, is_interruption, is_refusal, number_of_background, read_answers,
    read_leading_number, read_outcome_fields,
};

use crate::agents::event_text::{EventCleaner, limit};
use crate::agents::json::JsonFields as _;
use crate::model::FileAction;
use input::{read_patch_text, read_questions, read_subject};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The use of a tool: what it is called, on what it is used, and what it does if it succeeds.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct ToolCall {
    /// The tool's name; with that of the skill or sub-agent: `Skill: log`.
    pub(crate) name: String,
    /// What it is used on (a path, an address), empty if unknown.
    pub(crate) subject: String,
    /// What it does.
    pub(crate) effects: Vec<Effect>,
    /// Whether the tool is not known at all.
    #[serde(skip)]
    pub(crate) unknown: bool,
}

/// One thing that a tool does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Effect {
    /// Reads or changes a file.
    File {
        path: String,
        action: IntendedAction,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<String>,
    },
    /// Runs a command.
    Command { command: String },
    /// Waits for, or writes to, a command that is running under this number.
    Wait { running: i64 },
    /// Says which steps of the work are done.
    FinishedSteps { steps: Vec<String> },
    /// Makes a step of the work, which is named by an id only later.
    NewStep { step: String },
    /// Says that the step of that id is done; the call itself may name it.
    FinishedStep { id: String, step: String },
    /// Asks the user.
    Ask { questions: Vec<Question> },
    /// Asks the user to approve a plan.
    ProposePlan { plan: String },
}

/// What is done to a file; [`FileAction`], as far as the input of a tool shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum IntendedAction {
    Read,
    /// Changes it, or makes it if the result says so.
    Modify,
    /// Makes it, unless the result says otherwise.
    Create,
    Rename,
    Delete,
}

impl IntendedAction {
    /// Returns the action; `created` is what the result says.
    pub(crate) fn resolve(self, created: Option<bool>) -> FileAction {
        match (self, created) {
            (IntendedAction::Read, _) => FileAction::Read,
            (IntendedAction::Rename, _) => FileAction::Renamed,
            (IntendedAction::Delete, _) => FileAction::Deleted,
            (IntendedAction::Create, Some(false)) => FileAction::Modified,
            (IntendedAction::Create, _) | (IntendedAction::Modify, Some(true)) => {
                FileAction::Created
            }
            (IntendedAction::Modify, _) => FileAction::Modified,
        }
    }

    /// Returns the action that agents call a change in a list of changes.
    pub(crate) fn from_change_name(name: &str) -> Self {
        match name {
            "add" | "create" | "created" | "added" => IntendedAction::Create,
            "delete" | "deleted" | "remove" | "removed" | "unlink" => IntendedAction::Delete,
            _ => IntendedAction::Modify,
        }
    }
}

/// A question to the user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Question {
    /// The question itself.
    pub(crate) text: String,
    /// Its short title, if it has one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) header: String,
    /// What there is to choose from.
    pub(crate) options: Vec<String>,
}

impl ToolCall {
    /// Cleans its texts, so that it may be stored.
    pub(crate) fn clean(&mut self, cleaner: &EventCleaner<'_>) {
        let clean = |text: &mut String, most| *text = cleaner.clean_text(text, most);
        clean(&mut self.name, limit::NAME);
        clean(&mut self.subject, limit::COMMAND);
        for effect in &mut self.effects {
            match effect {
                Effect::File { path, from, .. } => {
                    for path in std::iter::once(path).chain(from) {
                        *path = cleaner.clean_path(path);
                    }
                }
                Effect::Command { command } => clean(command, limit::COMMAND),
                Effect::Wait { .. } => {}
                Effect::FinishedSteps { steps } => {
                    steps.iter_mut().for_each(|step| clean(step, limit::LINE));
                }
                Effect::NewStep { step } => clean(step, limit::LINE),
                Effect::FinishedStep { id, step } => {
                    clean(id, limit::NAME);
                    clean(step, limit::LINE);
                }
                Effect::Ask { questions } => {
                    for question in questions {
                        clean(&mut question.text, limit::LINE);
                        clean(&mut question.header, limit::NAME);
                        let options = question.options.iter_mut();
                        options.for_each(|option| clean(option, limit::NAME));
                    }
                }
                Effect::ProposePlan { plan } => clean(plan, limit::LINE),
            }
        }
    }

    /// Returns the number of the command in the background that this waits for.
    pub(crate) fn waits_for(&self) -> Option<i64> {
        self.effects.iter().find_map(|effect| match effect {
            Effect::Wait { running } => Some(*running),
            _ => None,
        })
    }

    /// Returns the command that is run, if one is.
    pub(crate) fn command(&self) -> Option<&str> {
        self.effects.iter().find_map(|effect| match effect {
            Effect::Command { command } => Some(command.as_str()),
            _ => None,
        })
    }
}

/// Reads the use of a tool from its name and its input, which is an object, or a text that holds
/// one, or the text itself.
pub(crate) fn read_tool_call(name: &str, input: &Value) -> ToolCall {
    let embedded = input
        .as_str()
        .and_then(crate::agents::json::read_embedded_object);
    let input = embedded.as_ref().unwrap_or(input);
    let name = without_namespace(name);
    let kind = tool_kind(name, input);
    let mut call = ToolCall {
        name: shown_tool_name(name, input),
        subject: read_subject(input),
        effects: read_effects(kind, input),
        unknown: kind == ToolKind::Unknown,
    };
    if kind == ToolKind::Shell {
        read_patch_through_shell(&mut call, input);
    }
    if let (ToolKind::Patch, Some(Effect::File { path, .. })) = (kind, call.effects.first()) {
        call.subject.clone_from(path);
    }
    call
}

fn read_effects(kind: ToolKind, input: &Value) -> Vec<Effect> {
    match kind {
        ToolKind::Read => file_effects(input, IntendedAction::Read),
        ToolKind::Write | ToolKind::Edit => file_effects(input, IntendedAction::Modify),
        ToolKind::Create => file_effects(input, IntendedAction::Create),
        ToolKind::Delete => file_effects(input, IntendedAction::Delete),
        ToolKind::Patch => patch::read_patch(read_patch_text(input), ""),
        ToolKind::Shell => match read_command_line(input) {
            command if command.is_empty() => Vec::new(),
            command => vec![Effect::Command { command }],
        },
        ToolKind::Wait => {
            let wait = input::read_running(input).map(|running| Effect::Wait { running });
            wait.into_iter().collect()
        }
        ToolKind::Steps => vec![Effect::FinishedSteps {
            steps: read_finished_steps(input),
        }],
        ToolKind::NewStep => vec![Effect::NewStep {
            step: input
                .text(&["subject", "title"])
                .unwrap_or_default()
                .to_owned(),
        }],
        ToolKind::UpdateStep => input::read_finished_step(input).into_iter().collect(),
        ToolKind::Question => vec![Effect::Ask {
            questions: read_questions(input),
        }],
        ToolKind::Plan => vec![Effect::ProposePlan {
            plan: input
                .text(&["plan", "summary"])
                .or_else(|| Some(read_file_stem(input.text(&["plan_path"])?)))
                .unwrap_or_default()
                .to_owned(),
        }],
        ToolKind::Lookup
        | ToolKind::OwnLookup
        | ToolKind::Delegate
        | ToolKind::Foreign
        | ToolKind::Other
        | ToolKind::Unknown => Vec::new(),
    }
}

/// One call names its file once as a rule; some read or edit several.
fn file_effects(input: &Value, action: IntendedAction) -> Vec<Effect> {
    let effect = |path: &str| Effect::File {
        path: path.to_owned(),
        action,
        from: None,
    };
    if let Some(path) = read_path(input) {
        return vec![effect(path)];
    }
    let lists = input.items(&["paths", "include"]).iter();
    let listed = lists.filter_map(Value::as_str);
    let edits = input.items(&["edits", "replacements"]).iter();
    let edits = edits.filter_map(read_path);
    listed.chain(edits).map(effect).collect()
}

/// Some models call the tool for patches as if it were a program: what is used is that tool then.
/// What else the line runs is run, too.
fn read_patch_through_shell(call: &mut ToolCall, input: &Value) {
    let Some(command) = call.command() else {
        return;
    };
    let place = input.text(&["workdir", "cwd"]).unwrap_or_default();
    if let Some((mut effects, rest)) = patch::read_patch_command(command, place) {
        "apply_patch".clone_into(&mut call.name);
        if let Some(Effect::File { path, .. }) = effects.first() {
            call.subject.clone_from(path);
        }
        if let Some(command) = rest {
            effects.push(Effect::Command { command });
        }
        call.effects = effects;
    }
}

/// Returns the name of a file without what stands before and behind it.
fn read_file_stem(path: &str) -> &str {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// Returns the name under which the use of a tool is counted: as the agent calls it, for skills
/// with the name of the skill, and for sub-agents with their type: `Skill: log`.
fn shown_tool_name(name: &str, input: &Value) -> String {
    let detail = match name_key(name).as_str() {
        "skill" | "activateskill" => input.text(&["skill", "name", "command", "skill_name"]),
        "agent" | "task" | "spawnagent" | "subagent" => input.text(&[
            "subagent_type",
            "subagentType",
            "agent_type",
            "agentType",
            "agent",
        ]),
        _ => None,
    };
    match detail.map(str::trim).filter(|detail| !detail.is_empty()) {
        Some(detail) => format!("{name}: {detail}"),
        None => name.to_owned(),
    }
}
