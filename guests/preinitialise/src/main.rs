//! Runs the initialisation of an interpreter guest and stores its memory in the module.
fn main() {}
