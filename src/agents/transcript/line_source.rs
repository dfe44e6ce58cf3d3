//! A file of lines, compressed or not.

use super::lines::LineReader;
use super::position::{Position, read_fingerprints};
use crate::kb::open_regular_file;
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

/// A file of lines that is open.
pub(crate) struct LineSource<'a> {
    path: &'a Path,
    file: File,
    compressed: bool,
}

impl<'a> LineSource<'a> {
    pub(crate) fn open(path: &'a Path) -> io::Result<Self> {
        let file = open_regular_file(path)?;
        let compressed = path.extension().is_some_and(|extension| extension == "zst");
        Ok(LineSource {
            path,
            file,
            compressed,
        })
    }

    /// Returns whether the file is still the one that was read up to a position.
    pub(crate) fn is_same(&mut self, position: &Position) -> io::Result<bool> {
        if position.offset == 0 {
            return Ok(true);
        }
        if !self.compressed && self.file.metadata()?.len() < position.offset {
            return Ok(false);
        }
        let known = (position.beginning, position.before);
        Ok(self.fingerprints(position.offset)? == known)
    }

    /// Returns by what the file is known again. A compressed one is written once, and known by
    /// its compressed bytes.
    pub(super) fn fingerprints(&mut self, offset: u64) -> io::Result<(u64, u64)> {
        let offset = if self.compressed {
            self.file.metadata()?.len()
        } else {
            offset
        };
        read_fingerprints(&mut self.file, offset)
    }

    /// Returns the lines from a position on.
    pub(crate) fn lines_at(&mut self, offset: u64) -> io::Result<LineReader<Box<dyn Read>>> {
        if self.compressed {
            let mut reader = ZstdFrames::new(BufReader::new(open_regular_file(self.path)?));
            io::copy(&mut (&mut reader).take(offset), &mut io::sink())?;
            return Ok(LineReader::new(Box::new(reader), offset));
        }
        self.file.seek(SeekFrom::Start(offset))?;
        Ok(LineReader::new(Box::new(self.file.try_clone()?), offset))
    }
}

/// The frames of a compressed file, one after the other. A torn or broken one is an end.
struct ZstdFrames {
    source: Option<BufReader<File>>,
    frame: Option<StreamingDecoder<BufReader<File>, FrameDecoder>>,
}

impl ZstdFrames {
    fn new(source: BufReader<File>) -> Self {
        ZstdFrames {
            source: Some(source),
            frame: None,
        }
    }
}

impl Read for ZstdFrames {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(frame) = &mut self.frame {
                match frame.read(buffer) {
                    Ok(0) => {
                        let frame = self.frame.take();
                        self.source = frame.map(StreamingDecoder::into_inner);
                    }
                    Ok(length) => return Ok(length),
                    Err(_) => {
                        self.frame = None;
                        return Ok(0);
                    }
                }
            }
            let Some(source) = self.source.take() else {
                return Ok(0);
            };
            match StreamingDecoder::new(source) {
                Ok(frame) => self.frame = Some(frame),
                Err(_) => return Ok(0),
            }
        }
    }
}

/// Returns the beginning of a compressed file, decompressed.
pub(crate) fn read_beginning_of_compressed(path: &Path, length: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let frames = ZstdFrames::new(BufReader::new(open_regular_file(path)?));
    frames.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}
