//! Events and sessions: logged, changed, found. A session is an event, too, of type `session`, whose id is the session's.

mod log;
mod model;
mod reading;
mod routes;
mod schema;
pub mod search;
mod sessions;
mod shape;
mod traces;

use axum::routing;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::server::state::AppState;

pub use reading::body_of;
pub use schema::{fields_of, of_events};
pub use shape::TYPES;

/// The routes. Those of older clients that have a twin under `/v1` are in the description by that.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(routes::list, routes::create))
        .routes(routes!(routes::create_batch))
        .routes(routes!(routes::get, routes::update))
        .routes(routes!(search::search))
        .routes(routes!(search::export))
        .routes(routes!(schema::of_events))
        .routes(routes!(routes::create_older, routes::update_older))
        .routes(routes!(routes::create_batch_older))
        .routes(routes!(model::create))
        .routes(routes!(model::create_batch))
        .routes(routes!(sessions::create))
        .routes(routes!(sessions::log_batch))
        .routes(routes!(sessions::start))
        .routes(routes!(sessions::get, sessions::update))
        .routes(routes!(sessions::log))
        .routes(routes!(sessions::add_traces))
        .routes(routes!(sessions::give_feedback))
        .routes(routes!(sessions::end))
        .routes(routes!(traces::receive))
        .route("/v1/session/start", routing::post(sessions::start))
        .route("/events/export", routing::post(search::export))
        .route("/v1/events/model", routing::post(model::create))
        .route("/v1/events/model/batch", routing::post(model::create_batch))
}
