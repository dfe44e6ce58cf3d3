//! Which session entries there are, and in what state, read from names and file states alone.

use super::facts::nominal_seconds;
use super::known_folders::{FolderToKeep, KnownFolders};
use super::seal::short_hash;
use crate::error::{Error, Result};
use crate::kb::walk::{FileState, ListedFile, Listing, Walker, join};
use crate::kb::{Kb, start_threads, system_nanoseconds};
use crate::model::SessionId;
use rayon::prelude::*;
use std::cmp::Reverse;
use std::fs;
use std::io;
use std::path::PathBuf;

/// Up to how many session entries the state of each is looked at. Of more, their names and inodes
/// show what was added, removed or replaced, which costs no system call each: an old session that
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
#[derive(Default)]
pub(super) struct Survey {
    /// The directory that holds the folders.
    pub(super) logs: String,
    /// Names of the folders, sorted.
    pub(super) folders: Vec<String>,
    /// The entries in the order of their names, the oldest first.
    pub(super) files: Vec<SessionFile>,
    /// The states in which the folders were listed, where they show every later change.
    states: Vec<Option<FileState>>,
    /// What was known of the folders.
    known: KnownFolders,
}

/// A folder that was listed.
struct ListedFolder {
    files: Vec<SessionFile>,
    /// The state of its directory, if that shows every later change.
    state: Option<FileState>,
}

impl Survey {
    /// Lists the session entries, without their states.
    ///
    /// # Errors
    ///
    /// A directory cannot be read.
    pub(super) fn list_names(kb: &Kb, walker: &Walker) -> Result<Self> {
        Self::list_unless_known(kb, walker, KnownFolders::load(kb))
    }

    /// Lists the entries of the folders that are not known.
    fn list_unless_known(kb: &Kb, walker: &Walker, known: KnownFolders) -> Result<Self> {
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
        let listed: Result<Vec<ListedFolder>> = numbered
            .into_par_iter()
            .map(|(number, name)| list_folder(&inside, &known, &join(&logs, name), number))
            .collect();
        let listed = listed?;
        let states = listed.iter().map(|folder| folder.state).collect();
        let files = listed.iter().flat_map(|folder| &folder.files);
        let mut files: Vec<SessionFile> = files.copied().collect();
        files.par_sort_unstable_by_key(SessionFile::sort_key);
        Ok(Survey {
            logs,
            folders,
            files,
            states,
            known,
        })
    }

    /// Keeps what the folders hold, if that is not known yet and listing them again would take long.
    pub(super) fn keep_folders(&self, kb: &Kb) {
        // The listing of other systems shows changes that the state of a directory does not.
        if cfg!(unix) && self.files.len() > MOST_STATES {
            self.keep_settled_folders(kb);
        }
    }

    fn keep_settled_folders(&self, kb: &Kb) {
        let paths: Vec<String> = self
            .folders
            .iter()
            .map(|name| join(&self.logs, name))
            .collect();
        let is_known = |(path, state): (&String, &Option<FileState>)| {
            state.is_none_or(|state| self.known.holds(path, state))
        };
        if paths.iter().zip(&self.states).all(is_known) {
            return;
        }
        let mut sessions: Vec<Vec<(SessionId, u64)>> = vec![Vec::new(); self.folders.len()];
        for file in &self.files {
            sessions[file.folder as usize].push((file.id, file.state.inode));
        }
        let folders = paths.iter().zip(&self.states).zip(sessions);
        let folders = folders.filter_map(|((path, state), sessions)| {
            Some(FolderToKeep {
                path,
                state: (*state)?,
                sessions,
            })
        });
        // That it cannot be kept makes the next listing longer, no more.
        let _ = KnownFolders::store(kb, &folders.collect::<Vec<_>>());
    }

    /// Lists the session entries with their states, if they are not too many. `reuse` says whether
    /// what is known of folders may be believed.
    ///
    /// # Errors
    ///
    /// A directory cannot be read.
    pub(super) fn list_states(kb: &Kb, walker: &Walker, reuse: bool) -> Result<Self> {
        let known = if reuse {
            KnownFolders::load(kb)
        } else {
            KnownFolders::default()
        };
        let mut survey = Self::list_unless_known(kb, walker, known)?;
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

/// Lists the session entries of a folder, unless they are known.
fn list_folder(
    inside: &RealDirectory<'_>,
    known: &KnownFolders,
    directory: &str,
    folder: u32,
) -> Result<ListedFolder> {
    let now = system_nanoseconds();
    let state = inside.walker.directory_state(directory, false);
    let state = state.ok().flatten().filter(|state| state.settled(now));
    let of_inode = |inode| FileState {
        inode,
        ..FileState::default()
    };
    if let Some(sessions) = state.and_then(|state| known.sessions(directory, state)) {
        let files = sessions.map(|(id, inode)| SessionFile {
            folder,
            id,
            link: false,
            state: of_inode(inode),
        });
        let files = files.collect();
        return Ok(ListedFolder { files, state });
    }
    let session = |file: ListedFile| {
        let id = file.name.strip_suffix(".md")?.parse().ok()?;
        let counted_there = file.link && inside.holds(&join(directory, &file.name));
        (!counted_there).then_some(SessionFile {
            folder,
            id,
            link: file.link,
            state: of_inode(file.inode),
        })
    };
    let listed = list_directory(inside.walker, directory)?.files;
    let holds_links = listed.iter().any(|file| file.link);
    Ok(ListedFolder {
        files: listed.into_iter().filter_map(session).collect(),
        state: state.filter(|_| !holds_links),
    })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kb::tests::TestKb;
    use std::time::Duration;

    fn shown(survey: &Survey) -> Vec<(String, u64)> {
        let files = survey.files.iter();
        files
            .map(|file| (survey.path(file), file.state.inode))
            .collect()
    }

    #[test]
    fn what_is_known_of_folders_is_what_they_hold() {
        let kb = TestKb::new();
        let walker = Walker::new(&kb).expect("a root");
        let path = |folder: &str, day: u32| format!("session_logs/{folder}/2025030{day}-100000.md");
        for folder in ["p", "q", "r"] {
            for day in 1..4 {
                kb.write(&path(folder, day), "x");
            }
        }
        std::thread::sleep(Duration::from_millis(2_100));
        let kept = Survey::list_names(&kb, &walker).expect("listed");
        kept.keep_settled_folders(&kb);
        let known = KnownFolders::load(&kb);
        for (name, state) in kept.folders.iter().zip(&kept.states) {
            let state = state.expect("nothing has changed for a while");
            assert!(known.holds(&join("session_logs", name), state), "{name}");
        }
        let changes: [&dyn Fn(); 5] = [
            &|| {},
            &|| kb.write(&path("p", 7), "new"),
            &|| fs::remove_file(kb.root().join(path("q", 2))).expect("removed"),
            &|| {
                let (new, old) = (kb.root().join("new.md"), kb.root().join(path("q", 3)));
                fs::write(&new, "another").expect("written");
                fs::rename(new, old).expect("replaced");
            },
            &|| fs::remove_dir_all(kb.root().join("session_logs/r")).expect("removed"),
        ];
        for change in changes {
            change();
            let known = Survey::list_names(&kb, &walker).expect("listed");
            let anew = Survey::list_unless_known(&kb, &walker, KnownFolders::default());
            assert_eq!(shown(&known), shown(&anew.expect("listed")));
        }
    }
}
