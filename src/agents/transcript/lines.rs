//! The lines of a file, one at a time and never more of it in memory than one bounded line.

use std::io::{self, BufRead, Read};

/// Longer lines are skipped.
pub(crate) const LONGEST_LINE: usize = 16 << 20;
/// How much is read at once.
const CHUNK: usize = 256 << 10;

/// A line without its end.
pub(crate) enum RawLine<'a> {
    /// All of it.
    Whole(&'a [u8]),
    /// It was too long, and was skipped.
    TooLong,
}

/// Reads lines. What has no end yet, at the end of the file, is not read.
pub(crate) struct LineReader<R> {
    reader: R,
    buffer: Vec<u8>,
    start: usize,
    /// Up to where the buffer was searched for an end of line.
    searched: usize,
    offset: u64,
}

impl<R: Read> LineReader<R> {
    /// Reads from `reader`, which stands at `offset` of the file.
    pub(crate) fn new(reader: R, offset: u64) -> Self {
        LineReader {
            reader,
            buffer: Vec::new(),
            start: 0,
            searched: 0,
            offset,
        }
    }

    /// Returns where the next line begins in the file.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// Returns what stands behind the last line, at the end: it may still be growing.
    pub(crate) fn rest(&self) -> &[u8] {
        &self.buffer[self.start..]
    }

    /// Returns the next line; `None` at the end.
    pub(crate) fn next(&mut self) -> io::Result<Option<RawLine<'_>>> {
        loop {
            if let Some(end) = self.end_of_line() {
                let start = std::mem::replace(&mut self.start, end + 1);
                self.searched = self.start;
                self.offset += (end + 1 - start) as u64;
                return Ok(Some(RawLine::Whole(&self.buffer[start..end])));
            }
            if self.buffer.len() - self.start > LONGEST_LINE {
                return self.skip();
            }
            if !self.fill()? {
                return Ok(None);
            }
        }
    }

    fn end_of_line(&mut self) -> Option<usize> {
        let mut rest = &self.buffer[self.searched..];
        let length = rest.skip_until(b'\n').ok()?;
        let end = self.searched + length;
        if length > 0 && self.buffer[end - 1] == b'\n' {
            return Some(end - 1);
        }
        self.searched = end;
        None
    }

    /// Reads more behind what there is. Returns whether there was more.
    fn fill(&mut self) -> io::Result<bool> {
        self.buffer.drain(..self.start);
        self.searched -= self.start;
        self.start = 0;
        if self.buffer.is_empty() && self.buffer.capacity() > 4 * CHUNK {
            self.buffer = Vec::new();
        }
        let more = (&mut self.reader)
            .take(CHUNK as u64)
            .read_to_end(&mut self.buffer)?;
        Ok(more > 0)
    }

    /// Skips to the end of the line at hand; if it has none yet, the line stays for another time.
    fn skip(&mut self) -> io::Result<Option<RawLine<'_>>> {
        let mut length = (self.buffer.len() - self.start) as u64;
        loop {
            self.buffer.clear();
            (self.start, self.searched) = (0, 0);
            if !self.fill()? {
                return Ok(None);
            }
            if let Some(end) = self.end_of_line() {
                length += (end + 1) as u64;
                (self.start, self.searched) = (end + 1, end + 1);
                self.offset += length;
                return Ok(Some(RawLine::TooLong));
            }
            length += self.buffer.len() as u64;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> (Vec<Option<Vec<u8>>>, u64) {
        let mut lines = LineReader::new(bytes, 0);
        let mut found = Vec::new();
        while let Some(line) = lines.next().expect("no I/O") {
            found.push(match line {
                RawLine::Whole(line) => Some(line.to_vec()),
                RawLine::TooLong => None,
            });
        }
        (found, lines.offset())
    }

    #[test]
    fn a_torn_last_line_waits() {
        let (lines, offset) = read(b"a\n\nbc\nd");
        assert_eq!(
            lines,
            [Some(b"a".to_vec()), Some(Vec::new()), Some(b"bc".to_vec())]
        );
        assert_eq!(offset, 6);
        let mut lines = LineReader::new(&b"a\nbc"[..], 0);
        while lines.next().expect("no I/O").is_some() {}
        assert_eq!((lines.rest(), lines.offset()), (&b"bc"[..], 2));
        assert_eq!(read(b""), (Vec::new(), 0));
    }

    #[test]
    fn a_line_that_is_too_long_is_skipped_and_one_that_just_fits_is_not() {
        let mut bytes = vec![b'x'; LONGEST_LINE - 1];
        bytes.extend_from_slice(b"\n");
        bytes.extend(std::iter::repeat_n(b'y', LONGEST_LINE + 2 * CHUNK));
        bytes.extend_from_slice(b"\nz\n");
        bytes.extend(std::iter::repeat_n(b'w', LONGEST_LINE + 2 * CHUNK));
        let (lines, offset) = read(&bytes);
        let lengths: Vec<_> = lines.iter().map(|l| l.as_ref().map(Vec::len)).collect();
        assert_eq!(lengths, [Some(LONGEST_LINE - 1), None, Some(1)]);
        assert_eq!(offset as usize, bytes.len() - LONGEST_LINE - 2 * CHUNK);
    }
}
