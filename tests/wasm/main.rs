//! Authors' own WebAssembly as its users see it: modules that follow the ABI, components, and everything hostile that
//! comes as one.

mod abi;
mod bombs;
mod components;
mod determinism;
mod directories;
#[path = "../support/engine.rs"]
mod engine;
mod exports;
mod harness;
mod hostile;
mod limits;
mod wasi;
