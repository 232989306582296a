//! What came out of judging one event.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::diagnostic::Position;

/// How an evaluation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Status {
    /// The metric gave a value that it may give.
    Ok,
    /// The metric said that it does not apply to the event, and may say so.
    NotApplicable,
    /// The metric was not run, for lack of something that it needs.
    Skipped,
    /// The snippet does not compile.
    CompileError,
    /// The metric failed: an uncaught error, a wrong type, runaway recursion.
    RuntimeError,
    /// The metric gave a value that it may not give.
    InvalidResult,
    /// The fuel limit was reached.
    OutOfFuel,
    /// The memory limit was reached.
    OutOfMemory,
    /// The deadline passed.
    TimedOut,
    /// The sandbox itself broke; never the author's fault.
    Crashed,
    /// The metric was not run, because it broke too many workers before.
    Quarantined,
}

impl Status {
    /// The status as it is written in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::NotApplicable => "not_applicable",
            Self::Skipped => "skipped",
            Self::CompileError => "compile_error",
            Self::RuntimeError => "runtime_error",
            Self::InvalidResult => "invalid_result",
            Self::OutOfFuel => "out_of_fuel",
            Self::OutOfMemory => "out_of_memory",
            Self::TimedOut => "timed_out",
            Self::Crashed => "crashed",
            Self::Quarantined => "quarantined",
        }
    }

    /// Whether the metric did its job: [`Status::Ok`] or [`Status::NotApplicable`].
    #[must_use]
    pub const fn is_success(self) -> bool {
        matches!(self, Self::Ok | Self::NotApplicable)
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// The bill of one evaluation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Fuel consumed. The same for the same snippet, event, clock and seed.
    pub fuel: u64,
    /// Peak memory of the event and everything that the metric made, in bytes. As repeatable as the fuel. For Python and
    /// JavaScript it is exact for the event only: of the rest it counts what the interpreter took beyond the few MiB
    /// that it has ready. For an author's own module it is the size of its memory.
    pub memory: u64,
    /// Wall-clock time in microseconds. The only figure that varies.
    pub elapsed_us: u64,
}

/// Why there is no value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvaluationError {
    /// The status, again.
    pub kind: Status,
    /// The error's own type (`Error`, `KeyError`, ...) where it has one.
    #[serde(rename = "type")]
    pub error_type: Option<String>,
    /// What happened, in the words of the platform whose convention the metric follows.
    pub message: String,
    /// Line in the snippet, from 1.
    pub line: Option<u32>,
    /// Column in the snippet, in characters from 1.
    pub column: Option<u32>,
    /// The calls that led there, innermost last, as far as they are the author's own; empty where the language has none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub traceback: Vec<String>,
}

impl EvaluationError {
    /// An error at a position, if it is known.
    #[must_use]
    pub fn new(kind: Status, error_type: Option<String>, message: String, position: Option<Position>) -> Self {
        Self {
            kind,
            error_type,
            message,
            line: position.map(|position| position.line),
            column: position.map(|position| position.column),
            traceback: Vec::new(),
        }
    }
}

/// What came out of judging one event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// How it ended.
    pub status: Status,
    /// The value, when the status is [`Status::Ok`]; null otherwise.
    pub value: Value,
    /// Whether the value passes; `None` when there is no value, or nothing says what passing means.
    pub passed: Option<bool>,
    /// Why, in the metric's own words. For Hog: the printed lines, empty when the run failed. For the others: the reason,
    /// explanation or comment that was returned with the value.
    pub reasoning: String,
    /// What the metric returned as `metadata` beside its value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Value>,
    /// Every printed line, also those before a failure.
    pub logs: Vec<String>,
    /// Why there is no value.
    pub error: Option<EvaluationError>,
    /// The bill.
    pub usage: Usage,
    /// What makes a second run give the same verdict.
    pub replay: Replay,
}

/// The inputs of a run besides snippet and event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replay {
    /// The clock that the metric saw, in nanoseconds since 1970.
    pub now_ns: i64,
    /// The seed of the random numbers that the metric saw.
    pub seed: u64,
}
