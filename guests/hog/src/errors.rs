//! Error objects, and the one that is in flight.

use jurybox_hog_abi::failure::Failure;
use jurybox_hog_abi::layout::{ERROR_MESSAGE, ERROR_PAYLOAD, ERROR_TYPE, HEADER};
use jurybox_hog_abi::memory_map::STATE_PENDING;
use jurybox_hog_abi::{Kind, Value};

use crate::heap::{self, read_u64, write_u64};
use crate::text::Builder;
use crate::{compare, failure, host, print, text};

/// A new error object. Without a type it is an `Error`, without a message it has a standard one.
pub fn new(kind: Value, message: Value, payload: Value) -> Value {
    let or = |value: Value, default: &str| {
        if compare::truthy(value) {
            value
        } else {
            text::ascii(default)
        }
    };
    let kind = or(kind, "Error");
    let message = or(message, "An error occurred");
    let address = heap::allocate(Kind::Error as u32, ERROR_PAYLOAD + 8 - HEADER);
    write_u64(address + ERROR_TYPE, kind.0);
    write_u64(address + ERROR_MESSAGE, message.0);
    write_u64(address + ERROR_PAYLOAD, payload.0);
    Value::reference(Kind::Error, address)
}

/// Puts an error in flight; compiled code then looks for who catches it.
pub fn throw(error: Value) {
    if error.address_of(Kind::Error).is_none() {
        failure::vm(format_args!("Can not throw: value is not of type Error"));
    }
    write_u64(STATE_PENDING, error.0);
}

/// Takes the error in flight.
pub fn caught() -> Value {
    let error = Value(read_u64(STATE_PENDING));
    write_u64(STATE_PENDING, Value::NULL.0);
    error
}

/// Ends the evaluation with the error in flight.
pub fn uncaught() -> ! {
    let error = caught();
    let Some(address) = error.address_of(Kind::Error) else {
        failure::vm(format_args!("Can not throw: value is not of type Error"));
    };
    let shown = |offset: u32| {
        let mut out = Builder::new();
        print::write_plain(Value(read_u64(address + offset)), &mut out);
        out.text()
    };
    host::fail(Failure::Uncaught, shown(ERROR_TYPE), shown(ERROR_MESSAGE))
}

/// Whether `catch (e: name)` catches the error: it names the error's type, or is `Error`, which stands for all.
pub fn is(error: Value, name: Value) -> bool {
    let Some(address) = error.address_of(Kind::Error) else {
        return false;
    };
    text::of(name) == Some("Error") || compare::equal(Value(read_u64(address + ERROR_TYPE)), name)
}
