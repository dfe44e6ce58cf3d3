//! One use of a tool, whichever agent's: files, commands, decisions, steps, failures.

use super::notes::{answered, approved, steps};
use super::patch;
use super::shell;
use super::sink::Sink;
use super::tool_names::{Kind, kind, shown_tool_name};
use super::wire::Fields as _;
use crate::model::FileAction;
use serde_json::Value;

/// Of how many files of one patch it is said that it succeeded.
const MOST: usize = 50;

/// One use of a tool.
pub(super) struct Use<'a> {
    /// Its name, as the agent calls it.
    pub(super) name: &'a str,
    /// What it was given.
    pub(super) input: &'a Value,
    /// What it gave back, as the agent tells it.
    pub(super) response: &'a Value,
    /// What came of it.
    pub(super) outcome: Outcome<'a>,
}

/// What came of the use of a tool.
#[derive(Default)]
pub(super) struct Outcome<'a> {
    /// Whether it succeeded; `None` if the agent does not say.
    pub(super) ok: Option<bool>,
    /// The exit status of a command.
    pub(super) exit: Option<i32>,
    /// What went wrong.
    pub(super) error: &'a str,
    /// Whether the user, or a rule, refused it: then it was not used at all.
    pub(super) refused: bool,
    /// Whether the user stopped it, which is no failure.
    pub(super) interrupted: bool,
    /// What a command printed.
    pub(super) output: &'a str,
    /// Whether a file was made that was not there before, if the agent says.
    pub(super) created: Option<bool>,
}

/// Puts what came of a tool into the sink. Returns whether the tool is known.
pub(super) fn used(tool: &Use<'_>, sink: &mut Sink<'_>) -> bool {
    let kind = kind(tool.name, tool.input);
    if !tool.outcome.refused {
        sink.tool(&shown_tool_name(tool.name, tool.input));
    }
    match kind {
        Kind::Shell => shell(tool, sink),
        // That a question was not answered, or a plan not approved, is in nobody's way.
        Kind::Question | Kind::Plan if failed(&tool.outcome) => {}
        _ if failed(&tool.outcome) => fail(tool, sink),
        _ if tool.outcome.interrupted => {}
        kind => succeed(kind, tool, sink),
    }
    kind != Kind::Unknown
}

fn failed(outcome: &Outcome<'_>) -> bool {
    outcome.refused || (outcome.ok == Some(false) && !outcome.interrupted)
}

fn shell(tool: &Use<'_>, sink: &mut Sink<'_>) {
    let outcome = &tool.outcome;
    let command = shell::command(tool.input);
    if outcome.refused {
        sink.failure(tool.name, &command, outcome.error, true);
    } else if outcome.interrupted {
        sink.command(&command, None, None, "");
    } else {
        sink.command(&command, outcome.ok, outcome.exit, outcome.error);
        if outcome.ok != Some(false) {
            // Codex may call the tool for patches as if it were a program.
            if command.trim_start().starts_with("apply_patch")
                && command.contains("*** Begin Patch")
            {
                patch::read(tool.input, sink);
            }
            shell::milestones(&command, outcome.output, tool.response, sink);
        }
    }
}

fn fail(tool: &Use<'_>, sink: &mut Sink<'_>) {
    let (subject, outcome) = (subject(tool.input, sink), &tool.outcome);
    sink.failure(tool.name, &subject, outcome.error, outcome.refused);
}

fn succeed(kind: Kind, tool: &Use<'_>, sink: &mut Sink<'_>) {
    let input = tool.input;
    let path = path(input).unwrap_or_default();
    match kind {
        Kind::Read => sink.file(path, FileAction::Read),
        Kind::Write => match tool.outcome.created {
            Some(true) => sink.file(path, FileAction::Created),
            _ => sink.file(path, FileAction::Modified),
        },
        Kind::Edit => match tool.outcome.created {
            Some(true) => sink.file(path, FileAction::Created),
            _ => edited(input, path, sink),
        },
        Kind::Delete => sink.file(path, FileAction::Deleted),
        Kind::Patch => {
            patch::read(input, sink);
            for file in patch::paths(input).take(MOST) {
                let subject = sink.normal(file);
                sink.success(tool.name, &subject);
            }
            return;
        }
        Kind::Steps => steps(input, tool.response, sink),
        Kind::Question => answered(input, tool.response, sink),
        Kind::Plan => approved(input, tool.response, sink),
        Kind::Shell | Kind::Other | Kind::Unknown => {}
    }
    let subject = subject(input, sink);
    sink.success(tool.name, &subject);
}

/// One edit usually names its file once; some tools edit several.
fn edited(input: &Value, path: &str, sink: &mut Sink<'_>) {
    sink.file(path, FileAction::Modified);
    if path.is_empty() {
        for edit in input.items(&["edits"]) {
            sink.file(self::path(edit).unwrap_or_default(), FileAction::Modified);
        }
    }
}

/// Returns the path in the input of a tool.
pub(super) fn path(input: &Value) -> Option<&str> {
    input.text(&[
        "file_path",
        "filePath",
        "absolute_path",
        "notebook_path",
        "path",
        "target_file",
        "target_notebook",
        "filename",
    ])
}

/// Returns what a tool was used on, by which a failure and a later success are the same: a path,
/// the first file of a patch, an address.
fn subject(input: &Value, sink: &Sink<'_>) -> String {
    if let Some(path) = path(input).or_else(|| patch::paths(input).next()) {
        return sink.normal(path);
    }
    let other = input.text(&[
        "url", "query", "pattern", "skill", "command", "name", "subject", "title",
    ]);
    let other = other.unwrap_or_default().trim();
    other.lines().next().unwrap_or_default().to_owned()
}
