//! Evaluators that killed too many workers.

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};

use lru::LruCache;

/// The most evaluators whose kills are remembered: of those that killed, the ones that did it last.
const REMEMBERED: NonZeroUsize = NonZeroUsize::new(10_000).unwrap();

/// Events that an evaluator judges without killing anybody before what it did is forgotten.
const FORGIVEN: usize = 1_000;

/// Counts the workers that evaluators killed.
#[derive(Debug)]
pub struct Quarantine {
    /// The kills, and the events judged since the last one.
    kills: Mutex<LruCache<[u8; 32], (u32, usize)>>,
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
            Some(&(kills, _)) if kills >= self.after => Err(Quarantined { kills }),
            _ => Ok(()),
        }
    }

    /// An evaluator killed a worker; how many it has killed by now.
    pub fn note_kill(&self, key: &[u8; 32]) -> u32 {
        let mut kills = self.lock();
        let (count, since) = kills.get_or_insert_mut(*key, || (0, 0));
        *since = 0;
        *count = count.saturating_add(1);
        *count
    }

    /// An evaluator judged so many events and killed nobody. Workers have other reasons to die, too, so kills that were few
    /// are forgotten when it has judged enough of them.
    pub fn note_answers(&self, key: &[u8; 32], events: usize) {
        let mut kills = self.lock();
        let Some((_, since)) = kills.peek_mut(key) else { return };
        *since = since.saturating_add(events);
        if *since >= FORGIVEN {
            kills.pop(key);
        }
    }

    /// Forgets what an evaluator did; whether it was refused.
    pub fn release(&self, key: &[u8; 32]) -> bool {
        self.lock().pop(key).is_some_and(|(kills, _)| kills >= self.after)
    }

    fn lock(&self) -> MutexGuard<'_, LruCache<[u8; 32], (u32, usize)>> {
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
    fn what_was_long_ago_is_forgotten() {
        let quarantine = Quarantine::new(3);
        let key = key(1);
        quarantine.note_kill(&key);
        quarantine.note_answers(&key, FORGIVEN - 1);
        quarantine.note_kill(&key);
        quarantine.note_answers(&key, FORGIVEN - 1);
        assert_eq!(quarantine.note_kill(&key), 3);
        assert!(quarantine.check(&key).is_err());
        let other = self::key(2);
        quarantine.note_kill(&other);
        quarantine.note_answers(&other, FORGIVEN);
        assert_eq!(quarantine.note_kill(&other), 1);
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
