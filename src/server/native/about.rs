//! What the service is, and who asks.

use axum::Json;
use axum::extract::State;
use jurybox::{Language, Limits};
use serde::Serialize;
use utoipa::ToSchema;

use crate::server::auth::Caller;
use crate::server::problem::Problem;
use crate::server::state::AppState;

/// The bounds of one evaluation. None may ask for more.
#[utoipa::path(
    get,
    path = "/api/jurybox/limits",
    tag = "jurybox",
    responses(
        (status = 200, description = "`{fuel, memory, source, module, event, result, logs, deadline_ms}`: bytes, but for fuel and milliseconds", body = serde_json::Value),
    )
)]
pub async fn limits(State(state): State<AppState>, _caller: Caller) -> Json<Limits> {
    Json(state.judging.limits().clone())
}

/// Whose key it is, and what can be done with it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JuryboxSession)]
pub struct Session {
    project: SessionProject,
    /// What the key opens: `evaluation:read` and the like, or `*`.
    scopes: Vec<String>,
    /// The languages of snippets.
    languages: Vec<&'static str>,
    /// The version of jurybox.
    version: &'static str,
    /// Whether no keys are asked for at all.
    anonymous: bool,
}

/// The project of a key.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JuryboxSessionProject)]
struct SessionProject {
    id: i64,
    name: String,
}

/// Whose key it is, and what can be done with it.
#[utoipa::path(
    get,
    path = "/api/jurybox/session",
    tag = "jurybox",
    responses(
        (status = 200, description = "The project, what the key opens, and what the service can do", body = Session),
    )
)]
pub async fn session(caller: Caller) -> Result<Json<Session>, Problem> {
    Ok(Json(Session {
        project: SessionProject {
            id: caller.project.id,
            name: caller.project.name,
        },
        scopes: caller.scopes.names(),
        languages: Language::ALL.iter().map(|language| language.name()).collect(),
        version: env!("CARGO_PKG_VERSION"),
        anonymous: caller.is_anonymous,
    }))
}
