//! What authors' modules answer.

use std::borrow::Cow;

use crate::engine::interpreter::read_answer;
use crate::outcome::{Failure, FailureKind, Outcome, Returned};

/// The longest answer that is read when it may be an error, in bytes.
pub const MAX_ERROR: usize = 64 << 10;

/// What an answer says: a value as JSON, `{"$error": {...}}` or `{"$invalid": "..."}`.
pub fn outcome(answer: &[u8], limit: usize, refused_memory: bool) -> Outcome {
    let Ok(text) = std::str::from_utf8(answer) else {
        return invalid("text that is not UTF-8");
    };
    let text = without_spaces(text.trim());
    match read_answer(text.as_bytes(), limit, refused_memory) {
        Outcome::Failed(failure) if failure.kind == FailureKind::Crashed => {
            invalid("an object with the reserved key $error or $invalid that can't be read")
        }
        outcome => outcome,
    }
}

/// What a module said when it called `fail`: a text, or an object like that of `$error`.
pub fn failed(text: &str) -> Outcome {
    if text.trim_start().starts_with('{') {
        let answer = format!("{{\"$error\":{text}}}");
        if let outcome @ Outcome::Failed(Failure {
            kind: FailureKind::Exception,
            ..
        }) = read_answer(answer.as_bytes(), usize::MAX, false)
        {
            return outcome;
        }
    }
    Outcome::Failed(Failure {
        kind: FailureKind::Vm,
        error_type: None,
        message: if text.is_empty() {
            "The metric failed and gave no reason".to_owned()
        } else {
            text.to_owned()
        },
        position: None,
        traceback: Vec::new(),
    })
}

/// An answer that is none; `what` completes "the metric returned ...".
fn invalid(what: &str) -> Outcome {
    Outcome::Returned(Returned::Invalid(what.to_owned()))
}

/// The text; if it is an object that starts with a reserved key, without spaces around that.
fn without_spaces(text: &str) -> Cow<'_, str> {
    let reserved = |key: &str| {
        let rest = text.strip_prefix('{')?.trim_start().strip_prefix(key)?;
        Some(format!("{{{key}:{}", rest.trim_start().strip_prefix(':')?))
    };
    reserved("\"$error\"")
        .or_else(|| reserved("\"$invalid\""))
        .map_or(Cow::Borrowed(text), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_read_with_spaces_and_without() {
        for answer in [
            r#"{"$error":{"message":"x"}}"#,
            "  {\n \"$error\" : {\"message\": \"x\"} } ",
        ] {
            let Outcome::Failed(failure) = outcome(answer.as_bytes(), 100, false) else {
                panic!("{answer}");
            };
            assert_eq!((failure.kind, failure.message.as_str()), (FailureKind::Exception, "x"));
        }
    }

    #[test]
    fn nonsense_is_invalid_and_no_crash() {
        for answer in [&b"\xff"[..], br#"{"$error": 5}"#, br#"{ "$invalid" :5}"#] {
            assert!(matches!(
                outcome(answer, 100, false),
                Outcome::Returned(Returned::Invalid(_))
            ));
        }
        assert_eq!(
            outcome(b"[1]", 2, false),
            Outcome::Returned(Returned::TooLarge { bytes: 3 })
        );
    }

    #[test]
    fn failures_are_texts_or_objects() {
        let message = |text: &str| match failed(text) {
            Outcome::Failed(failure) => (failure.error_type, failure.message),
            outcome => panic!("{outcome:?}"),
        };
        assert_eq!(message("no luck"), (None, "no luck".to_owned()));
        assert_eq!(message("{no luck"), (None, "{no luck".to_owned()));
        assert_eq!(
            message(r#"{"type": "panic", "message": "no luck"}"#),
            (Some("panic".to_owned()), "no luck".to_owned())
        );
    }
}
