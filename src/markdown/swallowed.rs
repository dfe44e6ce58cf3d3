//! Notes that a block left open before them would swallow.

use super::enclosure::Enclosure;
use super::lines::{line_end, lines_from};
use std::ops::Range;

impl Enclosure {
    /// Returns where a note begins that the block, whose first line begins at `start`, would
    /// swallow because it was left open.
    ///
    /// `is_note` recognises the line with which a note begins. A note in a block that is closed is
    /// part of it, unless what closes it is rather the beginning of another block of the kind.
    pub(super) fn find_swallowed_note(
        &self,
        text: &str,
        start: usize,
        is_note: impl Fn(&str) -> bool,
    ) -> Option<usize> {
        let first = start..line_end(text, start);
        if !matches!(self, Enclosure::Fence { .. }) && self.is_closed_at(text, &first) {
            return None;
        }
        let mut note = None;
        for range in lines_from(text, first.end) {
            let line = &text[range.clone()];
            if note.is_none() && is_note(line) {
                note = Some(range.start);
                if !self.holds_notes() {
                    return note;
                }
            } else if note.is_some() && self.is_opened_again_by(line) {
                return note;
            } else if self.is_closed_at(text, &range) {
                return note.filter(|_| self.is_rather_opened_at(text, range, &is_note));
            }
        }
        note
    }

    /// Returns whether the line in `range`, which could close the block, opens another: of HTML,
    /// if the mark stands in the middle of the line; of code, if otherwise what follows up to the
    /// next note would leave a fence without a word open, or hold a fence with one in another.
    fn is_rather_opened_at(
        &self,
        text: &str,
        range: Range<usize>,
        is_note: impl Fn(&str) -> bool,
    ) -> bool {
        let line = &text[range.clone()];
        if let Enclosure::Html(kind) = self {
            let line = line.trim_end().to_ascii_lowercase();
            return !kind.ends.iter().any(|end| line.ends_with(end));
        }
        let mut open: Option<Enclosure> = None;
        for range in lines_from(text, range.end) {
            let line = &text[range.clone()];
            match &open {
                _ if is_note(line) => break,
                Some(fence @ Enclosure::Fence { info: false, .. })
                    if fence.is_opened_again_by(line) =>
                {
                    return true;
                }
                Some(fence) if fence.is_closed_at(text, &range) => open = None,
                Some(_) => {}
                None => open = Self::fence_opened_by(line.trim_start()),
            }
        }
        matches!((open, self), (
            Some(Enclosure::Fence { mark, info: false, .. }),
            Enclosure::Fence { mark: own, .. },
        ) if mark == *own)
    }
}
