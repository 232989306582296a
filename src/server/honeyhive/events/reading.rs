//! Events in the bodies of requests, and in the store.

use serde_json::{Map, Value};

use super::super::body::Fields;
use super::shape::{self, Strictness};
use crate::server::problem::Problem;
use crate::store::{ProjectId, StoredEvent};

/// The most events of one request.
const MAX_EVENTS: usize = 10_000;

/// The event of a body `{"event": ...}`, where it may also be JSON text.
///
/// # Errors
/// When there is none, or it is not as it should be.
pub fn wrapped(body: &Map<String, Value>, name: &str) -> Result<Map<String, Value>, Problem> {
    let fields = Fields::of(body);
    let event = match fields.get(name) {
        Some(Value::String(text)) => serde_json::from_str(text)
            .map_err(|error| fields.invalid(name, format!("This is no JSON object: {error}")))?,
        _ => fields.object(name)?.cloned(),
    };
    event.ok_or_else(|| fields.required(name))
}

/// The events of a body, completed. With `single_session` they all belong to one session, the first that one of them
/// names.
///
/// # Errors
/// When one of them is not as it should be.
pub fn all(
    body: &Map<String, Value>,
    names: &[&str],
    project: ProjectId,
    strictness: Strictness,
    session: Option<&str>,
) -> Result<Vec<Map<String, Value>>, Problem> {
    let fields = Fields::of(body);
    let found = names.iter().find(|name| fields.get(name).is_some());
    let Some(name) = found else {
        return Err(fields.required(names.first().copied().unwrap_or_default()));
    };
    let events = fields.objects(name)?.unwrap_or_default();
    if events.len() > MAX_EVENTS {
        return Err(fields.invalid(name, format!("These are more than {MAX_EVENTS} events.")));
    }
    let events = events.into_iter().enumerate().map(|(index, event)| {
        let mut event = event.clone();
        if let Some(session) = session {
            event.insert("session_id".to_owned(), session.into());
        }
        shape::complete(event, project, strictness, &format!("{name}.{index}."))
    });
    events.collect()
}

/// The session that all events of a body belong to, if it says so: one of theirs, or a new one.
///
/// # Errors
/// When the body is not as it should be.
pub fn single_session(body: &Map<String, Value>, names: &[&str]) -> Result<Option<String>, Problem> {
    let fields = Fields::of(body);
    let is_single = fields
        .boolean("single_session")?
        .or(fields.boolean("is_single_session")?);
    if is_single != Some(true) {
        return Ok(None);
    }
    let lists = names.iter().filter_map(|name| body.get(*name)?.as_array());
    let named = lists.flatten().find_map(|event| event.get("session_id")?.as_str());
    Ok(Some(named.map_or_else(shape::new_id, str::to_owned)))
}

/// The body of a kept event; an empty object if it is not one of ours.
pub fn body_of(event: &StoredEvent) -> Map<String, Value> {
    serde_json::from_str(&event.event.body).unwrap_or_default()
}
