//! Runs metrics in JavaScript and says what came out.

use std::sync::LazyLock;

use jurybox::{EvaluationOptions, Event, Isolation, Snippet, Verdict};

use super::engine::{Engine, Evaluator};

/// One engine for all tests; its compiled code is kept between runs.
pub static ENGINE: LazyLock<Engine> = LazyLock::new(|| engine(Isolation::Auto));

/// An engine that keeps its compiled code where the others find it.
pub fn engine(isolation: Isolation) -> Engine {
    Engine::new(isolation, "code")
}

/// A plain event.
pub const EVENT: &str = r#"{"id": "e-1", "input": "What is 2+2?", "output": "It is 4.", "expected": "4"}"#;

/// A snippet, ready.
#[track_caller]
pub fn compile(engine: &Engine, source: &str) -> Evaluator {
    engine
        .compile(&Snippet::javascript(source))
        .unwrap_or_else(|error| panic!("{error}\n{source}"))
}

/// The verdict of a source on the plain event, within limits that keep hostile ones short.
#[track_caller]
pub fn judge(source: &str) -> Verdict {
    let mut options = EvaluationOptions::default();
    options.limits.fuel = 200_000_000;
    judge_with(source, EVENT, &options)
}

/// The verdict of a source on an event.
#[track_caller]
pub fn judge_with(source: &str, event: &str, options: &EvaluationOptions) -> Verdict {
    let event = Event::from_json(event).expect("an event");
    compile(&ENGINE, source).evaluate_with(&event, options)
}

/// What a verdict says first: its value, or its error as `message at line:column`.
pub fn outcome(verdict: &Verdict) -> String {
    let Some(error) = &verdict.error else {
        return verdict.value.to_string();
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
            let given = outcome(&judge(source));
            (given != *expected).then(|| format!("{source}\n  gives    {given}\n  expected {expected}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
