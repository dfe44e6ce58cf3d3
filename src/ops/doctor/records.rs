//! Records of sessions that cannot be understood: those in progress, and those that were.

use super::mend::Remedy;
use super::{Finding, mending, shown_file};
use crate::error::{Error, Hint};
use crate::kb::{Kb, belongs_to_another};
use crate::markdown::session as format;
use crate::model::Status;
use crate::session::location::is_in_project;
use crate::session::{derived, location, record, registry};
use std::fs;
use std::path::{Path, PathBuf};

pub(super) fn check_records(kb: &Kb) -> Vec<Finding> {
    let mut files: Vec<PathBuf> = registry::all_notes(kb)
        .into_iter()
        .map(|note| note.file)
        .collect();
    let directories = kb.environment().cwd.ancestors();
    files.extend(directories.flat_map(|dir| location::record_names().map(|name| dir.join(name))));
    files.sort();
    files.dedup();
    let mut findings: Vec<Finding> = files
        .iter()
        .flat_map(|file| check_record(kb, file))
        .collect();
    findings.extend(unreadable_entries(kb));
    findings.extend(outdated_files(kb));
    findings
}

/// Looks at the record of a session in progress. None is no fault: it may have ended meanwhile.
fn check_record(kb: &Kb, file: &Path) -> Vec<Finding> {
    let shown = shown_file(kb, file);
    let bytes = match record::read_record_file(file) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return passed_over(file).map(|f| f.at(shown)).into_iter().collect(),
        // It lies where only another user can look.
        Err(_) if !file.is_file() => return Vec::new(),
        Err(error) => return vec![unreadable_record(&error).at(shown)],
    };
    let Ok(text) = std::str::from_utf8(&bytes) else {
        let advice = "nothing can be added to the record; save it as UTF-8 in an editor";
        return vec![Finding::error("record", "is not UTF-8", advice).at(shown)];
    };
    let parsed = format::parse_record(text, kb.zone(), None);
    let mut findings = Vec::new();
    if parsed.session.is_none() {
        let advice = "nothing can be added to it; give it a heading such as '## Session: \
                      20250321-143022', or move it away";
        findings.push(
            Finding::error("record", "is not the record of a session", advice).at(shown.clone()),
        );
    }
    let ended = parsed.session.as_ref();
    if ended.is_some_and(|session| session.status == Status::Ended) && is_in_project(file) {
        let advice = Hint::from("the next ").then(Hint::command("log"));
        let advice = kb.spell(advice.then(" brings it there, or ").then(mending()));
        let message = "has ended, and is not in the knowledge base yet";
        let finding = Finding::warning("record", message, advice).at(shown.clone());
        findings.push(finding.mended_by(Remedy::MoveRecords));
    }
    let advice = "what is not understood stays as it is and does not count; correct the line";
    findings.extend(parsed.problems.into_iter().map(|problem| {
        Finding::warning("record", problem.reason, advice)
            .at(shown.clone())
            .on_line(problem.line)
    }));
    findings
}

fn unreadable_record(error: &Error) -> Finding {
    let advice = "nothing can be added to the record; give yourself the right to read it";
    let cause = std::error::Error::source(error);
    let message = match cause {
        Some(cause) => format!("cannot be read: {cause}"),
        None => error.message().to_owned(),
    };
    Finding::error("record", message, advice)
}

/// Names what has the name of a record and can be none.
fn passed_over(file: &Path) -> Option<Finding> {
    let found = fs::symlink_metadata(file).ok()?;
    let why = if belongs_to_another(file) {
        "belongs to another user, and is passed over"
    } else if !found.is_file() && !file.is_file() {
        "is no regular file, and is passed over"
    } else {
        return None;
    };
    let advice = "move it away if you can: records of sessions have that name";
    Some(Finding::warning("record", why, advice))
}

/// Returns the derived files that are not what the sessions say, if there are any sessions.
fn outdated_files(kb: &Kb) -> Vec<Finding> {
    if !kb.root().join(&kb.config().session_logs).is_dir() {
        return Vec::new();
    }
    let differing = derived::compare_with_entries(kb).unwrap_or_default();
    let advice = Hint::from("it is made from the records of sessions: ").then(mending());
    let advice = advice
        .then(" writes it anew, as ")
        .then(Hint::command("log index"));
    let advice = kb.spell(advice.then(" does"));
    let outdated = differing.into_iter().map(|path| {
        Finding::warning("record", "is not what the sessions say", advice.clone())
            .at(path.to_string())
            .mended_by(Remedy::WriteDerived)
    });
    outdated.collect()
}

/// Returns the sessions of the past of which only the name is known.
fn unreadable_entries(kb: &Kb) -> Vec<Finding> {
    let sessions = derived::list_facts(kb, None, usize::MAX).unwrap_or_default();
    let unreadable = sessions.iter().filter(|facts| facts.status.is_none());
    let advice = "the lists of sessions show its name only; correct the front matter and the \
                  heading";
    unreadable
        .map(|facts| {
            Finding::warning("record", "is not understood as a session", advice)
                .at(facts.path.to_string())
        })
        .collect()
}
