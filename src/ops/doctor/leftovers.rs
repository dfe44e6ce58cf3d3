//! What killed processes left behind: temporary files, notes of what was to be appended, parts of the
//! index.

use super::mend::Remedy;
use super::{Finding, mending};
use crate::error::Hint;
use crate::index::Index;
use crate::kb::{Kb, is_abandoned, is_temporary};
use std::fs;
use std::path::{Path, PathBuf};

const PRIVATE_DIR: &str = ".mx";

pub(super) fn check(kb: &Kb, index: &Index<'_>) -> Vec<Finding> {
    let orphans = index.find_orphans();
    let mut files = temporary_files(kb);
    files.retain(|file| !orphans.iter().any(|orphan| file.starts_with(orphan)));
    let mut findings: Vec<Finding> = files
        .iter()
        .map(|file| leftover(kb, file, "a temporary file was left behind"))
        .collect();
    let half_made = "a killed process was going to append something, and had not begun to";
    let intents = kb.find_useless_intents().into_iter();
    findings.extend(intents.map(|file| leftover(kb, &file, half_made)));
    findings.extend(orphans.iter().map(|orphan| part_of_index(kb, orphan)));
    findings
}

/// Returns the temporary files whose writer was killed.
fn temporary_files(kb: &Kb) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut directories = vec![kb.root().to_path_buf()];
    while let Some(directory) = directories.pop() {
        for file in fs::read_dir(&directory).into_iter().flatten().flatten() {
            let name = file.file_name();
            let name = name.to_string_lossy();
            if file.file_type().is_ok_and(|kind| kind.is_dir()) {
                let own = directory == kb.root() && name == PRIVATE_DIR;
                if own || !name.starts_with('.') {
                    directories.push(file.path());
                }
            } else if is_temporary(&name) {
                found.push(file.path());
            }
        }
    }
    found.sort();
    found
}

fn leftover(kb: &Kb, file: &Path, message: &str) -> Finding {
    let finding =
        |advice: Hint| Finding::warning("leftover", message, kb.spell(advice)).at(shown(kb, file));
    if is_abandoned(file) {
        finding(useless()).mended_by(Remedy::Remove(file.to_owned()))
    } else {
        let advice = Hint::from("of no use, unless a program is writing just now: ");
        finding(advice.then(mending()).then(" removes it in a minute"))
    }
}

fn useless() -> Hint {
    let advice = Hint::from("of no use: ").then(mending());
    advice.then(" removes it")
}

fn part_of_index(kb: &Kb, file: &Path) -> Finding {
    let message = "a part of the index that is not in force was left behind";
    Finding::warning("leftover", message, kb.spell(useless()))
        .at(shown(kb, file))
        .mended_by(Remedy::CleanIndex)
}

fn shown(kb: &Kb, file: &Path) -> String {
    match file.strip_prefix(kb.root()) {
        Ok(path) => path.display().to_string(),
        Err(_) => kb.environment().shown(file),
    }
}
