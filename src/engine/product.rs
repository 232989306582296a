//! What the front end of a language makes of a snippet: everything that is needed to load it, and nothing that has run.
//! It is made where strangers' source is read and loaded where it runs, which may be two processes.

use serde::{Deserialize, Serialize};

use super::module::CheckedModule;
use crate::diagnostic::Diagnostic;
use crate::language::hog::codegen::Compiled;
use crate::language::javascript::Positions;
use crate::snippet::Convention;

/// A snippet, ready to be loaded.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Product {
    /// Hog, compiled to WebAssembly.
    Hog(Compiled),
    /// What the Python guest's `load` takes.
    Python {
        /// JSON.
        request: String,
    },
    /// What the JavaScript guest's `load` takes.
    JavaScript {
        /// JSON.
        request: String,
        /// From what runs to what the author wrote.
        positions: Positions,
    },
    /// An author's module or component.
    Module(CheckedModule),
}

/// A [`Product`] and what is known of it before it is loaded.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The convention that was named or found. [`Convention::Auto`] for Python: its guest finds it when it loads.
    pub convention: Convention,
    /// What to load.
    pub product: Product,
    /// What is worth telling the author.
    pub warnings: Vec<Diagnostic>,
}
