//! How many instances may exist at once.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::engine::configuration::MAX_INSTANCES;

/// Lets [`MAX_INSTANCES`] in and has the others wait.
#[derive(Debug, Default)]
pub struct Gate {
    inside: Mutex<u32>,
    left: Condvar,
}

/// The right to one instance.
#[derive(Debug)]
pub struct Pass<'a> {
    gate: &'a Gate,
}

impl Gate {
    /// A pass, as soon as there is one.
    pub fn enter(&self) -> Pass<'_> {
        let mut inside = self.lock();
        while *inside >= MAX_INSTANCES {
            inside = self.left.wait(inside).unwrap_or_else(PoisonError::into_inner);
        }
        *inside += 1;
        Pass { gate: self }
    }

    fn lock(&self) -> MutexGuard<'_, u32> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        *self.gate.lock() -= 1;
        self.gate.left.notify_one();
    }
}
