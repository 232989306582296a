//! The progress bar of long runs, for people at terminals.

use std::io::{self, IsTerminal as _};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// Runs that are over before this get no bar.
const LONG: Duration = Duration::from_secs(1);

/// Shows how far it is, once it takes long.
pub struct Progress {
    bar: Option<ProgressBar>,
    bytes: Option<u64>,
    started: Instant,
    is_possible: bool,
}

impl Progress {
    /// Progress through so many bytes of input, if that is known.
    pub fn new(bytes: Option<u64>) -> Self {
        // A reader who sees the results come in needs no bar to know that something happens.
        let is_possible = io::stderr().is_terminal() && !io::stdout().is_terminal();
        Self {
            bar: None,
            bytes,
            started: Instant::now(),
            is_possible,
        }
    }

    /// So many bytes are done.
    pub fn set(&mut self, bytes: u64) {
        if !self.is_possible || (self.bar.is_none() && self.started.elapsed() < LONG) {
            return;
        }
        let (total, started) = (self.bytes, self.started);
        self.bar
            .get_or_insert_with(|| new_bar(total, started.elapsed()))
            .set_position(bytes);
    }

    /// Does something while the bar is not in the way.
    pub fn suspend<T>(&self, work: impl FnOnce() -> T) -> T {
        match &self.bar {
            Some(bar) => bar.suspend(work),
            None => work(),
        }
    }

    /// Takes the bar away.
    pub fn clear(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

fn new_bar(total: Option<u64>, elapsed: Duration) -> ProgressBar {
    let (bar, template) = match total {
        Some(total) => (
            ProgressBar::new(total),
            "{bar:30} {percent:>3} %  {binary_bytes} of {binary_total_bytes}, {eta} left",
        ),
        None => (ProgressBar::no_length(), "{spinner} {binary_bytes} judged in {elapsed}"),
    };
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.with_style(style.progress_chars("━━─")).with_elapsed(elapsed)
}
