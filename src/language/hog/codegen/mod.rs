//! From a resolved program to WebAssembly.
//!
//! A snippet is a small module that imports memory and functions from the Hog runtime and exports `main`. Variables are
//! WebAssembly locals (captured ones live in cells on the heap), numbers are computed inline, everything else is a call
//! of the runtime. A `throw` makes functions return [`jurybox_hog_abi::Value::EXCEPTION`], which callers check for;
//! errors of the runtime itself can't be caught and end the instance.

mod arithmetic;
mod function;
mod module;
mod positions;
mod runtime;
mod writer;

use std::collections::BTreeSet;

use jurybox_hog_abi::Value;
use serde::{Deserialize, Serialize};

pub use module::{ENTRY, TooMuchCode};
pub use positions::Positions;

use super::resolved::Resolved;
use crate::diagnostic::{LineIndex, Position};

/// A compiled snippet and what the engine needs to run it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Compiled {
    /// The module.
    #[serde(with = "serde_bytes")]
    pub wasm: Vec<u8>,
    /// The snippet's constants, laid out for [`jurybox_hog_abi::memory_map::SNIPPET`].
    #[serde(with = "serde_bytes")]
    pub constants: Vec<u8>,
    /// Regular expressions to compile before the first event.
    pub patterns: Vec<Pattern>,
    /// Where errors come from.
    pub positions: Positions,
    /// The position of each `throw`.
    pub throw_sites: Vec<Position>,
    /// The globals that the program may read.
    pub globals: BTreeSet<String>,
}

/// A regular expression among a snippet's constants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pattern {
    /// Its text, a string constant.
    #[serde(with = "value_bits")]
    pub text: Value,
    /// Whether it ignores case.
    pub insensitive: bool,
    /// Whether parts of its matches are asked for.
    pub extracts: bool,
}

mod value_bits {
    use jurybox_hog_abi::Value;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(value: &Value, serializer: S) -> Result<S::Ok, S::Error> {
        value.0.serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
        u64::deserialize(deserializer).map(Value)
    }
}

/// What a snippet imports from the runtime, in the order of its imports: the memory, then the functions.
pub fn import_names() -> impl Iterator<Item = &'static str> {
    std::iter::once("memory").chain(runtime::IMPORTS.iter().map(|(_, name, ..)| *name))
}

/// Compiles a program. With `null_safe`, an ordering comparison with null is false (PostHog compiles evaluations so);
/// without, it is what the runtime makes of it.
///
/// # Errors
///
/// When the code would take too long to compile.
pub fn generate(program: &Resolved, null_safe: bool, lines: &LineIndex) -> Result<Compiled, TooMuchCode> {
    module::Module::compile(program, null_safe, lines)
}
