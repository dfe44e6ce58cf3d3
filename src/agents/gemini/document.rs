//! Transcripts that are one JSON document with a list `messages`, as Gemini CLI wrote them before
//! it wrote lines. The messages are taken out one by one; the document is never held as a whole.
//!
//! It is replaced as a whole when the conversation goes on, and then read anew.

use super::messages::{read_line, read_place};
use super::rewind::RewoundMessages;
use crate::agents::event_text::Clean;
use crate::agents::json::raw_field::decode_lossily;
use crate::agents::transcript::{
    KeyedEvent, LONGEST_LINE, LineOutcome, Position, ReadingState, TranscriptFile,
    TranscriptReading, TranscriptScan, TranscriptWriter,
};
use crate::model::hash_number;
use std::fs::File;
use std::io::{self, Read, Seek};

/// How much of what is not a message is kept.
const LONGEST_REST: usize = 1 << 20;

/// Reads a document, unless it is still the one of which `from` tells.
pub(super) fn read_document(
    file: &TranscriptFile,
    from: &Position,
    clean: Clean<'_>,
    sink: &mut dyn FnMut(KeyedEvent),
) -> io::Result<TranscriptReading> {
    let mut source = File::open(&file.path)?;
    let (length, fingerprint) = hash_whole(&mut source)?;
    let place =
        |file: &TranscriptFile, writer: &mut TranscriptWriter<'_>| read_place(&file.path, writer);
    if from.offset == length && from.before == fingerprint {
        let scan = TranscriptScan::begin(file, from.state.clone(), clean, sink, &place);
        return Ok(TranscriptReading {
            position: from.clone(),
            ..scan.finish()
        });
    }
    source.rewind()?;
    let mut scan = TranscriptScan::begin(file, ReadingState::default(), clean, sink, &place);
    read_elements(&mut source, &mut scan)?;
    let reading = scan.finish();
    Ok(TranscriptReading {
        restarted: from.offset > 0,
        position: Position {
            offset: length,
            before: fingerprint,
            ..reading.position
        },
        ..reading
    })
}

fn hash_whole(source: &mut File) -> io::Result<(u64, u64)> {
    let mut hasher = blake3::Hasher::new();
    let length = hasher.update_reader(source).map(|hasher| hasher.count())?;
    Ok((length, hash_number(hasher.finalize())))
}

fn read_elements(source: &mut File, scan: &mut TranscriptScan<'_>) -> io::Result<()> {
    let rewound = RewoundMessages::default();
    let read = |line: &str, writer: &mut TranscriptWriter<'_>| read_line(line, &rewound, writer);
    let mut elements = DocumentElements::default();
    let mut chunk = vec![0; 256 << 10];
    loop {
        let length = match source.read(&mut chunk) {
            Ok(0) => break,
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        for byte in &chunk[..length] {
            match elements.next(*byte) {
                Some(DocumentElement::Head) => {
                    let head = [elements.rest.as_slice(), b"]}"].concat();
                    let _ = read(&decode_lossily(&head), &mut scan.writer);
                }
                Some(DocumentElement::Message) => {
                    let message = std::mem::take(&mut elements.element);
                    scan.read_object(&decode_lossily(&message), &read);
                }
                Some(DocumentElement::TooLong) => scan.count(LineOutcome::Malformed),
                None => {}
            }
        }
    }
    scan.read_object(&decode_lossily(&elements.rest), &read);
    Ok(())
}

/// What the last byte ended.
#[derive(Debug, PartialEq, Eq)]
enum DocumentElement {
    /// All that stands before the messages.
    Head,
    /// A message.
    Message,
    /// A message that is too long to be held.
    TooLong,
}

/// Takes the elements of the list `messages` out of an object, byte by byte.
#[derive(Default)]
struct DocumentElements {
    depth: usize,
    in_string: bool,
    escaped: bool,
    /// The last text at the first depth: the name of the field, where a value follows.
    name: Vec<u8>,
    in_messages: bool,
    /// The message at hand.
    element: Vec<u8>,
    too_long: bool,
    /// The object without its messages.
    rest: Vec<u8>,
}

impl DocumentElements {
    fn next(&mut self, byte: u8) -> Option<DocumentElement> {
        let inside = self.in_messages && (self.depth > 2 || (self.depth == 2 && byte == b'{'));
        if inside {
            self.keep(byte);
        } else if !(self.in_messages && byte == b',') && self.rest.len() < LONGEST_REST {
            self.rest.push(byte);
        }
        if self.in_string {
            self.text(byte);
            return None;
        }
        match byte {
            b'"' => {
                self.in_string = true;
                if self.depth == 1 {
                    self.name.clear();
                }
            }
            b'{' | b'[' => {
                self.depth += 1;
                if self.depth == 2 && byte == b'[' && self.name == b"messages" {
                    self.in_messages = true;
                    return Some(DocumentElement::Head);
                }
            }
            b'}' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                if self.in_messages && self.depth == 2 {
                    return Some(self.ended());
                }
                if self.depth == 1 {
                    self.in_messages = false;
                    self.name.clear();
                }
            }
            _ => {}
        }
        None
    }

    fn text(&mut self, byte: u8) {
        match byte {
            _ if self.escaped => self.escaped = false,
            b'\\' => self.escaped = true,
            b'"' => self.in_string = false,
            _ => {}
        }
        if self.in_string && self.depth == 1 && self.name.len() < 64 {
            self.name.push(byte);
        }
    }

    fn keep(&mut self, byte: u8) {
        if self.element.len() < LONGEST_LINE {
            self.element.push(byte);
        } else {
            self.too_long = true;
        }
    }

    fn ended(&mut self) -> DocumentElement {
        if std::mem::take(&mut self.too_long) {
            self.element = Vec::new();
            return DocumentElement::TooLong;
        }
        DocumentElement::Message
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_taken_out_of_the_object() {
        let json = r#"{"a":"messages","x":{"messages":[{}]},"messages" : [ {"id":"]}\"{"} ,{"b":[{}]}],"summary":"s"}"#;
        let mut elements = DocumentElements::default();
        let mut found = Vec::new();
        for byte in json.bytes() {
            match elements.next(byte) {
                Some(DocumentElement::Message) => {
                    let message = std::mem::take(&mut elements.element);
                    found.push(String::from_utf8(message).expect("UTF-8"));
                }
                Some(DocumentElement::Head) => found.push("head".to_owned()),
                _ => {}
            }
        }
        assert_eq!(found, ["head", r#"{"id":"]}\"{"}"#, r#"{"b":[{}]}"#]);
        let rest = String::from_utf8(elements.rest).expect("UTF-8");
        assert_eq!(
            rest.replace(' ', ""),
            r#"{"a":"messages","x":{"messages":[{}]},"messages":[],"summary":"s"}"#
        );
    }
}
