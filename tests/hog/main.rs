//! The Hog language as its users see it: programs, what they print, what they return, how they fail.

mod closures;
mod collections_garbage;
mod control;
#[path = "../support/engine.rs"]
mod engine;
mod errors;
mod evaluation;
mod expressions;
mod fuel;
mod harness;
mod hostile;
mod json;
mod names;
