//! Reading JSON of any size into a value of bounded size.
//!
//! Agents send whole files along (the old one, the new one, and the difference), of which a record
//! wants nothing. They are cut while they are read: of a long string its beginning and its end are
//! kept, since the outcome of a command stands at the end; of a long list its beginning.
//!
//! Lenient where agents are careless: half surrogate pairs and bytes that are not UTF-8 become
//! U+FFFD, and an unknown escape is the character itself, for JSON within a string may have been
//! cut in the middle of one. Reading stops behind the value: not every agent closes the pipe.
//!
//! `serde_json` with `RawValue` behind `Read::take` was measured beside it (a process that reads one
//! hook of a written file, optimised, medians of 9 to 21): for 2 kB 1.9 ms against 2.0 ms and 2.1 MB
//! each; for 200 kB 1.6 ms against 2.5 ms; for 21 MB 64 ms and 21.9 MB against 46 ms and 2.4 MB. So it
//! would be quicker by less than a millisecond for the usual hook, but its memory is the size of the
//! input, and it refuses what agents are careless about.

mod source;
mod text;

use serde_json::{Map, Number, Value};
use source::ByteSource;
use std::fmt;
use std::io::{self, Read};
use text::BoundedText;

/// How much is kept of what is read.
mod limit {
    /// Bytes of a string, from its beginning and from its end.
    pub(super) const HEAD: usize = 48 * 1024;
    pub(super) const TAIL: usize = 16 * 1024;
    /// Bytes of all strings; beyond, strings are cut to [`LITTLE`].
    pub(super) const ALL: usize = 1 << 20;
    pub(super) const LITTLE: usize = 256;
    /// Elements of a list.
    pub(super) const ITEMS: usize = 2000;
    /// Values of all kinds.
    pub(super) const VALUES: usize = 20_000;
    /// Lists and objects within each other.
    pub(super) const DEPTH: usize = 100;
}

/// Why nothing could be read.
#[derive(Debug)]
pub(crate) enum UnreadableInput {
    /// It is not JSON; nothing is none either.
    Malformed,
    /// The system cannot read it.
    Io(io::Error),
}

impl fmt::Display for UnreadableInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            UnreadableInput::Malformed => f.write_str("something that is not JSON"),
            UnreadableInput::Io(cause) => write!(f, "an input that cannot be read: {cause}"),
        }
    }
}

impl From<io::Error> for UnreadableInput {
    fn from(cause: io::Error) -> Self {
        UnreadableInput::Io(cause)
    }
}

/// Reads one value.
///
/// # Errors
///
/// If there is none. Then the input was read to its end, if it has one soon: who writes it is not
/// left with a broken pipe.
pub(crate) fn read_value(from: &mut dyn Read) -> Result<Value, UnreadableInput> {
    let mut reader = BoundedReader {
        source: ByteSource::new(from),
        text: limit::ALL,
        values: limit::VALUES,
    };
    let read = reader.top();
    if matches!(read, Err(UnreadableInput::Malformed)) {
        reader.source.drain();
    }
    read
}

struct BoundedReader<'a> {
    source: ByteSource<'a>,
    /// Bytes of strings that may be kept still.
    text: usize,
    /// Values that may be kept still.
    values: usize,
}

impl BoundedReader<'_> {
    fn top(&mut self) -> Result<Value, UnreadableInput> {
        self.source.skip_marks()?;
        self.value(limit::DEPTH)
    }

    /// Returns the next byte that is not white space, which stays to be read.
    fn space(&mut self) -> Result<Option<u8>, UnreadableInput> {
        loop {
            match self.source.peek()? {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.source.skip(),
                other => return Ok(other),
            }
        }
    }

    /// Reads a value. One that there is no room for is `null`.
    fn value(&mut self, depth: usize) -> Result<Value, UnreadableInput> {
        match self.space()?.ok_or(UnreadableInput::Malformed)? {
            b'"' => Ok(Value::String(self.string()?)),
            b'{' if depth > 0 => self.object(depth - 1),
            b'[' if depth > 0 => self.array(depth - 1),
            b't' => self.word("true", Value::Bool(true)),
            b'f' => self.word("false", Value::Bool(false)),
            b'n' => self.word("null", Value::Null),
            b'-' | b'0'..=b'9' => self.number(),
            _ => Err(UnreadableInput::Malformed),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, UnreadableInput> {
        let mut fields = Map::new();
        self.source.skip();
        if self.space()? == Some(b'}') {
            self.source.skip();
            return Ok(Value::Object(fields));
        }
        loop {
            if self.space()? != Some(b'"') {
                return Err(UnreadableInput::Malformed);
            }
            let name = self.string()?;
            self.expect(b':')?;
            let value = self.value(depth)?;
            if self.room() {
                fields.insert(name, value);
            }
            if !self.goes_on(b'}')? {
                return Ok(Value::Object(fields));
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<Value, UnreadableInput> {
        let mut items = Vec::new();
        self.source.skip();
        if self.space()? == Some(b']') {
            self.source.skip();
            return Ok(Value::Array(items));
        }
        loop {
            let value = self.value(depth)?;
            if items.len() < limit::ITEMS && self.room() {
                items.push(value);
            }
            if !self.goes_on(b']')? {
                return Ok(Value::Array(items));
            }
        }
    }

    fn room(&mut self) -> bool {
        let room = self.values > 0;
        self.values = self.values.saturating_sub(1);
        room
    }

    /// Reads the comma to another element, or the end of the list.
    fn goes_on(&mut self, end: u8) -> Result<bool, UnreadableInput> {
        let found = self.space()?;
        self.source.skip();
        match found {
            Some(b',') => Ok(true),
            Some(found) if found == end => Ok(false),
            _ => Err(UnreadableInput::Malformed),
        }
    }

    fn expect(&mut self, byte: u8) -> Result<(), UnreadableInput> {
        let found = self.space()?;
        self.source.skip();
        if found == Some(byte) {
            Ok(())
        } else {
            Err(UnreadableInput::Malformed)
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, UnreadableInput> {
        for byte in word.bytes() {
            if self.source.next()? != Some(byte) {
                return Err(UnreadableInput::Malformed);
            }
        }
        Ok(value)
    }

    fn number(&mut self) -> Result<Value, UnreadableInput> {
        let mut digits = Vec::new();
        while let Some(byte @ (b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E')) =
            self.source.peek()?
        {
            self.source.skip();
            if digits.len() == 64 {
                return Err(UnreadableInput::Malformed);
            }
            digits.push(byte);
        }
        let number = serde_json::from_slice::<Number>(&digits);
        number
            .map(Value::Number)
            .map_err(|_| UnreadableInput::Malformed)
    }

    fn string(&mut self) -> Result<String, UnreadableInput> {
        let mut text = if self.text >= limit::HEAD + limit::TAIL {
            BoundedText::new(limit::HEAD, limit::TAIL)
        } else {
            BoundedText::new(limit::LITTLE, 0)
        };
        self.source.skip();
        loop {
            let plain = self.source.until_quote_or_escape()?;
            text.extend(plain);
            let length = plain.len();
            self.source.consume(length);
            match self.source.peek()? {
                Some(b'"') => break,
                Some(b'\\') => text.push(self.escape()?),
                Some(_) => {}
                None => return Err(UnreadableInput::Malformed),
            }
        }
        self.source.skip();
        let text = text.end();
        self.text = self.text.saturating_sub(text.len());
        Ok(text)
    }

    fn escape(&mut self) -> Result<char, UnreadableInput> {
        self.source.skip();
        let byte = self.source.next()?.ok_or(UnreadableInput::Malformed)?;
        Ok(match byte {
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => self.unicode()?,
            byte if byte.is_ascii() => char::from(byte),
            _ => char::REPLACEMENT_CHARACTER,
        })
    }

    fn unicode(&mut self) -> Result<char, UnreadableInput> {
        let first = self.hexadecimal()?;
        if !(0xD800..0xDC00).contains(&first) {
            return Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        // Whatever else comes behind the first half of a pair stands for itself.
        if !self.source.begins(b"\\u")? {
            return Ok(char::REPLACEMENT_CHARACTER);
        }
        self.source.consume(2);
        let second = self.hexadecimal()?;
        let pair = second
            .checked_sub(0xDC00)
            .filter(|low| *low < 0x400)
            .map(|low| 0x10000 + ((first - 0xD800) << 10) + low);
        Ok(pair
            .and_then(char::from_u32)
            .unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn hexadecimal(&mut self) -> Result<u32, UnreadableInput> {
        let mut number = 0;
        for _ in 0..4 {
            let digit = self
                .source
                .peek()?
                .and_then(|byte| char::from(byte).to_digit(16));
            let Some(digit) = digit else {
                // It was cut here.
                return Ok(0xFFFD);
            };
            self.source.skip();
            number = number * 16 + digit;
        }
        Ok(number)
    }
}

#[cfg(test)]
mod tests;
