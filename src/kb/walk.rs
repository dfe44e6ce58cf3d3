//! Finds the entries below the root and reads the state of their files, quickly.
//!
//! With tens of thousands of files this, not the search, is what a command pays for. Hence two
//! separate steps: [`Walker::list`] reads a directory, [`Walker::states`] asks for the state of
//! files whose names are known, relative to an open directory, one system call each. A caller
//! that remembers the names needs only the second while the directory itself is unchanged.

use super::Kb;
use super::glob::PathGlob;
use super::open::is_absent;
use super::open::{Access, Link, open_checked};
use crate::error::{Error, Result};
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// What the file system says of a file or directory. If it is equal, so is the content, unless
/// the file was changed again within the resolution of the clock (see [`FileState::settled`]).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FileState {
    /// Size in bytes.
    pub size: u64,
    /// Time of the last modification, nanoseconds since 1970.
    pub modified: i64,
    /// Time of the last change that no program can set (`ctime`), nanoseconds since 1970; the
    /// modification time where the system has none.
    pub changed: i64,
    /// Inode number; 0 where the system has none.
    pub inode: u64,
}

/// Two seconds, the coarsest resolution of file times in use (FAT), in nanoseconds.
const RESOLUTION: i64 = 2_000_000_000;
/// A time further in the future than this is no clock skew but a wrong date: one hour.
const SKEW: i64 = 3_600_000_000_000;

impl FileState {
    /// Returns whether a read at `now` (nanoseconds since 1970, taken before the read) can be
    /// trusted from the state alone: a change made after it would show in the times.
    pub fn settled(&self, now: i64) -> bool {
        self.changed < now - RESOLUTION || self.changed > now + SKEW
    }
}

/// Names of the files that are derived from the session entries and lie beside their folders, in
/// the directory `session_logs`. They are no entries: they repeat every session.
pub const DERIVED_FILES: [&str; 3] = [
    "SESSION_INDEX.md",
    "SESSION_INDEX_ARCHIVE.md",
    "RECENT_WORK.md",
];

/// Returns whether a file of that name, in the directory `session_logs`, is derived from the session
/// entries, or was before it was moved aside.
pub(super) fn is_derived(name: &str) -> bool {
    let stems = DERIVED_FILES
        .iter()
        .filter_map(|file| file.strip_suffix(".md"));
    let mut aside = stems.filter_map(|stem| name.strip_prefix(stem));
    DERIVED_FILES.contains(&name) || aside.any(|rest| rest.starts_with("-moved-aside-"))
}

/// Why a link is left out.
const OUTSIDE: &str = "link leads outside the knowledge base";

/// What a directory holds.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// Entries, sorted by name.
    pub files: Vec<ListedFile>,
    /// Directories to walk, sorted by name.
    pub directories: Vec<ListedDirectory>,
    /// What is left out although its name says entry, or it leads to a directory: name and reason.
    pub skipped: Vec<(String, String)>,
}

/// A file that is an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedFile {
    /// Name in its directory.
    pub name: String,
    /// Whether it is a symbolic link (to a file inside the KB).
    pub link: bool,
    /// What tells it from another file of that name without a further system call: its inode
    /// number; where the system has none, a number of its size and time.
    pub inode: u64,
}

/// A directory below another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedDirectory {
    /// Name in its directory.
    pub name: String,
    /// Whether it is a symbolic link (to a directory inside the KB).
    pub link: bool,
}

/// Walks one KB.
pub struct Walker {
    root: PathBuf,
    real_root: PathBuf,
    exclude: Vec<PathGlob>,
    session_logs: String,
}

impl Walker {
    /// Makes a walker for the KB.
    ///
    /// # Errors
    ///
    /// The root exists but cannot be resolved.
    pub fn new(kb: &Kb) -> Result<Self> {
        let root = kb.root().to_owned();
        let real_root = fs::canonicalize(&root).map_err(|e| Error::io("open", &root, e))?;
        let exclude = kb.config().exclude.clone();
        Ok(Walker {
            root,
            real_root,
            exclude,
            session_logs: kb.config().session_logs.clone(),
        })
    }

    /// Returns the path on disk of a path relative to the root.
    pub fn absolute(&self, relative: &str) -> PathBuf {
        if relative.is_empty() {
            self.root.clone()
        } else {
            self.root.join(relative)
        }
    }

    /// Returns the state of a directory; `None` if it is no longer there, or no longer a
    /// directory. `link` says whether a symbolic link may be followed.
    ///
    /// # Errors
    ///
    /// It cannot be looked at: whether it is there is not known.
    pub fn directory_state(&self, relative: &str, link: bool) -> io::Result<Option<FileState>> {
        let path = self.absolute(relative);
        let data = if link || relative.is_empty() {
            fs::metadata(&path)
        } else {
            fs::symlink_metadata(&path)
        };
        let found = match data {
            Ok(data) => Some(data).filter(Metadata::is_dir),
            Err(e) if is_gone(&e) => None,
            Err(e) => return Err(e),
        };
        let allowed = |_: &Metadata| !link || self.may_follow(&path, true);
        Ok(found.filter(allowed).map(|data| state_of(&data)))
    }

    /// Reads a directory. `below_link` says that a symbolic link was followed to get here; links
    /// to further directories are then left alone, so that cycles of links end.
    ///
    /// # Errors
    ///
    /// The directory cannot be read.
    pub fn list(&self, relative: &str, below_link: bool) -> io::Result<Listing> {
        let directory = self.absolute(relative);
        let mut listing = Listing::default();
        for entry in fs::read_dir(&directory)? {
            let entry = entry?;
            let name = entry.file_name();
            let Some(name) = name.to_str() else {
                let shown = name.to_string_lossy().into_owned();
                if shown.ends_with(".md") {
                    listing.skipped.push((shown, "name is not UTF-8".into()));
                }
                continue;
            };
            if !name.starts_with('.') && !self.excluded(relative, name) {
                self.classify(&entry, name, below_link, &mut listing)?;
            }
        }
        listing.files.sort_by(|a, b| a.name.cmp(&b.name));
        listing.directories.sort_by(|a, b| a.name.cmp(&b.name));
        listing.skipped.sort();
        Ok(listing)
    }

    fn classify(
        &self,
        entry: &fs::DirEntry,
        name: &str,
        below_link: bool,
        listing: &mut Listing,
    ) -> io::Result<()> {
        let kind = entry.file_type()?;
        let is_entry = name.ends_with(".md");
        let mut skip = |reason: &str| listing.skipped.push((name.to_owned(), reason.to_owned()));
        if is_entry && name.contains(char::is_control) {
            skip("name holds a control character");
        } else if kind.is_dir() {
            listing.directories.push(ListedDirectory {
                name: name.to_owned(),
                link: false,
            });
        } else if kind.is_file() {
            if is_entry {
                listing.files.push(ListedFile {
                    name: name.to_owned(),
                    link: false,
                    inode: listed_inode(entry),
                });
            } else if is_like_entry(name) {
                skip("it is no entry: its name does not end with .md");
            }
        } else if kind.is_symlink() {
            self.classify_link(entry, name, below_link, listing);
        } else if is_entry {
            skip("not a regular file");
        }
        Ok(())
    }

    fn classify_link(
        &self,
        entry: &fs::DirEntry,
        name: &str,
        below_link: bool,
        listing: &mut Listing,
    ) {
        let (name, path) = (name.to_owned(), &entry.path());
        let is_entry = name.ends_with(".md");
        match fs::metadata(path) {
            Ok(data) if data.is_dir() && !below_link && self.may_follow(path, true) => {
                listing
                    .directories
                    .push(ListedDirectory { name, link: true });
            }
            Ok(data) if data.is_dir() && self.leads_outside(path) => {
                listing.skipped.push((name, OUTSIDE.to_owned()));
            }
            // What leads back to a place inside is walked there.
            Ok(data) if data.is_dir() => {}
            Ok(data) if data.is_file() && is_entry => {
                if self.may_follow(path, false) {
                    let inode = listed_inode(entry);
                    listing.files.push(ListedFile {
                        name,
                        link: true,
                        inode,
                    });
                } else {
                    listing.skipped.push((name, OUTSIDE.to_owned()));
                }
            }
            Ok(_) if is_entry => listing.skipped.push((name, "not a regular file".into())),
            Err(_) if is_entry => listing.skipped.push((name, "link leads nowhere".into())),
            _ => {}
        }
    }

    fn leads_outside(&self, link: &Path) -> bool {
        fs::canonicalize(link).is_ok_and(|target| !target.starts_with(&self.real_root))
    }

    /// Returns whether a symbolic link leads to a place inside the KB that is not hidden, and, for
    /// a directory, does not lead back to one that holds the link.
    fn may_follow(&self, link: &Path, directory: bool) -> bool {
        let Ok(target) = fs::canonicalize(link) else {
            return false;
        };
        let Ok(inside) = target.strip_prefix(&self.real_root) else {
            return false;
        };
        let hidden = |part: &std::ffi::OsStr| part.to_string_lossy().starts_with('.');
        if inside.iter().any(hidden) {
            return false;
        }
        let parent = link.parent().and_then(|p| fs::canonicalize(p).ok());
        !directory || parent.is_some_and(|parent| !parent.starts_with(&target))
    }

    fn excluded(&self, directory: &str, name: &str) -> bool {
        if directory == self.session_logs && is_derived(name) {
            return true;
        }
        if self.exclude.is_empty() {
            return false;
        }
        let path = join(directory, name);
        self.exclude.iter().any(|glob| glob.matches(&path))
    }

    /// Reads the states of the named files of a directory, in order; `None` for one that is not
    /// there or not a regular file.
    ///
    /// # Errors
    ///
    /// They cannot be looked at: whether they are there is not known.
    pub fn states<'a>(
        &self,
        relative: &str,
        files: impl Iterator<Item = (&'a str, bool)>,
    ) -> io::Result<Vec<Option<FileState>>> {
        let directory = self.absolute(relative);
        states_in(&directory, files, |link| self.may_follow(link, false))
    }
}

/// Returns whether a name says Markdown, but not as the names of entries do.
fn is_like_entry(name: &str) -> bool {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let endings = ["md", "markdown", "mdown", "mkd"];
    endings
        .iter()
        .any(|known| ending.eq_ignore_ascii_case(known))
}

/// Joins a directory, empty for the root, and a name.
pub fn join(directory: &str, name: &str) -> String {
    if directory.is_empty() {
        name.to_owned()
    } else {
        format!("{directory}/{name}")
    }
}

/// Returns a system time in nanoseconds since 1970.
pub fn nanoseconds(time: SystemTime) -> i64 {
    let since = |duration: std::time::Duration| i64::try_from(duration.as_nanos()).ok();
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => since(after).unwrap_or(i64::MAX),
        Err(before) => since(before.duration()).map_or(i64::MIN, |n| -n),
    }
}

/// Returns the state that metadata describe.
#[cfg(unix)]
pub fn state_of(data: &Metadata) -> FileState {
    use std::os::unix::fs::MetadataExt;
    FileState {
        size: data.len(),
        modified: data.mtime().saturating_mul(1_000_000_000) + data.mtime_nsec(),
        changed: data.ctime().saturating_mul(1_000_000_000) + data.ctime_nsec(),
        inode: data.ino(),
    }
}

#[cfg(unix)]
fn listed_inode(entry: &fs::DirEntry) -> u64 {
    std::os::unix::fs::DirEntryExt::ino(entry)
}

/// Listing a directory on Windows gives size and time of each file as well.
#[cfg(not(unix))]
fn listed_inode(entry: &fs::DirEntry) -> u64 {
    let state = entry.metadata().map(|data| state_of(&data));
    state.map_or(0, |state| state.modified.cast_unsigned() ^ state.size)
}

/// Returns the state that metadata describe.
#[cfg(not(unix))]
pub fn state_of(data: &Metadata) -> FileState {
    let modified = data.modified().map(nanoseconds).unwrap_or(0);
    FileState {
        size: data.len(),
        modified,
        changed: modified,
        inode: 0,
    }
}

#[cfg(unix)]
fn states_in<'a>(
    directory: &Path,
    files: impl Iterator<Item = (&'a str, bool)>,
    may_follow: impl Fn(&Path) -> bool,
) -> io::Result<Vec<Option<FileState>>> {
    use rustix::fs::{AtFlags, FileType, Mode, OFlags, open, statat};
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let handle = match open(directory, flags, Mode::empty()).map_err(io::Error::from) {
        Err(e) if is_gone(&e) => return Ok(files.map(|_| None).collect()),
        opened => opened?,
    };
    let state = |name: &str, link: bool| {
        let flags = if link {
            AtFlags::empty()
        } else {
            AtFlags::SYMLINK_NOFOLLOW
        };
        let stat = match statat(&handle, name, flags).map_err(io::Error::from) {
            Err(e) if is_gone(&e) || link => return Ok(None),
            looked_at => looked_at?,
        };
        let regular = FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile;
        let allowed = regular && (!link || may_follow(&directory.join(name)));
        Ok(allowed.then(|| state_of_stat(&stat)))
    };
    files.map(|(name, link)| state(name, link)).collect()
}

/// Returns whether an error says that there is nothing of that name.
fn is_gone(cause: &io::Error) -> bool {
    is_absent(cause) || cause.kind() == io::ErrorKind::InvalidFilename
}

#[cfg(unix)]
// The types of these fields differ between systems, so that a conversion needed on one is
// useless on another.
#[allow(clippy::useless_conversion, clippy::unnecessary_cast)]
fn state_of_stat(stat: &rustix::fs::Stat) -> FileState {
    let join = |seconds: i64, nanos: i64| seconds.saturating_mul(1_000_000_000) + nanos;
    FileState {
        size: stat.st_size as u64,
        modified: join(stat.st_mtime as i64, stat.st_mtime_nsec as i64),
        changed: join(stat.st_ctime as i64, stat.st_ctime_nsec as i64),
        inode: stat.st_ino as u64,
    }
}

#[cfg(not(unix))]
fn states_in<'a>(
    directory: &Path,
    files: impl Iterator<Item = (&'a str, bool)>,
    may_follow: impl Fn(&Path) -> bool,
) -> io::Result<Vec<Option<FileState>>> {
    let state = |name: &str, link: bool| {
        let path = directory.join(name);
        let data = if link {
            fs::metadata(&path)
        } else {
            fs::symlink_metadata(&path)
        };
        let data = match data {
            Ok(data) => Some(data).filter(Metadata::is_file),
            Err(e) if is_gone(&e) || link => None,
            Err(e) => return Err(e),
        };
        let allowed = |_: &Metadata| !link || may_follow(&path);
        Ok(data.filter(allowed).map(|data| state_of(&data)))
    };
    files.map(|(name, link)| state(name, link)).collect()
}

impl Walker {
    /// Reads an entry, at most `limit` bytes of it, and says whether there was more. Never waits:
    /// what has become a pipe or a device in the meantime is an error.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or is no regular file.
    pub fn read(&self, relative: &str, link: bool, limit: u64) -> io::Result<(Vec<u8>, bool)> {
        use std::io::Read;
        let path = self.absolute(relative);
        let link = if link { Link::Follow } else { Link::Refuse };
        let (mut file, found) = open_checked(&path, Access::Read, link)?;
        let expected = found.len().min(limit);
        let mut bytes = vec![0; usize::try_from(expected).unwrap_or(0) + 1];
        // Most often that is all: a file that ends where it should is not asked again.
        let read = match file.read(&mut bytes) {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => 0,
            read => read?,
        };
        bytes.truncate(read);
        if read as u64 != expected {
            let rest = limit.saturating_add(1) - read as u64;
            file.take(rest).read_to_end(&mut bytes)?;
        }
        let more = bytes.len() as u64 > limit;
        if more {
            bytes.pop();
        }
        Ok((bytes, more))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kb::tests::TestKb;

    #[test]
    fn derived_files_are_no_entries_but_only_where_they_are_written() {
        let kb = TestKb::new();
        kb.write(".mx/config.yaml", "session_logs: logs/done\n");
        for directory in ["logs/done", "logs", "session_logs", "logs/done/p"] {
            for name in DERIVED_FILES
                .iter()
                .chain(&["SESSION_INDEX-moved-aside-1.md"])
            {
                kb.write(&join(directory, name), "x");
            }
        }
        let root = kb.root().to_owned();
        let kb = kb.reopened(&root);
        let walker = Walker::new(&kb).expect("a root");
        let count = |directory| walker.list(directory, false).expect("listed").files.len();
        assert_eq!(count("logs/done"), 0);
        for elsewhere in ["logs", "session_logs", "logs/done/p"] {
            assert_eq!(count(elsewhere), 4, "{elsewhere}");
        }
        let path = crate::kb::tests::path("logs/done/RECENT_WORK.md");
        assert_eq!(kb.read(&path).expect("still there to be read"), b"x");
    }
}
