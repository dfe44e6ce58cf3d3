//! The bytes of an input, a piece at a time.

use super::UnreadableInput;
use std::io::{self, Read};

/// How much is read at once.
const PIECE: usize = 32 * 1024;

/// More than this no agent sends, in bytes.
const MOST: u64 = 256 << 20;

/// The byte order mark of UTF-8, and what it becomes on its way through a shell of Windows that takes
/// it for text in another encoding. There may be several: a hook of Cursor gets two.
const MARKS: [&[u8]; 5] = [
    b"\xEF\xBB\xBF",
    "\u{ef}\u{bb}\u{bf}".as_bytes(),
    "\u{2229}\u{2557}\u{2510}".as_bytes(),
    b"n++",
    b"?",
];

pub(super) struct ByteSource<'a> {
    from: &'a mut dyn Read,
    piece: Box<[u8]>,
    at: usize,
    end: usize,
    left: u64,
}

impl<'a> ByteSource<'a> {
    pub(super) fn new(from: &'a mut dyn Read) -> Self {
        ByteSource {
            from,
            piece: vec![0; PIECE].into_boxed_slice(),
            at: 0,
            end: 0,
            left: MOST,
        }
    }

    /// Reads on if nothing is left of the piece. Returns whether there is something.
    fn fill(&mut self) -> io::Result<bool> {
        if self.at < self.end {
            return Ok(true);
        }
        (self.at, self.end) = (0, 0);
        self.more()
    }

    /// Reads on behind what is left of the piece.
    fn more(&mut self) -> io::Result<bool> {
        while self.left > 0 {
            match self.from.read(&mut self.piece[self.end..]) {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                read => {
                    let read = read?;
                    self.end += read;
                    self.left = self.left.saturating_sub(read as u64);
                    return Ok(read > 0);
                }
            }
        }
        Ok(false)
    }

    pub(super) fn peek(&mut self) -> Result<Option<u8>, UnreadableInput> {
        Ok(self.fill()?.then(|| self.piece[self.at]))
    }

    pub(super) fn next(&mut self) -> Result<Option<u8>, UnreadableInput> {
        let byte = self.peek()?;
        self.skip();
        Ok(byte)
    }

    /// Leaves out the byte that was looked at.
    pub(super) fn skip(&mut self) {
        self.consume(1);
    }

    pub(super) fn consume(&mut self, bytes: usize) {
        self.at = (self.at + bytes).min(self.end);
    }

    /// Returns what is there before the next quote or escape, which may be nothing.
    pub(super) fn until_quote_or_escape(&mut self) -> Result<&[u8], UnreadableInput> {
        self.fill()?;
        let rest = &self.piece[self.at..self.end];
        let end = memchr::memchr2(b'"', b'\\', rest);
        Ok(&rest[..end.unwrap_or(rest.len())])
    }

    /// Returns whether the input goes on with these bytes, which are few.
    pub(super) fn begins(&mut self, with: &[u8]) -> Result<bool, UnreadableInput> {
        if self.end - self.at < with.len() {
            self.piece.copy_within(self.at..self.end, 0);
            (self.at, self.end) = (0, self.end - self.at);
            while self.end < with.len() && self.more()? {}
        }
        Ok(self.piece[self.at..self.end].starts_with(with))
    }

    /// Leaves out byte order marks.
    pub(super) fn skip_marks(&mut self) -> Result<(), UnreadableInput> {
        while let Some(length) = self.mark()? {
            self.consume(length);
        }
        Ok(())
    }

    /// Returns the length of the byte order mark that comes next.
    fn mark(&mut self) -> Result<Option<usize>, UnreadableInput> {
        let first = self.peek()?;
        for mark in MARKS {
            // Who may have to wait for more bytes does so for a mark only.
            if first == mark.first().copied() && self.begins(mark)? {
                return Ok(Some(mark.len()));
            }
        }
        Ok(None)
    }

    /// Reads to the end.
    pub(super) fn drain(&mut self) {
        (self.at, self.end) = (0, 0);
        while self.more().unwrap_or(false) {
            self.end = 0;
        }
    }
}
