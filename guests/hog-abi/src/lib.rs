//! The contract between the Hog compiler, the host and the Hog runtime guest.
//!
//! Three parties touch the linear memory of a Hog evaluation: the runtime (a Rust crate compiled to wasm32), the
//! snippet (wasm that the compiler generates) and the host (which lays an event out so that the runtime can read it in
//! place). This crate holds what they agree on, and nothing else: how a [`Value`] fits into 64 bits, how heap blocks
//! are [laid out](layout), [where things live](memory_map) and [which library functions exist](library).
#![no_std]
#![warn(missing_docs)]

pub mod failure;
pub mod hash;
pub mod layout;
pub mod library;
pub mod memory_map;
mod value;

pub use value::{Kind, Unpacked, Value};
