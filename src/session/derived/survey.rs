//! Which session entries there are, and in what state, told from names and file states alone.

use super::facts::nominal_seconds;
use super::seal::short_hash;
use crate::error::{Error, Result};
use crate::kb::walk::{FileState, ListedFile, Listing, Walker, join};
use crate::kb::{Kb, start_threads};
use crate::model::SessionId;
use rayon::prelude::*;
use std::cmp::Reverse;
use std::fs;
use std::io;
use std::path::PathBuf;

/// Up to how many session entries the state of each is looked at. Of more, their names and inodes
/// tell what was added, removed or replaced, which costs no system call each: an old session that
/// is edited in place shows in the archive when that is written anew.
const MOST_STATES: usize = 20_000;

/// How many files of a folder are looked at in one go.
const CHUNK: usize = 2048;

/// One session entry.
#[derive(Debug, Clone, Copy)]
pub(super) struct SessionFile {
    /// Which of [`Survey::folders`] it is in.
    pub(super) folder: u32,
    /// Its name.
    pub(super) id: SessionId,
    /// Whether it is a symbolic link.
    pub(super) link: bool,
    /// Its state; nothing but the inode where no more was asked for.
    pub(super) state: FileState,
}

impl SessionFile {
    fn sort_key(&self) -> (SessionId, Reverse<u32>) {
        (self.id, Reverse(self.folder))
    }
}

/// All session entries of a KB.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// The directory that holds the folders.
    pub(super) logs: String,
    /// Names of the folders, sorted.
    pub(super) folders: Vec<String>,
    /// The entries in the order of their names, the oldest first.
    pub(super) files: Vec<SessionFile>,
}

impl Survey {
    /// Lists the session entries, without their states.
    ///
    /// # Errors
    ///
    /// A directory cannot be read.
    pub(super) fn list_names(kb: &Kb, walker: &Walker) -> Result<Self> {
        start_threads();
        let logs = kb.config().session_logs.clone();
        let real = fs::canonicalize(walker.absolute(&logs)).ok();
        let inside = RealDirectory { walker, real };
        let failed = |cause| Error::io("read", &walker.absolute(&logs), cause);
        let listing = match walker.directory_state(&logs, true).map_err(failed)? {
            Some(_) => list_directory(walker, &logs)?,
            None => Listing::default(),
        };
        let mut folders = listing.directories;
        folders.retain(|folder| !(folder.link && inside.holds(&join(&logs, &folder.name))));
        let mut folders: Vec<String> = folders.into_iter().map(|folder| folder.name).collect();
        folders.sort_unstable();
        let numbered: Vec<(u32, &String)> = (0..).zip(&folders).collect();
        let files: Result<Vec<Vec<SessionFile>>> = numbered
            .into_par_iter()
            .map(|(number, name)| list_folder(&inside, &join(&logs, name), number))
            .collect();
        let mut files = files?.concat();
        files.par_sort_unstable_by_key(SessionFile::sort_key);
        Ok(Survey {
            logs,
            folders,
            files,
        })
    }

    /// Lists the session entries with their states, if they are not too many.
    ///
    /// # Errors
    ///
    /// A directory cannot be read.
    pub(super) fn list_states(kb: &Kb, walker: &Walker) -> Result<Self> {
        let mut survey = Self::list_names(kb, walker)?;
        if survey.files.len() <= MOST_STATES {
            survey.read_states(walker)?;
        }
        Ok(survey)
    }

    /// Adds the states, and leaves out what is no longer there.
    fn read_states(&mut self, walker: &Walker) -> Result<()> {
        let mut files = std::mem::take(&mut self.files);
        files.sort_unstable_by_key(|file| file.folder);
        let same_folder = |a: &SessionFile, b: &SessionFile| a.folder == b.folder;
        let runs: Vec<&[SessionFile]> = files
            .chunk_by(same_folder)
            .flat_map(|folder| folder.chunks(CHUNK))
            .collect();
        let with_states = runs.into_par_iter().map(|run| {
            let names: Vec<String> = run.iter().map(|file| format!("{}.md", file.id)).collect();
            let named = names.iter().map(String::as_str);
            let directory = join(&self.logs, &self.folders[run[0].folder as usize]);
            let links = run.iter().map(|file| file.link);
            let failed = |cause| Error::io("read", &walker.absolute(&directory), cause);
            let states = walker
                .states(&directory, named.zip(links))
                .map_err(failed)?;
            let present = run.iter().zip(states);
            let present = present
                .filter_map(|(file, state)| state.map(|state| SessionFile { state, ..*file }));
            Ok(present.collect::<Vec<_>>())
        });
        let mut files = with_states.collect::<Result<Vec<_>>>()?.concat();
        files.par_sort_unstable_by_key(SessionFile::sort_key);
        self.files = files;
        Ok(())
    }

    /// Returns the name of the folder of an entry.
    pub(super) fn folder(&self, file: &SessionFile) -> &str {
        &self.folders[file.folder as usize]
    }

    /// Returns the path of an entry.
    pub(super) fn path(&self, file: &SessionFile) -> String {
        format!("{}/{}/{}.md", self.logs, self.folder(file), file.id)
    }

    /// Returns the entry of that name in that folder.
    pub(super) fn find(&self, folder: &str, id: SessionId) -> Option<&SessionFile> {
        let number = self
            .folders
            .binary_search_by(|name| name.as_str().cmp(folder));
        let number = u32::try_from(number.ok()?).ok()?;
        let wanted = (id, Reverse(number));
        let at = self
            .files
            .binary_search_by_key(&wanted, SessionFile::sort_key);
        self.files.get(at.ok()?)
    }

    /// Returns a hash over the names and states of entries: the sum of a hash of each, so that the
    /// hash of more entries is had by adding theirs.
    pub(super) fn fingerprint(&self, files: &[SessionFile]) -> u64 {
        let folders = self.folders.iter().map(|name| short_hash(name.as_bytes()));
        let folders: Vec<u64> = folders.collect();
        let hashes = files.par_iter().map(|file| {
            let (id, state) = (file.id, file.state);
            let numbers = [
                nominal_seconds(id).cast_unsigned(),
                u64::from(id.number()),
                u64::from(file.link),
                state.size,
                state.modified.cast_unsigned(),
                state.changed.cast_unsigned(),
                state.inode,
            ];
            numbers
                .into_iter()
                .fold(folders[file.folder as usize], mix_number)
        });
        hashes.reduce(|| 0, u64::wrapping_add)
    }
}

/// Mixes a number into a hash, as the finalizer of SplitMix64 does (Steele et al., 2014).
fn mix_number(hash: u64, number: u64) -> u64 {
    let mixed = (hash ^ number).wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// Lists a directory; one that is gone is empty.
fn list_directory(walker: &Walker, directory: &str) -> Result<Listing> {
    match walker.list_unsorted(directory, false) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Listing::default()),
        Err(cause) => Err(Error::io("read", &walker.absolute(directory), cause)),
        Ok(listing) => Ok(listing),
    }
}

/// Lists the session entries of a folder.
fn list_folder(
    inside: &RealDirectory<'_>,
    directory: &str,
    folder: u32,
) -> Result<Vec<SessionFile>> {
    let session = |file: ListedFile| {
        let id = file.name.strip_suffix(".md")?.parse().ok()?;
        let counted_there = file.link && inside.holds(&join(directory, &file.name));
        let state = FileState {
            inode: file.inode,
            ..FileState::default()
        };
        (!counted_there).then_some(SessionFile {
            folder,
            id,
            link: file.link,
            state,
        })
    };
    let files = list_directory(inside.walker, directory)?.files.into_iter();
    Ok(files.filter_map(session).collect())
}

/// The real directory of the sessions. What a link in it leads to and lies in it too is counted
/// there, and not again.
struct RealDirectory<'a> {
    walker: &'a Walker,
    real: Option<PathBuf>,
}

impl RealDirectory<'_> {
    fn holds(&self, link: &str) -> bool {
        let target = fs::canonicalize(self.walker.absolute(link));
        let real = self.real.as_ref();
        target.is_ok_and(|target| real.is_some_and(|real| target.starts_with(real)))
    }
}
