//! How a file ends, which decides how a block is appended: after how many newlines, and of which
//! kind. The file is not read as a whole.

use crate::markdown::session_entry;
use schemars::JsonSchema;
use serde::Serialize;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};

/// How much of the end of an entry is looked at for blank lines.
const TAIL: u64 = 4096;
/// How much of its beginning is looked at for the first line ending, which decides for all: later
/// ones may be those of a message.
const FIRST_LINE: u64 = 512;
/// How much is looked at if the first line is longer than that.
const HEAD: u64 = 64 * 1024;
const BOM: &[u8] = b"\xef\xbb\xbf";

/// What happened to the entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "LogAction")]
pub enum AppendOutcome {
    /// It did not exist.
    Created,
    /// The section was added at its end.
    Appended,
}

impl AppendOutcome {
    /// Returns `created` or `appended`.
    pub fn name(self) -> &'static str {
        match self {
            AppendOutcome::Created => "created",
            AppendOutcome::Appended => "appended",
        }
    }
}

/// What the end of a file says about how to go on.
pub(super) struct End {
    /// Length of the file in bytes.
    pub(super) length: u64,
    tail: Vec<u8>,
    crlf: bool,
}

impl End {
    /// Reads the end of a file.
    pub(super) fn read(file: &File) -> io::Result<Self> {
        let length = file.metadata()?.len();
        let start = length.saturating_sub(TAIL);
        let tail = read_at(file, start, TAIL)?;
        let crlf = match first_newline(&read_at(file, 0, FIRST_LINE)?) {
            Some(crlf) => crlf,
            None => first_newline(&read_at(file, 0, HEAD)?).unwrap_or(false),
        };
        // UTF-16 ends its lines with a NUL; bytes of UTF-8 would turn the rest into nonsense.
        if tail.contains(&0) {
            let head = read_at(file, 0, 2)?;
            if head == b"\xff\xfe" || head == b"\xfe\xff" {
                return Err(io::Error::other("it is UTF-16; save it as UTF-8 first"));
            }
        }
        Ok(End { length, tail, crlf })
    }

    /// Returns whether the file holds nothing, or nothing but a byte-order mark.
    fn is_empty(&self) -> bool {
        self.length == 0 || self.tail == BOM
    }

    /// Returns what to write, in the line endings of the file.
    pub(super) fn text(&self, new: &str, block: &str) -> (AppendOutcome, String) {
        if self.is_empty() {
            return (AppendOutcome::Created, new.to_owned());
        }
        let text = format!("{}{block}", session_entry::blank_lines_before(&self.tail));
        let text = if self.crlf { with_crlf(&text) } else { text };
        (AppendOutcome::Appended, text)
    }
}

fn read_at(mut file: &File, start: u64, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(usize::try_from(limit).unwrap_or(0));
    file.seek(SeekFrom::Start(start))?;
    file.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Returns whether the first newline is CRLF. `None` if there is none.
fn first_newline(bytes: &[u8]) -> Option<bool> {
    let at = bytes.iter().position(|byte| *byte == b'\n')?;
    Some(
        at.checked_sub(1)
            .is_some_and(|before| bytes[before] == b'\r'),
    )
}

/// Returns text with CRLF at the end of each line.
fn with_crlf(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\n', "\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kb::tests::{TestKb, path};
    use proptest::prelude::*;

    fn appended(old: &[u8], block: &str) -> Vec<u8> {
        let kb = TestKb::new();
        kb.write("a.md", old);
        kb.append(&path("a.md"), "new", block).expect("appended");
        kb.read(&path("a.md")).expect("read")
    }

    #[test]
    fn exactly_one_blank_line_is_put_before_the_block() {
        for (old, new) in [
            ("a\n", "a\n\nB\n"),
            ("a", "a\n\nB\n"),
            ("a\n\n", "a\n\nB\n"),
            ("a\n  \n", "a\n  \nB\n"),
            ("a\n\t", "a\n\t\nB\n"),
            ("a\r\n", "a\r\n\r\nB\r\n"),
            ("a\r\nb", "a\r\nb\r\n\r\nB\r\n"),
            ("a\r\n\r\n", "a\r\n\r\nB\r\n"),
            ("a\r\nb\n", "a\r\nb\n\r\nB\r\n"),
            ("a\nb\r\n", "a\nb\r\n\nB\n"),
            ("\u{feff}a\n", "\u{feff}a\n\nB\n"),
            ("", "new"),
            ("\u{feff}", "\u{feff}new"),
            ("\n", "\nB\n"),
            ("\u{feff}\n", "\u{feff}\nB\n"),
        ] {
            let found = appended(old.as_bytes(), "B\n");
            assert_eq!(String::from_utf8_lossy(&found), new, "{old:?}");
        }
    }

    #[test]
    fn the_first_line_ending_decides_however_long_its_line_is() {
        for length in [0, 511, 512, 513, 3 * TAIL as usize] {
            let long = "x".repeat(length);
            for (head, end) in [
                ("\r\n", "\r\n\r\nB\r\n"),
                ("\n", "\n\nB\n"),
                ("", "\n\nB\n"),
            ] {
                let old = format!("{long}{head}{long}y");
                let expected = format!("{old}{end}");
                assert_eq!(appended(old.as_bytes(), "B\n"), expected.as_bytes());
            }
        }
    }

    #[test]
    fn a_message_with_its_own_crlf_does_not_get_more() {
        assert_eq!(appended(b"a\r\n", "B\r\nC\n"), b"a\r\n\r\nB\r\nC\r\n");
        assert_eq!(appended(b"a\n", "B\r\nC\n"), b"a\n\nB\r\nC\n");
    }

    fn lines() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            Just(b"\n".to_vec()),
            Just(b"\r\n".to_vec()),
            Just(b"  ".to_vec()),
            Just(b"\xef\xbb\xbf".to_vec()),
            proptest::collection::vec(any::<u8>(), 0..20),
            "[a-zä# ]{1,30}".prop_map(String::into_bytes),
        ];
        proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn old_bytes_stay_and_one_blank_line_is_before_each_block(
            old in lines(),
            messages in proptest::collection::vec("[^\r]{0,40}[^\\s\\p{C}]", 1..4),
        ) {
            prop_assume!(!old.starts_with(b"\xff\xfe") && !old.starts_with(b"\xfe\xff"));
            let kb = TestKb::new();
            kb.write("a.md", &old);
            let mut before = old;
            for message in &messages {
                let block = format!("## now\n\n{message}\n");
                kb.append(&path("a.md"), &block, &block).expect("appended");
                let after = kb.read(&path("a.md")).expect("read");
                prop_assert!(after.starts_with(&before));
                let is_empty = before.is_empty() || before == BOM;
                let added = String::from_utf8(after[before.len()..].to_vec()).expect("UTF-8");
                prop_assert_eq!(added.trim_start().replace("\r\n", "\n"), block);
                let all = after[..after.len() - added.trim_start().len()].to_vec();
                let breaks = trailing_breaks(all.strip_prefix(BOM).unwrap_or(&all));
                let visible = before.strip_prefix(BOM).unwrap_or(&before);
                let had = trailing_breaks(visible) + usize::from(ends_within_blank_line(visible));
                prop_assert_eq!(breaks, if is_empty { had } else { had.max(2) });
                before = after;
            }
        }
    }

    fn ends_within_blank_line(bytes: &[u8]) -> bool {
        let line = bytes.rsplit(|b| *b == b'\n').next().expect("a line");
        !line.is_empty() && line.iter().all(u8::is_ascii_whitespace)
    }

    /// Number of line breaks at the end, blank lines included; all of a blank text counts as one
    /// more, since nothing ends above its first line.
    fn trailing_breaks(bytes: &[u8]) -> usize {
        let end = bytes.iter().rposition(|b| !b.is_ascii_whitespace());
        let tail = end.map_or(bytes, |end| &bytes[end + 1..]);
        let above = usize::from(end.is_none() && !bytes.is_empty());
        above + tail.iter().filter(|b| **b == b'\n').count()
    }
}
