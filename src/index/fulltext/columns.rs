//! What is kept of each document of a segment beside its terms. Opening a column takes the longer
//! the larger the segment is, so each is opened once, when it is first asked for.

use super::TantivyError;
use std::io;
use std::sync::OnceLock;
use tantivy::SegmentReader;
use tantivy::columnar::{Column, StrColumn};
use tantivy::store::StoreReader;

/// How many blocks of stored fields are kept: sections of one entry are neighbours.
const STORE_BLOCKS: usize = 4;

/// The columns of one segment.
#[derive(Default)]
pub(crate) struct SegmentColumns {
    entry: OnceLock<Column<u64>>,
    path: OnceLock<Option<StrColumn>>,
    time: OnceLock<Column<i64>>,
    modified: OnceLock<Column<i64>>,
    dated: OnceLock<Column<u64>>,
    line: OnceLock<Column<u64>>,
    start: OnceLock<Column<u64>>,
    length: OnceLock<Column<u64>>,
    store: OnceLock<StoreReader>,
}

/// The columns of one segment, to be opened.
#[derive(Clone, Copy)]
pub(crate) struct OpenColumns<'a> {
    pub(super) reader: &'a SegmentReader,
    pub(super) columns: &'a SegmentColumns,
}

type ColumnResult<'a, T> = Result<&'a T, TantivyError>;

impl<'a> OpenColumns<'a> {
    /// Returns the keys of the entries.
    pub fn entry(self) -> ColumnResult<'a, Column<u64>> {
        self.number(&self.columns.entry, "entry")
    }

    /// Returns the paths of the entries.
    pub fn path(self) -> Result<Option<&'a StrColumn>, TantivyError> {
        let open = || self.reader.fast_fields().str("path");
        open_once(&self.columns.path, open).map(Option::as_ref)
    }

    /// Returns the recorded times.
    pub fn time(self) -> ColumnResult<'a, Column<i64>> {
        let open = || self.reader.fast_fields().i64("time");
        open_once(&self.columns.time, open)
    }

    /// Returns the times of the files, where none is recorded.
    pub fn modified(self) -> ColumnResult<'a, Column<i64>> {
        let open = || self.reader.fast_fields().i64("modified");
        open_once(&self.columns.modified, open)
    }

    /// Returns which sections have a date in their heading.
    pub fn dated(self) -> ColumnResult<'a, Column<u64>> {
        self.number(&self.columns.dated, "dated")
    }

    /// Returns the lines of the headings.
    pub fn line(self) -> ColumnResult<'a, Column<u64>> {
        self.number(&self.columns.line, "line")
    }

    /// Returns where the sections begin, in bytes.
    pub fn start(self) -> ColumnResult<'a, Column<u64>> {
        self.number(&self.columns.start, "start")
    }

    /// Returns how long the sections are, in bytes.
    pub fn length(self) -> ColumnResult<'a, Column<u64>> {
        self.number(&self.columns.length, "length")
    }

    /// Returns what is stored.
    pub fn store(self) -> Result<&'a StoreReader, TantivyError> {
        let open = || -> io::Result<StoreReader> { self.reader.get_store_reader(STORE_BLOCKS) };
        open_once(&self.columns.store, || Ok(open()?))
    }

    fn number(self, cell: &'a OnceLock<Column<u64>>, name: &str) -> ColumnResult<'a, Column<u64>> {
        open_once(cell, || self.reader.fast_fields().u64(name))
    }
}

fn open_once<T>(
    cell: &OnceLock<T>,
    open: impl FnOnce() -> Result<T, TantivyError>,
) -> Result<&T, TantivyError> {
    if let Some(opened) = cell.get() {
        return Ok(opened);
    }
    let opened = open()?;
    Ok(cell.get_or_init(|| opened))
}
