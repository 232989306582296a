//! Runs of experiments: which sessions belong to them, what metrics said about these, and how two runs differ.

mod aggregate;
mod compare;
mod observations;
mod result;
mod routes;

use axum::routing;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::server::state::AppState;

/// The routes.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(routes::list, routes::create))
        .routes(routes!(routes::get, routes::update, routes::delete))
        .routes(routes!(routes::schema_of_all))
        .routes(routes!(routes::schema))
        .routes(routes!(result::metrics))
        .routes(routes!(result::summary))
        .routes(routes!(result::result))
        .routes(routes!(compare::compare))
        .routes(routes!(compare::compare_newer))
        .routes(routes!(compare::events))
        .route("/runs", routing::get(routes::list).post(routes::create))
        .route(
            "/runs/{run_id}",
            routing::get(routes::get).put(routes::update).delete(routes::delete),
        )
        .route("/runs/{run_id}/metrics", routing::get(result::metrics))
        .route("/runs/{run_id}/result", routing::get(result::result))
        .route(
            "/runs/{run_id}/compare-with/{old_run_id}",
            routing::get(compare::compare),
        )
}
