//! Runs metrics in Python and says what came out.

use std::sync::LazyLock;

use jurybox::{CompileError, EvaluationOptions, Event, Isolation, Snippet, Verdict};

use super::engine::Engine;

/// One engine for all tests; its compiled code is kept between runs.
pub static ENGINE: LazyLock<Engine> = LazyLock::new(|| engine(Isolation::Auto));

/// An engine that keeps its compiled code where the others find it.
pub fn engine(isolation: Isolation) -> Engine {
    Engine::new(isolation, "code")
}

/// A plain event.
pub const EVENT: &str = r#"{"id": "e-1", "input": "What is 2+2?", "output": "It is 4.", "expected": "4"}"#;

/// The verdict of a snippet on an event.
#[track_caller]
pub fn judge_snippet(snippet: &Snippet, event: &str) -> Verdict {
    let evaluator = ENGINE
        .compile(snippet)
        .unwrap_or_else(|error| panic!("{error}\n{}", String::from_utf8_lossy(&snippet.source)));
    let event = Event::from_json(event).expect("an event");
    evaluator.evaluate_with(&event, &EvaluationOptions::default())
}

/// The verdict of a source on the plain event.
#[track_caller]
pub fn judge(source: &str) -> Verdict {
    judge_snippet(&Snippet::python(source), EVENT)
}

/// Why a source can't be loaded.
#[track_caller]
pub fn refused(snippet: &Snippet) -> CompileError {
    match ENGINE.compile(snippet) {
        Ok(_) => panic!("it loads:\n{}", String::from_utf8_lossy(&snippet.source)),
        Err(error) => error,
    }
}

/// The error of a run as `message at line:column`; the message begins with the type.
#[track_caller]
pub fn failure(verdict: &Verdict) -> String {
    let error = verdict
        .error
        .as_ref()
        .unwrap_or_else(|| panic!("there is no error: {verdict:?}"));
    let place = match (error.line, error.column) {
        (Some(line), Some(column)) => format!(" at {line}:{column}"),
        (Some(line), None) => format!(" at {line}"),
        _ => String::new(),
    };
    format!("{}{place}", error.message)
}

/// Checks what expressions give, as Python writes it. Each row: statements before it, the expression, its `repr`.
#[track_caller]
pub fn check(table: &[(&str, &str, &str)]) {
    let mut wrong = Vec::new();
    for (before, expression, expected) in table {
        let source = format!("{before}\ndef score(event):\n    return repr(({expression}))\n");
        let verdict = judge(&source);
        if verdict.value != **expected {
            wrong.push(format!(
                "{before}\n{expression}\n  gives    {}\n  expected {expected}",
                if verdict.error.is_some() {
                    failure(&verdict)
                } else {
                    verdict.value.to_string()
                }
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
