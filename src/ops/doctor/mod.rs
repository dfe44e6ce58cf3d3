//! Looking for everything that is not as it should be.

mod agents;
mod copies;
mod entries;
mod journals;
mod leftovers;
mod links;
mod mend;
mod moved;
mod place;
mod records;
mod silence;

pub use agents::AgentHealth;

use super::{Reply, Response};
use crate::error::{Error, Hint, Result};
use crate::index::Index;
use crate::kb::{Environment, Kb};
use mend::Remedy;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Returns the request that mends what can be mended.
fn mending() -> Hint {
    Hint::command("doctor").with_flag("fix")
}

/// Returns how a file is named: by its path below the root if it lies there.
fn shown_file(kb: &Kb, file: &Path) -> String {
    match file.strip_prefix(kb.root()) {
        Ok(path) => path.display().to_string(),
        Err(_) => kb.environment().shown(file),
    }
}

/// Looks for everything that is not as it should be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DoctorRequest {
    /// Whether to mend what can be mended.
    pub fix: bool,
}

/// The health of a knowledge base.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DoctorResponse {
    /// Root of the knowledge base; `null` if it is unknown.
    pub root: Option<String>,
    /// Whether everything works: no finding is an error.
    pub working: bool,
    /// Number of entries that were looked at.
    pub entries: u64,
    /// Agents that are used here, or have hooks of ours.
    pub agents: Vec<AgentHealth>,
    /// Number of sessions of agents whose events are still being collected.
    pub journals: u64,
    /// What is not as it should be.
    pub findings: Vec<Finding>,
    /// What was not, and has been mended now.
    pub fixed: Vec<Finding>,
}

/// One thing that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// What was checked: `settings`, `root`, `trust`, `permissions`, `index`, `lock`, `git`,
    /// `leftover`, `file`, `entry`, `copy`, `link`, `record`, `hooks`, `journal` or `losses`.
    pub check: String,
    /// The file: relative to the root if it lies below it.
    pub path: Option<String>,
    /// Line in the file, from 1.
    pub line: Option<u32>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub advice: String,
    /// Whether it can be mended by this request, with `fix`.
    pub fixable: bool,
    /// How.
    #[serde(skip)]
    #[schemars(skip)]
    remedy: Option<Remedy>,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Commands fail.
    Error,
    /// Commands work, but something is lost or odd.
    Warning,
}

impl Severity {
    /// Returns `error` or `warning`.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

impl Finding {
    fn error(check: &str, message: impl Into<String>, advice: impl Into<String>) -> Self {
        Finding {
            severity: Severity::Error,
            check: check.to_owned(),
            path: None,
            line: None,
            message: message.into(),
            advice: advice.into(),
            fixable: false,
            remedy: None,
        }
    }

    fn warning(check: &str, message: impl Into<String>, advice: impl Into<String>) -> Self {
        Finding {
            severity: Severity::Warning,
            ..Self::error(check, message, advice)
        }
    }

    /// Returns what findings of one kind have in common: how bad they are, what was checked, and
    /// the advice.
    pub fn kind(&self) -> (Severity, &str, &str) {
        (self.severity, &self.check, &self.advice)
    }

    /// Says how it can be mended.
    fn mended_by(self, remedy: Remedy) -> Self {
        Finding {
            fixable: true,
            remedy: Some(remedy),
            ..self
        }
    }

    fn at(self, path: impl Into<String>) -> Self {
        Finding {
            path: Some(path.into()),
            ..self
        }
    }

    /// Places the finding in its file; line 0 means the file as a whole.
    fn on_line(self, line: u32) -> Self {
        Finding {
            line: (line > 0).then_some(line),
            ..self
        }
    }
}

impl DoctorResponse {
    /// Returns whether all is as it should be. That there is no knowledge base yet is as it should.
    pub fn found_nothing(&self) -> bool {
        let is_expected = |found: &Finding| found.check == "root" && self.working;
        self.findings.iter().all(is_expected)
    }
}

/// `unfolded` says what hooks noted and could not be put into records.
pub(super) fn run_doctor(
    kb: &Kb,
    index: &Index<'_>,
    request: DoctorRequest,
    unfolded: Vec<String>,
) -> Result<Reply> {
    let before = look(kb, index, unfolded.clone());
    if !request.fix {
        return Ok(Reply::from(Response::Doctor(before)));
    }
    let unmended = mend::mend(kb, index, &before.findings);
    let mut after = look(kb, index, unfolded);
    let is_gone = |found: &Finding| found.fixable && !after.findings.contains(found);
    after.fixed = before.findings.into_iter().filter(is_gone).collect();
    let mut reply = Reply::from(Response::Doctor(after));
    reply.warnings = unmended;
    Ok(reply)
}

fn look(kb: &Kb, index: &Index<'_>, unfolded: Vec<String>) -> DoctorResponse {
    let mut findings = place::check_place(kb, index);
    let mut entries = 0;
    if kb.exists() {
        let found = entries::check_entries(kb, index);
        entries = found.entries;
        findings.extend(found.findings);
        findings.extend(leftovers::check(kb, index));
        findings.extend(records::check_records(kb));
        findings.extend(silence::find_silent_agents(kb));
    }
    let journals = journals::check_journals(kb, unfolded);
    let agents = agents::check_agents(kb, &journals);
    findings.extend(journals.findings);
    findings.extend(agents.findings);
    findings.sort_by(|a, b| a.kind().cmp(&b.kind()));
    DoctorResponse {
        root: Some(kb.root().display().to_string()),
        working: findings
            .iter()
            .all(|finding| finding.severity != Severity::Error),
        entries,
        agents: agents.agents,
        journals: journals.files.len() as u64,
        findings,
        fixed: Vec::new(),
    }
}

/// Returns the diagnosis where the knowledge base cannot even be opened, because of what a
/// settings file or a variable says.
pub(super) fn diagnose_unopenable(environment: &Environment, error: &Error) -> DoctorResponse {
    let spelling = environment.spelling;
    let advice = error.hints().first();
    let advice = advice.map(|hint| spelling.spell(hint.clone()));
    let advice = advice.unwrap_or_else(|| "correct it".to_owned());
    DoctorResponse {
        root: None,
        working: false,
        entries: 0,
        agents: Vec::new(),
        journals: 0,
        findings: vec![Finding::error("settings", error.message(), advice)],
        fixed: Vec::new(),
    }
}
