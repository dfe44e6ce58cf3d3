//! What killed processes left behind: temporary files, notes of what was to be appended, parts of the
//! index.

use super::mend::Remedy;
use super::{Finding, mending, shown_file};
use crate::error::Hint;
use crate::index::Index;
use crate::kb::{Kb, belongs_to_another, is_abandoned, is_temporary, open_regular_file};
use crate::session::registry;
use crate::session::start::workplace_of;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use walkdir::{DirEntry, WalkDir};

const PRIVATE_DIR: &str = ".mx";

pub(super) fn check(kb: &Kb, index: &Index<'_>) -> Vec<Finding> {
    let orphans = index.find_orphans();
    let mut files = temporary_files(kb);
    files.extend(temporary_records(kb));
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
    let is_entered = |entry: &DirEntry| {
        let name = entry.file_name().to_string_lossy();
        let is_own = entry.depth() == 1 && name == PRIVATE_DIR;
        let is_hidden = entry.depth() > 0 && entry.file_type().is_dir() && name.starts_with('.');
        is_own || !is_hidden
    };
    let walk = WalkDir::new(kb.root()).sort_by_file_name().into_iter();
    let files = walk.filter_entry(is_entered).flatten();
    let is_left = |file: &DirEntry| {
        !file.file_type().is_dir() && is_temporary(&file.file_name().to_string_lossy())
    };
    files.filter(is_left).map(DirEntry::into_path).collect()
}

/// Returns the temporary files whose writer was killed beside the records of projects: of sessions that
/// go on, and where one would be kept here. Only those that hold the beginning of a record are ours.
fn temporary_records(kb: &Kb) -> Vec<PathBuf> {
    let cwd = &kb.environment().cwd;
    let noted = registry::all_notes(kb).into_iter();
    let noted = noted.flat_map(|note| note.directories.into_iter().chain([note.file]));
    let mut directories: Vec<PathBuf> = noted
        .filter_map(|path| {
            if path.is_dir() {
                Some(path)
            } else {
                Some(path.parent()?.to_owned())
            }
        })
        .collect();
    directories.extend([cwd.clone(), workplace_of(cwd)]);
    directories.retain(|directory| !directory.starts_with(kb.root()));
    directories.sort();
    directories.dedup();
    let listed = directories
        .iter()
        .flat_map(fs::read_dir)
        .flatten()
        .flatten();
    let named = listed.filter(|entry| is_temporary(&entry.file_name().to_string_lossy()));
    named
        .map(|entry| entry.path())
        .filter(|file| is_of_record(file))
        .collect()
}

/// Returns whether a file of this user begins as a record does.
fn is_of_record(file: &Path) -> bool {
    let begins = |opened: fs::File| {
        let mut bytes = Vec::new();
        let read = opened.take(4).read_to_end(&mut bytes);
        read.is_ok() && b"---\n".starts_with(&bytes)
    };
    !belongs_to_another(file) && open_regular_file(file).is_ok_and(begins)
}

fn leftover(kb: &Kb, file: &Path, message: &str) -> Finding {
    let finding = |advice: Hint| {
        Finding::warning("leftover", message, kb.spell(advice)).at(shown_file(kb, file))
    };
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
        .at(shown_file(kb, file))
        .mended_by(Remedy::CleanIndex)
}
