//! The arguments of a command, as a shell splits them.

use super::super::bytes::{byte_at, byte_before};
use super::super::value;
use std::ops::Range;

/// No command is read further.
const LONGEST: usize = 1024;

/// The arguments from a place on, to the end of the command. Each is a place without its quotes.
pub(super) struct ShellArguments<'a> {
    bytes: &'a [u8],
    at: usize,
    limit: usize,
}

impl<'a> ShellArguments<'a> {
    pub(super) fn new(bytes: &'a [u8], from: usize) -> ShellArguments<'a> {
        let limit = bytes.len().min(from.saturating_add(LONGEST));
        ShellArguments {
            bytes,
            at: from,
            limit,
        }
    }

    /// Returns the place behind the arguments that were read.
    pub(super) fn end(&self) -> usize {
        self.at
    }

    /// Returns the arguments that are no flags.
    pub(super) fn positional(self) -> impl Iterator<Item = Range<usize>> {
        let bytes = self.bytes;
        self.filter(move |place| !matches!(byte_at(bytes, place.start), b'-' | b'+'))
    }

    /// Skips blanks, continued lines, and the quotes and commas of a list of strings.
    fn skip_blanks(&mut self) {
        loop {
            self.at += match (
                byte_at(self.bytes, self.at),
                byte_at(self.bytes, self.at + 1),
            ) {
                (b' ' | b'\t', _) => 1,
                (b'\\' | b'^' | b'`', b'\n') => 2,
                _ => return,
            };
        }
    }
}

impl Iterator for ShellArguments<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        self.skip_blanks();
        if self.at >= self.limit || ends_command(self.bytes, self.at) {
            return None;
        }
        if let Some(quoted) = value::read_quoted(self.bytes, self.at) {
            self.at = value::end_of_quoted(self.bytes, &quoted);
            return Some(quoted.place);
        }
        let start = self.at;
        while self.at < self.limit && !ends_word(self.bytes, self.at) {
            self.at += 1;
        }
        (self.at > start).then_some(start..self.at)
    }
}

/// Returns whether the command ends at `at`: a separator, or the string that holds it.
fn ends_command(bytes: &[u8], at: usize) -> bool {
    let escaped =
        byte_at(bytes, at) == b'\\' && matches!(byte_at(bytes, at + 1), b'n' | b'r' | b'"');
    // The `\\nas` of a share is none.
    let escaped = escaped && byte_before(bytes, at) != b'\\';
    escaped && value::read_quoted(bytes, at).is_none()
        || matches!(
            byte_at(bytes, at),
            0 | b'\n' | b'\r' | b'|' | b';' | b'&' | b')'
        )
}

fn ends_word(bytes: &[u8], at: usize) -> bool {
    ends_command(bytes, at) || matches!(byte_at(bytes, at), b' ' | b'\t' | b'"' | b'\'' | b'`')
}
