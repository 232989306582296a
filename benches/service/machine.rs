//! What the figures were measured on.

use std::fs;
use std::num::NonZeroUsize;
use std::thread;

/// Processor, how many of it, and the system.
pub fn describe() -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let information = read("/proc/cpuinfo");
    let model = information.lines().find_map(|line| line.strip_prefix("model name"));
    let model = model
        .unwrap_or("an unknown processor")
        .trim_start_matches([' ', '\t', ':']);
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let load = read("/proc/loadavg");
    let load = load.split(' ').next().unwrap_or("?");
    format!(
        "{model}, {cores} cores, Linux {}; load before: {load}; clients on the same machine",
        read("/proc/sys/kernel/osrelease").trim()
    )
}
