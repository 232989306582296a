//! What is wrong with a request: one type for all platforms. Each platform's clients get it in the envelope that they know;
//! which one is decided in one place, by the path.

use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::judging::Busy;
use crate::store::{StoreError, UpdateError};

/// Why a request is not answered as it hoped.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// The status of the answer.
    pub status: StatusCode,
    /// Which kind of problem, in `snake_case`; stable, for programs.
    pub code: &'static str,
    /// What is wrong, in a sentence for people.
    pub detail: String,
    /// The field that it is about.
    pub attr: Option<String>,
    /// After how long to try again.
    pub retry_after: Option<Duration>,
    /// The methods that the path does take, where the router doesn't know.
    pub allow: Option<&'static str>,
    /// What is wrong with a snippet, if it is about one.
    pub diagnostics: Vec<Value>,
    /// The exact body of the answer, where a platform has one of its own for the case.
    pub body: Option<Value>,
}

impl Problem {
    /// A problem of this kind.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            status,
            code,
            detail: detail.into(),
            attr: None,
            retry_after: None,
            allow: None,
            diagnostics: Vec::new(),
            body: None,
        }
    }

    /// A field has a value that it may not have (400).
    pub fn invalid(attr: impl Into<String>, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            attr: Some(attr.into()),
            ..Self::new(StatusCode::BAD_REQUEST, code, detail)
        }
    }

    /// A field is missing (400).
    pub fn required(attr: impl Into<String>) -> Self {
        Self::invalid(attr, "required", "This field is required.")
    }

    /// The request is wrong as a whole (400).
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", detail)
    }

    /// There is no such thing, or it is another project's (404).
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "Not found.")
    }

    /// Objects that are deleted by PATCH with `deleted`, and not by DELETE (405).
    pub fn forbids_destroy(detail: &str) -> Self {
        Self {
            allow: Some("GET, HEAD, PUT, PATCH, OPTIONS"),
            ..Self::method_not_allowed("DELETE", Some(detail))
        }
    }

    /// The path is known, the method is not (405).
    pub fn method_not_allowed(method: &str, detail: Option<&str>) -> Self {
        let default = || format!("Method \"{method}\" not allowed.");
        let detail = detail.map_or_else(default, str::to_owned);
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
    }

    /// The key is missing (401).
    pub fn unauthenticated() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "not_authenticated",
            "Authentication credentials were not provided.",
        )
    }

    /// The key is unknown or revoked (401).
    pub fn wrong_key() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "authentication_failed",
            "The API key is invalid or was revoked.",
        )
    }

    /// The key does not open this (403).
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "permission_denied", detail)
    }

    /// Exactly this body.
    pub fn with_body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    /// An error of the service itself (500). What it was is logged, not told.
    pub fn internal(error: &dyn std::fmt::Display) -> Self {
        tracing::error!(%error, "a request failed");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "error",
            "The service failed. Its log says why; try again.",
        )
    }
}

impl From<Busy> for Problem {
    fn from(busy: Busy) -> Self {
        Self {
            retry_after: Some(busy.retry_after),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, "throttled", busy.to_string())
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict => Self::new(StatusCode::CONFLICT, "conflict", "It exists already."),
            StoreError::Full => {
                tracing::error!("the disk is full");
                Self {
                    retry_after: Some(Duration::from_secs(30)),
                    ..Self::new(
                        StatusCode::SERVICE_UNAVAILABLE,
                        "unavailable",
                        "The service has no room left on its disk.",
                    )
                }
            }
            StoreError::Closed => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "unavailable",
                "The service is shutting down.",
            ),
            error => Self::internal(&error),
        }
    }
}

impl From<UpdateError<Self>> for Problem {
    fn from(error: UpdateError<Self>) -> Self {
        match error {
            UpdateError::Refused(problem) => problem,
            UpdateError::Store(error) => error.into(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Whose clients ask at a path, and so which envelope they know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Envelope {
    /// `{type, code, detail, attr}`
    PostHog,
    /// `{message, errorCode}`, of `HoneyHive`'s newer API
    HoneyHive,
    /// `{status, error}`, of `HoneyHive`'s older API
    HoneyHiveTasks,
    /// `{error, kind}`, our own
    Native,
}

impl Envelope {
    fn of(path: &str) -> Self {
        let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
        match first {
            "api" if !path.starts_with("/api/jurybox") => Self::PostHog,
            "batch" | "capture" | "e" | "track" | "engage" | "i" | "decide" | "flags" | "array" => Self::PostHog,
            "v1" | "session" | "events" | "projects" | "configurations" | "opentelemetry" | "runs" | "datapoints"
            | "tools" => Self::HoneyHive,
            "tasks" | "metrics" | "evaluations" | "datasets" | "generations" | "prompts" => Self::HoneyHiveTasks,
            _ => Self::Native,
        }
    }

    fn wrap(self, problem: &Problem) -> Value {
        if let Some(body) = &problem.body {
            return body.clone();
        }
        match self {
            Self::PostHog => json!({
                "type": posthog_type(problem),
                "code": posthog_code(problem.code),
                "detail": problem.detail,
                "attr": problem.attr,
            }),
            Self::HoneyHive => json!({"message": about(problem), "errorCode": problem.code}),
            Self::HoneyHiveTasks => json!({"status": problem.status.as_u16(), "error": about(problem)}),
            Self::Native => {
                let mut body = json!({"error": about(problem), "kind": problem.code});
                if !problem.diagnostics.is_empty() {
                    body["diagnostics"] = Value::Array(problem.diagnostics.clone());
                }
                body
            }
        }
    }
}

/// PostHog's name for a kind of problem: what is `invalid` to the framework that it is made with has another name there.
pub fn posthog_code(code: &str) -> &str {
    match code {
        "invalid" => "invalid_input",
        code => code,
    }
}

/// PostHog's coarse kinds of problems.
fn posthog_type(problem: &Problem) -> &'static str {
    match problem.status.as_u16() {
        400 if problem.attr.is_some() => "validation_error",
        401 | 403 => "authentication_error",
        429 => "throttled_error",
        500.. => "server_error",
        _ => "invalid_request",
    }
}

/// The sentence, with the field that it is about where the envelope has no place for it.
fn about(problem: &Problem) -> String {
    match &problem.attr {
        Some(attr) => format!("{attr}: {}", problem.detail),
        None => problem.detail.clone(),
    }
}

/// Gives every problem the envelope of the platform that was asked, also those that the framework found.
pub async fn envelope(request: Request, next: Next) -> Response {
    let envelope = Envelope::of(request.uri().path());
    let method = request.method().clone();
    let response = next.run(request).await;
    let problem = match response.extensions().get::<Problem>() {
        Some(problem) => problem.clone(),
        None if is_bare(&response) => of_framework(response.status(), method.as_str()),
        None => return response,
    };
    let (mut parts, _) = response.into_parts();
    parts.extensions.remove::<Problem>();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts
        .headers
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if problem.status == StatusCode::UNAUTHORIZED {
        parts
            .headers
            .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Some(allow) = problem.allow {
        parts.headers.insert(header::ALLOW, HeaderValue::from_static(allow));
    }
    if let Some(after) = problem.retry_after {
        let seconds = after.as_secs_f64().ceil().max(1.0);
        if let Ok(value) = HeaderValue::from_str(&seconds.to_string()) {
            parts.headers.insert(header::RETRY_AFTER, value);
        }
    }
    Response::from_parts(parts, Body::from(envelope.wrap(&problem).to_string()))
}

/// Whether an answer is an error without a JSON body of its own.
fn is_bare(response: &Response) -> bool {
    let content_type = response.headers().get(header::CONTENT_TYPE);
    let is_json = content_type.is_some_and(|value| value.as_bytes().starts_with(b"application/json"));
    (response.status().is_client_error() || response.status().is_server_error()) && !is_json
}

fn of_framework(status: StatusCode, method: &str) -> Problem {
    match status.as_u16() {
        404 => Problem::not_found(),
        405 => Problem::method_not_allowed(method, None),
        408 | 503 | 504 => Problem {
            retry_after: Some(Duration::from_secs(1)),
            ..Problem::new(
                status,
                "unavailable",
                "The service has too much to do, or took too long. Try again.",
            )
        },
        413 => Problem::new(status, "too_large", "The request is larger than the service takes."),
        415 => Problem::new(status, "unsupported_media_type", "Unsupported media type in request."),
        400..500 => Problem::new(status, "invalid_request", "The request can't be read."),
        _ => Problem::internal(&format!("answered {status}")),
    }
}
