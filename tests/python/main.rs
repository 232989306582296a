//! Metrics in Python as their authors see them: the language and its library, conventions, errors, and what a sandbox
//! has to withstand.

mod answers;
mod conventions;
#[expect(dead_code, reason = "not all tables need all of it")]
#[path = "../support/engine.rs"]
mod engine;
mod errors;
mod harness;
mod hostile;
mod language;
mod repeatable;
