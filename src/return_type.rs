//! What type of value a metric promises to return.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::pass_rule::PassRule;
use crate::returned::{describe, is_finite};

/// The most categories that an error message lists.
const SHOWN_CATEGORIES: usize = 8;

/// The type of a metric's values. A value of another type is [`Status::InvalidResult`](crate::Status::InvalidResult).
/// Of several scores with names each must have the type, but for those that are null.
///
/// These are the return types of `HoneyHive`: `boolean`, `float`, `string` and `categorical`; and those of PostHog, whose
/// numbers may have bounds, and whose categories may be one or several.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ReturnType {
    /// True or false. Numbers are no booleans.
    Boolean,
    /// A finite number. Booleans are no numbers.
    Number,
    /// A finite number within the bounds, both inclusive; a missing bound does not limit. Booleans are no numbers.
    NumberWithin {
        /// The smallest number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<f64>,
        /// The largest number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<f64>,
    },
    /// A text.
    String,
    /// One of these texts, or several of them in a list; any texts when there are none here.
    Categorical(Vec<String>),
    /// Exactly one of these texts, alone or as the only item of a list; any text when there are none here.
    Category(Vec<String>),
}

impl ReturnType {
    /// Whether a value is of the type.
    ///
    /// # Errors
    ///
    /// When it is not, with a sentence that says what came.
    pub fn check(&self, value: &Value) -> Result<(), String> {
        let Value::Object(named) = value else {
            return if self.holds(value) {
                Ok(())
            } else {
                Err(format!(
                    "The metric must return {} and returned {}",
                    self.wanted(),
                    describe(value)
                ))
            };
        };
        match named.iter().find(|(_, value)| !value.is_null() && !self.holds(value)) {
            None => Ok(()),
            Some((name, value)) => Err(format!(
                "The metric must return {} and returned {} as `{name}`",
                self.wanted(),
                describe(value)
            )),
        }
    }

    fn holds(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Boolean, Value::Bool(_)) | (Self::String, Value::String(_)) => true,
            (Self::Number, Value::Number(number)) => is_finite(number),
            (Self::NumberWithin { min, max }, Value::Number(number)) => {
                is_finite(number) && is_within(value, *min, *max)
            }
            (Self::Categorical(categories) | Self::Category(categories), Value::String(text)) => {
                is_among(text, categories)
            }
            (Self::Category(_), Value::Array(items)) if items.len() != 1 => false,
            (Self::Categorical(categories) | Self::Category(categories), Value::Array(items)) => items
                .iter()
                .all(|item| item.as_str().is_some_and(|text| is_among(text, categories))),
            _ => false,
        }
    }

    /// What is wanted, to complete "The metric must return ...".
    fn wanted(&self) -> String {
        match self {
            Self::Boolean => "a boolean".to_owned(),
            Self::Number => "a number".to_owned(),
            Self::NumberWithin { min, max } => wanted_number(*min, *max),
            Self::String => "a text".to_owned(),
            Self::Categorical(categories) | Self::Category(categories) if categories.is_empty() => {
                "a category (a text)".to_owned()
            }
            Self::Categorical(categories) | Self::Category(categories) => {
                format!(
                    "one of {}",
                    shown(categories, |category| Value::from(category).to_string())
                )
            }
        }
    }
}

/// Whether a number is within bounds, both inclusive.
pub fn is_within(value: &Value, min: Option<f64>, max: Option<f64>) -> bool {
    PassRule::Within { min, max }.passed(value) != Some(false)
}

/// A number with its bounds in words.
pub fn wanted_number(min: Option<f64>, max: Option<f64>) -> String {
    match (min, max) {
        (None, None) => "a number".to_owned(),
        (Some(min), None) => format!("a number of at least {min}"),
        (None, Some(max)) => format!("a number of at most {max}"),
        (Some(min), Some(max)) => format!("a number from {min} to {max}"),
    }
}

/// Whether a text is one of the categories; any is if there are none.
pub fn is_among(text: &str, categories: &[String]) -> bool {
    categories.is_empty() || categories.iter().any(|category| category == text)
}

/// The categories for an error message, each written by `write`; the first of them if there are many.
pub fn shown(categories: &[String], write: impl Fn(&str) -> String) -> String {
    let shown: Vec<_> = categories
        .iter()
        .take(SHOWN_CATEGORIES)
        .map(|category| write(category))
        .collect();
    let more = match categories.len().saturating_sub(SHOWN_CATEGORIES) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{}{more}", shown.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_their_type_or_are_told_apart() {
        let letters: Vec<String> = ('a'..='k').map(String::from).collect();
        let letters = serde_json::to_string(&letters).expect("JSON");
        for (returns, value, error) in [
            (r#""boolean""#, "false", None),
            (r#""boolean""#, "1", Some("a boolean and returned 1 (a number)")),
            (
                r#""boolean""#,
                r#""true""#,
                Some(r#"a boolean and returned "true" (a text)"#),
            ),
            (r#""boolean""#, "null", Some("a boolean and returned null")),
            (r#""number""#, "1", None),
            (r#""number""#, "-0.5", None),
            (r#""number""#, "123456789012345678901234567890", None),
            (r#""number""#, "true", Some("a number and returned true (a boolean)")),
            (
                r#""number""#,
                "1e999",
                Some("a number and returned 1e+999 (a number out of range)"),
            ),
            (r#""number""#, "[1]", Some("a number and returned [1] (a list)")),
            (r#""string""#, r#""""#, None),
            (r#""string""#, "1", Some("a text and returned 1 (a number)")),
            (r#""string""#, r#"["a"]"#, Some(r#"a text and returned ["a"] (a list)"#)),
            (r#"{"categorical": []}"#, r#""anything""#, None),
            (r#"{"categorical": []}"#, r#"["any", "thing"]"#, None),
            (
                r#"{"categorical": []}"#,
                "1",
                Some("a category (a text) and returned 1 (a number)"),
            ),
            (r#"{"categorical": ["a", "b"]}"#, r#""b""#, None),
            (r#"{"categorical": ["a", "b"]}"#, r#"["b", "a"]"#, None),
            (r#"{"categorical": ["a", "b"]}"#, "[]", None),
            (
                r#"{"categorical": ["a", "b"]}"#,
                r#""c""#,
                Some(r#"one of "a", "b" and returned "c" (a text)"#),
            ),
            (
                r#"{"categorical": ["a", "b"]}"#,
                r#"["a", "c"]"#,
                Some(r#"one of "a", "b" and returned ["a","c"] (a list)"#),
            ),
            (
                &format!(r#"{{"categorical": {letters}}}"#),
                "false",
                Some(r#"one of "a", "b", "c", "d", "e", "f", "g", "h" and 3 more and returned false (a boolean)"#),
            ),
            (r#"{"number_within": {"min": 0, "max": 1}}"#, "1", None),
            (r#"{"number_within": {}}"#, "-1e9", None),
            (
                r#"{"number_within": {"min": 0, "max": 1}}"#,
                "1.5",
                Some("a number from 0 to 1 and returned 1.5 (a number)"),
            ),
            (
                r#"{"number_within": {"min": 0.5}}"#,
                "true",
                Some("a number of at least 0.5 and returned true (a boolean)"),
            ),
            (r#"{"category": ["a", "b"]}"#, r#""b""#, None),
            (r#"{"category": ["a", "b"]}"#, r#"["b"]"#, None),
            (
                r#"{"category": ["a", "b"]}"#,
                r#"["a", "b"]"#,
                Some(r#"one of "a", "b" and returned ["a","b"] (a list)"#),
            ),
            (r#""number""#, r#"{"tone": 1, "style": null}"#, None),
            (
                r#""number""#,
                r#"{"tone": 1, "style": true}"#,
                Some("a number and returned true (a boolean) as `style`"),
            ),
        ] {
            let parsed: ReturnType = serde_json::from_str(returns).expect(returns);
            let checked = parsed.check(&serde_json::from_str(value).expect(value));
            let expected = error.map_or(Ok(()), |error| Err(format!("The metric must return {error}")));
            assert_eq!(checked, expected, "{value} as {returns}");
            let again = serde_json::to_value(&parsed).and_then(serde_json::from_value::<ReturnType>);
            assert_eq!(again.ok(), Some(parsed));
        }
    }
}
