//! The outcome of the use of a tool.

use super::{Effect, GitOperation};
use crate::agents::json::JsonFields as _;
use serde_json::Value;

/// The result of a tool, as its agent's module reads it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a question of its own"
)]
pub(crate) struct ToolResult {
    /// Whether it succeeded; `None` if unknown.
    pub(crate) ok: Option<bool>,
    /// The exit status of a command.
    pub(crate) exit: Option<i32>,
    /// What went wrong, without the exit status.
    pub(crate) error: String,
    /// What a command printed.
    pub(crate) output: String,
    /// Whether the user, or a rule, refused it: then it was not used at all.
    pub(crate) refused: bool,
    /// Whether the agent's program itself turned the call down, as for a tool that does not exist:
    /// it was not used, and nothing is in the way of the work.
    pub(crate) invalid: bool,
    /// Whether the user stopped it, which is no failure.
    pub(crate) interrupted: bool,
    /// Whether a file was made that was not there before, if the agent says.
    pub(crate) created: Option<bool>,
    /// What the agent says that a command did with git.
    pub(crate) git: GitOperation,
    /// Files that were changed on the way.
    pub(crate) files: Vec<Effect>,
    /// The user's answers.
    pub(crate) answers: Vec<Answered>,
    /// The plan that was approved.
    pub(crate) plan: Option<String>,
    /// Id of the step that was made.
    pub(crate) step_id: Option<String>,
    /// What the step is called that was changed.
    pub(crate) step: Option<String>,
    /// Steps that were done before.
    pub(crate) earlier_steps: Vec<String>,
    /// The number of a command that goes on in the background.
    pub(crate) running: Option<i64>,
    /// Whether the transcript will hold how a command ended.
    pub(crate) reported_later: bool,
}

/// The user's answer to a question.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Answered {
    /// The question; empty where the answers come in the order of the questions.
    pub(crate) question: String,
    /// What was chosen.
    pub(crate) labels: Vec<String>,
}

impl ToolResult {
    /// Returns the result of a tool that the user, or a rule, refused.
    pub(crate) fn refusal(reason: &str) -> Self {
        ToolResult {
            ok: Some(false),
            error: reason.to_owned(),
            refused: true,
            ..ToolResult::default()
        }
    }

    /// Returns the result of a tool that failed, was refused or interrupted, as the error says.
    pub(crate) fn failure(error: &str) -> Self {
        ToolResult {
            ok: Some(false),
            error: error.to_owned(),
            refused: is_refusal(error),
            interrupted: is_interruption(error),
            ..ToolResult::default()
        }
    }

    /// Returns the result of a command that ended with a status: the output is its error if it
    /// failed.
    pub(crate) fn exited(exit: i32, output: &str) -> Self {
        ToolResult {
            ok: Some(exit == 0),
            exit: Some(exit),
            error: if exit == 0 { "" } else { output }.to_owned(),
            output: output.to_owned(),
            ..ToolResult::default()
        }
    }
}

/// Returns whether an error says that the user, or a rule, refused the use of a tool.
pub(crate) fn is_refusal(error: &str) -> bool {
    const SIGNS: [&str; 15] = [
        "The user doesn't want to proceed with this tool use",
        "The user doesn't want to take this action",
        "The agent proposed a plan that was rejected by the user",
        "Permission to use ",
        "requested permissions to ",
        "Permission for this action has been denied",
        "Permission denied and could not request permission",
        "rejected by user",
        "rejected by the user",
        "denied by the user",
        "User denied",
        "User rejected",
        "The user rejected",
        "hook error: [",
        "blocked by hook",
    ];
    says_one_of(error, &SIGNS) && !is_interruption(error)
}

/// Returns whether an error, or an output, says that the user stopped the tool.
pub(crate) fn is_interruption(error: &str) -> bool {
    const SIGNS: [&str; 8] = [
        "[Request interrupted by user",
        "Tool execution aborted",
        "aborted by user",
        "User aborted the command",
        "this tool, or a previous tool was interrupted",
        "[Operation Cancelled]",
        "Command was cancelled by user",
        "User cancelled the operation",
    ];
    says_one_of(error, &SIGNS)
}

fn says_one_of(error: &str, signs: &[&str]) -> bool {
    let head = crate::model::cut_at_character(error, 400);
    signs.iter().any(|sign| head.contains(sign))
}

/// Returns the number by which a command in the background is known that an agent names by a text.
pub(crate) fn number_of_background(id: &str) -> i64 {
    let hashed = |_| crate::model::hash_text(id).cast_signed();
    id.parse().unwrap_or_else(hashed)
}

/// Returns the number at the start of a text.
pub(crate) fn read_leading_number(text: &str) -> Option<i32> {
    let text = text.trim_start();
    let digits = text.trim_start_matches('-');
    let end = digits.find(|c: char| !c.is_ascii_digit());
    let length = text.len() - digits.len() + end.unwrap_or(digits.len());
    text[..length].parse().ok()
}

/// Returns answers, an object from questions (or their numbers) to labels.
pub(crate) fn read_answers(answers: &Value) -> Vec<Answered> {
    let Some(answers) = answers.as_object() else {
        return Vec::new();
    };
    let answered = |(question, answer): (&String, &Value)| Answered {
        // A number or an id says only in which order they come.
        question: question.clone(),
        labels: read_labels(answer),
    };
    answers.iter().map(answered).collect()
}

/// Returns the labels of an answer, of which there may be several.
fn read_labels(answer: &Value) -> Vec<String> {
    let labels = match answer {
        Value::String(label) => vec![label.trim()],
        Value::Array(labels) => labels.iter().filter_map(Value::as_str).collect(),
        Value::Object(_) => match answer.items(&["answers"]) {
            [] => answer.text(&["label", "answer"]).into_iter().collect(),
            labels => labels.iter().filter_map(Value::as_str).collect(),
        },
        _ => Vec::new(),
    };
    labels.into_iter().map(str::to_owned).collect()
}

/// Reads a result that its agent reports in plain fields.
pub(crate) fn read_outcome_fields(json: &Value) -> ToolResult {
    let exit = json.number(&["exit", "exit_code", "exitCode"]);
    let error = json.text(&["error", "stderr"]).unwrap_or_default();
    let output = json.text(&["output", "stdout"]).unwrap_or_default();
    let failed = json.flag(&["isError", "is_error"]);
    let said = json
        .flag(&["ok", "success"])
        .or(failed.map(|failed| !failed));
    let ok = said.or(exit.map(|exit| exit == 0));
    ToolResult {
        ok,
        exit,
        error: match (ok, error) {
            (Some(false), "") => output.to_owned(),
            (Some(false), error) => error.to_owned(),
            _ => String::new(),
        },
        output: output.to_owned(),
        refused: json.flag(&["refused"]) == Some(true),
        interrupted: json.flag(&["interrupted"]) == Some(true),
        created: json.flag(&["created"]),
        ..ToolResult::default()
    }
}
