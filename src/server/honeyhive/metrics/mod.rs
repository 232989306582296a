//! Metrics: kept, changed, versioned, run.

mod compute;
pub mod definition;
mod dispatch;
pub mod judge;
pub mod library;
mod newer;
mod older;
mod run;
mod validation;
mod versions;
mod view;

pub use validation::older as check_older;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::server::state::AppState;

/// The routes.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(dispatch::get, older::create, older::update, older::delete))
        .routes(routes!(compute::compute))
        .routes(routes!(
            newer::list,
            newer::create,
            newer::update_older,
            newer::delete_older
        ))
        .routes(routes!(newer::update, newer::delete))
        .routes(routes!(run::run))
        .routes(routes!(run::run_older))
        .routes(routes!(versions::list, versions::create))
        .routes(routes!(versions::deploy))
}
