//! Truth, equality and order.
//!
//! Operators first bring both sides to one type (`1 == '1'`); the library's functions, and values inside of
//! containers, compare as Python does.

use std::cmp::Ordering;

use jurybox_hog_abi::layout::{
    DATE_DAY, DATE_MONTH, DATE_YEAR, DATETIME_ZONE, ERROR_MESSAGE, ERROR_PAYLOAD, ERROR_TYPE,
};
use jurybox_hog_abi::{Kind, Unpacked, Value};

use crate::heap::{read_u32, read_u64};
use crate::number::{self, Number};
use crate::text::Text;
use crate::{dates, failure, list, object, text, types};

/// Whether a value counts as true: not null, false, 0, or empty.
pub fn truthy(value: Value) -> bool {
    match value.unpack() {
        Unpacked::Null | Unpacked::Invalid => false,
        Unpacked::Bool(bool) => bool,
        Unpacked::Int(int) => int != 0,
        Unpacked::Float(float) => float != 0.0,
        Unpacked::Ref(Kind::String, address) => !Text::at(address).text.is_empty(),
        Unpacked::Ref(Kind::Array | Kind::Tuple, address) => !list::at(address).is_empty(),
        Unpacked::Ref(Kind::Object, address) => !object::at(address).is_empty(),
        Unpacked::Ref(..) => true,
    }
}

/// The operator `==`.
pub fn equals(left: Value, right: Value) -> bool {
    if let (Some(a), Some(b)) = (Text::of(left), Text::of(right)) {
        return left == right || text::same(a.text.as_bytes(), b.text.as_bytes());
    }
    match (unified(left, right), unified(right, left)) {
        (Some(a), Some(b)) => number::compare(&a, &b) == Some(Ordering::Equal),
        _ => match (dates::instant(left, right), dates::instant(right, left)) {
            (Some(a), Some(b)) => a == b,
            _ => equal(left, right),
        },
    }
}

/// What a value counts as when an operator compares it with `other`, if that is a number: numbers are themselves, and
/// text beside a number or a boolean is converted.
fn unified(value: Value, other: Value) -> Option<Number> {
    let Some(text) = text::of(value) else {
        return number::of(value);
    };
    match other.unpack() {
        Unpacked::Bool(_) => Some(Number::Int(i64::from(text_as_bool(text)))),
        Unpacked::Int(_) | Unpacked::Float(_) | Unpacked::Ref(Kind::BigInt, _) => {
            number::parse_float(text).map(Number::Float)
        }
        _ => None,
    }
}

/// Text beside a boolean: the words mean what they say, any other text is true unless it is empty.
pub fn text_as_bool(text: &str) -> bool {
    if text.eq_ignore_ascii_case("true") {
        true
    } else if text.eq_ignore_ascii_case("false") {
        false
    } else {
        !text.is_empty()
    }
}

/// Python's `==`.
pub fn equal(left: Value, right: Value) -> bool {
    equal_within(left, right, 0)
}

/// Python's test for membership: the same value, or an equal one.
pub fn identical_or_equal(left: Value, right: Value) -> bool {
    left == right || equal(left, right)
}

fn equal_within(left: Value, right: Value, depth: u32) -> bool {
    if depth > failure::DEPTH_LIMIT {
        failure::recursion();
    }
    let inner = |a: Value, b: Value| a == b && !is_nan(a) || equal_within(a, b, depth + 1);
    let word = |address: u32, offset: u32| Value(read_u64(address + offset));
    match (left.unpack(), right.unpack()) {
        (Unpacked::Null, Unpacked::Null) => true,
        (Unpacked::Ref(a_kind, a), Unpacked::Ref(b_kind, b)) if a_kind == b_kind => match a_kind {
            Kind::String => text::same(Text::at(a).text.as_bytes(), Text::at(b).text.as_bytes()),
            Kind::Array | Kind::Tuple => {
                let (a, b) = (list::at(a), list::at(b));
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| inner(*a, *b))
            }
            Kind::Object => {
                let entries = object::at(a);
                entries.len() == object::at(b).len()
                    && entries
                        .iter()
                        .all(|entry| object::get(b, entry.key).is_some_and(|value| inner(entry.value, value)))
            }
            Kind::DateTime => {
                dates::seconds_at(a) == dates::seconds_at(b) && inner(word(a, DATETIME_ZONE), word(b, DATETIME_ZONE))
            }
            Kind::Date => [DATE_YEAR, DATE_MONTH, DATE_DAY]
                .iter()
                .all(|offset| read_u32(a + offset) == read_u32(b + offset)),
            Kind::Error => [ERROR_TYPE, ERROR_MESSAGE, ERROR_PAYLOAD]
                .iter()
                .all(|offset| inner(word(a, *offset), word(b, *offset))),
            Kind::BigInt => compare_numbers(left, right) == Some(Ordering::Equal),
            Kind::Closure | Kind::Cell | Kind::Library => a == b,
        },
        _ => compare_numbers(left, right) == Some(Ordering::Equal),
    }
}

fn is_nan(value: Value) -> bool {
    matches!(value.unpack(), Unpacked::Float(float) if float.is_nan())
}

fn compare_numbers(left: Value, right: Value) -> Option<Ordering> {
    number::compare(&number::of(left)?, &number::of(right)?)
}

/// An operator of order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// `<`.
    Less,
    /// `<=`.
    LessOrEqual,
    /// `>`.
    Greater,
    /// `>=`.
    GreaterOrEqual,
}

impl Order {
    fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
        }
    }

    const fn symbol(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }
}

/// Two values that have no order.
struct Unordered(Value, Value);

/// The operators `<`, `<=`, `>`, `>=`: text beside a number is converted, null counts as 0 beside numbers and null.
pub fn ordered(order: Order, left: Value, right: Value) -> bool {
    let zero = |value: Value, other: Value| match (value.unpack(), other.unpack()) {
        (Unpacked::Null, Unpacked::Null | Unpacked::Bool(_) | Unpacked::Int(_) | Unpacked::Float(_))
        | (Unpacked::Null, Unpacked::Ref(Kind::BigInt, _)) => Some(Number::Int(0)),
        (Unpacked::Ref(Kind::String, address), Unpacked::Null) => {
            number::parse_float(Text::at(address).text).map(Number::Float)
        }
        (Unpacked::Null, Unpacked::Ref(Kind::String, address)) => {
            number::parse_float(Text::at(address).text).map(|_| Number::Int(0))
        }
        _ => unified(value, other),
    };
    if let (Some(a), Some(b)) = (zero(left, right), zero(right, left)) {
        return number::compare(&a, &b).is_some_and(|ordering| order.holds(ordering));
    }
    if let (Some(a), Some(b)) = (dates::instant(left, right), dates::instant(right, left)) {
        return a.partial_cmp(&b).is_some_and(|ordering| order.holds(ordering));
    }
    match python_order(left, right, 0) {
        Ok(ordering) => ordering.is_some_and(|ordering| order.holds(ordering)),
        Err(Unordered(a, b)) => failure::vm(format_args!("{}", message(order, a, b))),
    }
}

/// Python's `<`, `<=`, `>`, `>=`, which the library's functions use.
pub fn ordered_strictly(order: Order, left: Value, right: Value) -> bool {
    match python_order(left, right, 0) {
        Ok(ordering) => ordering.is_some_and(|ordering| order.holds(ordering)),
        Err(Unordered(a, b)) => failure::type_error(format_args!("{}", message(order, a, b))),
    }
}

fn message(order: Order, left: Value, right: Value) -> String {
    format!(
        "'{}' not supported between instances of '{}' and '{}'",
        order.symbol(),
        types::python_name(left),
        types::python_name(right)
    )
}

/// The order of two values in Python: none for NaN, an error for types that have no order.
fn python_order(left: Value, right: Value, depth: u32) -> Result<Option<Ordering>, Unordered> {
    if depth > failure::DEPTH_LIMIT {
        failure::recursion();
    }
    if let (Some(a), Some(b)) = (number::of(left), number::of(right)) {
        return Ok(number::compare(&a, &b));
    }
    if let (Some(a), Some(b)) = (text::of(left), text::of(right)) {
        return Ok(Some(a.cmp(b)));
    }
    match (left.unpack(), right.unpack()) {
        (Unpacked::Ref(a_kind @ (Kind::Array | Kind::Tuple), a), Unpacked::Ref(b_kind, b)) if a_kind == b_kind => {
            let (a, b) = (list::at(a), list::at(b));
            for (a, b) in a.iter().zip(b) {
                if !identical_or_equal(*a, *b) {
                    return python_order(*a, *b, depth + 1);
                }
            }
            Ok(Some(a.len().cmp(&b.len())))
        }
        (Unpacked::Ref(Kind::DateTime | Kind::Date, _), Unpacked::Ref(Kind::DateTime | Kind::Date, _)) => {
            match (dates::instant(left, right), dates::instant(right, left)) {
                (Some(a), Some(b)) => Ok(a.partial_cmp(&b)),
                _ => Err(Unordered(left, right)),
            }
        }
        _ => Err(Unordered(left, right)),
    }
}

/// A total order for sorting. Numbers are ordered as numbers with NaN last, strings by code points, arrays and tuples
/// by their elements, dates by instant; different types come in the order null, numbers, strings, arrays and tuples,
/// dates, everything else (which keeps its order).
pub fn sorting(left: Value, right: Value) -> Ordering {
    sorting_within(left, right, 0)
}

fn sorting_within(left: Value, right: Value, depth: u32) -> Ordering {
    if depth > failure::DEPTH_LIMIT {
        failure::recursion();
    }
    rank(left).cmp(&rank(right)).then_with(|| {
        if let (Some(a), Some(b)) = (number::of(left), number::of(right)) {
            return number::compare(&a, &b).unwrap_or_else(|| is_nan(left).cmp(&is_nan(right)));
        }
        if let (Some(a), Some(b)) = (text::of(left), text::of(right)) {
            return a.cmp(b);
        }
        if let (Some(a), Some(b)) = (list::of(left), list::of(right)) {
            let unequal = a
                .iter()
                .zip(b)
                .map(|(a, b)| sorting_within(*a, *b, depth + 1))
                .find(|order| order.is_ne());
            return unequal.unwrap_or_else(|| a.len().cmp(&b.len()));
        }
        match (dates::instant(left, right), dates::instant(right, left)) {
            (Some(a), Some(b)) => a.total_cmp(&b),
            _ => Ordering::Equal,
        }
    })
}

fn rank(value: Value) -> u8 {
    match value.unpack() {
        Unpacked::Null | Unpacked::Invalid => 0,
        Unpacked::Bool(_) | Unpacked::Int(_) | Unpacked::Float(_) | Unpacked::Ref(Kind::BigInt, _) => 1,
        Unpacked::Ref(Kind::String, _) => 2,
        Unpacked::Ref(Kind::Array | Kind::Tuple, _) => 3,
        Unpacked::Ref(Kind::Date | Kind::DateTime, _) => 4,
        Unpacked::Ref(..) => 5,
    }
}
