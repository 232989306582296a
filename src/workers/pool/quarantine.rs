//! Evaluators that killed too many workers.

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};

use lru::LruCache;

/// The most evaluators whose kills are remembered: of those that killed, the ones that did it last.
const REMEMBERED: NonZeroUsize = NonZeroUsize::new(10_000).unwrap();

/// Counts the workers that evaluators killed.
#[derive(Debug)]
pub struct Quarantine {
    kills: Mutex<LruCache<[u8; 32], u32>>,
    after: u32,
}

/// An evaluator is not run any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quarantined {
    /// The workers that it killed.
    pub kills: u32,
}

impl Quarantine {
    /// Evaluators are refused after so many kills, at least one.
    #[must_use]
    pub fn new(after: u32) -> Self {
        Self {
            kills: Mutex::new(LruCache::new(REMEMBERED)),
            after: after.max(1),
        }
    }

    /// Whether an evaluator may be run.
    ///
    /// # Errors
    /// When it killed too many workers.
    pub fn check(&self, key: &[u8; 32]) -> Result<(), Quarantined> {
        // Looking does not keep a count alive: what is only refused has killed nobody lately.
        match self.lock().peek(key) {
            Some(&kills) if kills >= self.after => Err(Quarantined { kills }),
            _ => Ok(()),
        }
    }

    /// An evaluator killed a worker; how many it has killed by now.
    pub fn note_kill(&self, key: &[u8; 32]) -> u32 {
        let mut kills = self.lock();
        let count = kills.get_or_insert_mut(*key, || 0);
        *count = count.saturating_add(1);
        *count
    }

    /// Forgets what an evaluator did; whether it was refused.
    pub fn release(&self, key: &[u8; 32]) -> bool {
        self.lock().pop(key).is_some_and(|kills| kills >= self.after)
    }

    fn lock(&self) -> MutexGuard<'_, LruCache<[u8; 32], u32>> {
        self.kills.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Display for Quarantined {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let workers = if self.kills == 1 { "worker" } else { "workers" };
        write!(
            formatter,
            "this metric has killed {} {workers} and is not run any more until it is released or the program is restarted",
            self.kills
        )
    }
}

impl std::error::Error for Quarantined {}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: u64) -> [u8; 32] {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&number.to_le_bytes());
        key
    }

    #[test]
    fn the_third_kill_is_the_last() {
        let quarantine = Quarantine::new(3);
        for kills in 1..=3 {
            assert_eq!(quarantine.check(&key(1)), Ok(()));
            assert_eq!(quarantine.note_kill(&key(1)), kills);
        }
        let refused = quarantine.check(&key(1)).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "this metric has killed 3 workers and is not run any more until it is released or the program is restarted"
        );
        assert_eq!(quarantine.check(&key(2)), Ok(()), "others go on");
        assert!(quarantine.release(&key(1)));
        assert!(!quarantine.release(&key(1)));
        assert_eq!(quarantine.check(&key(1)), Ok(()));
    }

    #[test]
    fn kills_are_not_remembered_for_ever() {
        let quarantine = Quarantine::new(1);
        for number in 0..=REMEMBERED.get() as u64 {
            quarantine.note_kill(&key(number));
        }
        assert_eq!(quarantine.check(&key(0)), Ok(()));
        assert_eq!(quarantine.check(&key(1)), Err(Quarantined { kills: 1 }));
        assert_eq!(quarantine.lock().len(), REMEMBERED.get());
    }
}
