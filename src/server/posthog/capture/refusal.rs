//! What capture says to requests that it does not take: PostHog's statuses and words.

use axum::http::StatusCode;
use serde_json::json;

use crate::server::problem::Problem;

/// Why events are not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The body is not what its encoding says.
    #[error("failed to decode request: {0}")]
    Encoding(String),
    /// The body is no JSON, or not of a shape that is known.
    #[error("failed to parse request: {0}")]
    Shape(String),
    /// There is nothing to take.
    #[error("request holds no event")]
    Empty,
    /// An event has no name.
    #[error("event submitted with an empty event name")]
    NoName,
    /// An event belongs to nobody.
    #[error("event submitted without a distinct_id")]
    NoDistinctId,
    /// Nobody says whose events these are.
    #[error("API key not provided. You can find your project API key in your project settings.")]
    NoKey,
    /// The key is unknown, or was revoked.
    #[error("Project API key invalid. You can find your project API key in your project settings.")]
    WrongKey,
    /// Events of different projects came together.
    #[error("batch submitted with inconsistent api_key values")]
    SeveralKeys,
    /// Decompressed, the body is larger than the service takes.
    #[error("The request is larger than the service takes.")]
    TooLarge,
    /// An event is larger than those that are judged.
    #[error("An event is larger than the limit of {0} bytes.")]
    LargeEvent(usize),
}

impl From<serde_json::Error> for Refusal {
    fn from(error: serde_json::Error) -> Self {
        Self::Shape(error.to_string())
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let (status, kind, code) = match refusal {
            Refusal::NoKey => (StatusCode::UNAUTHORIZED, "authentication_error", "missing_api_key"),
            Refusal::WrongKey | Refusal::SeveralKeys => {
                (StatusCode::UNAUTHORIZED, "authentication_error", "invalid_api_key")
            }
            Refusal::TooLarge | Refusal::LargeEvent(_) => {
                (StatusCode::PAYLOAD_TOO_LARGE, "validation_error", "payload_too_large")
            }
            _ => (StatusCode::BAD_REQUEST, "validation_error", "invalid_payload"),
        };
        let detail = refusal.to_string();
        let body = json!({"type": kind, "code": code, "detail": detail, "attr": null});
        Self::new(status, code, detail).with_body(body)
    }
}
