//! Modules in text form, and what came of running them in one line of text.

use std::sync::LazyLock;

use jurybox::{CompileError, EvaluationOptions, Event, Isolation, Snippet, Verdict};

use super::engine::{Engine, Evaluator};

/// One engine for all tests; its compiled code is kept between runs.
pub static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new(Isolation::Auto, "code"));

/// A module with everything that the ABI asks for: `alloc` gives out the memory from 64 KiB on, the last 64 KiB before are
/// the author's own. `evaluate` is the function that `body` is the body of; `rest` stands beside it.
pub fn module(rest: &str, body: &str) -> String {
    format!(
        r#"(module
            (import "jurybox" "log" (func $log (param i32 i32)))
            (import "jurybox" "now" (func $now (result i64)))
            (import "jurybox" "random" (func $random (result i64)))
            (import "jurybox" "fail" (func $fail (param i32 i32)))
            (memory (export "memory") 4)
            (func $answer (param $pointer i32) (param $length i32) (result i64)
                (i64.or
                    (i64.shl (i64.extend_i32_u (local.get $pointer)) (i64.const 32))
                    (i64.extend_i32_u (local.get $length))))
            (func (export "alloc") (param i32) (result i32) (i32.const 65536))
            {rest}
            (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
                {body}))"#
    )
}

/// A module that answers with this text.
pub fn answering(answer: &str) -> String {
    let escaped: String = answer.bytes().map(|byte| format!("\\{byte:02x}")).collect();
    module(
        &format!(r#"(data (i32.const 16) "{escaped}")"#),
        &format!("(call $answer (i32.const 16) (i32.const {}))", answer.len()),
    )
}

pub fn compile(source: impl Into<Vec<u8>>) -> Result<Evaluator, CompileError> {
    ENGINE.compile(&Snippet::wasm(source))
}

/// The verdict of a module on an event.
#[track_caller]
pub fn judge(source: impl Into<Vec<u8>>, event: &str, options: &EvaluationOptions) -> Verdict {
    let evaluator = compile(source).unwrap_or_else(|error| panic!("{error:#?}"));
    evaluator.evaluate_with(&Event::from_json(event).expect("an event"), options)
}

/// What came out: the printed lines, then the value or the status and the error.
pub fn line(verdict: &Verdict) -> String {
    let mut parts = verdict.logs.clone();
    match &verdict.error {
        None => parts.push(verdict.value.to_string()),
        Some(error) => parts.push(format!("{}: {}", verdict.status, error.message)),
    }
    parts.join(" | ")
}

/// What a module does with an empty event.
#[track_caller]
pub fn run(source: &str) -> String {
    line(&judge(source, "{}", &EvaluationOptions::default()))
}

/// The code and the message of the error of a module that does not load.
#[track_caller]
pub fn refused(source: impl Into<Vec<u8>>) -> String {
    match compile(source) {
        Ok(_) => panic!("it loads"),
        Err(error) => {
            let first = &error.diagnostics[0];
            format!("{}: {}", first.code, first.message)
        }
    }
}
