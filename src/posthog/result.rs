//! What PostHog answers for the outcome of a run, with its exact texts (version 3 of its evaluations).

use std::time::Duration;

use crate::outcome::{Answer, Failure, FailureKind, Outcome, Returned};
use crate::verdict::Status;

/// The exceptions that PostHog takes for odd input rather than a fault of its own; they are shown without a preamble.
const USER_INPUT_ERRORS: [&str; 5] = [
    "TypeError",
    "AttributeError",
    "KeyError",
    "ZeroDivisionError",
    "JSONDecodeError",
];

/// PostHog's answer for an outcome. With `allows_na`, null means "not applicable". The deadline is what PostHog would
/// call the time limit; fuel, which limits time here, is reported in the same words.
#[must_use]
pub fn answer(outcome: &Outcome, allows_na: bool, deadline: Duration) -> Answer {
    match outcome {
        Outcome::Returned(Returned::Bool(value)) => Answer::value(*value),
        Outcome::Returned(Returned::Null) if allows_na => Answer::not_applicable(),
        Outcome::Returned(Returned::Null) => must_return_boolean(allows_na, "NoneType", "None"),
        Outcome::Returned(Returned::Python { type_name, text }) => must_return_boolean(allows_na, type_name, text),
        Outcome::Returned(Returned::Json(text)) => must_return_boolean(allows_na, "object", text),
        Outcome::Returned(Returned::Invalid(what)) => must_return_boolean(allows_na, "object", what),
        Outcome::Returned(Returned::TooLarge { bytes }) => {
            must_return_boolean(allows_na, "object", &format!("{bytes} bytes"))
        }
        Outcome::Failed(failure) => Answer::error(failure.status(), text(failure, deadline)),
    }
}

fn must_return_boolean(allows_na: bool, type_name: &str, text: &str) -> Answer {
    let hint = if allows_na { " (or null if N/A is enabled)" } else { "" };
    Answer::error(
        Status::InvalidResult,
        format!("Must return boolean{hint}, got {type_name}: {text}"),
    )
}

fn text(failure: &Failure, deadline: Duration) -> String {
    let message = &failure.message;
    match failure.kind {
        FailureKind::Vm | FailureKind::TooDeep => format!("Runtime error: {message}"),
        FailureKind::Uncaught => format!("Runtime error: {}", failure.thrown()),
        FailureKind::Exception => {
            let error_type = failure.error_type.as_deref().unwrap_or("Exception");
            if USER_INPUT_ERRORS.contains(&error_type) {
                format!("{error_type}: {message}")
            } else {
                format!("Unexpected error during evaluation: {error_type}: {message}")
            }
        }
        FailureKind::TimedOut | FailureKind::OutOfFuel => {
            format!("Execution timed out ({}s limit exceeded)", deadline.as_secs_f64())
        }
        FailureKind::OutOfMemory | FailureKind::NoRoom => "Memory limit exceeded".to_owned(),
        FailureKind::Quarantined => message.clone(),
        FailureKind::Crashed => format!("Unexpected error during evaluation: SandboxError: {message}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEN_SECONDS: Duration = Duration::from_secs(10);

    fn python(type_name: &str, text: &str) -> Outcome {
        Outcome::Returned(Returned::Python {
            type_name: type_name.to_owned(),
            text: text.to_owned(),
        })
    }

    fn failed(kind: FailureKind, error_type: &str, message: &str) -> Outcome {
        let error_type = Some(error_type.to_owned()).filter(|name| !name.is_empty());
        Outcome::Failed(Failure {
            kind,
            error_type,
            message: message.to_owned(),
            position: None,
            traceback: Vec::new(),
        })
    }

    #[test]
    fn a_boolean_is_the_verdict() {
        for (allows_na, value) in [(false, true), (false, false), (true, true)] {
            let outcome = Outcome::Returned(Returned::Bool(value));
            assert_eq!(answer(&outcome, allows_na, TEN_SECONDS), Answer::value(value));
        }
    }

    #[test]
    fn null_is_not_applicable_where_that_is_allowed() {
        let null = Outcome::Returned(Returned::Null);
        assert_eq!(answer(&null, true, TEN_SECONDS), Answer::not_applicable());
        let refused = Answer::error(Status::InvalidResult, "Must return boolean, got NoneType: None");
        assert_eq!(answer(&null, false, TEN_SECONDS), refused);
    }

    #[test]
    fn any_other_value_is_refused() {
        for (outcome, allows_na, text) in [
            (python("int", "1"), false, "Must return boolean, got int: 1"),
            (python("float", "0.5"), false, "Must return boolean, got float: 0.5"),
            (python("str", "yes"), false, "Must return boolean, got str: yes"),
            (
                python("list", "[1, 'a']"),
                false,
                "Must return boolean, got list: [1, 'a']",
            ),
            (python("tuple", "(1,)"), false, "Must return boolean, got tuple: (1,)"),
            (
                python("dict", "{'a': None}"),
                true,
                "Must return boolean (or null if N/A is enabled), got dict: {'a': None}",
            ),
        ] {
            assert_eq!(
                answer(&outcome, allows_na, TEN_SECONDS),
                Answer::error(Status::InvalidResult, text)
            );
        }
    }

    #[test]
    fn failures_have_exact_texts() {
        use FailureKind::{Exception, OutOfFuel, OutOfMemory, TimedOut, TooDeep, Uncaught, Vm};
        use Status as S;
        let unexpected = "Unexpected error during evaluation: ValueError: no";
        for (kind, error_type, message, status, text) in [
            (
                Vm,
                "",
                "Unsupported function call: f",
                S::RuntimeError,
                "Runtime error: Unsupported function call: f",
            ),
            (TooDeep, "", "too deep", S::RuntimeError, "Runtime error: too deep"),
            (
                Uncaught,
                "Error",
                "it's bad",
                S::RuntimeError,
                r"Runtime error: Error('it\'s bad')",
            ),
            (
                Uncaught,
                "RetryError",
                r"a\b",
                S::RuntimeError,
                r"Runtime error: RetryError('a\b')",
            ),
            (Exception, "TypeError", "no", S::RuntimeError, "TypeError: no"),
            (Exception, "AttributeError", "no", S::RuntimeError, "AttributeError: no"),
            (Exception, "KeyError", "'a'", S::RuntimeError, "KeyError: 'a'"),
            (
                Exception,
                "ZeroDivisionError",
                "no",
                S::RuntimeError,
                "ZeroDivisionError: no",
            ),
            (
                Exception,
                "JSONDecodeError",
                "no",
                S::RuntimeError,
                "JSONDecodeError: no",
            ),
            (Exception, "ValueError", "no", S::RuntimeError, unexpected),
            (
                OutOfFuel,
                "",
                "",
                S::OutOfFuel,
                "Execution timed out (10s limit exceeded)",
            ),
            (
                TimedOut,
                "",
                "",
                S::TimedOut,
                "Execution timed out (10s limit exceeded)",
            ),
            (OutOfMemory, "", "", S::OutOfMemory, "Memory limit exceeded"),
        ] {
            let outcome = failed(kind, error_type, message);
            assert_eq!(answer(&outcome, false, TEN_SECONDS), Answer::error(status, text));
        }
    }

    #[test]
    fn the_deadline_is_named() {
        let outcome = failed(FailureKind::TimedOut, "", "");
        let answer = answer(&outcome, false, Duration::from_millis(500));
        assert_eq!(
            answer.error.as_deref(),
            Some("Execution timed out (0.5s limit exceeded)")
        );
    }
}
