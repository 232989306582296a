//! When a metric's value counts as passed.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::python::Number;

/// How a value becomes pass or fail. In JSON: `"none"`, `{"equals": true}`, `{"within": {"min": 0.5, "max": 1}}`
/// (either bound may be left out) or `{"one_of": ["good", "ok"]}`.
///
/// These are `HoneyHive`'s: `pass_when` of a boolean metric, `threshold.min` and `threshold.max` of a float metric,
/// `threshold.passing_categories` of a categorical one. Its empty threshold, `{}`, is no rule.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum PassRule {
    /// No rule: the value is reported and nothing passes or fails.
    #[default]
    None,
    /// Passes when the value is this boolean; numbers are no booleans.
    Equals(bool),
    /// Passes when the value is a finite number within the bounds, both inclusive; a missing bound does not limit.
    /// Without any bound there is no rule.
    Within {
        /// The smallest value that passes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<f64>,
        /// The largest value that passes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<f64>,
    },
    /// Passes when the value is one of these texts, or a list of texts that are all among them. An empty list passes only
    /// where there are no texts here, as at PostHog.
    OneOf(Vec<String>),
}

impl PassRule {
    /// Whether the value passes; `None` when there is no rule, or when the rule can't say anything about a value of this
    /// type (also null).
    #[must_use]
    pub fn passed(&self, value: &Value) -> Option<bool> {
        match self {
            Self::None => None,
            Self::Equals(expected) => value.as_bool().map(|value| value == *expected),
            Self::Within { min: None, max: None } => None,
            Self::Within { min, max } => {
                let Value::Number(number) = value else { return None };
                let value = match Number::of(number) {
                    // Bounds are floats, so a comparison beyond 2^53 is as exact as they are.
                    Number::Int(value) => value as f64,
                    Number::BigInt(digits) => digits.parse().ok()?,
                    Number::Float(value) => value,
                };
                let finite = value.is_finite();
                finite.then(|| min.is_none_or(|min| value >= min) && max.is_none_or(|max| value <= max))
            }
            Self::OneOf(accepted) => {
                let is_accepted = |text: &str| accepted.iter().any(|accepted| accepted == text);
                match value {
                    Value::String(text) => Some(is_accepted(text)),
                    Value::Array(items) => {
                        let texts: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
                        texts.map(|texts| texts.is_empty() == accepted.is_empty() && texts.into_iter().all(is_accepted))
                    }
                    _ => None,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_judge_the_values_they_understand() {
        let cases = [
            (r#""none""#, "true", None),
            (r#"{"equals": true}"#, "true", Some(true)),
            (r#"{"equals": true}"#, "false", Some(false)),
            (r#"{"equals": false}"#, "false", Some(true)),
            (r#"{"equals": true}"#, "1", None),
            (r#"{"equals": true}"#, "null", None),
            (r#"{"within": {"min": 0.5, "max": 1}}"#, "0.5", Some(true)),
            (r#"{"within": {"min": 0.5, "max": 1}}"#, "1", Some(true)),
            (r#"{"within": {"min": 0.5, "max": 1}}"#, "0.49", Some(false)),
            (r#"{"within": {"min": 0.5, "max": 1}}"#, "1.01", Some(false)),
            (
                r#"{"within": {"min": 0.5}}"#,
                "123456789012345678901234567890",
                Some(true),
            ),
            (r#"{"within": {"max": -1}}"#, "-1", Some(true)),
            (r#"{"within": {"min": 1}}"#, "1e999", None),
            (r#"{"within": {"min": 1}}"#, "\"7\"", None),
            (r#"{"within": {"min": 1}}"#, "true", None),
            (r#"{"within": {}}"#, "7", None),
            (r#"{"one_of": ["good", "ok"]}"#, "\"ok\"", Some(true)),
            (r#"{"one_of": ["good", "ok"]}"#, "\"bad\"", Some(false)),
            (r#"{"one_of": ["good", "ok"]}"#, r#"["ok", "good"]"#, Some(true)),
            (r#"{"one_of": ["good", "ok"]}"#, r#"["ok", "bad"]"#, Some(false)),
            (r#"{"one_of": ["good", "ok"]}"#, "[]", Some(false)),
            (r#"{"one_of": []}"#, "[]", Some(true)),
            (r#"{"one_of": []}"#, r#"["good"]"#, Some(false)),
            (r#"{"one_of": ["good", "ok"]}"#, "[1]", None),
            (r#"{"one_of": ["good", "ok"]}"#, "true", None),
        ];
        for (rule, value, expected) in cases {
            let rule: PassRule = serde_json::from_str(rule).expect(rule);
            let parsed = serde_json::from_str(value).expect(value);
            assert_eq!(rule.passed(&parsed), expected, "{rule:?} of {value}");
            let again = serde_json::to_value(&rule).and_then(serde_json::from_value::<PassRule>);
            assert_eq!(again.ok(), Some(rule));
        }
    }

    #[test]
    fn unknown_rules_are_refused() {
        for rule in [
            r#"{"equal": true}"#,
            r#"{"equals": 1}"#,
            r#"{"within": {"minimum": 1}}"#,
            "3",
        ] {
            assert!(serde_json::from_str::<PassRule>(rule).is_err(), "{rule}");
        }
    }
}
