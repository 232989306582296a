//! Text functions. Positions count code points from 1.

use jurybox_hog_abi::layout::{CHARS_UNKNOWN, STRING_DATA};
use jurybox_hog_abi::{Kind, Value};
use memchr::memmem::Finder;

use super::optional;
use crate::list::{self, Filling};
use crate::number::{self, is_python_space};
use crate::search;
use crate::text::{self, Builder, Text};
use crate::{access, failure, heap, patterns, print, python, types};

/// The text of an argument whose method of that name Python would call.
fn receiver(value: Value, method: &str) -> Text {
    Text::of(value).unwrap_or_else(|| failure::no_attribute(value, method))
}

/// Text without anything outside of ASCII, changed byte by byte.
#[inline]
fn map_ascii(text: &str, change: impl Fn(u8) -> u8) -> Value {
    let address = text::allocate(text.len() as u32, text.len() as u32);
    heap::map_bytes(address + STRING_DATA, text.as_bytes(), change);
    Value::reference(Kind::String, address)
}

pub fn lower(arguments: &[Value]) -> Value {
    if arguments[0] == Value::NULL {
        return Value::NULL;
    }
    let text = receiver(arguments[0], "lower");
    if text.is_ascii() {
        return map_ascii(text.text, |byte| byte.to_ascii_lowercase());
    }
    text::new(&text.text.to_lowercase())
}

pub fn upper(arguments: &[Value]) -> Value {
    if arguments[0] == Value::NULL {
        return Value::NULL;
    }
    let text = receiver(arguments[0], "upper");
    if text.is_ascii() {
        return map_ascii(text.text, |byte| byte.to_ascii_uppercase());
    }
    text::new(&text.text.to_uppercase())
}

pub fn reverse(arguments: &[Value]) -> Value {
    let value = arguments[0];
    if let Some(text) = Text::of(value) {
        let mut out = Builder::with_capacity(text.text.len() as u32);
        text.text.chars().rev().for_each(|character| out.push_char(character));
        return out.finish();
    }
    if let Some(items) = list::of(value) {
        let kind = if value.address_of(Kind::Tuple).is_some() {
            Kind::Tuple
        } else {
            Kind::Array
        };
        let mut reversed = Filling::new(kind, items.len());
        items.iter().rev().for_each(|item| reversed.push(*item));
        return reversed.finish(kind);
    }
    match types::python_name(value) {
        _ if value == Value::NULL => Value::NULL,
        "dict" => failure::type_error(format_args!("unhashable type: 'slice'")),
        name => failure::type_error(format_args!("'{name}' object is not subscriptable")),
    }
}

pub fn concat(arguments: &[Value]) -> Value {
    // Most arguments are strings: then the length is known before anything is written.
    let length: usize = arguments
        .iter()
        .map(|value| text::of(*value).map_or(16, str::len))
        .sum();
    let mut out = Builder::with_capacity(length as u32);
    for argument in arguments {
        if *argument != Value::NULL {
            print::write_plain(*argument, &mut out);
        }
    }
    out.finish()
}

/// An argument that slicing takes as an index.
fn slice_index(value: Value) -> i64 {
    number::index(value).unwrap_or_else(|| {
        failure::type_error(format_args!(
            "slice indices must be integers or None or have an __index__ method"
        ))
    })
}

pub fn substring(arguments: &[Value]) -> Value {
    let Some(text) = Text::of(arguments[0]) else {
        return text::ascii("");
    };
    if number::of(arguments[1]).is_none() {
        failure::unsupported_operands("-", arguments[1], number::int(1));
    }
    let start = slice_index(arguments[1]);
    let chars = i64::from(text.chars());
    let length = match optional(arguments, 2) {
        Value::NULL => chars.saturating_sub(start - 1),
        length => slice_index(length),
    };
    if start < 1 || length < 0 || start > chars {
        return text::ascii("");
    }
    let first = start - 1;
    let last = first.saturating_add(length).min(chars);
    let part = &text.text[text.offset(first as u32)..text.offset(last as u32)];
    text::with_chars(part, (last - first) as u32)
}

/// The text without what `trim` takes off one or both ends.
fn trimmed(arguments: &[Value], method: &str, left: bool, right: bool) -> Value {
    let value = arguments[0];
    let character = match arguments.get(1) {
        None => None,
        Some(value) => {
            let mut characters = text::of(*value).unwrap_or(" ").chars();
            match (characters.next(), characters.next()) {
                (Some(character), None) => Some(character),
                // Nothing to take off.
                (None, _) => return Value::reference(Kind::String, receiver(arguments[0], method).address),
                _ => return text::ascii(""),
            }
        }
    };
    let whole = receiver(value, method);
    let taken = |other: char| match character {
        Some(character) => other == character,
        None => is_python_space(other),
    };
    let mut part = whole.text;
    if left {
        part = part.trim_start_matches(taken);
    }
    if right {
        part = part.trim_end_matches(taken);
    }
    if part.len() == whole.text.len() {
        value
    } else {
        text::part(whole, part)
    }
}

pub fn trim(arguments: &[Value]) -> Value {
    trimmed(arguments, "strip", true, true)
}

pub fn trim_left(arguments: &[Value]) -> Value {
    trimmed(arguments, "lstrip", true, false)
}

pub fn trim_right(arguments: &[Value]) -> Value {
    trimmed(arguments, "rstrip", false, true)
}

pub fn split(arguments: &[Value]) -> Value {
    let value = arguments[1];
    if value == Value::NULL {
        return Value::NULL;
    }
    let whole = receiver(value, "split");
    let most = match optional(arguments, 2) {
        Value::NULL => None,
        most => Some(number::index(most).unwrap_or_else(|| {
            failure::type_error(format_args!(
                "'{}' object cannot be interpreted as an integer",
                types::python_name(most)
            ))
        })),
    };
    if arguments[0] == Value::NULL {
        return split_at_space(whole, most);
    }
    let Some(separator) = text::of(arguments[0]) else {
        failure::type_error(format_args!(
            "must be str or None, not {}",
            types::python_name(arguments[0])
        ));
    };
    if separator.is_empty() {
        failure::value_error(format_args!("empty separator"));
    }
    split_at(whole, separator, most)
}

/// How many of `pieces` pieces remain when only the first `most` are wanted; Python counts splits, and a negative
/// number of them is no limit, but then drops as many pieces from the end as a negative slice does.
fn kept(pieces: usize, most: Option<i64>) -> usize {
    match most {
        None => pieces,
        Some(most @ 0..) => pieces.min(most as usize),
        Some(most) => pieces.saturating_sub(most.unsigned_abs() as usize),
    }
}

fn split_at(whole: Text, separator: &str, most: Option<i64>) -> Value {
    let (bytes, step) = (whole.text.as_bytes(), separator.len());
    let ascii = whole.is_ascii();
    let piece = |part: &str| text::with_chars(part, if ascii { part.len() as u32 } else { CHARS_UNKNOWN });
    let single = (step == 1).then(|| separator.as_bytes()[0]);
    let finder = Finder::new(separator);
    let count = match single {
        Some(byte) => search::count(byte, bytes),
        None => finder.find_iter(bytes).count(),
    };
    let wanted = kept(count + 1, most);
    let mut pieces = Filling::new(Kind::Array, wanted);
    let mut start = 0;
    for _ in 0..wanted {
        let found = match single {
            Some(byte) => search::find_byte(byte, &bytes[start..]),
            None => finder.find(&bytes[start..]),
        };
        let end = found.map_or(bytes.len(), |found| start + found);
        pieces.push(piece(&whole.text[start..end]));
        start = end + step;
    }
    pieces.finish(Kind::Array)
}

fn split_at_space(whole: Text, most: Option<i64>) -> Value {
    let parts: Vec<&str> = whole
        .text
        .split(is_python_space)
        .filter(|part| !part.is_empty())
        .collect();
    let wanted = kept(parts.len(), most);
    list::collect(parts[..wanted].iter().map(|part| text::part(whole, part)))
}

fn replaced(arguments: &[Value], once: bool) -> Value {
    let whole = receiver(arguments[0], "replace");
    let argument = |number: usize| {
        text::of(arguments[number]).unwrap_or_else(|| {
            failure::type_error(format_args!(
                "replace() argument {number} must be str, not {}",
                types::python_name(arguments[number])
            ))
        })
    };
    let (from, to) = (argument(1), argument(2));
    let mut out = Builder::with_capacity(whole.text.len() as u32);
    let mut done = 0;
    for (at, part) in whole.text.match_indices(from).take(if once { 1 } else { usize::MAX }) {
        out.push(&whole.text[done..at]);
        out.push(to);
        done = at + part.len();
    }
    out.push(&whole.text[done..]);
    out.finish()
}

pub fn replace_one(arguments: &[Value]) -> Value {
    replaced(arguments, true)
}

pub fn replace_all(arguments: &[Value]) -> Value {
    replaced(arguments, false)
}

pub fn starts_with(arguments: &[Value]) -> Value {
    match (text::of(arguments[0]), text::of(arguments[1])) {
        (Some(whole), Some(start)) => Value::bool(whole.starts_with(start)),
        _ => Value::FALSE,
    }
}

/// Python's `str` of a value.
fn shown(value: Value) -> &'static str {
    text::of(value).unwrap_or_else(|| access::shown(value))
}

pub fn position(arguments: &[Value]) -> Value {
    let Some(whole) = Text::of(arguments[0]) else {
        return number::int(0);
    };
    let part = shown(arguments[1]);
    match search::find(whole.text.as_bytes(), part.as_bytes()) {
        Some(offset) => number::int(i64::from(whole.chars_before(offset)) + 1),
        None => number::int(0),
    }
}

pub fn position_insensitive(arguments: &[Value]) -> Value {
    let Some(whole) = Text::of(arguments[0]) else {
        return number::int(0);
    };
    let part = shown(arguments[1]);
    if whole.is_ascii() && part.is_ascii() {
        let found = search::find_ignoring_case(whole.text.as_bytes(), part.as_bytes());
        return number::int(found.map_or(0, |offset| offset as i64 + 1));
    }
    let (whole, part) = (whole.text.to_lowercase(), part.to_lowercase());
    number::int(
        whole
            .find(&part)
            .map_or(0, |offset| whole[..offset].chars().count() as i64 + 1),
    )
}

pub fn multi_search(arguments: &[Value]) -> Value {
    if arguments.contains(&Value::NULL) {
        return number::int(0);
    }
    let whole = python::to_text(arguments[0]);
    let whole = text::of(whole).unwrap_or_default();
    let needles = list::array(arguments[1]).unwrap_or_default();
    let ascii = whole.is_ascii();
    let folded = if ascii { String::new() } else { whole.to_lowercase() };
    let found = needles.iter().any(|needle| {
        let needle = shown(*needle);
        match (ascii, needle.is_ascii()) {
            (true, true) => search::find_ignoring_case(whole.as_bytes(), needle.as_bytes()).is_some(),
            // The Kelvin sign and its like are letters beyond ASCII whose lower case is not.
            (true, false) => whole.to_ascii_lowercase().contains(&needle.to_lowercase()),
            (false, _) => folded.contains(&needle.to_lowercase()),
        }
    });
    number::int(found.into())
}

pub fn like(arguments: &[Value]) -> Value {
    Value::bool(patterns::like(arguments[0], arguments[1], false))
}

pub fn ilike(arguments: &[Value]) -> Value {
    Value::bool(patterns::like(arguments[0], arguments[1], true))
}

pub fn not_like(arguments: &[Value]) -> Value {
    Value::bool(!patterns::like(arguments[0], arguments[1], false))
}

pub fn not_ilike(arguments: &[Value]) -> Value {
    Value::bool(!patterns::like(arguments[0], arguments[1], true))
}

pub fn matches(arguments: &[Value]) -> Value {
    if arguments.contains(&Value::NULL) {
        return Value::FALSE;
    }
    Value::bool(patterns::search(arguments[0], arguments[1], false))
}

pub fn extract_regex(arguments: &[Value]) -> Value {
    if arguments.contains(&Value::NULL) {
        return text::ascii("");
    }
    let whole = shown(arguments[0]);
    let pattern = python::to_text(arguments[1]);
    let found = Text::of(pattern)
        .and_then(|pattern| patterns::compiled(pattern, false).ok())
        .and_then(|pattern| pattern.extract(whole));
    text::new(found.unwrap_or_default())
}
