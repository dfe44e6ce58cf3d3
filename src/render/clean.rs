//! Text from files, made safe for a terminal and for output in lines.
//!
//! A terminal acts on control characters (C0, DEL, C1), and characters that turn the direction
//! of writing make text look like other text. Both are replaced by characters that can be seen:
//! C0 and DEL by their pictures (`␛`), the others by U+FFFD.

use crate::model::visible_form;
use std::borrow::Cow;
use std::io::{self, Read, Write};

/// Returns the text as one line: line ends and tabs are blanks, and what a terminal would act on
/// is visible.
pub fn clean_line(text: &str) -> Cow<'_, str> {
    replace_controls(text, |c| match c {
        '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => Some(' '),
        c => visible_form(c),
    })
}

/// Returns the text with what a terminal would act on made visible, but for line ends and tabs.
pub fn clean_block(text: &str) -> Cow<'_, str> {
    if text.contains("\r\n") {
        return Cow::Owned(clean_block(&text.replace("\r\n", "\n")).into_owned());
    }
    replace_controls(text, |c| match c {
        '\n' | '\t' => None,
        c => visible_form(c),
    })
}

fn replace_controls(text: &str, replace: impl Fn(char) -> Option<char>) -> Cow<'_, str> {
    if text.chars().all(|c| replace(c).is_none()) {
        return Cow::Borrowed(text);
    }
    text.chars().map(|c| replace(c).unwrap_or(c)).collect()
}

/// Copies text like [`clean_block`], in pieces of bounded size. Bytes that are not UTF-8 become U+FFFD.
///
/// # Errors
///
/// If reading or writing fails.
pub fn copy_clean(from: &mut dyn Read, out: &mut dyn Write) -> io::Result<()> {
    let mut buffer = vec![0; 1 << 16];
    let mut kept = 0;
    loop {
        let read = match from.read(&mut buffer[kept..]) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            outcome => outcome?,
        };
        let filled = kept + read;
        // At the end of the text nothing can follow what looks unfinished.
        let end = if read == 0 {
            filled
        } else {
            complete_length(&buffer[..filled])
        };
        let text = String::from_utf8_lossy(&buffer[..end]);
        out.write_all(clean_block(&text).as_bytes())?;
        if read == 0 {
            return Ok(());
        }
        buffer.copy_within(end..filled, 0);
        kept = filled - end;
    }
}

/// Returns how many bytes come before a character, or a line end, that may not be complete yet.
fn complete_length(bytes: &[u8]) -> usize {
    let unfinished = |at: &usize| match std::str::from_utf8(&bytes[*at..]) {
        Ok(text) => text == "\r",
        Err(error) => error.valid_up_to() == 0 && error.error_len().is_none(),
    };
    let tail = bytes.len().saturating_sub(3);
    (tail..bytes.len()).find(unfinished).unwrap_or(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: &str = "a\u{1b}[31mred\u{7}\u{7f}\u{9b}2J\u{202e}x\ty\r\nz\rw";

    #[test]
    fn a_line_is_one_line_without_anything_a_terminal_acts_on() {
        assert_eq!(clean_line(HOSTILE), "a␛[31mred␇␡\u{fffd}2J\u{fffd}x y  z w");
        assert_eq!(clean_line("a\u{2028}b"), "a b");
        assert!(matches!(clean_line("plain › ä 日本"), Cow::Borrowed(_)));
    }

    #[test]
    fn a_block_keeps_lines_and_tabs() {
        assert_eq!(
            clean_block(HOSTILE),
            "a␛[31mred␇␡\u{fffd}2J\u{fffd}x\ty\nz␍w"
        );
        assert!(matches!(clean_block("a\n\tb"), Cow::Borrowed(_)));
    }

    /// Gives its bytes in pieces of a fixed size.
    struct Pieces<'a>(&'a [u8], usize);

    impl Read for Pieces<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(self.0.len()).min(buffer.len());
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    #[test]
    fn a_stream_is_cleaned_like_a_block_however_it_is_cut() {
        let broken = [
            b"ok \xff\xe6\x97".as_slice(),
            "日本\r\n\u{1b}é".as_bytes(),
            b"\xf0\x9f",
        ];
        let bytes = [HOSTILE.as_bytes(), &broken.concat()].concat();
        let whole = clean_block(&String::from_utf8_lossy(&bytes)).into_owned();
        for piece in 1..9 {
            let mut out = Vec::new();
            copy_clean(&mut Pieces(&bytes, piece), &mut out).expect("memory can be written");
            assert_eq!(String::from_utf8_lossy(&out), whole, "pieces of {piece}");
        }
    }
}
