//! Sets of bytes, and looking around in bytes without running over their ends.

/// A set of bytes.
pub(super) struct ByteClass([bool; 256]);

impl ByteClass {
    /// Makes the set of these bytes; `a-z` must be written out.
    const fn of(bytes: &[u8]) -> ByteClass {
        ByteClass([false; 256]).and(bytes)
    }

    const fn and(mut self, bytes: &[u8]) -> ByteClass {
        let mut at = 0;
        while at < bytes.len() {
            self.0[bytes[at] as usize] = true;
            at += 1;
        }
        self
    }

    const fn and_all_above_ascii(mut self) -> ByteClass {
        let mut byte = 128;
        while byte < 256 {
            self.0[byte] = true;
            byte += 1;
        }
        self
    }

    /// Returns whether the byte is in the set.
    pub(super) const fn has(&self, byte: u8) -> bool {
        self.0[byte as usize]
    }

    /// Returns whether all these bytes are in the set.
    pub(super) fn has_all(&self, bytes: &[u8]) -> bool {
        bytes.iter().all(|byte| self.has(*byte))
    }
}

const ALPHANUMERIC: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Letters and digits.
pub(super) static ALNUM: ByteClass = ByteClass::of(ALPHANUMERIC);
/// Lower-case letters and digits.
pub(super) static LOWER36: ByteClass = ByteClass::of(b"0123456789abcdefghijklmnopqrstuvwxyz");
/// Upper-case letters and digits.
pub(super) static UPPER36: ByteClass = ByteClass::of(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");
/// Hexadecimal digits.
pub(super) static HEX: ByteClass = ByteClass::of(b"0123456789abcdefABCDEF");
/// Decimal digits.
pub(super) static DIGIT: ByteClass = ByteClass::of(b"0123456789");
/// What identifiers are made of.
pub(super) static WORD: ByteClass = ByteClass::of(ALPHANUMERIC).and(b"_");
/// Base64 for URLs.
pub(super) static URL64: ByteClass = ByteClass::of(ALPHANUMERIC).and(b"_-");
/// Base64 for URLs in parts that dots join.
pub(super) static DOTTED: ByteClass = ByteClass::of(ALPHANUMERIC).and(b"_-.");
/// Base64 of either alphabet.
pub(super) static BASE64: ByteClass = ByteClass::of(ALPHANUMERIC).and(b"_-+/=");
/// Base64 of the older alphabet only.
pub(super) static PLAIN64: ByteClass = ByteClass::of(ALPHANUMERIC).and(b"+/=");
/// What parts the items of a list.
pub(super) static BETWEEN: ByteClass = ByteClass::of(b" \t\n\r,;*`-");
/// What identifiers are made of, in parts that `$` joins.
pub(super) static DOLLAR: ByteClass = ByteClass::of(ALPHANUMERIC).and(b"_$");
/// What names of settings are made of, in any script.
pub(super) static NAME: ByteClass = ByteClass::of(ALPHANUMERIC)
    .and(b"_-.")
    .and_all_above_ascii();

/// Returns the byte at `at`, 0 beyond the end.
pub(super) fn byte_at(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at).copied().unwrap_or(0)
}

/// Returns the byte before `at`, 0 at the start.
pub(super) fn byte_before(bytes: &[u8], at: usize) -> u8 {
    at.checked_sub(1).map_or(0, |at| byte_at(bytes, at))
}

/// Returns whether `prefix` stands at `at`.
pub(super) fn starts_at(bytes: &[u8], at: usize, prefix: &str) -> bool {
    bytes
        .get(at..)
        .is_some_and(|rest| rest.starts_with(prefix.as_bytes()))
}

/// Returns whether `prefix` stands at `at`, in any case.
pub(super) fn starts_in_any_case(bytes: &[u8], at: usize, prefix: &str) -> bool {
    bytes
        .get(at..at.saturating_add(prefix.len()))
        .is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes()))
}

/// Returns whether a text is one of these words, in any case.
pub(super) fn is_any_of(text: &[u8], words: &[&str]) -> bool {
    let is_it = |word: &&str| text.eq_ignore_ascii_case(word.as_bytes());
    words.iter().any(is_it)
}

/// Returns the length of the first of these beginnings that stands at `at`, in any case; 0 if none does.
pub(super) fn lead_length(bytes: &[u8], at: usize, leads: &[&str]) -> usize {
    let is_there = |lead: &&&str| starts_in_any_case(bytes, at, lead);
    leads.iter().find(is_there).map_or(0, |lead| lead.len())
}

/// Returns whether one of these words ends at `at`, in any case.
pub(super) fn ends_with_any(bytes: &[u8], at: usize, words: &[&str]) -> bool {
    words.iter().any(|word| ends_in_any_case(bytes, at, word))
}

/// Returns the first place from `from` on with such a byte, else the end of the text or of these `most`.
pub(super) fn find_byte(
    bytes: &[u8],
    from: usize,
    most: usize,
    is_such: impl Fn(u8) -> bool,
) -> usize {
    let limit = bytes.len().min(from.saturating_add(most));
    let rest = bytes.get(from..limit).unwrap_or_default();
    let length = rest.iter().position(|byte| is_such(*byte));
    from + length.unwrap_or(rest.len())
}

/// Returns whether a number that ends at `end` is all: no word, amount or date goes on there.
pub(super) fn is_number_end(bytes: &[u8], end: usize) -> bool {
    let next = byte_at(bytes, end);
    let goes_on = b".,:-/".contains(&next) && ALNUM.has(byte_at(bytes, end + 1));
    !ALNUM.has(next) && !matches!(next, b'_' | b'%') && !goes_on
}

/// Returns whether `suffix` ends at `at`.
pub(super) fn ends_at(bytes: &[u8], at: usize, suffix: &str) -> bool {
    bytes
        .get(..at)
        .is_some_and(|front| front.ends_with(suffix.as_bytes()))
}

/// Returns whether `suffix` ends at `at`, in any case.
pub(super) fn ends_in_any_case(bytes: &[u8], at: usize, suffix: &str) -> bool {
    at.checked_sub(suffix.len())
        .is_some_and(|start| starts_in_any_case(bytes, start, suffix))
}

/// Returns where the bytes of the class that begin at `from` end.
pub(super) fn end_of(bytes: &[u8], from: usize, class: &ByteClass) -> usize {
    end_within(bytes, from, class, usize::MAX)
}

/// Returns where the bytes of the class that begin at `from` end, or `from + most`.
pub(super) fn end_within(bytes: &[u8], from: usize, class: &ByteClass, most: usize) -> usize {
    find_byte(bytes, from, most, |byte| !class.has(byte))
}

/// Returns where the bytes of the class that end at `to` begin, at most `most` before.
pub(super) fn start_of(bytes: &[u8], to: usize, class: &ByteClass, most: usize) -> usize {
    let floor = to.saturating_sub(most);
    let front = bytes.get(floor..to).unwrap_or_default();
    to - front
        .iter()
        .rev()
        .position(|byte| !class.has(*byte))
        .unwrap_or(front.len())
}

/// Returns the first place from `from` on that holds no space or tab, at most `most` further.
pub(super) fn skip_blanks(bytes: &[u8], from: usize, most: usize) -> usize {
    find_byte(bytes, from, most, |byte| !matches!(byte, b' ' | b'\t'))
}

/// Returns the place before the blanks that end at `to`.
pub(super) fn skip_blanks_back(bytes: &[u8], to: usize, most: usize) -> usize {
    let mut at = to;
    while at + most > to && matches!(byte_before(bytes, at), b' ' | b'\t') {
        at -= 1;
    }
    at
}

/// Returns what precedes `at` on its line, at most `most` bytes of it.
pub(super) fn line_before(bytes: &[u8], at: usize, most: usize) -> &[u8] {
    let front = bytes.get(at.saturating_sub(most)..at).unwrap_or_default();
    let start = memchr::memrchr(b'\n', front).map_or(0, |newline| newline + 1);
    &front[start..]
}

/// Returns whether the text was cut at `at`: it ends there, or dots of omission follow.
pub(super) fn is_cut(bytes: &[u8], at: usize) -> bool {
    at >= bytes.len()
        || ["...", "…", "\\u2026"]
            .iter()
            .any(|dots| starts_at(bytes, at, dots))
}

/// Returns the place behind an escape that a run of letters and digits at `start` begins with: the
/// `n` of `\n`, the digits of `%3D` and `\u0022`, the end of a colour `ESC[31m`.
pub(super) fn behind_escape(bytes: &[u8], start: usize) -> usize {
    let hex = |from: usize, count: usize| {
        let digits = bytes.get(from..from + count).unwrap_or_default();
        digits.len() == count && HEX.has_all(digits)
    };
    match (byte_before(bytes, start), byte_at(bytes, start)) {
        (b'\\', b'u') if hex(start + 1, 4) => start + 5,
        (b'\\', b'x') if hex(start + 1, 2) => start + 3,
        (b'\\', b'n' | b'r' | b't') => start + 1,
        (b'%', _) if hex(start, 2) => start + 2,
        (b'[' | b';', _) => {
            let end = end_within(bytes, start, &DIGIT, 3);
            if byte_at(bytes, end) == b'm' {
                end + 1
            } else {
                start
            }
        }
        _ => start,
    }
}

/// Returns where the value begins that is meant by a word which ends at `end`, behind one of the words
/// that may follow it and a sign or verb; and whether there is such a sign or verb.
pub(super) fn value_behind(
    bytes: &[u8],
    end: usize,
    tails: &[&str],
    links: &[&str],
) -> (usize, bool) {
    let word = skip_quotes(bytes, end + lead_length(bytes, end, tails));
    let from = skip_blanks(bytes, word, 4);
    let link = lead_length(bytes, from, links);
    let start = if link > 0 { from + link } else { word };
    let start = skip_blanks(bytes, start, 4);
    (skip_quotes(bytes, start), link > 0)
}

/// Skips quotes, also escaped ones, and emphasis.
fn skip_quotes(bytes: &[u8], from: usize) -> usize {
    find_byte(bytes, from, 4, |byte| !b"\"'`*\\".contains(&byte))
}
