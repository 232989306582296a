//! Metrics in TypeScript as their authors see them: what the language's own constructs come to, where errors are said to be,
//! and the conventions with types.

mod conventions;
#[path = "../support/engine.rs"]
mod engine;
mod features;
mod harness;
mod positions;
