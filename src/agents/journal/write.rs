//! Appending to a journal.

use super::spare::open_held;
use super::{Header, MAX_LINE, VERSION, file_name};
use crate::agents::{AgentEvent, EventKind};
use crate::error::{Error, Result};
use serde::Serialize;
use std::fs;
use std::io;
use std::path::Path;

/// How often a write that the system cut short is continued.
const ATTEMPTS: usize = 8;

/// Appends events to the journal of the session that `header` names, below `dir`, which is
/// made where it is missing. Returns how long the journal was in bytes: 0 if it is new.
///
/// # Errors
///
/// If not all of it could be written, as on a full disk; or if a line would be longer than
/// [`MAX_LINE`], which events with texts within their limits are not: then the others are
/// written.
pub fn append_events(dir: &Path, header: &Header, events: &[AgentEvent]) -> Result<u64> {
    append_call(dir, header, None, events)
}

/// An event, and the call of a tool that it is of.
#[derive(Serialize)]
struct EventLine<'a> {
    #[serde(flatten)]
    event: &'a AgentEvent,
    #[serde(skip_serializing_if = "Option::is_none")]
    call: Option<u64>,
}

/// As [`append_events`], for the events of one tool call, which is known by a hash of its id.
///
/// # Errors
///
/// As [`append_events`].
pub fn append_call(
    dir: &Path,
    header: &Header,
    call: Option<u64>,
    events: &[AgentEvent],
) -> Result<u64> {
    let path = dir.join(file_name(&header.agent, &header.session));
    let failed = |cause| Error::io("append to", &path, cause);
    let (file, is_spare) = open_held(dir, &path).map_err(failed)?;
    let length = file.metadata().map_err(failed)?.len();
    let mut text = vec![b'\n'];
    let mut fit = true;
    if length == 0 || events.iter().any(repeats_header) {
        let header = Header {
            v: VERSION,
            ..header.clone()
        };
        fit &= push_line(&mut text, &header);
    }
    for event in events {
        fit &= push_line(&mut text, &EventLine { event, call });
    }
    if text.len() > 1 {
        write_lines(&file, &text).map_err(failed)?;
    }
    if fit {
        let before = if is_spare {
            fs::metadata(&path).map_or(0, |it| it.len())
        } else {
            0
        };
        Ok(length.max(before))
    } else {
        Err(Error::failed(format!(
            "a line is too long for {}",
            path.display()
        )))
    }
}

/// Returns whether the header is written again beside a event: should the first be torn, the
/// journal is not without for long.
fn repeats_header(event: &AgentEvent) -> bool {
    matches!(
        event.kind,
        EventKind::Start { .. } | EventKind::Prompt { .. }
    )
}

/// Adds a line. Returns `false` if it is too long, and does not add it.
fn push_line(text: &mut Vec<u8>, line: &impl Serialize) -> bool {
    let start = text.len();
    let written = serde_json::to_writer(&mut *text, line).is_ok();
    text.push(b'\n');
    let fits = written && text.len() - start <= MAX_LINE;
    if !fits {
        text.truncate(start);
    }
    fits
}

/// Writes lines in one write. Should the system take only a part of it, then others may write
/// next: the line that is torn is written once more, behind a line break.
pub(super) fn write_lines(mut to: impl io::Write, text: &[u8]) -> io::Result<()> {
    let mut rest = text;
    for _ in 0..ATTEMPTS {
        match to.write(rest) {
            Ok(n) if n >= rest.len() => return Ok(()),
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(n) => {
                // From the line break before the torn line, unless all but its own is written.
                let before = rest[..n].iter().rposition(|byte| *byte == b'\n');
                let torn = rest[n] != b'\n';
                rest = &rest[if torn { before.unwrap_or(0) } else { n }..];
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Err(io::ErrorKind::WriteZero.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes so many bytes at each write, then no more.
    struct Short(Vec<usize>, Vec<u8>);

    impl io::Write for Short {
        fn write(&mut self, text: &[u8]) -> io::Result<usize> {
            if self.0.is_empty() {
                return Err(io::ErrorKind::StorageFull.into());
            }
            let n = self.0.remove(0).min(text.len());
            self.1.extend_from_slice(&text[..n]);
            Ok(n)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_write_cut_short_anywhere_loses_and_doubles_no_line() {
        let text = b"\n{1}\n{22}\n{333}\n";
        for cut in 1..text.len() {
            let mut to = Short(vec![cut, usize::MAX], Vec::new());
            write_lines(&mut to, text).expect("written");
            let written = String::from_utf8(to.1).expect("text");
            let whole = ["{1}", "{22}", "{333}"];
            let lines: Vec<&str> = written
                .lines()
                .filter(|line| whole.contains(line))
                .collect();
            assert_eq!(lines, whole, "{cut}: {written:?}");
        }
        let mut full = Short(vec![6], Vec::new());
        let error = write_lines(&mut full, text).expect_err("full");
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    }
}
