//! What is to be hidden: places in a text, and the text without them.

use super::marker;
use std::ops::Range;

/// How telling a finding is; of findings that overlap, the most telling one gives the kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// Somebody said that it is private.
    Private,
    /// A private key.
    Key,
    /// The form of a provider's token.
    Form,
    /// A pattern of the configuration.
    Pattern,
    /// The place: behind a name, in a URL, in a header.
    Place,
    /// It looks random.
    Look,
}

/// A secret in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    /// The bytes to hide.
    pub(super) place: Range<usize>,
    /// What it is, as in `[redacted:KIND]`.
    pub(super) kind: &'static str,
    pub(super) rank: Rank,
}

/// Collects findings.
#[derive(Debug, Default)]
pub(super) struct Findings(Vec<Finding>);

impl Findings {
    /// Adds a finding; an empty one is none.
    pub(super) fn add(&mut self, place: Range<usize>, kind: &'static str, rank: Rank) {
        if !place.is_empty() {
            self.0.push(Finding { place, kind, rank });
        }
    }

    /// Returns findings that are in order, do not overlap, begin and end between characters, and
    /// hold whole markers or none; what is nothing but markers is left out.
    pub(super) fn settle(mut self, text: &str) -> Vec<Finding> {
        if self.0.is_empty() {
            return self.0;
        }
        let markers = marker::all(text);
        self.0
            .retain_mut(|finding| whole(text, &markers, &mut finding.place));
        self.0.sort_by_key(|finding| finding.place.start);
        let mut settled: Vec<Finding> = Vec::with_capacity(self.0.len());
        for finding in self.0 {
            match settled.last_mut() {
                Some(last) if finding.place.start < last.place.end => {
                    last.place.end = last.place.end.max(finding.place.end);
                    if finding.rank < last.rank {
                        (last.kind, last.rank) = (finding.kind, finding.rank);
                    }
                }
                _ => settled.push(finding),
            }
        }
        settled
    }
}

/// Widens a place to whole characters and markers. Returns whether there is anything to hide.
fn whole(text: &str, markers: &[Range<usize>], place: &mut Range<usize>) -> bool {
    place.end = place.end.min(text.len());
    while !text.is_char_boundary(place.start) {
        place.start -= 1;
    }
    while !text.is_char_boundary(place.end) {
        place.end += 1;
    }
    let mut bare = place.len();
    let first = markers.partition_point(|marker| marker.end <= place.start);
    let to = place.end;
    for marker in markers[first..]
        .iter()
        .take_while(|marker| marker.start < to)
    {
        let shared = marker.end.min(place.end) - marker.start.max(place.start);
        bare = bare.saturating_sub(shared);
        place.start = place.start.min(marker.start);
        place.end = place.end.max(marker.end);
    }
    bare > 0
}

/// Returns the text with a marker in the place of each finding, which must be settled.
pub(super) fn rewrite(text: &str, findings: &[Finding]) -> String {
    let mut rewritten = String::with_capacity(text.len());
    let mut done = 0;
    for finding in findings {
        rewritten.push_str(&text[done..finding.place.start]);
        marker::push(&mut rewritten, finding.kind);
        done = finding.place.end;
    }
    rewritten.push_str(&text[done..]);
    rewritten
}
