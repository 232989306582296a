//! Bodies of requests: JSON objects that are kept as they are, and whose members are looked at one by one.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use serde_json::{Map, Value};

use crate::server::json;
use crate::server::problem::Problem;
use crate::server::state::AppState;

/// Levels of objects and lists in a body. What is kept is put into other objects, and an event has at most 127 levels.
const MAX_DEPTH: usize = 100;

/// The longest id or name that is looked up.
pub const MAX_NAME: usize = 200;

/// The body of a request: a JSON object. No body counts as `{}`.
#[derive(Clone, Debug)]
pub struct Body(pub Map<String, Value>);

impl FromRequest<AppState> for Body {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Problem> {
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|rejection| match rejection.status() {
                StatusCode::PAYLOAD_TOO_LARGE => Problem::new(
                    StatusCode::PAYLOAD_TOO_LARGE,
                    "too_large",
                    "The request is larger than the service takes.",
                ),
                _ => Problem::bad_request("The body of the request can't be read."),
            })?;
        read(&bytes).map(Self)
    }
}

fn read(bytes: &[u8]) -> Result<Map<String, Value>, Problem> {
    if bytes.is_empty() {
        return Ok(Map::new());
    }
    let value = json::read(bytes).map_err(|error| {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "parse_error",
            format!("The body is no JSON: {error}"),
        )
    })?;
    let Value::Object(object) = value else {
        return Err(Problem::bad_request("The body must be a JSON object."));
    };
    if object.values().any(|value| is_deeper_than(value, MAX_DEPTH - 1)) {
        return Err(Problem::bad_request(format!(
            "The body has more than {MAX_DEPTH} levels."
        )));
    }
    Ok(object)
}

/// Recurses at most `levels` deep.
fn is_deeper_than(value: &Value, levels: usize) -> bool {
    let mut inside: Box<dyn Iterator<Item = &Value>> = match value {
        Value::Array(items) => Box::new(items.iter()),
        Value::Object(fields) => Box::new(fields.values()),
        _ => return false,
    };
    levels == 0 || inside.any(|value| is_deeper_than(value, levels - 1))
}

/// An object whose members are read one by one. Null counts as not there.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'a> {
    fields: &'a Map<String, Value>,
    /// What the object is called in messages, with a dot: `"metric."`, or `""` for the body itself.
    prefix: &'a str,
}

impl<'a> Fields<'a> {
    /// The members of the body.
    pub fn of(fields: &'a Map<String, Value>) -> Self {
        Self { fields, prefix: "" }
    }

    /// The members of a part of the body.
    pub fn of_part(fields: &'a Map<String, Value>, prefix: &'a str) -> Self {
        Self { fields, prefix }
    }

    /// A member; `None` where it is missing or null.
    pub fn get(&self, name: &str) -> Option<&'a Value> {
        self.fields.get(name).filter(|value| !value.is_null())
    }

    /// Checks that there are no members but these.
    ///
    /// # Errors
    /// With the one that is not among them.
    pub fn closed(&self, known: &[&str]) -> Result<(), Problem> {
        match self.fields.keys().find(|name| !known.contains(&name.as_str())) {
            None => Ok(()),
            Some(name) => Err(Problem::invalid(
                self.name(name),
                "unrecognized_key",
                format!("There is no such field; there are {}.", known.join(", ")),
            )),
        }
    }

    /// A text.
    pub fn text(&self, name: &str) -> Result<Option<&'a str>, Problem> {
        self.typed(name, "a text", Value::as_str)
    }

    /// A text that must be there, with at least one character.
    pub fn required_text(&self, name: &str) -> Result<&'a str, Problem> {
        match self.text(name)? {
            Some("") => Err(Problem::invalid(
                self.name(name),
                "too_small",
                "This must not be empty.",
            )),
            Some(text) => Ok(text),
            None => Err(self.required(name)),
        }
    }

    /// A text that is an id or name: not empty, and not too long.
    pub fn short_text(&self, name: &str) -> Result<Option<&'a str>, Problem> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        if text.is_empty() || text.chars().count() > MAX_NAME {
            let detail = format!("This must have 1 to {MAX_NAME} characters.");
            return Err(Problem::invalid(self.name(name), "too_big", detail));
        }
        Ok(Some(text))
    }

    /// A boolean.
    pub fn boolean(&self, name: &str) -> Result<Option<bool>, Problem> {
        self.typed(name, "a boolean", Value::as_bool)
    }

    /// A number.
    pub fn number(&self, name: &str) -> Result<Option<f64>, Problem> {
        self.typed(name, "a number", Value::as_f64)
    }

    /// An object.
    pub fn object(&self, name: &str) -> Result<Option<&'a Map<String, Value>>, Problem> {
        self.typed(name, "an object", Value::as_object)
    }

    /// A list.
    pub fn list(&self, name: &str) -> Result<Option<&'a [Value]>, Problem> {
        self.typed(name, "a list", |value| value.as_array().map(Vec::as_slice))
    }

    /// A list of objects.
    pub fn objects(&self, name: &str) -> Result<Option<Vec<&'a Map<String, Value>>>, Problem> {
        self.typed(name, "a list of objects", |value| {
            value.as_array()?.iter().map(Value::as_object).collect()
        })
    }

    /// A list of texts.
    pub fn texts(&self, name: &str) -> Result<Option<Vec<&'a str>>, Problem> {
        self.typed(name, "a list of texts", |value| {
            value.as_array()?.iter().map(Value::as_str).collect()
        })
    }

    /// What to say of a member that is not there.
    pub fn required(&self, name: &str) -> Problem {
        Problem::required(self.name(name))
    }

    /// What to say of a member with a value that it may not have.
    pub fn invalid(&self, name: &str, detail: impl Into<String>) -> Problem {
        Problem::invalid(self.name(name), "invalid_value", detail)
    }

    fn typed<T>(
        &self,
        name: &str,
        kind: &str,
        read: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        let Some(value) = self.get(name) else { return Ok(None) };
        match read(value) {
            Some(value) => Ok(Some(value)),
            None => Err(Problem::invalid(
                self.name(name),
                "invalid_type",
                format!("This must be {kind}."),
            )),
        }
    }

    fn name(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }
}

/// Gives a member a value if it has none; one that is there keeps its place.
pub fn fill(fields: &mut Map<String, Value>, name: &str, value: impl FnOnce() -> Value) {
    match fields.get_mut(name) {
        Some(Value::Null) | None => {
            fields.insert(name.to_owned(), value());
        }
        Some(_) => {}
    }
}

/// Puts members of one object into another, one level deep: members of both that are objects are merged, others are
/// replaced.
pub fn merge(fields: &mut Map<String, Value>, more: &Map<String, Value>) {
    for (name, value) in more {
        match (fields.get_mut(name), value) {
            (Some(Value::Object(old)), Value::Object(new)) => old.extend(new.clone()),
            _ => {
                fields.insert(name.clone(), value.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_objects_of_some_depth() {
        let nested = |levels: usize| format!("{}1{}", r#"{"a":"#.repeat(levels), "}".repeat(levels));
        for (body, error) in [
            ("", None),
            ("{}", None),
            (r#"{"a": "\ud83d"}"#, None),
            (&nested(100), None),
            (&nested(101), Some("The body has more than 100 levels.")),
            ("[]", Some("The body must be a JSON object.")),
            ("3", Some("The body must be a JSON object.")),
            (
                "{",
                Some("The body is no JSON: EOF while parsing an object at line 1 column 1"),
            ),
        ] {
            let read = read(body.as_bytes());
            assert_eq!(read.err().map(|problem| problem.detail).as_deref(), error, "{body}");
        }
    }

    #[test]
    fn what_is_kept_keeps_its_numbers_and_order() {
        let text = r#"{"z":1.50,"a":123456789012345678901234567890,"m":[1.0,-0,1E-7]}"#;
        let read = Value::Object(read(text.as_bytes()).expect("a body"));
        assert_eq!(read.to_string(), text.replace("1E-7", "1e-7"));
    }

    #[test]
    fn objects_are_merged_one_level_deep() {
        let mut fields = read(br#"{"a": {"x": {"y": 1}, "z": 2}, "b": 1}"#).expect("a body");
        merge(
            &mut fields,
            &read(br#"{"a": {"x": {"q": 3}}, "b": {"c": 2}, "d": null}"#).expect("a body"),
        );
        let merged = Value::Object(fields).to_string();
        assert_eq!(merged, r#"{"a":{"x":{"q":3},"z":2},"b":{"c":2},"d":null}"#);
    }
}
