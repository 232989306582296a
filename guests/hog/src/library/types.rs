//! Conversions, tests for null and emptiness, and the operators as functions.

use jurybox_hog_abi::{Kind, Unpacked, Value};

use super::optional;
use crate::compare::{self, Order, truthy};
use crate::number::{self, Number};
use crate::{access, calendar, dates, failure, list, object, print, text, types};

pub fn to_string(arguments: &[Value]) -> Value {
    let value = arguments[0];
    match value.unpack() {
        Unpacked::Ref(Kind::DateTime, _) => match dates::datetime(value) {
            Some(instant) => text::new(&dates::checked(calendar::iso_instant(instant))),
            None => value,
        },
        Unpacked::Ref(Kind::Date, _) => dates::date(value).map_or(value, |date| text::new(&calendar::iso_date(date))),
        _ => print::to_text(value),
    }
}

pub fn to_int(arguments: &[Value]) -> Value {
    let value = arguments[0];
    match value.unpack() {
        Unpacked::Int(_) | Unpacked::Ref(Kind::BigInt, _) => value,
        Unpacked::Bool(bool) => number::int(bool.into()),
        // A float that has no integer gives null where it is NaN (a ValueError), as text that is no number does.
        Unpacked::Float(float) => {
            if float.is_nan() {
                Value::NULL
            } else {
                number::whole(float.trunc())
            }
        }
        Unpacked::Ref(Kind::String, _) => text::of(value).and_then(number::parse_int).unwrap_or(Value::NULL),
        Unpacked::Ref(Kind::DateTime, _) => {
            dates::datetime(value).map_or(Value::NULL, |instant| number::whole(instant.seconds.trunc()))
        }
        Unpacked::Ref(Kind::Date, _) => match dates::date(value) {
            Some(date) => number::int(dates::checked(calendar::days_since_epoch(date))),
            None => Value::NULL,
        },
        Unpacked::Null => Value::NULL,
        _ => failure::type_error(format_args!(
            "int() argument must be a string, a bytes-like object or a real number, not '{}'",
            types::python_name(value)
        )),
    }
}

pub fn to_float(arguments: &[Value]) -> Value {
    let value = arguments[0];
    match value.unpack() {
        Unpacked::Ref(Kind::String, _) => text::of(value)
            .and_then(number::parse_float)
            .map_or(Value::NULL, Value::float),
        Unpacked::Ref(Kind::DateTime, _) => {
            dates::datetime(value).map_or(Value::NULL, |instant| Value::float(instant.seconds))
        }
        Unpacked::Ref(Kind::Date, _) => match dates::date(value) {
            Some(date) => Value::float(dates::checked(calendar::days_since_epoch(date)) as f64),
            None => Value::NULL,
        },
        Unpacked::Null => Value::NULL,
        _ => match number::of(value) {
            Some(number) => {
                let float = number.approximate();
                if float.is_infinite() && matches!(number, Number::Big(_)) {
                    failure::exception("OverflowError", format_args!("int too large to convert to float"));
                }
                Value::float(float)
            }
            None => failure::type_error(format_args!(
                "float() argument must be a string or a real number, not '{}'",
                types::python_name(value)
            )),
        },
    }
}

/// `value::type_name`.
pub fn cast(value: Value, type_name: Value) -> Value {
    let name = text::of(type_name).unwrap_or_default();
    let is = |names: &[&str]| names.iter().any(|other| name.eq_ignore_ascii_case(other));
    if is(&["int", "integer"]) {
        to_int(&[value])
    } else if is(&["float"]) {
        to_float(&[value])
    } else if is(&["string", "uuid"]) {
        to_string(&[value])
    } else if is(&["bool", "boolean"]) {
        match text::of(value) {
            _ if value == Value::NULL => Value::NULL,
            Some(text) => Value::bool(compare::text_as_bool(text)),
            None => Value::bool(truthy(value)),
        }
    } else if is(&["date"]) {
        super::dates::to_date(&[value])
    } else if is(&["datetime"]) {
        super::dates::to_date_time(&[value])
    } else {
        failure::vm(format_args!(
            "Can not cast to {name}: known types are int, integer, float, string, bool, boolean, date, datetime, uuid"
        ))
    }
}

pub fn type_of(arguments: &[Value]) -> Value {
    text::ascii(types::hog_name(arguments[0]))
}

pub fn coalesce(arguments: &[Value]) -> Value {
    arguments
        .iter()
        .copied()
        .find(|value| *value != Value::NULL)
        .unwrap_or(Value::NULL)
}

pub fn assume_not_null(arguments: &[Value]) -> Value {
    if arguments[0] == Value::NULL {
        failure::value_error(format_args!("Value is null in assumeNotNull"));
    }
    arguments[0]
}

pub fn is_null(arguments: &[Value]) -> Value {
    Value::bool(arguments[0] == Value::NULL)
}

pub fn is_not_null(arguments: &[Value]) -> Value {
    Value::bool(arguments[0] != Value::NULL)
}

fn is_empty(value: Value) -> bool {
    match value.unpack() {
        Unpacked::Null => true,
        Unpacked::Ref(Kind::String, _) => text::of(value).is_some_and(str::is_empty),
        Unpacked::Ref(Kind::Array | Kind::Tuple, address) => list::at(address).is_empty(),
        Unpacked::Ref(Kind::Object, address) => object::at(address).is_empty(),
        _ => false,
    }
}

pub fn empty(arguments: &[Value]) -> Value {
    Value::bool(is_empty(arguments[0]))
}

pub fn not_empty(arguments: &[Value]) -> Value {
    Value::bool(!is_empty(arguments[0]))
}

pub fn if_else(arguments: &[Value]) -> Value {
    arguments[if truthy(arguments[0]) { 1 } else { 2 }]
}

pub fn multi_if(arguments: &[Value]) -> Value {
    let (otherwise, pairs) = arguments.split_last().unwrap_or((&Value::NULL, &[]));
    for pair in pairs.chunks(2) {
        if truthy(pair[0]) {
            let Some(value) = pair.get(1) else {
                failure::exception("IndexError", format_args!("list index out of range"));
            };
            return *value;
        }
    }
    *otherwise
}

pub fn and(arguments: &[Value]) -> Value {
    Value::bool(arguments.iter().all(|value| truthy(*value)))
}

pub fn or(arguments: &[Value]) -> Value {
    Value::bool(arguments.iter().any(|value| truthy(*value)))
}

pub fn not(arguments: &[Value]) -> Value {
    Value::bool(!truthy(arguments[0]))
}

pub fn equals(arguments: &[Value]) -> Value {
    Value::bool(compare::equal(arguments[0], arguments[1]))
}

pub fn not_equals(arguments: &[Value]) -> Value {
    Value::bool(!compare::equal(arguments[0], arguments[1]))
}

fn ordered(order: Order, arguments: &[Value]) -> Value {
    Value::bool(compare::ordered_strictly(order, arguments[0], optional(arguments, 1)))
}

pub fn greater(arguments: &[Value]) -> Value {
    ordered(Order::Greater, arguments)
}

pub fn greater_or_equals(arguments: &[Value]) -> Value {
    ordered(Order::GreaterOrEqual, arguments)
}

pub fn less(arguments: &[Value]) -> Value {
    ordered(Order::Less, arguments)
}

pub fn less_or_equals(arguments: &[Value]) -> Value {
    ordered(Order::LessOrEqual, arguments)
}

/// Whether a value is in an array or tuple; in anything else nothing is.
pub(super) fn is_member(item: Value, container: Value) -> bool {
    list::of(container).is_some() && access::contains(item, container)
}
