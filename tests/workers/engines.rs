//! Engines with workers that are this program, and evaluators on them.

use std::path::PathBuf;

use jurybox::workers::WorkerOptions;
use jurybox::{CodeStore, Engine, EngineError, EngineOptions, EvaluationOptions, Evaluator, Event, Snippet, Verdict};
use libtest_mimic::Failed;
use serde_json::{Value, json};

use crate::probe;

/// A metric that answers true. What happens to events that are orders is not up to it. Every number makes another one.
pub fn obedient(number: u32) -> Snippet {
    Snippet::wasm(format!(
        r#"(module
            (memory (export "memory") 4)
            (global i32 (i32.const {number}))
            (func (export "alloc") (param i32) (result i32) (i32.const 65536))
            (data (i32.const 16) "true")
            (func (export "evaluate") (param i32 i32) (result i64)
                (i64.or (i64.shl (i64.const 16) (i64.const 32)) (i64.const 4))))"#
    ))
}

/// This program.
pub fn this_program() -> PathBuf {
    std::env::current_exe().expect("this program has a path")
}

/// An engine with so many run workers and one compile worker, and other options.
pub fn engine_with(runners: usize, change: impl FnOnce(&mut WorkerOptions)) -> Result<Engine, EngineError> {
    let mut workers = WorkerOptions::new(this_program());
    workers.runners = runners;
    change(&mut workers);
    let mut options = EngineOptions::default();
    options.cache = CodeStore::Directory(concat!(env!("CARGO_TARGET_TMPDIR"), "/code").into());
    options.workers = Some(workers);
    Engine::new(options)
}

pub fn compile(engine: &Engine, snippet: &Snippet) -> Result<Evaluator, Failed> {
    engine.compile(snippet).map_err(|error| format!("{error:?}").into())
}

pub fn order(name: &str) -> Event {
    order_with(name, &Value::Null)
}

pub fn order_with(name: &str, argument: &Value) -> Event {
    Event::from_json(&probe::order(name, argument)).expect("an event")
}

/// An event that is answered with its number.
pub fn numbered(number: u64) -> Event {
    order_with("number", &json!(number))
}

/// What a verdict is, in few words.
pub fn line(verdict: &Verdict) -> String {
    match &verdict.error {
        None => format!("{} {}", verdict.status, verdict.value),
        Some(error) => format!("{} {}", verdict.status, error.message),
    }
}

/// What becomes of events in one batch.
pub fn judge(evaluator: &Evaluator, events: &[Event], options: &EvaluationOptions) -> Vec<String> {
    evaluator.evaluate_batch(events, options).iter().map(line).collect()
}

pub fn equal<T: PartialEq + std::fmt::Debug>(found: &T, expected: &T) -> Result<(), Failed> {
    if found == expected {
        Ok(())
    } else {
        Err(format!("found {found:?}, expected {expected:?}").into())
    }
}
