//! Reads images back, for tests and fuzzing.

use jurybox_hog_abi::layout::{
    ALIGN, BIGINT_DATA, BIGINT_LENGTH, BIGINT_SIGN, ENTRY_SIZE, HEADER, INDEX_MASK, INDEX_SLOTS, LIST_DATA,
    LIST_LENGTH, OBJECT_CAPACITY, OBJECT_ENTRIES, OBJECT_INDEX, OBJECT_LENGTH, SIZE_MASK, STRING_BYTES, STRING_CHARS,
    STRING_DATA,
};
use jurybox_hog_abi::{Kind, Unpacked, Value, hash, memory_map};
use num_bigint::BigInt;
use serde_json::{Value as Json, json};

use super::EventImage;
use crate::python::Number;

/// Reads an image as the runtime would, checking every header on the way.
pub struct Reader<'a> {
    /// The address of its first byte.
    pub base: u32,
    /// The image.
    pub bytes: &'a [u8],
}

impl Reader<'_> {
    /// A word at this address.
    pub fn word(&self, address: u32) -> u32 {
        let at = (address - self.base) as usize;
        u32::from_le_bytes(*self.bytes[at..].first_chunk().expect("inside the image"))
    }

    fn value(&self, address: u32) -> Value {
        Value(u64::from(self.word(address)) | u64::from(self.word(address + 4)) << 32)
    }

    fn read(&self, value: Value) -> Json {
        let (kind, address) = match value.unpack() {
            Unpacked::Null => return Json::Null,
            Unpacked::Bool(value) => return json!(value),
            Unpacked::Int(value) => return json!(value),
            // As text: JSON has no infinity, and arbitrary precision compares numbers by their text.
            Unpacked::Float(value) => return json!(format!("float {value:?}")),
            Unpacked::Ref(kind, address) => (kind, address),
            Unpacked::Invalid => panic!("an invalid value"),
        };
        let head = self.word(address);
        assert_eq!(
            (address % ALIGN, head & !SIZE_MASK, self.word(address + 4)),
            (0, 0, kind as u32)
        );
        let end = address + head;
        assert!(head >= HEADER && (end - self.base) as usize <= self.bytes.len());
        match kind {
            Kind::String => {
                let text = self.text(value);
                assert_eq!(self.word(address + STRING_CHARS) as usize, text.chars().count());
                assert!(address + STRING_DATA + text.len() as u32 <= end);
                json!(text)
            }
            Kind::Array => {
                let length = self.word(address + LIST_LENGTH);
                assert!(address + LIST_DATA + length * 8 <= end);
                (0..length)
                    .map(|at| self.read(self.value(address + LIST_DATA + at * 8)))
                    .collect()
            }
            Kind::Object => {
                let (length, entries) = (self.word(address + OBJECT_LENGTH), self.word(address + OBJECT_ENTRIES));
                assert_eq!(self.word(address + OBJECT_CAPACITY), length);
                assert!(entries + length * ENTRY_SIZE <= end);
                let entry = |at: u32| (self.value(entries + at * ENTRY_SIZE), entries + at * ENTRY_SIZE + 8);
                let fields = (0..length).map(|at| {
                    let (key, value) = entry(at);
                    let key = self.text(key);
                    assert_eq!(self.find(address, &key), Some(at), "{key}");
                    (key, self.read(self.value(value)))
                });
                Json::Object(fields.collect())
            }
            Kind::BigInt => {
                let limbs = (0..self.word(address + BIGINT_LENGTH))
                    .map(|at| self.word(address + BIGINT_DATA + at * 4))
                    .collect::<Vec<_>>();
                assert_ne!(limbs.last(), Some(&0));
                let negative = self.word(address + BIGINT_SIGN) == 1;
                let sign = if negative {
                    num_bigint::Sign::Minus
                } else {
                    num_bigint::Sign::Plus
                };
                serde_json::from_str(&BigInt::from_slice(sign, &limbs).to_string()).expect("digits")
            }
            kind => panic!("{kind:?} is not in JSON"),
        }
    }

    fn text(&self, value: Value) -> String {
        let address = value.address_of(Kind::String).expect("a string");
        let at = (address + STRING_DATA - self.base) as usize;
        let length = self.word(address + STRING_BYTES) as usize;
        String::from_utf8(self.bytes[at..at + length].to_vec()).expect("UTF-8")
    }

    /// Finds a key the way the runtime does.
    pub fn find(&self, object: u32, key: &str) -> Option<u32> {
        let index = self.word(object + OBJECT_INDEX);
        let entries = self.word(object + OBJECT_ENTRIES);
        let is_key = |at: u32| self.text(self.value(entries + at * ENTRY_SIZE)) == key;
        if index == 0 {
            return (0..self.word(object + OBJECT_LENGTH)).find(|at| is_key(*at));
        }
        let mask = self.word(index + INDEX_MASK);
        let mut slot = hash::string(key.as_bytes()) & mask;
        loop {
            match self.word(index + INDEX_SLOTS + slot * 4) {
                0 => return None,
                number if is_key(number - 1) => return Some(number - 1),
                _ => slot = (slot + 1) & mask,
            }
        }
    }
}

/// The globals of an image as JSON, its floats as texts.
///
/// # Panics
///
/// When something in it is not as the runtime expects it.
#[must_use]
pub fn read(image: &EventImage) -> Json {
    assert!(image.bytes.len().is_multiple_of(ALIGN as usize));
    Reader {
        base: memory_map::EVENT,
        bytes: &image.bytes,
    }
    .read(image.globals)
}

/// JSON with its floats in the form that [`Reader::read`] gives them.
#[must_use]
pub fn expected(json: &Json) -> Json {
    match json {
        Json::Number(number) => match Number::of(number) {
            Number::Int(value) => json!(value),
            Number::BigInt(_) => json.clone(),
            Number::Float(value) => json!(format!("float {value:?}")),
        },
        Json::Array(items) => items.iter().map(expected).collect(),
        Json::Object(map) => map.iter().map(|(key, value)| (key.clone(), expected(value))).collect(),
        other => other.clone(),
    }
}
