//! The catalog: what is known of directories, files and entries, in one redb file.
//!
//! | table | key | value |
//! |---|---|---|
//! | `meta` | name | number: `batch`, the last batch applied |
//! | `directories` | path, empty for the root, and number | a part of the path's [`DirectoryRecord`] |
//! | `entries` | [key](super::key) of the path | [`EntryRecord`] and the ids of the entry's sections |
//!
//! redb shuts other processes out while a database is open, so every function here opens it,
//! does its work and closes it, and is called with the gate held (see `locks`).

mod codec;
mod records;

pub(crate) use records::{
    DirectoryRecord, DirectoryView, EntryRecord, FileRecord, FileView, IndexedEntry, LinkRecord,
    StoredDirectory, StoredEntry,
};

use super::key::entry_key;
use codec::CodecError;
use redb::{
    Database, DatabaseError, ReadOnlyDatabase, ReadTransaction, ReadableDatabase, ReadableTable,
    ReadableTableMetadata, Table, TableDefinition, WriteTransaction,
};
use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;
use std::path::Path;
use std::sync::Arc;

const META: TableDefinition<&str, u64> = TableDefinition::new("meta");
const DIRECTORIES: TableDefinition<(&str, u32), &[u8]> = TableDefinition::new("directories");
const ENTRIES: TableDefinition<u64, &[u8]> = TableDefinition::new("entries");

const BATCH: &str = "batch";

/// redb's page cache. Its default is a gigabyte.
const CACHE: usize = 16 << 20;
/// The same where each page is read once.
const READING_CACHE: usize = 64 << 10;

/// How many bytes of directories are kept together: so many that an allocator takes them from the
/// system, and gives them back.
const BLOCK: usize = 256 << 10;

/// The most bytes in a part of a directory's record. A large value takes twice its size at worst,
/// because redb rounds its pages up to a power of two, and is written whole for each change. Four of
/// these fill a page.
const PART: usize = 900;

/// Why the catalog gave no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CatalogError {
    /// A writer was killed: one process must open it for writing once, which repairs it.
    #[error("the catalog needs repair")]
    NeedsRepair,
    /// redb failed.
    #[error("catalog: {0}")]
    Store(#[source] Box<redb::Error>),
    /// A record is not what was written.
    #[error("catalog: {0}")]
    Record(#[from] CodecError),
}

impl<E: Into<redb::Error>> From<E> for CatalogError {
    fn from(error: E) -> Self {
        match error.into() {
            redb::Error::RepairAborted => CatalogError::NeedsRepair,
            other => CatalogError::Store(Box::new(other)),
        }
    }
}

impl CatalogError {
    /// Returns the error of the system, if it is one; else itself.
    pub(crate) fn into_io(self) -> Result<std::io::Error, Self> {
        match self {
            CatalogError::Store(cause) => match *cause {
                redb::Error::Io(cause) => Ok(cause),
                other => Err(CatalogError::Store(Box::new(other))),
            },
            other => Err(other),
        }
    }
}

/// Directories, by path.
pub(crate) type Known = BTreeMap<String, StoredDirectory>;

/// All directories and the batch at which they stood. A clone costs little.
#[derive(Clone)]
pub(crate) struct Directories {
    pub batch: u64,
    pub records: Arc<Known>,
}

/// One change of the catalog, applied whole or not at all.
#[derive(Default)]
pub(crate) struct Update {
    /// Number of the batch, the one the full text carries too.
    pub batch: u64,
    /// Directories to write, or to remove.
    pub directories: Vec<(String, Option<StoredDirectory>)>,
    /// Entries to write, or to remove.
    pub entries: Vec<EntryChange>,
}

/// A change of an entry.
pub(crate) struct EntryChange {
    /// Its path.
    pub path: String,
    /// The key of the path.
    pub key: u64,
    /// What is to be kept of it; `None` removes it.
    pub stored: Option<StoredEntry>,
}

fn open_for_reading(path: &Path) -> Result<ReadTransaction, CatalogError> {
    let database: ReadOnlyDatabase = Database::builder()
        .set_cache_size(READING_CACHE)
        .open_read_only(path)?;
    Ok(database.begin_read()?)
}

/// Reads all directories.
pub(crate) fn read_directory_records(path: &Path) -> Result<Directories, CatalogError> {
    let transaction = open_for_reading(path)?;
    let batch = read_batch(&transaction)?;
    let mut reading = DirectoryReading::default();
    for row in transaction.open_table(DIRECTORIES)?.iter()? {
        let (key, value) = row?;
        let (directory, part) = key.value();
        if part == 0 {
            reading.begin_directory(directory);
        }
        reading.block.extend_from_slice(value.value());
    }
    reading.end_block();
    Ok(Directories {
        batch,
        records: Arc::new(reading.records),
    })
}

/// Directories while they are read.
#[derive(Default)]
struct DirectoryReading {
    records: Known,
    block: Vec<u8>,
    /// The directories in the block, and where each begins.
    begun: Vec<(String, usize)>,
}

impl DirectoryReading {
    fn begin_directory(&mut self, path: &str) {
        if self.block.len() >= BLOCK {
            self.end_block();
        }
        if self.block.capacity() == 0 {
            self.block.reserve_exact(BLOCK + BLOCK / 8);
        }
        self.begun.push((path.to_owned(), self.block.len()));
    }

    fn end_block(&mut self) {
        let block = Arc::new(std::mem::take(&mut self.block));
        let mut end = block.len();
        for (path, start) in self.begun.drain(..).rev() {
            let stored = StoredDirectory::within(Arc::clone(&block), start..end);
            self.records.insert(path, stored);
            end = start;
        }
    }
}

/// Reads all entries, by key.
pub(crate) fn read_entry_records(path: &Path) -> Result<HashMap<u64, IndexedEntry>, CatalogError> {
    let transaction = open_for_reading(path)?;
    let mut entries = HashMap::new();
    for row in transaction.open_table(ENTRIES)?.iter()? {
        let (key, value) = row?;
        entries.insert(key.value(), IndexedEntry::decode(value.value())?);
    }
    Ok(entries)
}

/// Reads the given entries, by path; an unknown one is left out. `None` if the catalog is at
/// another batch than the given one.
pub(crate) fn entries_at<'a>(
    path: &Path,
    batch: u64,
    wanted: impl Iterator<Item = &'a str>,
) -> Result<Option<BTreeMap<String, IndexedEntry>>, CatalogError> {
    let transaction = open_for_reading(path)?;
    if read_batch(&transaction)? != batch {
        return Ok(None);
    }
    let entries = transaction.open_table(ENTRIES)?;
    let mut found = BTreeMap::new();
    for entry in wanted {
        if let Some(value) = entries.get(entry_key(entry))? {
            found.insert(entry.to_owned(), IndexedEntry::decode(value.value())?);
        }
    }
    Ok(Some(found))
}

fn read_batch(transaction: &ReadTransaction) -> Result<u64, CatalogError> {
    let batch = transaction.open_table(META)?.get(BATCH)?;
    Ok(batch.map_or(0, |value| value.value()))
}

/// Creates an empty catalog, or repairs one that a killed writer left.
pub(crate) fn create_or_repair(path: &Path) -> Result<(), CatalogError> {
    write_update(path, &Update::default())
}

/// Gives back to the disk what a new catalog does not need: redb splits a full page in halves.
pub(crate) fn compact_catalog(path: &Path) -> Result<(), CatalogError> {
    let mut database = Database::builder().set_cache_size(CACHE).open(path)?;
    database.compact()?;
    Ok(())
}

/// Applies an update in one durable transaction. Batch 0 leaves the batch as it is.
pub(crate) fn write_update(path: &Path, update: &Update) -> Result<(), CatalogError> {
    let rows = Rows::of(update);
    let database = Database::builder().set_cache_size(CACHE).create(path)?;
    let transaction = database.begin_write()?;
    rows.apply(&transaction, update.batch)?;
    transaction.commit()?;
    Ok(())
}

/// Checks the structure of the file.
pub(crate) fn verify_catalog(path: &Path) -> Result<bool, CatalogError> {
    let mut database = Database::builder().set_cache_size(CACHE).open(path)?;
    let clean = database.check_integrity();
    match clean {
        Ok(clean) => Ok(clean),
        Err(DatabaseError::Storage(redb::StorageError::Corrupted(_))) => Ok(false),
        Err(other) => Err(other.into()),
    }
}

type DirectoryTable<'t> = Table<'t, (&'static str, u32), &'static [u8]>;

/// An update as bytes, in the order of its keys; `None` removes.
struct Rows<'a> {
    directories: Vec<(&'a str, Option<&'a [u8]>)>,
    entries: Vec<(u64, Option<&'a [u8]>)>,
}

impl<'a> Rows<'a> {
    fn of(update: &'a Update) -> Self {
        let directory = |(path, stored): &'a (String, Option<StoredDirectory>)| {
            (path.as_str(), stored.as_ref().map(StoredDirectory::bytes))
        };
        let entry =
            |change: &'a EntryChange| (change.key, change.stored.as_ref().map(StoredEntry::bytes));
        let mut rows = Rows {
            directories: update.directories.iter().map(directory).collect(),
            entries: update.entries.iter().map(entry).collect(),
        };
        rows.directories.sort_unstable_by_key(|(path, _)| *path);
        rows.entries.sort_unstable_by_key(|(key, _)| *key);
        rows.entries.dedup_by_key(|(key, _)| *key);
        rows
    }

    fn apply(&self, transaction: &WriteTransaction, batch: u64) -> Result<(), redb::Error> {
        let mut meta = transaction.open_table(META)?;
        if batch > 0 {
            meta.insert(BATCH, batch)?;
        }
        let mut directories = transaction.open_table(DIRECTORIES)?;
        let mut entries = transaction.open_table(ENTRIES)?;
        if directories.is_empty()? && entries.is_empty()? {
            return self.fill(&mut directories, &mut entries);
        }
        for (path, bytes) in &self.directories {
            write_directory(&mut directories, path, bytes.unwrap_or_default())?;
        }
        for (key, bytes) in &self.entries {
            match bytes {
                Some(bytes) => drop(entries.insert(key, bytes)?),
                None => drop(entries.remove(key)?),
            }
        }
        Ok(())
    }

    /// Fills an empty catalog: in the order of the keys, so that no page is left half full.
    fn fill(
        &self,
        directories: &mut DirectoryTable<'_>,
        entries: &mut Table<'_, u64, &'static [u8]>,
    ) -> Result<(), redb::Error> {
        let mut end = directories.upper_bound_mut(Bound::<(&str, u32)>::Unbounded)?;
        for (path, bytes) in &self.directories {
            for (part, number) in bytes.unwrap_or_default().chunks(PART).zip(0..) {
                end.insert_before((*path, number), part)?;
            }
        }
        end.close()?;
        let mut end = entries.upper_bound_mut(Bound::<u64>::Unbounded)?;
        for (key, bytes) in &self.entries {
            if let Some(bytes) = bytes {
                end.insert_before(key, bytes)?;
            }
        }
        Ok(end.close()?)
    }
}

/// Writes the parts of a directory's record that are others than before; no bytes remove it.
fn write_directory(
    directories: &mut DirectoryTable<'_>,
    path: &str,
    bytes: &[u8],
) -> Result<(), redb::Error> {
    let mut next = 0;
    for part in bytes.chunks(PART) {
        let known = directories.get((path, next))?;
        if known.is_none_or(|known| known.value() != part) {
            directories.insert((path, next), part)?;
        }
        next += 1;
    }
    while directories.remove((path, next))?.is_some() {
        next += 1;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(title: &str) -> StoredEntry {
        StoredEntry::of(&entry(title)).expect("encodes")
    }

    fn entry(title: &str) -> IndexedEntry {
        let record = EntryRecord {
            title: title.into(),
            ..EntryRecord::default()
        };
        IndexedEntry {
            record,
            sections: vec![1, u64::MAX],
        }
    }

    #[test]
    fn an_update_is_read_back_and_removals_remove() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let path = dir.path().join("c.redb");
        create_or_repair(&path).expect("can be made");
        let mut update = Update {
            batch: 7,
            directories: vec![(String::new(), Some(StoredDirectory::new(vec![1])))],
            entries: vec![EntryChange {
                path: "a.md".into(),
                key: entry_key("a.md"),
                stored: Some(stored("A")),
            }],
        };
        write_update(&path, &update).expect("writes");
        let read = read_directory_records(&path).expect("reads");
        assert_eq!((read.batch, read.records.len()), (7, 1));
        let at = |batch| entries_at(&path, batch, ["a.md", "b.md"].into_iter()).expect("reads");
        assert_eq!(at(6), None, "another batch");
        let found = at(7).expect("this batch");
        assert_eq!(found["a.md"], entry("A"));
        assert_eq!(found.len(), 1);
        update.batch = 8;
        update.entries[0].stored = None;
        write_update(&path, &update).expect("writes");
        assert!(read_entry_records(&path).expect("reads").is_empty());
        assert!(verify_catalog(&path).expect("checks"));
    }

    #[test]
    fn a_directory_of_many_parts_grows_and_shrinks() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let path = dir.path().join("c.redb");
        let mut batch = 0;
        let mut check = |sizes: [(&str, usize); 3]| {
            batch += 1;
            let bytes = |size: usize| (0..size).map(|n| (n % 251 + batch) as u8).collect();
            let stored = |size| {
                let bytes: Vec<u8> = bytes(size);
                (size > 0).then(|| StoredDirectory::new(bytes))
            };
            let written = sizes.map(|(path, size)| (path.to_owned(), stored(size)));
            let update = Update {
                batch: batch as u64,
                directories: written.to_vec(),
                ..Update::default()
            };
            write_update(&path, &update).expect("writes");
            let read = read_directory_records(&path).expect("reads").records;
            for (path, written) in written {
                let bytes = |stored: &StoredDirectory| stored.bytes().to_vec();
                let (read, written) = (read.get(&path), written.as_ref());
                assert_eq!(read.map(bytes), written.map(bytes), "{path:?}");
            }
        };
        check([("", PART + 1), ("a", 10 * PART), ("a/b", 1)]);
        check([("", 1), ("a", 3 * PART), ("a/b", PART)]);
        check([("", 5 * PART - 1), ("a", 0), ("a/b", 2 * PART)]);
    }

    #[test]
    fn directories_of_several_blocks_are_told_apart() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let path = dir.path().join("c.redb");
        let sizes = [
            1,
            BLOCK,
            10,
            BLOCK / 2,
            BLOCK / 2,
            3 * BLOCK,
            7,
            BLOCK - 1,
            5,
        ];
        let record = |number: usize, size| vec![number as u8; size];
        let directories = sizes.iter().enumerate().map(|(number, size)| {
            let stored = StoredDirectory::new(record(number, *size));
            (format!("d{number}"), Some(stored))
        });
        let update = Update {
            batch: 1,
            directories: directories.collect(),
            ..Update::default()
        };
        write_update(&path, &update).expect("writes");
        let read = read_directory_records(&path).expect("reads").records;
        assert_eq!(read.len(), sizes.len());
        for (number, size) in sizes.into_iter().enumerate() {
            let stored = &read[&format!("d{number}")];
            assert!(stored.bytes() == record(number, size), "{number}");
        }
    }

    #[test]
    fn a_damaged_file_is_an_error() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let path = dir.path().join("c.redb");
        std::fs::write(&path, vec![7u8; 40_000]).expect("can be written");
        assert!(read_directory_records(&path).is_err());
        std::fs::write(&path, b"").expect("can be written");
        assert!(read_directory_records(&path).is_err());
    }
}
