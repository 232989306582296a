//! JSON in requests.

use std::borrow::Cow;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use jurybox::mend_surrogates;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::problem::Problem;
use super::state::AppState;

/// The body of a request: JSON that reads as a `T`. The content type is not asked for.
#[derive(Clone, Debug)]
pub struct JsonBody<T>(pub T);

/// The body of a request: a JSON object, for those who look at each member themselves. No body counts as `{}`, as at
/// PostHog.
#[derive(Clone, Debug)]
pub struct JsonObject(pub Map<String, Value>);

impl<T: DeserializeOwned> FromRequest<AppState> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Problem> {
        let bytes = Bytes::from_request(request, state).await.map_err(unreadable)?;
        read(&bytes).map(Self).map_err(|error| wrong(&error))
    }
}

impl FromRequest<AppState> for JsonObject {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Problem> {
        let bytes = Bytes::from_request(request, state).await.map_err(unreadable)?;
        if bytes.is_empty() {
            return Ok(Self(Map::new()));
        }
        match read(&bytes).map_err(|error| wrong(&error))? {
            Value::Object(object) => Ok(Self(object)),
            other => Err(Problem::invalid(
                "non_field_errors",
                "invalid",
                format!("Invalid data. Expected a dictionary, but got {}.", python_type(&other)),
            )),
        }
    }
}

/// Reads JSON as events are read: half of a surrogate pair (`"\ud83d"`), which stands where a text was cut, is U+FFFD.
///
/// # Errors
/// When it is no JSON, or does not read as a `T`.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, serde_json::Error> {
    // The rare case is looked at when the common one has failed.
    serde_json::from_slice(bytes).or_else(|error| match std::str::from_utf8(bytes).map(mend_surrogates) {
        Ok(Cow::Owned(mended)) => serde_json::from_str(&mended),
        _ => Err(error),
    })
}

fn unreadable(rejection: BytesRejection) -> Problem {
    match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            "The request is larger than the service takes.",
        ),
        _ => Problem::bad_request("The body of the request can't be read."),
    }
}

/// The answer to what is no JSON (400).
pub fn wrong(error: &serde_json::Error) -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "parse_error",
        format!("JSON parse error - {error}"),
    )
}

/// What Python, whose words PostHog uses, calls the type of a value.
pub fn python_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "NoneType",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float",
        Value::Number(_) => "int",
        Value::String(_) => "str",
        Value::Array(_) => "list",
        Value::Object(_) => "dict",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cut_texts_are_mended() {
        for (text, expected) in [
            (r#"{"a": "\ud83d", "n": 1.50}"#, Some("{\"a\":\"\u{FFFD}\",\"n\":1.50}")),
            (r#""\ud83d\ude00""#, Some("\"\u{1F600}\"")),
            (r#"["\u12"]"#, None),
            (r#"{"a": "\ud83d", }"#, None),
        ] {
            let read = read::<Value>(text.as_bytes()).ok();
            assert_eq!(read.map(|value| value.to_string()).as_deref(), expected, "{text}");
        }
    }
}
