//! Closures and the cells of captured variables.

use jurybox_hog_abi::layout::{
    CELL_VALUE, CLOSURE_ARITY, CLOSURE_CAPTURES, CLOSURE_DATA, CLOSURE_FUNCTION, CLOSURE_NAME, HEADER,
};
use jurybox_hog_abi::{Kind, Value};

use crate::heap::{self, write_u32, write_u64};
use crate::{access, failure};

/// The box of a captured variable.
pub fn new_cell(value: Value) -> Value {
    let address = heap::allocate(Kind::Cell as u32, CELL_VALUE + 8 - HEADER);
    write_u64(address + CELL_VALUE, value.0);
    Value::reference(Kind::Cell, address)
}

/// A function of the program with the cells it captured.
pub fn new_closure(function: u32, arity: u32, name: Value, captures: &[Value]) -> Value {
    let address = heap::allocate(Kind::Closure as u32, CLOSURE_DATA - HEADER + captures.len() as u32 * 8);
    write_u32(address + CLOSURE_FUNCTION, function);
    write_u32(address + CLOSURE_ARITY, arity);
    write_u64(address + CLOSURE_NAME, name.0);
    write_u32(address + CLOSURE_CAPTURES, captures.len() as u32);
    for (number, cell) in (0..).zip(captures) {
        write_u64(address + CLOSURE_DATA + number * 8, cell.0);
    }
    Value::reference(Kind::Closure, address)
}

/// Fails for a call of something that is no function.
pub fn fail_callee(value: Value) -> ! {
    failure::vm(format_args!("Invalid closure: {}", access::shown(value)))
}

/// Fails for a call with too many arguments.
pub fn fail_arguments(passed: u32, expected: u32) -> ! {
    failure::vm(format_args!("Too many arguments. Passed {passed}, expected {expected}"))
}
