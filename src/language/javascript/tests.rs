//! Tests of the front end as a whole.

mod detection;
mod diagnostics;
mod hostile;

use super::*;

fn javascript(source: &str) -> Result<Prepared, CompileError> {
    prepare(&Snippet::javascript(source), source)
}

fn typescript(source: &str) -> Result<Prepared, CompileError> {
    prepare(&Snippet::typescript(source), source)
}
