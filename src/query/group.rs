//! From sections to entries: one entry appears once, with its best sections.

use super::hit::{EntryGroup, Hit};
use super::order::Order;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Groups sections by entry; each keeps at most `most` of its sections.
pub(super) fn group_by_entry(hits: Vec<Hit>, order: &Order, most: usize) -> Vec<EntryGroup> {
    let mut groups: HashMap<u64, EntryGroup, BuildHasherDefault<KeyHasher>> = HashMap::default();
    for hit in hits {
        let group = groups.entry(order.entry(&hit));
        group.or_default().add_section(hit, order, most);
    }
    let mut groups: Vec<EntryGroup> = groups.into_values().collect();
    for group in &mut groups {
        group.take_best();
    }
    groups
}

/// Makes a group of each section.
pub(super) fn sections_alone(hits: Vec<Hit>, order: &Order) -> Vec<EntryGroup> {
    let groups = hits.into_iter().map(|hit| {
        let mut group = EntryGroup::default();
        group.add_section(hit, order, 1);
        group
    });
    groups.collect()
}

/// Joins neighbouring groups of the same entry.
pub(super) fn join_neighbours(groups: Vec<EntryGroup>, order: &Order) -> Vec<EntryGroup> {
    let mut joined: Vec<EntryGroup> = Vec::new();
    for group in groups {
        let entry = |group: &EntryGroup| group.sections.first().map(|hit| order.entry(hit));
        match joined.last_mut() {
            Some(last) if entry(last) == entry(&group) => {
                last.sections.extend(group.sections);
                last.matching += group.matching;
            }
            _ => joined.push(group),
        }
    }
    joined
}

impl EntryGroup {
    fn add_section(&mut self, section: Hit, order: &Order, most: usize) {
        self.matching += 1;
        self.held |= section.held;
        let is_before = |other: &Hit| order.compare_sections(other, &section) == Ordering::Less;
        let place = self.sections.partition_point(is_before);
        if place < most {
            self.sections.insert(place, section);
            self.sections.truncate(most);
        }
    }

    fn take_best(&mut self) {
        if let Some(best) = self.sections.first() {
            self.exactness = best.exactness;
            self.score = best.score;
        }
    }
}

/// Hashes the key of an entry, which is a hash already.
#[derive(Default)]
struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}
