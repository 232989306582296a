//! The Hog compiler: source, syntax tree, resolved program, WebAssembly; a type and a file for each stage.

pub mod ast;
pub mod codegen;
pub mod dump;
mod functions;
pub mod image;
pub mod lexer;
pub mod parser;
mod prelude;
pub mod resolved;
pub mod scope;
pub mod token;

use jurybox_hog_abi::memory_map;

use crate::diagnostic::{self, Diagnostic, LineIndex};
use crate::engine::CompileError;
use crate::snippet::Convention;
use codegen::Compiled;
pub use functions::{LibraryFunction, library_functions};
use scope::Surroundings;

/// The globals of a PostHog evaluation.
const POSTHOG_GLOBALS: &[&str] = &[
    "input",
    "output",
    "properties",
    "event",
    "target",
    "evaluation_events",
    "events",
    "trace",
];

/// Functions that a program may have, lambdas included. It bounds the time that compilation takes.
pub const MAX_FUNCTIONS: usize = 2048;
/// Parameters that a function may have. WebAssembly has a limit of its own, a little higher.
const MAX_PARAMETERS: usize = 500;

/// What came of compiling a snippet.
#[derive(Clone, Debug)]
pub struct Translated {
    /// WebAssembly and its companions.
    pub compiled: Compiled,
    /// What is worth telling the author.
    pub warnings: Vec<Diagnostic>,
}

/// Compiles a Hog program.
///
/// # Errors
///
/// When it does not compile: all errors that could be found, and the warnings.
pub fn compile(source: &str, convention: Convention) -> Result<Translated, CompileError> {
    let lines = LineIndex::new(source);
    let located = |diagnostics: Vec<Diagnostic>| {
        let diagnostics = diagnostics
            .into_iter()
            .map(|diagnostic| diagnostic.locate(&lines))
            .collect();
        CompileError { diagnostics }
    };
    let parsed = parser::parse(source).map_err(located)?;
    let surroundings = match convention {
        Convention::PostHog => Surroundings {
            globals: POSTHOG_GLOBALS,
            complete: true,
        },
        _ => Surroundings::default(),
    };
    let mut warnings = parsed.warnings;
    let resolved = match scope::resolve(source, &parsed.program, &surroundings) {
        Ok(resolved) => resolved,
        Err(mut errors) => {
            errors.append(&mut warnings);
            return Err(located(errors));
        }
    };
    if resolved.functions.len() > MAX_FUNCTIONS {
        return Err(located(vec![diagnostic::snippet::too_many_functions(MAX_FUNCTIONS)]));
    }
    if resolved
        .functions
        .iter()
        .any(|function| function.parameters > MAX_PARAMETERS)
    {
        return Err(located(vec![diagnostic::snippet::too_many_parameters(MAX_PARAMETERS)]));
    }
    warnings.extend(resolved.warnings.iter().cloned());
    let Ok(compiled) = codegen::generate(&resolved, convention == Convention::PostHog, &lines) else {
        return Err(located(vec![diagnostic::snippet::too_much_code()]));
    };
    if compiled.constants.len() > memory_map::SNIPPET_SIZE as usize {
        return Err(located(vec![diagnostic::snippet::too_many_constants()]));
    }
    Ok(Translated {
        compiled,
        warnings: located(warnings).diagnostics,
    })
}

/// The syntax tree of a program in a form for people, with one node a line where it is long.
///
/// # Errors
///
/// When the source does not parse.
pub fn dump_ast(source: &str) -> Result<String, CompileError> {
    let parsed = parser::parse(source).map_err(|diagnostics| {
        let lines = LineIndex::new(source);
        CompileError {
            diagnostics: diagnostics
                .into_iter()
                .map(|diagnostic| diagnostic.locate(&lines))
                .collect(),
        }
    })?;
    Ok(dump::dump(&parsed.program))
}
