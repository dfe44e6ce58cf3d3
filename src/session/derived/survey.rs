//! Which session entries there are, and in what state, told from names and file states alone.

use super::facts::nominal;
use crate::error::{Error, Result};
use crate::kb::Kb;
use crate::kb::walk::{FileState, ListedFile, Listing, Walker, join};
use crate::model::SessionId;
use rayon::prelude::*;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};

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
    /// Its state, where that was asked for.
    pub(super) state: FileState,
}

/// All session entries of a KB.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// The directory that holds the folders.
    pub(super) logs: String,
    /// Names of the folders, sorted.
    pub(super) folders: Vec<String>,
    /// The entries, in no particular order.
    pub(super) files: Vec<SessionFile>,
}

/// Number and sum of a set of files: equal sets have equal ones, and others practically never.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Digest {
    pub(super) count: u64,
    pub(super) sum: u64,
}

impl Survey {
    /// Lists the session entries, without their states.
    ///
    /// # Errors
    ///
    /// A directory cannot be read.
    pub(super) fn names(kb: &Kb, walker: &Walker) -> Result<Self> {
        Self::make(kb, walker, false)
    }

    /// Lists the session entries with their states.
    ///
    /// # Errors
    ///
    /// A directory cannot be read.
    pub(super) fn states(kb: &Kb, walker: &Walker) -> Result<Self> {
        Self::make(kb, walker, true)
    }

    fn make(kb: &Kb, walker: &Walker, states: bool) -> Result<Self> {
        let logs = kb.config().session_logs.clone();
        let home = Home::of(walker, &logs);
        let listing = match walker.directory_state(&logs, true) {
            Some(_) => list(walker, &logs)?,
            None => Listing::default(),
        };
        let folders = listing.directories.into_iter();
        let folders =
            folders.filter(|folder| !(folder.link && home.holds(&join(&logs, &folder.name))));
        let folders: Vec<String> = folders.map(|folder| folder.name).collect();
        let files: Result<Vec<Vec<SessionFile>>> = (0u32..)
            .zip(&folders)
            .collect::<Vec<_>>()
            .into_par_iter()
            .map(|(folder, name)| {
                let directory = join(&logs, name);
                let mut files = sessions(walker, &directory, folder)?;
                files.retain(|named| !(named.1.link && home.holds(&join(&directory, &named.0))));
                Ok(if states {
                    looked_at(walker, &directory, &files)
                } else {
                    files.into_iter().map(|(_, file)| file).collect()
                })
            })
            .collect();
        Ok(Survey {
            logs,
            folders,
            files: files?.concat(),
        })
    }

    /// Returns the name of the folder of an entry.
    pub(super) fn folder(&self, file: &SessionFile) -> &str {
        &self.folders[file.folder as usize]
    }

    /// Returns the path of an entry.
    pub(super) fn path(&self, file: &SessionFile) -> String {
        format!("{}/{}/{}.md", self.logs, self.folder(file), file.id)
    }

    /// Returns the number of a folder.
    pub(super) fn folder_number(&self, name: &str) -> Option<u32> {
        let found = self
            .folders
            .binary_search_by(|folder| folder.as_str().cmp(name));
        u32::try_from(found.ok()?).ok()
    }

    /// Returns the digest of the entries whose names say that they began before `since`, in
    /// seconds since 1970.
    pub(super) fn digest_before(&self, since: i64) -> Digest {
        let folders: Vec<u64> = self.folders.iter().map(hash).collect();
        let before = self.files.iter().filter(|file| nominal(file.id) < since);
        before.fold(Digest::default(), |digest, file| {
            let (id, state) = (file.id, file.state);
            let state = (state.size, state.modified, state.changed, state.inode);
            let sum = hash(&(folders[file.folder as usize], id, file.link, state));
            Digest {
                count: digest.count + 1,
                sum: digest.sum.wrapping_add(sum),
            }
        })
    }
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Lists a directory; one that is gone is empty.
fn list(walker: &Walker, directory: &str) -> Result<Listing> {
    match walker.list(directory, false) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Listing::default()),
        Err(cause) => Err(Error::io("read", &walker.absolute(directory), cause)),
        Ok(listing) => Ok(listing),
    }
}

/// A session entry with the name of its file.
type Named = (String, SessionFile);

fn sessions(walker: &Walker, directory: &str, folder: u32) -> Result<Vec<Named>> {
    let files = list(walker, directory)?.files.into_iter();
    let session = |file: ListedFile| {
        let id = file.name.strip_suffix(".md")?.parse().ok()?;
        let (link, state) = (file.link, FileState::default());
        let session = SessionFile {
            folder,
            id,
            link,
            state,
        };
        Some((file.name, session))
    };
    Ok(files.filter_map(session).collect())
}

/// Adds the states, and leaves out what is no longer there.
fn looked_at(walker: &Walker, directory: &str, files: &[Named]) -> Vec<SessionFile> {
    let look = |files: &[Named]| {
        let named = files.iter().map(|(name, file)| (name.as_str(), file.link));
        let states = walker.states(directory, named);
        let with_state = |((_, file), state): (&Named, Option<FileState>)| {
            state.map(|state| SessionFile { state, ..*file })
        };
        let present = files.iter().zip(states).filter_map(with_state);
        present.collect::<Vec<_>>()
    };
    match files.len() {
        ..=CHUNK => look(files),
        _ => files.par_chunks(CHUNK).flat_map_iter(look).collect(),
    }
}

/// The real directory of the sessions. What a link in it leads to and lies in it too is counted
/// there, and not again.
struct Home<'a> {
    walker: &'a Walker,
    real: Option<PathBuf>,
}

impl<'a> Home<'a> {
    fn of(walker: &'a Walker, logs: &str) -> Self {
        let real = fs::canonicalize(walker.absolute(logs)).ok();
        Home { walker, real }
    }

    fn holds(&self, link: &str) -> bool {
        let target = fs::canonicalize(self.walker.absolute(link));
        let inside = |target: &Path| {
            self.real
                .as_ref()
                .is_some_and(|real| target.starts_with(real))
        };
        target.is_ok_and(|target| inside(&target))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kb::test_support::TestKb;

    fn paths(kb: &TestKb) -> Vec<String> {
        let walker = Walker::new(kb).expect("a root");
        let survey = Survey::states(kb, &walker).expect("readable");
        let mut paths: Vec<String> = survey.files.iter().map(|file| survey.path(file)).collect();
        paths.sort();
        paths
    }

    #[test]
    fn only_session_names_one_level_down_count() {
        let kb = TestKb::new();
        assert_eq!(paths(&kb), Vec::<String>::new());
        let good = [
            "session_logs/a/20250321-143022-2.md",
            "session_logs/a/20250321-143022.md",
            "session_logs/ä b/20250321-143022.md",
        ];
        let other = [
            "session_logs/20250321-143022.md",
            "session_logs/a/b/20250321-143022.md",
            "session_logs/a/20250321-143022.txt",
            "session_logs/a/20250321-143022-1.md",
            "session_logs/a/20250321-143022 (copy).md",
            "session_logs/.a/20250321-143022.md",
            "projects/a/20250321-143022.md",
        ];
        for name in good.iter().chain(&other) {
            kb.write(name, "x");
        }
        std::fs::create_dir(kb.root().join("session_logs/a/20250322-143022.md")).expect("mkdir");
        assert_eq!(paths(&kb), good);
    }

    #[cfg(unix)]
    #[test]
    fn what_is_reached_twice_counts_once() {
        use std::os::unix::fs::symlink;
        let kb = TestKb::new();
        kb.write("session_logs/a/20250321-143022.md", "x");
        kb.write("elsewhere/20250322-143022.md", "x");
        let logs = kb.root().join("session_logs");
        symlink("a", logs.join("again")).expect("link");
        symlink("20250321-143022.md", logs.join("a/20250321-143023.md")).expect("link");
        symlink("../elsewhere", logs.join("b")).expect("link");
        assert_eq!(
            paths(&kb),
            [
                "session_logs/a/20250321-143022.md",
                "session_logs/b/20250322-143022.md"
            ]
        );
    }

    #[test]
    fn a_digest_tells_every_change_of_the_old() {
        let kb = TestKb::new();
        let [old, new] = [
            "session_logs/a/20250321-143022.md",
            "session_logs/a/20250322-143022.md",
        ];
        let walker = Walker::new(&kb).expect("a root");
        let since = nominal("20250322-000000".parse().expect("an id"));
        let digest = || {
            Survey::states(&kb, &walker)
                .expect("readable")
                .digest_before(since)
        };
        kb.write(old, "x");
        let before = digest();
        assert_eq!(before.count, 1);
        kb.write(new, "x");
        assert_eq!(digest(), before);
        kb.write(old, "xy");
        assert_ne!(digest(), before);
    }
}
