//! Keeping events, together with what they give rise to.

use jurybox::Event;
use serde_json::{Map, Value};

use super::super::live;
use super::super::metrics::library;
use super::shape;
use crate::server::auth::Caller;
use crate::server::observe;
use crate::server::problem::Problem;
use crate::server::state::AppState;
use crate::store::{NewEvent, Platform};

/// Keeps complete events and queues the metrics that judge them; the events' ids, in their order. Those that the project
/// has already are left as they are.
///
/// # Errors
/// When an event can't be judged, or the store fails; then none is kept.
pub async fn log(state: &AppState, caller: &Caller, events: Vec<Map<String, Value>>) -> Result<Vec<String>, Problem> {
    let mut read = Vec::with_capacity(events.len());
    for event in events {
        // What metrics can't read is refused while someone can still do something about it.
        read.push(Event::from_value(Value::Object(event)).map_err(|error| Problem::bad_request(error.to_string()))?);
    }
    let fields = || read.iter().filter_map(|event| event.value().as_object());
    let ids: Vec<String> = fields()
        .map(|event| shape::text(event, "event_id").to_owned())
        .collect();
    let project = caller.project.id;
    let metrics = library::live(&state.store, project).await?;
    let jobs = live::jobs(&metrics, ids.iter().map(String::as_str).zip(fields()));
    let new = read
        .iter()
        .zip(fields())
        .map(|(event, fields)| new_event(fields, event.json()));
    let new = new.collect();
    let ingested = state.store.ingest(project, new, jobs).await?;
    observe::ingested(Platform::HoneyHive.name(), ingested.events);
    if ingested.jobs > 0 {
        state.runner.wake();
    }
    Ok(ids)
}

fn new_event(event: &Map<String, Value>, body: &str) -> NewEvent {
    let user = event.get("user_properties").and_then(|user| user.get("user_id"));
    let session = shape::text(event, "session_id");
    NewEvent {
        platform: Platform::HoneyHive,
        uuid: shape::text(event, "event_id").to_owned(),
        name: shape::text(event, "event_type").to_owned(),
        distinct_id: user.and_then(Value::as_str).unwrap_or_default().to_owned(),
        trace_id: None,
        session_id: Some(session.to_owned()).filter(|session| !session.is_empty()),
        timestamp: shape::timestamp(event),
        body: body.to_owned(),
    }
}
