//! The thing that metrics judge: one JSON object.

use std::sync::{Arc, LazyLock, OnceLock};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::language::hog::image::{EventImage, ImageTooLarge};
use crate::posthog;
use crate::posthog::unit::Unit;

mod document;
mod parse;
pub mod reader;

pub use parse::{EventError, mend_surrogates};

/// The most levels of objects and arrays in an event, the event itself included.
pub const MAX_DEPTH: usize = 127;

/// The name that PostHog gives to one call of a model.
const GENERATION: &str = "$ai_generation";
/// The fields of an event that are not its properties.
const ENVELOPE: [&str; 4] = ["uuid", "event", "distinct_id", "timestamp"];

/// One event.
///
/// Two shapes are understood. The events of PostHog have an envelope (`uuid`, `event`, `distinct_id`, `timestamp`) and
/// `properties`, an object or the text of one. **Plain events** have no `properties`: `{"input": ..., "output": ...,
/// "expected": ...}`, as datasets and eval files have them. A plain event counts as an `$ai_generation` whose properties
/// are its own fields but the envelope, with `input` and `output` renamed to `$ai_input` and `$ai_output`. The events of
/// `HoneyHive` (`inputs`, `outputs`, `feedback`) are plain events in this; their [document](Self::document) knows more.
///
/// An event is read once and then only looked at, by any number of metrics on any number of threads. What metrics need
/// in another form is made when the first one asks for it, and kept.
#[derive(Clone)]
pub struct Event {
    /// An object: every constructor checks it.
    value: Value,
    /// What it stands for, if it stands for several events.
    unit: Option<Arc<Unit>>,
    derived: Derived,
}

/// What is made from an event on demand.
#[derive(Clone, Default)]
struct Derived {
    json: OnceLock<String>,
    document: OnceLock<String>,
    fingerprint: OnceLock<u64>,
    properties: OnceLock<Map<String, Value>>,
    core_image: OnceLock<Result<EventImage, ImageTooLarge>>,
    full_image: OnceLock<Result<EventImage, ImageTooLarge>>,
}

static NO_FIELDS: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);

impl Event {
    /// Reads an event from JSON text.
    ///
    /// Integers of any size stay exact and keys keep their order; of duplicate keys the last one wins. Half of a
    /// surrogate pair (`"\ud83d"`), which logs of truncated text contain, is read as U+FFFD.
    ///
    /// # Errors
    /// When the text is no JSON (`NaN` and `Infinity` are not), no object, nested deeper than 127 levels, or has an
    /// integer of more than 4,300 digits. The error says where.
    pub fn from_json(text: &str) -> Result<Self, EventError> {
        parse::value(text).and_then(Self::from_value)
    }

    /// Makes an event of a value.
    ///
    /// # Errors
    /// As [`Self::from_json`] for a value that is no object, too deep, or has too long an integer.
    pub fn from_value(value: Value) -> Result<Self, EventError> {
        parse::check(&value)?;
        Ok(Self {
            value,
            unit: None,
            derived: Derived::default(),
        })
    }

    /// A whole trace, to be judged as one: its events, the oldest first.
    ///
    /// It reads as an event of its own, `$ai_trace`, whose uuid is the trace's id, whose input and output are the first
    /// and the last that say something, and whose property `events` has all of them. Programs in Hog that follow
    /// PostHog's convention get the globals of a trace instead: `trace`, `target`, `events` and `evaluation_events`, and
    /// no others. (Written as JSON it is that one event, and read again no trace any more.)
    ///
    /// # Errors
    /// When one of the events is nested too deep to be in another.
    pub fn trace(id: &str, events: Vec<Self>) -> Result<Self, EventError> {
        Unit::trace(id, events).into_event()
    }

    /// A whole session, to be judged as one, likewise: an event `$ai_session`, in Hog `target` and `evaluation_events`.
    ///
    /// # Errors
    /// As [`Self::trace`].
    pub fn session(id: &str, events: Vec<Self>) -> Result<Self, EventError> {
        Unit::session(id, events).into_event()
    }

    pub(crate) fn of_unit(unit: Unit, value: Value) -> Result<Self, EventError> {
        let event = Self::from_value(value)?;
        Ok(Self {
            unit: Some(Arc::new(unit)),
            ..event
        })
    }

    /// The events that this one stands for, if it stands for several.
    pub(crate) fn unit(&self) -> Option<&Unit> {
        self.unit.as_deref()
    }

    /// The event as a JSON value; always an object.
    #[must_use]
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The event as compact JSON text, for languages that parse it themselves. Made once.
    #[must_use]
    pub fn json(&self) -> &str {
        self.derived.json.get_or_init(|| self.value.to_string())
    }

    /// The event document: the form that metrics in Python, JavaScript and WebAssembly get, whatever platform the event
    /// came from. Compact JSON text, made once.
    #[must_use]
    pub fn document(&self) -> &str {
        self.derived.document.get_or_init(|| document::document(self))
    }

    /// The ground truth, wherever the event has it; `None` where it is missing or null.
    #[must_use]
    pub fn expected(&self) -> Option<&Value> {
        document::expected(self)
    }

    /// A field of the event itself.
    #[must_use]
    pub fn get(&self, field: &str) -> Option<&Value> {
        self.value.get(field)
    }

    /// What identifies the event: the field `uuid`, else `HoneyHive`'s `event_id`, else `id`, the first of them that is
    /// a text and not empty (`id` may be a number). `""` where there is none.
    #[must_use]
    pub fn uuid(&self) -> &str {
        let texts = ["uuid", "event_id", "id"]
            .iter()
            .filter_map(|name| self.text_field(name));
        let text = texts.into_iter().find(|text| !text.is_empty());
        text.unwrap_or_else(|| match self.get("id") {
            Some(Value::Number(number)) => number.as_str(),
            _ => "",
        })
    }

    /// The field `event`, which is the event's name (`$ai_generation`, `$ai_span`, ...). Without one it is
    /// `$ai_generation` for a plain event and `""` for any other.
    #[must_use]
    pub fn name(&self) -> &str {
        let default = if self.is_plain() { GENERATION } else { "" };
        self.text_field("event").unwrap_or(default)
    }

    /// Whether the event is one call of a model: `$ai_generation`, or an event without a name.
    #[must_use]
    pub fn is_generation(&self) -> bool {
        matches!(self.name(), GENERATION | "")
    }

    /// The field `distinct_id`, which says whose event it is, or `""`.
    #[must_use]
    pub fn distinct_id(&self) -> &str {
        self.text_field("distinct_id").unwrap_or_default()
    }

    /// The field `timestamp` as it stands in the event.
    #[must_use]
    pub fn timestamp(&self) -> Option<&str> {
        self.text_field("timestamp")
    }

    /// The trace that the event belongs to: the property `$ai_trace_id`, a text or a number.
    #[must_use]
    pub fn trace_id(&self) -> Option<&str> {
        match self.properties().get("$ai_trace_id")? {
            Value::String(text) => Some(text),
            Value::Number(number) => Some(number.as_str()),
            _ => None,
        }
    }

    /// The properties. A JSON text is parsed first; properties that are no object count as empty. For a plain event see
    /// [`Event`].
    #[must_use]
    pub fn properties(&self) -> &Map<String, Value> {
        match self.get("properties") {
            Some(Value::Object(properties)) => properties,
            Some(Value::String(text)) => self.derived.properties.get_or_init(|| parse_properties(text)),
            None | Some(Value::Null) => self.derived.properties.get_or_init(|| plain_properties(self.fields())),
            Some(_) => &NO_FIELDS,
        }
    }

    /// A number that tells events apart: a hash of what [identifies](Self::uuid) it, or of the whole event.
    #[must_use]
    pub(crate) fn fingerprint(&self) -> u64 {
        *self.derived.fingerprint.get_or_init(|| {
            let identity = if self.uuid().is_empty() {
                self.json()
            } else {
                self.uuid()
            };
            let digest = Sha256::digest(identity);
            digest
                .iter()
                .take(8)
                .fold(0, |number, byte| number << 8 | u64::from(*byte))
        })
    }

    /// The beginning of what the model was asked, as text for people: at most 200 characters, as PostHog shows them.
    #[must_use]
    pub fn input_preview(&self) -> String {
        posthog::text::preview(posthog::globals::io(self).input)
    }

    /// The beginning of what the model answered, likewise.
    #[must_use]
    pub fn output_preview(&self) -> String {
        posthog::text::preview(posthog::globals::io(self).output)
    }

    /// The globals `input`, `output`, `properties` and `event` for a Hog guest. Laid out once.
    ///
    /// # Errors
    /// When they do not fit into a 32-bit memory.
    pub fn core_image(&self) -> Result<&EventImage, ImageTooLarge> {
        self.derived
            .core_image
            .get_or_init(|| EventImage::core(self))
            .as_ref()
            .map_err(|error| *error)
    }

    /// The globals of [`Self::core_image`] with `target` and `evaluation_events`. Laid out once.
    ///
    /// # Errors
    /// When they do not fit into a 32-bit memory.
    pub fn full_image(&self) -> Result<&EventImage, ImageTooLarge> {
        self.derived
            .full_image
            .get_or_init(|| EventImage::full(self))
            .as_ref()
            .map_err(|error| *error)
    }

    pub(crate) fn fields(&self) -> &Map<String, Value> {
        self.value.as_object().unwrap_or(&NO_FIELDS)
    }

    fn text_field(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str)
    }

    fn is_plain(&self) -> bool {
        matches!(self.get("properties"), None | Some(Value::Null))
    }
}

/// Properties that were sent as text. Text that is no JSON object has no properties to offer; a metric then sees an
/// event without input and output.
fn parse_properties(text: &str) -> Map<String, Value> {
    match parse::value(text).map(|value| parse::check(&value).map(|()| value)) {
        Ok(Ok(Value::Object(properties))) => properties,
        _ => Map::new(),
    }
}

fn plain_properties(fields: &Map<String, Value>) -> Map<String, Value> {
    let fields = fields
        .iter()
        .filter(|(name, _)| !ENVELOPE.contains(&name.as_str()) && *name != "properties");
    let renamed = fields.map(|(name, value)| {
        let name = match name.as_str() {
            "input" => "$ai_input",
            "output" => "$ai_output",
            name => name,
        };
        (name.to_owned(), value.clone())
    });
    renamed.collect()
}

impl std::fmt::Debug for Event {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Event").field(&self.value).finish()
    }
}

impl PartialEq for Event {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_value(Value::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(text: &str) -> Event {
        Event::from_json(text).expect(text)
    }

    #[test]
    fn events_are_shared_between_threads() {
        fn shared<T: Send + Sync>() {}
        shared::<Event>();
    }

    #[test]
    fn the_envelope_is_read() {
        let full = event(
            r#"{"uuid": "u", "event": "$ai_span", "distinct_id": "d", "timestamp": "2026-01-01T00:00:00Z",
                "properties": {"$ai_trace_id": "t"}}"#,
        );
        assert_eq!((full.uuid(), full.name(), full.distinct_id()), ("u", "$ai_span", "d"));
        assert_eq!(
            (full.timestamp(), full.trace_id()),
            (Some("2026-01-01T00:00:00Z"), Some("t"))
        );
        assert!(!full.is_generation());

        let empty = event(r#"{"properties": {}, "uuid": 7}"#);
        assert_eq!((empty.uuid(), empty.name(), empty.distinct_id()), ("", "", ""));
        assert_eq!((empty.timestamp(), empty.trace_id()), (None, None));
        assert!(empty.is_generation());
    }

    #[test]
    fn events_are_identified() {
        for (source, id) in [
            (r#"{"id": "i", "event_id": "e", "uuid": "u"}"#, "u"),
            (r#"{"id": "i", "event_id": "e", "uuid": ""}"#, "e"),
            (r#"{"id": "i", "event_id": 3}"#, "i"),
            (r#"{"id": 17}"#, "17"),
            (r#"{"id": 12345678901234567890, "uuid": null}"#, "12345678901234567890"),
            (r#"{"id": true, "uuid": 7}"#, ""),
            ("{}", ""),
        ] {
            assert_eq!(event(source).uuid(), id, "{source}");
        }
        assert_eq!(
            event(r#"{"id": 17}"#).fingerprint(),
            event(r#"{"id": "17", "a": 1}"#).fingerprint()
        );
        assert_ne!(event(r#"{"a": 1}"#).fingerprint(), event(r#"{"a": 2}"#).fingerprint());
    }

    #[test]
    fn properties_of_every_shape() {
        for (source, expected) in [
            (r#"{"properties": {"a": 1}}"#, r#"{"a":1}"#),
            (
                r#"{"properties": "{\"a\": [1, \"\\ud83d\"]}"}"#,
                "{\"a\":[1,\"\u{FFFD}\"]}",
            ),
            (r#"{"properties": "{\"a\": "}"#, "{}"),
            (r#"{"properties": "[1]"}"#, "{}"),
            (r#"{"properties": [1]}"#, "{}"),
            (r#"{"properties": {"a": 1}, "input": "ignored"}"#, r#"{"a":1}"#),
            (
                r#"{"uuid": "u", "input": "i", "output": ["o"], "expected": 3}"#,
                r#"{"$ai_input":"i","$ai_output":["o"],"expected":3}"#,
            ),
            (r#"{"properties": null, "output": "o"}"#, r#"{"$ai_output":"o"}"#),
            ("{}", "{}"),
        ] {
            let properties = serde_json::to_string(event(source).properties()).expect("JSON");
            assert_eq!(properties, expected, "{source}");
        }
        assert_eq!(event(r#"{"input": "i"}"#).name(), "$ai_generation");
    }

    #[test]
    fn events_travel_as_the_object_that_they_are() {
        let text = r#"{"z":123456789012345678901234567890,"a":1.50,"b":1e+2}"#;
        assert_eq!(event(text).json(), text);
        assert_eq!(serde_json::to_string(&event(text)).expect("JSON"), text);
        assert_eq!(serde_json::from_str::<Event>(text).expect("an event"), event(text));
        let error = serde_json::from_str::<Vec<Event>>("[{}, 3]").expect_err("3 is no event");
        assert!(
            error.to_string().starts_with("an event is a JSON object, not a number"),
            "{error}"
        );
    }
}
