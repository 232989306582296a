//! `HoneyHive`'s API, as its clients of 2023 to 2026 speak it: tasks (generation B), metrics without a version in the path
//! (B and C) and everything under `/v1` (D). What a path answers is the same whatever the `project` in a body says: the
//! key decides the project.
//!
//! Bodies of tasks, metrics and events are kept as they came, with every field and in their order. What the service adds
//! (ids, times, defaults) comes after that.

mod body;
mod configurations;
mod datapoints;
mod datasets;
mod description;
mod events;
mod failures;
mod filters;
pub mod live;
pub mod metrics;
mod params;
mod runs;
mod tasks;

use axum::Json;
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;

use super::problem::Problem;
use super::state::AppState;
use failures::Failures;

/// What handlers give.
type Answer = Result<Json<Value>, Problem>;

/// The routes.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(tasks::router())
        .merge(metrics::router())
        .merge(events::router())
        .merge(datasets::router())
        .merge(datapoints::router())
        .merge(runs::router())
        .merge(configurations::router())
}
