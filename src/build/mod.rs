//! From a snippet in any language to one WebAssembly module that needs nothing but the host functions of the ABI for
//! metrics (`guest-sdk/ABI.md`): it takes the event document and gives an answer, both as JSON.
//!
//! What `Engine::compile` does for every snippet once, loading it into its language's runtime, is done when the module is
//! built. The module starts with the memory that loading left.
//!
//! Python, JavaScript and TypeScript: the interpreter with the snippet in its memory. Positions in errors of TypeScript
//! are those of the JavaScript that it became. Hog: the runtime and the compiled snippet, linked. Errors have no
//! positions. Modules and components stay as they are; text form becomes binary.

mod hog;
mod interpreter;
mod memory;
mod section;

pub use section::MetricSection;

use crate::diagnostic;
use crate::engine::CompileError;
use crate::engine::hog::WASM as HOG_RUNTIME;
use crate::engine::interpreter::{Guest, LoadedMetric};
use crate::evaluator::Program;
use crate::limits::Limits;
use crate::snippet::{Convention, Snippet};
use memory::Memory;

/// Builds a loaded snippet.
///
/// # Errors
///
/// When the module can't be written; no snippet should bring this about.
pub fn build(
    snippet: &Snippet,
    convention: Convention,
    program: &Program,
    limits: &Limits,
) -> Result<Vec<u8>, CompileError> {
    let section = MetricSection::new(snippet.language, convention);
    match program {
        Program::Hog(loaded) => {
            let room = u32::try_from(limits.memory.min(Limits::MAX_MEMORY)).unwrap_or(u32::MAX);
            let memory = Memory::of(&loaded.snapshot);
            hog::build(HOG_RUNTIME, &loaded.compiled.wasm, &memory, room, &section).map_err(failed)
        }
        Program::Python(metric) => interpreted(Guest::Python, metric, &section),
        Program::JavaScript { metric, .. } => interpreted(Guest::JavaScript, metric, &section),
        Program::Module(_) => wat::parse_bytes(&snippet.source).map(Into::into).map_err(failed),
        #[cfg(target_os = "linux")]
        Program::Remote(_) => Err(CompileError::new(diagnostic::snippet::not_in_workers(
            "building a module",
        ))),
    }
}

fn interpreted(guest: Guest, metric: &LoadedMetric, section: &MetricSection) -> Result<Vec<u8>, CompileError> {
    let wasm = guest.wasm().map_err(failed)?;
    interpreter::build(&wasm, &Memory::of(&metric.snapshot), section).map_err(failed)
}

fn failed(error: impl std::fmt::Display) -> CompileError {
    CompileError::new(diagnostic::snippet::cannot_load(&format!(
        "the module can't be built: {error}"
    )))
}
