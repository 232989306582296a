//! PostHog's LLM analytics: evaluations, trying them, runs, datasets, and the capture of events. The facts are those of
//! PostHog's API of 2026: answers have the fields of its newest version, requests may be of any.

mod capture;
mod creator;
mod datasets;
pub mod evaluations;
mod fields;
pub mod filters;
pub mod live;
mod paging;
mod runs;

use utoipa_axum::router::OpenApiRouter;

use super::state::AppState;

/// What PostHog says to those who want to delete for good.
const FORBID_DESTROY: &str =
    r#"Hard delete of this model is not allowed. Use a patch API call to set "deleted" to true"#;

/// The routes.
pub fn router() -> OpenApiRouter<AppState> {
    let of_project = || {
        OpenApiRouter::new()
            .merge(evaluations::router())
            .merge(runs::router())
            .merge(datasets::router())
    };
    OpenApiRouter::new()
        .nest("/api/environments/{project_id}", of_project())
        .nest("/api/projects/{project_id}", of_project())
        .merge(capture::router())
}
