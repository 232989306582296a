//! What the service holds over time, and whether that grows.

use std::thread;
use std::time::{Duration, Instant};

use crate::server::{Held, Server};

/// Between two looks.
const INTERVAL: Duration = Duration::from_secs(5);
/// What is done in the beginning is not counted: pools and caches fill up.
const WARM_UP: f64 = 0.2;
/// What may vary without being called growth.
const NOISE: f64 = 0.1;

/// Looks again and again.
pub struct Watch<'a> {
    server: &'a Server,
    began: Instant,
    looks: Vec<(Duration, Held)>,
}

impl<'a> Watch<'a> {
    /// Begins to look.
    pub fn begin(server: &'a Server, began: Instant) -> Self {
        Self {
            server,
            began,
            looks: Vec::new(),
        }
    }

    /// Looks until it is over.
    pub fn until(mut self, is_over: impl Fn() -> bool) -> Self {
        while !is_over() {
            thread::sleep(INTERVAL);
            self.looks.push((self.began.elapsed(), self.server.held()));
        }
        self
    }

    /// Shows the course, and compares the beginning with the end; whether nothing has grown.
    pub fn report(&self) -> bool {
        println!("  after s  service KiB  workers KiB  workers  descriptors  threads");
        let step = (self.looks.len() / 12).max(1);
        for (time, held) in self.looks.iter().step_by(step) {
            println!(
                "{:>9.0}  {:>11}  {:>11}  {:>7}  {:>11}  {:>7}",
                time.as_secs_f64(),
                held.server_kib,
                held.workers_kib,
                held.workers,
                held.descriptors,
                held.threads
            );
        }
        let skipped = (self.looks.len() as f64 * WARM_UP) as usize;
        let counted = self.looks.get(skipped..).unwrap_or_default();
        let quarter = (counted.len() / 4).max(1).min(counted.len());
        let (first, last) = (&counted[..quarter], &counted[counted.len() - quarter..]);
        let mut calm = true;
        for (what, of, slack) in [
            (
                "memory of the service, KiB",
                (|held: &Held| held.server_kib) as fn(&Held) -> u64,
                8192.0,
            ),
            ("memory of workers, KiB", |held| held.workers_kib, 32_768.0),
            ("descriptors", |held| held.descriptors, 8.0),
            ("threads", |held| held.threads, 8.0),
        ] {
            let (before, after) = (median(first, of), median(last, of));
            let grew = after > before * (1.0 + NOISE) + slack;
            calm &= !grew;
            let verdict = if grew { "GREW" } else { "steady" };
            println!("{what}: {before:.0} in the first quarter, {after:.0} in the last: {verdict}");
        }
        calm
    }
}

fn median(looks: &[(Duration, Held)], of: fn(&Held) -> u64) -> f64 {
    let mut figures: Vec<u64> = looks.iter().map(|(_, held)| of(held)).collect();
    figures.sort_unstable();
    figures.get(figures.len() / 2).map_or(0.0, |figure| *figure as f64)
}
