//! JSON functions.

use jurybox_hog_abi::{Kind, Unpacked, Value};

use super::optional;
use crate::number::{self, Number};
use crate::text::Text;
use crate::{access, failure, json, list, object, python, text, types};

pub fn parse(arguments: &[Value]) -> Value {
    let text = required_text(arguments[0]);
    match json::parse(text) {
        Ok(value) => value,
        Err(error) => error.raise(text.text),
    }
}

pub fn is_valid(arguments: &[Value]) -> Value {
    Value::bool(json::parse(required_text(arguments[0])).is_ok())
}

fn required_text(value: Value) -> Text {
    Text::of(value).unwrap_or_else(|| {
        failure::type_error(format_args!(
            "the JSON object must be str, bytes or bytearray, not {}",
            types::python_name(value)
        ))
    })
}

pub fn stringify(arguments: &[Value]) -> Value {
    let indent = number::index(optional(arguments, 1)).filter(|indent| *indent > 0);
    json::to_text(arguments[0], indent.map(|indent| indent.min(1 << 20) as u32))
}

/// Text is parsed; none if it is no JSON.
fn parsed(value: Value) -> Option<Value> {
    match Text::of(value) {
        Some(text) => json::parse(text).ok(),
        None => Some(value),
    }
}

/// Follows a path of names and 1-based positions; null where it leads nowhere.
fn follow(value: Value, path: &[Value]) -> Value {
    path.iter().fold(value, |value, key| access::get(value, *key))
}

pub fn has(arguments: &[Value]) -> Value {
    let mut current = arguments[0];
    for key in &arguments[1..] {
        let Some(container) = parsed(current) else {
            return Value::FALSE;
        };
        let found = match container.unpack() {
            Unpacked::Ref(Kind::Object, address) => {
                object::contains(address, *key).then(|| object::get(address, *key).unwrap_or(Value::NULL))
            }
            Unpacked::Ref(Kind::Array, address) => {
                let items = list::at(address);
                number::index(*key).and_then(|index| {
                    let position = if index > 0 {
                        index.checked_sub(1)?
                    } else {
                        index.checked_add(items.len() as i64)?
                    };
                    let found = usize::try_from(position)
                        .ok()
                        .and_then(|position| items.get(position).copied());
                    if index == 0 { None } else { found }
                })
            }
            _ => None,
        };
        match found {
            Some(value) => current = value,
            None => return Value::FALSE,
        }
    }
    Value::TRUE
}

pub fn length(arguments: &[Value]) -> Value {
    let Some(value) = parsed(arguments[0]) else {
        return number::int(0);
    };
    if value.address_of(Kind::Object).is_none() && value.address_of(Kind::Array).is_none() {
        return number::int(0);
    }
    let count = match follow(value, &arguments[1..]).unpack() {
        Unpacked::Ref(Kind::Object, address) => object::at(address).len(),
        Unpacked::Ref(Kind::Array, address) => list::at(address).len(),
        _ => 0,
    };
    number::int(count as i64)
}

/// The value at a path, if the first argument is JSON at all.
fn at_path(arguments: &[Value]) -> Option<Value> {
    Some(follow(parsed(arguments[0])?, &arguments[1..]))
}

pub fn extract_bool(arguments: &[Value]) -> Value {
    match at_path(arguments) {
        Some(Value::TRUE) => Value::TRUE,
        _ => Value::FALSE,
    }
}

pub fn extract_float(arguments: &[Value]) -> Value {
    let Some(value) = at_path(arguments) else {
        return Value::NULL;
    };
    match (text::of(value), number::of(value)) {
        (Some(text), _) => number::parse_float(text).map_or(Value::NULL, Value::float),
        (_, Some(number)) => Value::float(number.approximate()),
        _ => Value::NULL,
    }
}

pub fn extract_int(arguments: &[Value]) -> Value {
    let Some(value) = at_path(arguments) else {
        return Value::NULL;
    };
    match (text::of(value), number::of(value)) {
        (Some(text), _) => number::parse_int(text).unwrap_or(Value::NULL),
        (_, Some(Number::Float(float))) if float.is_nan() => Value::NULL,
        (_, Some(Number::Float(float))) => number::whole(float.trunc()),
        (_, Some(Number::Int(int))) => number::int(int),
        (_, Some(Number::Big(_))) => value,
        _ => Value::NULL,
    }
}

pub fn extract_string(arguments: &[Value]) -> Value {
    match at_path(arguments) {
        None | Some(Value::NULL) => Value::NULL,
        Some(value) => python::to_text(value),
    }
}

pub fn extract_array(arguments: &[Value]) -> Value {
    at_path(arguments)
        .filter(|value| value.address_of(Kind::Array).is_some())
        .unwrap_or(Value::NULL)
}

/// The value at a path; the last argument names a type, which is ignored.
pub fn extract(arguments: &[Value]) -> Value {
    at_path(&arguments[..arguments.len() - 1]).unwrap_or(Value::NULL)
}
