//! Reading and writing properties and elements, membership, slices, and what loops iterate over.

use jurybox_hog_abi::layout::{DATETIME_SECONDS, DATETIME_ZONE, ERROR_MESSAGE, ERROR_PAYLOAD, ERROR_TYPE};
use jurybox_hog_abi::memory_map::STATE_GLOBALS;
use jurybox_hog_abi::{Kind, Unpacked, Value};

use crate::heap::{read_u64, write_u64};
use crate::text::{Builder, Text};
use crate::{compare, dates, failure, list, number, object, python, text, types};

/// `object.key` and `object[key]`: null when there is no such thing.
#[inline]
pub fn get(object: Value, key: Value) -> Value {
    if let Some(address) = object.address_of(Kind::Object) {
        return object::get(address, key).unwrap_or(Value::NULL);
    }
    if let (Some(items), Unpacked::Int(index)) = (list::of(object), key.unpack())
        && index > 0
    {
        return items.get(index as usize - 1).copied().unwrap_or(Value::NULL);
    }
    get_unusual(object, key)
}

fn get_unusual(object: Value, key: Value) -> Value {
    if object == Value::NULL {
        return Value::NULL;
    }
    if let Some(index) = number::index(key) {
        if index == 0 {
            failure::vm(format_args!("Hog arrays start from index 1"));
        }
        if let Some(items) = list::of(object) {
            return position(index, items.len()).map_or(Value::NULL, |position| items[position]);
        }
        if let Some(text) = Text::of(object) {
            let Some(position) = position(index, text.chars() as usize) else {
                return Value::NULL;
            };
            let start = text.offset(position as u32);
            let character = text.text[start..].chars().next().unwrap_or_default();
            return text::with_chars(character.encode_utf8(&mut [0; 4]), 1);
        }
    }
    let name = text::of(key);
    let word = |address: u32, offset: u32| Value(read_u64(address + offset));
    match object.unpack() {
        Unpacked::Ref(Kind::Error, address) => match name {
            Some("type") => word(address, ERROR_TYPE),
            Some("message") => word(address, ERROR_MESSAGE),
            Some("payload") => word(address, ERROR_PAYLOAD),
            Some("__hogError__") => Value::TRUE,
            _ => Value::NULL,
        },
        Unpacked::Ref(Kind::DateTime, address) => match name {
            Some("dt") => word(address, DATETIME_SECONDS),
            Some("zone") => word(address, DATETIME_ZONE),
            Some("__hogDateTime__") => Value::TRUE,
            _ => Value::NULL,
        },
        Unpacked::Ref(Kind::Date, _) => match (name, dates::date(object)) {
            (Some("year"), Some(date)) => number::int(date.year.into()),
            (Some("month"), Some(date)) => number::int(date.month.into()),
            (Some("day"), Some(date)) => number::int(date.day.into()),
            (Some("__hogDate__"), _) => Value::TRUE,
            _ => Value::NULL,
        },
        Unpacked::Ref(Kind::Closure | Kind::Library, _) => Value::NULL,
        _ if number::index(key).is_some() => failure::type_error(format_args!(
            "object of type '{}' has no len()",
            types::python_name(object)
        )),
        _ => failure::no_attribute(object, "get"),
    }
}

/// The position from 0 of a 1-based index; negative ones count from the end.
fn position(index: i64, length: usize) -> Option<usize> {
    let position = if index > 0 {
        index - 1
    } else {
        index.checked_add(length as i64)?
    };
    usize::try_from(position).ok().filter(|position| *position < length)
}

/// `object.key := value` and `object[key] := value`; on null it does nothing.
pub fn set(object: Value, key: Value, value: Value) {
    match object.unpack() {
        Unpacked::Null => {}
        Unpacked::Ref(Kind::Object, address) => object::insert(address, key, value),
        Unpacked::Ref(Kind::Array, address) => {
            let length = list::at(address).len();
            match number::index(key) {
                None => failure::vm(format_args!("Invalid index: {}", shown(key))),
                Some(..=0) => failure::vm(format_args!("Hog arrays start from index 1")),
                Some(index) if index as u64 > length as u64 => failure::vm(format_args!(
                    "Index {} out of range for array of length {length}",
                    shown(key)
                )),
                Some(index) => list::replace(address, index as u32 - 1, value),
            }
        }
        Unpacked::Ref(Kind::Error, address) => match text::of(key) {
            Some("type") => write_u64(address + ERROR_TYPE, value.0),
            Some("message") => write_u64(address + ERROR_MESSAGE, value.0),
            Some("payload") => write_u64(address + ERROR_PAYLOAD, value.0),
            _ => refuse(object, key),
        },
        _ => refuse(object, key),
    }
}

fn refuse(object: Value, key: Value) -> ! {
    failure::vm(format_args!(
        "Can not set property \"{}\" on object of type \"{}\"",
        shown(key),
        types::python_name(object)
    ))
}

/// Python's `str` of a value, for messages.
pub fn shown(value: Value) -> &'static str {
    let mut out = Builder::new();
    python::write_str(value, &mut out);
    out.text()
}

/// A global variable.
pub fn global(name: Value) -> Value {
    let globals = Value(read_u64(STATE_GLOBALS));
    match globals
        .address_of(Kind::Object)
        .and_then(|address| object::get(address, name))
    {
        Some(value) => value,
        None => failure::vm(format_args!("Global variable not found: {}", shown(name))),
    }
}

/// `item in container`: an element of an array or tuple, a key of an object, a part of a text.
pub fn contains(item: Value, container: Value) -> bool {
    if let Some(items) = list::of(container) {
        return items.iter().any(|other| compare::identical_or_equal(item, *other));
    }
    if let Some(address) = container.address_of(Kind::Object) {
        return object::contains(address, item);
    }
    if let Some(whole) = text::of(container) {
        let Some(part) = text::of(item) else {
            failure::type_error(format_args!(
                "'in <string>' requires string as left operand, not {}",
                types::python_name(item)
            ));
        };
        return memchr::memmem::find(whole.as_bytes(), part.as_bytes()).is_some();
    }
    let Some(fields) = fields(container) else {
        failure::type_error(format_args!(
            "argument of type '{}' is not iterable",
            types::python_name(container)
        ));
    };
    text::of(item).is_some_and(|item| fields.contains(&item))
}

/// The keys of what is a dict in the reference, but no object.
fn fields(container: Value) -> Option<&'static [&'static str]> {
    Some(match container.unpack() {
        Unpacked::Ref(Kind::DateTime, _) => &["__hogDateTime__", "dt", "zone"],
        Unpacked::Ref(Kind::Date, _) => &["__hogDate__", "year", "month", "day"],
        Unpacked::Ref(Kind::Error, _) => &["__hogError__", "type", "message", "payload"],
        Unpacked::Ref(Kind::Closure | Kind::Library, _) => &["__hogClosure__", "callable", "upvalues"],
        _ => return None,
    })
}

/// The value of one of the [`fields`].
fn field(container: Value, name: &str) -> Value {
    match name {
        "__hogClosure__" => Value::TRUE,
        "callable" => container,
        "upvalues" => list::new_array(&[]),
        _ => get(container, text::ascii(name)),
    }
}

/// The values that a loop goes over; an array or tuple is its own list of values.
pub fn iterate_values(container: Value) -> Value {
    match container.unpack() {
        Unpacked::Ref(Kind::Array | Kind::Tuple, _) => container,
        Unpacked::Ref(Kind::Object, address) => object::values(address),
        _ => list::collect(
            fields(container)
                .unwrap_or_default()
                .iter()
                .map(|name| field(container, name)),
        ),
    }
}

/// The keys that a loop goes over: of an array or tuple, the positions from 0.
pub fn iterate_keys(container: Value) -> Value {
    if let Some(items) = list::of(container) {
        return list::collect((0..items.len() as u32).map(|position| number::int(position.into())));
    }
    match container.address_of(Kind::Object) {
        Some(address) => object::keys(address),
        None => list::collect(
            fields(container)
                .unwrap_or_default()
                .iter()
                .map(|name| text::ascii(name)),
        ),
    }
}

/// `object[start:end]`: from 1, the end not included, negative numbers count from the end, null is open.
pub fn slice(object: Value, start: Value, end: Value) -> Value {
    if object == Value::NULL {
        return Value::NULL;
    }
    let bounds = |length: usize| {
        let length = length as i64;
        let bound = |value: Value, open: i64| {
            if value == Value::NULL {
                return open;
            }
            let Some(index) = number::index(value) else {
                failure::vm(format_args!(
                    "A slice needs whole numbers, got {}",
                    types::hog_name(value)
                ));
            };
            if index == 0 {
                failure::vm(format_args!("Hog arrays start from index 1"));
            }
            let position = if index > 0 {
                index - 1
            } else {
                index.saturating_add(length)
            };
            position.clamp(0, length)
        };
        let (start, end) = (bound(start, 0), bound(end, length));
        start as usize..end.max(start) as usize
    };
    if let Some(items) = list::of(object) {
        let kind = if object.address_of(Kind::Tuple).is_some() {
            Kind::Tuple
        } else {
            Kind::Array
        };
        return list::new(kind, &items[bounds(items.len())]);
    }
    let Some(text) = Text::of(object) else {
        failure::vm(format_args!("Can not take a slice of {}", types::hog_name(object)));
    };
    let range = bounds(text.chars() as usize);
    let chars = range.len() as u32;
    text::with_chars(
        &text.text[text.offset(range.start as u32)..text.offset(range.end as u32)],
        chars,
    )
}
