//! Standard output, buffered for speed and flushed for people.

use std::io::{self, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::time::{Duration, Instant};

use super::progress::Progress;

/// Bytes that are worth a write.
const BUFFER: usize = 64 << 10;
/// How long a result may lie in the buffer while more is expected any moment.
const DELAY: Duration = Duration::from_millis(50);

/// Standard output with a progress bar that makes way for it.
pub struct Output {
    buffer: Vec<u8>,
    flushed: Instant,
    progress: Progress,
}

impl Output {
    /// Standard output and this progress bar.
    pub fn new(progress: Progress) -> Self {
        Self {
            buffer: Vec::with_capacity(BUFFER),
            flushed: Instant::now(),
            progress,
        }
    }

    /// The next message; `None` when the sender is gone. While it waits, everything written so far becomes visible.
    pub fn receive<T>(&mut self, receiver: &Receiver<T>) -> io::Result<Option<T>> {
        match receiver.try_recv() {
            Ok(message) => return Ok(Some(message)),
            Err(TryRecvError::Disconnected) => return Ok(None),
            Err(TryRecvError::Empty) => {}
        }
        match receiver.recv_timeout(DELAY.saturating_sub(self.flushed.elapsed())) {
            Ok(message) => return Ok(Some(message)),
            Err(RecvTimeoutError::Disconnected) => return Ok(None),
            Err(RecvTimeoutError::Timeout) => {}
        }
        self.flush()?;
        Ok(receiver.recv().ok())
    }

    /// Moves the progress bar: so many bytes of the input are done.
    pub fn read_so_far(&mut self, bytes: u64) {
        self.progress.set(bytes);
    }

    /// Writes what is left and takes the progress bar away.
    pub fn finish(&mut self) -> io::Result<()> {
        self.progress.clear();
        self.flush()
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= BUFFER {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.flushed = Instant::now();
        if self.buffer.is_empty() {
            return Ok(());
        }
        let buffer = &self.buffer;
        self.progress.suspend(|| {
            let mut out = io::stdout().lock();
            out.write_all(buffer)?;
            out.flush()
        })?;
        self.buffer.clear();
        Ok(())
    }
}
