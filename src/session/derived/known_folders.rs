//! What the folders of sessions held when they were listed last, so that of very many sessions only
//! those are listed again whose folder has changed since. Private, disposable, and not synced: what
//! is not whole is not believed.
//!
//! A folder is known as long as its directory is in the state in which it was listed, and that
//! state shows every later change (see [`FileState::settled`]). One that holds links is not kept:
//! what they lead to may change elsewhere.

use super::facts::nominal_seconds;
use super::seal::short_hash;
use crate::kb::walk::FileState;
use crate::kb::{Kb, make_private_directory, read_private, replace_private};
use crate::model::{SessionId, Timestamp};
use std::collections::HashMap;
use std::io;
use std::ops::Range;

const FILE: &str = "sessions/folders";
/// Raised with every change of the format, or of what counts as a session.
const VERSION: u64 = 1;
/// Length of a number, and of a session: its time, its number, its inode.
const NUMBER: usize = 8;
const SESSION: usize = 3 * NUMBER;

/// What is known of the folders.
#[derive(Default)]
pub(super) struct KnownFolders {
    bytes: Vec<u8>,
    /// By path: in which state a folder was listed, and where its sessions stand in `bytes`.
    folders: HashMap<String, (FileState, Range<usize>)>,
}

/// A folder to be kept: its path, its state, and its sessions with their inodes.
pub(super) struct FolderToKeep<'a> {
    pub(super) path: &'a str,
    pub(super) state: FileState,
    pub(super) sessions: Vec<(SessionId, u64)>,
}

impl KnownFolders {
    /// Reads what is known; nothing where that is not whole, or of other settings.
    pub(super) fn load(kb: &Kb) -> Self {
        let bytes = read_private(&kb.private_dir().join(FILE)).unwrap_or_default();
        let mut reader = ByteReader {
            bytes: &bytes,
            at: 0,
        };
        let folders = reader.read_folders(settings_number(kb)).unwrap_or_default();
        KnownFolders { bytes, folders }
    }

    /// Returns whether a folder is known in this state.
    pub(super) fn holds(&self, path: &str, state: FileState) -> bool {
        let known = self.folders.get(path);
        known.is_some_and(|(known, _)| *known == state)
    }

    /// Returns the sessions of a folder with their inodes, if it is known in this state.
    pub(super) fn sessions(
        &self,
        path: &str,
        state: FileState,
    ) -> Option<impl Iterator<Item = (SessionId, u64)>> {
        let (known, place) = self.folders.get(path)?;
        let bytes = self.bytes.get(place.clone()).filter(|_| *known == state)?;
        Some(bytes.chunks_exact(SESSION).map(read_session))
    }

    /// Keeps folders, and nothing else.
    pub(super) fn store(kb: &Kb, folders: &[FolderToKeep<'_>]) -> io::Result<()> {
        let sessions: usize = folders.iter().map(|folder| folder.sessions.len()).sum();
        let mut bytes = Vec::with_capacity(sessions * SESSION + folders.len() * 128);
        let mut add = |number: u64| bytes.extend_from_slice(&number.to_le_bytes());
        add(settings_number(kb));
        add(0);
        for folder in folders {
            let FileState {
                size,
                modified,
                changed,
                inode,
                ..
            } = folder.state;
            let mut add = |number: u64| bytes.extend_from_slice(&number.to_le_bytes());
            add(folder.path.len() as u64);
            add(folder.sessions.len() as u64);
            [
                size,
                modified.cast_unsigned(),
                changed.cast_unsigned(),
                inode,
            ]
            .into_iter()
            .for_each(add);
            bytes.extend_from_slice(folder.path.as_bytes());
            for (id, inode) in &folder.sessions {
                let mut add = |number: u64| bytes.extend_from_slice(&number.to_le_bytes());
                add(nominal_seconds(*id).cast_unsigned());
                add(u64::from(id.number()));
                add(*inode);
            }
        }
        let sum = short_hash(&bytes[2 * NUMBER..]);
        bytes[NUMBER..2 * NUMBER].copy_from_slice(&sum.to_le_bytes());
        let file = kb.private_dir().join(FILE);
        make_private_directory(file.parent().unwrap_or(&file))?;
        replace_private(&file, &bytes)
    }
}

/// Returns a number of what the listings depend on beside the directories.
fn settings_number(kb: &Kb) -> u64 {
    let exclude = &kb.config().exclude;
    short_hash(format!("{VERSION} {exclude:?}").as_bytes())
}

fn read_session(bytes: &[u8]) -> (SessionId, u64) {
    let number = |at: usize| read_number(bytes, at * NUMBER).unwrap_or_default();
    let start = Timestamp::from_seconds(number(0).cast_signed());
    let id = SessionId::new(start, u32::try_from(number(1)).unwrap_or(1));
    (id, number(2))
}

fn read_number(bytes: &[u8], at: usize) -> Option<u64> {
    let bytes = bytes.get(at..at.checked_add(NUMBER)?)?;
    Some(u64::from_le_bytes(bytes.try_into().ok()?))
}

/// Reads the file from its beginning.
struct ByteReader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl ByteReader<'_> {
    fn read_folders(
        &mut self,
        settings: u64,
    ) -> Option<HashMap<String, (FileState, Range<usize>)>> {
        let is_of_settings = self.next_number()? == settings;
        let sum = self.next_number()?;
        if !is_of_settings || sum != short_hash(self.bytes.get(self.at..)?) {
            return None;
        }
        let mut folders = HashMap::new();
        while self.at < self.bytes.len() {
            let (path, sessions) = (self.next_size()?, self.next_size()?);
            let state = FileState {
                size: self.next_number()?,
                modified: self.next_number()?.cast_signed(),
                changed: self.next_number()?.cast_signed(),
                inode: self.next_number()?,
                ..FileState::default()
            };
            let path = self.next_range(path)?;
            let path = std::str::from_utf8(self.bytes.get(path)?).ok()?.to_owned();
            let place = self.next_range(sessions.checked_mul(SESSION)?)?;
            folders.insert(path, (state, place));
        }
        Some(folders)
    }

    fn next_number(&mut self) -> Option<u64> {
        let place = self.next_range(NUMBER)?;
        read_number(self.bytes, place.start)
    }

    fn next_size(&mut self) -> Option<usize> {
        usize::try_from(self.next_number()?).ok()
    }

    fn next_range(&mut self, length: usize) -> Option<Range<usize>> {
        let end = self.at.checked_add(length)?;
        let place = self.at..end;
        self.at = end;
        (end <= self.bytes.len()).then_some(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kb::tests::TestKb;
    use proptest::prelude::*;
    use std::fs;

    fn state(inode: u64) -> FileState {
        FileState {
            size: 1,
            modified: -2,
            changed: 3,
            inode,
            ..FileState::default()
        }
    }

    fn sessions() -> Vec<(SessionId, u64)> {
        ["19691231-235959", "20250321-143022-7"]
            .into_iter()
            .zip(5..)
            .map(|(id, inode)| (id.parse().expect("an id"), inode))
            .collect()
    }

    fn store(kb: &Kb) {
        let keep = |path, inode, sessions| FolderToKeep {
            path,
            state: state(inode),
            sessions,
        };
        let folders = [keep("logs/ä", 1, sessions()), keep("logs/b", 2, Vec::new())];
        KnownFolders::store(kb, &folders).expect("written");
    }

    #[test]
    fn a_folder_is_known_in_the_state_in_which_it_was_kept() {
        let kb = TestKb::new();
        assert!(!KnownFolders::load(&kb).holds("logs/ä", state(1)));
        store(&kb);
        let known = KnownFolders::load(&kb);
        let read = |path, state| known.sessions(path, state).map(Iterator::collect::<Vec<_>>);
        assert_eq!(read("logs/ä", state(1)), Some(sessions()));
        assert_eq!(read("logs/b", state(2)), Some(Vec::new()));
        assert_eq!(read("logs/b", state(1)), None);
        assert_eq!(read("logs/c", state(1)), None);
        assert!(known.holds("logs/b", state(2)) && !known.holds("logs/b", state(1)));
        // Other settings may leave out other files.
        let other = TestKb::new();
        other.write(".mx/config.yaml", "exclude: ['*.tmp.md']");
        let root = other.root().to_owned();
        let other = other.reopened(&root);
        fs::create_dir_all(other.private_dir().join("sessions")).expect("mkdir");
        let bytes = fs::read(kb.private_dir().join(FILE)).expect("kept");
        fs::write(other.private_dir().join(FILE), bytes).expect("write");
        assert!(!KnownFolders::load(&other).holds("logs/ä", state(1)));
    }

    proptest! {
        #[test]
        fn what_is_not_whole_is_not_believed(at in 0_usize..1000, byte in any::<u8>(), cut: bool) {
            let kb = TestKb::new();
            store(&kb);
            let file = kb.private_dir().join(FILE);
            let mut bytes = fs::read(&file).expect("kept");
            let at = at % bytes.len();
            if cut {
                bytes.truncate(at);
            } else {
                prop_assume!(bytes[at] != byte);
                bytes[at] = byte;
            }
            fs::write(&file, bytes).expect("write");
            prop_assert!(!KnownFolders::load(&kb).holds("logs/b", state(2)));
        }
    }
}
