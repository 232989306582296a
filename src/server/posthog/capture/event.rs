//! One event, from the shapes that SDKs send to the one that is kept.

use jiff::Timestamp;
use jurybox::Event;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::pick::{check_bounds, members, text};
use super::refusal::Refusal;
use super::time::{Clocks, Said};
use crate::server::key;
use crate::store::{NewEvent, Platform, to_wire};

/// Characters of a name or a distinct id that are kept, as at PostHog.
const MAX_NAME: usize = 200;
/// Levels of objects and arrays that metrics read, the event included.
const MAX_DEPTH: usize = 127;

/// An event and what came with it.
#[derive(Clone, Debug)]
pub struct Captured {
    /// The event.
    pub event: NewEvent,
    /// The key, if it stands in the event.
    pub key: Option<String>,
}

/// Reads one event of a request. Its properties are kept as they stand there, but for what has to be added or must not be
/// kept.
///
/// # Errors
/// When it is no event.
pub fn read(raw: &str, clocks: &Clocks) -> Result<Captured, Refusal> {
    check_bounds(raw, MAX_DEPTH)?;
    let [name, distinct_id, old_distinct_id, id, timestamp, offset] = members(
        raw,
        ["event", "distinct_id", "$distinct_id", "uuid", "timestamp", "offset"],
    )?;
    let [properties, set, set_once, session, token, api_key] = members(
        raw,
        ["properties", "$set", "$set_once", "session_id", "token", "api_key"],
    )?;
    let properties = properties.map_or("{}", RawValue::get);
    let [
        inner_token,
        inner_distinct_id,
        trace,
        ai_session,
        inner_session,
        ignore_sent_at,
    ] = members(
        properties,
        [
            "token",
            "distinct_id",
            "$ai_trace_id",
            "$ai_session_id",
            "$session_id",
            "$ignore_sent_at",
        ],
    )
    .map_err(|error| Refusal::Shape(format!("properties: {error}")))?;

    let name = said(name).filter(|name| !name.is_empty()).ok_or(Refusal::NoName)?;
    let name = cut(name);
    let distinct_id = said(distinct_id)
        .or_else(|| said(inner_distinct_id))
        .or_else(|| said(old_distinct_id))
        .filter(|id| !id.is_empty())
        .ok_or(Refusal::NoDistinctId)?;
    let distinct_id = cut(distinct_id);
    let timestamp = clocks.time(&Said {
        timestamp: said(timestamp),
        offset: said(offset).and_then(|text| text.parse().ok()),
        ignore_sent_at: ignore_sent_at.is_some_and(|raw| raw.get() == "true"),
    });
    let uuid = uuid(said(id)).to_string();

    let session = said(session);
    let inner_token = said(inner_token);
    // SDKs for browsers put the key among the properties, where everyone would read it.
    let has_key = inner_token.as_deref().is_some_and(|token| key::id(token).is_some());
    let lifted = session.as_deref().filter(|_| inner_session.is_none());
    let changed = if has_key || set.is_some() || set_once.is_some() || lifted.is_some() {
        Some(change(
            properties,
            has_key,
            [("$set", set), ("$set_once", set_once)],
            lifted,
        )?)
    } else {
        None
    };
    let properties = changed.as_deref().unwrap_or(properties);
    Ok(Captured {
        key: said(api_key)
            .or_else(|| said(token))
            .or_else(|| inner_token.filter(|_| has_key)),
        event: NewEvent {
            platform: Platform::PostHog,
            body: body(&uuid, &name, &distinct_id, timestamp, properties),
            uuid,
            name,
            distinct_id,
            trace_id: said(trace),
            // A session of the model's, which is what is judged as one, before one of a visitor's.
            session_id: said(ai_session).or_else(|| said(inner_session)).or(session),
            timestamp,
        },
    })
}

/// An event as it is kept: JSON text in PostHog's shape. `properties` is the text of an object.
pub fn body(uuid: &str, name: &str, distinct_id: &str, timestamp: Timestamp, properties: &str) -> String {
    let (name, distinct_id) = (Value::from(name), Value::from(distinct_id));
    let timestamp = to_wire(timestamp);
    format!(
        r#"{{"uuid":"{uuid}","event":{name},"distinct_id":{distinct_id},"timestamp":"{timestamp}","properties":{properties}}}"#
    )
}

fn said(raw: Option<&RawValue>) -> Option<String> {
    raw.and_then(text)
}

fn cut(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(MAX_NAME) {
        text.truncate(end);
    }
    text
}

/// The uuid of an event: the one that it has; one made of it, if it is none, so that an event that is sent again is known
/// again; else a new one.
fn uuid(said: Option<String>) -> Uuid {
    match said.as_deref().map(str::trim) {
        None | Some("") => Uuid::now_v7(),
        Some(text) => Uuid::try_parse(text).unwrap_or_else(|_| Uuid::new_v5(&Uuid::NAMESPACE_OID, text.as_bytes())),
    }
}

/// Properties with what stands beside them, as PostHog moves it there, and without the key.
fn change(
    properties: &str,
    has_key: bool,
    beside: [(&str, Option<&RawValue>); 2],
    session: Option<&str>,
) -> Result<String, Refusal> {
    // It is read as an event is, which forgives what other readers do not.
    let object = |text: &str| match Event::from_json(text).map(|event| event.value().clone()) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Ok(Map::new()),
        Err(error) => Err(Refusal::Shape(error.to_string())),
    };
    let mut properties = object(properties)?;
    if has_key {
        properties.shift_remove("token");
    }
    for (name, values) in beside {
        let Some(values) = values.filter(|raw| raw.get().starts_with('{')) else {
            continue;
        };
        let values = object(values.get())?;
        match properties.get_mut(name) {
            Some(Value::Object(there)) => there.extend(values),
            _ => {
                properties.insert(name.to_owned(), Value::Object(values));
            }
        }
    }
    if let Some(session) = session {
        properties.insert("$session_id".to_owned(), session.into());
    }
    Ok(Value::Object(properties).to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn clocks() -> Clocks {
        Clocks {
            sent_at: None,
            now: "2026-03-31T12:00:00Z".parse().expect("a time"),
        }
    }

    fn kept(event: &Value) -> (Captured, Value) {
        let captured = read(&event.to_string(), &clocks()).unwrap_or_else(|refusal| panic!("{event}: {refusal}"));
        let body = serde_json::from_str(&captured.event.body).expect("JSON");
        (captured, body)
    }

    #[test]
    fn an_event_is_kept_as_it_came() {
        let text = r#"{"event":"$ai_generation","distinct_id":"someone","uuid":"76057E0A-0000-4000-8000-000000000001",
            "timestamp":"2026-03-31T11:00:00.5+00:00","properties":{"$ai_trace_id":"t","n":1.50,
            "big":123456789012345678901234567890,"half":"\ud83d","$session_id":"s","$ai_session_id":"a"},"library":"x"}"#;
        let captured = read(text, &clocks()).expect("an event");
        assert_eq!(
            captured.event.body.replace("\n            ", ""),
            r#"{"uuid":"76057e0a-0000-4000-8000-000000000001","event":"$ai_generation","distinct_id":"someone","timestamp":"2026-03-31T11:00:00.500000Z","properties":{"$ai_trace_id":"t","n":1.50,"big":123456789012345678901234567890,"half":"\ud83d","$session_id":"s","$ai_session_id":"a"}}"#
        );
        assert_eq!(captured.event.trace_id.as_deref(), Some("t"));
        assert_eq!(captured.event.session_id.as_deref(), Some("a"));
        assert_eq!(captured.key, None);
        Event::from_json(&captured.event.body).expect("it is an event");
    }

    #[test]
    fn what_stands_beside_the_properties_is_moved_there() {
        let (_, body) = kept(&json!({
            "event": "$set", "distinct_id": 7, "$set": {"plan": "pro"}, "$set_once": {"origin": "ad"},
            "session_id": "s", "properties": {"$set": {"plan": "free", "name": "A"}},
        }));
        assert_eq!(body["distinct_id"], json!("7"));
        assert_eq!(
            body["properties"],
            json!({"$set": {"plan": "pro", "name": "A"}, "$set_once": {"origin": "ad"}, "$session_id": "s"})
        );
    }

    #[test]
    fn uuids() {
        let with = |id: Value| {
            kept(&json!({"event": "e", "distinct_id": "d", "uuid": id}))
                .0
                .event
                .uuid
        };
        for broken in [json!("not a uuid"), json!(17)] {
            assert_eq!(with(broken.clone()), with(broken.clone()), "{broken}");
        }
        for missing in [Value::Null, json!(""), json!(["x"])] {
            let made = Uuid::try_parse(&with(missing.clone())).expect("a uuid");
            assert_eq!(made.get_version_num(), 7, "{missing}");
        }
    }

    #[test]
    fn the_key_is_found_and_not_kept() {
        let secret = "jbx_0123456789ab_secret";
        let (captured, body) =
            kept(&json!({"event": "e", "properties": {"token": secret, "distinct_id": "d", "a": 1}}));
        assert_eq!(captured.key.as_deref(), Some(secret));
        assert_eq!(body["properties"], json!({"distinct_id": "d", "a": 1}));
        let (captured, body) =
            kept(&json!({"event": "e", "api_key": "k", "properties": {"token": "a word", "distinct_id": "d"}}));
        assert_eq!(captured.key.as_deref(), Some("k"));
        assert_eq!(body["properties"]["token"], json!("a word"));
    }

    #[test]
    fn names_are_cut() {
        let (captured, _) = kept(&json!({"event": "é".repeat(300), "distinct_id": "x".repeat(300)}));
        assert_eq!(captured.event.name.chars().count(), 200);
        assert_eq!(captured.event.distinct_id.len(), 200);
    }

    #[test]
    fn what_is_no_event() {
        let deep = format!("{}{}", "[".repeat(126), "]".repeat(126));
        for (text, expected) in [
            ("[]", "failed to parse request"),
            ("{}", "event submitted with an empty event name"),
            (r#"{"event": ""}"#, "event submitted with an empty event name"),
            (r#"{"event": ["a"]}"#, "event submitted with an empty event name"),
            (r#"{"event": "e"}"#, "event submitted without a distinct_id"),
            (
                r#"{"event": "e", "distinct_id": ""}"#,
                "event submitted without a distinct_id",
            ),
            (
                r#"{"event": "e", "distinct_id": "d", "properties": [1]}"#,
                "failed to parse request: properties",
            ),
            (
                &format!(r#"{{"event": "e", "distinct_id": "d", "properties": {{"a": {deep}}}}}"#),
                "nested deeper",
            ),
        ] {
            let refusal = read(text, &clocks()).expect_err(text).to_string();
            assert!(refusal.contains(expected), "{text}: {refusal}");
        }
    }
}
