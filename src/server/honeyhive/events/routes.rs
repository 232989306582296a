//! Logging, reading and changing events.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Map, Value, json};

use super::super::body::{Body, Fields, merge};
use super::super::description::{HoneyHiveEvent, HoneyHiveEvents, HoneyHiveWrappedEvent};
use super::super::params::Params;
use super::super::{Answer, Failures};
use super::shape::{self, Strictness};
use super::{log, reading, search};
use crate::server::auth::Caller;
use crate::server::problem::Problem;
use crate::server::scopes::Scope;
use crate::server::state::AppState;
use crate::store::Platform;

/// The lists of a batch.
const EVENTS: [&str; 1] = ["events"];
/// What of an event may be changed.
const CHANGEABLE: [&str; 9] = [
    "metadata",
    "feedback",
    "metrics",
    "outputs",
    "config",
    "user_properties",
    "duration",
    "end_time",
    "children_ids",
];

/// Logs an event.
#[utoipa::path(post, path = "/v1/events", tag = "HoneyHive", operation_id = "log_event",
    request_body(content = HoneyHiveEvent, description = "The event: `event_type`, `inputs`, `outputs`, ...; or `{event}`"),
    responses((status = 200, description = "`{event_id, success}`", body = Value), Failures))]
pub async fn create(State(state): State<AppState>, caller: Caller, Body(body): Body) -> Answer {
    caller.require(Scope::EventWrite)?;
    let (event, prefix) = match body.contains_key("event") && !body.contains_key("event_type") {
        true => (reading::wrapped(&body, "event")?, "event."),
        false => (body, ""),
    };
    one(&state, &caller, event, Strictness::Newer, prefix).await
}

/// Logs an event, as older clients send it.
#[utoipa::path(post, path = "/events", tag = "HoneyHive (older)", operation_id = "log_event_older",
    request_body(content = HoneyHiveWrappedEvent, description = "`{event}`, an object or its JSON text"),
    responses((status = 200, description = "`{event_id, success}`", body = Value), Failures))]
pub async fn create_older(State(state): State<AppState>, caller: Caller, Body(body): Body) -> Answer {
    caller.require(Scope::EventWrite)?;
    let event = reading::wrapped(&body, "event")?;
    one(&state, &caller, event, Strictness::Older, "event.").await
}

async fn one(
    state: &AppState,
    caller: &Caller,
    event: Map<String, Value>,
    strictness: Strictness,
    prefix: &str,
) -> Answer {
    let event = shape::complete(event, caller.project.id, strictness, prefix)?;
    let ids = log::log(state, caller, vec![event]).await?;
    Ok(Json(json!({"event_id": ids.first(), "success": true})))
}

/// Logs several events: `{events, single_session?}`.
#[utoipa::path(post, path = "/v1/events/batch", tag = "HoneyHive", operation_id = "log_events",
    request_body(content = HoneyHiveEvents, description = "`{events, single_session?}`"),
    responses((status = 200, description = "`{event_ids, session_id?, success}`", body = Value), Failures))]
pub async fn create_batch(State(state): State<AppState>, caller: Caller, Body(body): Body) -> Answer {
    batch(&state, &caller, &body, Strictness::Newer).await
}

/// Logs several events, as older clients send them.
#[utoipa::path(post, path = "/events/batch", tag = "HoneyHive (older)", operation_id = "log_events_older",
    request_body(content = HoneyHiveEvents, description = "`{events, is_single_session?}`"),
    responses((status = 200, description = "`{event_ids, session_id?, success}`", body = Value), Failures))]
pub async fn create_batch_older(State(state): State<AppState>, caller: Caller, Body(body): Body) -> Answer {
    batch(&state, &caller, &body, Strictness::Older).await
}

async fn batch(state: &AppState, caller: &Caller, body: &Map<String, Value>, strictness: Strictness) -> Answer {
    caller.require(Scope::EventWrite)?;
    let session = reading::single_session(body, &EVENTS)?;
    let events = reading::all(body, &EVENTS, caller.project.id, strictness, session.as_deref())?;
    let ids = log::log(state, caller, events).await?;
    let mut answer = json!({"event_ids": ids, "success": true});
    if let Some(session) = session {
        answer["session_id"] = session.into();
    }
    Ok(Json(answer))
}

/// The newest events: `?limit=&page=&session_id=&event_type=&event_name=`.
#[utoipa::path(get, path = "/v1/events", tag = "HoneyHive", operation_id = "list_events",
    params(("limit" = Option<u32>, Query), ("page" = Option<u32>, Query), ("session_id" = Option<String>, Query),
        ("event_type" = Option<String>, Query), ("event_name" = Option<String>, Query)),
    responses((status = 200, description = "`{events, count, totalEvents}`", body = Value), Failures))]
pub async fn list(State(state): State<AppState>, caller: Caller, params: Params) -> Answer {
    caller.require(Scope::EventRead)?;
    let found = search::find(&state, &caller, &search::Search::of_params(&params)?).await?;
    Ok(Json(found))
}

/// One event.
#[utoipa::path(get, path = "/v1/events/{event_id}", tag = "HoneyHive", operation_id = "get_event",
    params(("event_id" = String, Path)),
    responses((status = 200, description = "`{event}`", body = Value), Failures))]
pub async fn get(State(state): State<AppState>, caller: Caller, Path(id): Path<String>) -> Answer {
    Ok(Json(json!({"event": read(&state, &caller, &id).await?})))
}

/// An event of the project.
///
/// # Errors
/// When there is none of that id, or the key does not open events.
pub async fn read(state: &AppState, caller: &Caller, id: &str) -> Result<Map<String, Value>, Problem> {
    caller.require(Scope::EventRead)?;
    let event = state.store.event(caller.project.id, id).await?;
    let ours = event.filter(|event| event.event.platform == Platform::HoneyHive);
    ours.as_ref().map(reading::body_of).ok_or_else(Problem::not_found)
}

/// Adds to an event: objects are merged, other fields replaced. What can't be changed is refused.
#[utoipa::path(put, path = "/v1/events/{event_id}", tag = "HoneyHive", operation_id = "update_event",
    params(("event_id" = String, Path)),
    request_body(content = Value, description = "`{metadata, feedback, metrics, outputs, config, user_properties, duration, end_time}`"),
    responses((status = 200, description = "`{success, event_id}`", body = Value), Failures))]
pub async fn update(State(state): State<AppState>, caller: Caller, Path(id): Path<String>, Body(body): Body) -> Answer {
    caller.require(Scope::EventWrite)?;
    check_changeable(&body)?;
    change(&state, &caller, &id, body).await
}

/// Checks that there is nothing in an update that can't be changed; the event's id may be there once more.
fn check_changeable(changes: &Map<String, Value>) -> Result<(), Problem> {
    let is_known = |name: &str| name == "event_id" || CHANGEABLE.contains(&name);
    match changes.keys().find(|name| !is_known(name)) {
        None => Ok(()),
        Some(name) => {
            let detail = format!("This can't be changed; these can: {}.", CHANGEABLE.join(", "));
            Err(Problem::invalid(name.as_str(), "unrecognized_key", detail))
        }
    }
}

/// [`update`] with the id in the body, also for sessions. Older clients may send more than can be changed.
#[utoipa::path(put, path = "/events", tag = "HoneyHive (older)", operation_id = "update_event_older",
    request_body(content = Value, description = "`{event_id, metadata, feedback, metrics, outputs, ...}`"),
    responses((status = 200, description = "`{success, event_id}`", body = Value), Failures))]
pub async fn update_older(State(state): State<AppState>, caller: Caller, Body(body): Body) -> Answer {
    let id = Fields::of(&body).required_text("event_id")?.to_owned();
    change(&state, &caller, &id, body).await
}

/// Changes an event.
///
/// # Errors
/// When a field is wrong, there is no such event, or the key may not.
pub async fn change(state: &AppState, caller: &Caller, id: &str, mut changes: Map<String, Value>) -> Answer {
    caller.require(Scope::EventWrite)?;
    let fields = Fields::of(&changes);
    for name in [
        "metadata",
        "feedback",
        "metrics",
        "outputs",
        "config",
        "user_properties",
    ] {
        fields.object(name)?;
    }
    fields.number("duration")?;
    fields.number("end_time")?;
    fields.texts("children_ids")?;
    // Others, and those without a value, are none of an update's business.
    changes.retain(|name, value| CHANGEABLE.contains(&name.as_str()) && !value.is_null());
    let changed = state.store.update_event(caller.project.id, id, |body| {
        let mut event: Map<String, Value> = serde_json::from_str(body).map_err(|error| Problem::internal(&error))?;
        if !event.contains_key("event_type") {
            return Err(Problem::not_found());
        }
        merge(&mut event, &changes);
        Ok(Value::Object(event).to_string())
    });
    match changed.await.map_err(Problem::from)? {
        Some(_) => Ok(Json(json!({"success": true, "event_id": id}))),
        None => Err(Problem::not_found()),
    }
}
