//! A merge by lines, in which both sides are kept where both changed the same lines.

use super::Versions;
use super::items::settle_items;
use similar::{Algorithm, DiffOp, capture_diff_slices};
use std::ops::Range;

/// Lines of the base that a side changed, and what it has in their place.
struct Hunk {
    base: Range<usize>,
    side: Range<usize>,
}

/// Merges three texts line by line.
pub(super) fn merge_lines(versions: Versions<&str>) -> String {
    if let Some(settled) = versions.settled() {
        return settled.to_owned();
    }
    let lines = versions.map(|text| text.split_inclusive('\n').collect::<Vec<_>>());
    let ours = find_hunks(&lines.base, &lines.ours);
    let theirs = find_hunks(&lines.base, &lines.theirs);
    let (mut ours, mut theirs) = (ours.iter().peekable(), theirs.iter().peekable());
    let (mut merged, mut at) = (String::new(), 0);
    // How far each side is ahead of the base, in lines.
    let (mut ours_shift, mut theirs_shift) = (0, 0);
    loop {
        let starts = [ours.peek(), theirs.peek()].map(|hunk| hunk.map(|hunk| hunk.base.start));
        let Some(start) = starts.into_iter().flatten().min() else {
            break;
        };
        push_lines(&mut merged, &lines.base[at..start]);
        let mut end = start;
        let (from_ours, from_theirs) = (
            shift_line(start, ours_shift),
            shift_line(start, theirs_shift),
        );
        let mut changed = (false, false);
        loop {
            if let Some(hunk) = ours.next_if(|hunk| hunk.base.start <= end) {
                (end, changed.0) = (end.max(hunk.base.end), true);
                ours_shift += signed_length(hunk.side.len()) - signed_length(hunk.base.len());
            } else if let Some(hunk) = theirs.next_if(|hunk| hunk.base.start <= end) {
                (end, changed.1) = (end.max(hunk.base.end), true);
                theirs_shift += signed_length(hunk.side.len()) - signed_length(hunk.base.len());
            } else {
                break;
            }
        }
        let of_ours = &lines.ours[from_ours..shift_line(end, ours_shift)];
        let of_theirs = &lines.theirs[from_theirs..shift_line(end, theirs_shift)];
        match changed {
            (true, false) => push_lines(&mut merged, of_ours),
            (false, _) => push_lines(&mut merged, of_theirs),
            (true, true) => {
                let sides = Versions {
                    base: &lines.base[start..end],
                    ours: of_ours,
                    theirs: of_theirs,
                };
                let (of_ours, of_theirs) = settle_items(&sides);
                push_both(&mut merged, &of_ours, &of_theirs);
            }
        }
        at = end;
    }
    push_lines(&mut merged, &lines.base[at..]);
    merged
}

fn find_hunks(base: &[&str], side: &[&str]) -> Vec<Hunk> {
    let operations = capture_diff_slices(Algorithm::Myers, base, side);
    let changes = operations
        .iter()
        .filter(|op| !matches!(op, DiffOp::Equal { .. }));
    changes
        .map(|op| Hunk {
            base: op.old_range(),
            side: op.new_range(),
        })
        .collect()
}

fn signed_length(length: usize) -> isize {
    isize::try_from(length).unwrap_or(isize::MAX)
}

fn shift_line(line: usize, shift: isize) -> usize {
    line.saturating_add_signed(shift)
}

/// Takes our lines, then theirs; what they begin and end with alike is taken once.
fn push_both(merged: &mut String, ours: &[&str], theirs: &[&str]) {
    let pairs = ours.iter().zip(theirs);
    let before = pairs.take_while(|(one, other)| one == other).count();
    let (ours_rest, theirs_rest) = (&ours[before..], &theirs[before..]);
    let pairs = ours_rest.iter().rev().zip(theirs_rest.iter().rev());
    let behind = pairs.take_while(|(one, other)| one == other).count();
    push_lines(merged, &ours[..ours.len() - behind]);
    push_lines(merged, &theirs_rest[..theirs_rest.len() - behind]);
    push_lines(merged, &ours[ours.len() - behind..]);
}

/// Appends lines; what was the last line of a text gets the ending that it lacks.
fn push_lines(merged: &mut String, lines: &[&str]) {
    for line in lines {
        if !merged.is_empty() && !merged.ends_with('\n') {
            merged.push('\n');
        }
        merged.push_str(line);
    }
}
