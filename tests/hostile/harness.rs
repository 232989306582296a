//! Engines of both kinds, and verdicts without the one figure that varies.

use std::path::Path;
use std::sync::LazyLock;

use jurybox::{EvaluationOptions, Event, Isolation, Snippet, Verdict};

use super::engine::Engine;

/// An engine with its compiled code in this directory.
pub fn engine(isolation: Isolation, cache: &Path) -> Engine {
    Engine::new(isolation, cache)
}

fn shared(isolation: Isolation) -> Engine {
    engine(isolation, "hostile".as_ref())
}

/// Rewinds instances where the system can.
pub static REWOUND: LazyLock<Engine> = LazyLock::new(|| shared(Isolation::Auto));
/// Makes new ones.
pub static NEW: LazyLock<Engine> = LazyLock::new(|| shared(Isolation::NewInstance));

/// Options with a clock that stands still.
pub fn options(fuel: u64, memory: u64) -> EvaluationOptions {
    let mut options = EvaluationOptions::default();
    options.limits.fuel = fuel;
    options.limits.memory = memory;
    options.now_ns = Some(1_700_000_000_000_000_000);
    options
}

/// The verdict of a program, or `None` if the compiler refuses it.
pub fn judge(engine: &Engine, source: &str, options: &EvaluationOptions) -> Option<Verdict> {
    let evaluator = engine.compile(&Snippet::hog_program(source)).ok()?;
    let event = Event::from_json(r#"{"g": [1, {"k": "v"}, "text"], "n": 5}"#).expect("an event");
    let mut verdict = evaluator.evaluate_with(&event, options);
    verdict.usage.elapsed_us = 0;
    Some(verdict)
}
