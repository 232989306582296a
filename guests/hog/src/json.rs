//! JSON as Python's `json` module reads and writes it.

mod parse;
mod write;

pub use parse::{Error, parse};
pub use write::{to_text, write};
