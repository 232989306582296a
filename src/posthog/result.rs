//! What PostHog answers for the outcome of a run, with its exact texts (version 3 of its evaluations).

use std::borrow::Cow;
use std::time::Duration;

use serde_json::Value;

use crate::outcome::{Answer, Failure, FailureKind, Outcome, Returned};
use crate::return_type::{self, ReturnType};
use crate::returned::is_finite;
use crate::verdict::Status;

/// The exceptions that PostHog takes for odd input rather than a fault of its own; they are shown without a preamble.
const USER_INPUT_ERRORS: [&str; 5] = [
    "TypeError",
    "AttributeError",
    "KeyError",
    "ZeroDivisionError",
    "JSONDecodeError",
];

/// PostHog's answer for an outcome. With `allows_na`, null means "not applicable". What else may be returned is said by
/// `returns`: a boolean, unless it asks for numbers or categories.
///
/// The deadline is what PostHog would call the time limit; fuel, which limits time here, is reported in the same words.
///
/// The texts about booleans are PostHog's. Those about numbers and categories follow their pattern; what PostHog says
/// there is not published.
#[must_use]
pub fn answer(outcome: &Outcome, allows_na: bool, returns: Option<&ReturnType>, deadline: Duration) -> Answer {
    match outcome {
        Outcome::Returned(Returned::Null) if allows_na => Answer::not_applicable(),
        Outcome::Returned(returned) => match accept(returned, returns) {
            Ok(value) => Answer::value(value),
            Err(wanted) => must_return(&wanted, allows_na, returned),
        },
        Outcome::Failed(failure) => Answer::error(failure.status(), text(failure, deadline)),
    }
}

/// The value, if it is one that may be returned; else what may be, to complete "Must return ...".
fn accept(returned: &Returned, returns: Option<&ReturnType>) -> Result<Value, Cow<'static, str>> {
    match returns {
        Some(ReturnType::Number) => number(returned, None, None),
        Some(ReturnType::NumberWithin { min, max }) => number(returned, *min, *max),
        Some(ReturnType::Category(keys)) => category(returned, keys),
        Some(ReturnType::Categorical(keys)) => categories(returned, keys),
        _ => match returned {
            Returned::Bool(value) => Ok(Value::from(*value)),
            _ => Err("boolean".into()),
        },
    }
}

/// A finite number within the bounds. Booleans are no numbers.
fn number(returned: &Returned, min: Option<f64>, max: Option<f64>) -> Result<Value, Cow<'static, str>> {
    let Returned::Python { type_name, text } = returned else {
        return Err("a number".into());
    };
    if !matches!(type_name.as_str(), "int" | "float") {
        return Err("a number".into());
    }
    // Python writes numbers as JSON does, but for infinities and what is no number.
    match serde_json::from_str(text) {
        Ok(Value::Number(number)) if is_finite(&number) => {
            let value = Value::Number(number);
            if return_type::is_within(&value, min, max) {
                Ok(value)
            } else {
                Err(return_type::wanted_number(min, max).into())
            }
        }
        _ => Err("a finite number".into()),
    }
}

/// One key, alone or as the only item of a list.
fn category(returned: &Returned, keys: &[String]) -> Result<Value, Cow<'static, str>> {
    let key = match returned {
        Returned::Python { type_name, text } if type_name == "str" => text.clone(),
        Returned::Python { type_name, text } if type_name == "list" => match texts(text).as_deref() {
            Some([key]) => key.clone(),
            _ => return Err("one category key".into()),
        },
        _ => return Err("a category key".into()),
    };
    if return_type::is_among(&key, keys) {
        Ok(Value::from(key))
    } else {
        Err(format!("one of {}", return_type::shown(keys, str::to_owned)).into())
    }
}

/// A list of keys, which may be empty.
fn categories(returned: &Returned, keys: &[String]) -> Result<Value, Cow<'static, str>> {
    let given = match returned {
        Returned::Python { type_name, text } if type_name == "list" => texts(text),
        _ => None,
    };
    let given = given.ok_or("a list of category keys")?;
    if given.iter().all(|key| return_type::is_among(key, keys)) {
        Ok(Value::from(given))
    } else {
        Err(format!("a list of keys among {}", return_type::shown(keys, str::to_owned)).into())
    }
}

/// The items of a list as Python writes it, if all of them are texts: `['a', "it's"]`.
fn texts(list: &str) -> Option<Vec<String>> {
    let mut rest = list.strip_prefix('[')?.strip_suffix(']')?.chars();
    let mut items = Vec::new();
    let mut next = rest.next();
    while let Some(quote) = next {
        if !matches!(quote, '\'' | '"') {
            return None;
        }
        let mut item = String::new();
        loop {
            match rest.next()? {
                '\\' => item.push(unescaped(rest.next()?)?),
                character if character == quote => break,
                character => item.push(character),
            }
        }
        items.push(item);
        next = match (rest.next(), rest.next()) {
            (None, _) => None,
            (Some(','), Some(' ')) => Some(rest.next()?),
            _ => return None,
        };
    }
    Some(items)
}

/// What Python means by a character after a backslash. Its other escapes stand for characters that no key has.
fn unescaped(character: char) -> Option<char> {
    match character {
        '\\' | '\'' | '"' => Some(character),
        'n' => Some('\n'),
        'r' => Some('\r'),
        't' => Some('\t'),
        _ => None,
    }
}

fn must_return(wanted: &str, allows_na: bool, returned: &Returned) -> Answer {
    let size;
    let (type_name, text) = match returned {
        Returned::Null => ("NoneType", "None"),
        Returned::Bool(true) => ("bool", "True"),
        Returned::Bool(false) => ("bool", "False"),
        Returned::Python { type_name, text } => (type_name.as_str(), text.as_str()),
        Returned::Json(text) | Returned::Invalid(text) => ("object", text.as_str()),
        Returned::TooLarge { bytes } => {
            size = format!("{bytes} bytes");
            ("object", size.as_str())
        }
    };
    let hint = if allows_na { " (or null if N/A is enabled)" } else { "" };
    Answer::error(
        Status::InvalidResult,
        format!("Must return {wanted}{hint}, got {type_name}: {text}"),
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
            assert_eq!(answer(&outcome, allows_na, None, TEN_SECONDS), Answer::value(value));
        }
    }

    #[test]
    fn null_is_not_applicable_where_that_is_allowed() {
        let null = Outcome::Returned(Returned::Null);
        assert_eq!(answer(&null, true, None, TEN_SECONDS), Answer::not_applicable());
        let refused = Answer::error(Status::InvalidResult, "Must return boolean, got NoneType: None");
        assert_eq!(answer(&null, false, None, TEN_SECONDS), refused);
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
                answer(&outcome, allows_na, None, TEN_SECONDS),
                Answer::error(Status::InvalidResult, text)
            );
        }
    }

    #[test]
    fn numbers_are_finite_and_within_their_bounds() {
        let within = |min, max| ReturnType::NumberWithin { min, max };
        for (returns, outcome, wanted) in [
            (ReturnType::Number, python("int", "3"), Ok("3")),
            (ReturnType::Number, python("float", "1e-05"), Ok("1e-05")),
            (ReturnType::Number, python("str", "3"), Err("a number, got str: 3")),
            (
                ReturnType::Number,
                python("float", "nan"),
                Err("a finite number, got float: nan"),
            ),
            (
                ReturnType::Number,
                python("float", "-inf"),
                Err("a finite number, got float: -inf"),
            ),
            (
                ReturnType::Number,
                Outcome::Returned(Returned::Bool(true)),
                Err("a number, got bool: True"),
            ),
            (
                ReturnType::Number,
                Outcome::Returned(Returned::Null),
                Err("a number, got NoneType: None"),
            ),
            (within(Some(0.0), Some(1.0)), python("int", "1"), Ok("1")),
            (
                within(Some(0.0), Some(1.0)),
                python("float", "1.5"),
                Err("a number from 0 to 1, got float: 1.5"),
            ),
            (
                within(Some(0.5), None),
                python("int", "0"),
                Err("a number of at least 0.5, got int: 0"),
            ),
            (
                within(None, Some(5.0)),
                python("int", "6"),
                Err("a number of at most 5, got int: 6"),
            ),
        ] {
            let expected = match wanted {
                Ok(json) => Answer::value(serde_json::from_str::<Value>(json).expect(json)),
                Err(text) => Answer::error(Status::InvalidResult, format!("Must return {text}")),
            };
            assert_eq!(
                answer(&outcome, false, Some(&returns), TEN_SECONDS),
                expected,
                "{returns:?}"
            );
        }
        let hinted = answer(&python("str", "x"), true, Some(&ReturnType::Number), TEN_SECONDS);
        let text = "Must return a number (or null if N/A is enabled), got str: x";
        assert_eq!(hinted, Answer::error(Status::InvalidResult, text));
        let null = Outcome::Returned(Returned::Null);
        let answered = answer(&null, true, Some(&ReturnType::Number), TEN_SECONDS);
        assert_eq!(answered, Answer::not_applicable());
    }

    #[test]
    fn categories_are_keys_that_there_are() {
        let keys = || vec!["good".to_owned(), "so-so".to_owned()];
        let (one, several) = (ReturnType::Category(keys()), ReturnType::Categorical(keys()));
        let list = |keys: &[&str]| Value::from(keys.to_vec());
        for (returns, outcome, wanted) in [
            (&one, python("str", "good"), Ok(Value::from("good"))),
            (&one, python("list", "['so-so']"), Ok(Value::from("so-so"))),
            (&one, python("list", "[]"), Err("one category key, got list: []")),
            (
                &one,
                python("list", "['good', 'so-so']"),
                Err("one category key, got list: ['good', 'so-so']"),
            ),
            (&one, python("str", "bad"), Err("one of good, so-so, got str: bad")),
            (&one, python("int", "1"), Err("a category key, got int: 1")),
            (
                &one,
                Outcome::Returned(Returned::Bool(false)),
                Err("a category key, got bool: False"),
            ),
            (&several, python("list", "[]"), Ok(list(&[]))),
            (
                &several,
                python("list", "['so-so', 'good']"),
                Ok(list(&["so-so", "good"])),
            ),
            (
                &several,
                python("list", "['good', 1]"),
                Err("a list of category keys, got list: ['good', 1]"),
            ),
            (
                &several,
                python("list", "['bad']"),
                Err("a list of keys among good, so-so, got list: ['bad']"),
            ),
            (
                &several,
                python("str", "good"),
                Err("a list of category keys, got str: good"),
            ),
        ] {
            let expected = match wanted {
                Ok(value) => Answer::value(value),
                Err(text) => Answer::error(Status::InvalidResult, format!("Must return {text}")),
            };
            assert_eq!(
                answer(&outcome, false, Some(returns), TEN_SECONDS),
                expected,
                "{returns:?}"
            );
        }
    }

    #[test]
    fn lists_are_read_as_python_writes_them() {
        for (list, items) in [
            ("[]", Some(vec![])),
            ("['a']", Some(vec!["a"])),
            (
                r#"['a, b', "it's", 'x\'"\\\n']"#,
                Some(vec!["a, b", "it's", "x'\"\\\n"]),
            ),
            ("['a', 1]", None),
            ("['a', ['b']]", None),
            ("['a'", None),
            ("['a', ]", None),
            ("['a'  'b']", None),
            (r"['\x00']", None),
            ("('a',)", None),
        ] {
            let items = items.map(|items| items.into_iter().map(str::to_owned).collect());
            assert_eq!(texts(list), items, "{list}");
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
            assert_eq!(answer(&outcome, false, None, TEN_SECONDS), Answer::error(status, text));
        }
    }

    #[test]
    fn the_deadline_is_named() {
        let outcome = failed(FailureKind::TimedOut, "", "");
        let answer = answer(&outcome, false, None, Duration::from_millis(500));
        assert_eq!(
            answer.error.as_deref(),
            Some("Execution timed out (0.5s limit exceeded)")
        );
    }
}
