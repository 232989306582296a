//! Values of a request's fields, read as Django REST framework reads them, which PostHog is made with: the same values are
//! taken, and the same sentences with the same codes say what is wrong with others.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::{Map, Number, Value};
use uuid::Uuid;

use crate::server::json::python_type;
use crate::server::problem::Problem;

/// What is wrong with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// Where inside the field: `["0", "id"]`; empty for the field itself.
    pub path: Vec<String>,
    /// The framework's code.
    pub code: &'static str,
    /// The framework's sentence.
    pub detail: String,
}

/// A value, or what is wrong with it.
pub type Read<T> = Result<T, Wrong>;

impl Wrong {
    /// Something is wrong with a field itself.
    pub fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            path: Vec::new(),
            code,
            detail: detail.into(),
        }
    }

    /// A required field is missing.
    pub fn required() -> Self {
        Self::new("required", "This field is required.")
    }

    /// What is wrong is inside of this.
    #[must_use]
    pub fn inside(mut self, name: impl Into<String>) -> Self {
        self.path.insert(0, name.into());
        self
    }

    /// The answer of PostHog's API, which names fields within fields as `conditions__0__id`.
    pub fn problem(self, field: &str) -> Problem {
        let attr = std::iter::once(field.to_owned())
            .chain(self.path)
            .collect::<Vec<_>>()
            .join("__");
        Problem::invalid(attr, self.code, self.detail)
    }

    /// The framework's own answer: `{"0": {"id": ["This field is required."]}}`.
    pub fn tree(&self) -> Value {
        let leaf = Value::from(vec![self.detail.clone()]);
        self.path.iter().rev().fold(leaf, |inner, name| {
            let mut outer = Map::new();
            outer.insert(name.clone(), inner);
            Value::Object(outer)
        })
    }
}

/// What is one of a few names.
pub trait Choice: Copy + 'static {
    /// All that there are.
    const ALL: &'static [Self];

    /// How it is written.
    fn name(self) -> &'static str;
}

fn null() -> Wrong {
    Wrong::new("null", "This field may not be null.")
}

/// A text, trimmed; numbers are taken as texts. `max` is in characters.
pub fn text(value: &Value, blank: bool, max: Option<usize>) -> Read<String> {
    let text = match value {
        Value::Null => return Err(null()),
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return Err(Wrong::new("invalid", "Not a valid string.")),
    };
    if text.is_empty() && !blank {
        return Err(Wrong::new("blank", "This field may not be blank."));
    }
    if text.contains('\0') {
        return Err(Wrong::new(
            "null_characters_not_allowed",
            "Null characters are not allowed.",
        ));
    }
    match max {
        Some(max) if text.chars().count() > max => Err(Wrong::new(
            "max_length",
            format!("Ensure this field has no more than {max} characters."),
        )),
        _ => Ok(text),
    }
}

/// A boolean, in all the ways in which the framework takes one.
pub fn boolean(value: &Value) -> Read<bool> {
    let word = match value {
        Value::Null => return Err(null()),
        Value::Bool(value) => return Ok(*value),
        Value::Number(number) => match number.as_f64() {
            Some(1.0) => return Ok(true),
            Some(0.0) => return Ok(false),
            _ => String::new(),
        },
        Value::String(word) => word.trim().to_lowercase(),
        _ => String::new(),
    };
    match word.as_str() {
        "t" | "y" | "yes" | "true" | "on" | "1" => Ok(true),
        "f" | "n" | "no" | "false" | "off" | "0" => Ok(false),
        "null" => Err(null()),
        _ => Err(Wrong::new("invalid", "Must be a valid boolean.")),
    }
}

/// A time; one without an offset is in UTC.
pub fn time(value: &Value) -> Read<Timestamp> {
    let parse = |text: &str| {
        let with_offset = text.parse::<Timestamp>().ok();
        with_offset.or_else(|| {
            let civil: DateTime = text.parse().ok()?;
            Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
        })
    };
    let wrong = || {
        Wrong::new(
            "invalid",
            "Datetime has wrong format. Use one of these formats instead: \
             YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].",
        )
    };
    match value {
        Value::Null => Err(null()),
        Value::String(text) => parse(text.trim()).ok_or_else(wrong),
        _ => Err(wrong()),
    }
}

/// An integer within bounds; texts and floats that say one are taken.
pub fn integer(value: &Value, min: i64, max: i64) -> Read<i64> {
    let invalid = || Wrong::new("invalid", "A valid integer is required.");
    let text = match value {
        Value::Null => return Err(null()),
        Value::Number(number) => match number.as_f64() {
            // `5e0`. What is large enough to be inexact is out of all bounds.
            Some(float) if number.as_str().contains(['e', 'E']) => format!("{float}"),
            _ => number.to_string(),
        },
        Value::String(text) => text.trim().to_owned(),
        _ => return Err(invalid()),
    };
    let digits = match text.split_once('.') {
        Some((digits, zeros)) if zeros.bytes().all(|byte| byte == b'0') => digits,
        Some(_) => return Err(invalid()),
        None => &text,
    };
    let number: i128 = digits.parse().map_err(|_| invalid())?;
    match i64::try_from(number) {
        Ok(number) if number < min => Err(too_small(min)),
        Ok(number) if number <= max => Ok(number),
        Err(_) if number < 0 => Err(too_small(min)),
        _ => Err(too_large(max)),
    }
}

/// A number within bounds, as it was given.
pub fn number(value: &Value, min: i64, max: i64) -> Read<Number> {
    let invalid = || Wrong::new("invalid", "A valid number is required.");
    let number = match value {
        Value::Null => return Err(null()),
        Value::Number(number) => number.clone(),
        Value::String(text) => text.trim().parse().map_err(|_| invalid())?,
        _ => return Err(invalid()),
    };
    match number.as_f64() {
        Some(float) if float < min as f64 => Err(too_small(min)),
        Some(float) if float > max as f64 => Err(too_large(max)),
        Some(_) => Ok(number),
        None => Err(invalid()),
    }
}

fn too_small(min: i64) -> Wrong {
    Wrong::new(
        "min_value",
        format!("Ensure this value is greater than or equal to {min}."),
    )
}

fn too_large(max: i64) -> Wrong {
    Wrong::new(
        "max_value",
        format!("Ensure this value is less than or equal to {max}."),
    )
}

/// One of a few names.
pub fn choice<T: Choice>(value: &Value) -> Read<T> {
    let given = match value {
        Value::Null => return Err(null()),
        Value::String(given) => given.clone(),
        other => other.to_string(),
    };
    let found = T::ALL.iter().find(|choice| choice.name() == given);
    found
        .copied()
        .ok_or_else(|| Wrong::new("invalid_choice", format!("\"{given}\" is not a valid choice.")))
}

/// A UUID, in its usual form.
pub fn uuid(value: &Value) -> Read<String> {
    let id = value.as_str().and_then(|text| Uuid::try_parse(text.trim()).ok());
    match id {
        Some(id) => Ok(id.to_string()),
        None if value.is_null() => Err(null()),
        None => Err(Wrong::new("invalid", "Must be a valid UUID.")),
    }
}

/// A UUID, in its usual form, or null.
pub fn uuid_or_null(value: &Value) -> Read<Option<String>> {
    (!value.is_null()).then(|| uuid(value)).transpose()
}

/// An object with whatever it holds.
pub fn dictionary(value: &Value) -> Read<&Map<String, Value>> {
    match value {
        Value::Object(fields) => Ok(fields),
        Value::Null => Err(null()),
        other => Err(Wrong::new(
            "not_a_dict",
            format!(
                "Expected a dictionary of items but got type \"{}\".",
                python_type(other)
            ),
        )),
    }
}

/// An object with fields of its own.
pub fn object(value: &Value) -> Read<&Map<String, Value>> {
    match value {
        Value::Object(fields) => Ok(fields),
        Value::Null => Err(null()),
        other => Err(Wrong::new(
            "invalid",
            format!("Invalid data. Expected a dictionary, but got {}.", python_type(other)),
        )),
    }
}

/// A list.
pub fn list(value: &Value) -> Read<&[Value]> {
    match value {
        Value::Array(items) => Ok(items),
        Value::Null => Err(null()),
        other => Err(Wrong::new(
            "not_a_list",
            format!("Expected a list of items but got type \"{}\".", python_type(other)),
        )),
    }
}

/// A value that is there.
pub fn not_null(value: &Value) -> Read<&Value> {
    if value.is_null() { Err(null()) } else { Ok(value) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Letter {
        A,
    }

    impl Choice for Letter {
        const ALL: &'static [Self] = &[Self::A];

        fn name(self) -> &'static str {
            "a"
        }
    }

    fn error<T: std::fmt::Debug>(read: Read<T>) -> (&'static str, String) {
        let wrong = read.expect_err("it is wrong");
        assert!(wrong.path.is_empty());
        (wrong.code, wrong.detail)
    }

    #[test]
    fn texts() {
        assert_eq!(text(&json!(" ä "), false, Some(1)), Ok("ä".to_owned()));
        assert_eq!(text(&json!(1.5), false, None), Ok("1.5".to_owned()));
        assert_eq!(text(&json!(" "), true, None), Ok(String::new()));
        for (value, code, detail) in [
            (json!(null), "null", "This field may not be null."),
            (json!(true), "invalid", "Not a valid string."),
            (json!([]), "invalid", "Not a valid string."),
            (json!(" "), "blank", "This field may not be blank."),
            (
                json!("a\0"),
                "null_characters_not_allowed",
                "Null characters are not allowed.",
            ),
            (
                json!("abc"),
                "max_length",
                "Ensure this field has no more than 2 characters.",
            ),
        ] {
            assert_eq!(
                error(text(&value, false, Some(2))),
                (code, detail.to_owned()),
                "{value}"
            );
        }
    }

    #[test]
    fn booleans() {
        for (value, expected) in [
            (json!(true), true),
            (json!("Yes"), true),
            (json!(1), true),
            (json!("off"), false),
            (json!(0.0), false),
        ] {
            assert_eq!(boolean(&value), Ok(expected), "{value}");
        }
        for value in [json!("maybe"), json!(2), json!([]), json!({}), json!("")] {
            assert_eq!(
                error(boolean(&value)),
                ("invalid", "Must be a valid boolean.".to_owned()),
                "{value}"
            );
        }
        assert_eq!(error(boolean(&Value::Null)).0, "null");
    }

    #[test]
    fn times_and_ids() {
        let noon = "2026-03-01T12:00:00Z".parse::<Timestamp>().expect("a time");
        for text in [
            "2026-03-01T12:00:00Z",
            "2026-03-01T13:00:00+01:00",
            " 2026-03-01 12:00 ",
        ] {
            assert_eq!(time(&json!(text)), Ok(noon), "{text}");
        }
        for value in [json!("noon"), json!(17), json!("1774958400"), json!([])] {
            let (code, detail) = error(time(&value));
            assert_eq!(code, "invalid", "{value}");
            assert!(detail.starts_with("Datetime has wrong format."), "{detail}");
        }
        assert_eq!(error(time(&Value::Null)).0, "null");

        let id = "0190f3c6-7a52-7c3e-9a4b-1f2e3d4c5b6a";
        assert_eq!(uuid(&json!(id.to_uppercase())), Ok(id.to_owned()));
        assert_eq!(
            error(uuid(&json!("x"))),
            ("invalid", "Must be a valid UUID.".to_owned())
        );
        assert_eq!(error(uuid(&Value::Null)).0, "null");
    }

    #[test]
    fn numbers() {
        for (value, expected) in [(json!(3), 3), (json!("3"), 3), (json!(3.0), 3), (json!("1"), 1)] {
            assert_eq!(integer(&value, 1, 10), Ok(expected), "{value}");
        }
        let integer_error = |value: &Value| error(integer(value, 1, 10));
        for value in [json!(true), json!("x"), json!(1.5), json!([]), json!("")] {
            assert_eq!(
                integer_error(&value),
                ("invalid", "A valid integer is required.".to_owned()),
                "{value}"
            );
        }
        let small = "Ensure this value is greater than or equal to 1.".to_owned();
        let large = "Ensure this value is less than or equal to 10.".to_owned();
        assert_eq!(integer_error(&json!(0)), ("min_value", small.clone()));
        assert_eq!(integer_error(&json!("-99999999999999999999")), ("min_value", small));
        assert_eq!(integer_error(&json!(11)), ("max_value", large.clone()));
        assert_eq!(
            integer_error(&json!("99999999999999999999")),
            ("max_value", large.clone())
        );

        assert_eq!(number(&json!(2.50), 1, 10), Ok(Number::from_f64(2.5).expect("finite")));
        assert_eq!(error(number(&json!(10.5), 1, 10)), ("max_value", large));
        for value in [json!("x"), json!(false), json!("NaN")] {
            assert_eq!(
                error(number(&value, 1, 10)),
                ("invalid", "A valid number is required.".to_owned()),
                "{value}"
            );
        }
    }

    #[test]
    fn choices_and_containers() {
        assert_eq!(choice::<Letter>(&json!("a")), Ok(Letter::A));
        for (value, detail) in [
            (json!("b"), "\"b\" is not a valid choice."),
            (json!(""), "\"\" is not a valid choice."),
            (json!(1), "\"1\" is not a valid choice."),
        ] {
            assert_eq!(error(choice::<Letter>(&value)), ("invalid_choice", detail.to_owned()));
        }
        assert_eq!(
            error(list(&json!({}))),
            (
                "not_a_list",
                "Expected a list of items but got type \"dict\".".to_owned()
            )
        );
        assert_eq!(
            error(dictionary(&json!([]))),
            (
                "not_a_dict",
                "Expected a dictionary of items but got type \"list\".".to_owned()
            )
        );
        assert_eq!(
            error(object(&json!("x"))),
            (
                "invalid",
                "Invalid data. Expected a dictionary, but got str.".to_owned()
            )
        );
        assert_eq!(
            error(uuid_or_null(&json!(5))),
            ("invalid", "Must be a valid UUID.".to_owned())
        );
        assert_eq!(uuid_or_null(&Value::Null), Ok(None));
    }

    #[test]
    fn what_is_wrong_inside_is_named_from_outside() {
        let wrong = Wrong::required().inside("id").inside("0");
        assert_eq!(wrong.tree(), json!({"0": {"id": ["This field is required."]}}));
        let problem = wrong.problem("conditions");
        assert_eq!(problem.attr.as_deref(), Some("conditions__0__id"));
    }
}
