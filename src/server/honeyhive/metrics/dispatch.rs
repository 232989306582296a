//! `GET /metrics`, which two kinds of clients know: `HoneyHive`'s older ones list metrics there, and Prometheus reads the
//! figures of the service.

use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};

use super::super::Failures;
use super::super::params::Params;
use super::older;
use crate::server::auth::Caller;
use crate::server::observe;
use crate::server::problem::Problem;
use crate::server::state::AppState;

/// The parameters that only `HoneyHive`'s clients send.
const THEIRS: [&str; 5] = ["task", "project_name", "project", "name", "type"];
/// The headers that keys come in.
const KEYS: [&str; 2] = ["authorization", "x-api-key"];
/// What Prometheus accepts, which no client of `HoneyHive` does.
const FIGURES: [&str; 2] = ["text/plain", "application/openmetrics-text"];

/// The metrics of a project (`?task=` or `?project_name=` for those of generation B or C), or the figures of the service for
/// Prometheus: for requests that bring no key, or accept `text/plain` or `application/openmetrics-text`.
#[utoipa::path(get, path = "/metrics", tag = "HoneyHive (older)",
    params(("task" = Option<String>, Query, description = "Only the metrics of this task"),
        ("project_name" = Option<String>, Query, description = "All metrics, as generation C has them")),
    responses((status = 200, description = "The metrics, or the figures as text",
        content((Vec<serde_json::Value> = "application/json"), (String = "text/plain"))), Failures))]
pub async fn get(State(state): State<AppState>, request: Request) -> Result<Response, Problem> {
    let (mut parts, _) = request.into_parts();
    let params = Params::from_request_parts(&mut parts, &state).await?;
    if is_for_prometheus(&params, &parts.headers) {
        return observe::figures(State(state)).await;
    }
    let caller = Caller::from_request_parts(&mut parts, &state).await?;
    older::list(&state, &caller, &params)
        .await
        .map(|list| list.into_response())
}

fn is_for_prometheus(params: &Params, headers: &HeaderMap) -> bool {
    if THEIRS.iter().any(|name| params.has(name)) {
        return false;
    }
    let accepted = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .unwrap_or_default();
    !KEYS.iter().any(|name| headers.contains_key(*name)) || FIGURES.iter().any(|kind| accepted.contains(kind))
}
