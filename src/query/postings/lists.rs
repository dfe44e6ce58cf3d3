//! Lists of documents with what each holds, sorted by document.

use tantivy::postings::{Postings, SegmentPostings};
use tantivy::{DocSet, TERMINATED};

/// One document, and how much of a unit it holds: occurrences, weighted by field and form.
pub(in crate::query) type Occurrence = (u32, f32);

/// Counts by document, gathered from several postings.
#[derive(Default)]
pub(super) struct Gathered {
    /// Each sorted by document.
    lists: Vec<Vec<Occurrence>>,
}

impl Gathered {
    /// Adds the documents of some postings, with what an occurrence counts.
    pub fn add(&mut self, mut postings: SegmentPostings, count: f32) {
        let mut list = Vec::with_capacity(postings.size_hint() as usize);
        while postings.doc() != TERMINATED {
            list.push((postings.doc(), count * postings.term_freq() as f32));
            postings.advance();
        }
        self.lists.push(list);
    }

    /// Adds a sorted list.
    pub fn extend(&mut self, occurrences: Vec<Occurrence>, count: f32) {
        let scaled = occurrences.into_iter().map(|(doc, n)| (doc, count * n));
        self.lists.push(scaled.collect());
    }

    /// Returns the sums by document.
    pub fn into_sums(self) -> Vec<Occurrence> {
        sum_lists(self.lists)
    }
}

/// Adds up lists that are sorted by document.
pub(super) fn sum_lists(mut lists: Vec<Vec<Occurrence>>) -> Vec<Occurrence> {
    lists.retain(|list| !list.is_empty());
    if lists.len() <= 1 {
        return lists.pop().unwrap_or_default();
    }
    let mut all: Vec<Occurrence> = lists.concat();
    // Stable: the counts of a document are added in the order of the lists, whatever the segment.
    all.sort_by_key(|(doc, _)| *doc);
    all.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 += next.1;
        }
        same
    });
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_add_up_by_document() {
        let lists = vec![vec![(1, 1.0), (4, 2.0)], vec![], vec![(1, 0.5), (3, 1.0)]];
        assert_eq!(sum_lists(lists), [(1, 1.5), (3, 1.0), (4, 2.0)]);
    }
}
