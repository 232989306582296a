//! What values, operators and library functions do, in tables.

mod collector;
mod library;
mod operators;
mod python;
mod support;
