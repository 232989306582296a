//! A clean instance for almost nothing: after an event, the pages of memory that it changed are copied back from the
//! image, so that the next event finds memory byte-identical to that of a new instance, without a system call or a page
//! fault.
//!
//! Which pages? Memory is mapped copy-on-write, so a page that was written to is a private copy, and the kernel lists
//! those (`PAGEMAP_SCAN`, Linux 6.7). A page becomes private by a page fault, and page faults of the thread are
//! counted: if an event caused none, it wrote to no page that was not private before, and the list of last time is
//! still complete. Every doubt (an error, too many pages) makes [`Rewind::restore`] refuse, and the instance is
//! replaced by a new one.
//!
//! This file holds all of that, including the one `unsafe` call; nobody else knows whether an instance was rewound.

use super::image::{PAGE, Snapshot};

/// More private pages than this, and a new instance is cheaper than a rewound one. 4 MiB.
const MAX_PAGES: usize = 1024;

/// What is known of the private pages of one memory.
#[derive(Debug, Default)]
pub struct Rewind {
    /// The private pages, by number, as far as `complete`.
    private: Vec<u32>,
    complete: bool,
}

/// The memory could not be restored; the instance must not be used again.
#[derive(Debug, PartialEq, Eq)]
pub struct Refused;

impl Rewind {
    /// Makes `memory` equal to `snapshot`. Before the event it must have been equal to it, and `faults` are the page
    /// faults of this thread since then; the memory was written to by this thread only.
    pub fn restore(&mut self, memory: &mut [u8], snapshot: &Snapshot, faults: u64) -> Result<(), Refused> {
        if faults > 0 || !self.complete {
            self.scan(memory)?;
        }
        for page in &self.private {
            copy_page(memory, *page, snapshot)?;
        }
        Ok(())
    }

    /// Makes `memory`, which is equal to `from`, equal to `to`, another snapshot of the same image.
    pub fn retarget(&mut self, memory: &mut [u8], from: &Snapshot, to: &Snapshot) -> Result<(), Refused> {
        for page in from.changed().chain(to.changed()) {
            copy_page(memory, page, to)?;
        }
        // The pages just written to may be new private ones.
        self.complete = false;
        Ok(())
    }

    /// The pages of `memory` that differ from the image it was mapped from, and perhaps some that do not.
    pub fn scan(&mut self, memory: &[u8]) -> Result<&[u32], Refused> {
        self.complete = false;
        self.private.clear();
        private_pages(memory, &mut self.private)?;
        self.complete = true;
        Ok(&self.private)
    }
}

fn copy_page(memory: &mut [u8], page: u32, snapshot: &Snapshot) -> Result<(), Refused> {
    let start = page as usize * PAGE;
    memory
        .get_mut(start..start + PAGE)
        .ok_or(Refused)?
        .copy_from_slice(snapshot.page(page));
    Ok(())
}

/// Page faults of this thread so far; `None` where they are not counted.
#[cfg(target_os = "linux")]
pub fn page_faults() -> Option<u64> {
    use nix::sys::resource::{UsageWho, getrusage};
    let usage = getrusage(UsageWho::RUSAGE_THREAD).ok()?;
    u64::try_from(usage.minor_page_faults() + usage.major_page_faults()).ok()
}

/// Page faults of this thread so far; `None` where they are not counted.
#[cfg(not(target_os = "linux"))]
pub fn page_faults() -> Option<u64> {
    None
}

/// Page faults of this thread since `before`; as many as can be where they are not counted.
pub fn faults_since(before: Option<u64>) -> u64 {
    match (before, page_faults()) {
        (Some(before), Some(after)) => after.wrapping_sub(before),
        _ => u64::MAX,
    }
}

#[cfg(target_os = "linux")]
fn private_pages(memory: &[u8], pages: &mut Vec<u32>) -> Result<(), Refused> {
    linux::private_pages(memory, pages)
}

#[cfg(not(target_os = "linux"))]
fn private_pages(_memory: &[u8], _pages: &mut Vec<u32>) -> Result<(), Refused> {
    Err(Refused)
}

/// Whether this system can tell which pages are private: tried on a page that is, and one that is not.
#[must_use]
pub fn is_available() -> bool {
    let mut memory = vec![0_u8; 4 * PAGE];
    let offset = memory.as_ptr().align_offset(PAGE);
    let Some(aligned) = memory.get_mut(offset..offset + 2 * PAGE) else {
        return false;
    };
    aligned.fill(1);
    let mut pages = Vec::new();
    private_pages(aligned, &mut pages).is_ok() && pages == [0, 1] && page_faults().is_some()
}

#[cfg(target_os = "linux")]
mod linux {
    use std::fs::File;
    use std::os::fd::AsRawFd;
    use std::sync::OnceLock;

    use nix::libc;

    use super::{MAX_PAGES, PAGE, Refused};

    /// `struct pm_scan_arg` of the kernel's `fs.h`.
    #[repr(C)]
    #[derive(Default)]
    struct ScanArguments {
        size: u64,
        flags: u64,
        start: u64,
        end: u64,
        walk_end: u64,
        regions: u64,
        regions_length: u64,
        max_pages: u64,
        category_inverted: u64,
        category_mask: u64,
        category_any_of: u64,
        return_mask: u64,
    }

    /// `struct page_region` of the kernel's `fs.h`.
    #[repr(C)]
    #[derive(Clone, Copy, Default)]
    struct Region {
        start: u64,
        end: u64,
        categories: u64,
    }

    /// `_IOWR('f', 16, struct pm_scan_arg)`.
    const PAGEMAP_SCAN: u64 = 3 << 30 | 96 << 16 | 0x66 << 8 | 16;
    const IS_FILE: u64 = 1 << 2;
    const IS_PRESENT: u64 = 1 << 3;
    const IS_SWAPPED: u64 = 1 << 4;
    const IS_ZERO: u64 = 1 << 5;
    const REGIONS: usize = 256;

    /// The page map of this very process. After a fork it would be the parent's: the child must not evaluate.
    fn pagemap() -> Result<&'static File, Refused> {
        static PAGEMAP: OnceLock<Option<(u32, File)>> = OnceLock::new();
        let opened = PAGEMAP.get_or_init(|| Some((std::process::id(), File::open("/proc/self/pagemap").ok()?)));
        match opened {
            Some((process, file)) if *process == std::process::id() => Ok(file),
            _ => Err(Refused),
        }
    }

    pub fn private_pages(memory: &[u8], pages: &mut Vec<u32>) -> Result<(), Refused> {
        let pagemap = pagemap()?;
        let base = memory.as_ptr() as u64;
        let end = base + memory.len() as u64;
        let mut start = base;
        while start < end {
            let mut regions = [Region::default(); REGIONS];
            let mut arguments = ScanArguments {
                size: size_of::<ScanArguments>() as u64,
                start,
                end,
                regions: regions.as_mut_ptr() as u64,
                regions_length: REGIONS as u64,
                // Neither backed by the image's file nor the shared page of zeros: a copy of our own. It may have been
                // swapped out or be on its way between nodes, and then counts as swapped, not as present.
                category_inverted: IS_FILE | IS_ZERO,
                category_mask: IS_FILE | IS_ZERO,
                category_any_of: IS_PRESENT | IS_SWAPPED,
                ..ScanArguments::default()
            };
            // SAFETY: `arguments` is a valid `pm_scan_arg` of the size that it states, and `regions` has room for
            // `regions_length` entries; both live across the call. The kernel writes to these two only and reads no
            // other memory. A wrong answer could not break memory safety.
            let found = unsafe { libc::ioctl(pagemap.as_raw_fd(), PAGEMAP_SCAN as _, &mut arguments) };
            let found = usize::try_from(found).map_err(|_| Refused)?;
            for region in regions.get(..found).ok_or(Refused)? {
                let first = (region.start - base) / PAGE as u64;
                let last = (region.end - base) / PAGE as u64;
                if pages.len() + usize::try_from(last - first).unwrap_or(usize::MAX) > MAX_PAGES {
                    return Err(Refused);
                }
                pages.extend((first..last).filter_map(|page| u32::try_from(page).ok()));
            }
            if arguments.walk_end <= start {
                return Err(Refused);
            }
            start = arguments.walk_end;
        }
        Ok(())
    }
}
