//! Hog.

use super::{NEW, REWOUND, check_diagnostics, judge, options};
use crate::{Snippet, dump_ast};

/// Makes the runtime ready, which takes seconds.
///
/// # Panics
///
/// When it can't.
pub fn prepare_hog() {
    for engine in [&REWOUND, &NEW] {
        engine
            .compile(&Snippet::hog("return true"))
            .unwrap_or_else(|error| panic!("{error}"));
    }
}

/// Any text through the Hog compiler, and what it accepts through the sandbox: every accepted program's WebAssembly is
/// valid and runs to a status that is its own fault, alike in rewound and in new instances.
///
/// # Panics
///
/// When it is not so.
pub fn hog_front_end(source: &str) {
    // Neither may panic.
    drop(dump_ast(source));
    let options = options(5_000_000);
    for snippet in [Snippet::hog(source), Snippet::hog_program(source)] {
        match REWOUND.compile(&snippet) {
            Ok(evaluator) => {
                check_diagnostics(evaluator.warnings(), source);
                let first = judge(&evaluator, &options);
                assert_eq!(
                    judge(&evaluator, &options),
                    first,
                    "the second run differs from the first"
                );
                // That compiles it once more.
                if source.len().is_multiple_of(4) {
                    let new = NEW
                        .compile(&snippet)
                        .unwrap_or_else(|error| panic!("compiled before: {error}"));
                    assert_eq!(
                        judge(&new, &options),
                        first,
                        "a new instance differs from a rewound one"
                    );
                }
            }
            Err(error) => {
                assert!(
                    error.diagnostics.iter().any(|diagnostic| diagnostic.is_error()),
                    "{error}"
                );
                check_diagnostics(&error.diagnostics, source);
            }
        }
    }
}
