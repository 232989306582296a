//! Mark and sweep, without moving anything and without recursion.
//!
//! Compiled loops call [`collect`] when the allocator asks for it; the runtime's own functions never do, so addresses
//! they hold stay good until they return.

use jurybox_hog_abi::layout::{
    CELL_VALUE, CLOSURE_CAPTURES, CLOSURE_DATA, CLOSURE_NAME, DATETIME_ZONE, ERROR_TYPE, FLAG_MARKED, FRAME_HEADER,
    HEADER, LIST_DATA, LIST_LENGTH, OBJECT_ENTRIES, OBJECT_LENGTH, OBJECT_SIZE,
};
use jurybox_hog_abi::memory_map::{SHADOW, STATE_GLOBALS, STATE_HEAP_START, STATE_PENDING};
use jurybox_hog_abi::{Kind, Unpacked, Value};

use crate::heap::{self, read_u32, read_u64, write_u32};

/// Values that still have to be looked at: from the first address up to the second.
struct Marker {
    start: u32,
    open: Vec<(u32, u32)>,
}

/// Frees what no frame of the shadow stack (up to `top`), no global and no error in flight reaches.
pub fn collect(top: u32) {
    let mut marker = Marker {
        start: read_u32(STATE_HEAP_START),
        open: Vec::with_capacity(64),
    };
    marker.range(STATE_GLOBALS, 1);
    marker.range(STATE_PENDING, 1);
    let mut frame = SHADOW;
    while frame < top {
        let header = read_u64(frame);
        let size = (header >> 32) as u32;
        if size == 0 {
            break;
        }
        marker.range(frame + FRAME_HEADER, header as u32);
        frame += size;
    }
    drop(marker);
    heap::sweep(FLAG_MARKED);
}

impl Marker {
    /// Marks everything that `count` values reach.
    fn range(&mut self, address: u32, count: u32) {
        let (mut at, mut end) = (address, address + count * 8);
        loop {
            if at == end {
                let Some(next) = self.open.pop() else { return };
                (at, end) = next;
                continue;
            }
            let value = Value(read_u64(at));
            at += 8;
            // Most values of a large list are numbers.
            if value.tag() != Value::TAG_REF {
                continue;
            }
            let children = self.mark(value);
            if let Some((first, last)) = children
                && first != last
            {
                // Nothing is left of the current range in a list's last link: then the stack need not grow.
                if at != end {
                    self.open.push((at, end));
                }
                (at, end) = (first, last);
            }
        }
    }

    /// Marks one block and returns where the values it refers to are.
    fn mark(&mut self, value: Value) -> Option<(u32, u32)> {
        let Unpacked::Ref(kind, address) = value.unpack() else {
            return None;
        };
        if address < self.start || kind == Kind::Library || !mark_block(address) {
            return None;
        }
        let values = |offset: u32, count: u32| Some((address + offset, address + offset + count * 8));
        match kind {
            Kind::Array | Kind::Tuple => values(LIST_DATA, read_u32(address + LIST_LENGTH)),
            Kind::Object => {
                let entries = read_u32(address + OBJECT_ENTRIES);
                if entries != address + OBJECT_SIZE && entries >= self.start {
                    mark_block(entries - HEADER);
                }
                Some((entries, entries + read_u32(address + OBJECT_LENGTH) * 16))
            }
            Kind::Closure => {
                self.mark(Value(read_u64(address + CLOSURE_NAME)));
                values(CLOSURE_DATA, read_u32(address + CLOSURE_CAPTURES))
            }
            Kind::DateTime => values(DATETIME_ZONE, 1),
            Kind::Error => values(ERROR_TYPE, 3),
            Kind::Cell => values(CELL_VALUE, 1),
            Kind::String | Kind::BigInt | Kind::Date | Kind::Library => None,
        }
    }
}

/// Marks a block; false if it was marked already.
fn mark_block(address: u32) -> bool {
    let head = read_u32(address);
    write_u32(address, head | FLAG_MARKED);
    head & FLAG_MARKED == 0
}
