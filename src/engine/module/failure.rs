//! From the errors of a run to what its author is told. What goes wrong in an author's module is the author's to mend,
//! and so no crash of the sandbox.

use wasmtime::{Trap, WasmBacktrace};

use super::answer;
use crate::diagnostic::module::plain;
use crate::engine::run::DeadlinePassed;
use crate::engine::wasi::Exit;
use crate::outcome::{Failure, FailureKind, Outcome, Returned};

/// Functions that are named as the way to a trap.
const MAX_FRAMES: usize = 20;

/// An error that ends a run with the author's own words: a text, or a JSON object with `type`, `message`, `line`, `column`
/// and `traceback`.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Failed(pub String);

/// An answer that is none.
#[derive(Debug, thiserror::Error)]
#[error("the metric returned {0}")]
pub struct NoAnswer(pub String);

/// Memory that is not to be had.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct NoMemory(pub String);

/// How a run ended that did not return. `refused_memory`: whether it was refused memory.
pub fn outcome(error: &wasmtime::Error, refused_memory: bool) -> Outcome {
    if let Some(NoAnswer(what)) = error.downcast_ref() {
        return Outcome::Returned(Returned::Invalid(what.clone()));
    }
    if let Some(Failed(text)) = error.downcast_ref() {
        return answer::failed(text);
    }
    let backtrace = error.downcast_ref::<WasmBacktrace>();
    let kind = match error.downcast_ref::<Trap>() {
        Some(Trap::OutOfFuel) => FailureKind::OutOfFuel,
        Some(Trap::StackOverflow) => FailureKind::TooDeep,
        _ if error.is::<DeadlinePassed>() => FailureKind::TimedOut,
        _ if error.is::<NoMemory>() => FailureKind::NoRoom,
        _ if error.is::<Exit>() || error.is::<wasmtime_wasi::I32Exit>() => FailureKind::Vm,
        // A module that traps after it was refused memory gave up for lack of it. Before its code runs, it is the memory
        // that it starts with.
        _ if refused_memory => FailureKind::OutOfMemory,
        // Whatever happens while the author's code runs is up to it: traps, and wrong arguments to the host's functions.
        Some(_) => FailureKind::Vm,
        None if backtrace.is_some() => FailureKind::Vm,
        None => FailureKind::Crashed,
    };
    let message = match (kind, error.downcast_ref::<Trap>()) {
        (FailureKind::TooDeep, _) => "Calls nest too deeply: a function calls itself without end".to_owned(),
        (FailureKind::Vm, Some(trap)) => format!("The module trapped: {}", trap_text(*trap, backtrace)),
        (FailureKind::Vm, None) => match error.downcast_ref::<wasmtime_wasi::I32Exit>() {
            Some(exit) => format!("The guest called exit({})", exit.0),
            None => capitalised(&plain(&error.root_cause().to_string())),
        },
        (FailureKind::NoRoom, _) => capitalised(&error.root_cause().to_string()),
        _ => plain(&error.root_cause().to_string()),
    };
    let traceback = match kind {
        FailureKind::Vm | FailureKind::TooDeep => backtrace.map(frames).unwrap_or_default(),
        _ => Vec::new(),
    };
    Outcome::Failed(Failure {
        kind,
        error_type: None,
        message,
        position: None,
        traceback,
    })
}

/// Whether an error is one of those that [`outcome`] knows.
pub fn is_known(error: &wasmtime::Error) -> bool {
    error.is::<NoAnswer>()
        || error.is::<Failed>()
        || error.is::<NoMemory>()
        || error.is::<DeadlinePassed>()
        || error.is::<Exit>()
        || error.is::<wasmtime_wasi::I32Exit>()
}

fn trap_text(trap: Trap, backtrace: Option<&WasmBacktrace>) -> String {
    let text = trap.to_string();
    let text = text.strip_prefix("wasm trap: ").unwrap_or(&text);
    let function = backtrace.and_then(|backtrace| backtrace.frames().first()?.func_name());
    match function {
        Some(name) => format!("{text} (in `{}`)", plain(name)),
        None => text.to_owned(),
    }
}

/// The functions on the way to the error, innermost last.
fn frames(backtrace: &WasmBacktrace) -> Vec<String> {
    let mut frames: Vec<_> = backtrace
        .frames()
        .iter()
        .take(MAX_FRAMES)
        .map(|frame| match frame.func_name() {
            Some(name) => format!("in `{}`", plain(name)),
            None => format!("in function {}", frame.func_index()),
        })
        .collect();
    frames.reverse();
    frames
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
