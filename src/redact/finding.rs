//! What is to be hidden: places in a text, and the text without them.

use super::marker;
use std::ops::Range;

/// How telling a finding is; of findings that overlap, the most telling one gives the kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum FindingRank {
    /// It was marked as private.
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
    pub(super) rank: FindingRank,
}

/// Collects findings.
#[derive(Debug, Default)]
pub(super) struct Findings {
    found: Vec<Finding>,
    /// Places of public keys and certificates, which look random.
    public: Vec<Range<usize>>,
}

impl Findings {
    /// Adds a finding; an empty one is none. Returns where it ends.
    pub(super) fn add(
        &mut self,
        place: Range<usize>,
        kind: &'static str,
        rank: FindingRank,
    ) -> usize {
        let end = place.end;
        if !place.is_empty() {
            self.found.push(Finding { place, kind, rank });
        }
        end
    }

    /// Adds a place that is known to be public: what only looks random there is none.
    pub(super) fn add_public(&mut self, place: Range<usize>) {
        self.public.push(place);
    }

    fn is_public(&self, finding: &Finding) -> bool {
        let within = |place: &Range<usize>| {
            place.start <= finding.place.start && finding.place.end <= place.end
        };
        finding.rank == FindingRank::Look && self.public.iter().any(within)
    }

    /// Returns findings that are in order, do not overlap, begin and end between characters, and
    /// hold whole markers or none; what is nothing but markers is left out.
    pub(super) fn settle(mut self, text: &str) -> Vec<Finding> {
        let mut found = std::mem::take(&mut self.found);
        if found.is_empty() {
            return found;
        }
        let markers = marker::find_markers(text);
        found.retain(|finding| !self.is_public(finding));
        found.retain_mut(|finding| widen_place(text, &markers, &mut finding.place));
        found.sort_by_key(|finding| finding.place.start);
        let mut settled: Vec<Finding> = Vec::with_capacity(found.len());
        for finding in found {
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
fn widen_place(text: &str, markers: &[Range<usize>], place: &mut Range<usize>) -> bool {
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
pub(super) fn rewrite_text(text: &str, findings: &[Finding]) -> String {
    let mut rewritten = String::with_capacity(text.len());
    let mut done = 0;
    for finding in findings {
        rewritten.push_str(&text[done..finding.place.start]);
        marker::push_marker(&mut rewritten, finding.kind);
        done = finding.place.end;
    }
    rewritten.push_str(&text[done..]);
    rewritten
}
