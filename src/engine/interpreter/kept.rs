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
        let state = |kept: &mut Kept<u32, u32>| ([0, 1, 3, 9, 10, 11].map(|key| kept.get(&key).copied()), kept.bytes);
        for number in 0..4 {
            kept.put(number, number, 10);
        }
        assert_eq!(state(&mut kept), ([None, Some(1), Some(3), None, None, None], 30));
        kept.put(1, 7, 20);
        assert_eq!(state(&mut kept), ([None, Some(7), Some(3), None, None, None], 40));
        kept.put(9, 9, MOST - 10);
        assert_eq!(state(&mut kept), ([None, None, Some(3), Some(9), None, None], MOST));
        kept.put(10, 10, MOST + 1);
        assert_eq!(state(&mut kept), ([None, None, None, None, Some(10), None], MOST + 1));
        kept.put(11, 11, 0);
        assert_eq!(state(&mut kept), ([None, None, None, None, None, Some(11)], 0));
    }
}
