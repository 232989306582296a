//! How a run of a snippet ended, before and after the rules of a convention.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::diagnostic::Position;
use crate::limits::Limits;
use crate::verdict::Status;

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Outcome {
    /// By returning.
    Returned(Returned),
    /// Otherwise.
    Failed(Failure),
}

/// A returned value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Returned {
    /// Null, or nothing.
    Null,
    /// A boolean.
    Bool(bool),
    /// Anything else, as JSON text (with Python's `NaN` and `Infinity`).
    Json(String),
    /// Anything else, in Python's terms.
    Python {
        /// The name of its type: `int`, `str`, `list`, ...
        type_name: String,
        /// Its `str()`, cut to the limit for results.
        text: String,
    },
    /// A value that can't be a result: the text completes "the metric returned ...".
    Invalid(String),
    /// A value whose JSON text exceeds the limit for results.
    TooLarge {
        /// Bytes of the text.
        bytes: usize,
    },
}

/// Why a run did not return.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The class of the failure.
    pub kind: FailureKind,
    /// The error's own type.
    pub error_type: Option<String>,
    /// What happened.
    pub message: String,
    /// Where in the snippet.
    pub position: Option<Position>,
    /// The author's own frames, where the language has a traceback.
    pub traceback: Vec<String>,
}

/// Classes of failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FailureKind {
    /// An error of the language's virtual machine.
    Vm,
    /// A thrown error that nothing caught.
    Uncaught,
    /// An exception of the library (a Python one, for Hog).
    Exception,
    /// Recursion without end.
    TooDeep,
    /// The fuel limit.
    OutOfFuel,
    /// The memory limit.
    OutOfMemory,
    /// The memory limit, for a reason that the message tells.
    NoRoom,
    /// The deadline.
    TimedOut,
    /// The sandbox itself.
    Crashed,
    /// What the metric did to the sandbox before.
    Quarantined,
}

impl Failure {
    /// A failure of the sandbox.
    pub fn crashed(message: impl Into<String>) -> Self {
        Self {
            kind: FailureKind::Crashed,
            error_type: None,
            message: message.into(),
            position: None,
            traceback: Vec::new(),
        }
    }

    /// A failure without a position.
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            ..Self::crashed(message)
        }
    }

    /// A failure without a position, because the run did not begin.
    pub fn out_of_memory(message: impl Into<String>) -> Self {
        Self {
            kind: FailureKind::OutOfMemory,
            error_type: None,
            message: message.into(),
            position: None,
            traceback: Vec::new(),
        }
    }

    /// The status of a run that failed so.
    #[must_use]
    pub fn status(&self) -> Status {
        match self.kind {
            FailureKind::Vm | FailureKind::Uncaught | FailureKind::Exception | FailureKind::TooDeep => {
                Status::RuntimeError
            }
            FailureKind::OutOfFuel => Status::OutOfFuel,
            FailureKind::OutOfMemory | FailureKind::NoRoom => Status::OutOfMemory,
            FailureKind::TimedOut => Status::TimedOut,
            FailureKind::Crashed => Status::Crashed,
            FailureKind::Quarantined => Status::Quarantined,
        }
    }

    /// The thrown error as programs print it: `Type('message')`.
    #[must_use]
    pub fn thrown(&self) -> String {
        let error_type = self.error_type.as_deref().unwrap_or("Error");
        format!("{error_type}('{}')", self.message.replace('\'', "\\'"))
    }
}

/// A value or an error, by the rules of a convention.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// How it ended.
    pub status: Status,
    /// The value; null unless the status is [`Status::Ok`].
    pub value: Value,
    /// What to tell the author.
    pub error: Option<String>,
}

impl Answer {
    /// A value.
    #[must_use]
    pub fn value(value: impl Into<Value>) -> Self {
        Self {
            status: Status::Ok,
            value: value.into(),
            error: None,
        }
    }

    /// Not applicable.
    #[must_use]
    pub fn not_applicable() -> Self {
        Self {
            status: Status::NotApplicable,
            value: Value::Null,
            error: None,
        }
    }

    /// No value, and why.
    #[must_use]
    pub fn error(status: Status, message: impl Into<String>) -> Self {
        Self {
            status,
            value: Value::Null,
            error: Some(message.into()),
        }
    }
}

/// The answer of a plain program: any value that is JSON.
#[must_use]
pub fn plain_answer(outcome: &Outcome, limits: &Limits) -> Answer {
    match outcome {
        Outcome::Returned(Returned::Null) => Answer::value(Value::Null),
        Outcome::Returned(Returned::Bool(value)) => Answer::value(*value),
        Outcome::Returned(Returned::Json(text) | Returned::Python { text, .. }) => {
            match serde_json::from_str::<Value>(text) {
                Ok(value) => Answer::value(value),
                Err(_) => Answer::error(
                    Status::InvalidResult,
                    "The returned value is not valid JSON: it contains NaN, infinity or too many levels",
                ),
            }
        }
        Outcome::Returned(Returned::Invalid(what)) => {
            Answer::error(Status::InvalidResult, format!("The metric returned {what}"))
        }
        Outcome::Returned(Returned::TooLarge { bytes }) => Answer::error(
            Status::InvalidResult,
            format!("The returned value takes {bytes} bytes, the limit is {}", limits.result),
        ),
        Outcome::Failed(failure) => Answer::error(failure.status(), plain_text(failure, limits)),
    }
}

fn plain_text(failure: &Failure, limits: &Limits) -> String {
    match failure.kind {
        FailureKind::Vm | FailureKind::TooDeep | FailureKind::NoRoom | FailureKind::Quarantined => {
            failure.message.clone()
        }
        FailureKind::Uncaught => failure.thrown(),
        FailureKind::Exception => {
            let error_type = failure.error_type.as_deref().unwrap_or("Error");
            if failure.message.is_empty() {
                error_type.to_owned()
            } else {
                format!("{error_type}: {}", failure.message)
            }
        }
        FailureKind::OutOfFuel => format!("The fuel limit of {} was reached", limits.fuel),
        FailureKind::OutOfMemory => format!("The memory limit of {} bytes was reached", limits.memory),
        FailureKind::TimedOut => format!("The deadline of {:?} passed", limits.deadline),
        FailureKind::Crashed => format!("The sandbox failed: {}", failure.message),
    }
}
