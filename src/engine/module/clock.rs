//! Running a guest with an eye on the clock.

use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use crate::engine::run::DeadlinePassed;

/// When a run started and how long it may take.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    /// When it started.
    pub started: Instant,
    deadline: Duration,
}

impl Clock {
    /// From now on.
    pub fn start(deadline: Duration) -> Self {
        Self {
            started: Instant::now(),
            deadline,
        }
    }

    /// When the run must be over; `None` if that is too far away to tell.
    pub fn end(&self) -> Option<Instant> {
        self.started.checked_add(self.deadline)
    }

    /// Runs a guest in slices of fuel, with a look at the clock in between. There is nothing else to wait for: no function
    /// of the host waits.
    pub fn run<T>(&self, guest: impl Future<Output = wasmtime::Result<T>>) -> wasmtime::Result<T> {
        let mut guest = pin!(guest);
        let mut context = Context::from_waker(Waker::noop());
        loop {
            match guest.as_mut().poll(&mut context) {
                Poll::Ready(result) => return result,
                Poll::Pending if self.started.elapsed() >= self.deadline => {
                    return Err(wasmtime::Error::from(DeadlinePassed));
                }
                Poll::Pending => {}
            }
        }
    }
}
