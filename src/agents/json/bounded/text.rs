//! A string of which the beginning and the end are kept.

/// What stands in the place of what was left out.
const GAP: char = '…';

pub(super) struct BoundedText {
    bytes: Vec<u8>,
    head: usize,
    tail: usize,
    cut: bool,
}

impl BoundedText {
    pub(super) fn new(head: usize, tail: usize) -> Self {
        BoundedText {
            bytes: Vec::new(),
            head,
            tail,
            cut: false,
        }
    }

    pub(super) fn push(&mut self, c: char) {
        self.extend(c.encode_utf8(&mut [0; 4]).as_bytes());
    }

    pub(super) fn extend(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        // Seldom, so that moving the end costs little for each byte.
        if self.bytes.len() > self.head + 2 * self.tail.max(1024) {
            self.shorten();
        }
    }

    fn shorten(&mut self) {
        let end = self.bytes.len() - self.tail;
        if end > self.head {
            self.bytes.drain(self.head..end);
            self.cut = true;
        }
    }

    pub(super) fn end(mut self) -> String {
        if self.cut || self.bytes.len() > self.head + self.tail {
            self.shorten();
        }
        if !self.cut {
            let text = String::from_utf8(self.bytes);
            return text
                .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        }
        let (head, tail) = self.bytes.split_at(self.head);
        let whole = tail.iter().position(|byte| byte & 0xC0 != 0x80);
        let tail = &tail[whole.unwrap_or(tail.len())..];
        let mut text = String::from_utf8_lossy(whole_characters(head)).into_owned();
        text.push(GAP);
        text.push_str(&String::from_utf8_lossy(tail));
        text
    }
}

/// Returns the bytes without the beginning of a character that is cut off.
fn whole_characters(bytes: &[u8]) -> &[u8] {
    let last = bytes.len().saturating_sub(4);
    let start = bytes[last..].iter().rposition(|byte| byte & 0xC0 == 0xC0);
    let Some(start) = start.map(|start| last + start) else {
        return bytes;
    };
    match std::str::from_utf8(&bytes[start..]) {
        Err(error) if error.error_len().is_none() => &bytes[..start],
        _ => bytes,
    }
}
