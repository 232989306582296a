//! The fields of a request's body, read as Django REST framework (which PostHog is made with) reads them: the same values
//! are taken, and the same sentences say what is wrong with others. Of several mistakes the first is told, in the order of
//! the fields.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::server::problem::Problem;
use crate::store::to_wire;

/// What a field holds.
#[derive(Clone, Copy, Debug)]
pub enum Holds {
    /// A text, trimmed.
    Text {
        /// How many characters it may have.
        max: Option<usize>,
        /// Whether it may be empty.
        blank: bool,
        /// Whether it may be `null`.
        null: bool,
    },
    /// `true`, `false` or `null`.
    Boolean,
    /// A time or `null`; kept as PostHog writes times.
    Time,
    /// The id of another object.
    Id,
    /// Any JSON value.
    Json,
}

/// A field that a request may have.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub holds: Holds,
    /// Whether a request that makes or replaces an object must have it.
    pub is_required: bool,
}

impl Field {
    /// A field that may be left out.
    pub const fn optional(name: &'static str, holds: Holds) -> Self {
        Self {
            name,
            holds,
            is_required: false,
        }
    }

    /// A field that must be there.
    pub const fn required(name: &'static str, holds: Holds) -> Self {
        Self {
            name,
            holds,
            is_required: true,
        }
    }
}

/// The values of those fields that a request has. What else it has is passed over, as at PostHog.
///
/// # Errors
/// When a value is not what its field holds, or, unless the request is `partial`, one that is required is missing.
pub fn read(object: &Map<String, Value>, fields: &[Field], partial: bool) -> Result<Map<String, Value>, Problem> {
    let mut values = Map::new();
    for field in fields {
        match object.get(field.name) {
            Some(value) => {
                values.insert(field.name.to_owned(), read_one(field, value)?);
            }
            None if field.is_required && !partial => return Err(Problem::required(field.name)),
            None => {}
        }
    }
    Ok(values)
}

fn read_one(field: &Field, value: &Value) -> Result<Value, Problem> {
    let invalid = |code, sentence: &str| Problem::invalid(field.name, code, sentence);
    match field.holds {
        Holds::Text { max, blank, null } => {
            if value.is_null() && null {
                return Ok(Value::Null);
            }
            let text = text(field.name, value)?;
            if text.is_empty() && !blank {
                return Err(invalid("blank", "This field may not be blank."));
            }
            if let Some(max) = max.filter(|max| text.chars().count() > *max) {
                let sentence = format!("Ensure this field has no more than {max} characters.");
                return Err(invalid("max_length", &sentence));
            }
            Ok(text.into())
        }
        Holds::Boolean => boolean(value).ok_or_else(|| invalid("invalid", "Must be a valid boolean.")),
        Holds::Time if value.is_null() => Ok(Value::Null),
        Holds::Time => match value.as_str().and_then(time) {
            Some(time) => Ok(to_wire(time).into()),
            None => Err(invalid(
                "invalid",
                "Datetime has wrong format. Use one of these formats instead: \
                 YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].",
            )),
        },
        Holds::Id => id(field.name, value),
        Holds::Json => Ok(value.clone()),
    }
}

fn text(name: &str, value: &Value) -> Result<String, Problem> {
    let text = match value {
        Value::Null => return Err(Problem::invalid(name, "null", "This field may not be null.")),
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return Err(Problem::invalid(name, "invalid", "Not a valid string.")),
    };
    if text.contains('\0') {
        return Err(Problem::invalid(
            name,
            "null_characters_not_allowed",
            "Null characters are not allowed.",
        ));
    }
    Ok(text)
}

/// A boolean, in all the ways in which the framework takes one.
fn boolean(value: &Value) -> Option<Value> {
    let word = match value {
        Value::Null => return Some(Value::Null),
        Value::Bool(_) => return Some(value.clone()),
        Value::Number(number) => number
            .as_f64()
            .filter(|number| *number == 0.0 || *number == 1.0)
            .map(|number| if number == 0.0 { "0".to_owned() } else { "1".to_owned() })?,
        Value::String(word) => word.to_lowercase(),
        _ => return None,
    };
    match word.as_str() {
        "t" | "y" | "yes" | "true" | "on" | "1" => Some(true.into()),
        "f" | "n" | "no" | "false" | "off" | "0" => Some(false.into()),
        "null" | "" => Some(Value::Null),
        _ => None,
    }
}

/// A time; one without an offset is in UTC.
fn time(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time);
    }
    let civil: DateTime = text.parse().ok()?;
    Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// The id of another object; whether there is one is for the caller to see.
fn id(name: &str, value: &Value) -> Result<Value, Problem> {
    match value {
        Value::Null => Err(Problem::invalid(name, "null", "This field may not be null.")),
        Value::String(text) if text.is_empty() => Err(Problem::invalid(name, "null", "This field may not be null.")),
        Value::String(text) => match Uuid::try_parse(text) {
            Ok(id) => Ok(id.to_string().into()),
            Err(_) => Err(Problem::invalid(
                name,
                "invalid",
                format!("“{text}” is not a valid UUID."),
            )),
        },
        other => {
            let kind = crate::server::json::python_type(other);
            let sentence = format!("Incorrect type. Expected pk value, received {kind}.");
            Err(Problem::invalid(name, "incorrect_type", sentence))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const FIELDS: [Field; 5] = [
        Field::required(
            "name",
            Holds::Text {
                max: Some(4),
                blank: false,
                null: false,
            },
        ),
        Field::optional("deleted", Holds::Boolean),
        Field::optional("at", Holds::Time),
        Field::optional("dataset", Holds::Id),
        Field::optional("metadata", Holds::Json),
    ];

    fn read_all(value: &Value) -> Result<Value, (String, String, &'static str)> {
        let object = value.as_object().expect("an object");
        read(object, &FIELDS, false)
            .map(Value::Object)
            .map_err(|problem| (problem.attr.expect("a field"), problem.detail, problem.code))
    }

    #[test]
    fn values_are_taken_as_the_framework_takes_them() {
        for (given, read) in [
            (json!({"name": " a "}), json!({"name": "a"})),
            (json!({"name": 12, "other": [1]}), json!({"name": "12"})),
            (
                json!({"name": "a", "metadata": [null]}),
                json!({"name": "a", "metadata": [null]}),
            ),
            (
                json!({"name": "a", "deleted": "Yes"}),
                json!({"name": "a", "deleted": true}),
            ),
            (
                json!({"name": "a", "deleted": 0}),
                json!({"name": "a", "deleted": false}),
            ),
            (
                json!({"name": "a", "deleted": null}),
                json!({"name": "a", "deleted": null}),
            ),
            (
                json!({"name": "a", "at": "2026-03-01T12:00:00+01:00"}),
                json!({"name": "a", "at": "2026-03-01T11:00:00.000000Z"}),
            ),
            (
                json!({"name": "a", "at": "2026-03-01 12:00"}),
                json!({"name": "a", "at": "2026-03-01T12:00:00.000000Z"}),
            ),
            (
                json!({"name": "a", "dataset": "695401FA-6f0e-4389-b186-c45a7f1273d3"}),
                json!({"name": "a", "dataset": "695401fa-6f0e-4389-b186-c45a7f1273d3"}),
            ),
        ] {
            assert_eq!(read_all(&given), Ok(read), "{given}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_as_the_framework_says_it() {
        for (given, attr, detail, code) in [
            (json!({}), "name", "This field is required.", "required"),
            (json!({"name": null}), "name", "This field may not be null.", "null"),
            (json!({"name": "  "}), "name", "This field may not be blank.", "blank"),
            (json!({"name": true}), "name", "Not a valid string.", "invalid"),
            (
                json!({"name": "äöüßé"}),
                "name",
                "Ensure this field has no more than 4 characters.",
                "max_length",
            ),
            (
                json!({"name": "a\0"}),
                "name",
                "Null characters are not allowed.",
                "null_characters_not_allowed",
            ),
            (
                json!({"name": "a", "deleted": 2}),
                "deleted",
                "Must be a valid boolean.",
                "invalid",
            ),
            (
                json!({"name": "a", "dataset": "x"}),
                "dataset",
                "“x” is not a valid UUID.",
                "invalid",
            ),
            (
                json!({"name": "a", "dataset": 5}),
                "dataset",
                "Incorrect type. Expected pk value, received int.",
                "incorrect_type",
            ),
        ] {
            assert_eq!(
                read_all(&given),
                Err((attr.to_owned(), detail.to_owned(), code)),
                "{given}"
            );
        }
        let (attr, detail, _) = read_all(&json!({"name": "a", "at": "noon"})).expect_err("no time");
        assert_eq!(attr, "at");
        assert!(detail.starts_with("Datetime has wrong format."), "{detail}");
    }

    #[test]
    fn a_partial_request_needs_nothing() {
        assert_eq!(read(&Map::new(), &FIELDS, true), Ok(Map::new()));
    }
}
