//! The memory of this process and of its workers, and taking turns where it is measured.

use std::fs;
use std::process;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

static TURN: RwLock<()> = RwLock::new(());

/// For a test that others may run beside.
pub fn with_others() -> RwLockReadGuard<'static, ()> {
    TURN.read().unwrap_or_else(PoisonError::into_inner)
}

/// For a test that no other may run beside.
pub fn alone() -> RwLockWriteGuard<'static, ()> {
    TURN.write().unwrap_or_else(PoisonError::into_inner)
}

/// Bytes that this process holds of its own: what is mapped from files is anybody's.
pub fn resident() -> u64 {
    resident_of(process::id())
}

/// Bytes that the workers of this process hold, all together.
pub fn resident_of_workers() -> u64 {
    let processes: Vec<(u32, u32)> = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(|process| Some((process, parent(process)?)))
        .collect();
    let mut family = vec![process::id()];
    // Children of children come after their parents, so every round finds at least one generation.
    loop {
        let known = family.len();
        let children = processes
            .iter()
            .filter(|(process, parent)| family.contains(parent) && !family.contains(process));
        let children: Vec<_> = children.map(|(process, _)| *process).collect();
        family.extend(children);
        if family.len() == known {
            break;
        }
    }
    family.iter().skip(1).map(|process| resident_of(*process)).sum()
}

fn parent(process: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // After the name, which may have spaces and brackets of its own: the state and the parent.
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

fn resident_of(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kilobytes.unwrap_or_default() << 10
}
