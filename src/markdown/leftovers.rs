//! What programs leave in a file by mistake: marks of a conflict, front matter twice.

use super::enclosure::Enclosure;
use super::front_matter::{Front, FrontMatterBlock, begins_with_key};
use super::lines::{LineCounter, lines_from};
use crate::model::Problem;

/// Finds what was left in a text by mistake.
pub(super) fn find_leftovers(text: &str, front: &Front) -> Vec<Problem> {
    let conflict = find_conflict(text).map(|at| (at, CONFLICT));
    let second = find_misplaced_front_matter(text, front);
    let found = conflict.into_iter().chain(second);
    found
        .map(|(at, reason)| Problem {
            line: LineCounter::new(text).line_at(at),
            reason: reason.to_owned(),
        })
        .collect()
}

const CONFLICT: &str = "a conflict that git left here: keep what is right, and remove the lines \
                        '<<<<<<<', '=======' and '>>>>>>>'";

/// Returns where a conflict begins that is not an example in code.
fn find_conflict(text: &str) -> Option<usize> {
    const BEGIN: &str = "<<<<<<< ";
    if !text.starts_with(BEGIN) && !text.contains("\n<<<<<<< ") {
        return None;
    }
    let mut code: Option<Enclosure> = None;
    let mut begin = None;
    for range in lines_from(text, 0) {
        let line = &text[range.clone()];
        match &code {
            Some(fence) if fence.is_closed_by(line) => code = None,
            Some(_) => {}
            None if line.starts_with(BEGIN) => begin = begin.or(Some(range.start)),
            None if line.starts_with(">>>>>>> ") && begin.is_some() => return begin,
            None => code = Enclosure::fence_opened_by(line.trim_start_matches(' ')),
        }
    }
    None
}

/// Returns where a block of front matter stands that does not count: behind the first, or behind
/// empty lines.
fn find_misplaced_front_matter(text: &str, front: &Front) -> Option<(usize, &'static str)> {
    let rest = &text[front.markdown..];
    let start = text.len() - rest.trim_start().len();
    let is_first = front.markdown <= '\u{feff}'.len_utf8();
    let block = FrontMatterBlock::find(text, start).filter(|_| !is_first || start > front.markdown);
    let block = block.filter(|block| block.end.is_some())?;
    let reason = if is_first {
        "front matter does not count behind an empty line: it begins in the first line"
    } else {
        "a second block of front matter, which does not count: put its keys into the first"
    };
    begins_with_key(&text[block.yaml]).then_some((start, reason))
}
