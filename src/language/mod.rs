//! From source text to WebAssembly, a folder per language.

pub mod hog;
