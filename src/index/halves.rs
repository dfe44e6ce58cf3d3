//! Values within some room: what was not asked for goes when there is no more.

use std::collections::HashMap;
use std::hash::Hash;

/// Values by key, in two halves: when the recent one is full it becomes the earlier one, of which
/// only that stays which is asked for.
pub(super) struct Halves<K, V> {
    recent: HashMap<K, Weighed<V>>,
    earlier: HashMap<K, Weighed<V>>,
    /// Bytes in the recent half.
    size: usize,
    /// Bytes in both at most, roughly.
    most: usize,
}

struct Weighed<V> {
    value: V,
    size: usize,
}

impl<K: Eq + Hash, V> Halves<K, V> {
    pub(super) fn with_room(most: usize) -> Self {
        Halves {
            recent: HashMap::new(),
            earlier: HashMap::new(),
            size: 0,
            most,
        }
    }

    /// Returns a value, which stays for a while now.
    pub(super) fn find(&mut self, key: &K) -> Option<&V> {
        if let Some((key, weighed)) = self.earlier.remove_entry(key) {
            self.put(key, weighed);
        }
        self.recent.get(key).map(|weighed| &weighed.value)
    }

    /// Adds a value that takes so many bytes.
    pub(super) fn add(&mut self, key: K, value: V, size: usize) {
        self.put(key, Weighed { value, size });
    }

    fn put(&mut self, key: K, value: Weighed<V>) {
        if self.size + value.size > self.most / 2 {
            self.earlier = std::mem::take(&mut self.recent);
            self.size = 0;
        }
        self.size += value.size;
        if let Some(before) = self.recent.insert(key, value) {
            self.size -= before.size;
        }
    }

    pub(super) fn retain(&mut self, stays: impl Fn(&K, &V) -> bool) {
        self.earlier
            .retain(|key, weighed| stays(key, &weighed.value));
        self.recent
            .retain(|key, weighed| stays(key, &weighed.value));
        self.size = self.recent.values().map(|weighed| weighed.size).sum();
    }

    pub(super) fn clear(&mut self) {
        *self = Halves::with_room(self.most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_stays_and_the_rest_goes() {
        const MOST: usize = 64;
        let mut halves = Halves::with_room(MOST);
        halves.add(0, "first", 1);
        for key in 1..1000 {
            halves.add(key, "other", 1);
            assert_eq!(halves.find(&0), Some(&"first"), "{key}");
            let kept = halves.recent.len() + halves.earlier.len();
            assert!(kept <= MOST, "{kept}");
        }
        assert!(halves.find(&1).is_none() && halves.find(&999).is_some());
    }

    #[test]
    fn room_is_given_back() {
        let mut halves = Halves::with_room(64);
        for _ in 0..3 {
            halves.add(0, "again", 20);
            halves.add(1, "other", 10);
        }
        halves.retain(|key, _| *key == 0);
        assert_eq!(halves.size, 20);
        halves.clear();
        assert!(halves.find(&0).is_none() && halves.size == 0);
    }
}
