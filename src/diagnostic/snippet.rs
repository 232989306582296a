//! The diagnostics of snippets in any language.

use std::time::Duration;

use super::{Diagnostic, Span};
use crate::snippet::{Convention, Language};

/// A source over the limit.
#[must_use]
pub fn source_too_large(bytes: usize, limit: usize) -> Diagnostic {
    Diagnostic::error(
        "source-too-large",
        Span::default(),
        format!("the source has {bytes} bytes, the limit is {limit}"),
    )
    .help("move data out of the code, into the event")
}

/// A source that compiles to more functions than a module may have.
#[must_use]
pub fn too_many_functions(limit: usize) -> Diagnostic {
    Diagnostic::error(
        "too-many-functions",
        Span::default(),
        format!("the program has more than {limit} functions"),
    )
    .help("replace similar functions by one with a parameter")
}

/// A function with more parameters than one may have.
#[must_use]
pub fn too_many_parameters(limit: usize) -> Diagnostic {
    Diagnostic::error(
        "too-many-parameters",
        Span::default(),
        format!("a function has more than {limit} parameters"),
    )
    .help("pass an array or an object")
}

/// A source that compiles to more code than a snippet may have.
#[must_use]
pub fn too_much_code() -> Diagnostic {
    Diagnostic::error(
        "too-much-code",
        Span::default(),
        "the program has too many operations, calls and branches for one snippet",
    )
    .help("let loops and functions do what repeats, and move data out of the code, into the event")
}

/// A source whose texts and long numbers do not fit into the memory that is set aside for them.
#[must_use]
pub fn too_many_constants() -> Diagnostic {
    Diagnostic::error(
        "too-many-constants",
        Span::default(),
        "the texts and numbers in the program take more memory than a program may have for them",
    )
    .help("move data out of the code, into the event")
}

/// Compiled code that the sandbox refuses: a limit that no check of the compiler knows, or an error of ours.
#[must_use]
pub fn cannot_load(reason: &str) -> Diagnostic {
    Diagnostic::error(
        "cannot-load",
        Span::default(),
        format!("the compiled snippet can't be loaded: {reason}"),
    )
}

/// A source that should be text and is not.
#[must_use]
pub fn not_text(valid_bytes: usize) -> Diagnostic {
    let at = u32::try_from(valid_bytes).unwrap_or(u32::MAX);
    Diagnostic::error(
        "not-text",
        Span::new(at, at),
        format!("the source is not text in UTF-8 (byte {valid_bytes})"),
    )
}

/// A convention of another language.
#[must_use]
pub fn wrong_convention(convention: Convention, language: Language) -> Diagnostic {
    let fitting: Vec<_> = Convention::ALL
        .into_iter()
        .filter(|convention| convention.is_for(language))
        .map(Convention::name)
        .collect();
    Diagnostic::error(
        "wrong-convention",
        Span::default(),
        format!(
            "no snippet in {} follows the convention {}",
            language.name(),
            convention.name()
        ),
    )
    .help(format!("conventions of this language: {}", fitting.join(", ")))
}

/// A snippet that takes too long to compile.
#[must_use]
pub fn compile_time(limit: Duration) -> Diagnostic {
    Diagnostic::error(
        "compile-time",
        Span::default(),
        format!("compiling the snippet takes longer than the limit of {limit:?}"),
    )
    .help("make it smaller: very large functions and deep nesting take the compiler the longest")
}

/// A snippet that takes too much memory to compile.
#[must_use]
pub fn compile_memory(limit: u64) -> Diagnostic {
    Diagnostic::error(
        "compile-memory",
        Span::default(),
        format!("compiling the snippet takes more memory than the limit of {limit} bytes"),
    )
    .help("make it smaller: very large functions and deep nesting take the compiler the most")
}

/// A snippet on which the compiler's own process broke.
#[must_use]
pub fn compiler_crashed(reason: &str) -> Diagnostic {
    Diagnostic::error(
        "compiler-crashed",
        Span::default(),
        format!("the compiler broke on this snippet: {reason}"),
    )
}

/// Something that an engine with workers does not do.
#[must_use]
pub fn not_in_workers(what: &str) -> Diagnostic {
    Diagnostic::error(
        "not-in-workers",
        Span::default(),
        format!("{what} is not possible with workers; use an engine without them"),
    )
}
