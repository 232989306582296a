//! The one door to linear memory, and its allocator.
//!
//! Everything lives in one sequence of blocks from `STATE_HEAP_START` to `STATE_HEAP_TOP` that can be walked by their
//! sizes: Hog values, and on wasm also what Rust allocates (raw blocks). Fresh blocks are cut off the top; what was
//! freed or swept waits in bins by size. The allocator's own words lie in the page of the shared state, so that an
//! instance that is rewound finds them as they were.
//!
//! Natively the same code works on a buffer per thread, so that everything can be tested without a wasm engine.

use jurybox_hog_abi::Value;
use jurybox_hog_abi::layout::{ALIGN, FLAG_FREE, FLAG_RAW, HEADER, SIZE_MASK};
use jurybox_hog_abi::memory_map::{
    EVENT, INITIAL_MEMORY, SHADOW, STATE, STATE_COLLECT, STATE_HEAP_LIMIT, STATE_HEAP_PEAK, STATE_HEAP_START,
    STATE_HEAP_TOP, STATE_SIZE, WASM_PAGE,
};

use crate::failure;

/// The allocator's words.
const OWN: u32 = (STATE + STATE_SIZE + 63) & !63;
/// `u32`: fresh blocks that end at or below this need no further thought.
const FRESH_END: u32 = OWN;
/// `u32`: a collection pays when the top passes this.
const COLLECT_AT: u32 = OWN + 4;
/// `u32`: the bins of large blocks that are not empty, a bit each.
const LARGE_BINS: u32 = OWN + 8;
/// `u64`: the cache of compiled patterns, see [`crate::patterns`].
pub const PATTERNS: u32 = OWN + 16;
/// Heads of the bins: first one per size up to [`SMALL`], then one per power of two.
const BINS: u32 = OWN + 64;
/// The largest block with a bin for its exact size.
const SMALL: u32 = 512;
const SMALL_BINS: u32 = SMALL / ALIGN + 1;
const OWN_END: u32 = BINS + (SMALL_BINS + 32) * 4;
const _: () = assert!(OWN_END <= SHADOW);

/// The smallest block that a bin can hold: the header and the link to the next.
const MIN_BLOCK: u32 = 16;
/// Offset of the link in a free block.
const FREE_NEXT: u32 = 8;
/// The kind of blocks that hold an object's entries once they have outgrown the object's own block.
pub const STORAGE: u32 = 0xFF;
/// Collect at the earliest after so many bytes.
const COLLECT_AFTER: u32 = 2 << 20;
/// The top moves by at least so many bytes from one collection to the next,
const LEAST_BETWEEN: u32 = 256 << 10;
/// or by these, where free blocks make up for the rest.
const LEAST_GROWTH: u32 = 64 << 10;
/// Freed blocks smaller than this do not count for the peak.
const NOTABLE: u32 = 4096;
/// How many blocks of one size are cut from a larger free block at a time.
const CUT: u32 = 16;

#[cfg(target_arch = "wasm32")]
mod memory {
    /// Where an address of linear memory is for Rust.
    #[inline(always)]
    pub fn ptr(address: u32) -> *mut u8 {
        address as *mut u8
    }

    /// The address of something in linear memory.
    #[inline(always)]
    pub fn address<T>(pointer: *const T) -> u32 {
        pointer as u32
    }

    pub fn size() -> u64 {
        core::arch::wasm32::memory_size::<0>() as u64 * u64::from(super::WASM_PAGE)
    }

    pub fn grow(pages: u32) -> bool {
        core::arch::wasm32::memory_grow::<0>(pages as usize) != usize::MAX
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod memory {
    use std::alloc::{Layout, alloc_zeroed, dealloc};

    /// Size of the buffer that stands in for linear memory; untouched pages of it cost nothing.
    pub const SIZE: usize = 96 << 20;
    const LAYOUT: Layout = match Layout::from_size_align(SIZE, 16) {
        Ok(layout) => layout,
        Err(_) => unreachable!(),
    };

    struct Buffer(*mut u8);

    impl Drop for Buffer {
        fn drop(&mut self) {
            // SAFETY: the buffer was allocated with this layout and is dropped once.
            unsafe { dealloc(self.0, LAYOUT) }
        }
    }

    thread_local! {
        // SAFETY: the layout's size is not zero.
        static BUFFER: Buffer = Buffer(unsafe { alloc_zeroed(LAYOUT) });
    }

    /// Where an address of linear memory is for Rust.
    pub fn ptr(address: u32) -> *mut u8 {
        assert!(
            (address as usize) < SIZE,
            "address {address:#x} is outside of the memory"
        );
        // SAFETY: the address is inside of the buffer.
        BUFFER.with(|buffer| unsafe { buffer.0.add(address as usize) })
    }

    /// The address of something in linear memory.
    pub fn address<T>(pointer: *const T) -> u32 {
        let address = pointer as usize - ptr(0) as usize;
        assert!(address < SIZE);
        address as u32
    }

    pub fn size() -> u64 {
        SIZE as u64
    }

    pub fn grow(_pages: u32) -> bool {
        false
    }
}

pub use memory::{address, ptr};

/// Reads a `u32`.
#[inline(always)]
pub fn read_u32(address: u32) -> u32 {
    // SAFETY: addresses come from blocks and the memory map, so they are inside of the memory.
    unsafe { ptr(address).cast::<u32>().read_unaligned() }
}

/// Writes a `u32`.
#[inline(always)]
pub fn write_u32(address: u32, value: u32) {
    // SAFETY: as in `read_u32`.
    unsafe { ptr(address).cast::<u32>().write_unaligned(value) }
}

/// Reads a `u64`.
#[inline(always)]
pub fn read_u64(address: u32) -> u64 {
    // SAFETY: as in `read_u32`.
    unsafe { ptr(address).cast::<u64>().read_unaligned() }
}

/// Writes a `u64`.
#[inline(always)]
pub fn write_u64(address: u32, value: u64) {
    // SAFETY: as in `read_u32`.
    unsafe { ptr(address).cast::<u64>().write_unaligned(value) }
}

/// A view of `count` items of plain data. Nothing is freed during a call into the runtime, so the view outlives its
/// use; the caller does not write to the same memory while it looks at it.
#[inline(always)]
pub fn slice<T: Copy>(address: u32, count: u32) -> &'static [T] {
    // SAFETY: addresses and lengths come from blocks, whose contents are initialised and aligned for `T` (bytes, or
    // words at multiples of 8).
    unsafe { std::slice::from_raw_parts(ptr(address).cast::<T>().cast_const(), count as usize) }
}

/// The text at an address.
#[inline(always)]
pub fn text(address: u32, length: u32) -> &'static str {
    // SAFETY: strings are UTF-8: the runtime writes nothing else, compiler and host promise it.
    unsafe { std::str::from_utf8_unchecked(slice(address, length)) }
}

/// Copies bytes into a block. Short texts are the rule: a loop over words beats the bulk copy for them.
#[inline(always)]
pub fn write_bytes(address: u32, bytes: &[u8]) {
    if bytes.len() > 64 {
        // SAFETY: the block has room, and a fresh block does not overlap what existed before it.
        unsafe { ptr(address).copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) }
        return;
    }
    let mut at = address;
    let mut words = bytes.chunks_exact(8);
    for word in &mut words {
        let mut buffer = [0; 8];
        buffer.copy_from_slice(word);
        write_u64(at, u64::from_le_bytes(buffer));
        at += 8;
    }
    for byte in words.remainder() {
        // SAFETY: as above.
        unsafe { ptr(at).write(*byte) }
        at += 1;
    }
}

/// Writes values into a fresh block; for many of them the bulk copy pays.
#[inline]
pub fn write_values(address: u32, values: &[Value]) {
    if values.len() > 16 {
        // SAFETY: the block has room, and a fresh block does not overlap what existed before it.
        unsafe {
            ptr(address)
                .cast::<Value>()
                .copy_from_nonoverlapping(values.as_ptr(), values.len())
        }
        return;
    }
    let mut at = address;
    for value in values {
        write_u64(at, value.0);
        at += 8;
    }
}

/// Writes what `change` makes of each byte into a block with room for all of them.
#[inline(always)]
pub fn map_bytes(address: u32, bytes: &[u8], change: impl Fn(u8) -> u8) {
    // SAFETY: the block has room for as many bytes and nothing else looks at it yet; any byte is a valid `u8`.
    let target = unsafe { std::slice::from_raw_parts_mut(ptr(address), bytes.len()) };
    for (target, byte) in target.iter_mut().zip(bytes) {
        *target = change(*byte);
    }
}

/// Copies `length` bytes from one place to another; they may overlap.
pub fn copy(to: u32, from: u32, length: u32) {
    // SAFETY: both ranges are inside of blocks.
    unsafe { ptr(to).copy_from(ptr(from), length as usize) }
}

/// Sets `length` bytes to 0.
pub fn zero(address: u32, length: u32) {
    // SAFETY: the range is inside of a block.
    unsafe { ptr(address).write_bytes(0, length as usize) }
}

/// The bytes of a block that holds `payload` bytes after its header.
#[inline(always)]
fn block_size(payload: u64) -> u32 {
    let size = (payload + u64::from(HEADER + ALIGN - 1)) & !u64::from(ALIGN - 1);
    if size > u64::from(u32::MAX / 2) {
        failure::out_of_memory();
    }
    (size as u32).max(MIN_BLOCK)
}

/// Allocates a block with room for `payload` bytes after its header. The payload is not initialised.
#[inline(always)]
pub fn allocate(kind: u32, payload: u32) -> u32 {
    let size = block_size(u64::from(payload));
    let address = take(size);
    write_u32(address, size);
    write_u32(address + 4, kind);
    address
}

/// Like [`allocate`], for sizes that a program asked for and that may be absurd.
pub fn allocate_large(kind: u32, payload: u64) -> u32 {
    check_room(payload);
    allocate(kind, payload as u32)
}

/// Fails early when so many bytes can not possibly be had.
pub fn check_room(bytes: u64) {
    let limit = u64::from(read_u32(STATE_HEAP_LIMIT).saturating_sub(read_u32(STATE_HEAP_START)));
    if bytes > limit {
        failure::out_of_memory();
    }
}

/// Takes a block of exactly this size from a bin or the top.
#[inline(always)]
fn take(size: u32) -> u32 {
    if size <= SMALL {
        let bin = BINS + size / ALIGN * 4;
        let head = read_u32(bin);
        if head != 0 {
            write_u32(bin, read_u32(head + FREE_NEXT));
            return head;
        }
    } else if read_u32(LARGE_BINS) != 0 {
        return take_slowly(size);
    }
    let top = read_u32(STATE_HEAP_TOP);
    if u64::from(top) + u64::from(size) <= u64::from(read_u32(FRESH_END)) {
        write_u32(STATE_HEAP_TOP, top + size);
        return top;
    }
    take_slowly(size)
}

#[inline(never)]
fn take_slowly(size: u32) -> u32 {
    if read_u32(LARGE_BINS) != 0
        && let Some(address) = take_from_bins(size)
    {
        return address;
    }
    let top = read_u32(STATE_HEAP_TOP);
    let limit = read_u32(STATE_HEAP_LIMIT);
    let end = u64::from(top) + u64::from(size);
    if end > u64::from(limit) {
        failure::out_of_memory();
    }
    let end = end as u32;
    let mut available = memory::size();
    if u64::from(end) > available {
        // In steps, so that a growing program does not ask for every page by itself.
        let missing = (u64::from(end) - available).div_ceil(u64::from(WASM_PAGE)) as u32;
        let room = (u64::from(limit).saturating_sub(available) / u64::from(WASM_PAGE)) as u32;
        let step = missing.max(room.min(16));
        if !memory::grow(step) && !memory::grow(missing) {
            failure::out_of_memory();
        }
        available = memory::size();
    }
    if read_u32(COLLECT_AT) == 0 {
        plan_collection(top - read_u32(STATE_HEAP_START));
    }
    let mut fresh_end = (available.min(u64::from(limit))) as u32;
    let collect_at = read_u32(COLLECT_AT);
    if end >= collect_at {
        write_u32(STATE_COLLECT, 1);
    } else {
        fresh_end = fresh_end.min(collect_at);
    }
    // With large free blocks around, every small block that no bin has comes this way and is cut from one of them.
    write_u32(FRESH_END, if read_u32(LARGE_BINS) == 0 { fresh_end } else { 0 });
    write_u32(STATE_HEAP_TOP, end);
    top
}

/// Takes a block of this size out of a larger free one; for small sizes a few more are put into their bin.
fn take_from_bins(size: u32) -> Option<u32> {
    let first = large_bin(size);
    let mut bins = read_u32(LARGE_BINS) >> first << first;
    while bins != 0 {
        let number = bins.trailing_zeros();
        let bin = BINS + (SMALL_BINS + number) * 4;
        let mut previous = bin;
        let mut address = read_u32(bin);
        // In the first bin some blocks may be too small; look at a few of them only.
        for _ in 0..16 {
            if address == 0 {
                break;
            }
            let found = read_u32(address) & SIZE_MASK;
            let next = read_u32(address + FREE_NEXT);
            if found >= size {
                write_u32(previous, next);
                if read_u32(bin) == 0 {
                    write_u32(LARGE_BINS, read_u32(LARGE_BINS) & !(1 << number));
                }
                cut(address, found, size);
                return Some(address);
            }
            previous = address + FREE_NEXT;
            address = next;
        }
        bins &= bins - 1;
    }
    None
}

/// Makes a block of `size` at the start of a free one and gives the rest back.
fn cut(address: u32, found: u32, size: u32) {
    let mut at = address + size;
    let end = address + found;
    if size <= SMALL {
        let bin = BINS + size / ALIGN * 4;
        for _ in 1..CUT {
            if end - at < size {
                break;
            }
            write_u32(at, size | FLAG_FREE);
            write_u32(at + FREE_NEXT, read_u32(bin));
            write_u32(bin, at);
            at += size;
        }
    }
    put(at, end - at);
}

#[inline(always)]
fn large_bin(size: u32) -> u32 {
    31 - size.leading_zeros()
}

/// Makes a range free and puts it into its bin. A range too small for a bin stays free until the next sweep.
fn put(address: u32, size: u32) {
    if size == 0 {
        return;
    }
    write_u32(address, size | FLAG_FREE);
    if size < MIN_BLOCK {
        return;
    }
    let bin = if size <= SMALL {
        BINS + size / ALIGN * 4
    } else {
        let number = large_bin(size);
        write_u32(LARGE_BINS, read_u32(LARGE_BINS) | 1 << number);
        BINS + (SMALL_BINS + number) * 4
    };
    write_u32(address + FREE_NEXT, read_u32(bin));
    write_u32(bin, address);
}

/// Remembers how far the heap reached before its top is lowered.
fn note_peak(top: u32) {
    write_u32(STATE_HEAP_PEAK, read_u32(STATE_HEAP_PEAK).max(top));
}

/// Gives a block back: to the top if it is the last one, else to its bin.
#[inline]
pub fn free(address: u32) {
    let size = read_u32(address) & SIZE_MASK;
    let top = read_u32(STATE_HEAP_TOP);
    if address + size == top && address >= read_u32(STATE_HEAP_START) {
        if size > NOTABLE {
            note_peak(top);
        }
        write_u32(STATE_HEAP_TOP, address);
    } else {
        put(address, size);
    }
}

/// Bytes of payload that a block has room for.
pub fn capacity(address: u32) -> u32 {
    (read_u32(address) & SIZE_MASK) - HEADER
}

/// Makes the block's payload larger without moving it, if it is the last block and memory allows.
#[inline]
pub fn extend(address: u32, payload: u32) -> bool {
    let head = read_u32(address);
    let old = head & SIZE_MASK;
    if address + old != read_u32(STATE_HEAP_TOP) {
        return false;
    }
    let new = block_size(u64::from(payload));
    if new <= old {
        return true;
    }
    let Some(end) = address.checked_add(new) else {
        return false;
    };
    if end > read_u32(FRESH_END) {
        return false;
    }
    write_u32(STATE_HEAP_TOP, end);
    write_u32(address, new | (head & !SIZE_MASK));
    true
}

/// Makes the block's payload smaller and gives the rest back.
#[inline]
pub fn shrink(address: u32, payload: u32) {
    let head = read_u32(address);
    let old = head & SIZE_MASK;
    let new = block_size(u64::from(payload));
    if new >= old {
        return;
    }
    write_u32(address, new | (head & !SIZE_MASK));
    if address + old == read_u32(STATE_HEAP_TOP) {
        write_u32(STATE_HEAP_TOP, address + new);
    } else {
        put(address + new, old - new);
    }
}

/// Empties the bins and forgets plans, so that nothing below the next heap is ever reused.
pub fn forget() {
    zero(FRESH_END, PATTERNS - FRESH_END);
    zero(BINS, OWN_END - BINS);
    write_u32(STATE_COLLECT, 0);
}

/// Decides when the next collection pays, given the bytes that survived the last one: when as many again were
/// allocated, or half of what is left. Free blocks between the survivors are used up first; the top moves when they are,
/// and by little if they were enough: what is newest then lies at the top, and would keep it from ever coming down.
fn plan_collection(live: u32) {
    let top = read_u32(STATE_HEAP_TOP);
    let start = read_u32(STATE_HEAP_START);
    let limit = read_u32(STATE_HEAP_LIMIT).max(top);
    let room = (limit - start).saturating_sub(live);
    let reserve = (limit - start) / 4;
    let budget = live.max(COLLECT_AFTER).min(room.saturating_sub(reserve).max(room / 2));
    let free = (top - start).saturating_sub(live);
    let least = if free >= budget { LEAST_GROWTH } else { LEAST_BETWEEN };
    // Halving what is left for ever would collect for ever: the last eighth is used up without another collection.
    let growth = if room > (limit - start) / 8 {
        budget.saturating_sub(free).max(least).min((limit - top) / 2)
    } else {
        limit - top
    };
    write_u32(COLLECT_AT, (top + growth).max(1));
    write_u32(STATE_COLLECT, 0);
}

/// Frees every block that is neither marked nor raw, clears the marks, and plans the next collection.
pub fn sweep(marked: u32) {
    let start = read_u32(STATE_HEAP_START);
    let top = read_u32(STATE_HEAP_TOP);
    zero(BINS, OWN_END - BINS);
    write_u32(LARGE_BINS, 0);
    write_u32(FRESH_END, 0);
    let mut at = start;
    let mut free_from = start;
    let mut live = 0;
    while at < top {
        let head = read_u32(at);
        let size = head & SIZE_MASK;
        if size == 0 {
            break;
        }
        if head & (marked | FLAG_RAW) != 0 && head & FLAG_FREE == 0 {
            put(free_from, at - free_from);
            write_u32(at, head & !marked);
            live += size;
            free_from = at + size;
        }
        at += size;
    }
    note_peak(top);
    write_u32(STATE_HEAP_TOP, free_from);
    plan_collection(live);
}

/// Sets the shared state as the host does before an event, with an empty event.
#[cfg(not(target_arch = "wasm32"))]
pub fn reset(limit: u32) {
    zero(STATE, OWN_END - STATE);
    write_u32(STATE_HEAP_START, EVENT);
    write_u32(STATE_HEAP_TOP, EVENT);
    write_u32(STATE_HEAP_LIMIT, EVENT + limit);
    write_u64(
        jurybox_hog_abi::memory_map::STATE_PENDING,
        jurybox_hog_abi::Value::NULL.0,
    );
    write_u64(
        jurybox_hog_abi::memory_map::STATE_GLOBALS,
        jurybox_hog_abi::Value::NULL.0,
    );
}

/// Rust's allocations are raw blocks of the same heap.
#[cfg(target_arch = "wasm32")]
mod global {
    use std::alloc::{GlobalAlloc, Layout};

    use super::*;

    struct Heap;

    #[global_allocator]
    static HEAP: Heap = Heap;

    // SAFETY: blocks are disjoint, at least as large as asked for, and stay until they are freed; the collector leaves
    // raw blocks alone. Payloads start at multiples of 8; larger alignments are made by moving the block's start.
    unsafe impl GlobalAlloc for Heap {
        #[inline]
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
            if layout.align() <= ALIGN as usize {
                let address = allocate(0, layout.size() as u32);
                write_u32(address, read_u32(address) | FLAG_RAW);
                return ptr(address + HEADER);
            }
            let align = layout.align() as u32;
            let address = allocate(0, layout.size() as u32 + align);
            let end = address + (read_u32(address) & SIZE_MASK);
            let payload = (address + HEADER).next_multiple_of(align);
            let block = payload - HEADER;
            if block > address {
                put(address, block - address);
            }
            write_u32(block, (end - block) | FLAG_RAW);
            write_u32(block + 4, 0);
            ptr(payload)
        }

        #[inline]
        unsafe fn dealloc(&self, pointer: *mut u8, _layout: Layout) {
            free(address(pointer) - HEADER);
        }

        #[inline]
        unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
            let block = address(pointer) - HEADER;
            if size as u32 <= capacity(block) || extend(block, size as u32) {
                return pointer;
            }
            // SAFETY: the caller's promise about the layout is passed on.
            let new = unsafe { self.alloc(Layout::from_size_align_unchecked(size, layout.align())) };
            // SAFETY: both blocks hold at least the old size and are disjoint.
            unsafe { new.copy_from_nonoverlapping(pointer, layout.size()) };
            free(block);
            new
        }
    }
}

#[cfg(target_arch = "wasm32")]
const _: () = assert!(EVENT < INITIAL_MEMORY);
#[cfg(not(target_arch = "wasm32"))]
const _: () = assert!((INITIAL_MEMORY as usize) < memory::SIZE);
