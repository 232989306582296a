//! Sessions: their start, which logs an event of type `session`, and what older clients tell of them later.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Map, Value, json};

use super::super::body::{Body, Fields, fill};
use super::super::description::{HoneyHiveEvent, HoneyHiveEvents};
use super::super::{Answer, Failures};
use super::shape::{self, Strictness};
use super::{log, reading, routes};
use crate::server::auth::Caller;
use crate::server::problem::Problem;
use crate::server::scopes::Scope;
use crate::server::state::AppState;

/// Starts a session: `{session: {session_name, source, session_id?, inputs?, metadata?}}`, or these fields without
/// `session`.
#[utoipa::path(post, path = "/session/start", tag = "HoneyHive", operation_id = "start_session",
    request_body(content = Value, description = "`{session: {session_name, source, ...}}`"),
    responses((status = 200, description = "The session's event, with `org_id` and `workspace_id`", body = Value), Failures))]
pub async fn start(State(state): State<AppState>, caller: Caller, Body(body): Body) -> Answer {
    let session = match body.contains_key("session") {
        true => reading::wrapped(&body, "session")?,
        false => body,
    };
    begin(&state, &caller, session).await
}

/// Starts a session.
#[utoipa::path(post, path = "/v1/sessions", tag = "HoneyHive", operation_id = "create_session",
    request_body(content = Value, description = "`{session_name, source, session_id?, inputs?, metadata?}`"),
    responses((status = 200, description = "The session's event, with `org_id` and `workspace_id`", body = Value), Failures))]
pub async fn create(State(state): State<AppState>, caller: Caller, Body(body): Body) -> Answer {
    begin(&state, &caller, body).await
}

async fn begin(state: &AppState, caller: &Caller, mut session: Map<String, Value>) -> Answer {
    caller.require(Scope::EventWrite)?;
    session.insert("event_type".to_owned(), "session".into());
    if let Some(id) = Fields::of(&session).short_text("session_id")?.map(str::to_owned) {
        session.insert("event_id".to_owned(), id.into());
    }
    let name = Fields::of(&session).text("session_name")?.map(str::to_owned);
    if let Some(name) = name {
        fill(&mut session, "event_name", || name.into());
    }
    let session = shape::complete(session, caller.project.id, Strictness::Older, "session.")?;
    let mut answer = session.clone();
    log::log(state, caller, vec![session]).await?;
    // There is neither an organisation nor a workspace above a project.
    for name in ["org_id", "workspace_id"] {
        answer.insert(name.to_owned(), caller.project.id.to_string().into());
    }
    Ok(Json(Value::Object(answer)))
}

/// The event of a session.
#[utoipa::path(get, path = "/session/{session_id}", tag = "HoneyHive (older)", operation_id = "get_session",
    params(("session_id" = String, Path)),
    responses((status = 200, description = "The session's event", body = Value), Failures))]
pub async fn get(State(state): State<AppState>, caller: Caller, Path(id): Path<String>) -> Answer {
    Ok(Json(Value::Object(routes::read(&state, &caller, &id).await?)))
}

/// Adds to a session.
#[utoipa::path(put, path = "/session/{session_id}", tag = "HoneyHive (older)", operation_id = "update_session",
    params(("session_id" = String, Path)), request_body(content = Value),
    responses((status = 200, description = "`{success, event_id}`", body = Value), Failures))]
pub async fn update(State(state): State<AppState>, caller: Caller, Path(id): Path<String>, Body(body): Body) -> Answer {
    routes::change(&state, &caller, &id, body).await
}

/// Logs an event of a session.
#[utoipa::path(post, path = "/session/{session_id}/event", tag = "HoneyHive (older)", operation_id = "log_session_event",
    params(("session_id" = String, Path)), request_body(content = HoneyHiveEvent, description = "The event"),
    responses((status = 200, description = "`{event_id, success}`", body = Value), Failures))]
pub async fn log(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    Body(mut event): Body,
) -> Answer {
    caller.require(Scope::EventWrite)?;
    event.insert("session_id".to_owned(), id.into());
    let event = shape::complete(event, caller.project.id, Strictness::Older, "")?;
    let ids = log::log(&state, &caller, vec![event]).await?;
    Ok(Json(json!({"event_id": ids.first(), "success": true})))
}

/// Logs events of a session: `{events}`.
#[utoipa::path(post, path = "/v1/sessions/{session_id}/events/batch", tag = "HoneyHive", operation_id = "log_session_events",
    params(("session_id" = String, Path)), request_body(content = HoneyHiveEvents, description = "`{events}`"),
    responses((status = 200, description = "`{success, event_ids}`", body = Value), Failures))]
pub async fn log_batch(state: State<AppState>, caller: Caller, Path(id): Path<String>, Body(body): Body) -> Answer {
    of_session(&state, &caller, &id, &body, &["events"], Strictness::Newer).await
}

/// Logs events of a session: `{logs}`.
#[utoipa::path(post, path = "/session/{session_id}/traces", tag = "HoneyHive (older)", operation_id = "log_session_traces",
    params(("session_id" = String, Path)), request_body(content = Value, description = "`{logs}` or `{events}`"),
    responses((status = 200, description = "`{success, event_ids}`", body = Value), Failures))]
pub async fn add_traces(state: State<AppState>, caller: Caller, Path(id): Path<String>, Body(body): Body) -> Answer {
    of_session(&state, &caller, &id, &body, &["logs", "events"], Strictness::Older).await
}

async fn of_session(
    state: &AppState,
    caller: &Caller,
    id: &str,
    body: &Map<String, Value>,
    names: &[&str],
    strictness: Strictness,
) -> Answer {
    caller.require(Scope::EventWrite)?;
    let events = reading::all(body, names, caller.project.id, strictness, Some(id))?;
    let ids = log::log(state, caller, events).await?;
    Ok(Json(json!({"success": true, "event_ids": ids})))
}

/// Adds feedback to a session.
#[utoipa::path(post, path = "/session/{session_id}/feedback", tag = "HoneyHive (older)", operation_id = "give_session_feedback",
    params(("session_id" = String, Path)), request_body(content = Value, description = "`{feedback}`, or its fields"),
    responses((status = 200, description = "`{success, event_id}`", body = Value), Failures))]
pub async fn give_feedback(state: State<AppState>, caller: Caller, Path(id): Path<String>, Body(body): Body) -> Answer {
    let fields = Fields::of(&body);
    let feedback = fields.object("feedback")?.cloned().unwrap_or_else(|| body.clone());
    let changes = Map::from_iter([("feedback".to_owned(), Value::Object(feedback))]);
    routes::change(&state, &caller, &id, changes).await
}

/// Ends a session.
#[utoipa::path(post, path = "/session/{session_id}/end", tag = "HoneyHive (older)", operation_id = "end_session",
    params(("session_id" = String, Path)),
    responses((status = 200, description = "`{success, event_id}`", body = Value), Failures))]
pub async fn end(state: State<AppState>, caller: Caller, Path(id): Path<String>) -> Result<Json<Value>, Problem> {
    let now = jiff::Timestamp::now().as_millisecond();
    let changes = Map::from_iter([("end_time".to_owned(), json!(now))]);
    routes::change(&state, &caller, &id, changes).await
}
