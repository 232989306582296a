//! Whether the service lives, and whether it can work.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::problem::Problem;
use super::state::AppState;

/// The routes.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(healthz)).routes(routes!(readyz))
}

/// Whether the process answers.
#[utoipa::path(get, path = "/healthz", tag = "service", security(()), responses((status = 200, description = "It does.", body = Value)))]
async fn healthz() -> Json<Value> {
    Json(json!({"status": "ok"}))
}

/// Whether requests can be served: the store answers and there are workers.
#[utoipa::path(get, path = "/readyz", tag = "service", security(()), responses(
    (status = 200, description = "They can.", body = Value),
    (status = 503, description = "They can't now; the body says why.", body = Value),
))]
async fn readyz(State(state): State<AppState>) -> Result<Json<Value>, Problem> {
    let unavailable = |why: &str| Problem::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", why);
    if state.store.ping().await.is_err() {
        return Err(unavailable("The store does not answer."));
    }
    let workers = state.judging.engine().worker_statistics(jurybox::workers::Role::Run);
    if workers.is_some_and(|workers| workers.live == 0) {
        return Err(unavailable("There is no worker."));
    }
    Ok(Json(json!({"status": "ok"})))
}
