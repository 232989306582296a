//! The grammar in tables, the diagnostics in snapshots, and promises about any input.

mod diagnostics;
mod grammar;
mod promises;
