//! Transcripts that are one JSON document with a list `messages`, as Gemini CLI wrote them before
//! it wrote lines. The messages are taken out one by one; the document is never held as a whole.
//!
//! It is replaced as a whole when the conversation goes on, and then read anew.

use super::super::wire;
use super::lines::LONGEST;
use super::position::Position;
use super::reading::{Filters, Reading};
use super::state::State;
use super::{Heard, Item, Outcome, TranscriptFile, gemini};
use crate::model::hash_number;
use std::fs::File;
use std::io::{self, Read, Seek};

/// How much of what is not a message is kept.
const LONGEST_REST: usize = 1 << 20;

/// Reads a document, unless it is still the one of which `from` tells.
pub(super) fn read(
    file: &TranscriptFile,
    from: &Position,
    filters: Filters<'_>,
    sink: &mut dyn FnMut(Item),
) -> io::Result<Outcome> {
    let mut source = File::open(&file.path)?;
    let mut hasher = blake3::Hasher::new();
    let length = hasher
        .update_reader(&mut source)
        .map(|hasher| hasher.count())?;
    let print = hash_number(hasher.finalize());
    if from.offset == length && from.before == print {
        let reading = Reading::begin(file, from.state.clone(), filters, sink);
        let mut outcome = reading.end(filters);
        outcome.position = from.clone();
        return Ok(outcome);
    }
    source.rewind()?;
    let mut reading = Reading::begin(file, State::default(), filters, sink);
    let dropped = gemini::Dropped::default();
    let mut elements = Elements::default();
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
                Some(Element::Head) => {
                    let head = [elements.rest.as_slice(), b"]}"].concat();
                    reading.hear(&wire::lossy(&head), &dropped);
                }
                Some(Element::Message) => {
                    let message = std::mem::take(&mut elements.element);
                    let heard = reading.hear(&wire::lossy(&message), &dropped);
                    reading.count(heard);
                }
                Some(Element::TooLong) => reading.count(Heard::Malformed),
                None => {}
            }
        }
    }
    let heard = reading.hear(&wire::lossy(&elements.rest), &dropped);
    reading.count(heard);
    let mut outcome = reading.end(filters);
    outcome.anew = from.offset > 0;
    outcome.position.offset = length;
    outcome.position.before = print;
    Ok(outcome)
}

/// What the last byte ended.
#[derive(Debug, PartialEq, Eq)]
enum Element {
    /// All that stands before the messages.
    Head,
    /// A message.
    Message,
    /// A message that is too long to be held.
    TooLong,
}

/// Takes the elements of the list `messages` out of an object, byte by byte.
#[derive(Default)]
struct Elements {
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

impl Elements {
    fn next(&mut self, byte: u8) -> Option<Element> {
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
                    return Some(Element::Head);
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
        if self.element.len() < LONGEST {
            self.element.push(byte);
        } else {
            self.too_long = true;
        }
    }

    fn ended(&mut self) -> Element {
        if std::mem::take(&mut self.too_long) {
            self.element = Vec::new();
            return Element::TooLong;
        }
        Element::Message
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_taken_out_of_the_object() {
        let json = r#"{"a":"messages","x":{"messages":[{}]},"messages" : [ {"id":"]}\"{"} ,{"b":[{}]}],"summary":"s"}"#;
        let mut elements = Elements::default();
        let mut found = Vec::new();
        for byte in json.bytes() {
            match elements.next(byte) {
                Some(Element::Message) => {
                    let message = std::mem::take(&mut elements.element);
                    found.push(String::from_utf8(message).expect("UTF-8"));
                }
                Some(Element::Head) => found.push("head".to_owned()),
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
