//! What bounds a compile worker: its own limits of time and memory, whatever a source does to the compiler.

use std::time::Duration;

use jurybox::workers::WorkerOptions;
use jurybox::{EvaluationOptions, Snippet};
use libtest_mimic::{Failed, Trial};
use serde_json::Value;

use crate::engines::{compile, engine_with, equal, judge, numbered, obedient};
use crate::probe;

pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("compiling/a source that takes too long", || {
            let quick = |options: &mut WorkerOptions| options.compile_time = Duration::from_millis(300);
            refused(told("hang"), quick, "compile-time", "the limit of 300ms")
        }),
        Trial::test("compiling/a source that takes too much memory", || {
            let small = |options: &mut WorkerOptions| options.compile_memory = 300 << 20;
            refused(told("eat"), small, "compile-memory", "the limit of 314572800 bytes")
        }),
        Trial::test("compiling/a source that the compiler breaks on", || {
            refused(told("abort"), |_| {}, "compiler-crashed", "the worker died")
        }),
        Trial::test("compiling/a source that the compiler panics on", || {
            refused(told("panic"), |_| {}, "compiler-crashed", "as it was told")
        }),
        Trial::test("compiling/a large program in no time at all", || {
            let sum: String = (0..3_000)
                .map(|number| format!("n := n + length(output) * {number}\n"))
                .collect();
            let program = Snippet::hog(format!("let n := {}\n{sum}return n > 3", std::process::id()));
            let hasty = |options: &mut WorkerOptions| options.compile_time = Duration::from_millis(1);
            let engine = engine_with(1, hasty)?;
            code_of(&engine, &program).and_then(|code| equal(&code, &"compile-time".to_owned()))
        }),
    ]
}

/// A source that the compile worker obeys.
fn told(order: &str) -> Snippet {
    Snippet::hog(probe::order(order, &Value::Null))
}

fn code_of(engine: &jurybox::Engine, snippet: &Snippet) -> Result<String, Failed> {
    match engine.compile(snippet) {
        Ok(_) => Err("it compiles".into()),
        Err(error) => Ok(error.diagnostics[0].code.clone()),
    }
}

/// The source is refused with this code and for this reason, and the next one is compiled by another worker.
fn refused(snippet: Snippet, change: impl FnOnce(&mut WorkerOptions), code: &str, reason: &str) -> Result<(), Failed> {
    let engine = engine_with(1, change)?;
    let error = match engine.compile(&snippet) {
        Ok(_) => return Err("it compiles".into()),
        Err(error) => error,
    };
    equal(&error.diagnostics[0].code, &code.to_owned())?;
    if !error.to_string().contains(reason) {
        return Err(format!("{reason:?} is not said: {error}").into());
    }
    let next = compile(&engine, &obedient(4711))?;
    equal(
        &judge(&next, &[numbered(7)], &EvaluationOptions::default()),
        &vec!["ok 7".to_owned()],
    )
}
