//! Arithmetic.

use jurybox_hog_abi::Value;

use crate::compare::{Order, ordered_strictly};
use crate::number;

pub fn floor(arguments: &[Value]) -> Value {
    number::floor(arguments[0])
}

pub fn round(arguments: &[Value]) -> Value {
    number::round(arguments[0])
}

pub fn min2(arguments: &[Value]) -> Value {
    arguments[usize::from(!ordered_strictly(Order::Less, arguments[0], arguments[1]))]
}

pub fn max2(arguments: &[Value]) -> Value {
    arguments[usize::from(!ordered_strictly(Order::Greater, arguments[0], arguments[1]))]
}

pub fn plus(arguments: &[Value]) -> Value {
    number::add(arguments[0], arguments[1])
}

pub fn minus(arguments: &[Value]) -> Value {
    number::sub(arguments[0], arguments[1])
}
