//! Putting a derived file in its place, without destroying foreign lines in it.

use super::{MovedAside, Report};
use crate::error::{Error, Hint, Result};
use crate::kb::Kb;
use crate::kb::walk::{DERIVED_FILES, FileState, join, state_of};
use crate::model::EntryPath;
use std::cell::RefCell;
use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

/// How often a file that others keep writing into is tried.
const ATTEMPTS: usize = 20;

/// The files that are derived from the session entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DerivedFile {
    Index,
    Archive,
    Recent,
}

impl DerivedFile {
    /// Returns its path.
    pub(super) fn path(self, kb: &Kb) -> EntryPath {
        let name = DERIVED_FILES[self as usize];
        EntryPath::from_walk(join(&kb.config().session_logs, name))
    }
}

/// Puts the text into the file. What is there is replaced if it `is_ours`, else moved aside
/// before.
pub(super) fn write_derived(
    kb: &Kb,
    derived: DerivedFile,
    text: &str,
    is_ours: &dyn Fn(&[u8]) -> bool,
    report: &mut Report,
) -> Result<()> {
    let path = derived.path(kb);
    // What was found and has to be kept; then what is kept, and may be replaced.
    let foreign: RefCell<Vec<u8>> = RefCell::default();
    let mut kept: Option<blake3::Hash> = None;
    for _ in 0..ATTEMPTS {
        foreign.borrow_mut().clear();
        let written = kb.rewrite(Path::new(path.as_str()), |old| match old {
            Some(old) if old == text.as_bytes() => Ok(None),
            Some(old) if !old.is_empty() && kept != Some(blake3::hash(old)) && !is_ours(old) => {
                *foreign.borrow_mut() = old.to_vec();
                Ok(None)
            }
            _ => Ok(Some(text.as_bytes().to_vec())),
        })?;
        let found = foreign.borrow();
        if found.is_empty() {
            if written {
                report.written.push(path);
            }
            return Ok(());
        }
        let to = keep_aside(kb, &path, &found)?;
        report.moved_aside.push(MovedAside {
            from: path.clone(),
            to,
        });
        kept = Some(blake3::hash(&found));
    }
    Err(
        Error::busy(format!("{path} keeps being written by another program")).with_hint(
            Hint::from("close the program that writes it, and run ")
                .then(Hint::command("log index")),
        ),
    )
}

/// Keeps bytes beside the file that they were found in, unless they are there already. Returns
/// where.
fn keep_aside(kb: &Kb, path: &EntryPath, bytes: &[u8]) -> Result<EntryPath> {
    let mut number = 1u64;
    loop {
        let name = format!("{}-moved-aside-{number}.md", path.stem());
        let aside = EntryPath::from_walk(join(path.directory(), &name));
        let file = kb.root().join(aside.as_str());
        match fs::symlink_metadata(&file) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                let new = |old: Option<&[u8]>| Ok(old.is_none().then(|| bytes.to_vec()));
                if kb.rewrite(Path::new(aside.as_str()), new)? {
                    return Ok(aside);
                }
                // Another process was faster: look again at what is there now.
            }
            Ok(found) if found.is_file() && found.len() == bytes.len() as u64 => {
                if kb.read(&aside)? == bytes {
                    return Ok(aside);
                }
                number += 1;
            }
            _ => number += 1,
        }
    }
}

/// Returns the state of a derived file; `None` if it is not there.
pub(super) fn state_of_derived(kb: &Kb, derived: DerivedFile) -> Option<FileState> {
    let file = kb.open_entry(&derived.path(kb)).ok()?;
    Some(state_of(&file.metadata().ok()?))
}

/// Returns the state of a file that holds exactly the text; `None` if it holds anything else.
pub(super) fn state_holding(kb: &Kb, derived: DerivedFile, text: &str) -> Option<FileState> {
    let mut file = kb.open_entry(&derived.path(kb)).ok()?;
    let state = state_of(&file.metadata().ok()?);
    let mut bytes = Vec::with_capacity(text.len() + 1);
    file.read_to_end(&mut bytes).ok()?;
    (bytes == text.as_bytes()).then_some(state)
}
