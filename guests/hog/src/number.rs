//! Numbers: integers of any size and floats, with Python's arithmetic, its conversions and its way to write them.

use std::cmp::Ordering;

use jurybox_hog_abi::layout::{BIGINT_DATA, BIGINT_LENGTH, BIGINT_SIGN, HEADER};
use jurybox_hog_abi::{Kind, Unpacked, Value};
use num_bigint::{BigInt, Sign};
use num_integer::Integer;
use num_traits::{FromPrimitive, Signed, ToPrimitive, Zero};

use crate::heap::{self, read_u32, write_u32};
use crate::text::Builder;
use crate::{failure, list, text, types};

/// Python refuses to convert longer integers from and to decimal text.
const MAX_DIGITS: usize = 4300;

/// A number, taken apart; booleans are integers.
#[derive(Clone, Debug)]
pub enum Number {
    /// An integer of up to 64 bits.
    Int(i64),
    /// A larger integer.
    Big(BigInt),
    /// A float.
    Float(f64),
}

/// The number that a value is.
#[inline]
pub fn of(value: Value) -> Option<Number> {
    Some(match value.unpack() {
        Unpacked::Int(int) => Number::Int(int),
        Unpacked::Float(float) => Number::Float(float),
        Unpacked::Bool(bool) => Number::Int(i64::from(bool)),
        Unpacked::Ref(Kind::BigInt, address) => Number::Big(big_at(address)),
        _ => return None,
    })
}

/// The integer that a value is, as an index: integers beyond 64 bits are cut to its bounds.
#[inline]
pub fn index(value: Value) -> Option<i64> {
    match of(value)? {
        Number::Int(int) => Some(int),
        Number::Big(big) => Some(if big.is_negative() { i64::MIN } else { i64::MAX }),
        Number::Float(_) => None,
    }
}

/// The number as a float, rounded; infinite if it is too large.
pub fn approximate(value: Value) -> Option<f64> {
    Some(of(value)?.approximate())
}

fn big_at(address: u32) -> BigInt {
    let limbs = heap::slice(address + BIGINT_DATA, read_u32(address + BIGINT_LENGTH));
    BigInt::from_slice(
        if read_u32(address + BIGINT_SIGN) == 0 {
            Sign::Plus
        } else {
            Sign::Minus
        },
        limbs,
    )
}

/// An integer value.
#[inline]
pub fn int(int: i64) -> Value {
    match Value::small_int(int) {
        Some(value) => value,
        None => big(&BigInt::from(int)),
    }
}

/// An integer value of any size.
pub fn big(big: &BigInt) -> Value {
    if let Some(value) = big.to_i64().and_then(Value::small_int) {
        return value;
    }
    let (sign, limbs) = big.to_u32_digits();
    let address = heap::allocate(Kind::BigInt as u32, BIGINT_DATA - HEADER + limbs.len() as u32 * 4);
    write_u32(address + BIGINT_SIGN, u32::from(sign == Sign::Minus));
    write_u32(address + BIGINT_LENGTH, limbs.len() as u32);
    for (number, limb) in (0..).zip(limbs) {
        write_u32(address + BIGINT_DATA + number * 4, limb);
    }
    Value::reference(Kind::BigInt, address)
}

impl Number {
    /// The number as a float, rounded; infinite if it is too large.
    pub fn approximate(&self) -> f64 {
        match self {
            Self::Int(int) => *int as f64,
            Self::Float(float) => *float,
            Self::Big(big) => big.to_f64().unwrap_or(f64::INFINITY),
        }
    }

    /// The number as a float, as Python converts: too large integers are an error.
    fn float(&self) -> f64 {
        let float = self.approximate();
        if float.is_infinite() && matches!(self, Self::Big(_)) {
            failure::exception("OverflowError", format_args!("int too large to convert to float"));
        }
        float
    }

    fn to_big(&self) -> BigInt {
        match self {
            Self::Int(int) => BigInt::from(*int),
            Self::Big(big) => big.clone(),
            Self::Float(_) => BigInt::zero(),
        }
    }

    fn is_float(&self) -> bool {
        matches!(self, Self::Float(_))
    }

    /// Whether it is 0.
    pub fn is_zero(&self) -> bool {
        match self {
            Self::Int(int) => *int == 0,
            Self::Float(float) => *float == 0.0,
            Self::Big(_) => false,
        }
    }
}

/// Compares two numbers by their exact values; nothing compares to NaN.
pub fn compare(left: &Number, right: &Number) -> Option<Ordering> {
    match (left, right) {
        (Number::Int(a), Number::Int(b)) => Some(a.cmp(b)),
        (Number::Float(a), Number::Float(b)) => a.partial_cmp(b),
        (Number::Float(a), b) => compare_float(*a, b),
        (a, Number::Float(b)) => compare_float(*b, a).map(Ordering::reverse),
        (a, b) => Some(a.to_big().cmp(&b.to_big())),
    }
}

/// Compares a float with an integer.
fn compare_float(float: f64, int: &Number) -> Option<Ordering> {
    if float.is_nan() {
        return None;
    }
    if let Number::Int(int) = int
        && int.unsigned_abs() <= 1 << 53
    {
        return float.partial_cmp(&(*int as f64));
    }
    let Some(whole) = BigInt::from_f64(float.trunc()) else {
        return Some(if float > 0.0 { Ordering::Greater } else { Ordering::Less });
    };
    Some(whole.cmp(&int.to_big()).then(float.partial_cmp(&float.trunc())?))
}

/// `left + right`: numbers are added, strings, arrays and tuples joined.
pub fn add(left: Value, right: Value) -> Value {
    match (left.unpack(), right.unpack()) {
        (Unpacked::Int(a), Unpacked::Int(b)) => return int(a + b),
        (Unpacked::Float(a), Unpacked::Float(b)) => return Value::float(a + b),
        _ => {}
    }
    if let (Some(a), Some(b)) = (of(left), of(right)) {
        return match (&a, &b) {
            (Number::Int(a), Number::Int(b)) => int(a + b),
            _ if a.is_float() || b.is_float() => Value::float(a.float() + b.float()),
            _ => big(&(a.to_big() + b.to_big())),
        };
    }
    if let Some(a) = text::of(left) {
        let Some(b) = text::of(right) else {
            failure::type_error(format_args!(
                "can only concatenate str (not \"{}\") to str",
                types::python_name(right)
            ));
        };
        let mut joined = Builder::with_capacity(a.len() as u32 + b.len() as u32);
        joined.push(a);
        joined.push(b);
        return joined.finish();
    }
    for kind in [Kind::Array, Kind::Tuple] {
        if let Some(a) = left.address_of(kind) {
            let Some(b) = right.address_of(kind) else {
                let (left, right) = (types::python_name(left), types::python_name(right));
                failure::type_error(format_args!("can only concatenate {left} (not \"{right}\") to {left}"));
            };
            let (a, b) = (list::at(a), list::at(b));
            let mut joined = list::Filling::new(kind, a.len() + b.len());
            joined.extend(a);
            joined.extend(b);
            return joined.finish(kind);
        }
    }
    failure::unsupported_operands("+", left, right)
}

/// `left - right`.
pub fn sub(left: Value, right: Value) -> Value {
    let (Some(a), Some(b)) = (of(left), of(right)) else {
        failure::unsupported_operands("-", left, right)
    };
    match (&a, &b) {
        (Number::Int(a), Number::Int(b)) => int(a - b),
        _ if a.is_float() || b.is_float() => Value::float(a.float() - b.float()),
        _ => big(&(a.to_big() - b.to_big())),
    }
}

/// `left * right`: numbers are multiplied, a string, array or tuple is repeated.
pub fn mul(left: Value, right: Value) -> Value {
    if let (Some(a), Some(b)) = (of(left), of(right)) {
        return match (&a, &b) {
            (Number::Int(a), Number::Int(b)) => match a.checked_mul(*b) {
                Some(product) => int(product),
                None => big(&BigInt::from(i128::from(*a) * i128::from(*b))),
            },
            _ if a.is_float() || b.is_float() => Value::float(a.float() * b.float()),
            _ => {
                let (a, b) = (a.to_big(), b.to_big());
                heap::check_room((a.bits() + b.bits()) / 8);
                big(&(a * b))
            }
        };
    }
    let is_sequence = |value: Value| text::is(value) || list::of(value).is_some();
    let (sequence, count) = match (is_sequence(left), is_sequence(right)) {
        (true, _) => (left, right),
        (_, true) => (right, left),
        _ => failure::unsupported_operands("*", left, right),
    };
    let count = match of(count) {
        Some(Number::Int(count)) => count.max(0) as u64,
        Some(Number::Big(_)) => failure::exception(
            "OverflowError",
            format_args!("cannot fit 'int' into an index-sized integer"),
        ),
        _ => failure::type_error(format_args!(
            "can't multiply sequence by non-int of type '{}'",
            types::python_name(count)
        )),
    };
    repeat(sequence, count)
}

fn repeat(sequence: Value, count: u64) -> Value {
    if let Some(part) = text::of(sequence) {
        let size = (part.len() as u64).saturating_mul(count);
        heap::check_room(size);
        let mut whole = Builder::with_capacity(size as u32);
        if size != 0 {
            (0..count).for_each(|_| whole.push(part));
        }
        return whole.finish();
    }
    let kind = if sequence.address_of(Kind::Tuple).is_some() {
        Kind::Tuple
    } else {
        Kind::Array
    };
    let items = list::of(sequence).unwrap_or_default();
    let size = (items.len() as u64).saturating_mul(count);
    heap::check_room(size.saturating_mul(8));
    let mut whole = list::Filling::new(kind, size as usize);
    if size != 0 {
        (0..count).for_each(|_| whole.extend(items));
    }
    whole.finish(kind)
}

/// `left / right`, always a float.
pub fn div(left: Value, right: Value) -> Value {
    let (Some(a), Some(b)) = (of(left), of(right)) else {
        failure::unsupported_operands("/", left, right)
    };
    if b.is_zero() {
        let message = if a.is_float() || b.is_float() {
            "float division by zero"
        } else {
            "division by zero"
        };
        failure::exception("ZeroDivisionError", format_args!("{message}"));
    }
    if let (Number::Int(a), Number::Int(b)) = (&a, &b)
        && a.unsigned_abs() <= 1 << 53
        && b.unsigned_abs() <= 1 << 53
    {
        return Value::float(*a as f64 / *b as f64);
    }
    if a.is_float() || b.is_float() {
        return Value::float(a.float() / b.float());
    }
    Value::float(divide_big(&a.to_big(), &b.to_big()))
}

/// The correctly rounded quotient of two integers.
fn divide_big(left: &BigInt, right: &BigInt) -> f64 {
    // With at least 64 bits of quotient and the remainder's presence in the last, rounding once more is exact.
    let shift = (66 + right.bits() as i64 - left.bits() as i64).max(0);
    let (quotient, rest) = (left << shift).div_rem(right);
    let sticky = if rest.is_zero() {
        quotient
    } else {
        (quotient << 1u8) + if rest.is_negative() { -1 } else { 1 }
    };
    let shift = if rest.is_zero() { shift } else { shift + 1 };
    let mut float = sticky.to_f64().unwrap_or(f64::INFINITY);
    let mut left_to_scale = shift;
    while left_to_scale > 0 && float != 0.0 {
        let step = left_to_scale.min(1000);
        float *= 2f64.powi(-(step as i32));
        left_to_scale -= step;
    }
    if float.is_infinite() {
        failure::exception(
            "OverflowError",
            format_args!("integer division result too large for a float"),
        );
    }
    float
}

/// `left % right`, with the sign of the left side.
pub fn rem(left: Value, right: Value) -> Value {
    let (Some(a), Some(b)) = (of(left), of(right)) else {
        if text::is(left) {
            // In Python this formats; no format that takes arguments is left over here.
            failure::type_error(format_args!("not all arguments converted during string formatting"));
        }
        failure::unsupported_operands("%", left, right)
    };
    let is_float = a.is_float() || b.is_float();
    if b.is_zero() {
        let message = if is_float {
            "float modulo"
        } else {
            "integer modulo by zero"
        };
        failure::exception("ZeroDivisionError", format_args!("{message}"));
    }
    match (&a, &b) {
        (Number::Int(a), Number::Int(b)) => int(a.wrapping_rem(*b)),
        _ if is_float => Value::float(a.float() % b.float()),
        _ => big(&(a.to_big() % b.to_big())),
    }
}

/// Why a float has no integer.
fn check_finite(float: f64) {
    if float.is_nan() {
        failure::value_error(format_args!("cannot convert float NaN to integer"));
    }
    if float.is_infinite() {
        failure::exception(
            "OverflowError",
            format_args!("cannot convert float infinity to integer"),
        );
    }
}

/// The integer value of a float without a fraction; NaN and infinities fail as in Python.
pub fn whole(float: f64) -> Value {
    check_finite(float);
    if float.abs() < 9e15 {
        return int(float as i64);
    }
    big(&BigInt::from_f64(float.trunc()).unwrap_or_default())
}

/// The largest integer that is not above a number; integers stay themselves.
pub fn floor(value: Value) -> Value {
    match of(value) {
        Some(Number::Float(float)) => whole(float.floor()),
        Some(Number::Int(number)) => int(number),
        Some(Number::Big(_)) => value,
        None => failure::type_error(format_args!("must be real number, not {}", types::python_name(value))),
    }
}

/// The nearest integer, halves to the even one.
pub fn round(value: Value) -> Value {
    match of(value) {
        Some(Number::Float(float)) => whole(float.round_ties_even()),
        Some(Number::Int(number)) => int(number),
        Some(Number::Big(_)) => value,
        None => failure::type_error(format_args!(
            "type {} doesn't define __round__ method",
            types::python_name(value)
        )),
    }
}

/// The text of a number literal in Python's grammar without the surrounding white space and the underscores, or none
/// if an underscore is misplaced.
fn cleaned(text: &str) -> Option<std::borrow::Cow<'_, str>> {
    let text = text.trim_matches(is_python_space);
    if !text.contains('_') {
        return Some(text.into());
    }
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
        if *byte == b'_' && !(at > 0 && digit(at - 1) && digit(at + 1)) {
            return None;
        }
    }
    Some(text.replace('_', "").into())
}

/// What Python's `str.strip` and its number parsers take for white space.
pub fn is_python_space(character: char) -> bool {
    character.is_whitespace() || matches!(character, '\x1C'..='\x1F')
}

/// Python's `float(text)`.
pub fn parse_float(text: &str) -> Option<f64> {
    cleaned(text)?.parse().ok()
}

/// Python's `int(text)`.
pub fn parse_int(text: &str) -> Option<Value> {
    let text = cleaned(text)?;
    let digits = text.strip_prefix(['+', '-']).unwrap_or(&text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(parse_digits(text.starts_with('-'), digits))
}

/// The integer with these ASCII digits.
pub fn parse_digits(negative: bool, digits: &str) -> Value {
    if digits.len() <= 18 {
        let magnitude = digits
            .bytes()
            .fold(0, |number, digit| number * 10 + i64::from(digit - b'0'));
        return int(if negative { -magnitude } else { magnitude });
    }
    if digits.len() > MAX_DIGITS {
        failure::value_error(format_args!(
            "Exceeds the limit (4300 digits) for integer string conversion: value has {} digits; use \
             sys.set_int_max_str_digits() to increase the limit",
            digits.len()
        ));
    }
    let magnitude = BigInt::parse_bytes(digits.as_bytes(), 10).unwrap_or_default();
    big(&if negative { -magnitude } else { magnitude })
}

/// Appends a number as Python writes it.
pub fn write(number: &Number, out: &mut Builder) {
    match number {
        Number::Int(int) => write_int(*int, out),
        Number::Float(float) => write_float(*float, out),
        Number::Big(big) => {
            let digits = if big.bits() > 15_000 {
                String::new()
            } else {
                big.to_string()
            };
            if digits.is_empty() || digits.trim_start_matches('-').len() > MAX_DIGITS {
                failure::value_error(format_args!(
                    "Exceeds the limit (4300 digits) for integer string conversion; use \
                     sys.set_int_max_str_digits() to increase the limit"
                ));
            }
            out.push(&digits);
        }
    }
}

/// Appends an integer in decimal.
pub fn write_int(int: i64, out: &mut Builder) {
    let mut buffer = [0; 20];
    let mut at = buffer.len();
    let mut rest = int.unsigned_abs();
    loop {
        at -= 1;
        buffer[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if int < 0 {
        out.push_byte(b'-');
    }
    out.push(std::str::from_utf8(&buffer[at..]).unwrap_or_default());
}

/// The fewest digits that give a float back, with an exponent. Of two that are equally near, Rust and Python choose
/// differently; that takes at least 15 digits.
fn shortest(float: f64) -> String {
    let shortest = format!("{float:e}");
    let digits = shortest
        .bytes()
        .take_while(|byte| *byte != b'e')
        .filter(u8::is_ascii_digit)
        .count();
    if digits < 15 {
        return shortest;
    }
    let nearest = format!("{float:.*e}", digits - 1);
    if nearest.parse() == Ok(float) {
        nearest
    } else {
        shortest
    }
}

/// Appends a float as Python's `repr` does: the shortest digits that give it back, an exponent from 1e16 and below
/// 1e-4, and always a sign that it is no integer.
pub fn write_float(float: f64, out: &mut Builder) {
    if float.is_nan() {
        return out.push("nan");
    }
    if float.is_infinite() {
        return out.push(if float < 0.0 { "-inf" } else { "inf" });
    }
    if float.abs() < 1e15 && float == float.trunc() {
        if float.is_sign_negative() {
            out.push_byte(b'-');
        }
        write_int(float.abs() as i64, out);
        return out.push(".0");
    }
    let scientific = shortest(float);
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let mantissa = match mantissa.strip_prefix('-') {
        Some(mantissa) => {
            out.push_byte(b'-');
            mantissa
        }
        None => mantissa,
    };
    if !(-4..16).contains(&exponent) {
        out.push(mantissa);
        out.push(if exponent < 0 { "e-" } else { "e+" });
        if exponent.abs() < 10 {
            out.push_byte(b'0');
        }
        return write_int(i64::from(exponent.abs()), out);
    }
    let digits = mantissa.replace('.', "");
    if exponent < 0 {
        out.push("0.");
        (1..-exponent).for_each(|_| out.push_byte(b'0'));
        return out.push(&digits);
    }
    let whole = exponent as usize + 1;
    if digits.len() <= whole {
        out.push(&digits);
        (digits.len()..whole).for_each(|_| out.push_byte(b'0'));
        return out.push(".0");
    }
    out.push(&digits[..whole]);
    out.push_byte(b'.');
    out.push(&digits[whole..]);
}
