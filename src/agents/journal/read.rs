//! Reading a journal, line by line.

use super::calls::{LOOKED_AT, SeenCalls};
use super::{Header, MAX_LINE};
use crate::agents::{AgentEvent, EventKind};
use crate::error::{Error, Result};
use crate::kb::{Access, open_private};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::Path;

/// What a journal holds from some place on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Read {
    /// The last header that was read.
    pub header: Option<Header>,
    /// What happened, in the order in which it was written; empty after [`scan_journal`].
    pub events: Vec<AgentEvent>,
    /// How many lines cannot be read.
    pub bad: usize,
    /// How many events are of a kind that only a newer version knows.
    pub unknown: usize,
    /// Where the next reading is to begin: behind the last whole line.
    pub end: u64,
    /// Whether it was read from its beginning although that was not asked for, since what was read
    /// before is not there any more: the file is shorter, or another.
    pub restarted: bool,
}

/// Reads the journal at `path` from the byte `from` on, where an earlier reading ended, or 0.
/// Kinds of events that are not known are counted and left out.
///
/// # Errors
///
/// If the file cannot be read.
pub fn read_journal(path: &Path, from: u64) -> Result<Read> {
    let mut events = Vec::new();
    let read = scan_journal(path, from, &mut |event| events.push(event))?;
    Ok(Read { events, ..read })
}

/// Returns the first header of a journal and the last one that names a process, if there is any
/// header: when and where the session began, and where it lives now. The last one stands near the
/// end as a rule, since each prompt writes one: a long journal is not read for it.
///
/// # Errors
///
/// If the file cannot be read.
pub fn read_headers(path: &Path) -> Result<Option<(Header, Header)>> {
    let failed = |cause| Error::io("read", path, cause);
    let mut file = open_private(path, Access::Read).map_err(failed)?;
    let mut lines = BufReader::with_capacity(MAX_LINE, &file);
    let mut line = Vec::new();
    let mut first = None;
    while first.is_none() && next_line(&mut lines, &mut line).map_err(failed)?.is_some() {
        first = parse_header(&line);
    }
    let Some(first) = first else {
        return Ok(None);
    };
    let last = last_header(&mut file).map_err(failed)?;
    Ok(Some((first.clone(), last.unwrap_or(first))))
}

/// Returns the last header that names a process, looked for in ever longer ends of the file.
fn last_header(file: &mut File) -> io::Result<Option<Header>> {
    let length = file.metadata()?.len();
    let mut window = 2 * MAX_LINE as u64;
    loop {
        let from = length.saturating_sub(window);
        file.seek(SeekFrom::Start(from))?;
        let mut lines = BufReader::with_capacity(MAX_LINE, &mut *file);
        let mut line = Vec::new();
        let mut last = None;
        // Where the reading begins within a line, the rest of it is no header.
        while next_line(&mut lines, &mut line)?.is_some() {
            last = parse_header(&line)
                .filter(|header| header.pid.is_some())
                .or(last);
        }
        if last.is_some() || from == 0 {
            return Ok(last);
        }
        window = window.saturating_mul(8);
    }
}

fn parse_header(line: &[u8]) -> Option<Header> {
    // Every header begins with its version; events are not parsed for nothing.
    let begins = line.starts_with(br#"{"v":"#);
    begins.then(|| serde_json::from_slice(line).ok()).flatten()
}

/// Returns whether the journal says last that the session is over: whatever came behind that was
/// no start and no prompt. Only the end of the file is looked at.
///
/// # Errors
///
/// If the file cannot be read.
pub fn holds_end(path: &Path) -> Result<bool> {
    let failed = |cause| Error::io("read", path, cause);
    let mut file = open_private(path, Access::Read).map_err(failed)?;
    let length = file.metadata().map_err(failed)?.len();
    let from = length.saturating_sub(MAX_LINE as u64);
    file.seek(SeekFrom::Start(from)).map_err(failed)?;
    let mut lines = BufReader::with_capacity(MAX_LINE, file);
    let mut line = Vec::new();
    let mut ended = false;
    while next_line(&mut lines, &mut line).map_err(failed)?.is_some() {
        let Ok(event) = serde_json::from_slice::<AgentEvent>(&line) else {
            continue;
        };
        ended = match event.kind {
            EventKind::End { .. } => true,
            EventKind::Start { .. } | EventKind::Prompt { .. } => false,
            _ => ended,
        };
    }
    Ok(ended)
}

/// What agents call the beginning of a session that has not been there before.
const ANEW: [&str; 3] = ["startup", "new", "clear"];

/// Returns whether the journal begins with the beginning of a session, rather than in one that was
/// there before.
///
/// # Errors
///
/// If the file cannot be read.
pub fn begins_anew(path: &Path) -> Result<bool> {
    let mut first = None;
    scan_journal(path, 0, &mut |event| {
        first.get_or_insert_with(|| match &event.kind {
            EventKind::Start { reason, .. } => ANEW.contains(&reason.as_str()),
            _ => false,
        });
    })?;
    Ok(first.unwrap_or(false))
}

/// Reads as [`read_journal`] does, handing out each event instead of keeping it: memory stays flat.
/// What two hooks reported of one tool call is handed out once.
///
/// # Errors
///
/// If the file cannot be read.
pub fn scan_journal(path: &Path, from: u64, each: &mut dyn FnMut(AgentEvent)) -> Result<Read> {
    let failed = |cause| Error::io("read", path, cause);
    let mut file = open_private(path, Access::Read).map_err(failed)?;
    let start = seek_start(&mut file, from).map_err(failed)?;
    let mut read = Read {
        end: start,
        restarted: start != from,
        ..Read::default()
    };
    let mut seen = read_calls_before(&mut file, start).map_err(failed)?;
    file.seek(SeekFrom::Start(start)).map_err(failed)?;
    let mut lines = BufReader::with_capacity(MAX_LINE, file);
    let mut line = Vec::new();
    while let Some(length) = next_line(&mut lines, &mut line).map_err(failed)? {
        read.end += length;
        let mut each_once = |event: AgentEvent| {
            if !seen.is_repeated(&line, &event) {
                each(event);
            }
        };
        take_line(&line, &mut read, &mut each_once);
    }
    Ok(read)
}

/// Returns the calls that are recorded shortly before a place.
fn read_calls_before(file: &mut File, place: u64) -> io::Result<SeenCalls> {
    let mut seen = SeenCalls::default();
    let from = place.saturating_sub(LOOKED_AT);
    file.seek(SeekFrom::Start(from))?;
    let mut lines = BufReader::new(file.take(place - from));
    let mut line = Vec::new();
    while next_line(&mut lines, &mut line)?.is_some() {
        // The first may be the end of a line.
        if let Ok(event) = serde_json::from_slice::<AgentEvent>(&line) {
            seen.is_repeated(&line, &event);
        }
    }
    Ok(seen)
}

/// Returns where to begin: at `from` if a line ends there, else at the beginning.
fn seek_start(file: &mut File, from: u64) -> io::Result<u64> {
    let Some(before) = from.checked_sub(1) else {
        return Ok(0);
    };
    if from > file.metadata()?.len() {
        return Ok(0);
    }
    file.seek(SeekFrom::Start(before))?;
    let mut byte = [0];
    let is_end = file.read(&mut byte)? == 1 && byte == *b"\n";
    Ok(if is_end { from } else { 0 })
}

/// Reads a whole line into `line`, without its line break, and returns its length with it. Of a
/// line that is too long only the first [`MAX_LINE`] bytes are kept. `None` at the end and for a
/// line that is not complete.
fn next_line(from: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<Option<u64>> {
    line.clear();
    let mut length = 0;
    loop {
        let chunk = match from.fill_buf() {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            chunk => chunk?,
        };
        if chunk.is_empty() {
            return Ok(None);
        }
        let end = chunk.iter().position(|byte| *byte == b'\n');
        let text = &chunk[..end.unwrap_or(chunk.len())];
        let room = MAX_LINE.saturating_sub(line.len());
        line.extend_from_slice(&text[..text.len().min(room)]);
        let used = text.len() + usize::from(end.is_some());
        length += used as u64;
        from.consume(used);
        if end.is_some() {
            return Ok(Some(length));
        }
    }
}

fn take_line(line: &[u8], read: &mut Read, each: &mut dyn FnMut(AgentEvent)) {
    if line.trim_ascii().is_empty() {
        return;
    }
    match serde_json::from_slice::<AgentEvent>(line) {
        Ok(event) if event.kind == EventKind::Unknown => read.unknown += 1,
        Ok(event) => each(event),
        Err(_) => match serde_json::from_slice::<Header>(line) {
            Ok(header) => read.header = Some(header),
            Err(_) => read.bad += 1,
        },
    }
}
