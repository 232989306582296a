//! How heap blocks lie in linear memory.
//!
//! Every block starts at an address divisible by 8 with a `u32` of size and flags (see [`SIZE_MASK`]) and a `u32` of
//! its [`crate::Kind`] (0 for raw memory). The fields below are byte offsets from the start of the block; all numbers
//! are little-endian. Blocks that the host writes (constants, events) have the same form and are never freed.

/// Bytes before the payload of any block: size with flags, kind.
pub const HEADER: u32 = 8;
/// Blocks begin and end at multiples of this.
pub const ALIGN: u32 = 8;
/// The part of the first word that is the block's size in bytes, header included.
pub const SIZE_MASK: u32 = !7;
/// First word: the collector has reached this block.
pub const FLAG_MARKED: u32 = 1;
/// First word: raw memory of the runtime itself, freed by its owner and never by the collector.
pub const FLAG_RAW: u32 = 2;
/// First word: not in use.
pub const FLAG_FREE: u32 = 4;

/// String: `u32`, length in bytes.
pub const STRING_BYTES: u32 = 8;
/// String: `u32`, length in code points, or [`CHARS_UNKNOWN`].
pub const STRING_CHARS: u32 = 12;
/// String: the UTF-8 text.
pub const STRING_DATA: u32 = 16;
/// The number of code points was not counted yet.
pub const CHARS_UNKNOWN: u32 = u32::MAX;

/// Array and tuple: `u32`, number of elements.
pub const LIST_LENGTH: u32 = 8;
/// Array and tuple: the elements, a [`crate::Value`] each.
pub const LIST_DATA: u32 = 16;

/// Object: `u32`, number of entries.
pub const OBJECT_LENGTH: u32 = 8;
/// Object: `u32`, entries that fit without growing.
pub const OBJECT_CAPACITY: u32 = 12;
/// Object: `u32`, address of the first entry.
pub const OBJECT_ENTRIES: u32 = 16;
/// Object: `u32`, address of the index, 0 for none (at most [`OBJECT_UNINDEXED`] entries).
pub const OBJECT_INDEX: u32 = 20;
/// Size of an object's block.
pub const OBJECT_SIZE: u32 = 24;
/// Bytes of one entry: key, then value.
pub const ENTRY_SIZE: u32 = 16;
/// Objects of up to this many entries are searched in order and have no index.
pub const OBJECT_UNINDEXED: u32 = 8;
/// Index: `u32`, number of slots minus one (a power of two minus one).
pub const INDEX_MASK: u32 = 0;
/// Index: the slots, a `u32` each: 0 for empty, otherwise the number of an entry plus one. Open addressing, linear
/// probing from [`crate::hash::string`] of a string key.
pub const INDEX_SLOTS: u32 = 4;

/// Number of index slots for so many entries: at least twice as many, a power of two.
#[must_use]
pub const fn index_slots(capacity: u32) -> u32 {
    (capacity * 2).next_power_of_two()
}

/// Closure: `u32`, index in the snippet's function table.
pub const CLOSURE_FUNCTION: u32 = 8;
/// Closure: `u32`, number of parameters.
pub const CLOSURE_ARITY: u32 = 12;
/// Closure: value, its name as a string.
pub const CLOSURE_NAME: u32 = 16;
/// Closure: `u32`, number of captured variables.
pub const CLOSURE_CAPTURES: u32 = 24;
/// Closure: the captured variables, a cell value each.
pub const CLOSURE_DATA: u32 = 32;

/// Big integer: `u32`, 1 when negative.
pub const BIGINT_SIGN: u32 = 8;
/// Big integer: `u32`, number of limbs.
pub const BIGINT_LENGTH: u32 = 12;
/// Big integer: the magnitude in `u32` limbs, least significant first.
pub const BIGINT_DATA: u32 = 16;

/// Datetime: `f64`, seconds since 1970.
pub const DATETIME_SECONDS: u32 = 8;
/// Datetime: value, name of the time zone.
pub const DATETIME_ZONE: u32 = 16;

/// Date: `i32`, year.
pub const DATE_YEAR: u32 = 8;
/// Date: `u32`, month from 1.
pub const DATE_MONTH: u32 = 12;
/// Date: `u32`, day from 1.
pub const DATE_DAY: u32 = 16;

/// Error: value, its type as a string.
pub const ERROR_TYPE: u32 = 8;
/// Error: value, its message.
pub const ERROR_MESSAGE: u32 = 16;
/// Error: value, its payload or null.
pub const ERROR_PAYLOAD: u32 = 24;

/// Cell: the variable's value.
pub const CELL_VALUE: u32 = 8;

/// One call frame on the shadow stack starts with this header: its size in bytes in the upper 32 bits (a multiple of
/// 8, at least [`FRAME_MIN`]) and the number of slots in use after the header in the lower 32.
pub const FRAME_HEADER: u32 = 8;
/// The smallest frame in bytes; it bounds the depth of calls.
pub const FRAME_MIN: u32 = 128;

/// Option of the runtime's `prepare_pattern`: the pattern ignores case.
pub const PATTERN_INSENSITIVE: i32 = 1;
/// Option of the runtime's `prepare_pattern`: parts of matches are asked for, not only whether there is one.
pub const PATTERN_EXTRACTS: i32 = 2;
