//! Runs metrics in TypeScript and says what came out.

use std::sync::LazyLock;

use jurybox::{Event, Isolation, Snippet, Verdict};

use super::engine::{Engine, Evaluator};

/// One engine for all tests; its compiled code is kept between runs.
static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new(Isolation::Auto, "code"));

/// A plain event.
const EVENT: &str = r#"{"id": "e-1", "input": "What is 2+2?", "output": "It is 4.", "expected": "4"}"#;

/// The verdict of a source on the plain event.
#[track_caller]
pub fn judge(source: &str) -> Verdict {
    judge_snippet(&Snippet::typescript(source))
}

/// The verdict of a snippet on the plain event.
#[track_caller]
pub fn judge_snippet(snippet: &Snippet) -> Verdict {
    evaluator(snippet).evaluate(&Event::from_json(EVENT).expect("an event"))
}

/// A source, ready.
#[track_caller]
pub fn compile(source: &str) -> Evaluator {
    evaluator(&Snippet::typescript(source))
}

#[track_caller]
fn evaluator(snippet: &Snippet) -> Evaluator {
    ENGINE
        .compile(snippet)
        .unwrap_or_else(|error| panic!("{error}\n{}", String::from_utf8_lossy(&snippet.source)))
}

/// What a source comes to: its value, its error as `message at line:column`, or the error that it does not compile with.
pub fn outcome(source: &str) -> String {
    let snippet = Snippet::typescript(source);
    let verdict = match ENGINE.compile(&snippet) {
        Ok(evaluator) => evaluator.evaluate(&Event::from_json(EVENT).expect("an event")),
        Err(error) => {
            let first = &error.diagnostics[0];
            return format!("{} at {}:{}", first.message, first.start.line, first.start.column);
        }
    };
    let Some(error) = &verdict.error else {
        // Lists of any values come as texts, since verdicts have none.
        return match verdict.value.as_str() {
            Some(list) if list.starts_with('[') => list.to_owned(),
            _ => verdict.value.to_string(),
        };
    };
    let place = match (error.line, error.column) {
        (Some(line), Some(column)) => format!(" at {line}:{column}"),
        _ => String::new(),
    };
    format!("{}{place}", error.message)
}

/// Checks what metrics come to. Each row: the source, and its [`outcome`].
#[track_caller]
pub fn check_outcomes(table: &[(&str, &str)]) {
    let wrong: Vec<_> = table
        .iter()
        .filter_map(|(source, expected)| {
            let given = outcome(source);
            (given != *expected).then(|| format!("{source}\n  gives    {given}\n  expected {expected}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
