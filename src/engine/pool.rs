//! The instances that are not judging right now.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::configuration::MAX_INSTANCES;
use super::image::Snapshot;
use super::instance::HogInstance;

/// Clean instances, and a count of all that exist. Each holds the pages that its events touched, typically 100 to
/// 300 KiB.
#[derive(Default)]
pub struct Pool {
    state: Mutex<State>,
    returned: Condvar,
}

#[derive(Default)]
struct State {
    idle: Vec<HogInstance>,
    /// Instances that exist, idle or not.
    live: usize,
}

/// The right to one instance; where the pool has a clean one, it comes with it.
pub struct Lease<'a> {
    pool: &'a Pool,
    instance: Option<HogInstance>,
}

impl Pool {
    /// A lease for a run on this snapshot: with an instance that is already at it, if there is one, else with any,
    /// else with none while the bound on instances allows another one. Waits otherwise.
    pub fn lease(&self, snapshot: Option<&Arc<Snapshot>>) -> Lease<'_> {
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

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lease<'_> {
    /// Takes the instance out; what is not [put back](Self::put_back) is gone.
    pub fn take(&mut self) -> Option<HogInstance> {
        self.instance.take()
    }

    /// Gives a clean instance back, for the next run of this lease or another.
    pub fn put_back(&mut self, instance: HogInstance) {
        self.instance = Some(instance);
    }
}

impl Drop for Lease<'_> {
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
