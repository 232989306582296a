//! What is kept for the next event although nobody holds it: so many entries, and so many bytes.

use std::hash::Hash;
use std::num::NonZeroUsize;

use lru::LruCache;

/// Bytes that all entries may hold. A snippet may keep as much memory where it is loaded as it may have at all, so that
/// their number says nothing.
const MOST: usize = 384 << 20;

/// Entries and the bytes that they hold. What was not used for the longest goes first; the last one put in stays,
/// however large it is.
pub struct Kept<K: Hash + Eq, V> {
    entries: LruCache<K, (V, usize)>,
    bytes: usize,
}

impl<K: Hash + Eq, V> Kept<K, V> {
    /// Nothing yet, and at most so many entries.
    pub fn new(entries: NonZeroUsize) -> Self {
        Self {
            entries: LruCache::new(entries),
            bytes: 0,
        }
    }

    /// An entry, which is used by that.
    pub fn get(&mut self, key: &K) -> Option<&V> {
        self.entries.get(key).map(|(value, _)| value)
    }

    /// Keeps a value that holds so many bytes.
    pub fn put(&mut self, key: K, value: V, bytes: usize) {
        let replaced = self.entries.push(key, (value, bytes));
        self.bytes = self.bytes.saturating_add(bytes);
        self.forgotten(replaced);
        while self.bytes > MOST && self.entries.len() > 1 {
            let oldest = self.entries.pop_lru();
            self.forgotten(oldest);
        }
    }

    fn forgotten(&mut self, entry: Option<(K, (V, usize))>) {
        if let Some((_, (_, bytes))) = entry {
            self.bytes = self.bytes.saturating_sub(bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_and_bytes_are_bounded() {
        let mut kept = Kept::new(NonZeroUsize::new(3).expect("not zero"));
        for number in 0..4 {
            kept.put(number, number, 10);
        }
        assert_eq!((kept.get(&0), kept.get(&1), kept.bytes), (None, Some(&1), 30));
        kept.put(1, 7, 20);
        assert_eq!((kept.get(&1), kept.bytes), (Some(&7), 40));
        kept.put(9, 9, MOST - 20);
        assert_eq!((kept.get(&3), kept.get(&1), kept.bytes), (None, Some(&7), MOST));
        kept.put(10, 10, MOST + 1);
        assert_eq!((kept.get(&1), kept.get(&10), kept.bytes), (None, Some(&10), MOST + 1));
        kept.put(11, 11, 0);
        assert_eq!((kept.get(&10), kept.get(&11), kept.bytes), (None, Some(&11), 0));
    }
}
