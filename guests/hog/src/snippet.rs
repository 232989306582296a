//! Loading a snippet: what is allocated meanwhile stays for all of its events.

use jurybox_hog_abi::layout::ALIGN;
use jurybox_hog_abi::memory_map::{SNIPPET, SNIPPET_SIZE, STATE_HEAP_LIMIT, STATE_HEAP_START, STATE_HEAP_TOP};

use crate::heap::{self, write_u32};

/// Makes the rest of the snippet's region, behind its constants, the heap.
pub fn begin(end_of_constants: u32) {
    let start = end_of_constants.next_multiple_of(ALIGN);
    heap::forget();
    write_u32(STATE_HEAP_START, start);
    write_u32(STATE_HEAP_TOP, start);
    write_u32(STATE_HEAP_LIMIT, SNIPPET + SNIPPET_SIZE);
}
