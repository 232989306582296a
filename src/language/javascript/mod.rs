//! JavaScript and TypeScript: from the author's source to what the JavaScript guest loads.

use crate::diagnostic::{Diagnostic, Position};
use crate::engine::CompileError;
use crate::snippet::{Convention, Snippet};

/// A snippet that the guest can load.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// What the guest's `load` takes.
    pub request: String,
    /// Whose habit the snippet follows.
    pub convention: Convention,
    /// From what the guest runs to what the author wrote.
    pub positions: Positions,
    /// What is worth telling the author.
    pub warnings: Vec<Diagnostic>,
}

/// From positions in what the guest runs to positions in the author's source.
#[derive(Clone, Debug, Default)]
pub struct Positions {}

impl Positions {
    /// The author's position.
    pub fn original(&self, position: Position) -> Position {
        position
    }

    /// A line of a traceback with the author's positions in place of the guest's.
    pub fn traceback(&self, line: &str) -> String {
        line.to_owned()
    }
}

/// Prepares a snippet.
///
/// # Errors
///
/// When it does not parse, or when it is unclear what to call.
pub fn prepare(_snippet: &Snippet, _source: &str) -> Result<Prepared, CompileError> {
    Err(CompileError::new(crate::diagnostic::snippet::cannot_load(
        "JavaScript is not there yet",
    )))
}
