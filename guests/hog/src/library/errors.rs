//! Error objects.

use jurybox_hog_abi::Value;

use super::optional;
use crate::{errors, text};

pub fn error(arguments: &[Value]) -> Value {
    named("Error", arguments)
}

pub fn retry_error(arguments: &[Value]) -> Value {
    named("RetryError", arguments)
}

pub fn not_implemented_error(arguments: &[Value]) -> Value {
    named("NotImplementedError", arguments)
}

pub fn hog_error(arguments: &[Value]) -> Value {
    errors::new(arguments[0], optional(arguments, 1), optional(arguments, 2))
}

fn named(kind: &str, arguments: &[Value]) -> Value {
    errors::new(text::ascii(kind), optional(arguments, 0), optional(arguments, 1))
}
