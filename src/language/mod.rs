//! From source text to WebAssembly, a folder per language.

pub mod hog;
pub mod javascript;
pub mod python;
