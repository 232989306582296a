//! How much of a stream was read and is not judged yet.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// Bytes of a stream that are read before they are judged. A client that sends no more than this need not read while it
/// writes.
pub const READ_AHEAD: usize = 1 << 20;

/// The chunks of a stream that were read and are not judged yet.
#[derive(Debug)]
pub struct Backlog {
    chunks: AtomicUsize,
    emptied: Notify,
    room: Arc<Semaphore>,
}

impl Default for Backlog {
    fn default() -> Self {
        Self {
            chunks: AtomicUsize::new(0),
            emptied: Notify::new(),
            room: Arc::new(Semaphore::new(READ_AHEAD)),
        }
    }
}

impl Backlog {
    /// Whether everything that was read is judged.
    pub fn is_empty(&self) -> bool {
        self.chunks.load(Ordering::Acquire) == 0
    }

    /// Waits until it has become empty.
    pub async fn emptied(&self) {
        self.emptied.notified().await;
    }

    /// Waits for room for a chunk of so many bytes, and adds it.
    pub async fn add(self: &Arc<Self>, bytes: usize) -> Place {
        let bytes = u32::try_from(bytes.min(READ_AHEAD)).unwrap_or(u32::MAX);
        // It is never closed.
        let room = Arc::clone(&self.room).acquire_many_owned(bytes).await.ok();
        self.chunks.fetch_add(1, Ordering::AcqRel);
        Place {
            backlog: Arc::clone(self),
            room,
        }
    }
}

/// The place of a chunk in the backlog.
#[derive(Debug)]
pub struct Place {
    backlog: Arc<Backlog>,
    room: Option<OwnedSemaphorePermit>,
}

impl Place {
    /// Gives the room back for others: judging has begun.
    pub fn begin(&mut self) {
        self.room.take();
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.backlog.chunks.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.backlog.emptied.notify_one();
        }
    }
}
