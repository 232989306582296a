//! The instances that are not judging right now.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::configuration::MAX_INSTANCES;
use super::image::Snapshot;

/// An instance that is equal to a snapshot between events.
pub trait Rewindable {
    /// The snapshot.
    fn state(&self) -> &Arc<Snapshot>;
}

/// Clean instances of one runtime, and a count of all that exist. Each holds the pages that its events touched: for Hog
/// typically 100 to 300 KiB, for Python up to 2 MiB.
pub struct Pool<I> {
    state: Mutex<State<I>>,
    returned: Condvar,
}

struct State<I> {
    idle: Vec<I>,
    /// Instances that exist, idle or not.
    live: usize,
}

impl<I> Default for Pool<I> {
    fn default() -> Self {
        Self {
            state: Mutex::new(State {
                idle: Vec::new(),
                live: 0,
            }),
            returned: Condvar::new(),
        }
    }
}

/// The right to one instance; where the pool has a clean one, it comes with it.
pub struct Lease<'a, I> {
    pool: &'a Pool<I>,
    instance: Option<I>,
}

impl<I: Rewindable> Pool<I> {
    /// A lease for a run on this snapshot: with an instance that is already at it, if there is one, else with any,
    /// else with none while the bound on instances allows another one. Waits otherwise.
    pub fn lease(&self, snapshot: Option<&Arc<Snapshot>>) -> Lease<'_, I> {
        let mut state = self.lock();
        loop {
            let fitting = snapshot.and_then(|wanted| {
                state
                    .idle
                    .iter()
                    .rposition(|instance| Arc::ptr_eq(instance.state(), wanted))
            });
            let instance = match fitting {
                Some(index) => Some(state.idle.swap_remove(index)),
                // An instance at another snapshot is still better than a new one, but not before the pool is in use.
                None => state.idle.pop(),
            };
            if instance.is_some() {
                return Lease { pool: self, instance };
            }
            if state.live < MAX_INSTANCES as usize {
                state.live += 1;
                return Lease {
                    pool: self,
                    instance: None,
                };
            }
            state = self.returned.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl<I> Pool<I> {
    fn lock(&self) -> MutexGuard<'_, State<I>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<I> Lease<'_, I> {
    /// Takes the instance out; what is not [put back](Self::put_back) is gone.
    pub fn take(&mut self) -> Option<I> {
        self.instance.take()
    }

    /// Gives a clean instance back, for the next run of this lease or another.
    pub fn put_back(&mut self, instance: I) {
        self.instance = Some(instance);
    }
}

impl<I> Drop for Lease<'_, I> {
    fn drop(&mut self) {
        let mut state = self.pool.lock();
        match self.instance.take() {
            Some(instance) => state.idle.push(instance),
            None => state.live -= 1,
        }
        drop(state);
        self.pool.returned.notify_one();
    }
}
