//! Arrays, tuples and objects. Nothing here changes its arguments.

use std::cmp::Ordering;

use jurybox_hog_abi::{Kind, Unpacked, Value};

use super::optional;
use super::types::is_member;
use crate::list::Filling;
use crate::number::{self, Number};
use crate::text::{Builder, Text};
use crate::{access, compare, failure, heap, list, object, python, text, types};

pub fn length(arguments: &[Value]) -> Value {
    let count = match arguments[0].unpack() {
        Unpacked::Ref(Kind::String, address) => Text::at(address).chars() as usize,
        Unpacked::Ref(Kind::Array | Kind::Tuple, address) => list::at(address).len(),
        Unpacked::Ref(Kind::Object, address) => object::at(address).len(),
        // These are dicts in the reference, with so many keys.
        Unpacked::Ref(Kind::DateTime | Kind::Closure | Kind::Library, _) => 3,
        Unpacked::Ref(Kind::Date | Kind::Error, _) => 4,
        Unpacked::Null => return Value::NULL,
        _ => failure::type_error(format_args!(
            "object of type '{}' has no len()",
            types::python_name(arguments[0])
        )),
    };
    number::int(count as i64)
}

pub fn keys(arguments: &[Value]) -> Value {
    access::iterate_keys(arguments[0])
}

pub fn values(arguments: &[Value]) -> Value {
    match arguments[0].unpack() {
        Unpacked::Ref(Kind::Array | Kind::Tuple, address) => list::new_array(list::at(address)),
        _ => access::iterate_values(arguments[0]),
    }
}

pub fn tuple(arguments: &[Value]) -> Value {
    list::new(Kind::Tuple, arguments)
}

pub fn has(arguments: &[Value]) -> Value {
    let is_array = arguments[0].address_of(Kind::Array).is_some();
    Value::bool(is_array && is_member(arguments[1], arguments[0]))
}

pub fn is_in(arguments: &[Value]) -> Value {
    Value::bool(is_member(arguments[0], arguments[1]))
}

pub fn index_of(arguments: &[Value]) -> Value {
    let items = list::array(arguments[0]).unwrap_or_default();
    let position = items
        .iter()
        .position(|item| compare::identical_or_equal(*item, arguments[1]));
    number::int(position.map_or(0, |position| position as i64 + 1))
}

pub fn push_back(arguments: &[Value]) -> Value {
    let items = list::array(arguments[0]).unwrap_or_default();
    let mut longer = Filling::new(Kind::Array, items.len() + 1);
    longer.extend(items);
    longer.push(arguments[1]);
    longer.finish(Kind::Array)
}

pub fn push_front(arguments: &[Value]) -> Value {
    let items = list::array(arguments[0]).unwrap_or_default();
    let mut longer = Filling::new(Kind::Array, items.len() + 1);
    longer.push(arguments[1]);
    longer.extend(items);
    longer.finish(Kind::Array)
}

pub fn pop_back(arguments: &[Value]) -> Value {
    let items = list::array(arguments[0]).unwrap_or_default();
    list::new_array(&items[..items.len().saturating_sub(1)])
}

pub fn pop_front(arguments: &[Value]) -> Value {
    let items = list::array(arguments[0]).unwrap_or_default();
    list::new_array(items.get(1..).unwrap_or_default())
}

pub fn reverse(arguments: &[Value]) -> Value {
    list::collect(list::array(arguments[0]).unwrap_or_default().iter().rev().copied())
}

fn sorted(array: Value, order: impl Fn(Value, Value) -> Ordering) -> Value {
    let mut items = list::array(array).unwrap_or_default().to_vec();
    items.sort_by(|a, b| order(*a, *b));
    list::new_array(&items)
}

pub fn sort(arguments: &[Value]) -> Value {
    sorted(arguments[0], compare::sorting)
}

pub fn reverse_sort(arguments: &[Value]) -> Value {
    sorted(arguments[0], |a, b| compare::sorting(b, a))
}

pub fn string_concat(arguments: &[Value]) -> Value {
    let Some(items) = list::array(arguments[0]) else {
        return text::ascii("");
    };
    let separator = match optional(arguments, 1) {
        Value::NULL => "",
        value => text::of(value).unwrap_or_else(|| failure::no_attribute(value, "join")),
    };
    let mut out = Builder::new();
    for (number, item) in items.iter().enumerate() {
        if number != 0 {
            out.push(separator);
        }
        python::write_str(*item, &mut out);
    }
    out.finish()
}

pub fn range(arguments: &[Value]) -> Value {
    let bound = |value: Value| match number::of(value) {
        Some(Number::Int(int)) => int,
        Some(Number::Big(_)) => failure::out_of_memory(),
        _ => failure::type_error(format_args!(
            "'{}' object cannot be interpreted as an integer",
            types::python_name(value)
        )),
    };
    let (start, end) = match optional(arguments, 1) {
        Value::NULL => (0, bound(arguments[0])),
        end => (bound(arguments[0]), bound(end)),
    };
    let count = end.saturating_sub(start).max(0) as u64;
    heap::check_room(count.saturating_mul(8));
    let mut numbers = Filling::new(Kind::Array, count as usize);
    for number in start..end.max(start) {
        numbers.push(number::int(number));
    }
    numbers.finish(Kind::Array)
}
