//! Modules and components.

use super::{REWOUND, judge, options};
use crate::Snippet;

/// Any bytes as a module or component, in binary or in text form: refused with a reason, or run to a status that is its
/// own fault, twice the same.
///
/// # Panics
///
/// When it is not so.
pub fn module_loading(wasm: &[u8]) {
    let evaluator = match REWOUND.compile(&Snippet::wasm(wasm)) {
        Ok(evaluator) => evaluator,
        Err(error) => {
            for diagnostic in &error.diagnostics {
                assert_ne!(diagnostic.code, "cannot-load", "{diagnostic:?}");
                assert!(!diagnostic.message.is_empty());
            }
            return assert!(error.diagnostics.iter().any(|diagnostic| diagnostic.is_error()));
        }
    };
    let options = options(1_000_000);
    let first = judge(&evaluator, &options);
    assert_eq!(
        judge(&evaluator, &options),
        first,
        "the second run differs from the first"
    );
}
