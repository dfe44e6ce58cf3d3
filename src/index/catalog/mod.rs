//! The catalog: what is known of directories, files and entries, in one redb file.
//!
//! | table | key | value |
//! |---|---|---|
//! | `meta` | name | number: `batch`, the last batch applied |
//! | `directories` | path, empty for the root | [`DirectoryRecord`] |
//! | `entries` | [key](super::key) of the path | [`EntryRecord`] and the ids of the entry's sections |
//!
//! redb shuts other processes out while a database is open, so every function here opens it,
//! does its work and closes it, and is called with the gate held (see `locks`).

mod codec;
mod records;

pub(crate) use records::{
    DirectoryRecord, DirectoryView, EntryRecord, FileRecord, FileView, IndexedEntry, LinkRecord,
    StoredDirectory,
};

use super::key::entry_key;
use codec::{CodecError, decode_record, encode_record};
use redb::{
    Database, DatabaseError, ReadOnlyDatabase, ReadTransaction, ReadableDatabase, ReadableTable,
    TableDefinition, WriteTransaction,
};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

const META: TableDefinition<&str, u64> = TableDefinition::new("meta");
const DIRECTORIES: TableDefinition<&str, &[u8]> = TableDefinition::new("directories");
const ENTRIES: TableDefinition<u64, &[u8]> = TableDefinition::new("entries");

const BATCH: &str = "batch";

/// redb's page cache. Its default is a gigabyte.
const CACHE: usize = 16 << 20;

/// Why the catalog gave no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CatalogError {
    /// A writer was killed: somebody must open it for writing once, which repairs it.
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
    pub entries: Vec<(String, Option<IndexedEntry>)>,
}

fn open_for_reading(path: &Path) -> Result<ReadTransaction, CatalogError> {
    let database: ReadOnlyDatabase = Database::builder()
        .set_cache_size(CACHE)
        .open_read_only(path)?;
    Ok(database.begin_read()?)
}

/// Reads all directories.
pub(crate) fn read_directory_records(path: &Path) -> Result<Directories, CatalogError> {
    let transaction = open_for_reading(path)?;
    let batch = read_batch(&transaction)?;
    let mut records = Known::new();
    for row in transaction.open_table(DIRECTORIES)?.iter()? {
        let (key, value) = row?;
        let stored = StoredDirectory::new(value.value());
        records.insert(key.value().to_owned(), stored);
    }
    Ok(Directories {
        batch,
        records: Arc::new(records),
    })
}

/// Reads all entries, by key.
pub(crate) fn read_entry_records(path: &Path) -> Result<HashMap<u64, IndexedEntry>, CatalogError> {
    let transaction = open_for_reading(path)?;
    let mut entries = HashMap::new();
    for row in transaction.open_table(ENTRIES)?.iter()? {
        let (key, value) = row?;
        entries.insert(key.value(), decode_entry(value.value())?);
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
            found.insert(entry.to_owned(), decode_entry(value.value())?);
        }
    }
    Ok(Some(found))
}

fn read_batch(transaction: &ReadTransaction) -> Result<u64, CatalogError> {
    let batch = transaction.open_table(META)?.get(BATCH)?;
    Ok(batch.map_or(0, |value| value.value()))
}

fn encode_entry(entry: &IndexedEntry) -> Result<Vec<u8>, CodecError> {
    let sections: Vec<u8> = entry
        .sections
        .iter()
        .flat_map(|id| id.to_le_bytes())
        .collect();
    encode_record(&(&entry.record, sections))
}

fn decode_entry(bytes: &[u8]) -> Result<IndexedEntry, CodecError> {
    let (record, sections): (EntryRecord, Vec<u8>) = decode_record(bytes)?;
    let (ids, _) = sections.as_chunks::<8>();
    let sections = ids.iter().map(|id| u64::from_le_bytes(*id)).collect();
    Ok(IndexedEntry { record, sections })
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
    // Encoded before the transaction begins: nothing may fail inside that is not redb's.
    let rows = Rows::encode(update)?;
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

/// An update as bytes; `None` removes.
struct Rows<'a> {
    directories: Vec<(&'a str, Option<&'a [u8]>)>,
    entries: Vec<(u64, Option<Vec<u8>>)>,
}

impl<'a> Rows<'a> {
    fn encode(update: &'a Update) -> Result<Self, CodecError> {
        let directory = |(path, stored): &'a (String, Option<StoredDirectory>)| {
            (path.as_str(), stored.as_ref().map(StoredDirectory::bytes))
        };
        let entry = |(path, entry): &(String, Option<IndexedEntry>)| {
            let bytes = entry.as_ref().map(encode_entry).transpose()?;
            Ok((entry_key(path), bytes))
        };
        let directories = update.directories.iter().map(directory);
        let entries = update.entries.iter().map(entry);
        let mut rows = Rows {
            directories: directories.collect(),
            entries: entries.collect::<Result<_, CodecError>>()?,
        };
        rows.entries.sort_unstable_by_key(|(key, _)| *key);
        Ok(rows)
    }

    fn apply(&self, transaction: &WriteTransaction, batch: u64) -> Result<(), redb::Error> {
        let mut meta = transaction.open_table(META)?;
        if batch > 0 {
            meta.insert(BATCH, batch)?;
        }
        let mut directories = transaction.open_table(DIRECTORIES)?;
        for (path, bytes) in &self.directories {
            match bytes {
                Some(bytes) => drop(directories.insert(path, bytes)?),
                None => drop(directories.remove(path)?),
            }
        }
        let mut entries = transaction.open_table(ENTRIES)?;
        for (key, bytes) in &self.entries {
            match bytes {
                Some(bytes) => drop(entries.insert(key, bytes.as_slice())?),
                None => drop(entries.remove(key)?),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            directories: vec![(String::new(), Some(StoredDirectory::new(&[1])))],
            entries: vec![("a.md".into(), Some(entry("A")))],
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
        update.entries[0].1 = None;
        write_update(&path, &update).expect("writes");
        assert!(read_entry_records(&path).expect("reads").is_empty());
        assert!(verify_catalog(&path).expect("checks"));
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
