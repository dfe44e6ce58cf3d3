//! Running text: joins the pieces that the Markdown parser cuts it into, and finds its tags; and
//! what the destination of a link says.

use super::tags::find_tags;
use crate::model::{Tag, decode_url, join_words};
use std::ops::Range;

/// The running text of a block, piece by piece.
///
/// The parser emits `#my_tag` as three pieces, because `_` could have been markup. Pieces that
/// touch in the source are one run again before tags are looked for.
pub(super) struct RunningText<'t> {
    text: &'t str,
    run: Range<usize>,
    /// What stands in front of the run; `None` at the start of a line or block.
    before: Option<char>,
}

impl<'t> RunningText<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        RunningText {
            text,
            run: 0..0,
            before: None,
        }
    }

    /// Takes a piece of text. `shown` is what it stands for, which differs from the source where
    /// it is an entity.
    pub(super) fn piece(&mut self, source: Range<usize>, shown: &str, tags: &mut Vec<Tag>) {
        if self.text.get(source.clone()) != Some(shown) {
            self.gap(shown.chars().next_back(), tags);
            return;
        }
        if source.start != self.run.end || self.run.is_empty() {
            self.end_run(tags);
            if self.text[..source.start].ends_with('\\') {
                self.before = Some('\\');
            }
            self.run = source;
        } else {
            self.run.end = source.end;
        }
    }

    /// Ends the run. What follows has `before` in front of it; `None` is the start of a line.
    pub(super) fn gap(&mut self, before: Option<char>, tags: &mut Vec<Tag>) {
        self.end_run(tags);
        self.before = before;
    }

    /// Ends the run at markup that is not shown, such as the asterisks of emphasis.
    pub(super) fn end_run(&mut self, tags: &mut Vec<Tag>) {
        let run = &self.text[self.run.clone()];
        find_tags(run, self.before, tags);
        self.before = run.chars().next_back().or(self.before);
        self.run = self.run.end..self.run.end;
    }
}

/// Returns the target of a wiki link: without heading, `None` if nothing is left, or if it leads
/// out of the knowledge base.
///
/// A `#` begins a heading unless white space or nothing is behind it: `[[C# notes]]` is a title.
pub(super) fn wiki_target(destination: &str) -> Option<String> {
    if destination.contains("://") || destination.trim_start().starts_with("mailto:") {
        return None;
    }
    let is_heading = |(at, _): &(usize, &str)| {
        let behind = destination[at + 1..].chars().next();
        behind.is_some_and(|c| !c.is_whitespace())
    };
    let heading = destination.match_indices('#').find(is_heading);
    let target = &destination[..heading.map_or(destination.len(), |(at, _)| at)];
    // In the cell of a table the bar in front of the label is escaped.
    let target = target.trim().trim_end_matches('\\');
    let target = join_words(target);
    (!target.is_empty() && !target.contains(char::is_control)).then_some(target)
}

/// Returns the path of a Markdown link if it leads to an `.md` file beside the entry: relative,
/// decoded, and without heading and query.
pub(super) fn relative_target(destination: &str) -> Option<String> {
    let path = destination.split(['#', '?']).next().unwrap_or_default();
    if path.starts_with('/') || has_scheme(path) {
        return None;
    }
    let path = decode_url(path);
    (path.ends_with(".md") && !path.contains(char::is_control)).then(|| path.into_owned())
}

fn has_scheme(path: &str) -> bool {
    let Some((scheme, _)) = path.split_once(':') else {
        return false;
    };
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
}
