//! The diagnostics of authors' WebAssembly.

use super::{Diagnostic, Span};

/// The longest name that is shown, in bytes.
const MAX_NAME: usize = 200;

/// Text form that can't be read.
#[must_use]
pub fn bad_text(message: &str, offset: usize, source: &str) -> Diagnostic {
    let at = u32::try_from(offset).unwrap_or(u32::MAX);
    Diagnostic::error("syntax-error", Span::new(at, at), message).locate(&super::LineIndex::new(source))
}

/// Neither a binary nor text.
#[must_use]
pub fn not_wasm() -> Diagnostic {
    Diagnostic::error(
        "not-wasm",
        Span::default(),
        "the source is neither a WebAssembly binary nor its text form",
    )
    .help("a binary starts with the bytes 00 61 73 6d, text with `(module` or `(component`")
}

/// A binary that is damaged, or uses what the sandbox does not allow.
#[must_use]
pub fn invalid(reason: &str) -> Diagnostic {
    Diagnostic::error(
        "invalid-module",
        Span::default(),
        format!("the module is not valid here: {reason}"),
    )
    .help(
        "allowed are the features of WebAssembly 2.0 and extended constant expressions; not threads, relaxed SIMD, \
         64-bit or several memories, tail calls, garbage collection or exceptions",
    )
}

/// More of something than a module may have.
#[must_use]
pub fn too_much(what: &str, count: u64, limit: u64) -> Diagnostic {
    Diagnostic::error(
        "module-too-large",
        Span::default(),
        format!("the module has {count} {what}, the limit is {limit}"),
    )
}

/// An import that the sandbox does not have.
#[must_use]
pub fn unknown_import(module: &str, name: &str, available: &str) -> Diagnostic {
    Diagnostic::error(
        "unknown-import",
        Span::default(),
        format!(
            "the module imports `{}` from `{}`, which is not there",
            plain(name),
            plain(module)
        ),
    )
    .help(format!("available are {available}"))
}

/// An import of another type.
#[must_use]
pub fn wrong_import(reason: &str) -> Diagnostic {
    Diagnostic::error(
        "wrong-import",
        Span::default(),
        format!("an import has another type than the host offers: {}", plain(reason)),
    )
}

/// An export that is missing or has another type.
#[must_use]
pub fn wrong_export(name: &str, expected: &str, found: Option<&str>) -> Diagnostic {
    let message = match found {
        None => format!("the module does not export `{name}`"),
        Some(found) => format!("the module exports `{name}` as {}", plain(found)),
    };
    Diagnostic::error("wrong-export", Span::default(), message).help(format!("`{name}` must be {expected}; see ABI.md"))
}

/// A name from a stranger's module, fit to be shown.
#[must_use]
pub fn plain(name: &str) -> String {
    let end = name.floor_char_boundary(MAX_NAME);
    let mut shown: String = name
        .get(..end)
        .unwrap_or_default()
        .chars()
        .map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c })
        .collect();
    if end < name.len() {
        shown.push_str("...");
    }
    shown
}
