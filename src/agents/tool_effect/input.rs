//! The input of a tool: every field that some agent's tool has and that says something.

use super::{Effect, Question, number_of_background};
use crate::agents::json::JsonFields as _;
use serde_json::Value;

/// Returns the path of the file that a tool is used on.
pub(crate) fn read_path(input: &Value) -> Option<&str> {
    let fields = [
        "file_path",
        "filePath",
        "absolute_path",
        "notebook_path",
        "path",
        "target_file",
        "target_notebook",
        "filename",
    ];
    let path = input.text(&fields)?;
    (!path.trim().is_empty()).then_some(path)
}

/// Returns the command line in the input of a tool, a text or arguments; empty if there is none.
/// `bash -lc LINE` is the line.
pub(crate) fn read_command_line(input: &Value) -> String {
    let fields = ["command", "cmd", "script"];
    if let Some(command) = input.text(&fields).or(input.as_str()) {
        return command.to_owned();
    }
    let arguments = input.items(&fields).iter();
    let arguments: Vec<&str> = arguments.filter_map(Value::as_str).collect();
    match arguments.as_slice() {
        [_, "-c" | "-lc" | "-Command" | "/c", command] => (*command).to_owned(),
        arguments => arguments.join(" "),
    }
}

/// Returns the number of the command in the background that a tool waits for, or writes to.
pub(super) fn read_running(input: &Value) -> Option<i64> {
    let fields = ["session_id", "task_id", "bash_id", "shellId", "shell_id"];
    let number = input.number(&fields).map(i64::from);
    number.or_else(|| input.text(&fields).map(number_of_background))
}

/// Returns the text of a patch: the input itself, or one of its fields, or an argument.
pub(super) fn read_patch_text(input: &Value) -> &str {
    let fields = [
        "command",
        "patch",
        "patchText",
        "patch_text",
        "input",
        "diff",
    ];
    let argument = || {
        let arguments = input.items(&["command"]).iter();
        let mut texts = arguments.filter_map(Value::as_str);
        texts.find(|text| text.contains("*** "))
    };
    let text = input.as_str().or_else(|| input.text(&fields));
    text.or_else(argument).unwrap_or_default()
}

/// Returns the steps of a list that are done; the list may be Markdown.
pub(crate) fn read_finished_steps(input: &Value) -> Vec<String> {
    let lists = ["todos", "plan", "newTodos", "tasks", "items"];
    let listed = input.items(&lists).iter();
    let mut steps: Vec<String> = listed.filter_map(finished_step_text).collect();
    for line in input.text(&lists).unwrap_or_default().lines() {
        let line = line.trim().trim_start_matches(['-', '*', ' ']);
        if let Some(done) = line.strip_prefix("[x]").or(line.strip_prefix("[X]")) {
            steps.push(done.trim().to_owned());
        }
    }
    steps
}

/// Returns what a step is called, if it is done.
fn finished_step_text(step: &Value) -> Option<String> {
    is_finished(step).then(|| read_step_text(step)).flatten()
}

/// Returns which step a call says is done.
pub(super) fn read_finished_step(input: &Value) -> Option<Effect> {
    let fields = ["taskId", "task_id", "id"];
    let number = || input.number(&fields).map(|id| id.to_string());
    let id = input.text(&fields).map(str::to_owned).or_else(number);
    is_finished(input).then(|| Effect::FinishedStep {
        id: id.unwrap_or_default(),
        step: read_step_text(input).unwrap_or_default(),
    })
}

fn is_finished(step: &Value) -> bool {
    let is_finished = |status: &str| matches!(status, "completed" | "done" | "complete");
    step.text(&["status"]).is_some_and(is_finished)
}

/// Returns what a step of the work is called.
fn read_step_text(step: &Value) -> Option<String> {
    let fields = ["content", "step", "description", "title", "subject", "text"];
    step.text(&fields).map(str::to_owned)
}

/// Returns the questions that are asked.
pub(super) fn read_questions(input: &Value) -> Vec<Question> {
    let question = |asked: &Value| {
        let header = asked.text(&["header"]);
        let text = asked.text(&["question", "prompt"]).or(header)?;
        Some(Question {
            text: text.to_owned(),
            header: header.unwrap_or_default().to_owned(),
            options: read_options(asked),
        })
    };
    if input.text(&["question"]).is_some() {
        return question(input).into_iter().collect();
    }
    let asked = input.items(&["questions"]).iter().take(8);
    asked.filter_map(question).collect()
}

fn read_options(asked: &Value) -> Vec<String> {
    let options = asked.items(&["options", "choices"]).iter().take(16);
    let labels = options.filter_map(|option| option.text(&["label"]).or(option.as_str()));
    labels.map(str::to_owned).collect()
}

/// Returns what a tool was used on, by which a failure and a later success are the same: a path,
/// or the first line of an address, a query, a description.
pub(super) fn read_subject(input: &Value) -> String {
    let fields = [
        "url",
        "query",
        "pattern",
        "skill",
        "command",
        "name",
        "subject",
        "title",
        "description",
    ];
    let subject = read_path(input).or_else(|| input.text(&fields));
    let line = subject.unwrap_or_default().trim().lines().next();
    line.unwrap_or_default().to_owned()
}
