//! Everything that is true of snippets in this process is true of them in workers: the tables of the other targets, run
//! in workers and compared with what they come to here, verdict by verdict; and what only workers could make different.

#![cfg(target_os = "linux")]
#![expect(clippy::duplicate_mod, reason = "every table brings the module of its engines along")]

mod batches;
mod crowd;
#[path = "../support/engine.rs"]
mod engine;
mod extremes;
#[path = "../hostile/generator.rs"]
mod generator;
mod refusals;

// The tables.
#[path = "../examples.rs"]
mod examples;
#[path = "../hog/main.rs"]
mod hog;
#[path = "../hostile/main.rs"]
mod hostile;
#[path = "../javascript/main.rs"]
mod javascript;
#[path = "../python/main.rs"]
mod python;
#[path = "../typescript/main.rs"]
mod typescript;
#[path = "../verdicts/main.rs"]
mod verdicts;
#[path = "../wasm/main.rs"]
mod wasm;

use std::sync::LazyLock;

use jurybox::{EvaluationOptions, Event, Isolation, Snippet};

use engine::Engine;

/// The engine of the tests that are here alone.
static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new(Isolation::Auto, "code"));

/// Checks that a batch comes to the same in workers and here, or that the snippet is refused alike.
#[track_caller]
fn equal_batches(snippet: &Snippet, events: &[Event], options: &EvaluationOptions) {
    let Ok(evaluator) = ENGINE.compile(snippet) else { return };
    let verdicts = evaluator.evaluate_batch(events, options);
    let expected = evaluator.twin.as_ref().expect("a twin").evaluate_batch(events, options);
    assert_eq!((verdicts.len(), expected.len()), (events.len(), events.len()));
    for (verdict, expected) in verdicts.iter().zip(&expected) {
        engine::assert_same(verdict, expected);
    }
}
