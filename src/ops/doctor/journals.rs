//! What agents' hooks noted: what has not become a record yet, what cannot be read, what was lost.

use super::super::install::shown_time;
use super::Finding;
use crate::agents::{Agent, fold, hook_call, journal};
use crate::error::Hint;
use crate::kb::Kb;
use std::path::Path;

/// How long a journal may be silent before it is reported, in milliseconds.
const SILENCE: i64 = 7 * 24 * 3600 * 1000;

/// The journals, and what is wrong about them.
pub(super) struct JournalFindings {
    pub(super) files: Vec<Journal>,
    pub(super) findings: Vec<Finding>,
}

/// A journal that is there.
pub(super) struct Journal {
    pub(super) agent: Option<Agent>,
    /// When something was last written to it, in milliseconds since 1970.
    pub(super) last: Option<i64>,
}

pub(super) fn check_journals(kb: &Kb, unfolded: Vec<String>) -> JournalFindings {
    let mut found = JournalFindings {
        files: Vec::new(),
        findings: unfolded.into_iter().map(not_folded).collect(),
    };
    let dir = fold::journal_directory(kb);
    for dir in [dir.join("done"), dir] {
        for file in journal::list_journals(&dir).unwrap_or_default() {
            look_at_journal(kb, &file, &mut found);
        }
    }
    for dir in hook_call::loss_places(kb.environment(), Some(kb)) {
        found.findings.extend(loss_findings(kb, &dir));
    }
    found
}

fn not_folded(message: String) -> Finding {
    let advice = "nothing is lost: the next command tries again; correct what the message says";
    Finding::warning("journal", message, advice)
}

fn look_at_journal(kb: &Kb, file: &journal::JournalFile, found: &mut JournalFindings) {
    let shown = kb.environment().shown(&file.path);
    let warn = |message: String, advice: &str| {
        Finding::warning("journal", message, advice).at(shown.clone())
    };
    let mut last = None;
    let read = journal::scan_journal(&file.path, 0, &mut |event| {
        last = last.max(Some(event.at));
    });
    let read = match read {
        // It has become a record meanwhile.
        Err(_) if !file.path.exists() => return,
        Err(error) => {
            let advice = "give yourself the right to read it; what it holds waits until then";
            return found
                .findings
                .push(Finding::warning("journal", error.message(), advice));
        }
        Ok(read) => read,
    };
    let lines = line_findings(read.bad, read.unknown).into_iter();
    let lines = lines.map(|(message, advice)| warn(message, advice));
    found.findings.extend(lines);
    match (&read.header, last) {
        (None, _) => {
            let advice = "it does not say whose session it is: look into it, and remove it";
            let message = "cannot be put into a record".to_owned();
            found.findings.push(warn(message, advice));
        }
        (Some(header), Some(at)) if at < kb.environment().now_milliseconds() - SILENCE => {
            let message = format!("its session has been silent since {}", shown_time(kb, at));
            let end = Hint::command("log end").with_option("session", header.session.as_str());
            let advice = kb.spell(Hint::from("if it is over: ").then(end));
            found.findings.push(warn(message, &advice));
        }
        _ => {}
    }
    let agent = read
        .header
        .and_then(|header| Agent::from_name(&header.agent));
    found.files.push(Journal {
        agent: agent.or(file.agent),
        last,
    });
}

/// Returns what is wrong with lines of a journal, and what to do about it.
fn line_findings(bad: usize, unknown: usize) -> Vec<(String, &'static str)> {
    let mut found = Vec::new();
    if bad > 0 {
        let advice = "torn by a full disk or a killed process: what the lines held is lost, the \
                      others are recorded";
        let lines = match bad {
            1 => "1 line cannot be read".to_owned(),
            several => format!("{several} lines cannot be read"),
        };
        found.push((lines, advice));
    }
    if unknown > 0 {
        let advice = "update mx before the session ends, or they will be missing in its record";
        let message = format!("holds {unknown} events that a newer mx wrote");
        found.push((message, advice));
    }
    found
}

/// Returns what hooks could not note, as far as it was counted in one place.
fn loss_findings(kb: &Kb, dir: &Path) -> Vec<Finding> {
    let file = kb.environment().shown(&journal::loss_file(dir));
    let losses = match journal::read_losses(dir) {
        Ok(losses) => losses,
        Err(error) => {
            let advice = "what hooks lost is counted there; give yourself the right to read it";
            return vec![Finding::warning("losses", error.message(), advice)];
        }
    };
    let finding = |loss: journal::Loss| {
        let times = match loss.count {
            1 => "once".to_owned(),
            several => format!("{several} times"),
        };
        let reason = match loss.reason.as_str() {
            "" => "a hook could not write, not even why",
            reason => reason,
        };
        let message = match loss.last {
            0 => format!("{reason} ({times})"),
            last => format!("{reason} ({times}, last {})", shown_time(kb, last)),
        };
        Finding::warning("losses", message, loss_advice(&loss.reason)).at(file.clone())
    };
    losses.into_iter().map(finding).collect()
}

fn loss_advice(reason: &str) -> &'static str {
    match reason {
        reason if reason.starts_with("not understood") || reason.starts_with("a hook was ") => {
            "what the agent sent is not in the record, all else is; a newer mx may know it. To \
             forget these lines, delete the file"
        }
        reason if reason.starts_with(journal::KEPT) => {
            "nothing is lost, but it may be in your own knowledge base: correct the cause, then \
             delete the file"
        }
        _ => "what hooks noted then is lost: correct the cause, then delete the file",
    }
}
