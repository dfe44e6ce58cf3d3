//! What an agent should know at the start: how to use `mx` here, and where the work stands.

use super::{Reply, Response, resume};
use crate::error::Result;
use crate::kb::Kb;
use crate::model::Status;
use crate::session::derived;
use crate::session::resume::fence_recall;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How many bytes the text has unless somebody says otherwise.
pub const DEFAULT_PRIME_BUDGET: usize = 4000;

/// How many sessions of all projects are listed.
const RECENT: usize = 5;

/// Above the guide, and above the recent work.
const TITLE: &str = "# Memory of this work: mx\n\n";
const RECENT_TITLE: &str = "\n\n## Recent work in all projects\n\n";

/// What to do with `mx`, most important first.
const GUIDE: [&str; 7] = [
    "- Search before working: `mx search \"auth module\"`, `mx search \"rate limit\" --tags=sessions`; \
     read with `mx get PATH`.",
    "- Record decisions when they are taken: `mx log decision \"TEXT\" --why \"REASON\"`; what is in \
     the way: `mx log blocker \"TEXT\"`, later `--resolve \"HOW\"`.",
    "- Note milestones: `mx log event \"TEXT\"`; save a checkpoint: `mx log update`.",
    "- When the work is done: `mx log end --summary \"TEXT\" --state \"TEXT\" --next \"TEXT\"`. \
     The first row begins a session, so does `mx log start --goal \"TEXT\"`.",
    "- What is to be next stays open until it is done: `mx log next \"TEXT\"`, `mx next`, \
     `mx next done ID`; what was decided: `mx decisions`.",
    "- More context: `mx resume --budget 6000`, `mx recent`, `mx log show ID`.",
    "- A single note without a session: `mx session-log -m \"TEXT\" --tags a,b`.",
];

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
    let guide = fitting_lines(TITLE, &GUIDE, &mut left);
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
        let project = one_line(&facts.project);
        let summary = one_line(&facts.summary);
        format!("- {} ({project}): {summary}", facts.id.day())
    };
    Ok(ended.map(line).collect())
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
