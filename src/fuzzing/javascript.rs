//! JavaScript and TypeScript.

use serde_json::Value;

use super::check_diagnostics;
use crate::diagnostic::Position;
use crate::language::javascript::prepare;
use crate::{Convention, Snippet};

/// Any text through the front end of JavaScript and TypeScript: no panic of ours, no overflow of the stack, positions lead
/// somewhere, and what is left of TypeScript without its types is JavaScript.
///
/// # Panics
///
/// When it is not so.
pub fn javascript_front_end(source: &str) {
    for snippet in [Snippet::javascript(source), Snippet::typescript(source)] {
        let prepared = match prepare(&snippet, source) {
            Ok(prepared) => prepared,
            Err(error) => {
                assert!(
                    error.diagnostics.iter().any(|diagnostic| diagnostic.is_error()),
                    "{error}"
                );
                let ours = |code: &str| code != "cannot-load";
                let (diagnostics, panics): (Vec<_>, Vec<_>) = error
                    .diagnostics
                    .into_iter()
                    .partition(|diagnostic| ours(&diagnostic.code));
                // A panic of the parser is caught, and its own project's to fix.
                assert!(
                    panics
                        .iter()
                        .all(|diagnostic| diagnostic.message.contains("the parser has a bug"))
                );
                check_diagnostics(&diagnostics, source);
                continue;
            }
        };
        check_diagnostics(&prepared.warnings, source);
        let request: Value = serde_json::from_str(&prepared.request).unwrap_or_else(|error| panic!("{error}"));
        let text = request["source"].as_str().unwrap_or_else(|| panic!("no source"));
        let lines = u32::try_from(source.split('\n').count()).unwrap_or(u32::MAX);
        for line in 1..lines.min(40) + 4 {
            for column in [1, 2, 17, u32::MAX] {
                let original = prepared.positions.original(Position { line, column });
                assert!(
                    original.line >= 1 && original.column >= 1,
                    "{line}:{column} {original:?}"
                );
            }
        }
        drop(prepared.positions.traceback(&format!("at f ({}:2:7)", request["file"])));

        if snippet.language == crate::Language::TypeScript {
            let again = Snippet::javascript(text).with_convention(Convention::Auto);
            if let Err(error) = prepare(&again, text) {
                let syntax = error
                    .diagnostics
                    .iter()
                    .find(|diagnostic| diagnostic.code == "syntax-error");
                assert!(
                    syntax.is_none(),
                    "without its types it is no JavaScript: {syntax:?}\n{text}"
                );
            }
        }
    }
}
