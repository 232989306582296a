//! Ways to give up. None of these returns: the host ends the evaluation.

use std::fmt;

use jurybox_hog_abi::Value;
use jurybox_hog_abi::failure::Failure;

use crate::host::fail;
use crate::types;

/// An error of the virtual machine.
#[cold]
#[inline(never)]
pub fn vm(message: fmt::Arguments<'_>) -> ! {
    fail(Failure::Vm, "", &message.to_string())
}

/// A Python exception that PostHog's library would let through.
#[cold]
#[inline(never)]
pub fn exception(kind: &str, message: fmt::Arguments<'_>) -> ! {
    fail(Failure::Exception, kind, &message.to_string())
}

/// Python's `TypeError`.
#[cold]
#[inline(never)]
pub fn type_error(message: fmt::Arguments<'_>) -> ! {
    exception("TypeError", message)
}

/// Python's `ValueError`.
#[cold]
#[inline(never)]
pub fn value_error(message: fmt::Arguments<'_>) -> ! {
    exception("ValueError", message)
}

/// Python's `AttributeError` for a value that lacks a method.
#[cold]
#[inline(never)]
pub fn no_attribute(value: Value, name: &str) -> ! {
    exception(
        "AttributeError",
        format_args!("'{}' object has no attribute '{name}'", types::python_name(value)),
    )
}

/// Python's `TypeError` for an operator that the operands do not have.
#[cold]
#[inline(never)]
pub fn unsupported_operands(operator: &str, left: Value, right: Value) -> ! {
    type_error(format_args!(
        "unsupported operand type(s) for {operator}: '{}' and '{}'",
        types::python_name(left),
        types::python_name(right)
    ))
}

/// Values nested deeper than a walk may follow.
#[cold]
#[inline(never)]
pub fn recursion() -> ! {
    fail(Failure::Exception, "RecursionError", "maximum recursion depth exceeded")
}

/// The memory limit does not allow an allocation.
#[cold]
#[inline(never)]
pub fn out_of_memory() -> ! {
    fail(Failure::OutOfMemory, "", "the memory limit is exceeded")
}

/// How deep a walk over nested values may go.
pub const DEPTH_LIMIT: u32 = 900;
