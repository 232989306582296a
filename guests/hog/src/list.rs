//! Arrays and tuples.

use jurybox_hog_abi::layout::{HEADER, LIST_DATA, LIST_LENGTH};
use jurybox_hog_abi::{Kind, Unpacked, Value};

use crate::heap::{self, read_u32, write_u32, write_u64};

/// The elements of an array or tuple.
#[inline]
pub fn of(value: Value) -> Option<&'static [Value]> {
    match value.unpack() {
        Unpacked::Ref(Kind::Array | Kind::Tuple, address) => Some(at(address)),
        _ => None,
    }
}

/// The elements of an array.
#[inline]
pub fn array(value: Value) -> Option<&'static [Value]> {
    value.address_of(Kind::Array).map(at)
}

/// The elements in a block.
#[inline(always)]
pub fn at(address: u32) -> &'static [Value] {
    heap::slice(address + LIST_DATA, read_u32(address + LIST_LENGTH))
}

/// A list being filled.
pub struct Filling {
    address: u32,
    length: u32,
}

impl Filling {
    /// An empty list with room for exactly so many elements.
    #[inline]
    pub fn new(kind: Kind, capacity: usize) -> Self {
        let payload = u64::from(LIST_DATA - HEADER) + capacity as u64 * 8;
        let address = heap::allocate_large(kind as u32, payload);
        Self { address, length: 0 }
    }

    /// Appends; the caller keeps to the capacity.
    #[inline(always)]
    pub fn push(&mut self, value: Value) {
        debug_assert!((self.length + 2) * 8 <= heap::capacity(self.address));
        write_u64(self.address + LIST_DATA + self.length * 8, value.0);
        self.length += 1;
    }

    /// Appends all of them; the caller keeps to the capacity.
    #[inline]
    pub fn extend(&mut self, values: &[Value]) {
        heap::write_values(self.address + LIST_DATA + self.length * 8, values);
        self.length += values.len() as u32;
    }

    /// The list.
    #[inline]
    pub fn finish(self, kind: Kind) -> Value {
        write_u32(self.address + LIST_LENGTH, self.length);
        Value::reference(kind, self.address)
    }
}

/// A list from values.
#[inline]
pub fn new(kind: Kind, values: &[Value]) -> Value {
    let mut list = Filling::new(kind, values.len());
    list.extend(values);
    list.finish(kind)
}

/// An array from values.
#[inline]
pub fn new_array(values: &[Value]) -> Value {
    new(Kind::Array, values)
}

/// An array of so many values from an iterator that knows its length.
pub fn collect(values: impl ExactSizeIterator<Item = Value>) -> Value {
    let mut list = Filling::new(Kind::Array, values.len());
    for value in values {
        list.push(value);
    }
    list.finish(Kind::Array)
}

/// Appends in place if the block has room; false if it has not.
pub fn append(address: u32, value: Value) -> bool {
    let length = read_u32(address + LIST_LENGTH);
    if LIST_DATA - HEADER + (length + 1) * 8 > heap::capacity(address) {
        return false;
    }
    write_u64(address + LIST_DATA + length * 8, value.0);
    write_u32(address + LIST_LENGTH, length + 1);
    true
}

/// Replaces an element, counted from 0.
pub fn replace(address: u32, index: u32, value: Value) {
    debug_assert!(index < read_u32(address + LIST_LENGTH));
    write_u64(address + LIST_DATA + index * 8, value.0);
}
