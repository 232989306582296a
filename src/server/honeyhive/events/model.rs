//! Events of models as generation C's clients log them: the call's own fields, which become those of an event.

use axum::Json;
use axum::extract::State;
use serde_json::{Map, Value, json};

use super::super::body::{Body, Fields, fill};
use super::super::{Answer, Failures};
use super::shape::{self, Strictness};
use super::{log, reading};
use crate::server::auth::Caller;
use crate::server::problem::Problem;
use crate::server::scopes::Scope;
use crate::server::state::AppState;

/// The list of a batch.
const EVENTS: [&str; 1] = ["model_events"];
/// Fields of the call that belong to the event's `config`.
const CONFIG: [&str; 8] = [
    "model",
    "model_version",
    "provider",
    "hyperparameters",
    "template",
    "tools",
    "tool_choice",
    "response_format",
];

/// Logs the call of a model: `{model_event: {model, provider, messages, response, usage, ...}}`.
#[utoipa::path(post, path = "/events/model", tag = "HoneyHive (older)", operation_id = "log_model_event",
    request_body(content = Value, description = "`{model_event}`"),
    responses((status = 200, description = "`{event_id, success}`", body = Value), Failures))]
pub async fn create(State(state): State<AppState>, caller: Caller, Body(body): Body) -> Answer {
    caller.require(Scope::EventWrite)?;
    let call = reading::wrapped(&body, "model_event")?;
    let event = shape::complete(event_of(call), caller.project.id, Strictness::Older, "model_event.")?;
    let ids = log::log(&state, &caller, vec![event]).await?;
    Ok(Json(json!({"event_id": ids.first(), "success": true})))
}

/// Logs calls of models: `{model_events, single_session?}`.
#[utoipa::path(post, path = "/events/model/batch", tag = "HoneyHive (older)", operation_id = "log_model_events",
    request_body(content = Value, description = "`{model_events, single_session?}`"),
    responses((status = 200, description = "`{event_ids, session_id?, success}`", body = Value), Failures))]
pub async fn create_batch(State(state): State<AppState>, caller: Caller, Body(mut body): Body) -> Answer {
    caller.require(Scope::EventWrite)?;
    Fields::of(&body).objects("model_events")?;
    let session = reading::single_session(&body, &EVENTS)?;
    if let Some(calls) = body.get_mut("model_events").and_then(Value::as_array_mut) {
        for call in calls {
            *call = match call.take() {
                Value::Object(call) => Value::Object(event_of(call)),
                other => other,
            };
        }
    }
    let events = reading::all(&body, &EVENTS, caller.project.id, Strictness::Older, session.as_deref())?;
    let ids: Result<Vec<String>, Problem> = log::log(&state, &caller, events).await;
    let mut answer = json!({"event_ids": ids?, "success": true});
    if let Some(session) = session {
        answer["session_id"] = session.into();
    }
    Ok(Json(answer))
}

/// The event of a call: messages are inputs, the response's message is the output, the rest is where events have it.
fn event_of(mut call: Map<String, Value>) -> Map<String, Value> {
    call.insert("event_type".to_owned(), "model".into());
    put_under(&mut call, "config", &CONFIG);
    put_under(&mut call, "metadata", &["usage", "cost"]);
    let messages = call.shift_remove("messages");
    let template_inputs = call.shift_remove("template_inputs");
    fill(&mut call, "inputs", || {
        let mut inputs = match template_inputs {
            Some(Value::Object(inputs)) => inputs,
            _ => Map::new(),
        };
        if let Some(messages) = messages {
            inputs.insert("chat_history".to_owned(), messages);
        }
        Value::Object(inputs)
    });
    if let Some(response) = call.shift_remove("response") {
        fill(&mut call, "outputs", || output_of(response));
    }
    call
}

fn put_under(call: &mut Map<String, Value>, part: &str, names: &[&str]) {
    let taken: Map<String, Value> = names
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), call.shift_remove(*name)?)))
        .filter(|(_, value)| !value.is_null())
        .collect();
    if taken.is_empty() {
        return;
    }
    fill(call, part, || json!({}));
    if let Some(part) = call.get_mut(part).and_then(Value::as_object_mut) {
        for (name, value) in taken {
            part.entry(name).or_insert(value);
        }
    }
}

/// The message of an answer in the form of `OpenAI`, or the answer itself.
fn output_of(response: Value) -> Value {
    let message = response.pointer("/choices/0/message");
    match message {
        Some(message) if message.is_object() => message.clone(),
        _ if response.is_string() => json!({"content": response}),
        _ => response,
    }
}
