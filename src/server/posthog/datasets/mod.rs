//! PostHog's datasets and their items. There are two generations of this API. Requests of the older one, which PostHog's
//! API page describes, get its answers; what the newer one adds without contradiction is in further fields and routes:
//! archiving instead of deleting, revisions, versions of items, items made once for each `external_id`.

mod dataset;
mod fields;
mod item;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;

use crate::server::problem::Problem;
use crate::server::state::AppState;

/// The routes, below a project.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().merge(dataset::router()).merge(item::router())
}

/// The `id` of the path, in the form in which ids are kept. What is no id is answered 404: there is nothing of that id.
struct PathId(String);

impl FromRequestParts<AppState> for PathId {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let path = RawPathParams::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::not_found())?;
        let id = path.iter().find(|(name, _)| *name == "id").map(|(_, id)| id);
        let id = id
            .and_then(|id| Uuid::try_parse(id).ok())
            .ok_or_else(Problem::not_found)?;
        Ok(Self(id.to_string()))
    }
}
