//! The use of a tool and its result, put together.

use super::commits::{commits_before_failure, events_of_git};
use super::kind::{is_own_tool, keeps_order};
use super::{Answered, Effect, Question, ToolCall, ToolResult};
use crate::agents::EventKind;
use crate::agents::event_text::{EventCleaner, limit};
use crate::model::hash_text;
use crate::session::resume::verification;
use serde::{Deserialize, Serialize};

/// Of how many files of one patch a success is recorded.
const MOST_SUCCESSES: usize = 50;

/// How many steps of the work are remembered.
const MOST_STEPS: usize = 256;

/// What steps of the work are called, by hashes of their ids, which a redaction might take for
/// keys.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct StepNames(Vec<(u64, String)>);

impl StepNames {
    /// Cleans its texts, so that it may be stored.
    pub(crate) fn clean(&mut self, cleaner: &EventCleaner<'_>) {
        for (_, step) in &mut self.0 {
            *step = cleaner.clean_text(step, limit::LINE);
        }
    }

    fn remember(&mut self, id: &str, step: &str) {
        if self.0.len() >= MOST_STEPS {
            self.0.remove(0);
        }
        self.0.push((hash_text(id), step.to_owned()));
    }

    fn find(&self, id: &str) -> Option<&str> {
        let id = hash_text(id);
        let found = self.0.iter().rfind(|(known, _)| *known == id);
        found.map(|(_, step)| step.as_str())
    }
}

/// Returns what happened: that the tool was used, what it did, and whether it failed.
pub(crate) fn events_of(
    call: &ToolCall,
    result: &ToolResult,
    steps: &mut StepNames,
) -> Vec<EventKind> {
    if result.invalid {
        return Vec::new();
    }
    let mut events = Vec::new();
    if !result.refused && !keeps_order(&call.name) {
        let name = call.name.clone();
        events.push(EventKind::Tool { name });
    }
    let failed = result.ok == Some(false) && !result.interrupted;
    let waits = |effect: &Effect| matches!(effect, Effect::Wait { .. });
    // A command that was waited for fails by itself.
    let failed = failed && call.command().is_none() && !call.effects.iter().any(waits);
    if result.refused || failed {
        events.extend(failure_of(call, result));
        return events;
    }
    if result.interrupted && call.command().is_none() {
        return events;
    }
    for effect in call.effects.iter().chain(&result.files) {
        events.extend(events_of_effect(effect, result, steps));
    }
    if call.command().is_none() {
        events.extend(successes_of(call));
    }
    events
}

/// That a question was not answered, or a plan not approved, is no obstacle; nor is a call that this
/// program did not understand.
fn failure_of(call: &ToolCall, result: &ToolResult) -> Option<EventKind> {
    let asks = |effect: &Effect| matches!(effect, Effect::Ask { .. } | Effect::ProposePlan { .. });
    let is_obstacle = !call.effects.iter().any(asks) && !is_own_tool(&call.name);
    is_obstacle.then(|| EventKind::Failure {
        tool: call.name.clone(),
        subject: call.command().unwrap_or(&call.subject).to_owned(),
        error: result.error.clone(),
        refused: result.refused,
    })
}

/// A patch may have failed on any of its files before.
fn successes_of(call: &ToolCall) -> Vec<EventKind> {
    let files = call.effects.iter().filter_map(|effect| match effect {
        Effect::File { path, from, .. } => Some(from.as_ref().unwrap_or(path)),
        _ => None,
    });
    let mut subjects: Vec<&String> = files.take(MOST_SUCCESSES).collect();
    if !subjects.contains(&&call.subject) {
        subjects.push(&call.subject);
    }
    let success = |subject: &String| EventKind::Success {
        tool: call.name.clone(),
        subject: subject.clone(),
    };
    subjects.into_iter().map(success).collect()
}

fn events_of_effect(effect: &Effect, result: &ToolResult, steps: &mut StepNames) -> Vec<EventKind> {
    match effect {
        Effect::File { path, action, from } => vec![EventKind::File {
            path: path.clone(),
            action: action.resolve(result.created),
            from: from.clone(),
        }],
        Effect::Command { command } => events_of_run(command, result),
        Effect::FinishedSteps { steps } => {
            let done = steps
                .iter()
                .filter(|step| !result.earlier_steps.contains(step));
            done.map(|step| EventKind::Progress { text: step.clone() })
                .collect()
        }
        Effect::NewStep { step } => {
            if let Some(id) = &result.step_id {
                steps.remember(id, step);
            }
            Vec::new()
        }
        Effect::FinishedStep { id, step } => {
            let named = Some(step.as_str()).filter(|step| !step.is_empty());
            let named = named.or(result.step.as_deref()).or_else(|| steps.find(id));
            let text = named.unwrap_or_default().to_owned();
            vec![EventKind::Progress { text }]
        }
        Effect::Ask { questions } => decisions_of_answers(questions, result),
        Effect::ProposePlan { plan } => decision_of_plan(plan, result).into_iter().collect(),
        // The outcome of the command that was waited for is reported by the caller that knows it.
        Effect::Wait { .. } => Vec::new(),
    }
}

/// Returns what a command did that a tool ran. Without a status it is unknown that a check failed:
/// it may have been stopped, or have timed out.
fn events_of_run(command: &str, result: &ToolResult) -> Vec<EventKind> {
    let proven = result.ok != Some(false) || result.exit.is_some();
    if proven || verification::find_verification(command).is_none() {
        return events_of_command(command, result);
    }
    let result = ToolResult {
        ok: None,
        ..result.clone()
    };
    events_of_command(command, &result)
}

/// Returns what a command did. Where its status does not show the outcome of the check that it
/// runs, what was printed may.
pub(crate) fn events_of_command(command: &str, result: &ToolResult) -> Vec<EventKind> {
    let (ok, exit) = if result.interrupted {
        (None, None)
    } else {
        (result.ok, result.exit)
    };
    let printed = if result.output.is_empty() {
        &result.error
    } else {
        &result.output
    };
    let failed = ok == Some(false);
    let run = |command: &str, ok: Option<bool>, exit, error: &str| EventKind::Command {
        command: command.to_owned(),
        ok,
        exit,
        error: if ok == Some(false) { error } else { "" }.to_owned(),
    };
    let whole = run(command, ok, exit, &result.error);
    let check = (!result.interrupted && !result.reported_later)
        .then(|| verification::find_printed_outcome(command, ok, printed))
        .flatten();
    let mut events = match check {
        // The line failed behind the check.
        Some((check, true)) if failed => vec![whole, run(&check, Some(true), None, "")],
        Some((check, passed)) => vec![run(&check, Some(passed), exit.filter(|_| failed), printed)],
        None => vec![whole],
    };
    events.extend(if failed {
        commits_before_failure(command, printed)
    } else {
        events_of_git(command, &result.output, &result.git)
    });
    events
}

/// Answered questions are decisions, against the options that were not chosen.
fn decisions_of_answers(questions: &[Question], result: &ToolResult) -> Vec<EventKind> {
    let decision = |(number, question): (usize, &Question)| {
        let labels = match find_answer(question, number, &result.answers) {
            Some(answer) => answer.labels.clone(),
            None => vec![read_quoted_answer(
                &result.output,
                &question.text,
                questions.len(),
            )?],
        };
        let answer = labels.join(", ");
        let parts = || labels.iter().flat_map(|label| label.split(", "));
        let chosen =
            |option: &&String| labels.contains(option) || parts().any(|part| part == *option);
        let others = question.options.iter().filter(|option| !chosen(option));
        let others: Vec<&str> = others.map(String::as_str).collect();
        (!answer.trim().is_empty()).then(|| EventKind::Decision {
            decision: format!("{}: {}", question.text.trim(), answer.trim()),
            rationale: match others.as_slice() {
                [] => String::new(),
                others => format!("over: {}", others.join(", ")),
            },
        })
    };
    questions.iter().enumerate().filter_map(decision).collect()
}

/// Returns the answer that names the question; where none names any, the one at its place.
fn find_answer<'a>(
    question: &Question,
    number: usize,
    answers: &'a [Answered],
) -> Option<&'a Answered> {
    let asked = |answer: &&Answered| {
        let named = answer.question.trim();
        named == question.text.trim() || (!named.is_empty() && named == question.header.trim())
    };
    let long = |answer: &Answered| answer.question.contains([' ', '?']);
    let named = answers.iter().find(asked);
    named.or_else(|| answers.get(number).filter(|_| !answers.iter().any(long)))
}

/// Returns an answer out of `"question"="answer"`, or the whole of an answer to the only question.
fn read_quoted_answer(output: &str, question: &str, questions: usize) -> Option<String> {
    let mark = format!("\"{question}\"=\"");
    if let Some(at) = output.find(&mark) {
        let rest = &output[at + mark.len()..];
        return Some(rest[..rest.find('"')?].to_owned());
    }
    let plain = !output.trim_start().starts_with(['{', '[']) && !output.contains("\"=\"");
    if questions != 1 || !plain || output.trim().is_empty() {
        return None;
    }
    let answer = output.trim();
    let answer = answer.strip_prefix("User selected: ").unwrap_or(answer);
    let answer = answer.strip_prefix("User responded: ").unwrap_or(answer);
    Some(answer.to_owned())
}

/// An approved plan is a decision, called by its first line that says something.
fn decision_of_plan(plan: &str, result: &ToolResult) -> Option<EventKind> {
    let told = result.plan.as_deref().filter(|plan| !plan.is_empty());
    let lines = told.unwrap_or(plan).lines();
    let mut titles = lines.map(|line| line.trim_start_matches(['#', ' ', '\t']).trim());
    let title = titles.find(|title| !title.is_empty())?;
    Some(EventKind::Decision {
        decision: title.to_owned(),
        rationale: "approved plan".to_owned(),
    })
}
