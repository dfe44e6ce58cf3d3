//! Where a message ends: one on each line, as the protocol has it, or behind a `Content-Length`, as
//! some clients send it because editors' language servers do.

use std::io::{self, BufRead, BufReader, Read, Write};

/// The longest message, in bytes.
const LONGEST: usize = 16 << 20;

/// How a message is separated from the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FrameForm {
    /// A line of its own.
    Line,
    /// `Content-Length: N`, an empty line, and N bytes.
    Header,
}

/// How much of a message that is too long is kept at either end, for its id.
const KEPT: usize = 4096;

/// What was read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Frame {
    /// A message, and how it came.
    Message(FrameForm, Vec<u8>),
    /// One that is too long, and was passed over: how it begins and ends.
    TooLong(FrameForm, [Vec<u8>; 2]),
}

/// A line, or what is left of one that is too long.
enum ReadLine {
    Whole(Vec<u8>),
    TooLong([Vec<u8>; 2]),
}

/// Reads messages in either form.
pub(super) struct FrameReader<R> {
    input: BufReader<R>,
}

impl<R: Read> FrameReader<R> {
    pub(super) fn new(input: R) -> Self {
        FrameReader {
            input: BufReader::with_capacity(1 << 16, input),
        }
    }

    /// Reads the next message; `None` at the end of the input.
    pub(super) fn read_frame(&mut self) -> io::Result<Option<Frame>> {
        loop {
            let Some(line) = self.read_line()? else {
                return Ok(None);
            };
            let line = match line {
                ReadLine::Whole(line) => line,
                ReadLine::TooLong(ends) => {
                    return Ok(Some(Frame::TooLong(FrameForm::Line, ends)));
                }
            };
            let text = line.trim_ascii();
            if text.is_empty() {
                continue;
            }
            if !is_header(text) {
                return Ok(Some(Frame::Message(FrameForm::Line, text.to_vec())));
            }
            if let Some(length) = self.read_headers(text.to_vec())? {
                return self.read_body(length).map(Some);
            }
        }
    }

    /// Reads a line; `None` at the end of the input.
    fn read_line(&mut self) -> io::Result<Option<ReadLine>> {
        let mut line = Vec::new();
        let limit = LONGEST as u64 + 1;
        self.input
            .by_ref()
            .take(limit)
            .read_until(b'\n', &mut line)?;
        if line.is_empty() {
            return Ok(None);
        }
        if line.len() <= LONGEST || line.ends_with(b"\n") {
            return Ok(Some(ReadLine::Whole(line)));
        }
        let mut end = line[line.len() - KEPT..].to_vec();
        line.truncate(KEPT);
        loop {
            let mut more = Vec::new();
            let mut input = self.input.by_ref().take(LONGEST as u64);
            input.read_until(b'\n', &mut more)?;
            keep_end(&mut end, &more);
            if more.is_empty() || more.ends_with(b"\n") {
                return Ok(Some(ReadLine::TooLong([line, end])));
            }
        }
    }

    /// Reads the headers that follow the first. Returns the length that one of them gives.
    fn read_headers(&mut self, first: Vec<u8>) -> io::Result<Option<u64>> {
        let mut length = None;
        let mut header = first;
        while !header.is_empty() {
            length = read_length(&header).or(length);
            let Some(line) = self.read_line()? else {
                break;
            };
            header = match line {
                ReadLine::Whole(line) => line.trim_ascii().to_vec(),
                ReadLine::TooLong(_) => Vec::new(),
            };
        }
        Ok(length)
    }

    fn read_body(&mut self, length: u64) -> io::Result<Frame> {
        let mut body = self.input.by_ref().take(length);
        let mut bytes = Vec::new();
        if length > LONGEST as u64 {
            let mut end = Vec::new();
            body.by_ref().take(KEPT as u64).read_to_end(&mut bytes)?;
            loop {
                let mut more = Vec::new();
                let read = body.by_ref().take(LONGEST as u64).read_to_end(&mut more)?;
                keep_end(&mut end, &more);
                if read == 0 {
                    return Ok(Frame::TooLong(FrameForm::Header, [bytes, end]));
                }
            }
        }
        body.read_to_end(&mut bytes)?;
        Ok(Frame::Message(FrameForm::Header, bytes))
    }
}

/// Adds to the end of a text, of which no more is kept than is looked at.
fn keep_end(end: &mut Vec<u8>, more: &[u8]) {
    end.extend_from_slice(&more[more.len().saturating_sub(KEPT)..]);
    end.drain(..end.len().saturating_sub(KEPT));
}

/// Whether a line is a header: no message begins so.
fn is_header(line: &[u8]) -> bool {
    let names: [&[u8]; 2] = [b"content-length:", b"content-type:"];
    let starts = |name: &&[u8]| {
        let start = line.get(..name.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(name))
    };
    names.iter().any(starts)
}

fn read_length(header: &[u8]) -> Option<u64> {
    let (name, value) = std::str::from_utf8(header).ok()?.split_once(':')?;
    let is_length = name.trim().eq_ignore_ascii_case("content-length");
    value.trim().parse().ok().filter(|_| is_length)
}

/// Writes a message.
pub(super) fn write_frame(
    output: &mut impl Write,
    form: FrameForm,
    message: &[u8],
) -> io::Result<()> {
    match form {
        FrameForm::Line => {
            output.write_all(message)?;
            output.write_all(b"\n")?;
        }
        FrameForm::Header => {
            write!(output, "Content-Length: {}\r\n\r\n", message.len())?;
            output.write_all(message)?;
        }
    }
    output.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(bytes: &[u8]) -> Vec<(FrameForm, String)> {
        let mut reader = FrameReader::new(bytes);
        let mut frames = Vec::new();
        while let Some(frame) = reader.read_frame().expect("bytes in memory") {
            frames.push(match frame {
                Frame::Message(form, bytes) => (form, String::from_utf8(bytes).expect("text")),
                Frame::TooLong(form, [beginning, end]) => {
                    assert!(beginning.starts_with(b"xx") && end.trim_ascii().ends_with(b"xy"));
                    (form, "too long".to_owned())
                }
            });
        }
        frames
    }

    #[test]
    fn messages_come_in_lines_and_behind_headers() {
        let line = |text: &str| (FrameForm::Line, text.to_owned());
        let header = |text: &str| (FrameForm::Header, text.to_owned());
        for (bytes, frames) in [
            ("{}\n{\"a\":1}\n", vec![line("{}"), line("{\"a\":1}")]),
            ("\n \r\n{}\r\n", vec![line("{}")]),
            ("{}", vec![line("{}")]),
            ("Content-Length: 2\r\n\r\n{}", vec![header("{}")]),
            (
                "content-length:3\nContent-Type: application/json\n\n{\n}{}\n",
                vec![header("{\n}"), line("{}")],
            ),
            (
                "Content-Type: a\r\ncontent-LENGTH: 2\r\n\r\n{}Content-Length: 2\r\n\r\n[]\r\n",
                vec![header("{}"), header("[]")],
            ),
            ("Content-Length: x\r\n\r\n{}\n", vec![line("{}")]),
            ("Content-Length: 9\r\n\r\n{}", vec![header("{}")]),
            ("Content-Length: 2", vec![header("")]),
            ("", vec![]),
        ] {
            assert_eq!(read_all(bytes.as_bytes()), frames, "{bytes:?}");
        }
    }

    #[test]
    fn what_is_too_long_is_passed_over() {
        let long = format!("{}y", "x".repeat(LONGEST + 10));
        let lines = format!("{long}\n{{}}\n");
        let too_long = (FrameForm::Line, "too long".to_owned());
        let next = (FrameForm::Line, "{}".to_owned());
        assert_eq!(read_all(lines.as_bytes()), [too_long, next.clone()]);
        let framed = format!("Content-Length: {}\r\n\r\n{long}{{}}\n", long.len());
        let too_long = (FrameForm::Header, "too long".to_owned());
        assert_eq!(read_all(framed.as_bytes()), [too_long, next]);
    }

    #[test]
    fn what_is_written_reads_back() {
        for form in [FrameForm::Line, FrameForm::Header] {
            let mut bytes = Vec::new();
            write_frame(&mut bytes, form, b"{}").expect("written");
            write_frame(&mut bytes, form, b"[]").expect("written");
            let both = [(form, "{}".to_owned()), (form, "[]".to_owned())];
            assert_eq!(read_all(&bytes), both);
        }
    }
}
