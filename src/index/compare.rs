//! Compares the tree with what the catalog remembers of it.
//!
//! Most commands find nothing changed, and a large KB has tens of thousands of files, so this is
//! the hot path: while a directory's own state is the same, the names in it are, and only the
//! states of the files are asked for. Both are only believed once they are [settled].
//!
//! [settled]: crate::kb::walk::FileState::settled

use super::catalog::{CatalogError, DirectoryRecord, DirectoryView, FileRecord, FileView};
use super::catalog::{Known, StoredDirectory};
use super::key::entry_key;
use super::suspects::Suspects;
use crate::kb::start_threads;
use crate::kb::walk::{FileState, ListedDirectory, Walker, join};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

/// How many files of one directory a thread looks at in one go.
const CHUNK: usize = 256;

/// How the tree differs from what is known.
#[derive(Default)]
pub(crate) struct Changes {
    /// Directories that differ, with the record that they should have. The records of files that
    /// are to be read are still the old ones.
    pub directories: BTreeMap<String, DirectoryRecord>,
    /// Directories that are gone.
    pub gone: Vec<String>,
    /// Files to read, because they are new, differ, or cannot be trusted yet.
    pub read: Vec<FileToRead>,
    /// Entries that are gone.
    pub removed: Vec<String>,
    /// Directories that cannot be looked at, with the reason: of those, what is known stays.
    pub unreadable: Vec<(String, String)>,
    /// What had happened to the files before they were compared, if they are watched.
    pub mark: Option<u64>,
}

/// A file that has to be read to know whether and how it changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileToRead {
    /// Its directory; a key of [`Changes::directories`].
    pub directory: Arc<str>,
    /// Its position in the record of the directory.
    pub position: usize,
    /// Its path.
    pub path: String,
    /// Whether it is a symbolic link.
    pub link: bool,
    /// What the file system says of it now.
    pub state: FileState,
    /// What is remembered of it.
    pub known: Option<Box<FileRecord>>,
}

impl Changes {
    /// Returns whether the tree is exactly what is known.
    pub fn is_empty(&self) -> bool {
        self.directories.is_empty() && self.gone.is_empty() && self.removed.is_empty()
    }

    /// Leaves among the removed only what is not there in another guise: a directory that became
    /// a link is gone and new at the same time.
    fn tidy_removed(&mut self) {
        self.removed.sort();
        self.removed.dedup();
        let read = &self.read;
        let is_read = |path: &str| read.binary_search_by(|f| f.path.as_str().cmp(path)).is_ok();
        self.removed.retain(|path| !is_read(path));
    }

    /// Returns whether a file was found that has another name (a hard link), which was not known.
    pub fn has_new_names(&self) -> bool {
        self.read.iter().any(|file| {
            let is_known = |known: &FileRecord| known.state.is_same_file(file.state);
            file.state.other_names && !file.known.as_deref().is_some_and(is_known)
        })
    }

    /// Returns the size of the files to read, in bytes.
    pub fn bytes(&self) -> u64 {
        self.read.iter().map(|file| file.state.size).sum()
    }
}

/// What one directory turned out to be.
enum Checked {
    Same,
    Gone,
    Changed(Box<ChangedDirectory>),
}

struct ChangedDirectory {
    record: DirectoryRecord,
    /// The files that it held before.
    before: Vec<FileRecord>,
    /// Positions of the files to read, with their state.
    read: Vec<(usize, FileState)>,
    /// The directories in it, if its names were read anew.
    listed: Option<Vec<ListedDirectory>>,
}

/// Compares the tree with what is known. `now` is the system's time in nanoseconds since 1970,
/// taken before the call; `distrust` names entries, by key, to be read again whatever their state;
/// `suspects` the directories to look at, all if absent. What cannot be read on disk becomes part of
/// the records.
///
/// # Errors
///
/// A record of the catalog is damaged.
pub(crate) fn compare_tree(
    walker: &Walker,
    known: &Known,
    now: i64,
    distrust: &HashSet<u64>,
    suspects: Option<&Suspects<'_>>,
) -> Result<Changes, CatalogError> {
    if suspects.is_some_and(Suspects::is_empty) {
        return Ok(Changes::default());
    }
    start_threads();
    let check = Check {
        walker,
        known,
        now,
        distrust,
        unreadable: Mutex::default(),
    };
    let look = |(path, stored): (&'_ String, &StoredDirectory)| match suspects {
        // No link, or it would be looked at.
        Some(suspects) if !suspects.includes(path) => Ok((None, Checked::Same)),
        _ => check.known_directory(path, stored),
    };
    let checked: Vec<(Option<bool>, Checked)> =
        known.par_iter().map(look).collect::<Result<_, _>>()?;
    let mut changes = Changes::default();
    let mut to_do = check.settle_known(checked, &mut changes)?;
    if !known.contains_key("") {
        to_do.push((String::new(), None));
    }
    check.walk_new(to_do, &mut changes);
    changes.read.sort_by(|a, b| a.path.cmp(&b.path));
    changes.tidy_removed();
    let unreadable = check.unreadable.into_inner();
    changes.unreadable = unreadable.unwrap_or_else(PoisonError::into_inner);
    changes.unreadable.sort();
    Ok(changes)
}

struct Check<'a> {
    walker: &'a Walker,
    known: &'a Known,
    now: i64,
    distrust: &'a HashSet<u64>,
    unreadable: Mutex<Vec<(String, String)>>,
}

type ToDo = Vec<(String, Option<bool>)>;

impl Check<'_> {
    /// Walks the known directories, parents first, and drops those whose parent is gone or no
    /// longer names them. Returns the directories that were not known.
    fn settle_known(
        &self,
        checked: Vec<(Option<bool>, Checked)>,
        changes: &mut Changes,
    ) -> Result<ToDo, CatalogError> {
        let mut present: BTreeSet<&str> = BTreeSet::new();
        let mut listings: BTreeMap<&str, Vec<ListedDirectory>> = BTreeMap::new();
        let mut to_do = ToDo::new();
        for (path, (link, result)) in self.known.keys().zip(checked) {
            let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
            let is_listed = |listed: &Vec<ListedDirectory>| names_file(listed, path, link);
            let named = path.is_empty()
                || present.contains(parent) && listings.get(parent).is_none_or(is_listed);
            match result {
                _ if !named => self.gone(path, changes)?,
                Checked::Gone => self.gone(path, changes)?,
                Checked::Same => {
                    present.insert(path);
                }
                Checked::Changed(mut changed) => {
                    present.insert(path);
                    if let Some(listed) = changed.listed.take() {
                        to_do.extend(self.unknown(path, link, &listed));
                        listings.insert(path, listed);
                    }
                    note_changed(path, *changed, changes);
                }
            }
        }
        Ok(to_do)
    }

    /// Walks directories that were not known, level by level.
    fn walk_new(&self, mut to_do: ToDo, changes: &mut Changes) {
        while !to_do.is_empty() {
            let results: Vec<_> = to_do
                .par_iter()
                .map(|(path, link)| self.directory(path, *link))
                .collect();
            let mut next = ToDo::new();
            for ((path, link), result) in to_do.into_iter().zip(results) {
                let Checked::Changed(mut changed) = result else {
                    continue;
                };
                for listed in changed.listed.take().into_iter().flatten() {
                    next.push((join(&path, &listed.name), link_below(link, &listed)));
                }
                changes.gone.retain(|gone| *gone != path);
                note_changed(&path, *changed, changes);
            }
            to_do = next;
        }
    }

    fn unknown(&self, path: &str, link: Option<bool>, listed: &[ListedDirectory]) -> ToDo {
        let place = |listed: &ListedDirectory| (join(path, &listed.name), link_below(link, listed));
        let unknown = |(path, link): &(String, Option<bool>)| {
            let known = self.known.get(path).and_then(|stored| stored.view().ok());
            known.is_none_or(|known| known.link != *link)
        };
        listed.iter().map(place).filter(unknown).collect()
    }

    fn gone(&self, path: &str, changes: &mut Changes) -> Result<(), CatalogError> {
        changes.gone.push(path.to_owned());
        let view = self.known[path].view()?;
        let files = view.files.iter().map(|file| join(path, file.name));
        changes.removed.extend(files);
        Ok(())
    }

    /// Checks a directory that the catalog knows. Returns its link flag too.
    fn known_directory(
        &self,
        path: &str,
        stored: &StoredDirectory,
    ) -> Result<(Option<bool>, Checked), CatalogError> {
        let view = stored.view()?;
        let link = view.link;
        let state = match self.walker.directory_state(path, link == Some(true)) {
            Ok(Some(state)) => state,
            Ok(None) => return Ok((link, Checked::Gone)),
            Err(cause) => return Ok((link, self.unreadable(path, stored.read()?, &cause))),
        };
        let same_names = view.settled && view.state == state.into();
        if same_names && self.is_same(path, &view) {
            return Ok((link, Checked::Same));
        }
        let record = stored.read()?;
        let checked = if same_names {
            self.same_names(path, record)
        } else {
            self.new_names(path, link, state, Some(record))
        };
        Ok((link, checked))
    }

    /// Checks a directory that was not known.
    fn directory(&self, path: &str, link: Option<bool>) -> Checked {
        match self.walker.directory_state(path, link == Some(true)) {
            Ok(Some(state)) => self.new_names(path, link, state, None),
            Ok(None) => Checked::Gone,
            Err(cause) => self.unlisted(path, link, FileState::default(), &cause),
        }
    }

    /// Keeps what is known of a directory that cannot be looked at.
    fn unreadable(&self, path: &str, known: DirectoryRecord, cause: &io::Error) -> Checked {
        self.note_unreadable(path, cause);
        let record = DirectoryRecord {
            settled: false,
            skipped: vec![unlisted_directory(cause)],
            ..known.clone()
        };
        if record == known {
            return Checked::Same;
        }
        Checked::Changed(Box::new(ChangedDirectory {
            record,
            before: known.files,
            read: Vec::new(),
            listed: None,
        }))
    }

    /// Makes a record of a directory that was not known and that cannot be looked at, so that it is
    /// looked at again.
    fn unlisted(
        &self,
        path: &str,
        link: Option<bool>,
        state: FileState,
        cause: &io::Error,
    ) -> Checked {
        self.note_unreadable(path, cause);
        Checked::Changed(Box::new(ChangedDirectory {
            record: DirectoryRecord {
                state: state.into(),
                settled: false,
                restless: false,
                link,
                files: Vec::new(),
                skipped: vec![unlisted_directory(cause)],
            },
            before: Vec::new(),
            read: Vec::new(),
            listed: None,
        }))
    }

    fn note_unreadable(&self, path: &str, cause: &io::Error) {
        let unreadable = self.unreadable.lock();
        let mut unreadable = unreadable.unwrap_or_else(PoisonError::into_inner);
        unreadable.push((path.to_owned(), cause.to_string()));
    }

    /// Returns whether all files of a directory are what they were, and can be trusted to be.
    fn is_same(&self, path: &str, view: &DirectoryView<'_>) -> bool {
        let is_same = |(file, state): (&FileView<'_>, Option<FileState>)| {
            let same = state.is_some_and(|state| file.state == state.into());
            same && file.settled && !self.is_distrusted(path, file.name)
        };
        let all_same = |files: &[FileView<'_>]| {
            let names = files.iter().map(|file| (file.name, file.link));
            let states = self.walker.states(path, names);
            states.is_ok_and(|states| files.iter().zip(states).all(is_same))
        };
        match view.files.len() {
            ..=CHUNK => all_same(&view.files),
            _ => view.files.par_chunks(CHUNK).all(all_same),
        }
    }

    fn is_distrusted(&self, directory: &str, name: &str) -> bool {
        !self.distrust.is_empty() && self.distrust.contains(&entry_key(&join(directory, name)))
    }

    /// Reads the states of the files of a directory, a large one in several threads.
    fn states(&self, path: &str, files: &[(&str, bool)]) -> io::Result<Vec<Option<FileState>>> {
        let read = |files: &[(&str, bool)]| self.walker.states(path, files.iter().copied());
        if files.len() <= CHUNK {
            return read(files);
        }
        let chunks: Vec<_> = files
            .par_chunks(CHUNK)
            .map(read)
            .collect::<io::Result<_>>()?;
        Ok(chunks.concat())
    }

    /// Checks a directory whose names are the known ones.
    fn same_names(&self, path: &str, known: DirectoryRecord) -> Checked {
        let files = known.files.iter().map(|f| (f.name.as_str(), f.link));
        let states = match self.states(path, &files.collect::<Vec<_>>()) {
            Ok(states) => states,
            Err(cause) => return self.unreadable(path, known, &cause),
        };
        let files = known.files.iter().map(|f| (f.name.clone(), f.link));
        let names = files.collect();
        self.merge(path, known.clone(), names, &states, Some(known), None)
    }

    /// Checks a directory whose names have to be read.
    fn new_names(
        &self,
        path: &str,
        link: Option<bool>,
        state: FileState,
        known: Option<DirectoryRecord>,
    ) -> Checked {
        let looked_at = self.walker.list(path, link.is_some()).and_then(|listing| {
            let files = listing.files.iter().map(|f| (f.name.as_str(), f.link));
            let states = self.states(path, &files.collect::<Vec<_>>())?;
            Ok((listing, states))
        });
        let (listing, states) = match (looked_at, &known) {
            (Ok(looked_at), _) => looked_at,
            (Err(cause), Some(known)) => return self.unreadable(path, known.clone(), &cause),
            (Err(cause), None) => return self.unlisted(path, link, state, &cause),
        };
        let record = DirectoryRecord {
            state: state.into(),
            settled: state.settled(self.now) && listing.skipped.is_empty() && !listing.restless,
            restless: listing.restless,
            link,
            files: Vec::new(),
            skipped: listing.skipped,
        };
        let names = listing
            .files
            .into_iter()
            .map(|f| (f.name, f.link))
            .collect();
        self.merge(
            path,
            record,
            names,
            &states,
            known,
            Some(listing.directories),
        )
    }

    /// Puts together the record of a directory from its names and the states of its files.
    fn merge(
        &self,
        path: &str,
        mut record: DirectoryRecord,
        names: Vec<(String, bool)>,
        states: &[Option<FileState>],
        known: Option<DirectoryRecord>,
        listed: Option<Vec<ListedDirectory>>,
    ) -> Checked {
        let before = known.as_ref().map_or(&[][..], |known| &known.files);
        let mut read = Vec::new();
        record.files = Vec::with_capacity(names.len());
        for ((name, link), state) in names.into_iter().zip(states) {
            let Some(state) = *state else {
                // What a link led to may come back without a change of the directory.
                (record.settled, record.restless) = (false, true);
                continue;
            };
            let old = find_record(before, &name).filter(|old| old.link == link);
            let trusted = old.is_some_and(|old| old.settled && old.state == state.into());
            if !trusted || self.is_distrusted(path, &name) {
                read.push((record.files.len(), state));
            }
            record
                .files
                .push(old.cloned().unwrap_or_else(|| unread_record(name, link)));
        }
        let quiet = read.is_empty() && known.as_ref() == Some(&record);
        if quiet
            && listed
                .as_ref()
                .is_none_or(|l| self.unknown(path, record.link, l).is_empty())
        {
            return Checked::Same;
        }
        Checked::Changed(Box::new(ChangedDirectory {
            record,
            before: known.map_or_else(Vec::new, |known| known.files),
            read,
            listed,
        }))
    }
}

/// Returns what a record holds in the place of a directory's names that cannot be read.
fn unlisted_directory(cause: &io::Error) -> (String, String) {
    (".".to_owned(), format!("cannot read directory: {cause}"))
}

fn note_changed(path: &str, changed: ChangedDirectory, changes: &mut Changes) {
    let ChangedDirectory { record, before, .. } = changed;
    let directory: Arc<str> = path.into();
    for (position, state) in changed.read {
        let file = &record.files[position];
        changes.read.push(FileToRead {
            directory: Arc::clone(&directory),
            position,
            path: join(path, &file.name),
            link: file.link,
            state,
            known: find_record(&before, &file.name).cloned().map(Box::new),
        });
    }
    for file in before {
        if find_record(&record.files, &file.name).is_none() {
            changes.removed.push(join(path, &file.name));
        }
    }
    changes.directories.insert(path.to_owned(), record);
}

/// Returns the record of a file that was not read yet.
fn unread_record(name: String, link: bool) -> FileRecord {
    FileRecord {
        name,
        link,
        state: FileState::default().into(),
        settled: false,
        hash: [0; 16],
        unreadable: None,
    }
}

fn find_record<'a>(files: &'a [FileRecord], name: &str) -> Option<&'a FileRecord> {
    let found = files.binary_search_by(|file| file.name.as_str().cmp(name));
    found.ok().map(|position| &files[position])
}

fn names_file(listed: &[ListedDirectory], path: &str, link: Option<bool>) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_link = link == Some(true);
    listed.iter().any(|l| l.name == name && l.link == is_link)
}

/// Returns the link flag of a directory: itself a link, below one, or neither.
fn link_below(parent: Option<bool>, listed: &ListedDirectory) -> Option<bool> {
    if listed.link {
        Some(true)
    } else {
        parent.map(|_| false)
    }
}

#[cfg(test)]
mod tests;
