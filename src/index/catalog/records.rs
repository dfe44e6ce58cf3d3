//! What the catalog stores. A change here needs a new `FORMAT` in `index::generation`.

use super::codec::{CodecError, decode_record, encode_record};
use crate::kb::walk::FileState;
use crate::model::{Entry, EntryPath, Link, Problem, Tag, Timestamp};
use bincode::{BorrowDecode, Decode, Encode};
use std::ops::Range;
use std::sync::Arc;

/// The state of one directory and of the entries in it, enough to decide without reading any
/// file which of them changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
pub(crate) struct DirectoryRecord {
    /// State of the directory itself when it was listed.
    pub state: StateRecord,
    /// Whether the list of names can be trusted while that state stays the same.
    pub settled: bool,
    /// Whether what it holds may become or cease to be an entry or a directory although its own state
    /// stays the same.
    pub restless: bool,
    /// Whether it was reached through a symbolic link: `Some(true)` if it is one itself.
    pub link: Option<bool>,
    /// Its entries, sorted by name.
    pub files: Vec<FileRecord>,
    /// What is left out: name and reason.
    pub skipped: Vec<(String, String)>,
}

/// A [`DirectoryRecord`] as it stands in the catalog. A large KB has tens of thousands of files and
/// mostly nothing changed, so what only has to be looked at is not copied out of it. Those that were
/// read together lie in blocks together.
#[derive(Debug, Clone)]
pub(crate) struct StoredDirectory {
    block: Arc<Vec<u8>>,
    range: Range<usize>,
}

/// A [`DirectoryRecord`], borrowed.
#[derive(Debug, BorrowDecode)]
pub(crate) struct DirectoryView<'a> {
    pub state: StateRecord,
    pub settled: bool,
    pub restless: bool,
    pub link: Option<bool>,
    pub files: Vec<FileView<'a>>,
    pub skipped: Vec<(&'a str, &'a str)>,
}

/// A [`FileRecord`], borrowed.
#[derive(Debug, BorrowDecode)]
pub(crate) struct FileView<'a> {
    pub name: &'a str,
    pub link: bool,
    pub state: StateRecord,
    pub settled: bool,
    _hash: [u8; 16],
    pub unreadable: Option<&'a str>,
}

impl StoredDirectory {
    /// Takes the bytes of a record.
    pub fn new(bytes: Vec<u8>) -> Self {
        let range = 0..bytes.len();
        Self::within(Arc::new(bytes), range)
    }

    /// Takes a part of a block, which must be in it.
    pub fn within(block: Arc<Vec<u8>>, range: Range<usize>) -> Self {
        StoredDirectory { block, range }
    }

    /// Encodes a record.
    pub fn of(record: &DirectoryRecord) -> Result<Self, CodecError> {
        encode_record(record).map(Self::new)
    }

    /// Returns the bytes of the record.
    pub fn bytes(&self) -> &[u8] {
        &self.block[self.range.clone()]
    }

    /// Looks at the record.
    pub fn view(&self) -> Result<DirectoryView<'_>, CodecError> {
        decode_record(self.bytes())
    }

    /// Decodes the record.
    pub fn read(&self) -> Result<DirectoryRecord, CodecError> {
        decode_record(self.bytes())
    }
}

/// The state of one file when it was indexed.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct FileRecord {
    /// Name in its directory.
    pub name: String,
    /// Whether it is a symbolic link.
    pub link: bool,
    /// The state of the file when it was read.
    pub state: StateRecord,
    /// Whether the content can be trusted while that state stays the same.
    pub settled: bool,
    /// First half of the BLAKE3 hash of the content; all zero if it could not be read.
    pub hash: [u8; 16],
    /// Why it could not be read.
    pub unreadable: Option<String>,
}

/// A [`FileState`], the change time as the distance from the modification time, which is mostly 0.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Encode, Decode)]
pub(crate) struct StateRecord {
    size: u64,
    modified: i64,
    change_lag: i64,
    inode: u64,
    other_names: bool,
}

impl From<FileState> for StateRecord {
    fn from(state: FileState) -> Self {
        StateRecord {
            size: state.size,
            modified: state.modified,
            change_lag: state.changed.wrapping_sub(state.modified),
            inode: state.inode,
            other_names: state.other_names,
        }
    }
}

impl From<StateRecord> for FileState {
    fn from(state: StateRecord) -> Self {
        FileState {
            size: state.size,
            modified: state.modified,
            changed: state.modified.wrapping_add(state.change_lag),
            inode: state.inode,
            other_names: state.other_names,
        }
    }
}

impl StateRecord {
    /// Returns the modification time in seconds since 1970.
    pub fn modified_seconds(self) -> i64 {
        self.modified.div_euclid(1_000_000_000)
    }

    /// Returns the size in bytes.
    pub fn size(self) -> u64 {
        self.size
    }

    /// Returns the inode number; 0 where the system has none.
    pub fn inode(self) -> u64 {
        self.inode
    }

    /// Returns whether it is the state of a file that has another name (a hard link).
    pub fn has_other_names(self) -> bool {
        self.other_names
    }

    /// Returns whether it is an earlier state of a file, with as many names: one or several.
    pub fn is_same_file(self, state: FileState) -> bool {
        (self.inode, self.other_names) == (state.inode, state.other_names)
    }
}

/// What is known of an entry.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
pub(crate) struct EntryRecord {
    pub title: String,
    pub tags: Vec<String>,
    pub inline_tags: Vec<String>,
    pub project: Option<String>,
    pub created: Option<i64>,
    pub updated: Option<i64>,
    pub latest: Option<i64>,
    pub aliases: Vec<String>,
    pub links: Vec<LinkRecord>,
    pub problems: Vec<(u32, String)>,
    /// Number of sections.
    pub sections: u32,
    /// Whether a section's time is that of the file, so that a touched file is indexed again.
    pub timeless: bool,
}

/// An entry with the ids of its sections in the full text, sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct IndexedEntry {
    pub record: EntryRecord,
    pub sections: Vec<u64>,
}

/// An [`IndexedEntry`] as it stands in the catalog, which takes a fraction of its memory.
#[derive(Debug, Clone)]
pub(crate) struct StoredEntry(Box<[u8]>);

impl StoredEntry {
    /// Encodes an entry.
    pub fn of(entry: &IndexedEntry) -> Result<Self, CodecError> {
        let ids = entry.sections.iter();
        let sections: Vec<u8> = ids.flat_map(|id| id.to_le_bytes()).collect();
        encode_record(&(&entry.record, sections)).map(|bytes| StoredEntry(bytes.as_slice().into()))
    }

    /// Returns the bytes of the entry.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Decodes the entry.
    pub fn read(&self) -> Result<IndexedEntry, CodecError> {
        IndexedEntry::decode(&self.0)
    }
}

impl IndexedEntry {
    /// Decodes the bytes of a [`StoredEntry`].
    pub fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        let (record, sections): (EntryRecord, Vec<u8>) = decode_record(bytes)?;
        let (ids, _) = sections.as_chunks::<8>();
        let sections = ids.iter().map(|id| u64::from_le_bytes(*id)).collect();
        Ok(IndexedEntry { record, sections })
    }
}

/// A [`Link`].
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct LinkRecord {
    pub target: String,
    pub wiki: bool,
    pub line: u32,
}

impl EntryRecord {
    /// Returns the entry that this record and the state of its file describe.
    pub fn to_entry(&self, path: EntryPath, state: StateRecord) -> Entry {
        let tags = |texts: &[String]| texts.iter().filter_map(|t| Tag::new(t)).collect();
        let link = |link: &LinkRecord| Link {
            target: link.target.clone(),
            wiki: link.wiki,
            line: link.line,
        };
        let problem = |(line, reason): &(u32, String)| Problem {
            line: *line,
            reason: reason.clone(),
        };
        Entry {
            path,
            title: self.title.clone(),
            tags: tags(&self.tags),
            inline_tags: tags(&self.inline_tags),
            project: self.project.clone(),
            created: self.created.map(Timestamp::from_seconds),
            updated: self.updated.map(Timestamp::from_seconds),
            latest: self.latest.map(Timestamp::from_seconds),
            modified: Timestamp::from_seconds(state.modified_seconds()),
            aliases: self.aliases.clone(),
            sections: self.sections,
            bytes: state.size(),
            links: self.links.iter().map(link).collect(),
            problems: self.problems.iter().map(problem).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_directory_can_be_looked_at_and_read() {
        let file = FileRecord {
            name: "ä.md".into(),
            link: true,
            state: FileState::default().into(),
            settled: true,
            hash: [7; 16],
            unreadable: Some("cannot read".into()),
        };
        let record = DirectoryRecord {
            link: Some(false),
            files: vec![file.clone(), file],
            skipped: vec![("x.md".into(), "not a regular file".into())],
            ..DirectoryRecord::default()
        };
        let stored = StoredDirectory::of(&record).expect("encodes");
        assert_eq!(stored.read().expect("decodes"), record);
        let view = stored.view().expect("decodes");
        assert_eq!((view.link, view.files.len()), (Some(false), 2));
        assert_eq!((view.files[1].name, view.files[1].link), ("ä.md", true));
        assert!(StoredDirectory::new(vec![1, 2, 3]).view().is_err());
    }
}
