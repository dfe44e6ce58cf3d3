//! What an agent should know at the start: how to use `mx` here, and where the work stands.

use super::{Reply, Response, resume};
use crate::error::{Hint, Result};
use crate::kb::Kb;
use crate::model::{Status, join_words};
use crate::session::derived;
use crate::session::resume::fence_recall;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How many bytes the text has by default.
pub const DEFAULT_PRIME_BUDGET: usize = 4000;

/// How many sessions of all projects are listed.
const RECENT: usize = 5;

/// Above the guide, and above the recent work.
const TITLE: &str = "# Memory of this work: mx\n\n";
const RECENT_TITLE: &str = "\n\n## Recent work in all projects\n\n";

/// Returns what to do, most important first.
fn list_guide(kb: &Kb) -> [String; 7] {
    let code = |hint: Hint| format!("`{}`", kb.spell(hint));
    let run = Hint::command;
    let decision = run("log decision").with("what was decided");
    let decision = decision.with_option("why", "the reason");
    let blocker = run("log blocker").with("what is in the way");
    let end = run("log end").with_option("summary", "what was done");
    let end = end.with_option("state", "what works");
    [
        format!(
            "- Search before working: {}, {}; read with {}.",
            code(run("search").with("auth module")),
            code(
                run("search")
                    .with("rate limit")
                    .with_option("tags", "sessions")
            ),
            code(run("get").with("PATH")),
        ),
        format!(
            "- Record decisions when they are taken: {}; what is in the way: {}, later {}.",
            code(decision),
            code(blocker),
            code(run("log blocker").with_option("resolve", "how it was resolved")),
        ),
        format!(
            "- Note milestones: {}; save a checkpoint: {}.",
            code(run("log event").with("what happened")),
            code(run("log update")),
        ),
        format!(
            "- When the work is done: {}. The first row begins a session, so does {}.",
            code(end.with_option("next", "what is next")),
            code(run("log start").with_option("goal", "what is to be done")),
        ),
        format!(
            "- What is to be next stays open until it is done: {}, {}, {}; what was decided: {}.",
            code(run("log next").with("what is next")),
            code(run("next")),
            code(run("next done").with("ID")),
            code(run("decisions")),
        ),
        format!(
            "- More context: {}, {}, {}.",
            code(run("resume").with_option("budget", "6000")),
            code(run("recent")),
            code(run("log show").with("ID")),
        ),
        format!(
            "- A single note without a session: {}.",
            code(
                run("session-log")
                    .with_option("message", "the note")
                    .with_option("tags", "a,b")
            ),
        ),
    ]
}

/// Composes what an agent should know.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PrimeRequest {
    /// Name of the project; `None`: that of the current directory.
    pub project: Option<String>,
    /// Most bytes of the text.
    pub budget: usize,
}

impl Default for PrimeRequest {
    fn default() -> Self {
        PrimeRequest {
            project: None,
            budget: DEFAULT_PRIME_BUDGET,
        }
    }
}

/// What an agent should know.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct PrimeResponse {
    /// Name of the project.
    pub project: String,
    /// All of it, in Markdown, within the budget.
    pub text: String,
    /// Length of the text in bytes.
    pub bytes: u64,
}

pub(super) fn run_prime(kb: &Kb, request: &PrimeRequest) -> Result<Reply> {
    let project = request.project.clone().unwrap_or_else(|| kb.project());
    let mut left = request.budget;
    let guide = list_guide(kb);
    let guide: Vec<&str> = guide.iter().map(String::as_str).collect();
    let guide = fitting_lines(TITLE, &guide, &mut left);
    // The fence around what is recalled takes room of its own.
    let mut room = left.saturating_sub(fence_recall("", &project).len() + "\n".len());
    let resume = resume_within(kb, &project, room)?;
    room = room.saturating_sub(resume.len());
    let lines = recent_lines(kb)?;
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let recent = fitting_lines(RECENT_TITLE, &lines, &mut room);
    let mut recalled = resume.clone();
    if !recent.is_empty() {
        recalled += &format!("{RECENT_TITLE}{}", recent.join("\n"));
    }
    let mut text = String::new();
    if !guide.is_empty() {
        text += &format!("{TITLE}{}\n", guide.join("\n"));
    }
    let fenced = fence_recall(recalled.trim_start(), &project);
    let gap = if text.is_empty() { "" } else { "\n" };
    if !recalled.is_empty() && text.len() + gap.len() + fenced.len() <= request.budget {
        text += gap;
        text += &fenced;
    }
    Ok(Reply::from(Response::Prime(PrimeResponse {
        project,
        bytes: text.len() as u64,
        text,
    })))
}

/// Returns the first lines that fit with the heading above them, and takes them off what is left.
fn fitting_lines(heading: &str, lines: &[&str], left: &mut usize) -> Vec<String> {
    let mut used = heading.len();
    let fits = |line: &&&str| {
        used += line.len() + 1;
        used <= *left
    };
    let fitting: Vec<String> = lines
        .iter()
        .take_while(fits)
        .map(|l| (*l).to_owned())
        .collect();
    if !fitting.is_empty() {
        let bytes: usize = fitting.iter().map(|line| line.len() + 1).sum();
        *left -= heading.len() + bytes;
    }
    fitting
}

fn resume_within(kb: &Kb, project: &str, bytes: usize) -> Result<String> {
    let mut budget = bytes.min(resume::DEFAULT_BUDGET);
    loop {
        let text = resume::recall_project(kb, project, budget)?;
        if text.len() <= bytes || budget == 0 {
            return Ok(text);
        }
        budget = budget * 3 / 4;
    }
}

fn recent_lines(kb: &Kb) -> Result<Vec<String>> {
    let sessions = derived::list_facts(kb, None, RECENT)?;
    let ended = sessions
        .iter()
        .filter(|facts| facts.status == Some(Status::Ended) && !facts.summary.is_empty());
    let line = |facts: &derived::SessionFacts| {
        let project = join_words(&facts.project);
        let summary = join_words(&facts.summary);
        format!("- {} ({project}): {summary}", facts.id.day())
    };
    Ok(ended.map(line).collect())
}
