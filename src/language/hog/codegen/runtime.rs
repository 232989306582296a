//! The functions of the Hog runtime that compiled code imports.

use wasm_encoder::ValType;

/// A function of the runtime guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum Runtime {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Equals,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Truthy,
    Contains,
    Like,
    Matches,
    NotMatches,
    Get,
    Set,
    Global,
    Copy,
    Array,
    Tuple,
    Object,
    Cell,
    Closure,
    CallLibrary,
    Throw,
    Caught,
    Uncaught,
    ErrorIs,
    IterateValues,
    IterateKeys,
    Slice,
    Cast,
    FailVm,
    FailCallee,
    FailArguments,
    FailDeep,
    ArrayWithCapacity,
    Append,
    SortableSemver,
    Collect,
}

const I32: ValType = ValType::I32;
const I64: ValType = ValType::I64;

/// All functions with their export names and types, in the order of [`Runtime`].
pub const IMPORTS: &[(Runtime, &str, &[ValType], &[ValType])] = &[
    (Runtime::Add, "add", &[I64, I64], &[I64]),
    (Runtime::Subtract, "sub", &[I64, I64], &[I64]),
    (Runtime::Multiply, "mul", &[I64, I64], &[I64]),
    (Runtime::Divide, "div", &[I64, I64], &[I64]),
    (Runtime::Remainder, "rem", &[I64, I64], &[I64]),
    (Runtime::Equals, "equals", &[I64, I64], &[I32]),
    (Runtime::Less, "less", &[I64, I64], &[I32]),
    (Runtime::LessEqual, "less_equal", &[I64, I64], &[I32]),
    (Runtime::Greater, "greater", &[I64, I64], &[I32]),
    (Runtime::GreaterEqual, "greater_equal", &[I64, I64], &[I32]),
    (Runtime::Truthy, "truthy", &[I64], &[I32]),
    (Runtime::Contains, "contains", &[I64, I64], &[I32]),
    (Runtime::Like, "like", &[I64, I64, I32], &[I32]),
    (Runtime::Matches, "matches", &[I64, I64, I32], &[I32]),
    (Runtime::NotMatches, "not_matches", &[I64, I64, I32], &[I32]),
    (Runtime::Get, "get", &[I64, I64], &[I64]),
    (Runtime::Set, "set", &[I64, I64, I64], &[]),
    (Runtime::Global, "global", &[I64], &[I64]),
    (Runtime::Copy, "copy", &[I64], &[I64]),
    (Runtime::Array, "array", &[I32, I32], &[I64]),
    (Runtime::Tuple, "tuple", &[I32, I32], &[I64]),
    (Runtime::Object, "object", &[I32, I32], &[I64]),
    (Runtime::Cell, "cell", &[I64], &[I64]),
    (Runtime::Closure, "closure", &[I32, I32, I64, I32, I32], &[I64]),
    (Runtime::CallLibrary, "call_library", &[I32, I32, I32], &[I64]),
    (Runtime::Throw, "throw", &[I64], &[]),
    (Runtime::Caught, "caught", &[], &[I64]),
    (Runtime::Uncaught, "uncaught", &[], &[]),
    (Runtime::ErrorIs, "error_is", &[I64, I64], &[I32]),
    (Runtime::IterateValues, "iterate_values", &[I64], &[I64]),
    (Runtime::IterateKeys, "iterate_keys", &[I64], &[I64]),
    (Runtime::Slice, "slice", &[I64, I64, I64], &[I64]),
    (Runtime::Cast, "cast", &[I64, I64], &[I64]),
    (Runtime::FailVm, "fail_vm", &[I64], &[]),
    (Runtime::FailCallee, "fail_callee", &[I64], &[]),
    (Runtime::FailArguments, "fail_arguments", &[I32, I32], &[]),
    (Runtime::FailDeep, "fail_deep", &[], &[]),
    (Runtime::ArrayWithCapacity, "array_with_capacity", &[I64], &[I64]),
    (Runtime::Append, "append", &[I64, I64], &[]),
    (Runtime::SortableSemver, "sortable_semver", &[I64], &[I64]),
    (Runtime::Collect, "collect", &[I32], &[]),
];

impl Runtime {
    /// Its index among the functions of a snippet.
    pub fn index(self) -> u32 {
        self as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_stand_at_their_index() {
        for (index, (function, name, ..)) in IMPORTS.iter().enumerate() {
            assert_eq!(function.index() as usize, index, "{name}");
        }
    }
}
