//! Processes and descriptors as `/proc` shows them.

use std::fs;
use std::time::{Duration, Instant};

use libtest_mimic::Failed;
use rustix::process::{Pid, Signal};

/// A warden and its worker, which may have ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    pub warden: u32,
    pub worker: Option<u32>,
}

/// A process as its status line shows it.
struct Seen {
    pid: u32,
    parent: u32,
    state: char,
}

fn seen() -> Vec<Seen> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    numbers.filter_map(look_at).collect()
}

fn look_at(pid: u32) -> Option<Seen> {
    let line = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name is in parentheses, and may contain any.
    let (_, rest) = line.rsplit_once(')')?;
    let mut fields = rest.split_ascii_whitespace();
    Some(Seen {
        pid,
        state: fields.next()?.chars().next()?,
        parent: fields.next()?.parse().ok()?,
    })
}

fn is_worker(pid: u32) -> bool {
    fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| line.starts_with(b"jurybox-worker\0"))
}

/// The workers of a host that are alive or being started.
pub fn workers_of(host: u32) -> Vec<Pair> {
    let alive: Vec<Seen> = seen()
        .into_iter()
        .filter(|seen| !matches!(seen.state, 'Z' | 'X'))
        .collect();
    let wardens = alive.iter().filter(|seen| seen.parent == host && is_worker(seen.pid));
    wardens
        .map(|warden| Pair {
            warden: warden.pid,
            worker: alive.iter().find(|seen| seen.parent == warden.pid).map(|seen| seen.pid),
        })
        .collect()
}

/// The workers of this process.
pub fn workers() -> Vec<Pair> {
    workers_of(std::process::id())
}

/// Children of this process that have ended, and wait to be reaped.
pub fn zombies() -> usize {
    let own = std::process::id();
    seen()
        .iter()
        .filter(|seen| seen.parent == own && seen.state == 'Z')
        .count()
}

/// The descriptors of this process.
pub fn descriptors() -> usize {
    fs::read_dir("/proc/self/fd").map_or(0, Iterator::count)
}

/// Whether a process exists, dead or alive.
pub fn exists(pid: u32) -> bool {
    look_at(pid).is_some_and(|seen| seen.state != 'X')
}

/// Ends a process at once; whether there was one to be ended.
pub fn kill(pid: u32) -> bool {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    pid.is_some_and(|pid| rustix::process::kill_process(pid, Signal::KILL).is_ok())
}

/// Waits until something is so. It must become so; the time is only there so that a failure ends.
pub fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) -> Result<(), Failed> {
    let start = Instant::now();
    while !is_so() {
        if start.elapsed() > Duration::from_secs(60) {
            return Err(format!("after a minute, not yet: {what}").into());
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    Ok(())
}
