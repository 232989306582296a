//! Which fields events have, for clients that let people choose among them.

use axum::Json;
use axum::extract::State;
use serde_json::{Map, Value, json};

use super::super::{Answer, Failures};
use super::reading;
use crate::server::auth::Caller;
use crate::server::scopes::Scope;
use crate::server::state::AppState;
use crate::store::{EventFilter, Platform};

/// Events that are looked at.
const LOOKED_AT: u32 = 500;
/// Fields whose own fields are told, too.
const OPENED: [&str; 7] = [
    "config",
    "inputs",
    "outputs",
    "metadata",
    "feedback",
    "metrics",
    "user_properties",
];

/// The fields of the newest events.
#[utoipa::path(get, path = "/v1/events/schema", tag = "HoneyHive", operation_id = "events_schema",
    responses((status = 200, description = "`{fields: [{name, event_type}], datasets, mappings}`", body = Value), Failures))]
pub async fn of_events(State(state): State<AppState>, caller: Caller) -> Answer {
    caller.require(Scope::EventRead)?;
    let filter = EventFilter {
        platform: Some(Platform::HoneyHive),
        ..EventFilter::default()
    };
    let events = state.store.newest_events(caller.project.id, &filter, LOOKED_AT).await?;
    let events: Vec<Map<String, Value>> = events.iter().map(reading::body_of).collect();
    Ok(Json(fields_of(&events)))
}

/// The fields that events have.
pub fn fields_of(events: &[Map<String, Value>]) -> Value {
    let mut fields = std::collections::BTreeSet::new();
    let mut datasets = std::collections::BTreeSet::new();
    for event in events {
        let event_type = event.get("event_type").and_then(Value::as_str).unwrap_or_default();
        for (name, value) in event {
            match value {
                Value::Object(inside) if OPENED.contains(&name.as_str()) => {
                    fields.extend(
                        inside
                            .keys()
                            .map(|inside| (format!("{name}.{inside}"), event_type.to_owned())),
                    );
                }
                _ => {
                    fields.insert((name.clone(), event_type.to_owned()));
                }
            }
        }
        let dataset = event
            .get("metadata")
            .and_then(|metadata| metadata.get("dataset_id")?.as_str());
        datasets.extend(dataset.map(str::to_owned));
    }
    let fields: Vec<Value> = fields
        .into_iter()
        .map(|(name, event_type)| json!({"name": name, "event_type": event_type}))
        .collect();
    json!({"fields": fields, "datasets": datasets, "mappings": {}})
}
