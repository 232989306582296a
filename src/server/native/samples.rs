//! Events that are kept as samples: from a file at the start, or sent by the page.
//!
//! Whatever shape they come in, they are kept as a platform's clients would have sent them: events of `HoneyHive` as they
//! are, all others as PostHog's. They count as new when they are added, in their order with the first on top, because
//! samples are looked for among the newest events (PostHog: of the last 7 days); their own timestamp stays in their body.

use std::collections::HashSet;
use std::path::Path;

use anyhow::Context as _;
use jiff::{SignedDuration, Timestamp};
use jurybox::Event;
use jurybox::reader::EventReader;
use serde_json::{Map, Value};
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::server::state::AppState;
use crate::store::{NewEvent, Platform, to_wire};

/// Events that are written together.
const EVENTS_AT_A_TIME: usize = 1000;
/// What ids are made in that are made from an event's content.
const NAMESPACE: Uuid = Uuid::from_u128(0x6a75_7279_626f_7842_a5e1_0000_7361_6d70);
/// The name of a model's call at PostHog.
const GENERATION: &str = "$ai_generation";

/// Makes samples of events, in their order.
pub struct Samples {
    /// When the first of them counts as sent.
    newest: Timestamp,
    made: i64,
    ids: HashSet<String>,
}

impl Samples {
    /// Samples that count as sent now.
    pub fn now() -> Self {
        Self {
            newest: Timestamp::now(),
            made: 0,
            ids: HashSet::new(),
        }
    }

    /// Makes a sample of an event.
    pub fn make(&mut self, event: &Event) -> NewEvent {
        let age = SignedDuration::from_micros(self.made);
        let timestamp = self.newest.checked_sub(age).unwrap_or(self.newest);
        self.made += 1;
        if is_honeyhive(event) {
            self.honeyhive(event, timestamp)
        } else {
            self.posthog(event, timestamp)
        }
    }

    fn posthog(&mut self, event: &Event, timestamp: Timestamp) -> NewEvent {
        let own = Uuid::try_parse(event.uuid()).ok().map(|id| id.to_string());
        let uuid = self.id(own, event);
        let name = match event.name() {
            "" => GENERATION,
            name => name,
        };
        let text = |text: &str| Value::String(text.to_owned());
        let mut body = Map::new();
        body.insert("uuid".to_owned(), text(&uuid));
        body.insert("event".to_owned(), text(name));
        body.insert("distinct_id".to_owned(), text(event.distinct_id()));
        let own_time = event.timestamp().map_or_else(|| to_wire(timestamp), str::to_owned);
        body.insert("timestamp".to_owned(), Value::String(own_time));
        body.insert("properties".to_owned(), Value::Object(properties(event)));
        NewEvent {
            platform: Platform::PostHog,
            uuid,
            name: name.to_owned(),
            distinct_id: event.distinct_id().to_owned(),
            trace_id: event.trace_id().map(str::to_owned),
            session_id: property(event, "$ai_session_id"),
            timestamp,
            body: Value::Object(body).to_string(),
        }
    }

    fn honeyhive(&mut self, event: &Event, timestamp: Timestamp) -> NewEvent {
        let own = Some(event.uuid()).filter(|id| !id.is_empty()).map(str::to_owned);
        let uuid = self.id(own, event);
        let mut body = event.value().clone();
        if let Value::Object(fields) = &mut body {
            fields.insert("event_id".to_owned(), Value::String(uuid.clone()));
        }
        let field = |name: &str| event.get(name).and_then(Value::as_str).map(str::to_owned);
        NewEvent {
            platform: Platform::HoneyHive,
            uuid,
            // What events without a type are to HoneyHive's evaluators.
            name: field("event_type").unwrap_or_else(|| "model".to_owned()),
            distinct_id: String::new(),
            trace_id: field("trace_id"),
            session_id: field("session_id"),
            timestamp,
            body: body.to_string(),
        }
    }

    /// The id of an event: its own if no event before had it, else one that is made from its content, so that adding the
    /// same events again adds nothing. Events that are the same word for word are told apart by how many there were.
    fn id(&mut self, own: Option<String>, event: &Event) -> String {
        if let Some(own) = own
            && self.ids.insert(own.clone())
        {
            return own;
        }
        let mut id = Uuid::new_v5(&NAMESPACE, event.json().as_bytes());
        while !self.ids.insert(id.to_string()) {
            id = Uuid::new_v5(&id, b"again");
        }
        id.to_string()
    }
}

/// Whether an event is one of `HoneyHive`'s: it has values by name and nothing of PostHog's.
fn is_honeyhive(event: &Event) -> bool {
    let is_object = |name| event.get(name).is_some_and(Value::is_object);
    let has_properties = event.get("properties").is_some_and(|properties| !properties.is_null());
    let is_plain = event.get("input").is_some() || event.get("output").is_some();
    let has_type = event.get("event_type").is_some_and(Value::is_string);
    !has_properties && !is_plain && (is_object("inputs") || is_object("outputs") || has_type)
}

/// The properties of an event at PostHog; what a plain event calls itself and what it expects are found there, too.
fn properties(event: &Event) -> Map<String, Value> {
    let mut properties = event.properties().clone();
    let is_plain = event.get("properties").is_none_or(Value::is_null);
    if is_plain
        && let Some(expected) = event.expected()
        && properties.get("expected").is_none_or(Value::is_null)
    {
        properties.insert("expected".to_owned(), expected.clone());
    }
    properties
}

fn property(event: &Event, name: &str) -> Option<String> {
    event.properties().get(name).and_then(Value::as_str).map(str::to_owned)
}

/// Keeps the events of a file; how many are new. They become the oldest project's.
///
/// # Errors
/// When the file can't be read, an event is broken (those before it are kept) or the store fails.
pub async fn load(state: &AppState, file: &Path) -> anyhow::Result<usize> {
    let projects = state.store.projects().await?;
    let project = projects.first().context("there is no project to load events into")?.id;
    let (sender, mut batches) = mpsc::channel(2);
    let path = file.to_owned();
    let most = state.judging.limits().event;
    let reader = tokio::task::spawn_blocking(move || read(&path, most, &sender));
    let mut new = 0;
    while let Some(batch) = batches.recv().await {
        new += state.store.ingest(project, batch, Vec::new()).await?.events;
    }
    reader.await?.with_context(|| file.display().to_string())?;
    Ok(new)
}

fn read(path: &Path, most: usize, batches: &mpsc::Sender<Vec<NewEvent>>) -> anyhow::Result<()> {
    let file = std::io::BufReader::new(std::fs::File::open(path)?);
    let mut samples = Samples::now();
    let mut batch = Vec::new();
    let mut outcome = Ok(());
    for event in EventReader::with_max_event_bytes(file, most) {
        match event {
            Ok(event) => batch.push(samples.make(&event)),
            Err(error) => {
                // The error alone: its sentence says what its cause would say again.
                outcome = Err(anyhow::anyhow!("{error}"));
                break;
            }
        }
        if batch.len() >= EVENTS_AT_A_TIME && batches.blocking_send(std::mem::take(&mut batch)).is_err() {
            // The store failed, which is told by whoever asked it.
            return Ok(());
        }
    }
    let _ = batches.blocking_send(batch);
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(events: &[&str]) -> Vec<NewEvent> {
        let mut samples = Samples::now();
        let events = events.iter().map(|text| Event::from_json(text).expect(text));
        events.map(|event| samples.make(&event)).collect()
    }

    fn body(sample: &NewEvent) -> Value {
        serde_json::from_str(&sample.body).expect("JSON")
    }

    #[test]
    fn plain_events_become_generations() {
        let made = samples(&[r#"{"id": "capital", "input": "Q", "output": "A", "reference": "A!", "n": 1.50}"#]);
        let body = body(&made[0]);
        assert_eq!(made[0].platform, Platform::PostHog);
        assert_eq!(made[0].name, "$ai_generation");
        assert_eq!(body["uuid"], made[0].uuid);
        assert_eq!(
            body["properties"].to_string(),
            r#"{"id":"capital","$ai_input":"Q","$ai_output":"A","reference":"A!","n":1.50,"expected":"A!"}"#
        );
    }

    #[test]
    fn ids_are_kept_where_they_are_unique_and_made_the_same_way_each_time() {
        let id = "0198c2a4-7b01-7025-905b-0000316edc57";
        let own = format!(r#"{{"uuid": "{id}", "properties": {{}}}}"#);
        let other = format!(r#"{{"uuid": "{id}", "properties": {{"a": 1}}}}"#);
        let events = [own.as_str(), other.as_str(), r#"{"input": "x"}"#, r#"{"input": "x"}"#];
        let ids = |events| {
            samples(events)
                .into_iter()
                .map(|sample| sample.uuid)
                .collect::<Vec<_>>()
        };
        let made = ids(&events);
        assert_eq!(made[0], id);
        assert_eq!(made.iter().collect::<HashSet<_>>().len(), 4, "{made:?}");
        assert_eq!(made, ids(&events));
    }

    #[test]
    fn the_first_is_the_newest_and_keeps_its_own_time() {
        let made = samples(&[r#"{"timestamp": "2020-01-01T00:00:00Z", "properties": {}}"#, "{}"]);
        assert!(made[0].timestamp > made[1].timestamp);
        assert!(Timestamp::now().duration_since(made[0].timestamp) < SignedDuration::from_secs(60));
        assert_eq!(body(&made[0])["timestamp"], "2020-01-01T00:00:00Z");
        assert_eq!(body(&made[1])["timestamp"], to_wire(made[1].timestamp));
    }

    #[test]
    fn events_of_honeyhive_stay_what_they_are() {
        let made = samples(&[
            r#"{"event_id": "e-1", "event_type": "tool", "session_id": "s", "inputs": {"q": 1}, "outputs": {}}"#,
            r#"{"inputs": {"q": 1}}"#,
            r#"{"inputs": "text", "outputs": "text"}"#,
        ]);
        assert_eq!(
            (made[0].platform, made[0].uuid.as_str(), made[0].name.as_str()),
            (Platform::HoneyHive, "e-1", "tool")
        );
        assert_eq!(made[0].session_id.as_deref(), Some("s"));
        assert_eq!(body(&made[1])["event_id"], made[1].uuid);
        assert_eq!(made[2].platform, Platform::PostHog);
    }
}
