//! Processes as `/proc` shows them.

use std::fs;
use std::time::{Duration, Instant};

use libtest_mimic::Failed;
use rustix::thread::{CapabilitySet, capabilities};

/// A field of `/proc/PID/status`.
pub fn status(process: u32, field: &str) -> Option<String> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let mut lines = status.lines().filter_map(|line| line.split_once(':'));
    lines
        .find(|(name, _)| *name == field)
        .map(|(_, value)| value.trim().to_owned())
}

/// The living children of a process that were started as workers or are forks of such.
pub fn workers_of(parent: u32) -> Vec<u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let processes = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    processes
        .filter(|process| is_child(*process, parent) && is_worker(*process))
        .collect()
}

fn is_child(process: u32, parent: u32) -> bool {
    let is_alive = status(process, "State").is_some_and(|state| !state.starts_with(['Z', 'X']));
    is_alive && status(process, "PPid") == Some(parent.to_string())
}

fn is_worker(process: u32) -> bool {
    fs::read(format!("/proc/{process}/cmdline")).is_ok_and(|line| line.starts_with(b"jurybox-worker\0"))
}

/// Whether a process is there and not just waited for.
pub fn is_alive(process: u32) -> bool {
    status(process, "State").is_some_and(|state| !state.starts_with(['Z', 'X']))
}

/// Waits until something is so, for a while.
pub fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) -> Result<(), Failed> {
    let start = Instant::now();
    while !is_so() {
        if start.elapsed() > Duration::from_secs(10) {
            return Err(format!("after 10 s, not yet: {what}").into());
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

/// Ends a process at once.
pub fn kill(process: u32) -> Result<(), Failed> {
    let process = nix::unistd::Pid::from_raw(i32::try_from(process)?);
    Ok(nix::sys::signal::kill(process, nix::sys::signal::Signal::SIGKILL)?)
}

/// Whether this process may look into others that hide from their own user.
pub fn may_look() -> bool {
    has(CapabilitySet::SYS_PTRACE)
}

/// Whether this process is root and may become nobody: not without the capability, and not in a user namespace that has
/// no nobody.
pub fn may_leave_root() -> bool {
    let map = fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
    let has_nobody = |line: &str| {
        let mut numbers = line
            .split_whitespace()
            .map(|number| number.parse::<u64>().unwrap_or_default());
        let (first, _, count) = (numbers.next()?, numbers.next()?, numbers.next()?);
        Some((first..first.saturating_add(count)).contains(&65534))
    };
    has(CapabilitySet::SETUID) && map.lines().any(|line| has_nobody(line) == Some(true))
}

fn has(capability: CapabilitySet) -> bool {
    capabilities(None).is_ok_and(|sets| sets.effective.contains(capability))
}
