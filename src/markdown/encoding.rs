//! From the bytes of a file to its text.

use std::borrow::Cow;

/// The two orders of bytes.
#[derive(Clone, Copy)]
enum Utf16Order {
    LittleEndian,
    BigEndian,
}

/// Returns the text of a file. UTF-16 is known by its byte-order mark, or by the NUL beside its
/// first character; else it is UTF-8, and bytes that are not are replaced by U+FFFD.
pub fn decode_text(bytes: &[u8]) -> Cow<'_, str> {
    match find_utf16(bytes) {
        Some(order) => Cow::Owned(decode_utf16(bytes, order)),
        // Most texts are UTF-8, which is found out faster than where one is not.
        None => match std::str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => String::from_utf8_lossy(bytes),
        },
    }
}

/// Returns whether a file is UTF-16.
pub fn is_utf16(bytes: &[u8]) -> bool {
    find_utf16(bytes).is_some()
}

fn find_utf16(bytes: &[u8]) -> Option<Utf16Order> {
    match bytes {
        [0xff, 0xfe, ..] => Some(Utf16Order::LittleEndian),
        [0xfe, 0xff, ..] => Some(Utf16Order::BigEndian),
        [first, 0, third, 0, ..] if *first > 0 && *third > 0 => Some(Utf16Order::LittleEndian),
        [0, second, 0, fourth, ..] if *second > 0 && *fourth > 0 => Some(Utf16Order::BigEndian),
        _ => None,
    }
}

fn decode_utf16(bytes: &[u8], order: Utf16Order) -> String {
    let units = bytes.chunks_exact(2).map(|pair| {
        let pair = [pair[0], pair[1]];
        match order {
            Utf16Order::LittleEndian => u16::from_le_bytes(pair),
            Utf16Order::BigEndian => u16::from_be_bytes(pair),
        }
    });
    char::decode_utf16(units)
        .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}
