//! Cutting a text that has been redacted.

use super::marker;

/// Returns at most `most` characters of a text, the last of which is `…` where something is left
/// out. A marker is kept whole or left out.
pub(super) fn cut_text(text: &str, most: usize) -> String {
    if text.len() <= most || text.chars().nth(most).is_none() {
        return text.to_owned();
    }
    let Some(kept) = most.checked_sub(1) else {
        return String::new();
    };
    let end = byte_of_char(text, kept);
    let end = marker::find_markers(text)
        .iter()
        .find(|marker| marker.start < end && end < marker.end)
        .map_or(end, |marker| marker.start);
    let mut cut = text[..end].trim_end().to_owned();
    cut.push('…');
    cut
}

/// Returns the byte at which the character with this number begins, or the end.
pub(super) fn byte_of_char(text: &str, number: usize) -> usize {
    text.char_indices()
        .nth(number)
        .map_or(text.len(), |(at, _)| at)
}
