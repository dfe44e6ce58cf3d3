//! What lies between values: white space, comments, commas.

/// The comma and the comments of a stretch of text between two values.
#[derive(Debug, Default)]
pub(super) struct Trivia {
    /// Where the first comma is.
    pub(super) comma: Option<usize>,
    /// Where the last comment ends; 0 if there is none.
    pub(super) comments_end: usize,
    /// Whether the last comment goes to the end of its line.
    pub(super) ends_in_line_comment: bool,
}

impl Trivia {
    /// Reads text that holds nothing else.
    pub(super) fn of(text: &str) -> Trivia {
        let mut trivia = Trivia::default();
        let mut at = 0;
        while let Some(first) = text[at..].chars().next() {
            let rest = &text[at..];
            if rest.starts_with("//") {
                at += rest.find(['\n', '\r']).unwrap_or(rest.len());
                (trivia.comments_end, trivia.ends_in_line_comment) = (at, true);
            } else if rest.starts_with("/*") {
                at += rest.find("*/").map_or(rest.len(), |end| end + 2);
                (trivia.comments_end, trivia.ends_in_line_comment) = (at, false);
            } else {
                if first == ',' && trivia.comma.is_none() {
                    trivia.comma = Some(at);
                }
                at += first.len_utf8();
            }
        }
        trivia
    }

    /// Returns the place behind the comma and all comments.
    pub(super) fn end(&self) -> usize {
        self.comments_end
            .max(self.comma.map_or(0, |comma| comma + 1))
    }

    /// Returns whether something that is put at [`end`](Self::end) needs a new line.
    pub(super) fn needs_line(&self) -> bool {
        self.ends_in_line_comment && self.comma.is_none_or(|comma| comma < self.comments_end)
    }
}
