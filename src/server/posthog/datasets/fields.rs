//! The fields of a request's body, one table for each object. Of several mistakes the first is told, in the order of the
//! table.

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::server::json::python_type;
use crate::server::posthog::fields::{self, Read, Wrong};
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
    let read = match field.holds {
        Holds::Text { null: true, .. } | Holds::Time if value.is_null() => Ok(Value::Null),
        Holds::Text { max, blank, .. } => fields::text(value, blank, max).map(Value::from),
        Holds::Boolean if is_no_boolean(value) => Ok(Value::Null),
        Holds::Boolean => fields::boolean(value).map(Value::from),
        Holds::Time => fields::time(value).map(|time| to_wire(time).into()),
        Holds::Id => id(value),
        Holds::Json => Ok(value.clone()),
    };
    read.map_err(|wrong| wrong.problem(field.name))
}

/// Whether a value says, in one of the framework's ways, that a boolean is `null`.
fn is_no_boolean(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(word) => word.trim().is_empty() || word.trim().eq_ignore_ascii_case("null"),
        _ => false,
    }
}

/// The id of another object; whether there is one is for the caller to see. The framework has sentences of its own for
/// these.
fn id(value: &Value) -> Read<Value> {
    match value {
        Value::String(text) if !text.is_empty() => match Uuid::try_parse(text) {
            Ok(id) => Ok(id.to_string().into()),
            Err(_) => Err(Wrong::new("invalid", format!("“{text}” is not a valid UUID."))),
        },
        Value::Null | Value::String(_) => Err(Wrong::new("null", "This field may not be null.")),
        other => {
            let kind = python_type(other);
            let sentence = format!("Incorrect type. Expected pk value, received {kind}.");
            Err(Wrong::new("incorrect_type", sentence))
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
