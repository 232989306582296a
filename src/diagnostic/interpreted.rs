//! The diagnostics of snippets that an interpreter in the sandbox reads.

use super::{Diagnostic, LineIndex, Position, Span};
use crate::engine::interpreter::{Hint, LoadError, LoadErrorKind};

/// A snippet that can't be loaded. `original` leads from the guest's positions to the author's.
#[must_use]
pub fn load_error(error: &LoadError, source: &str, original: impl Fn(Position) -> Position) -> Diagnostic {
    let lines = LineIndex::new(source);
    let place = |line: Option<u32>, column: Option<u32>| {
        let position = original(Position {
            line: line?,
            column: column.unwrap_or(1),
        });
        Some(lines.offset(position))
    };
    let start = place(error.line, error.column);
    let end = place(error.end_line, error.end_column).max(start);
    let span = Span::new(start.unwrap_or_default(), end.unwrap_or_default());
    let message = match &error.error_type {
        Some(error_type) => format!("{error_type}: {}", error.message),
        None => error.message.clone(),
    };
    let diagnostic = match error.kind {
        LoadErrorKind::Syntax => Diagnostic::error("syntax-error", span, message),
        LoadErrorKind::Convention => Diagnostic::error("unclear-convention", span, message),
        LoadErrorKind::Exception => Diagnostic::error("load-failed", span, message)
            .help("code at the top of a snippet runs once, when it is loaded, before there is an event"),
        LoadErrorKind::Limit => Diagnostic::error("load-limit", span, message),
        LoadErrorKind::Sandbox => Diagnostic::error("cannot-load", span, format!("the sandbox failed: {message}")),
    };
    diagnostic.locate(&lines)
}

/// What an interpreter noticed about a snippet.
#[must_use]
pub fn hints(hints: &[Hint], source: &str, original: impl Fn(Position) -> Position) -> Vec<Diagnostic> {
    let lines = LineIndex::new(source);
    let diagnostics = hints.iter().map(|hint| {
        let start = lines.offset(original(Position {
            line: hint.line,
            column: hint.column,
        }));
        let diagnostic = Diagnostic::hint(&hint.code, Span::new(start, start), hint.message.clone());
        let diagnostic = match &hint.help {
            Some(help) => diagnostic.help(help.clone()),
            None => diagnostic,
        };
        diagnostic.locate(&lines)
    });
    diagnostics.collect()
}
