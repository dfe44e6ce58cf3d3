//! Values behind names: where a literal begins and ends.

use super::bytes::{byte_at, find_byte, skip_blanks, starts_at};
use std::ops::Range;

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LiteralForm {
    /// Between quotes.
    Quoted,
    /// As it is.
    Bare,
}

/// A value as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Literal {
    /// The value without its quotes.
    pub(super) place: Range<usize>,
    pub(super) form: LiteralForm,
}

/// Quotes that are not closed within so many bytes are none.
const LONGEST: usize = 16 * 1024;
/// A value without quotes is judged by so many bytes, lest code be read again and again.
const JUDGED: usize = 1024;

/// Calls that only wrap a literal.
const WRAPPERS: [&str; 16] = [
    "String::from(",
    "SecretString::from(",
    "SecretString::new(",
    "Secret::new(",
    "SecretStr(",
    "Secret(",
    "Some(",
    "Buffer.from(",
    "Ok(",
    "str(",
    "new String(",
    "to_owned(",
    "q(",
    "qq(",
    "[[",
    "<%= ",
];

/// Returns the literal that begins at `from`, behind blanks. It may be empty.
pub(super) fn read_literal(bytes: &[u8], from: usize) -> Literal {
    let from = skip_blanks(bytes, from, 64);
    let from = WRAPPERS
        .iter()
        .find(|wrapper| starts_at(bytes, from, wrapper))
        .map_or(from, |wrapper| from + wrapper.len());
    read_quoted(bytes, from).unwrap_or_else(|| Literal {
        place: bare_extent(bytes, from),
        form: LiteralForm::Bare,
    })
}

/// A quote as JSON escapes it that is to be safe in HTML.
pub(super) const ESCAPED_QUOTE: &str = "\\u0022";

/// Returns the literal between quotes that begins at `from`.
pub(super) fn read_quoted(bytes: &[u8], from: usize) -> Option<Literal> {
    if starts_at(bytes, from, ESCAPED_QUOTE) {
        let start = from + ESCAPED_QUOTE.len();
        let rest = &bytes[start..bytes.len().min(start + JUDGED)];
        let length = memchr::memmem::find(rest, ESCAPED_QUOTE.as_bytes())?;
        return Some(Literal {
            place: start..start + length,
            form: LiteralForm::Quoted,
        });
    }
    let from = from + prefix_length(bytes, from);
    let mut at = from;
    while byte_at(bytes, at) == b'\\' && at < from + 8 {
        at += 1;
    }
    let quote = byte_at(bytes, at);
    if !matches!(quote, b'"' | b'\'' | b'`') {
        return None;
    }
    let slashes = at - from;
    let mut start = at + 1;
    // Three quotes are one long one.
    if slashes == 0 && byte_at(bytes, start) == quote && byte_at(bytes, start + 1) == quote {
        start += 2;
    }
    let end = find_closing_quote(bytes, start, quote, slashes)?;
    Some(Literal {
        place: start..end,
        form: LiteralForm::Quoted,
    })
}

/// Returns where the quotes of a literal end.
pub(super) fn end_of_quoted(bytes: &[u8], quoted: &Literal) -> usize {
    let mut at = quoted.place.end;
    while byte_at(bytes, at) == b'\\' {
        at += 1;
    }
    at + 1
}

/// Returns the length of what may stand before a quote: `b"`, `r"`, `@"`.
fn prefix_length(bytes: &[u8], from: usize) -> usize {
    let letters = |count: usize| {
        (0..count).all(|at| b"bBrRuULcfF$@".contains(&byte_at(bytes, from + at)))
            && matches!(byte_at(bytes, from + count), b'"' | b'\'')
    };
    (1..=2).find(|count| letters(*count)).unwrap_or(0)
}

/// Returns where the quote is closed that so many backslashes precede. At the end of a cut text or
/// string that is its end.
fn find_closing_quote(bytes: &[u8], start: usize, quote: u8, slashes: usize) -> Option<usize> {
    let limit = bytes.len().min(start.saturating_add(LONGEST));
    let mut at = start;
    let mut run = 0;
    while at < limit {
        match bytes[at] {
            b'\\' => run += 1,
            b'\n' if quote != b'`' => return (slashes > 0).then_some(at),
            byte if byte == quote => {
                let escaped = if slashes == 0 {
                    run % 2 == 1
                } else {
                    run > slashes
                };
                if !escaped {
                    return Some(at - run.min(slashes));
                }
                run = 0;
            }
            // The string around this one ends.
            b'"' if slashes > 0 && run == 0 => return Some(at),
            _ => run = 0,
        }
        at += 1;
    }
    (limit == bytes.len()).then_some(limit)
}

/// Returns the extent of a value without quotes: to a blank, a quote or the end of its clause.
pub(super) fn bare_extent(bytes: &[u8], from: usize) -> Range<usize> {
    let mut at = from;
    let mut open = 0usize;
    while at < bytes.len() && at - from < JUDGED {
        let byte = bytes[at];
        if byte.is_ascii_whitespace() || byte == 0 || b"\"`<".contains(&byte) {
            break;
        }
        if byte == b'\'' && ends_clause(bytes, at + 1) {
            break;
        }
        if byte == b'\\'
            && matches!(
                byte_at(bytes, at + 1),
                b'n' | b'r' | b't' | b'"' | b'\\' | b'u' | b'\''
            )
        {
            break;
        }
        let closes = matches!(byte, b')' | b']' | b'}') && open > 0;
        if closes {
            open -= 1;
        } else if b";&,|)]}".contains(&byte) && ends_clause(bytes, at + 1) {
            break;
        }
        open += usize::from(b"([{".contains(&byte));
        at += 1;
    }
    let end = trim_end_signs(bytes, from, at);
    from..end
}

/// Returns a value that is to be hidden with all that belongs to it.
pub(super) fn whole_value(bytes: &[u8], literal: Literal) -> Range<usize> {
    let mut place = literal.place;
    if literal.form == LiteralForm::Bare && place.len() + 8 >= JUDGED {
        let ending = |byte: u8| byte.is_ascii_whitespace() || b"\"\'`<".contains(&byte);
        place.end = find_byte(bytes, place.end, usize::MAX, ending);
    }
    place
}

/// Returns whether nothing more of a value follows at `at`: white space, the end, another sign, or
/// the next `name=`.
fn ends_clause(bytes: &[u8], at: usize) -> bool {
    let next = byte_at(bytes, at);
    if next == 0 || next.is_ascii_whitespace() || b"\"'`;:,.)]}&|<\\".contains(&next) {
        return true;
    }
    let name = |byte: u8| byte.is_ascii_alphanumeric() || b"_-. ".contains(&byte);
    let end = find_byte(bytes, at, 40, |byte| !name(byte));
    end > at && matches!(byte_at(bytes, end), b'=' | b':')
}

/// Returns the end without the signs that a sentence or a bracket puts behind a value.
fn trim_end_signs(bytes: &[u8], from: usize, to: usize) -> usize {
    let mut end = to;
    while end > from && b",;:.)]}'".contains(&bytes[end - 1]) {
        let open = match bytes[end - 1] {
            b')' => b'(',
            b']' => b'[',
            b'}' => b'{',
            _ => 0,
        };
        // A bracket that was opened in the value belongs to it.
        if open != 0 && bytes[from..end].contains(&open) {
            break;
        }
        end -= 1;
    }
    // Emphasis around a value is not part of it.
    while end > from + 2 && bytes[from..end].ends_with(b"**") {
        end -= 2;
    }
    end
}
