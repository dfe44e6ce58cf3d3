//! Reading one transcript, from its beginning or from where it ended the last time.

use super::super::wire;
use super::position::{Position, prints};
use super::scribe::{Scribe, limit};
use super::state::State;
use super::{Counts, Heard, Item, Outcome, TranscriptFile, TranscriptKind, TranscriptSession};
use super::{claude, codex, copilot, cursor, document, gemini, lines, opencode};
use crate::error::{Error, Result};
use lines::{Line, Lines};
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};
use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

/// How many unknown types are counted by their names; the others together.
const UNKNOWN_TYPES: usize = 50;

/// Through what every text goes before it is kept.
#[derive(Clone, Copy)]
pub struct Filters<'a> {
    /// Takes secrets out of a text, then cuts it to a length.
    pub clean: &'a dyn Fn(&str, usize) -> String,
    /// Takes out what this program injected earlier.
    pub strip: &'a dyn Fn(&str) -> String,
}

/// Reads a transcript from `from`, and gives what happened to `sink`, in order.
///
/// A last line without its end waits for the next time. A file that is no longer the one of which
/// `from` tells is read from its beginning; see [`Outcome::anew`].
///
/// # Errors
///
/// Only if the file cannot be read. What is in it never makes an error, but is counted.
pub fn read(
    file: &TranscriptFile,
    from: &Position,
    filters: Filters<'_>,
    sink: &mut dyn FnMut(Item),
) -> Result<Outcome> {
    let failed = |cause| Error::io("read", &file.path, cause);
    match file.kind {
        TranscriptKind::Opencode => opencode::read(file, from, filters, sink).map_err(failed),
        TranscriptKind::Gemini if is_document(&file.path) => {
            document::read(file, from, filters, sink).map_err(failed)
        }
        _ => read_lines(file, from, filters, sink).map_err(failed),
    }
}

fn is_document(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension == "json")
}

fn read_lines(
    file: &TranscriptFile,
    from: &Position,
    filters: Filters<'_>,
    sink: &mut dyn FnMut(Item),
) -> io::Result<Outcome> {
    let mut source = Source::open(&file.path)?;
    let mut same = from.offset == 0 || source.is_same(from)?;
    let mut dropped = gemini::Dropped::default();
    if file.kind == TranscriptKind::Gemini {
        // What was taken back is known only further on, so that is looked for first.
        let offset = if same { from.offset } else { 0 };
        if gemini::takes_back(&mut source.lines_at(offset)?)? {
            same = from.offset == 0;
            dropped = gemini::Dropped::find(&mut source.lines_at(0)?)?;
        }
    }
    let anew = !same;
    let from = if anew { &Position::default() } else { from };
    let mut reading = Reading::begin(file, from.state.clone(), filters, sink);
    let mut lines = source.lines_at(from.offset)?;
    while let Some(line) = lines.next()? {
        reading.line(&line, &dropped);
    }
    let offset = lines.offset();
    drop(lines);
    let (beginning, before) = source.prints(offset)?;
    let mut outcome = reading.end(filters);
    outcome.anew = anew;
    outcome.position = Position {
        offset,
        beginning,
        before,
        file: String::new(),
        state: outcome.position.state,
    };
    Ok(outcome)
}

/// A transcript that is being read.
pub(super) struct Reading<'a> {
    kind: TranscriptKind,
    path: &'a Path,
    pub(super) scribe: Scribe<'a>,
    pub(super) counts: Counts,
}

impl<'a> Reading<'a> {
    pub(super) fn begin(
        file: &'a TranscriptFile,
        mut state: State,
        filters: Filters<'a>,
        sink: &'a mut dyn FnMut(Item),
    ) -> Self {
        state.session.agent = Some(file.kind);
        let mut scribe = Scribe::new(state, filters.clean, filters.strip, sink);
        scribe.fallback = file.modified;
        let mut reading = Reading {
            kind: file.kind,
            path: &file.path,
            scribe,
            counts: Counts::default(),
        };
        if !reading.scribe.state.begun {
            reading.place(file);
        }
        reading
    }

    /// What the place of a file tells.
    fn place(&mut self, file: &TranscriptFile) {
        match self.kind {
            TranscriptKind::Claude => claude::place(&file.path, &mut self.scribe),
            TranscriptKind::Codex => codex::place(&file.path, &mut self.scribe),
            TranscriptKind::Gemini => gemini::place(&file.path, &mut self.scribe),
            TranscriptKind::Cursor => cursor::place(file, &mut self.scribe),
            TranscriptKind::Copilot => copilot::place(&file.path, &mut self.scribe),
            TranscriptKind::Opencode => {}
        }
    }

    fn line(&mut self, line: &Line<'_>, dropped: &gemini::Dropped) {
        let line = match line {
            Line::Whole(line) => *line,
            Line::TooLong => return self.count(Heard::Malformed),
        };
        let line = line
            .strip_prefix(b"\xef\xbb\xbf")
            .unwrap_or(line)
            .trim_ascii();
        if !line.is_empty() {
            let text = wire::lossy(line);
            let heard = self.hear(&text, dropped);
            self.count(heard);
        }
    }

    pub(super) fn hear(&mut self, line: &str, dropped: &gemini::Dropped) -> Heard {
        // Serde would take a list for an object, too.
        if !line.starts_with('{') {
            return Heard::Malformed;
        }
        let scribe = &mut self.scribe;
        match self.kind {
            TranscriptKind::Claude => claude::line(line, self.path, scribe),
            TranscriptKind::Codex => codex::line(line, scribe),
            TranscriptKind::Gemini => gemini::line(line, dropped, scribe),
            TranscriptKind::Cursor => cursor::line(line, scribe),
            TranscriptKind::Copilot => copilot::line(line, scribe),
            TranscriptKind::Opencode => Heard::Ignored,
        }
    }

    pub(super) fn count(&mut self, heard: Heard) {
        let counts = &mut self.counts;
        counts.lines += 1;
        match heard {
            Heard::Understood => counts.understood += 1,
            Heard::Ignored => counts.ignored += 1,
            Heard::Malformed => counts.malformed += 1,
            Heard::Unknown(name) => {
                let name = if name.is_empty() { "(none)" } else { &name };
                let name = self.scribe.clean(name, limit::NAME);
                let known = counts.unknown.contains_key(&name);
                let name = if known || counts.unknown.len() < UNKNOWN_TYPES {
                    name
                } else {
                    "…".to_owned()
                };
                *counts.unknown.entry(name).or_default() += 1;
            }
        }
    }

    /// Ends the reading. The position that is returned holds only the state.
    pub(super) fn end(self, filters: Filters<'_>) -> Outcome {
        let (counts, fallback) = (self.counts, self.scribe.fallback);
        let state = self.scribe.state;
        let mut session = session_of(&state, fallback);
        if session.id.is_empty() {
            let stem = name(self.path.file_stem());
            let stem = stem.split(".jsonl").next().unwrap_or_default();
            session.id = (filters.clean)(stem, limit::NAME);
        }
        let mut tail = Vec::new();
        let mut keep = |item| tail.push(item);
        let mut scribe = Scribe::new(state.clone(), filters.clean, filters.strip, &mut keep);
        scribe.fallback = fallback;
        scribe.finish();
        Outcome {
            session,
            position: Position {
                state,
                ..Position::default()
            },
            counts,
            tail,
            anew: false,
        }
    }
}

fn session_of(state: &State, fallback: i64) -> TranscriptSession {
    let mut session = state.session.clone();
    session.last = session.last.or(state.begun.then_some(fallback));
    session.started = session.started.or(session.last);
    session
}

/// A file of lines, compressed or not.
struct Source<'a> {
    path: &'a Path,
    file: File,
    compressed: bool,
}

impl<'a> Source<'a> {
    fn open(path: &'a Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let compressed = path.extension().is_some_and(|extension| extension == "zst");
        Ok(Source {
            path,
            file,
            compressed,
        })
    }

    /// Returns whether the file is still the one that was read up to a position.
    fn is_same(&mut self, position: &Position) -> io::Result<bool> {
        if !self.compressed && self.file.metadata()?.len() < position.offset {
            return Ok(false);
        }
        Ok(self.prints(position.offset)? == (position.beginning, position.before))
    }

    /// Returns by what the file is known again. A compressed one is written once, and known by
    /// its compressed bytes.
    fn prints(&mut self, offset: u64) -> io::Result<(u64, u64)> {
        let offset = if self.compressed {
            self.file.metadata()?.len()
        } else {
            offset
        };
        prints(&mut self.file, offset)
    }

    fn lines_at(&mut self, offset: u64) -> io::Result<Lines<Box<dyn Read>>> {
        if self.compressed {
            let mut reader = Frames::new(BufReader::new(File::open(self.path)?));
            io::copy(&mut (&mut reader).take(offset), &mut io::sink())?;
            return Ok(Lines::new(Box::new(reader), offset));
        }
        self.file.seek(SeekFrom::Start(offset))?;
        Ok(Lines::new(Box::new(self.file.try_clone()?), offset))
    }
}

/// The frames of a compressed file, one after the other. A torn or broken one is an end.
struct Frames {
    source: Option<BufReader<File>>,
    frame: Option<StreamingDecoder<BufReader<File>, FrameDecoder>>,
}

impl Frames {
    fn new(source: BufReader<File>) -> Self {
        Frames {
            source: Some(source),
            frame: None,
        }
    }
}

impl Read for Frames {
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
pub(super) fn beginning_of_compressed(path: &Path, length: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let frames = Frames::new(BufReader::new(File::open(path)?));
    frames.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Returns the text of a name in a path.
pub(super) fn name(name: Option<&std::ffi::OsStr>) -> Cow<'_, str> {
    name.map_or(Cow::Borrowed(""), |name| name.to_string_lossy())
}
