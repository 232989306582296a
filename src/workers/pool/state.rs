//! What a worker has been given.

use std::num::NonZeroUsize;

use lru::LruCache;

use crate::workers::MAX_LOADED;
use crate::workers::protocol::message::Runtime;

/// What a worker has been given, as far as the host knows. The worker keeps the same list in the same way, and says so
/// when it has nevertheless nothing under a handle.
#[derive(Debug)]
pub struct WorkerState {
    loaded: LruCache<u64, ()>,
    runtimes: Vec<Runtime>,
    evaluations: u64,
}

impl Default for WorkerState {
    fn default() -> Self {
        const MOST: NonZeroUsize = NonZeroUsize::new(MAX_LOADED).unwrap();
        Self {
            loaded: LruCache::new(MOST),
            runtimes: Vec::new(),
            evaluations: 0,
        }
    }
}

impl WorkerState {
    /// Whether a metric is loaded that is about to be used: it then counts as the one used last, here as in the worker.
    pub fn is_loaded(&mut self, handle: u64) -> bool {
        self.loaded.get(&handle).is_some()
    }

    /// A metric was loaded. The one that was used the longest time ago may have gone for it.
    pub fn note_loaded(&mut self, handle: u64) {
        self.loaded.put(handle, ());
    }

    /// A metric is not loaded after all.
    pub fn forget(&mut self, handle: u64) {
        self.loaded.pop(&handle);
    }

    /// Whether it has the machine code of a runtime.
    #[must_use]
    pub fn has_runtime(&self, runtime: Runtime) -> bool {
        self.runtimes.contains(&runtime)
    }

    /// It was given the machine code of a runtime.
    pub fn note_runtime(&mut self, runtime: Runtime) {
        if !self.has_runtime(runtime) {
            self.runtimes.push(runtime);
        }
    }

    /// Evaluations (or compilations) that it did.
    #[must_use]
    pub fn evaluations(&self) -> u64 {
        self.evaluations
    }

    /// It did one more.
    pub fn note_evaluation(&mut self) {
        self.evaluations = self.evaluations.saturating_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_used_for_longest_goes_first() {
        let mut state = WorkerState::default();
        let most = MAX_LOADED as u64;
        for handle in 0..most {
            assert!(!state.is_loaded(handle));
            state.note_loaded(handle);
        }
        assert!(state.is_loaded(0));
        state.note_loaded(most);
        assert!(state.is_loaded(0) && !state.is_loaded(1) && state.is_loaded(2));
        state.forget(2);
        assert!(!state.is_loaded(2));
    }

    #[test]
    fn a_runtime_is_given_once() {
        let mut state = WorkerState::default();
        assert!(!state.has_runtime(Runtime::Hog));
        state.note_runtime(Runtime::Hog);
        assert!(state.has_runtime(Runtime::Hog) && !state.has_runtime(Runtime::Python));
    }
}
