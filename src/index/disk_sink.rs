//! Takes the changes of the full text to disk.

use super::apply::Sink;
use super::damage_error;
use super::fulltext::writer::Load;
use super::fulltext::{FullText, TantivyError, Writer};
use super::prepare::{SectionDocument, Shared};
use crate::error::{Error, Result};
use std::io;
use std::sync::{Mutex, OnceLock, PoisonError};

/// Takes changes to disk. The writer is opened with the first of them: most often only the
/// catalog changes, and opening it is what costs.
pub(crate) struct DiskSink<'a> {
    fulltext: &'a FullText,
    load: Load,
    writer: OnceLock<Result<Writer, TantivyError>>,
    /// Ids of sections to delete, which is done for all of them at the end.
    deleted: Mutex<Vec<u64>>,
}

impl<'a> DiskSink<'a> {
    /// Makes the sink; opens nothing.
    pub fn new(fulltext: &'a FullText, load: Load) -> Self {
        DiskSink {
            fulltext,
            load,
            writer: OnceLock::new(),
            deleted: Mutex::default(),
        }
    }

    /// Returns the writer, opened now if nothing was changed yet.
    pub fn writer(&self) -> Result<&Writer> {
        let open = || Writer::open(self.fulltext, self.load);
        let opened = self.writer.get_or_init(open).as_ref();
        opened.map_err(|cause| writer_error(cause.clone()))
    }

    /// Ends the changes: returns the writer, if there were any.
    pub fn into_writer(self) -> Result<Option<Writer>> {
        let mut deleted = self.deleted.lock().unwrap_or_else(PoisonError::into_inner);
        if !deleted.is_empty() {
            let deleted = std::mem::take(&mut *deleted);
            self.writer()?.delete(deleted).map_err(damage_error)?;
        }
        drop(deleted);
        self.writer.into_inner().transpose().map_err(writer_error)
    }
}

/// Makes the error for a writer that cannot be opened. Where no thread is to be had, the index is as it
/// was, and to build it anew would not help.
fn writer_error(cause: TantivyError) -> Error {
    if lacks_threads(&cause) {
        return Error::failed(format!("cannot start a thread that indexes: {cause}"))
            .with_hint("searching works without; the system, or a limit, allows no more threads")
            .with_source(cause);
    }
    damage_error(cause)
}

/// Returns whether an error says that there is no thread to be had.
fn lacks_threads(cause: &TantivyError) -> bool {
    match cause {
        // When a writer is opened, there is no other.
        TantivyError::SystemError(_) => true,
        TantivyError::IoError(cause) => cause.kind() == io::ErrorKind::WouldBlock,
        _ => false,
    }
}

/// Returns whether the index could not be written because there was no thread to be had.
pub(crate) fn is_without_threads(error: &Error) -> bool {
    let cause = std::error::Error::source(error).and_then(|cause| cause.downcast_ref());
    cause.is_some_and(lacks_threads)
}

impl Sink for DiskSink<'_> {
    fn add(&self, shared: &Shared, section: &SectionDocument<'_>) -> Result<()> {
        self.writer()?.add(shared, section).map_err(writer_error)
    }

    fn delete(&self, id: u64) -> Result<()> {
        let mut deleted = self.deleted.lock().unwrap_or_else(PoisonError::into_inner);
        deleted.push(id);
        Ok(())
    }
}
