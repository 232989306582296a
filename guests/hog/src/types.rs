//! The names of types, for programs and for error messages.

use jurybox_hog_abi::{Kind, Unpacked, Value};

/// The name of the value's type in Python, where PostHog's virtual machine holds it: dates, errors and functions are
/// dicts there.
#[must_use]
pub fn python_name(value: Value) -> &'static str {
    match value.unpack() {
        Unpacked::Null | Unpacked::Invalid => "NoneType",
        Unpacked::Bool(_) => "bool",
        Unpacked::Int(_) | Unpacked::Ref(Kind::BigInt, _) => "int",
        Unpacked::Float(_) => "float",
        Unpacked::Ref(Kind::String, _) => "str",
        Unpacked::Ref(Kind::Array, _) => "list",
        Unpacked::Ref(Kind::Tuple, _) => "tuple",
        Unpacked::Ref(..) => "dict",
    }
}

/// The name that `typeof` gives.
#[must_use]
pub fn hog_name(value: Value) -> &'static str {
    match value.unpack() {
        Unpacked::Null | Unpacked::Invalid => "null",
        Unpacked::Bool(_) => "boolean",
        Unpacked::Int(_) => "integer",
        Unpacked::Float(_) => "float",
        Unpacked::Ref(kind, _) => match kind {
            Kind::BigInt => "integer",
            Kind::String => "string",
            Kind::Array => "array",
            Kind::Tuple => "tuple",
            Kind::Object => "object",
            Kind::Closure | Kind::Library => "function",
            Kind::DateTime => "datetime",
            Kind::Date => "date",
            Kind::Error => "error",
            Kind::Cell => "null",
        },
    }
}
