//! Write metrics for jurybox in Rust.
