//! Reading one transcript, from its beginning or from where it ended the last time.

use super::line_source::LineSource;
use super::lines::RawLine;
use super::position::Position;
use super::state::ReadingState;
use super::writer::TranscriptWriter;
use super::{
    KeyedEvent, LineOutcome, TranscriptCounts, TranscriptFile, TranscriptReading, TranscriptSession,
};
use crate::agents::event_text::{Clean, limit};
use crate::agents::json::raw_field::decode_lossily;
use crate::kb::open_regular_file;
use crate::model::hash_number;
use std::borrow::Cow;
use std::io::{self, Read as _};

/// How many unknown types are counted by their names; the others together.
const MOST_UNKNOWN_TYPES: usize = 50;

/// Reads a transcript from a position on, and gives each event to `sink`, in order.
///
/// A last line without its end waits for the next time; if it is whole nevertheless, it is returned
/// as what holds only if nothing comes behind it. A file that is no longer the one of
/// the position is read from its beginning; see [`TranscriptReading::restarted`]. Fails only
/// if the file cannot be read: what is in it never makes an error, but is counted.
pub(crate) type TranscriptReader = fn(
    file: &TranscriptFile,
    from: &Position,
    clean: Clean<'_>,
    sink: &mut dyn FnMut(KeyedEvent),
) -> io::Result<TranscriptReading>;

/// The form of an agent's transcripts of lines.
pub(crate) struct LineFormat<'a> {
    /// Notes what the path of the file implies, before the first line.
    pub(crate) read_place: fn(&mut TranscriptWriter<'_>),
    /// Reads a line, which is an object.
    pub(crate) read_line: &'a (dyn Fn(&str, &mut TranscriptWriter<'_>) -> LineOutcome + Sync),
}

/// Reads a transcript of lines.
pub(crate) fn read_lines(
    format: &LineFormat<'_>,
    file: &TranscriptFile,
    from: &Position,
    clean: Clean<'_>,
    sink: &mut dyn FnMut(KeyedEvent),
) -> io::Result<TranscriptReading> {
    let mut source = LineSource::open(&file.path)?;
    let from = source.is_same(from)?.then_some(from);
    read_lines_from(format, file, &mut source, from, clean, sink)
}

/// Reads the lines of a source that is open; from its beginning, and so restarted, without a
/// position.
pub(crate) fn read_lines_from(
    format: &LineFormat<'_>,
    file: &TranscriptFile,
    source: &mut LineSource<'_>,
    from: Option<&Position>,
    clean: Clean<'_>,
    sink: &mut dyn FnMut(KeyedEvent),
) -> io::Result<TranscriptReading> {
    let beginning = Position::default();
    let restarted = from.is_none();
    let from = from.unwrap_or(&beginning);
    let mut scan = TranscriptScan::begin(file, from.state.clone(), clean, sink, format.read_place);
    let mut lines = source.lines_at(from.offset)?;
    while let Some(line) = lines.next()? {
        scan.read_line(&line, format.read_line);
    }
    let offset = lines.offset();
    let rest = lines.rest().to_vec();
    drop(lines);
    let (beginning, before) = source.fingerprints(offset)?;
    let reading = scan.finish_behind(&rest, format.read_line);
    Ok(TranscriptReading {
        restarted,
        position: Position {
            offset,
            beginning,
            before,
            ..reading.position
        },
        ..reading
    })
}

/// Larger documents are not read, in bytes.
const LARGEST_DOCUMENT: u64 = 256 << 20;

/// Reads a transcript that is one document; `read` is given its text, unless that is still the one of
/// which `from` is a position. Such a file is replaced when the conversation goes on, and then read
/// anew.
pub(crate) fn read_document(
    file: &TranscriptFile,
    from: &Position,
    clean: Clean<'_>,
    sink: &mut dyn FnMut(KeyedEvent),
    read_place: fn(&mut TranscriptWriter<'_>),
    read: fn(&str, &mut TranscriptScan<'_>),
) -> io::Result<TranscriptReading> {
    let bytes = read_whole_document(file)?;
    let fingerprint = hash_number(blake3::hash(&bytes));
    let offset = bytes.len() as u64;
    if (from.offset, from.before) == (offset, fingerprint) {
        let scan = TranscriptScan::begin(file, from.state.clone(), clean, sink, read_place);
        return Ok(TranscriptReading {
            position: from.clone(),
            ..scan.finish()
        });
    }
    let mut scan = TranscriptScan::begin(file, ReadingState::default(), clean, sink, read_place);
    read(&decode_lossily(&bytes), &mut scan);
    let reading = scan.finish();
    Ok(TranscriptReading {
        restarted: from.offset > 0,
        position: Position {
            offset,
            before: fingerprint,
            ..reading.position
        },
        ..reading
    })
}

/// Returns the bytes of a document, or of the beginning of one that is too large.
pub(crate) fn read_whole_document(file: &TranscriptFile) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let source = open_regular_file(&file.path)?;
    source.take(LARGEST_DOCUMENT).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A transcript that is being read.
pub(crate) struct TranscriptScan<'a> {
    pub(crate) writer: TranscriptWriter<'a>,
    counts: TranscriptCounts,
}

impl<'a> TranscriptScan<'a> {
    pub(crate) fn begin(
        file: &'a TranscriptFile,
        state: ReadingState,
        clean: Clean<'a>,
        sink: &'a mut dyn FnMut(KeyedEvent),
        read_place: fn(&mut TranscriptWriter<'_>),
    ) -> Self {
        let mut writer = TranscriptWriter::new(file, state, clean, sink);
        if !writer.state.begun {
            read_place(&mut writer);
        }
        TranscriptScan {
            writer,
            counts: TranscriptCounts::default(),
        }
    }

    fn read_line(
        &mut self,
        line: &RawLine<'_>,
        read: &dyn Fn(&str, &mut TranscriptWriter<'_>) -> LineOutcome,
    ) {
        let line = match line {
            RawLine::Whole(line) => *line,
            RawLine::TooLong => return self.count(LineOutcome::Malformed),
        };
        let without_mark = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        let line = without_mark.trim_ascii();
        if !line.is_empty() {
            self.read_object(&decode_lossily(line), read);
        }
    }

    /// Reads a text that is to be an object, and counts it.
    pub(crate) fn read_object(
        &mut self,
        text: &str,
        read: &dyn Fn(&str, &mut TranscriptWriter<'_>) -> LineOutcome,
    ) {
        // Serde would take a list for an object, too.
        let outcome = if text.starts_with('{') {
            read(text, &mut self.writer)
        } else {
            LineOutcome::Malformed
        };
        self.count(outcome);
    }

    pub(crate) fn count(&mut self, outcome: LineOutcome) {
        let counts = &mut self.counts;
        counts.lines += 1;
        match outcome {
            LineOutcome::Understood => counts.understood += 1,
            LineOutcome::Ignored => counts.ignored += 1,
            LineOutcome::Malformed => counts.malformed += 1,
            LineOutcome::Unknown(name) => {
                let name = if name.is_empty() { "(none)" } else { &name };
                let name = self.writer.clean(name, limit::NAME);
                let known = counts.unknown.contains_key(&name);
                let name = if known || counts.unknown.len() < MOST_UNKNOWN_TYPES {
                    name
                } else {
                    "…".to_owned()
                };
                *counts.unknown.entry(name).or_default() += 1;
            }
        }
    }

    /// Ends the reading. The position that is returned holds only the state.
    pub(crate) fn finish(self) -> TranscriptReading {
        self.finish_behind(&[], &|_, _| LineOutcome::Ignored)
    }

    /// Ends the reading behind a line that has no end yet.
    fn finish_behind(
        self,
        rest: &[u8],
        read: &dyn Fn(&str, &mut TranscriptWriter<'_>) -> LineOutcome,
    ) -> TranscriptReading {
        let file = self.writer.file;
        let cleaner = self.writer.cleaner();
        let state = self.writer.state;
        let mut tail = Vec::new();
        let mut keep = |event| tail.push(event);
        let mut writer = TranscriptWriter::new(file, state.clone(), cleaner.clean, &mut keep);
        if let Some(line) = whole_object(rest) {
            read(line, &mut writer);
        }
        let mut session = session_of(&writer.state, file.modified);
        writer.finish();
        if session.id.is_empty() {
            let stem = file_name_text(file.path.file_stem());
            let stem = stem.split(".jsonl").next().unwrap_or_default();
            session.id = (cleaner.clean)(stem, limit::NAME);
        }
        TranscriptReading {
            session,
            position: Position {
                state: state.cleaned(&cleaner),
                ..Position::default()
            },
            counts: self.counts,
            tail,
            restarted: false,
        }
    }
}

/// Returns a line that is an object from its beginning to its end.
fn whole_object(line: &[u8]) -> Option<&str> {
    let line = std::str::from_utf8(line).ok()?;
    let line = line.trim_start_matches('\u{feff}').trim();
    let is_whole = || serde_json::from_str::<serde::de::IgnoredAny>(line).is_ok();
    (line.starts_with('{') && is_whole()).then_some(line)
}

fn session_of(state: &ReadingState, fallback: i64) -> TranscriptSession {
    let mut session = state.session.clone();
    session.last = session.last.or(state.begun.then_some(fallback));
    session.started = session.started.or(session.last);
    session
}

/// Returns the text of a name in a path.
pub(crate) fn file_name_text(name: Option<&std::ffi::OsStr>) -> Cow<'_, str> {
    name.map_or(Cow::Borrowed(""), |name| name.to_string_lossy())
}
