//! When to try again.

use std::time::{Duration, Instant};

/// The first pause after a failure.
const FIRST: Duration = Duration::from_millis(10);
/// The longest pause.
const LONGEST: Duration = Duration::from_secs(2);
/// Failures in a row after which nobody is kept waiting.
const MANY: u32 = 3;

/// Interruptions in a row that count as a failure: it may be for want of memory that they happen.
const INTERRUPTIONS: u32 = 30;

/// Failures in a row, and the pause after them.
#[derive(Debug, Default)]
pub struct Backoff {
    failures: u32,
    interruptions: u32,
    until: Option<Instant>,
}

impl Backoff {
    /// Something failed. What fails during the pause failed for the same reason, and is not counted.
    pub fn fail(&mut self, now: Instant) {
        if self.until.is_some_and(|until| now < until) {
            return;
        }
        let pause = FIRST.saturating_mul(1 << self.failures.min(16)).min(LONGEST);
        self.failures += 1;
        self.until = Some(now + pause);
    }

    /// Something failed for which there is no hope.
    pub fn fail_for_good(&mut self, now: Instant) {
        self.fail(now);
        self.failures = self.failures.max(MANY);
    }

    /// Something was prevented from outside, which says little about the next time.
    pub fn interrupt(&mut self, now: Instant) {
        self.interruptions += 1;
        if self.interruptions >= INTERRUPTIONS {
            self.interruptions = 0;
            self.fail(now);
        } else if self.until.is_none_or(|until| until <= now) {
            self.until = Some(now + FIRST);
        }
    }

    /// Something succeeded.
    pub fn succeed(&mut self) {
        *self = Self::default();
    }

    /// Whether there was a failure, and no success since.
    pub fn has_failed(&self) -> bool {
        self.failures > 0
    }

    /// Whether so much failed that nobody should be kept waiting.
    pub fn is_hopeless(&self) -> bool {
        self.failures >= MANY
    }

    /// The time that is left of the pause.
    pub fn left(&self, now: Instant) -> Duration {
        self.until
            .map_or(Duration::ZERO, |until| until.saturating_duration_since(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_doubles_up_to_a_bound() {
        let mut backoff = Backoff::default();
        let mut now = Instant::now();
        let mut pauses = Vec::new();
        for _ in 0..10 {
            backoff.fail(now);
            let pause = backoff.left(now);
            pauses.push(pause.as_millis());
            now += pause;
            assert_eq!(backoff.left(now), Duration::ZERO);
        }
        assert_eq!(pauses, [10, 20, 40, 80, 160, 320, 640, 1280, 2000, 2000]);
        backoff.succeed();
        assert!(!backoff.has_failed());
        backoff.fail(now);
        assert_eq!(backoff.left(now).as_millis(), 10);
    }

    #[test]
    fn interruptions_count_little() {
        let mut backoff = Backoff::default();
        let mut now = Instant::now();
        for _ in 1..INTERRUPTIONS {
            backoff.interrupt(now);
            assert_eq!(backoff.left(now), FIRST);
            now += FIRST;
        }
        assert!(!backoff.has_failed());
        backoff.interrupt(now);
        assert!(backoff.has_failed() && !backoff.is_hopeless());
    }

    #[test]
    fn what_fails_at_the_same_time_counts_once() {
        let mut backoff = Backoff::default();
        let now = Instant::now();
        for _ in 0..100 {
            backoff.fail(now);
        }
        assert_eq!(backoff.left(now).as_millis(), 10);
        assert!(!backoff.is_hopeless());
        backoff.fail_for_good(now);
        assert!(backoff.is_hopeless());
    }
}
