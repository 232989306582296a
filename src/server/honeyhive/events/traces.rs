//! Spans of `HoneyHive`'s tracers, as OTLP sends them in JSON. Every span becomes an event: what it says is in attributes
//! whose names begin with `honeyhive_`.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::super::body::{Body, Fields};
use super::super::{Answer, Failures};
use super::log;
use super::shape::{self, Strictness};
use crate::server::auth::Caller;
use crate::server::problem::Problem;
use crate::server::scopes::Scope;
use crate::server::state::AppState;

/// Parts of an event whose values are attributes of their own: `honeyhive_inputs.question`.
const NESTED: [&str; 5] = ["inputs", "outputs", "config", "feedback", "metadata"];
/// Parts whose names are not to be taken apart at dots: they are people's.
const FLAT: [&str; 2] = ["metrics", "user_properties"];
/// Where the session is said, in the order in which it is looked for.
const SESSIONS: [&str; 3] = [
    "honeyhive.session_id",
    "honeyhive_session_id",
    "traceloop.association.properties.session_id",
];
const SOURCES: [&str; 3] = [
    "honeyhive.source",
    "honeyhive_source",
    "traceloop.association.properties.source",
];

/// Takes spans: an OTLP `ExportTraceServiceRequest` in JSON. Its other form, protobuf, is refused with 415.
#[utoipa::path(post, path = "/opentelemetry/v1/traces", tag = "HoneyHive", operation_id = "log_traces",
    request_body(content = Value, description = "`{resourceSpans}`"),
    responses((status = 200, description = "`{partialSuccess}`", body = Value), Failures))]
pub async fn receive(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    body: Result<Body, Problem>,
) -> Answer {
    caller.require(Scope::EventWrite)?;
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if content_type.is_some_and(|content_type| content_type.contains("protobuf")) {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            "Spans are taken as JSON (application/json), not as protobuf.",
        ));
    }
    let Body(body) = body?;
    let mut events = Vec::new();
    for resource in Fields::of(&body).objects("resourceSpans")?.unwrap_or_default() {
        for scope in Fields::of(resource).objects("scopeSpans")?.unwrap_or_default() {
            for span in Fields::of(scope).objects("spans")?.unwrap_or_default() {
                events.push(shape::complete(
                    event_of(span),
                    caller.project.id,
                    Strictness::Older,
                    "span.",
                )?);
            }
        }
    }
    log::log(&state, &caller, events).await?;
    Ok(Json(json!({"partialSuccess": {}})))
}

/// The event of a span. Its id is made of the span's, so that a span that is sent again is not kept again.
fn event_of(span: &Map<String, Value>) -> Map<String, Value> {
    let text = |name: &str| span.get(name).and_then(Value::as_str).unwrap_or_default();
    let id =
        |span: &str| Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("{}/{span}", text("traceId")).as_bytes()).to_string();
    let attributes = attributes(span);
    let said = |names: &[&str]| {
        names
            .iter()
            .find_map(|name| attributes.get(*name)?.as_str().map(str::to_owned))
    };

    let mut event = Map::new();
    let mut put = |name: &str, value: Value| event.insert(name.to_owned(), value);
    put("event_id", id(text("spanId")).into());
    let session = said(&SESSIONS)
        .filter(|session| !session.is_empty())
        .unwrap_or_else(|| id(""));
    let parent = match text("parentSpanId") {
        "" => session.clone(),
        parent => id(parent),
    };
    put("session_id", session.into());
    put("parent_id", parent.into());
    let kind = said(&["honeyhive_event_type", "honeyhive_metadata.event_type"]);
    let kind = kind.filter(|kind| shape::TYPES.contains(&kind.as_str()) && kind != "session");
    put("event_type", kind.unwrap_or_else(|| "tool".to_owned()).into());
    let name = said(&["honeyhive_event_name"]).unwrap_or_else(|| text("name").to_owned());
    put("event_name", name.into());
    put("source", said(&SOURCES).unwrap_or_else(|| "unknown".to_owned()).into());
    if let Some(project) = said(&["honeyhive.project", "traceloop.association.properties.project"]) {
        put("project", project.into());
    }
    for part in NESTED.into_iter().chain(FLAT) {
        let mut values = Map::new();
        let prefix = format!("honeyhive_{part}");
        for (name, value) in &attributes {
            match name.strip_prefix(&prefix) {
                Some("") => values.extend(decoded(value).as_object().cloned().unwrap_or_default()),
                Some(rest) => {
                    if let Some(path) = rest.strip_prefix('.') {
                        put_at(&mut values, path, decoded(value), NESTED.contains(&part));
                    }
                }
                None => {}
            }
        }
        put(part, Value::Object(values));
    }
    put("error", error_of(span, &attributes));
    let (start, end) = (
        nanoseconds(span, "startTimeUnixNano"),
        nanoseconds(span, "endTimeUnixNano"),
    );
    if let (Some(start), Some(end)) = (start, end) {
        put("start_time", json!(start / 1_000_000));
        put("end_time", json!(end / 1_000_000));
        let duration = attributes
            .get("honeyhive_duration_ms")
            .filter(|value| value.is_number());
        put(
            "duration",
            duration
                .cloned()
                .unwrap_or_else(|| json!(end.saturating_sub(start) as f64 / 1e6)),
        );
    }
    event
}

fn attributes(span: &Map<String, Value>) -> Map<String, Value> {
    let list = span.get("attributes").and_then(Value::as_array);
    let named = list.into_iter().flatten().filter_map(|attribute| {
        let name = attribute.get("key")?.as_str()?.to_owned();
        Some((name, any_value(attribute.get("value")?)))
    });
    named.collect()
}

/// A value in OTLP's terms: `{"stringValue": "..."}`. Integers are texts there. Bodies have a bounded depth, and so has
/// this.
fn any_value(value: &Value) -> Value {
    let Some((kind, value)) = value.as_object().and_then(|value| value.iter().next()) else {
        return Value::Null;
    };
    match (kind.as_str(), value) {
        ("intValue", Value::String(text)) => text.parse::<i64>().map_or(Value::Null, Value::from),
        ("arrayValue", list) => {
            let items = list.get("values").and_then(Value::as_array);
            items.into_iter().flatten().map(any_value).collect()
        }
        ("kvlistValue", list) => {
            let items = list.get("values").and_then(Value::as_array);
            let named = items
                .into_iter()
                .flatten()
                .filter_map(|item| Some((item.get("key")?.as_str()?.to_owned(), any_value(item.get("value")?))));
            Value::Object(named.collect())
        }
        (_, value) => value.clone(),
    }
}

/// Tracers write objects and lists as JSON text, which an attribute can hold.
fn decoded(value: &Value) -> Value {
    match value.as_str() {
        Some(text) if text.starts_with(['{', '[']) => serde_json::from_str(text).unwrap_or_else(|_| value.clone()),
        _ => value.clone(),
    }
}

/// Levels that a name with dots makes at most; what is left of it stays one name.
const MAX_LEVELS: usize = 8;

fn put_at(values: &mut Map<String, Value>, path: &str, value: Value, is_nested: bool) {
    let mut place = values;
    let mut path = path;
    if is_nested {
        for _ in 1..MAX_LEVELS {
            let Some((first, rest)) = path.split_once('.') else {
                break;
            };
            let next = place.entry(first).or_insert_with(|| json!({}));
            if !next.is_object() {
                *next = json!({});
            }
            match next {
                Value::Object(next) => place = next,
                _ => return,
            }
            path = rest;
        }
    }
    place.insert(path.to_owned(), value);
}

fn error_of(span: &Map<String, Value>, attributes: &Map<String, Value>) -> Value {
    if let Some(error) = attributes.get("honeyhive_error").filter(|error| error.is_string()) {
        return error.clone();
    }
    let status = span.get("status");
    let failed = status
        .and_then(|status| status.get("code"))
        .is_some_and(|code| code == "STATUS_CODE_ERROR" || code == 2);
    match status.and_then(|status| status.get("message")).filter(|_| failed) {
        Some(message @ Value::String(_)) => message.clone(),
        _ if failed => json!("error"),
        _ => Value::Null,
    }
}

fn nanoseconds(span: &Map<String, Value>, name: &str) -> Option<i64> {
    match span.get(name)? {
        Value::String(text) => text.parse().ok(),
        Value::Number(number) => number.as_i64(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_an_event() {
        let attribute = |name: &str, kind: &str, value: Value| json!({"key": name, "value": {kind: value}});
        let span = json!({
            "traceId": "929160fba125bfe71b49e0dc4692151e", "spanId": "29a93896bb13ce8b", "parentSpanId": null,
            "name": "answer", "startTimeUnixNano": "1795348998070431349", "endTimeUnixNano": "1795348998071403092",
            "attributes": [
                attribute("honeyhive.session_id", "stringValue", json!("s")),
                attribute("honeyhive.source", "stringValue", json!("production")),
                attribute("honeyhive_event_type", "stringValue", json!("model")),
                attribute("honeyhive_inputs.dp", "stringValue", json!("{\"q\": 1}")),
                attribute("honeyhive_outputs.result.content", "stringValue", json!("x")),
                attribute("honeyhive_metrics.a.b", "doubleValue", json!(1.5)),
                attribute("honeyhive_metadata.n", "intValue", json!("7")),
            ],
            "status": {"code": "STATUS_CODE_ERROR", "message": "no answer"},
        });
        let event = Value::Object(event_of(span.as_object().expect("an object")));
        for (name, expected) in [
            ("session_id", json!("s")),
            ("parent_id", json!("s")),
            ("event_type", json!("model")),
            ("event_name", json!("answer")),
            ("source", json!("production")),
            ("inputs", json!({"dp": {"q": 1}})),
            ("outputs", json!({"result": {"content": "x"}})),
            ("metrics", json!({"a.b": 1.5})),
            ("metadata", json!({"n": 7})),
            ("error", json!("no answer")),
            ("start_time", json!(1_795_348_998_070_i64)),
            ("duration", json!(0.971743)),
        ] {
            assert_eq!(event[name], expected, "{name}");
        }
    }
}
