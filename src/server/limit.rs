//! How many requests are answered at the same time, and what is counted of each.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::CONTENT_LENGTH;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tokio::sync::Semaphore;

use super::native::is_lines;
use super::observe;
use super::problem::Problem;

/// Where sizes that are told are checked. Capture looks at them itself: browsers of other origins are to see what is wrong.
const APIS: [&str; 4] = ["/api/", "/v1/", "/tasks", "/metrics"];
/// What must be answered however much there is to do: a service that says nothing is taken for dead.
const ALWAYS: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// Refuses requests beyond so many at a time.
pub async fn concurrency(State(places): State<Arc<Semaphore>>, request: Request, next: Next) -> Response {
    if request.method() == Method::GET && ALWAYS.contains(&request.uri().path()) {
        return next.run(request).await;
    }
    let Ok(_place) = places.try_acquire() else {
        return Problem {
            retry_after: Some(Duration::from_secs(1)),
            ..Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "unavailable",
                "The service answers as many requests as it can. Try again.",
            )
        }
        .into_response();
    };
    next.run(request).await
}

/// Refuses requests that say themselves that they are too large, before they are sent. Streams may be of any length.
pub async fn size(State(most): State<usize>, request: Request, next: Next) -> Response {
    let is_of_api = APIS.iter().any(|prefix| request.uri().path().starts_with(prefix));
    if is_of_api && says_too_much(request.headers(), most) {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    }
    next.run(request).await
}

fn says_too_much(headers: &HeaderMap, most: usize) -> bool {
    let length = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    let length = length.and_then(|length| length.parse::<u64>().ok());
    !is_lines(headers) && length.is_some_and(|length| length > most as u64)
}

/// Counts requests by route, method and status.
pub async fn count(request: Request, next: Next) -> Response {
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map(|path| path.as_str().to_owned());
    let method = name(request.method());
    let began = Instant::now();
    let response = next.run(request).await;
    // Unknown paths count as one: a stranger could make up any number.
    let route = route.as_deref().unwrap_or("unknown");
    observe::answered(route, method, response.status().as_u16(), began.elapsed());
    response
}

/// Known methods by name; a stranger could make up others.
fn name(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}
