//! Tools whose use is a note in itself: steps that are done, questions that are answered, plans
//! that are approved.

use super::sink::Sink;
use super::wire::Fields as _;
use serde_json::Value;

/// Steps that are done. A list that is given again is told again, but for the steps of which the
/// agent says that they were done before.
pub(super) fn steps(input: &Value, response: &Value, sink: &mut Sink<'_>) {
    let lists = ["todos", "plan", "newTodos", "tasks", "items"];
    let done = |step| is_done(step).then(|| step_text(step)).flatten();
    let before: Vec<&str> = response
        .items(&["oldTodos"])
        .iter()
        .filter_map(done)
        .collect();
    let now = input.items(&lists).iter().filter_map(done);
    for step in now.filter(|step| !before.contains(step)) {
        sink.progress(step);
    }
    for line in input.text(&lists).unwrap_or_default().lines() {
        let line = line.trim().trim_start_matches(['-', '*', ' ']);
        if let Some(done) = line.strip_prefix("[x]").or(line.strip_prefix("[X]")) {
            sink.progress(done);
        }
    }
    if is_done(input) {
        let task = response.at(&["task"]);
        let text = step_text(input).or_else(|| step_text(task));
        sink.progress(text.unwrap_or_default());
    }
}

fn is_done(step: &Value) -> bool {
    let is_done = |status: &str| matches!(status, "completed" | "done" | "complete");
    step.text(&["status"]).is_some_and(is_done)
}

fn step_text(step: &Value) -> Option<&str> {
    step.text(&["content", "step", "description", "title", "subject", "text"])
}

/// Answered questions are decisions, against the options that were not chosen.
pub(super) fn answered(input: &Value, response: &Value, sink: &mut Sink<'_>) {
    let questions = match response.items(&["questions"]) {
        [] => input.items(&["questions"]),
        questions => questions,
    };
    let answers = [response.at(&["answers"]), input.at(&["answers"])];
    let Some(answers) = answers.into_iter().find_map(Value::as_object) else {
        return;
    };
    for (question, answer) in answers {
        let answer = labels(answer);
        if answer.is_empty() {
            continue;
        }
        let asked = questions.iter().find(|asked| {
            [asked.text(&["question"]), asked.text(&["header"])].contains(&Some(question.as_str()))
        });
        let others = asked
            .map(|asked| others(asked, &answer))
            .unwrap_or_default();
        let question = question.trim();
        sink.decision(&format!("{question}: {}", answer.join(", ")), &others);
    }
}

/// Returns the labels of an answer, of which there may be several.
fn labels(answer: &Value) -> Vec<&str> {
    match answer {
        Value::String(label) => vec![label.trim()],
        Value::Array(labels) => labels.iter().filter_map(Value::as_str).collect(),
        Value::Object(_) => answer.text(&["label", "answer"]).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn others(asked: &Value, answer: &[&str]) -> String {
    let options = asked.items(&["options"]).iter();
    let labels = options.filter_map(|option| option.text(&["label"]).or(option.as_str()));
    // Several answers may come as one text.
    let chosen = |label: &str| {
        let parts = || answer.iter().flat_map(|answer| answer.split(", "));
        answer.contains(&label) || parts().any(|part| part == label)
    };
    let others: Vec<&str> = labels.filter(|label| !chosen(label)).collect();
    match others.as_slice() {
        [] => String::new(),
        others => format!("over: {}", others.join(", ")),
    }
}

/// An approved plan is a decision, called by its first line.
pub(super) fn approved(input: &Value, response: &Value, sink: &mut Sink<'_>) {
    let plan = response
        .text(&["plan"])
        .or_else(|| input.text(&["plan", "summary"]));
    let lines = plan.unwrap_or_default().lines();
    let mut lines = lines.map(|line| line.trim_start_matches(['#', ' ', '\t']).trim());
    if let Some(first) = lines.find(|line| !line.is_empty()) {
        sink.decision(first, "approved plan");
    }
}
