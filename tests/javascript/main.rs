//! Metrics in JavaScript as their authors see them: the language, what may be returned, errors and where they are, conventions,
//! and what a sandbox has to withstand.

mod conventions;
#[path = "../support/engine.rs"]
mod engine;
mod errors;
mod harness;
mod hostile;
mod isolation;
mod language;
mod returned;
