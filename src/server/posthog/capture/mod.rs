//! PostHog's capture: how events arrive. All that its SDKs, old and new, send: single events, lists and batches; plain,
//! compressed or encoded; with the key in the body, in the events, in the query or in a header.
//!
//! An answer of 200 means that the events are on the disk. An event that comes again, by its uuid, is kept once: SDKs send
//! again what was not answered.

mod ai;
mod body;
mod cors;
mod event;
mod keep;
mod payload;
mod pick;
mod refusal;
mod stubs;
mod time;
mod v1;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware;
use axum::response::{IntoResponse as _, Json, Response};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::{IntoResponses, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use event::body as event_body;
pub use pick::members;

use crate::server::problem::Problem;
use crate::server::state::AppState;

/// The routes.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(batch))
        .routes(routes!(capture))
        .routes(routes!(e, e_by_get))
        .routes(routes!(track))
        .routes(routes!(engage))
        .routes(routes!(i_v0_e))
        .routes(routes!(i_v0_ai_batch))
        .routes(routes!(ai::ai))
        .routes(routes!(v1::events))
        .routes(routes!(stubs::flags))
        .routes(routes!(stubs::decide))
        .routes(routes!(stubs::definitions))
        .routes(routes!(stubs::config))
        .layer(middleware::from_fn(cors::allow_any_origin))
}

/// What requests with events are answered.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "it describes the answers")]
enum Answers {
    /// The events are on the disk.
    #[response(status = 200)]
    Kept(#[to_schema] Kept),
    /// The same, for `?beacon=1`.
    #[response(status = 204)]
    KeptInSilence,
    /// The request is not understood; nothing was kept.
    #[response(status = 400)]
    NotUnderstood,
    /// No key, or one that is not valid.
    #[response(status = 401)]
    NoKey,
    /// The key does not open this.
    #[response(status = 403)]
    WrongScope,
    /// The request is too large.
    #[response(status = 413)]
    TooLarge,
}

/// The events are on the disk.
#[derive(Debug, Serialize, ToSchema)]
struct Kept {
    /// 1, or `"Ok"` on newer routes.
    status: Value,
}

/// Takes a batch of events: `{"api_key": "...", "batch": [event...], "sent_at": "..."}`.
#[utoipa::path(
    post,
    path = "/batch",
    tag = "capture",
    request_body(content = Value, description = "A batch, a list of events or one event; gzip and base64 are understood"),
    responses(Answers)
)]
async fn batch(State(state): State<AppState>, request: Request) -> Result<Response, Problem> {
    take(&state, request, json!(1)).await
}

/// Takes one event, or a list.
#[utoipa::path(
    post,
    path = "/capture",
    tag = "capture",
    request_body(content = Value, description = "As for `/batch`"),
    responses(Answers)
)]
async fn capture(State(state): State<AppState>, request: Request) -> Result<Response, Problem> {
    take(&state, request, json!(1)).await
}

/// Takes events from browsers.
#[utoipa::path(
    post,
    path = "/e",
    tag = "capture",
    request_body(content = Value, description = "As for `/batch`"),
    responses(Answers)
)]
async fn e(State(state): State<AppState>, request: Request) -> Result<Response, Problem> {
    take(&state, request, json!(1)).await
}

/// Takes events from browsers that can only `GET`.
#[utoipa::path(
    get,
    path = "/e",
    tag = "capture",
    params(("data" = String, Query, description = "What `POST` has as its body, as text or base64")),
    responses(Answers)
)]
async fn e_by_get(State(state): State<AppState>, request: Request) -> Result<Response, Problem> {
    take(&state, request, json!(1)).await
}

/// Takes events from older SDKs.
#[utoipa::path(
    post,
    path = "/track",
    tag = "capture",
    request_body(content = Value, description = "As for `/batch`"),
    responses(Answers)
)]
async fn track(State(state): State<AppState>, request: Request) -> Result<Response, Problem> {
    take(&state, request, json!(1)).await
}

/// Takes what SDKs tell about people, and forgets it: metrics judge events.
#[utoipa::path(
    post,
    path = "/engage",
    tag = "capture",
    security(()),
    responses((status = 200, description = "Nothing was kept", body = Kept))
)]
async fn engage() -> Json<Kept> {
    Json(Kept { status: json!(1) })
}

/// Takes events from newer SDKs.
#[utoipa::path(
    post,
    path = "/i/v0/e",
    tag = "capture",
    request_body(content = Value, description = "As for `/batch`"),
    responses(Answers)
)]
async fn i_v0_e(State(state): State<AppState>, request: Request) -> Result<Response, Problem> {
    take(&state, request, json!("Ok")).await
}

/// Takes a batch of AI events, which may be larger than others.
#[utoipa::path(
    post,
    path = "/i/v0/ai/batch",
    tag = "capture",
    request_body(content = Value, description = "As for `/batch`"),
    responses(Answers)
)]
async fn i_v0_ai_batch(State(state): State<AppState>, request: Request) -> Result<Response, Problem> {
    take(&state, request, json!("Ok")).await
}

async fn take(state: &AppState, request: Request, status: Value) -> Result<Response, Problem> {
    let query = keep::request(state, request).await?;
    if query.beacon.as_deref() == Some("1") {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok(Json(Kept { status }).into_response())
}
