//! What fuzzing checks: for everything that a stranger writes, a function that takes it and panics when jurybox breaks a
//! promise. The targets in `fuzz/` call these functions, and so do the tests below, with every input that once broke one.
//!
//! It exists in tests and under `cfg(fuzzing)` alone, and is no part of the API.

mod answers;
mod events;
#[cfg(all(test, target_os = "linux"))]
mod frame_seeds;
#[cfg(target_os = "linux")]
mod frames;
mod javascript;
mod modules;
pub mod mutate;
mod programs;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

pub use answers::guest_answers;
pub use events::{event_image, event_reader};
#[cfg(target_os = "linux")]
pub use frames::worker_frames;
pub use javascript::javascript_front_end;
pub use modules::module_loading;
pub use programs::{hog_front_end, prepare_hog};

use crate::diagnostic::{Color, Diagnostic, render};
use crate::{CodeStore, Engine, EngineOptions, EvaluationOptions, Evaluator, Event, Isolation, Status, Verdict};

/// Rewinds instances where the system can.
static REWOUND: LazyLock<Engine> = LazyLock::new(|| engine(Isolation::Auto));
/// Makes new ones.
static NEW: LazyLock<Engine> = LazyLock::new(|| engine(Isolation::NewInstance));

/// What metrics are tried on.
static EVENT: LazyLock<Event> = LazyLock::new(|| {
    let text = r#"{"uuid": "u-1", "event": "$ai_generation", "distinct_id": "d", "timestamp": "2026-01-02T03:04:05Z",
        "properties": {"$ai_input": [{"role": "user", "content": "Was kostet das? é 😀"}], "$ai_output": "Sorry, 12.50 €",
        "$ai_latency": 1.5, "$ai_total_cost_usd": 0.01, "tools": ["a", {"b": null}], "n": 12345678901234567890}}"#;
    Event::from_json(text).unwrap_or_else(|error| panic!("{error}"))
});

fn engine(isolation: Isolation) -> Engine {
    // Fuzzing makes a file for every program otherwise; tests want the runtime's code that others have compiled.
    let cache = if cfg!(test) {
        CodeStore::UserDirectory
    } else {
        CodeStore::Memory
    };
    let options = EngineOptions {
        isolation,
        cache,
        ..EngineOptions::default()
    };
    Engine::new(options).unwrap_or_else(|error| panic!("{error}"))
}

/// Small limits, and a clock that stands still.
fn options(fuel: u64) -> EvaluationOptions {
    let mut options = EvaluationOptions::default();
    options.limits.fuel = fuel;
    options.limits.memory = 8 << 20;
    options.limits.result = 16 << 10;
    options.limits.logs = 4 << 10;
    options.now_ns = Some(1_700_000_000_000_000_000);
    options
}

/// A verdict without the figure that varies.
fn judge(evaluator: &Evaluator, options: &EvaluationOptions) -> Verdict {
    let mut verdict = evaluator.evaluate_with(&EVENT, options);
    verdict.usage.elapsed_us = 0;
    assert!(
        verdict.usage.fuel <= options.limits.fuel,
        "more fuel than there was: {verdict:?}"
    );
    assert!(
        verdict.usage.memory <= options.limits.memory,
        "more memory than allowed: {verdict:?}"
    );
    let logs: usize = verdict.logs.iter().map(String::len).sum();
    assert!(
        logs <= options.limits.logs + 100,
        "more logs than allowed: {logs} bytes"
    );
    assert_ne!(verdict.status, Status::CompileError, "it compiled");
    assert_ne!(verdict.status, Status::Crashed, "the sandbox broke: {verdict:?}");
    verdict
}

/// Diagnostics are for people: they can be drawn, and they are no error of ours.
fn check_diagnostics(diagnostics: &[Diagnostic], source: &str) {
    for diagnostic in diagnostics {
        assert_ne!(diagnostic.code, "cannot-load", "{diagnostic:?}");
        let span = diagnostic.span;
        assert!(
            span.start <= span.end && span.end as usize <= source.len(),
            "outside of the source: {diagnostic:?}"
        );
        assert!(
            !render(diagnostic, source, "x", Color::Never).is_empty(),
            "{diagnostic:?}"
        );
    }
}
