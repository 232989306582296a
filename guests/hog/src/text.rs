//! Strings: UTF-8 with the semantics of code points.

use jurybox_hog_abi::layout::{CHARS_UNKNOWN, HEADER, STRING_BYTES, STRING_CHARS, STRING_DATA};
use jurybox_hog_abi::memory_map::EVENT;
use jurybox_hog_abi::{Kind, Unpacked, Value};

use crate::heap::{self, read_u32, write_bytes, write_u32};

/// Bytes of a string block's payload before its text.
const PREFIX: u32 = STRING_DATA - HEADER;

/// A string value, taken apart.
#[derive(Clone, Copy)]
pub struct Text {
    /// The block.
    pub address: u32,
    /// The text.
    pub text: &'static str,
}

impl Text {
    /// The string that a value is.
    #[inline(always)]
    pub fn of(value: Value) -> Option<Self> {
        value.address_of(Kind::String).map(Self::at)
    }

    /// The string in a block.
    #[inline(always)]
    pub fn at(address: u32) -> Self {
        Self {
            address,
            text: heap::text(address + STRING_DATA, read_u32(address + STRING_BYTES)),
        }
    }

    /// The number of code points.
    #[inline]
    pub fn chars(self) -> u32 {
        let known = read_u32(self.address + STRING_CHARS);
        if known != CHARS_UNKNOWN {
            return known;
        }
        let count = count_chars(self.text.as_bytes());
        // Constants are left alone: a page that nobody writes to need not be restored.
        if self.address >= EVENT {
            write_u32(self.address + STRING_CHARS, count);
        }
        count
    }

    /// Whether every code point is one byte, so that positions are offsets.
    #[inline]
    pub fn is_ascii(self) -> bool {
        self.chars() as usize == self.text.len()
    }

    /// Where the code point with this number (from 0) starts; the text's length if there are fewer.
    #[inline]
    pub fn offset(self, number: u32) -> usize {
        if self.is_ascii() {
            return (number as usize).min(self.text.len());
        }
        offset_of_char(self.text, number as usize)
    }

    /// The number of code points before a byte offset.
    #[inline]
    pub fn chars_before(self, offset: usize) -> u32 {
        if self.is_ascii() {
            offset as u32
        } else {
            count_chars(&self.text.as_bytes()[..offset])
        }
    }
}

/// The string that a value is.
#[inline(always)]
pub fn of(value: Value) -> Option<&'static str> {
    Text::of(value).map(|text| text.text)
}

fn count_chars(bytes: &[u8]) -> u32 {
    let mut count = 0;
    // Blocks short enough for a byte counter per lane let the compiler use vector instructions.
    for block in bytes.chunks(240) {
        count += u32::from(block.iter().map(|byte| u8::from(*byte as i8 >= -64)).sum::<u8>());
    }
    count
}

fn offset_of_char(text: &str, number: usize) -> usize {
    text.char_indices().nth(number).map_or(text.len(), |(offset, _)| offset)
}

/// Allocates a string block whose text is not written yet.
#[inline(always)]
pub fn allocate(bytes: u32, chars: u32) -> u32 {
    let address = heap::allocate(Kind::String as u32, PREFIX + bytes);
    write_u32(address + STRING_BYTES, bytes);
    write_u32(address + STRING_CHARS, chars);
    address
}

/// A string value from text whose number of code points is not known.
#[inline]
pub fn new(text: &str) -> Value {
    with_chars(text, CHARS_UNKNOWN)
}

/// A string value from ASCII text.
#[inline]
pub fn ascii(text: &str) -> Value {
    debug_assert!(text.is_ascii());
    with_chars(text, text.len() as u32)
}

/// A string value from text with a known number of code points.
#[inline]
pub fn with_chars(text: &str, chars: u32) -> Value {
    let address = allocate(text.len() as u32, chars);
    write_bytes(address + STRING_DATA, text.as_bytes());
    Value::reference(Kind::String, address)
}

/// A string value from a part of another one.
#[inline]
pub fn part(whole: Text, part: &str) -> Value {
    with_chars(
        part,
        if whole.is_ascii() {
            part.len() as u32
        } else {
            CHARS_UNKNOWN
        },
    )
}

/// Whether two byte sequences are the same; a loop over words, as most are short.
#[inline]
pub fn same(left: &[u8], right: &[u8]) -> bool {
    if left.len() != right.len() {
        return false;
    }
    let mut left = left.chunks_exact(8);
    let mut right = right.chunks_exact(8);
    for (a, b) in left.by_ref().zip(right.by_ref()) {
        if word(a) != word(b) {
            return false;
        }
    }
    left.remainder().iter().zip(right.remainder()).all(|(a, b)| a == b)
}

#[inline(always)]
fn word(bytes: &[u8]) -> u64 {
    let mut buffer = [0; 8];
    buffer.copy_from_slice(bytes);
    u64::from_le_bytes(buffer)
}

/// Writes text straight into a string block, which grows in place while it is the last one.
pub struct Builder {
    address: u32,
    length: u32,
    capacity: u32,
}

impl Builder {
    /// An empty text with some room.
    pub fn new() -> Self {
        Self::with_capacity(48)
    }

    /// An empty text with room for so many bytes.
    #[inline]
    pub fn with_capacity(bytes: u32) -> Self {
        let address = heap::allocate(Kind::String as u32, PREFIX + bytes);
        Self {
            address,
            length: 0,
            capacity: heap::capacity(address) - PREFIX,
        }
    }

    /// What was written so far.
    pub fn text(&self) -> &'static str {
        heap::text(self.address + STRING_DATA, self.length)
    }

    /// Appends text.
    #[inline]
    pub fn push(&mut self, text: &str) {
        self.reserve(text.len());
        write_bytes(self.address + STRING_DATA + self.length, text.as_bytes());
        self.length += text.len() as u32;
    }

    /// Appends an ASCII character.
    #[inline]
    pub fn push_byte(&mut self, byte: u8) {
        debug_assert!(byte.is_ascii());
        self.reserve(1);
        write_bytes(self.address + STRING_DATA + self.length, &[byte]);
        self.length += 1;
    }

    /// Appends a character.
    #[inline]
    pub fn push_char(&mut self, character: char) {
        self.push(character.encode_utf8(&mut [0; 4]));
    }

    /// Takes back what was written after the first `length` bytes.
    pub fn truncate(&mut self, length: usize) {
        debug_assert!(self.text().is_char_boundary(length));
        self.length = length as u32;
    }

    #[inline]
    fn reserve(&mut self, bytes: usize) {
        if bytes > (self.capacity - self.length) as usize {
            self.grow(bytes);
        }
    }

    #[inline(never)]
    fn grow(&mut self, bytes: usize) {
        let needed = u64::from(self.length) + bytes as u64;
        heap::check_room(needed);
        let wanted = (needed + needed / 2).min(u64::from(u32::MAX / 4)) as u32;
        if !heap::extend(self.address, PREFIX + wanted) {
            let address = heap::allocate(Kind::String as u32, PREFIX + wanted);
            heap::copy(address + STRING_DATA, self.address + STRING_DATA, self.length);
            heap::free(self.address);
            self.address = address;
        }
        self.capacity = heap::capacity(self.address) - PREFIX;
    }

    /// The string.
    pub fn finish(self) -> Value {
        self.finish_with(CHARS_UNKNOWN)
    }

    /// The string, which is all ASCII.
    pub fn finish_ascii(self) -> Value {
        let length = self.length;
        self.finish_with(length)
    }

    fn finish_with(self, chars: u32) -> Value {
        heap::shrink(self.address, PREFIX + self.length);
        write_u32(self.address + STRING_BYTES, self.length);
        write_u32(self.address + STRING_CHARS, chars);
        Value::reference(Kind::String, self.address)
    }

    /// Gives the memory back.
    pub fn discard(self) {
        heap::free(self.address);
    }
}

impl Default for Builder {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Write for Builder {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.push(text);
        Ok(())
    }
}

/// Whether a value is a string; shorter than matching on [`Unpacked`].
#[inline]
pub fn is(value: Value) -> bool {
    matches!(value.unpack(), Unpacked::Ref(Kind::String, _))
}
