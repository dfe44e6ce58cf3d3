//! What the use of a tool means, whichever agent's tool it is: the one place that knows the
//! agents' names of tools and of their inputs.

mod input;
mod output;
mod patch;

pub(crate) use output::{commits, exit_of, refused};
pub(crate) use patch::changes;

use super::wire::{self, Raw};
use crate::model::FileAction;
use input::Input;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The use of a tool: what it is called, on what it is used, and what it does if it succeeds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct ToolUse {
    /// The tool's name, or that of the skill.
    pub(crate) name: String,
    /// What it is used on (a path, an address), empty if nothing tells.
    pub(crate) subject: String,
    /// What it does.
    pub(crate) deeds: Vec<Deed>,
}

/// One thing that a tool does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Deed {
    /// Reads or changes a file.
    File {
        path: String,
        action: Action,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<String>,
    },
    /// Runs a command.
    Command { command: String },
    /// Waits for, or writes to, a command that is running under this number.
    Wait { running: i64 },
    /// Says which steps of the work are done.
    Done { steps: Vec<String> },
    /// Makes a step of the work that is named by an id only later.
    Step { subject: String },
    /// Says that the step of that id is done.
    StepDone { id: String },
    /// Asks the user.
    Ask { questions: Vec<Question> },
    /// Asks the user to approve a plan.
    Plan { plan: String },
}

/// What is done to a file; [`FileAction`], as far as the input of a tool tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Action {
    /// Reads it.
    Read,
    /// Changes it.
    Modify,
    /// Writes it anew: whether it was there before, the result may tell.
    Write,
    /// Makes it.
    Create,
    /// Gives it another path.
    Rename,
    /// Removes it.
    Delete,
}

impl Action {
    /// Returns the action; what is written is taken to be `written`.
    pub(crate) fn known(self, written: FileAction) -> FileAction {
        match self {
            Action::Read => FileAction::Read,
            Action::Modify => FileAction::Modified,
            Action::Write => written,
            Action::Create => FileAction::Created,
            Action::Rename => FileAction::Renamed,
            Action::Delete => FileAction::Deleted,
        }
    }
}

/// A question to the user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Question {
    /// The question itself.
    pub(crate) text: String,
    /// What there was to choose from.
    pub(crate) options: Vec<String>,
}

/// Reads the use of a tool from its name and its input, which is an object, or a string that
/// holds one, or the text itself.
pub(crate) fn tool_use(name: &str, input: Raw<'_>) -> ToolUse {
    let name = name.strip_prefix("functions.").unwrap_or(name);
    let inner = wire::text(input);
    let boxed = inner
        .as_deref()
        .filter(|text| text.trim_start().starts_with('{'))
        .and_then(|text| serde_json::from_str::<&RawValue>(text).ok());
    let mut input: Input<'_> = wire::object(boxed.or(input)).unwrap_or_default();
    if boxed.is_none() {
        input.text = inner.as_deref();
    }
    let mut used = ToolUse {
        name: name.to_owned(),
        ..ToolUse::default()
    };
    fill(&mut used, &input);
    used
}

impl ToolUse {
    /// Adds which skill it is, or which sub-agent: `Skill: log`.
    fn named_for(&mut self, detail: Option<&str>) {
        if let Some(detail) = detail.map(str::trim).filter(|detail| !detail.is_empty()) {
            self.name = format!("{}: {detail}", self.name);
        }
    }
}

fn fill(used: &mut ToolUse, input: &Input<'_>) {
    let lower = used.name.to_ascii_lowercase();
    match lower.as_str() {
        "read" | "read_file" | "view" | "view_image" | "read_notebook" => {
            file(used, input, Action::Read);
        }
        "read_many_files" => {
            let paths = wire::texts(input.paths.or(input.include));
            used.deeds
                .extend(paths.into_iter().map(|path| deed(path, Action::Read, None)));
        }
        "write" | "write_file" => file(used, input, Action::Write),
        "create" | "create_file" => file(used, input, Action::Create),
        "edit" | "multiedit" | "multi_edit" | "notebookedit" | "editnotebook" | "edit_notebook"
        | "replace" | "strreplace" | "str_replace" | "search_replace" | "edit_file" | "insert" => {
            file(used, input, Action::Modify);
        }
        "delete" | "delete_file" => file(used, input, Action::Delete),
        "str_replace_editor" | "str_replace_based_edit_tool" => {
            let action = match input.command_line().as_deref() {
                Some("view") => Action::Read,
                Some("create") => Action::Create,
                _ => Action::Modify,
            };
            file(used, input, action);
        }
        "apply_patch" | "applypatch" | "patch" => {
            let patch = input.patch_text().unwrap_or_default();
            used.deeds = changes(&patch, "");
            used.subject = first_path(&used.deeds);
        }
        "bash"
        | "powershell"
        | "shell"
        | "shell_command"
        | "exec_command"
        | "local_shell"
        | "local_shell_call"
        | "container.exec"
        | "run_shell_command"
        | "run_terminal_cmd"
        | "run_terminal_command"
        | "run_in_terminal" => command(used, input),
        "write_stdin" => {
            let running = wire::number(input.session_id);
            used.deeds = running
                .map(|running| Deed::Wait { running })
                .into_iter()
                .collect();
        }
        "todowrite" | "todo_write" | "write_todos" | "update_plan" | "update_todo" => {
            used.deeds = vec![Deed::Done {
                steps: input.steps_done(),
            }];
        }
        "taskcreate" => {
            let subject = wire::text(input.subject).unwrap_or_default().into_owned();
            used.deeds = vec![Deed::Step { subject }];
        }
        "taskupdate" => {
            let done = wire::text(input.status).is_some_and(|status| status == "completed");
            let id = input.task_id().filter(|_| done);
            used.deeds = id.map(|id| Deed::StepDone { id }).into_iter().collect();
        }
        "askuserquestion" | "ask_user" | "askquestion" | "ask_question" | "question"
        | "request_user_input" => {
            used.deeds = vec![Deed::Ask {
                questions: input.asked(),
            }];
        }
        "exitplanmode" | "exit_plan_mode" | "plan_exit" | "createplan" | "create_plan" => {
            let plan = wire::text(input.plan.or(input.summary));
            let plan = plan.unwrap_or_default().into_owned();
            used.deeds = vec![Deed::Plan { plan }];
        }
        "skill" | "activate_skill" => {
            let skill = wire::text(input.skill.or(input.name));
            used.named_for(skill.as_deref());
        }
        "agent" | "task" | "spawn_agent" | "subagent" => {
            let kind = wire::text(input.subagent_type.or(input.agent_type));
            used.named_for(kind.as_deref());
        }
        _ => used.subject = input.subject_of_others(),
    }
}

fn deed(path: String, action: Action, from: Option<String>) -> Deed {
    Deed::File { path, action, from }
}

fn file(used: &mut ToolUse, input: &Input<'_>, action: Action) {
    if let Some(path) = input.path() {
        used.subject.clone_from(&path);
        used.deeds = vec![deed(path, action, None)];
    }
}

/// A command; or a patch that is applied through the shell, as some models do.
fn command(used: &mut ToolUse, input: &Input<'_>) {
    let Some(command) = input.command_line() else {
        return;
    };
    if command.trim_start().starts_with("apply_patch") && command.contains("*** Begin Patch") {
        let place = wire::text(input.workdir.or(input.cwd)).unwrap_or_default();
        used.name = "apply_patch".to_owned();
        used.deeds = changes(&command, &place);
        used.subject = first_path(&used.deeds);
        return;
    }
    used.deeds = vec![Deed::Command { command }];
}

fn first_path(deeds: &[Deed]) -> String {
    match deeds.first() {
        Some(Deed::File { path, .. }) => path.clone(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests;
