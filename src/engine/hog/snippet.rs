//! A snippet that is ready to run on any instance of its runtime.

use std::sync::Arc;

use wasmtime::Module;

use crate::engine::image::Snapshot;
use crate::language::hog::codegen::Compiled;

/// See the [module](self).
pub struct LoadedSnippet {
    /// No other snippet of the same engine has it: a hash of what it was compiled from, or a number where code is given.
    pub id: u64,
    /// Its machine code.
    pub module: Module,
    /// What the compiler knows about it.
    pub compiled: Compiled,
    /// The runtime's memory with the snippet's constants and patterns.
    pub snapshot: Arc<Snapshot>,
}
