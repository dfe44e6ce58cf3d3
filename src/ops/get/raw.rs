//! An entry as the bytes that it is, read as they are needed.

use super::LineRange;
use super::part::no_line;
use crate::error::{Error, Result};
use crate::kb::Kb;
use crate::model::EntryPath;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Take};

/// Bytes of an entry, exactly as they are in the file. Reading costs memory for a buffer only.
#[derive(Debug)]
pub struct Raw {
    path: EntryPath,
    bytes: Take<File>,
}

impl Raw {
    /// Opens a whole entry.
    pub(super) fn whole(kb: &Kb, path: EntryPath) -> Result<Self> {
        let file = kb.open_entry(&path)?;
        Ok(Raw {
            path,
            bytes: file.take(u64::MAX),
        })
    }

    /// Opens some lines of an entry.
    pub(super) fn lines(kb: &Kb, path: EntryPath, lines: &LineRange) -> Result<Self> {
        let mut reader = BufReader::with_capacity(1 << 16, kb.open_entry(&path)?);
        let fail = |cause| Error::io("read", &kb.root().join(path.as_str()), cause);
        let (skipped, start) = skip_lines(&mut reader, lines.first - 1).map_err(fail)?;
        if skipped < lines.first - 1 || reader.fill_buf().map_err(fail)?.is_empty() {
            return Err(no_line(&path, skipped));
        }
        let length = match lines.last {
            Some(last) => {
                skip_lines(&mut reader, last - lines.first + 1)
                    .map_err(fail)?
                    .1
            }
            None => u64::MAX,
        };
        let mut file = reader.into_inner();
        file.seek(SeekFrom::Start(start)).map_err(fail)?;
        Ok(Raw {
            path,
            bytes: file.take(length),
        })
    }

    /// Returns the path of the entry.
    pub fn path(&self) -> &EntryPath {
        &self.path
    }
}

impl Read for Raw {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.bytes.read(buffer)
    }
}

/// Skips lines; returns how many there were, at most as many as asked for, and their bytes.
fn skip_lines(reader: &mut impl BufRead, lines: u64) -> io::Result<(u64, u64)> {
    let (mut skipped, mut bytes, mut inside) = (0, 0, false);
    while skipped < lines {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            // A last line without an end is a line too.
            return Ok((skipped + u64::from(inside), bytes));
        }
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let used = end.map_or(buffer.len(), |at| at + 1);
        skipped += u64::from(end.is_some());
        inside = end.is_none();
        bytes += used as u64;
        reader.consume(used);
    }
    Ok((skipped, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_skipped_whatever_the_buffer() {
        let text: &[u8] = b"one\ntwo\n\nlast";
        for capacity in [1, 3, 64] {
            let count = |lines| {
                let mut reader = BufReader::with_capacity(capacity, text);
                skip_lines(&mut reader, lines).expect("memory can be read")
            };
            assert_eq!(count(0), (0, 0));
            assert_eq!(count(2), (2, 8));
            assert_eq!(count(3), (3, 9));
            assert_eq!(count(4), (4, 13));
            assert_eq!(count(9), (4, 13));
        }
    }
}
