//! The input of a tool: every field that some agent's tool has and that says something.

use super::super::wire::{self, Raw};
use super::Question;
use serde::Deserialize;
use std::borrow::Cow;

/// An input. Fields are as they stand; what is not named here is skipped.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Input<'a> {
    /// The input itself, where it is a text.
    #[serde(skip)]
    pub(super) text: Option<&'a str>,
    #[serde(borrow)]
    file_path: Raw<'a>,
    #[serde(borrow, rename = "filePath")]
    file_path_camel: Raw<'a>,
    #[serde(borrow)]
    absolute_path: Raw<'a>,
    #[serde(borrow)]
    path: Raw<'a>,
    #[serde(borrow)]
    target_file: Raw<'a>,
    #[serde(borrow)]
    notebook_path: Raw<'a>,
    #[serde(borrow)]
    target_notebook: Raw<'a>,
    #[serde(borrow)]
    pub(super) paths: Raw<'a>,
    #[serde(borrow)]
    pub(super) include: Raw<'a>,
    #[serde(borrow)]
    command: Raw<'a>,
    #[serde(borrow)]
    cmd: Raw<'a>,
    #[serde(borrow)]
    pub(super) workdir: Raw<'a>,
    #[serde(borrow)]
    pub(super) cwd: Raw<'a>,
    #[serde(borrow)]
    patch: Raw<'a>,
    #[serde(borrow, rename = "patchText")]
    patch_text: Raw<'a>,
    #[serde(borrow)]
    input: Raw<'a>,
    #[serde(borrow)]
    pub(super) session_id: Raw<'a>,
    #[serde(borrow)]
    todos: Raw<'a>,
    #[serde(borrow, rename = "plan")]
    pub(super) plan: Raw<'a>,
    #[serde(borrow)]
    pub(super) summary: Raw<'a>,
    #[serde(borrow)]
    pub(super) subject: Raw<'a>,
    #[serde(borrow)]
    pub(super) status: Raw<'a>,
    #[serde(borrow, rename = "taskId")]
    task_id_camel: Raw<'a>,
    #[serde(borrow)]
    task_id: Raw<'a>,
    #[serde(borrow)]
    questions: Raw<'a>,
    #[serde(borrow)]
    question: Raw<'a>,
    #[serde(borrow)]
    choices: Raw<'a>,
    #[serde(borrow)]
    options: Raw<'a>,
    #[serde(borrow)]
    pub(super) skill: Raw<'a>,
    #[serde(borrow)]
    pub(super) name: Raw<'a>,
    #[serde(borrow)]
    pub(super) subagent_type: Raw<'a>,
    #[serde(borrow)]
    pub(super) agent_type: Raw<'a>,
    #[serde(borrow)]
    url: Raw<'a>,
    #[serde(borrow)]
    query: Raw<'a>,
    #[serde(borrow)]
    pattern: Raw<'a>,
    #[serde(borrow)]
    description: Raw<'a>,
}

/// A step of a list of steps.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Step<'a> {
    #[serde(borrow)]
    status: Raw<'a>,
    #[serde(borrow)]
    content: Raw<'a>,
    #[serde(borrow)]
    step: Raw<'a>,
    #[serde(borrow)]
    description: Raw<'a>,
}

/// A question, or one of the options of a question.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked<'a> {
    #[serde(borrow)]
    question: Raw<'a>,
    #[serde(borrow)]
    prompt: Raw<'a>,
    #[serde(borrow)]
    header: Raw<'a>,
    #[serde(borrow)]
    options: Raw<'a>,
    #[serde(borrow)]
    choices: Raw<'a>,
    #[serde(borrow)]
    label: Raw<'a>,
}

fn owned(raw: Raw<'_>) -> Option<String> {
    let text = wire::text(raw).filter(|text| !text.trim().is_empty());
    text.map(Cow::into_owned)
}

impl Input<'_> {
    /// Returns the path of the file that the tool is used on.
    pub(super) fn path(&self) -> Option<String> {
        [
            self.file_path,
            self.file_path_camel,
            self.absolute_path,
            self.path,
            self.target_file,
            self.notebook_path,
            self.target_notebook,
        ]
        .into_iter()
        .find_map(owned)
    }

    /// Returns the command line: `bash -lc LINE` is the line.
    pub(super) fn command_line(&self) -> Option<String> {
        let raw = self.command.or(self.cmd);
        if let Some(line) = owned(raw) {
            return Some(line);
        }
        let words = wire::texts(raw);
        match words.as_slice() {
            [] => None,
            [_, flag, line] if matches!(flag.as_str(), "-c" | "-lc" | "-Command" | "/c") => {
                Some(line.clone())
            }
            words => Some(words.join(" ")),
        }
    }

    /// Returns the text of a patch.
    pub(super) fn patch_text(&self) -> Option<String> {
        let fields = [self.patch, self.patch_text, self.input, self.command];
        let found = fields.into_iter().find_map(owned);
        found.or_else(|| self.text.map(str::to_owned))
    }

    /// Returns the steps that are done.
    pub(super) fn steps_done(&self) -> Vec<String> {
        let raw = self.todos.or(self.plan);
        if let Some(markdown) = wire::text(raw) {
            let done = |line: &str| {
                let rest = line
                    .trim_start()
                    .trim_start_matches(['-', '*'])
                    .trim_start();
                let rest = rest
                    .strip_prefix("[x]")
                    .or_else(|| rest.strip_prefix("[X]"))?;
                Some(rest.trim().to_owned()).filter(|rest| !rest.is_empty())
            };
            return markdown.lines().filter_map(done).collect();
        }
        let steps = wire::list(raw).into_iter();
        steps
            .filter_map(|raw| wire::object::<Step<'_>>(Some(raw)))
            .filter(|step| wire::text(step.status).is_some_and(|status| status == "completed"))
            .filter_map(|step| owned(step.content.or(step.step).or(step.description)))
            .collect()
    }

    /// Returns the id of a step, a text or a number.
    pub(super) fn task_id(&self) -> Option<String> {
        let raw = self.task_id_camel.or(self.task_id)?;
        owned(Some(raw)).or_else(|| wire::number(Some(raw)).map(|id| id.to_string()))
    }

    /// Returns the questions that are asked.
    pub(super) fn asked(&self) -> Vec<Question> {
        if let Some(text) = owned(self.question) {
            let options = options(self.choices.or(self.options));
            return vec![Question { text, options }];
        }
        let questions = wire::list(self.questions).into_iter();
        questions
            .filter_map(|raw| wire::object::<Asked<'_>>(Some(raw)))
            .filter_map(|asked| {
                let text = owned(asked.question.or(asked.prompt).or(asked.header))?;
                let options = options(asked.options.or(asked.choices));
                Some(Question { text, options })
            })
            .collect()
    }

    /// Returns what a tool that is nothing special is used on.
    pub(super) fn subject_of_others(&self) -> String {
        let fields = [self.url, self.query, self.pattern, self.description];
        let found = self.path().or_else(|| fields.into_iter().find_map(owned));
        found.unwrap_or_default()
    }
}

fn options(raw: Raw<'_>) -> Vec<String> {
    let options = wire::list(raw).into_iter();
    options
        .filter_map(|raw| {
            let label = wire::object::<Asked<'_>>(Some(raw)).and_then(|asked| owned(asked.label));
            label.or_else(|| owned(Some(raw)))
        })
        .collect()
}
