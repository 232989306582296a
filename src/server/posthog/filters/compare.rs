//! How values are compared: loosely, since the values of filters are mostly texts and those of properties are not.

use std::borrow::Cow;
use std::cmp::Ordering;

use serde_json::Value;

/// A value as text: texts as they are, everything else as JSON.
pub fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        value => Cow::Owned(value.to_string()),
    }
}

/// A value as a number: a number, or the text of a finite one.
pub fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => {
            let text = text.trim();
            // `parse` also knows names such as `inf`.
            let is_written_out = text
                .bytes()
                .all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
            is_written_out.then(|| text.parse().ok()).flatten()
        }
        _ => None,
    };
    number.filter(|number| number.is_finite())
}

/// Whether two values are the same. As in PostHog's filters: a number equals its text, true equals `"true"` in any case
/// and 1, and null equals nothing but null.
pub fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Null, _) | (_, Value::Null) => left == right,
        (Value::String(left), Value::String(right)) => left == right,
        (Value::Bool(flag), Value::String(text)) | (Value::String(text), Value::Bool(flag)) => {
            text.trim().eq_ignore_ascii_case(if *flag { "true" } else { "false" })
        }
        (Value::Bool(flag), Value::Number(number)) | (Value::Number(number), Value::Bool(flag)) => {
            number.as_f64() == Some(f64::from(u8::from(*flag)))
        }
        (Value::Number(_), _) | (_, Value::Number(_)) => {
            // Integers beyond 2^53 are told apart by their digits, not as floats.
            text(left) == text(right) || is_small(left, right)
        }
        _ => text(left) == text(right),
    }
}

/// Whether two values are the same number, and one that a float holds exactly.
fn is_small(left: &Value, right: &Value) -> bool {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match (number(left), number(right)) {
        (Some(left), Some(right)) => left == right && left.abs() < EXACT,
        _ => false,
    }
}

/// Which of two values is the larger: as numbers if both are, else as texts if both are; otherwise nobody knows.
pub fn order(left: &Value, right: &Value) -> Option<Ordering> {
    if let (Some(left), Some(right)) = (number(left), number(right)) {
        return left.partial_cmp(&right);
    }
    match (left, right) {
        (Value::String(left), Value::String(right)) => Some(left.cmp(right)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Value {
        serde_json::from_str(text).expect(text)
    }

    #[test]
    fn equality() {
        for (left, right, expected) in [
            ("1", "\"1\"", true),
            ("1", "1.0", true),
            ("1.5", "\"1.50\"", true),
            ("\"1\"", "\"1.0\"", false),
            ("true", "\"true\"", true),
            ("true", "\"True\"", true),
            ("false", "\"true\"", false),
            ("false", "\"no\"", false),
            ("true", "1", true),
            ("true", "2", false),
            ("false", "0", true),
            ("null", "null", true),
            ("null", "\"null\"", false),
            ("null", "0", false),
            ("\"a\"", "\"A\"", false),
            ("[1, 2]", "\"[1,2]\"", true),
            ("9007199254740993", "9007199254740992", false),
            ("9007199254740993", "\"9007199254740993\"", true),
            ("1", "\"inf\"", false),
        ] {
            assert_eq!(equal(&value(left), &value(right)), expected, "{left} {right}");
            assert_eq!(equal(&value(right), &value(left)), expected, "{right} {left}");
        }
    }

    #[test]
    fn ordering() {
        use Ordering::{Equal, Greater, Less};
        for (left, right, expected) in [
            ("1", "2", Some(Less)),
            ("\"10\"", "\"9\"", Some(Greater)),
            ("10", "\"9\"", Some(Greater)),
            ("\" 7 \"", "7", Some(Equal)),
            ("\"b\"", "\"a\"", Some(Greater)),
            ("\"2026-05-01\"", "\"2026-04-30T10:00:00Z\"", Some(Greater)),
            ("1", "\"a\"", None),
            ("null", "1", None),
            ("true", "0", None),
            ("[2]", "1", None),
            ("1", "\"NaN\"", None),
        ] {
            assert_eq!(order(&value(left), &value(right)), expected, "{left} {right}");
        }
    }
}
