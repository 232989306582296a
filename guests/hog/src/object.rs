//! Objects: maps in insertion order. Small ones are searched in order, larger ones have a hash index.
//!
//! A new object keeps its entries (and index) in its own block; one that grows beyond that moves them to a block of
//! kind [`heap::STORAGE`].

use jurybox_hog_abi::layout::{
    ENTRY_SIZE, HEADER, INDEX_MASK, INDEX_SLOTS, OBJECT_CAPACITY, OBJECT_ENTRIES, OBJECT_INDEX, OBJECT_LENGTH,
    OBJECT_SIZE, OBJECT_UNINDEXED, index_slots,
};
use jurybox_hog_abi::{Kind, Unpacked, Value, hash};

use crate::heap::{self, read_u32, read_u64, write_u32, write_u64};
use crate::text::Text;
use crate::{compare, failure, list, number, types};

/// One entry.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Entry {
    /// The key.
    pub key: Value,
    /// The value.
    pub value: Value,
}

/// The entries of an object, in order.
#[inline]
pub fn of(value: Value) -> Option<&'static [Entry]> {
    value.address_of(Kind::Object).map(at)
}

/// The entries of the object in a block.
#[inline(always)]
pub fn at(address: u32) -> &'static [Entry] {
    heap::slice(read_u32(address + OBJECT_ENTRIES), read_u32(address + OBJECT_LENGTH))
}

/// Bytes of an index for so many entries, a multiple of 8.
fn index_size(capacity: u32) -> u32 {
    if capacity <= OBJECT_UNINDEXED {
        0
    } else {
        (INDEX_SLOTS + index_slots(capacity) * 4).next_multiple_of(8)
    }
}

/// A new, empty object with room for so many entries.
pub fn with_capacity(capacity: usize) -> u32 {
    // More than four billion entries fit into no memory; the check keeps the sums below from overflowing.
    heap::check_room(capacity as u64 * u64::from(ENTRY_SIZE));
    let capacity = capacity as u32;
    let entries = capacity * ENTRY_SIZE;
    let address = heap::allocate(
        Kind::Object as u32,
        OBJECT_SIZE - HEADER + entries + index_size(capacity),
    );
    write_u32(address + OBJECT_LENGTH, 0);
    install(address, capacity, address + OBJECT_SIZE);
    address
}

/// Tells an object where its entries are, with an empty index behind them.
fn install(address: u32, capacity: u32, entries: u32) {
    write_u32(address + OBJECT_CAPACITY, capacity);
    write_u32(address + OBJECT_ENTRIES, entries);
    let size = index_size(capacity);
    let index = if size == 0 { 0 } else { entries + capacity * ENTRY_SIZE };
    write_u32(address + OBJECT_INDEX, index);
    if size != 0 {
        heap::zero(index, size);
        write_u32(index + INDEX_MASK, index_slots(capacity) - 1);
    }
}

/// A new object from keys and values in turn; a later value of a key replaces an earlier one.
pub fn from_pairs(values: &[Value]) -> Value {
    let address = with_capacity(values.len() / 2);
    for pair in values.chunks_exact(2) {
        insert(address, pair[0], pair[1]);
    }
    Value::reference(Kind::Object, address)
}

/// The value of a key.
#[inline]
pub fn get(address: u32, key: Value) -> Option<Value> {
    find(address, key).map(|entry| Value(read_u64(entry + 8)))
}

/// The value of a key that is text.
pub fn get_text(address: u32, key: &str) -> Option<Value> {
    at(address)
        .iter()
        .find(|entry| Text::of(entry.key).is_some_and(|text| text.text == key))
        .map(|entry| entry.value)
}

/// The address of a key's entry.
#[inline]
fn find(address: u32, key: Value) -> Option<u32> {
    if let Some(text) = Text::of(key) {
        return find_text(address, key, text.text.as_bytes());
    }
    if read_u32(address + OBJECT_INDEX) != 0 {
        return find_by_hash(address, hash_of(key, 0), |other| same_key(key, other));
    }
    let entries = at(address);
    let position = entries.iter().position(|entry| same_key(key, entry.key))?;
    Some(read_u32(address + OBJECT_ENTRIES) + position as u32 * ENTRY_SIZE)
}

#[inline]
fn find_text(address: u32, key: Value, text: &[u8]) -> Option<u32> {
    let same = |other: Value| {
        other == key || Text::of(other).is_some_and(|other| crate::text::same(other.text.as_bytes(), text))
    };
    if read_u32(address + OBJECT_INDEX) != 0 {
        return find_by_hash(address, hash::string(text), same);
    }
    let mut entry = read_u32(address + OBJECT_ENTRIES);
    let end = entry + read_u32(address + OBJECT_LENGTH) * ENTRY_SIZE;
    while entry != end {
        if same(Value(read_u64(entry))) {
            return Some(entry);
        }
        entry += ENTRY_SIZE;
    }
    None
}

#[inline]
fn find_by_hash(address: u32, hash: u32, same: impl Fn(Value) -> bool) -> Option<u32> {
    let index = read_u32(address + OBJECT_INDEX);
    let entries = read_u32(address + OBJECT_ENTRIES);
    let mask = read_u32(index + INDEX_MASK);
    let mut slot = hash & mask;
    loop {
        let number = read_u32(index + INDEX_SLOTS + slot * 4);
        if number == 0 {
            return None;
        }
        let entry = entries + (number - 1) * ENTRY_SIZE;
        if same(Value(read_u64(entry))) {
            return Some(entry);
        }
        slot = (slot + 1) & mask;
    }
}

/// Sets the value of a key.
pub fn insert(address: u32, key: Value, value: Value) {
    check_key(key, 0);
    if let Some(entry) = find(address, key) {
        write_u64(entry + 8, value.0);
        return;
    }
    push(address, key, value);
}

/// Adds an entry whose key is known to be new.
pub fn push(address: u32, key: Value, value: Value) {
    let length = read_u32(address + OBJECT_LENGTH);
    if length == read_u32(address + OBJECT_CAPACITY) {
        grow(address, length);
    }
    let entry = read_u32(address + OBJECT_ENTRIES) + length * ENTRY_SIZE;
    write_u64(entry, key.0);
    write_u64(entry + 8, value.0);
    write_u32(address + OBJECT_LENGTH, length + 1);
    let index = read_u32(address + OBJECT_INDEX);
    if index != 0 {
        add_to_index(index, key, length);
    }
}

fn add_to_index(index: u32, key: Value, number: u32) {
    let mask = read_u32(index + INDEX_MASK);
    let mut slot = hash_of(key, 0) & mask;
    while read_u32(index + INDEX_SLOTS + slot * 4) != 0 {
        slot = (slot + 1) & mask;
    }
    write_u32(index + INDEX_SLOTS + slot * 4, number + 1);
}

#[cold]
fn grow(address: u32, length: u32) {
    let capacity = (length * 2).max(4);
    heap::check_room(u64::from(capacity) * u64::from(ENTRY_SIZE));
    let old = read_u32(address + OBJECT_ENTRIES);
    let storage = heap::allocate(heap::STORAGE, capacity * ENTRY_SIZE + index_size(capacity));
    heap::copy(storage + HEADER, old, length * ENTRY_SIZE);
    install(address, capacity, storage + HEADER);
    let index = read_u32(address + OBJECT_INDEX);
    if index != 0 {
        for (number, entry) in at(address).iter().enumerate() {
            add_to_index(index, entry.key, number as u32);
        }
    }
}

/// Fails as Python does for a key that can't be hashed.
fn check_key(key: Value, depth: u32) {
    match key.unpack() {
        Unpacked::Ref(Kind::Tuple, address) => {
            if depth > failure::DEPTH_LIMIT {
                failure::recursion();
            }
            list::at(address).iter().for_each(|item| check_key(*item, depth + 1));
        }
        Unpacked::Ref(Kind::String | Kind::BigInt, _) => {}
        Unpacked::Ref(..) => failure::type_error(format_args!("unhashable type: '{}'", types::python_name(key))),
        _ => {}
    }
}

/// Whether the object has this key, which must be one that can be hashed.
pub fn contains(address: u32, key: Value) -> bool {
    check_key(key, 0);
    find(address, key).is_some()
}

fn same_key(left: Value, right: Value) -> bool {
    left == right || compare::identical_or_equal(left, right)
}

/// The hash of a key: numbers that are equal have the same.
fn hash_of(key: Value, depth: u32) -> u32 {
    if depth > failure::DEPTH_LIMIT {
        failure::recursion();
    }
    if let Some(text) = Text::of(key) {
        return hash::string(text.text.as_bytes());
    }
    if let Some(float) = number::approximate(key) {
        // Adding 0 makes one of both zeros. Small integers differ in the upper bits only, which must reach the lower.
        let bits = (float + 0.0).to_bits();
        return ((bits ^ bits >> 32).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as u32;
    }
    match list::of(key) {
        Some(items) => items.iter().fold(0x9E37_79B9, |hash: u32, item| {
            (hash.rotate_left(5) ^ hash_of(*item, depth + 1)).wrapping_mul(0x2745_4F55)
        }),
        None => key.0 as u32,
    }
}

/// The keys as an array.
pub fn keys(address: u32) -> Value {
    list::collect(at(address).iter().map(|entry| entry.key))
}

/// The values as an array.
pub fn values(address: u32) -> Value {
    list::collect(at(address).iter().map(|entry| entry.value))
}

/// A copy whose values may then be replaced in place; see [`crate::copy`]. Its entries are in its own block.
pub fn duplicate(address: u32) -> u32 {
    let length = read_u32(address + OBJECT_LENGTH);
    let copy = with_capacity(length as usize);
    write_u32(copy + OBJECT_LENGTH, length);
    heap::copy(
        copy + OBJECT_SIZE,
        read_u32(address + OBJECT_ENTRIES),
        length * ENTRY_SIZE,
    );
    let index = read_u32(copy + OBJECT_INDEX);
    if index != 0 {
        for (number, entry) in at(copy).iter().enumerate() {
            add_to_index(index, entry.key, number as u32);
        }
    }
    copy
}
