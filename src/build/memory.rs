//! The memory of a loaded snippet as the data segments of a module.

use wasm_encoder::{ConstExpr, DataSection};

use crate::engine::image::{PAGE, Snapshot};

/// A run of zeros shorter than this costs less than another segment.
const GAP: usize = 16;
/// Segments that a module may have; engines allow 100,000.
const MAX_SEGMENTS: usize = 50_000;
/// Bytes of a WebAssembly page.
const WASM_PAGE: usize = 65536;

/// The contents of a memory and its size.
pub struct Memory {
    /// Where the parts that are not zero are, in order.
    parts: Vec<(u32, Vec<u8>)>,
    /// Its size in pages of WebAssembly.
    pub pages: u64,
}

impl Memory {
    /// The memory that the snapshot describes.
    pub fn of(snapshot: &Snapshot) -> Self {
        let pages = snapshot.size().div_ceil(WASM_PAGE) as u64;
        // A larger gap makes fewer parts, up to one per page.
        let mut gap = GAP;
        loop {
            let parts = parts(snapshot, gap);
            if parts.len() <= MAX_SEGMENTS || gap >= PAGE {
                return Self { parts, pages };
            }
            gap *= 4;
        }
    }

    /// The number of segments.
    pub fn segments(&self) -> u32 {
        u32::try_from(self.parts.len()).unwrap_or(u32::MAX)
    }

    /// Writes the segments.
    pub fn write(&self, section: &mut DataSection) {
        for (address, bytes) in &self.parts {
            section.active(0, &ConstExpr::i32_const(address.cast_signed()), bytes.iter().copied());
        }
    }
}

/// The parts of the memory that are not zero, with at least `gap` zeros between them.
fn parts(snapshot: &Snapshot, gap: usize) -> Vec<(u32, Vec<u8>)> {
    let mut parts: Vec<(u32, Vec<u8>)> = Vec::new();
    let pages = u32::try_from(snapshot.size() / PAGE).unwrap_or(u32::MAX);
    for number in 0..pages {
        let page = snapshot.page(number);
        let mut at = 0;
        while let Some(skipped) = page.get(at..).and_then(|rest| rest.iter().position(|byte| *byte != 0)) {
            let start = at + skipped;
            let rest = page.get(start..).unwrap_or_default();
            let end = start + length_without_gap(rest, gap);
            let bytes = page.get(start..end).unwrap_or_default();
            let address = number * PAGE as u32 + start as u32;
            match parts.last_mut() {
                // The page before ended in the middle of a part.
                Some((first, before)) if (address as usize) - (*first as usize + before.len()) < gap => {
                    before.resize((address - *first) as usize, 0);
                    before.extend_from_slice(bytes);
                }
                _ => parts.push((address, bytes.to_vec())),
            }
            at = end;
        }
    }
    parts
}

/// Where the first run of so many zeros begins, or the zeros at the end.
fn length_without_gap(bytes: &[u8], gap: usize) -> usize {
    let mut zeros = 0;
    for (at, byte) in bytes.iter().enumerate() {
        if *byte != 0 {
            zeros = 0;
            continue;
        }
        zeros += 1;
        if zeros == gap {
            return at + 1 - gap;
        }
    }
    bytes.len() - zeros
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::engine::image::Image;

    #[test]
    fn parts_are_what_is_not_zero() {
        let mut memory = vec![0; 65536];
        memory[3] = 1;
        memory[10] = 2;
        memory[100] = 3;
        memory[PAGE - 1] = 4;
        memory[PAGE + 2] = 5;
        memory[65535] = 6;
        let snapshot = Snapshot::unchanged(Arc::new(Image::of_memory(&memory)));
        let built = Memory::of(&snapshot);
        let starts: Vec<_> = built
            .parts
            .iter()
            .map(|(start, bytes)| (*start as usize, bytes.len()))
            .collect();
        assert_eq!(starts, [(3, 8), (100, 1), (PAGE - 1, 4), (65535, 1)]);
        assert_eq!(built.pages, 1);

        let mut copy = vec![0; 65536];
        for (start, bytes) in &built.parts {
            copy[*start as usize..][..bytes.len()].copy_from_slice(bytes);
        }
        assert!(copy == memory);
    }
}
