//! The Hog runtime: what compiled Hog snippets call.
//!
//! Compiled code does the plain things itself (small integers, floats, locals, calls) and comes here for the rest:
//! values on the [heap] with a [collector], [arithmetic](number), [comparison](compare), [access], [JSON](json), dates,
//! patterns and the standard [library]. How values look in memory is agreed in [`jurybox_hog_abi`].
//!
//! The crate is built to a WebAssembly module whose [exports](mod@exports) snippets import. Natively it is an ordinary
//! library on a buffer that stands in for linear memory, which is how it is tested.
//!
//! # When something is wrong
//! Functions do not return errors, they end the evaluation through [`failure`]: nothing in a Hog program can catch what
//! the virtual machine or the library complain about. Walks over nested values have a limit of depth, allocations a
//! limit of memory.

pub mod access;
pub mod base64;
pub mod calendar;
pub mod collector;
pub mod compare;
pub mod copy;
pub mod dates;
pub mod digest;
pub mod errors;
#[cfg(target_arch = "wasm32")]
pub mod exports;
pub mod failure;
pub mod functions;
pub mod heap;
pub mod host;
pub mod json;
pub mod library;
pub mod list;
pub mod network;
pub mod number;
pub mod object;
pub mod pattern;
pub mod patterns;
pub mod percent;
pub mod print;
pub mod python;
pub mod search;
pub mod semver;
pub mod snippet;
pub mod standalone;
pub mod text;
pub mod types;
