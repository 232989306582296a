//! From JSON text to a value, with errors for people.

use std::borrow::Cow;

use serde_json::Value;
use serde_json::error::Category;

use super::MAX_DEPTH;
use crate::python::{MAX_INTEGER_DIGITS, Number};

/// Why something is no event.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// The text is not JSON.
    #[error("{message} (line {line}, column {column})")]
    Syntax {
        /// What is wrong.
        message: String,
        /// Line, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
    },
    /// The value is JSON, but not an object.
    #[error("an event is a JSON object, not {0}")]
    NotAnObject(&'static str),
    /// Objects and arrays are nested deeper than 127 levels.
    #[error("objects and arrays are nested too deeply: at most {MAX_DEPTH} levels are accepted")]
    TooDeep,
    /// An integer has more than 4,300 digits.
    #[error("an integer has {0} digits: at most {MAX_INTEGER_DIGITS} are accepted")]
    LongInteger(usize),
}

/// Parses JSON text, with half surrogate pairs as U+FFFD.
pub(super) fn value(text: &str) -> Result<Value, EventError> {
    // The common case pays nothing for the rare one: the text is only mended when it was refused.
    serde_json::from_str(text).or_else(|error| match mend_surrogates(text) {
        Cow::Owned(mended) => serde_json::from_str(&mended).map_err(|error| explain(&error, &mended)),
        Cow::Borrowed(_) => Err(explain(&error, text)),
    })
}

/// Checks what an event must be beyond being JSON.
pub(super) fn check(value: &Value) -> Result<(), EventError> {
    let kind = match value {
        Value::Object(_) => return check_contents(value),
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
    };
    Err(EventError::NotAnObject(kind))
}

fn check_contents(value: &Value) -> Result<(), EventError> {
    let mut open = vec![(value, 1)];
    while let Some((value, depth)) = open.pop() {
        let mut visit = |child: &Value| match child {
            Value::Number(number) => {
                let text = number.as_str();
                let is_long = text.len() > MAX_INTEGER_DIGITS && matches!(Number::of(number), Number::Float(_));
                let digits = text.strip_prefix('-').unwrap_or(text);
                let is_integer = is_long && digits.bytes().all(|byte| byte.is_ascii_digit());
                if is_integer {
                    Err(EventError::LongInteger(digits.len()))
                } else {
                    Ok(())
                }
            }
            _ => Ok(()),
        };
        let is_container = |child: &&Value| matches!(child, Value::Array(_) | Value::Object(_));
        if depth > MAX_DEPTH {
            return Err(EventError::TooDeep);
        }
        match value {
            Value::Array(items) => {
                items.iter().try_for_each(&mut visit)?;
                open.extend(items.iter().filter(is_container).map(|item| (item, depth + 1)));
            }
            Value::Object(fields) => {
                fields.values().try_for_each(&mut visit)?;
                open.extend(fields.values().filter(is_container).map(|field| (field, depth + 1)));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Replaces escapes of surrogates in JSON text that are not half of a pair by `\ufffd`, which is as long, so that
/// positions in the text stay what they were. Logs of texts that were cut in the middle of a character have such, and
/// parsers refuse them; every event is read so.
#[must_use]
pub fn mend_surrogates(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let mut lone = Vec::new();
    let mut at = 0;
    // Outside of strings JSON has no backslash, and inside every backslash starts an escape.
    while let Some(found) = bytes
        .get(at..)
        .and_then(|rest| rest.iter().position(|byte| *byte == b'\\'))
    {
        at += found;
        match escaped_unit(bytes, at) {
            Some(0xD800..=0xDBFF) if matches!(escaped_unit(bytes, at + 6), Some(0xDC00..=0xDFFF)) => at += 12,
            Some(0xD800..=0xDFFF) => {
                lone.push(at);
                at += 6;
            }
            _ => at += 2,
        }
    }
    if lone.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut mended = String::with_capacity(text.len());
    let mut copied = 0;
    for at in lone {
        mended.push_str(text.get(copied..at).unwrap_or_default());
        mended.push_str("\\ufffd");
        copied = at + 6;
    }
    mended.push_str(text.get(copied..).unwrap_or_default());
    Cow::Owned(mended)
}

/// The number in an escape `\uXXXX` that starts here.
fn escaped_unit(bytes: &[u8], at: usize) -> Option<u16> {
    let escape = bytes.get(at..at + 6)?;
    let digits = std::str::from_utf8(escape.strip_prefix(b"\\u")?).ok()?;
    // `from_str_radix` would accept a sign.
    digits
        .bytes()
        .all(|byte| byte.is_ascii_hexdigit())
        .then(|| u16::from_str_radix(digits, 16).ok())?
}

fn explain(error: &serde_json::Error, text: &str) -> EventError {
    let full = error.to_string();
    let message = full.split(" at line ").next().unwrap_or_default();
    if message == "recursion limit exceeded" {
        return EventError::TooDeep;
    }
    let line_text = text.split('\n').nth(error.line().saturating_sub(1)).unwrap_or_default();
    // serde_json counts bytes, and points at the last one that it has read.
    let before = line_text
        .get(..line_text.floor_char_boundary(error.column().saturating_sub(1)))
        .unwrap_or_default();
    let rest = line_text.get(before.len()..).unwrap_or_default();
    let message = if error.classify() == Category::Eof {
        let inside = message.strip_prefix("EOF while parsing ").unwrap_or("a value");
        let inside = if inside == "a list" { "an array" } else { inside };
        if text.trim_ascii().is_empty() {
            "there is no JSON here, the text is empty".to_owned()
        } else {
            format!("the JSON ends too early, inside {inside}")
        }
    } else if ["NaN", "Infinity"].iter().any(|name| rest.starts_with(name)) {
        "NaN and Infinity are no JSON; use null or a string".to_owned()
    } else {
        match message {
            "trailing characters" => "something follows the end of the JSON value".to_owned(),
            "control character (\\u0000-\\u001F) found while parsing a string" => {
                "a string contains a raw control character; escape it (\\n, \\t, \\u0000)".to_owned()
            }
            message => message.to_owned(),
        }
    };
    EventError::Syntax {
        message,
        line: error.line().max(1),
        column: before.chars().count() + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        match value(text).and_then(|value| check(&value)) {
            Ok(()) => "none".to_owned(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn errors_say_what_and_where() {
        for (text, expected) in [
            ("", "there is no JSON here, the text is empty (line 1, column 1)"),
            (
                "{\"a\": 1",
                "the JSON ends too early, inside an object (line 1, column 7)",
            ),
            (
                "{\"a\": [1,",
                "the JSON ends too early, inside a value (line 1, column 9)",
            ),
            (
                "{\"a\": [1",
                "the JSON ends too early, inside an array (line 1, column 8)",
            ),
            (
                "{\"a\": \"b",
                "the JSON ends too early, inside a string (line 1, column 8)",
            ),
            (
                "{\"a\": NaN}",
                "NaN and Infinity are no JSON; use null or a string (line 1, column 7)",
            ),
            (
                "{\"é\":\n [-Infinity]}",
                "NaN and Infinity are no JSON; use null or a string (line 2, column 4)",
            ),
            (
                "{\"é\": Infinity}",
                "NaN and Infinity are no JSON; use null or a string (line 1, column 7)",
            ),
            ("{\"é\": nope}", "expected ident (line 1, column 8)"),
            ("{'a': 1}", "key must be a string (line 1, column 2)"),
            ("{\"a\": 1,}", "trailing comma (line 1, column 9)"),
            (
                "{} {}",
                "something follows the end of the JSON value (line 1, column 4)",
            ),
            (
                "{\"a\": \"b\nc\"}",
                "a string contains a raw control character; escape it (\\n, \\t, \\u0000) (line 2, column 1)",
            ),
            ("{\"a\": \"\\ud83d\" x}", "expected `,` or `}` (line 1, column 16)"),
            ("[]", "an event is a JSON object, not an array"),
            ("\"{}\"", "an event is a JSON object, not a string"),
            ("null", "an event is a JSON object, not null"),
            ("7", "an event is a JSON object, not a number"),
            ("true", "an event is a JSON object, not a boolean"),
        ] {
            assert_eq!(error(text), expected, "{text}");
        }
    }

    #[test]
    fn nesting_is_bounded() {
        let nested = |levels: usize| format!("{{\"a\": {}{}}}", "[".repeat(levels - 1), "]".repeat(levels - 1));
        assert_eq!(error(&nested(MAX_DEPTH)), "none");
        let expected = "objects and arrays are nested too deeply: at most 127 levels are accepted";
        assert_eq!(error(&nested(MAX_DEPTH + 1)), expected);
        assert_eq!(error(&nested(200_000)), expected);
        let built = (0..MAX_DEPTH).fold(Value::Null, |inner, _| serde_json::json!({ "a": inner }));
        assert_eq!(check(&built), Ok(()));
        assert_eq!(check(&serde_json::json!({ "a": built })), Err(EventError::TooDeep));
    }

    #[test]
    fn long_integers_are_refused() {
        let number = |digits: usize| format!("{{\"a\": [-{}]}}", "9".repeat(digits));
        assert_eq!(error(&number(4300)), "none");
        assert_eq!(
            error(&number(4301)),
            "an integer has 4301 digits: at most 4300 are accepted"
        );
        assert_eq!(error(&format!("{{\"a\": 0.{}}}", "9".repeat(9000))), "none");
    }

    #[test]
    fn half_surrogate_pairs_become_replacement_characters() {
        for (text, expected) in [
            (r#""\ud83d""#, "\u{FFFD}"),
            (r#""\ude00""#, "\u{FFFD}"),
            (r#""a\uD83D\uDE00b""#, "a\u{1F600}b"),
            (r#""\ud83d\ud83d\ude00""#, "\u{FFFD}\u{1F600}"),
            (r#""\ude00\ud83d""#, "\u{FFFD}\u{FFFD}"),
            (r#""\ud83dx\\ud83d""#, "\u{FFFD}x\\ud83d"),
            (r#""\ud83d\n""#, "\u{FFFD}\n"),
            (r#""\ud83d\u0041""#, "\u{FFFD}A"),
        ] {
            assert_eq!(value(text), Ok(Value::String(expected.to_owned())), "{text}");
        }
        assert_eq!(value(r#"{"\ud83d": 1}"#), Ok(serde_json::json!({ "\u{FFFD}": 1 })));
    }

    #[test]
    fn the_last_of_duplicate_keys_wins() {
        assert_eq!(
            value(r#"{"a": 1, "b": 2, "a": 3}"#).map(|value| value.to_string()),
            Ok(r#"{"a":3,"b":2}"#.to_owned())
        );
    }
}
