//! Link reference definitions, which count for links before and behind them.

use crate::model::join_words;
use pulldown_cmark::{BrokenLinkCallback, OffsetIter};
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};

/// Link reference definitions of the text so far. The first of several with one label counts.
#[derive(Default)]
pub(super) struct LinkDefinitions {
    destinations: HashMap<String, String>,
    /// Hashes of the labels that were not known when a link wanted them.
    missed: HashSet<u64>,
    hasher: RandomState,
}

impl LinkDefinitions {
    pub(super) fn get(&self, label: &str) -> Option<&str> {
        if self.destinations.is_empty() {
            return None;
        }
        self.destinations.get(&label_key(label)).map(String::as_str)
    }

    pub(super) fn learn(&mut self, window: WindowReferences, end: usize) {
        self.missed.extend(window.missed);
        for (label, destination, behind) in window.defined {
            if behind <= end {
                self.destinations.entry(label).or_insert(destination);
            }
        }
    }

    pub(super) fn hash(&self, label: &str) -> u64 {
        self.hasher.hash_one(label_key(label))
    }

    /// Returns whether a label was missed that has since been defined, and forgets what was missed.
    pub(super) fn missed_one(&mut self) -> bool {
        let missed = std::mem::take(&mut self.missed);
        !missed.is_empty()
            && self
                .destinations
                .keys()
                .any(|label| missed.contains(&self.hasher.hash_one(label)))
    }
}

fn label_key(label: &str) -> String {
    join_words(label).to_lowercase()
}

/// What a window teaches about link references.
#[derive(Default)]
pub(super) struct WindowReferences {
    /// Label, destination, and where the definition ends.
    pub(super) defined: Vec<(String, String, usize)>,
    pub(super) missed: Vec<u64>,
}

/// Returns the definitions in a window that begins at `base`: label, destination, and where it
/// ends.
pub(super) fn definitions_of<'t, F>(
    events: &OffsetIter<'t, F>,
    base: usize,
) -> Vec<(String, String, usize)>
where
    F: BrokenLinkCallback<'t>,
{
    events
        .reference_definitions()
        .iter()
        .map(|(label, link)| {
            (
                label_key(label),
                link.dest.to_string(),
                base + link.span.end,
            )
        })
        .collect()
}
