//! The memory that a worker holds.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;

use serde::{Deserialize, Serialize};

/// What bounds the memory of workers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MemoryCap {
    /// The kernel: each worker has a control group of its own. The memory is watched besides.
    Cgroup,
    /// The host: it looks now and then how much a worker holds. No control group is delegated to this program.
    WatchedRss,
}

/// How much memory a process holds. The descriptor was opened while it was known which process has the number, and
/// stays with that process.
#[derive(Debug)]
pub struct ResidentMemory {
    pages: File,
    page_size: u64,
}

impl ResidentMemory {
    /// That of this process.
    ///
    /// # Errors
    /// When `/proc` does not show it.
    pub fn of(pid: u32) -> io::Result<Self> {
        Ok(Self {
            pages: File::open(format!("/proc/{pid}/statm"))?,
            page_size: rustix::param::page_size() as u64,
        })
    }

    /// Bytes that are in memory and come from no file: all that the process wrote to. The program's code, and machine code
    /// that it was given, are not counted. 0 when it has ended.
    pub fn bytes(&self) -> u64 {
        let mut text = [0; 256];
        let length = self.pages.read_at(&mut text, 0).unwrap_or(0);
        let pages = text.get(..length).and_then(anonymous_pages).unwrap_or(0);
        pages.saturating_mul(self.page_size)
    }
}

/// The resident pages of `statm` without those that are of files or shared.
fn anonymous_pages(statm: &[u8]) -> Option<u64> {
    let mut fields = std::str::from_utf8(statm).ok()?.split_ascii_whitespace();
    let resident: u64 = fields.nth(1)?.parse().ok()?;
    let shared: u64 = fields.next()?.parse().ok()?;
    Some(resident.saturating_sub(shared))
}

/// The parent of a process.
pub fn parent(pid: u32) -> io::Result<u32> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("PPid:"));
    line.and_then(|number| number.trim().parse().ok())
        .ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// Makes a process the first one that the kernel ends when the whole machine runs out of memory: rather a worker than
/// the host, or than anybody else. Where that is refused nothing is lost.
pub fn sacrifice_first(pid: u32) {
    let _ = fs::write(format!("/proc/{pid}/oom_score_adj"), "1000");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_pages_are_not_counted() {
        assert_eq!(anonymous_pages(b"9000 700 300 1 0 5000 0\n"), Some(400));
        assert_eq!(anonymous_pages(b"9000 700"), None);
        assert_eq!(anonymous_pages(b""), None);
        assert_eq!(anonymous_pages(b"1 2 3"), Some(0));
    }

    #[test]
    fn this_process_holds_what_it_writes_to() {
        let memory = ResidentMemory::of(std::process::id()).unwrap();
        let block = vec![1_u8; 64 << 20];
        assert!(memory.bytes() >= 64 << 20, "{}", memory.bytes());
        drop(block);
    }

    #[test]
    fn the_parent_is_known() {
        assert_eq!(parent(std::process::id()).unwrap(), std::os::unix::process::parent_id());
        assert!(parent(u32::MAX).is_err());
    }
}
