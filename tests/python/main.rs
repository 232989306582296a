//! Metrics in Python as their authors see them: the language and its library, conventions, errors, and what a sandbox
//! has to withstand.

mod answers;
mod conventions;
#[path = "../support/engine.rs"]
mod engine;
mod errors;
mod harness;
mod hostile;
mod language;
mod repeatable;
