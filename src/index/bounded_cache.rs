//! A two-generation cache: values within some room; what was not asked for goes when there is no more.

use std::collections::HashMap;
use std::hash::Hash;

/// Values by key, in two generations: when the recent one is full it becomes the earlier one, of which
/// only that stays which is asked for.
pub(super) struct BoundedCache<K, V> {
    recent: HashMap<K, SizedValue<V>>,
    earlier: HashMap<K, SizedValue<V>>,
    /// Bytes in the recent generation.
    size: usize,
    /// Bytes in both at most, roughly.
    most: usize,
}

struct SizedValue<V> {
    value: V,
    size: usize,
}

impl<K: Eq + Hash, V> BoundedCache<K, V> {
    pub(super) fn with_room(most: usize) -> Self {
        BoundedCache {
            recent: HashMap::new(),
            earlier: HashMap::new(),
            size: 0,
            most,
        }
    }

    /// Returns a value, which stays for a while now.
    pub(super) fn find(&mut self, key: &K) -> Option<&V> {
        if let Some((key, sized)) = self.earlier.remove_entry(key) {
            self.put(key, sized);
        }
        self.recent.get(key).map(|sized| &sized.value)
    }

    /// Adds a value that takes so many bytes.
    pub(super) fn add(&mut self, key: K, value: V, size: usize) {
        self.put(key, SizedValue { value, size });
    }

    fn put(&mut self, key: K, value: SizedValue<V>) {
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
        self.earlier.retain(|key, sized| stays(key, &sized.value));
        self.recent.retain(|key, sized| stays(key, &sized.value));
        self.size = self.recent.values().map(|sized| sized.size).sum();
    }

    pub(super) fn clear(&mut self) {
        *self = BoundedCache::with_room(self.most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_stays_and_the_rest_goes() {
        const MOST: usize = 64;
        let mut cache = BoundedCache::with_room(MOST);
        cache.add(0, "first", 1);
        for key in 1..1000 {
            cache.add(key, "other", 1);
            assert_eq!(cache.find(&0), Some(&"first"), "{key}");
            let kept = cache.recent.len() + cache.earlier.len();
            assert!(kept <= MOST, "{kept}");
        }
        assert!(cache.find(&1).is_none() && cache.find(&999).is_some());
    }

    #[test]
    fn room_is_given_back() {
        let mut cache = BoundedCache::with_room(64);
        for _ in 0..3 {
            cache.add(0, "again", 20);
            cache.add(1, "other", 10);
        }
        cache.retain(|key, _| *key == 0);
        assert_eq!(cache.size, 20);
        cache.clear();
        assert!(cache.find(&0).is_none() && cache.size == 0);
    }
}
