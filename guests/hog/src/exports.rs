//! The names under which host and compiled snippets call the runtime. Values are `i64`, truths `i32`.
//!
//! What these take is trusted as far as it goes: compiled code passes values and addresses of its own shadow stack.
//! Whatever it passes, the sandbox bounds what can happen.

use std::alloc::Layout;
use std::sync::atomic::{AtomicU32, Ordering};

use jurybox_hog_abi::failure::Failure;
use jurybox_hog_abi::{Kind, Value, layout};

use crate::compare::{self, Order};
use crate::text::{Builder, Text};
use crate::{
    access, collector, copy, errors, failure, functions, heap, host, json, library, list, number, object, patterns,
    print, python, semver, snippet, standalone, types,
};

/// Exported functions of values.
macro_rules! values {
    ($($(#[$docs:meta])* fn $name:ident($($argument:ident),*) = $code:expr;)*) => {$(
        $(#[$docs])*
        #[unsafe(no_mangle)]
        pub extern "C" fn $name($($argument: u64),*) -> u64 {
            $(let $argument = Value($argument);)*
            let value: Value = $code;
            value.0
        }
    )*};
}

/// Exported questions about values.
macro_rules! questions {
    ($($(#[$docs:meta])* fn $name:ident($($argument:ident),*) = $code:expr;)*) => {$(
        $(#[$docs])*
        #[unsafe(no_mangle)]
        pub extern "C" fn $name($($argument: u64),*) -> i32 {
            $(let $argument = Value($argument);)*
            i32::from($code)
        }
    )*};
}

/// Exported functions without a result.
macro_rules! actions {
    ($($(#[$docs:meta])* fn $name:ident($($argument:ident),*) = $code:expr;)*) => {$(
        $(#[$docs])*
        #[unsafe(no_mangle)]
        pub extern "C" fn $name($($argument: u64),*) {
            $(let $argument = Value($argument);)*
            $code
        }
    )*};
}

values! {
    /// `left + right`.
    fn add(left, right) = number::add(left, right);
    /// `left - right`.
    fn sub(left, right) = number::sub(left, right);
    /// `left * right`.
    fn mul(left, right) = number::mul(left, right);
    /// `left / right`.
    fn div(left, right) = number::div(left, right);
    /// `left % right`.
    fn rem(left, right) = number::rem(left, right);
    /// `object.key` and `object[key]`.
    fn get(object, key) = access::get(object, key);
    /// A global variable.
    fn global(name) = access::global(name);
    /// A deep copy.
    fn copy(value) = copy::copy(value);
    /// The box of a captured variable.
    fn cell(value) = functions::new_cell(value);
    /// Takes the error in flight.
    fn caught() = errors::caught();
    /// The values a loop goes over.
    fn iterate_values(container) = access::iterate_values(container);
    /// The keys a loop goes over.
    fn iterate_keys(container) = access::iterate_keys(container);
    /// `object[start:end]`.
    fn slice(object, start, end) = access::slice(object, start, end);
    /// `value::type_name`.
    fn cast(value, type_name) = library::cast(value, type_name);
    /// An empty array with room for so many elements.
    fn array_with_capacity(capacity) = {
        let capacity = number::index(capacity).unwrap_or(0).max(0);
        list::Filling::new(Kind::Array, capacity as usize).finish(Kind::Array)
    };
    /// The library's `sortableSemver`.
    fn sortable_semver(text) = semver::sortable(text);
}

questions! {
    /// `left == right`.
    fn equals(left, right) = compare::equals(left, right);
    /// `left < right`.
    fn less(left, right) = compare::ordered(Order::Less, left, right);
    /// `left <= right`.
    fn less_equal(left, right) = compare::ordered(Order::LessOrEqual, left, right);
    /// `left > right`.
    fn greater(left, right) = compare::ordered(Order::Greater, left, right);
    /// `left >= right`.
    fn greater_equal(left, right) = compare::ordered(Order::GreaterOrEqual, left, right);
    /// Whether the value counts as true.
    fn truthy(value) = compare::truthy(value);
    /// `item in container`.
    fn contains(item, container) = access::contains(item, container);
    /// Whether `catch (e: type_name)` catches the error.
    fn error_is(error, type_name) = errors::is(error, type_name);
}

actions! {
    /// `object.key := value`.
    fn set(object, key, value) = access::set(object, key, value);
    /// Puts an error in flight.
    fn throw(error) = errors::throw(error);
    /// Ends the evaluation with the error in flight.
    fn uncaught() = errors::uncaught();
    /// Ends the evaluation with an error of the virtual machine.
    fn fail_vm(message) = host::fail(Failure::Vm, "", access::shown(message));
    /// Ends the evaluation: what is called is no function.
    fn fail_callee(value) = functions::fail_callee(value);
    /// Ends the evaluation: calls are nested too deeply.
    fn fail_deep() = host::fail(
        Failure::TooDeep,
        "",
        "Call stack exceeded its limit: a function calls itself too deeply",
    );
    /// Appends to an array made by [`array_with_capacity`].
    fn append(array, value) = {
        if !array.address_of(Kind::Array).is_some_and(|address| list::append(address, value)) {
            failure::vm(format_args!("Can not append to a full array"));
        }
    };
}

/// `text like pattern`.
#[unsafe(no_mangle)]
pub extern "C" fn like(text: u64, pattern: u64, insensitive: i32) -> i32 {
    i32::from(patterns::like(Value(text), Value(pattern), insensitive != 0))
}

/// `text =~ pattern`.
#[unsafe(no_mangle)]
pub extern "C" fn matches(text: u64, pattern: u64, insensitive: i32) -> i32 {
    i32::from(patterns::matches(Value(text), Value(pattern), insensitive != 0) == Some(true))
}

/// `text !~ pattern`.
#[unsafe(no_mangle)]
pub extern "C" fn not_matches(text: u64, pattern: u64, insensitive: i32) -> i32 {
    i32::from(patterns::matches(Value(text), Value(pattern), insensitive != 0) == Some(false))
}

/// An array of the values at an address.
#[unsafe(no_mangle)]
pub extern "C" fn array(values: u32, count: u32) -> u64 {
    list::new_array(heap::slice(values, count)).0
}

/// A tuple of the values at an address.
#[unsafe(no_mangle)]
pub extern "C" fn tuple(values: u32, count: u32) -> u64 {
    list::new(Kind::Tuple, heap::slice(values, count)).0
}

/// An object from keys and values in turn.
#[unsafe(no_mangle)]
pub extern "C" fn object(values: u32, pairs: u32) -> u64 {
    object::from_pairs(heap::slice(values, pairs * 2)).0
}

/// A function of the program with the cells it captured.
#[unsafe(no_mangle)]
pub extern "C" fn closure(function: u32, arity: u32, name: u64, captures: u32, count: u32) -> u64 {
    functions::new_closure(function, arity, Value(name), heap::slice(captures, count)).0
}

/// Calls a library function.
#[unsafe(no_mangle)]
pub extern "C" fn call_library(number: u32, arguments: u32, count: u32) -> u64 {
    library::call(number, heap::slice(arguments, count)).0
}

/// Ends the evaluation: a function got too many arguments.
#[unsafe(no_mangle)]
pub extern "C" fn fail_arguments(passed: u32, expected: u32) {
    functions::fail_arguments(passed, expected)
}

/// Frees what the shadow stack up to `top` does not reach.
#[unsafe(no_mangle)]
pub extern "C" fn collect(top: u32) {
    collector::collect(top);
}

/// From here on, allocations go behind the snippet's constants.
#[unsafe(no_mangle)]
pub extern "C" fn begin_snippet(end: u32) {
    snippet::begin(end);
}

/// The snippet's region is complete.
#[unsafe(no_mangle)]
pub extern "C" fn end_snippet() {
    heap::forget();
}

/// Compiles a regular expression of the snippet.
#[unsafe(no_mangle)]
pub extern "C" fn prepare_pattern(pattern: u64, options: i32) {
    let insensitive = options & layout::PATTERN_INSENSITIVE != 0;
    let extracts = options & layout::PATTERN_EXTRACTS != 0;
    patterns::prepare(Value(pattern), insensitive, extracts);
}

/// Room for the event document of a [`standalone`] metric, whose heap may grow to `room` bytes; 0 when there is none.
#[unsafe(no_mangle)]
pub extern "C" fn standalone_alloc(length: u32, room: u32) -> u32 {
    standalone::prepare(room);
    let Ok(Ok(layout)) = usize::try_from(length).map(|length| Layout::from_size_align(length.max(1), 1)) else {
        return 0;
    };
    if length >= room {
        return 0;
    }
    // SAFETY: the size is not zero.
    let address = heap::address(unsafe { std::alloc::alloc(layout) });
    DOCUMENT.store(address, Ordering::Relaxed);
    address
}

/// Where [`standalone_alloc`] made room for a document that is not read yet, or 0.
static DOCUMENT: AtomicU32 = AtomicU32::new(0);

/// Takes the event document of a [`standalone`] metric.
#[unsafe(no_mangle)]
pub extern "C" fn standalone_begin(pointer: u32, length: u32, posthog: i32) {
    let Ok(document) = std::str::from_utf8(heap::slice(pointer, length)) else {
        failure::value_error(format_args!("the event is not UTF-8"));
    };
    standalone::begin(document, posthog != 0);
    // Its texts were copied.
    if pointer != 0 && DOCUMENT.swap(0, Ordering::Relaxed) == pointer {
        heap::free(pointer - layout::HEADER);
    }
}

/// The answer of a [`standalone`] metric: address and length.
#[unsafe(no_mangle)]
pub extern "C" fn standalone_end(value: u64, posthog: i32) -> u64 {
    place(standalone::answer(Value(value), posthog != 0))
}

/// A failure of a [`standalone`] metric as the text for the host: address and length.
#[unsafe(no_mangle)]
pub extern "C" fn standalone_failure(class: u32, kind: u32, kind_length: u32, message: u32, length: u32) -> u64 {
    let (kind, message) = (heap::text(kind, kind_length), heap::text(message, length));
    place(standalone::failure_text(class, kind, message))
}

fn place(text: &str) -> u64 {
    u64::from(heap::address(text.as_ptr())) << 32 | text.len() as u64
}

/// Writes a value as text: address and length.
#[unsafe(no_mangle)]
pub extern "C" fn render(value: u64, form: i32) -> u64 {
    let value = Value(value);
    let rendered = match form {
        0 => json::to_text(value, None),
        1 => python::to_text(value),
        2 => crate::text::ascii(types::python_name(value)),
        _ => {
            let mut out = Builder::new();
            print::write_plain(value, &mut out);
            out.finish()
        }
    };
    place(Text::of(rendered).map_or("", |text| text.text))
}
