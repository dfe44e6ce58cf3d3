//! The place: root, permissions, index, locks.

use super::Finding;
use super::mend::Remedy;
use crate::error::Hint;
use crate::index::{Index, IndexState};
use crate::kb::Kb;
use std::path::Path;

pub(super) fn check_place(kb: &Kb, index: &Index<'_>) -> Vec<Finding> {
    if !kb.exists() {
        let message = format!("there is no knowledge base at {} yet", kb.root().display());
        let advice = kb.spell(
            Hint::from("the first hook or '")
                .then(Hint::command("session-log"))
                .then("' makes it, or '")
                .then(Hint::command("init"))
                .then("'"),
        );
        return vec![Finding::warning("root", message, advice)];
    }
    let mut findings = Vec::new();
    let advice = kb.spell(
        Hint::from(
            "nothing can be written here; give yourself the right to write, or choose another \
             knowledge base with ",
        )
        .then(Hint::flag("kb"))
        .then(" or MEMEX_KB_ROOT"),
    );
    findings.extend(unwritable_directory(kb.root(), &advice));
    if kb.private_dir().is_dir() {
        let advice = "the index cannot be kept up to date, and searches are slower; give yourself \
                      the right to write";
        findings.extend(
            unwritable_directory(&kb.private_dir(), advice).map(|finding| Finding {
                severity: super::Severity::Warning,
                ..finding
            }),
        );
    }
    findings.extend(check_git(kb));
    findings.extend(check_index(kb, index));
    findings.extend(untrusted_place(kb));
    findings.extend(committed_index(kb));
    let advice = "remove what is in its place, or rename it";
    let refused = kb.refused_private_dir();
    findings.extend(refused.map(|why| Finding::warning("permissions", why, advice)));
    match kb.find_exposed() {
        Ok(paths) => findings.extend(paths.iter().map(|path| exposed(kb, path))),
        Err(error) => {
            let advice = "whether other users can read it is not known; look again";
            findings.push(Finding::warning("permissions", error.message(), advice));
        }
    }
    findings
}

/// Reports where what hooks capture goes, if not into this knowledge base.
fn untrusted_place(kb: &Kb) -> Option<Finding> {
    if kb.is_trusted() {
        return None;
    }
    let goes = match kb.root_for_capture() {
        Some(root) => format!("goes to {}", kb.environment().shown(&root)),
        None => "is lost".to_owned(),
    };
    let root = kb.root().display();
    let message =
        format!("what agents' hooks capture here {goes}: {root} may have come with a repository");
    let advice = Hint::from("if it is yours: ").then(Hint::command("context trust"));
    Some(Finding::warning("trust", message, kb.spell(advice)))
}

/// Finds a `.gitignore` under which git would take in what is private.
fn committed_index(kb: &Kb) -> Option<Finding> {
    if kb.private_dir_is_ignored() {
        return None;
    }
    let message = "git does not leave out what is private in .mx/";
    let advice = Hint::from("put a line with * into it: ").then(super::mending());
    let advice = kb.spell(advice.then(" does it"));
    let finding = Finding::warning("permissions", message, advice).at(".mx/.gitignore");
    Some(finding.mended_by(Remedy::HidePrivate))
}

/// A private file that others can read: prompts and commands are among what is there.
fn exposed(kb: &Kb, path: &Path) -> Finding {
    let message = "other users of this machine can look into it";
    let advice = Hint::from("it is meant for you alone: ").then(super::mending());
    let advice = kb.spell(advice.then(" takes their rights away"));
    Finding::warning("permissions", message, advice)
        .at(kb.environment().shown(path))
        .mended_by(Remedy::Close(path.to_owned()))
}

/// Looks how git merges entries.
fn check_git(kb: &Kb) -> Option<Finding> {
    if !kb.in_git() {
        return None;
    }
    let advice = kb.spell(Hint::command("init").then(" sets it up"));
    if !kb.has_merge_attribute() {
        let message = "git leaves conflicts where two clones wrote to one entry: .gitattributes \
                       lacks '*.md merge=union'";
        return Some(Finding::warning("git", message, advice));
    }
    let message = "git merges by lines in this clone, which may tear notes of one minute: its \
                   configuration lacks the merge driver";
    (!kb.has_merge_driver()).then(|| Finding::warning("git", message, advice))
}

/// Tries to write into a directory.
fn unwritable_directory(directory: &Path, advice: &str) -> Option<Finding> {
    // It has no name where that can be: a process that is killed leaves nothing.
    let cause = tempfile::tempfile_in(directory).err()?;
    let message = format!("cannot write into {}: {cause}", directory.display());
    Some(Finding::error("permissions", message, advice))
}

fn check_index(kb: &Kb, index: &Index<'_>) -> Vec<Finding> {
    let info = match index.info() {
        Ok(info) => info,
        Err(error) => {
            let advice = "delete the directory of the index: the next search builds it anew";
            return vec![Finding::error("index", error.message(), advice)];
        }
    };
    let mut findings = Vec::new();
    let shown = info.directory.display().to_string();
    if info.state == IndexState::Damaged {
        let advice = Hint::from("nothing to do: the next search builds it anew, or ");
        let advice = kb.spell(advice.then(super::mending()));
        let finding = Finding::warning("index", "the index is damaged", advice);
        findings.push(finding.at(shown.clone()).mended_by(Remedy::Rebuild));
    }
    if let Some(writer) = info.writer {
        let message = format!("the index is being written by {writer}");
        let advice = "wait; if that process hangs, end it: its lock ends with it";
        findings.push(Finding::warning("lock", message, advice).at(shown));
    }
    findings
}
