//! Spare journals: where a hook writes if it cannot write into the journal of its session, because
//! another program locks it or something else is in its place. Nothing is lost meanwhile: a process
//! that folds journals brings what is in a spare one into the journal first.

use super::aside::{hold, settle};
use crate::error::{Error, Result};
use crate::kb::{Access, make_private_directory, open_or_create_private, read_private};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How many spare journals there may be for one session.
const SPARES: usize = 3;
/// What follows the name of a journal in that of a spare one, before its number; and once it is being
/// brought into the journal.
const SPARE: &str = ".spare-";
const TAKEN: &str = ".taken-";

/// How often a journal that is moved away meanwhile is opened anew.
const OPENINGS: usize = 64;

/// Opens a journal, or a spare one for it, made where it is missing, and holds it: until it is closed
/// no process takes what is in it for all there is. Also returns whether it is a spare one.
///
/// # Errors
///
/// If none can be opened: why the journal itself cannot.
pub(super) fn open_held(dir: &Path, path: &Path) -> io::Result<(File, bool)> {
    let cause = match open_journal(dir, path) {
        Ok(file) => return Ok((file, false)),
        Err(cause) => cause,
    };
    let spares = (1..=SPARES).map(|number| named_beside(path, SPARE, number));
    let opened = spares
        .map(|spare| open_journal(dir, &spare))
        .find_map(io::Result::ok);
    opened.map(|file| (file, true)).ok_or(cause)
}

fn open_journal(dir: &Path, path: &Path) -> io::Result<File> {
    for _ in 0..OPENINGS {
        let file = open_once(dir, path)?;
        if hold(&file, path)? {
            return Ok(file);
        }
    }
    Err(io::Error::other("another program keeps it locked"))
}

fn open_once(dir: &Path, path: &Path) -> io::Result<File> {
    match open_or_create_private(path, Access::Journal) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            make_private_directory(dir)?;
            open_or_create_private(path, Access::Journal)
        }
        opened => opened,
    }
}

fn named_beside(path: &Path, mark: &str, number: usize) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!("{mark}{number}"));
    path.with_file_name(name)
}

/// Returns whether there are spare journals.
pub fn has_spares(dir: &Path) -> bool {
    !find_spares(dir).is_empty()
}

/// Returns the spare journals, each with its journal; those that a killed process was taking first.
fn find_spares(dir: &Path) -> Vec<(PathBuf, PathBuf)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        let of = [TAKEN, SPARE]
            .into_iter()
            .find_map(|mark| Some(name.split_once(mark)?.0));
        if let Some(journal) = of.filter(|name| name.ends_with(".jsonl")) {
            found.push((entry.path(), dir.join(journal)));
        }
    }
    found.sort_by_key(|(spare, _)| {
        let is_spare = spare.to_string_lossy().contains(SPARE);
        (is_spare, spare.clone())
    });
    found
}

/// Brings what is in spare journals into their journals. The lock for folding is held. Returns what
/// could not be brought there: it waits.
pub fn gather_spares(dir: &Path, timeout: Duration) -> Vec<Error> {
    let spares = find_spares(dir).into_iter();
    let gathered = spares.map(|(spare, journal)| gather_spare(dir, &spare, &journal, timeout));
    gathered.filter_map(Result::err).collect()
}

fn gather_spare(dir: &Path, spare: &Path, journal: &Path, timeout: Duration) -> Result<()> {
    let failed = |cause| Error::io("append to", journal, cause);
    // First: what cannot be brought there stays where hooks go on writing.
    let mut into = open_journal(dir, journal).map_err(failed)?;
    let taken = take_spare(spare)?;
    settle(&taken, timeout)?;
    let bytes = read_private(&taken).map_err(|cause| Error::io("read", &taken, cause))?;
    // A killed process may have brought it there before; rows that are there are not added again.
    into.write_all(&[b"\n", &bytes[..]].concat())
        .map_err(failed)?;
    fs::remove_file(&taken).map_err(|cause| Error::io("remove", &taken, cause))
}

/// Gives a spare journal a name under which no process writes to it any more.
fn take_spare(spare: &Path) -> Result<PathBuf> {
    let name = spare.file_name().unwrap_or_default().to_string_lossy();
    if name.contains(TAKEN) {
        return Ok(spare.to_owned());
    }
    let taken = spare.with_file_name(name.replacen(SPARE, TAKEN, 1));
    if fs::symlink_metadata(&taken).is_ok() {
        return Err(Error::busy(format!("{} is there still", taken.display())));
    }
    fs::rename(spare, &taken).map_err(|cause| Error::io("move", spare, cause))?;
    Ok(taken)
}
