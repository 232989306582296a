//! What is judged.

use std::cell::OnceCell;
use std::fmt;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value};

/// The event that a metric judges: the event document, with its fields at hand.
///
/// It is read when a field is first asked for; [`Event::parse`] reads it straight into a type of yours instead.
#[derive(Clone, Debug)]
pub struct Event {
    text: String,
    document: OnceCell<Value>,
}

/// What stands for an object that is not there.
static NOTHING: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);

/// A text that is no event, or an event that does not fit a type.
#[derive(Debug)]
pub struct EventError(String);

impl fmt::Display for EventError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for EventError {}

impl Event {
    /// An event for a test. What the sandbox always provides is completed: `input_text` and `output_text` from texts
    /// in `input` and `output` (other values as JSON text), `metadata` and `properties` as empty objects.
    ///
    /// ```
    /// let event = jurybox_guest::Event::from_json(r#"{"input": "How are you?", "output": {"mood": "fine"}}"#)?;
    /// assert_eq!(event.input_text(), "How are you?");
    /// assert_eq!(event.output_text(), r#"{"mood":"fine"}"#);
    /// assert_eq!(event.get("/output/mood").unwrap(), "fine");
    /// # Ok::<(), jurybox_guest::EventError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the text is no JSON object.
    pub fn from_json(text: &str) -> Result<Self, EventError> {
        let value = serde_json::from_str(text).map_err(|error| EventError(format!("no JSON: {error}")))?;
        Self::from_value(value)
    }

    /// An event for a test, like [`Event::from_json`].
    ///
    /// ```
    /// use jurybox_guest::{Event, json};
    ///
    /// let event = Event::from_value(json!({"output": "4", "expected": 4}))?;
    /// assert_eq!(event.expected().unwrap(), 4);
    /// # Ok::<(), jurybox_guest::EventError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the value is no object.
    pub fn from_value(value: Value) -> Result<Self, EventError> {
        let Value::Object(mut fields) = value else {
            return Err(EventError("an event is a JSON object".to_owned()));
        };
        for (name, text_name) in [("input", "input_text"), ("output", "output_text")] {
            let value = fields.entry(name).or_insert(Value::Null).clone();
            fields
                .entry(text_name)
                .or_insert_with(|| Value::String(readable(&value)));
        }
        for name in ["id", "expected"] {
            fields.entry(name).or_insert(Value::Null);
        }
        for name in ["metadata", "properties"] {
            fields.entry(name).or_insert_with(|| Value::Object(Map::new()));
        }
        Ok(Self::from_document(Value::Object(fields).to_string()))
    }

    /// An event as the sandbox hands it over.
    pub(crate) fn from_document(text: String) -> Self {
        Self {
            text,
            document: OnceCell::new(),
        }
    }

    fn document(&self) -> &Value {
        self.document.get_or_init(|| match serde_json::from_str(&self.text) {
            Ok(document) => document,
            Err(error) => panic!("the event can't be read: {error}"),
        })
    }

    fn field(&self, name: &str) -> &Value {
        self.document().get(name).unwrap_or(&Value::Null)
    }

    fn object(&self, name: &str) -> &Map<String, Value> {
        self.field(name).as_object().unwrap_or(&NOTHING)
    }

    /// The identifier of the event.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.field("id").as_str()
    }

    /// What the model was given: a text, messages, an object, whatever the event has.
    #[must_use]
    pub fn input(&self) -> &Value {
        self.field("input")
    }

    /// What the model answered, as the event has it.
    #[must_use]
    pub fn output(&self) -> &Value {
        self.field("output")
    }

    /// What the model was given, as readable text.
    #[must_use]
    pub fn input_text(&self) -> &str {
        self.field("input_text").as_str().unwrap_or_default()
    }

    /// What the model answered, as readable text.
    #[must_use]
    pub fn output_text(&self) -> &str {
        self.field("output_text").as_str().unwrap_or_default()
    }

    /// The ground truth, if the event has one.
    #[must_use]
    pub fn expected(&self) -> Option<&Value> {
        Some(self.field("expected")).filter(|value| !value.is_null())
    }

    /// The ground truth, if it is a text.
    #[must_use]
    pub fn expected_text(&self) -> Option<&str> {
        self.expected().and_then(Value::as_str)
    }

    /// What the event says about itself.
    #[must_use]
    pub fn metadata(&self) -> &Map<String, Value> {
        self.object("metadata")
    }

    /// The properties of a PostHog event; empty for others.
    #[must_use]
    pub fn properties(&self) -> &Map<String, Value> {
        self.object("properties")
    }

    /// The value at a place in the document, given as a JSON pointer: `/output/choices/0/text`. `None` where there is
    /// nothing.
    #[must_use]
    pub fn get(&self, pointer: &str) -> Option<&Value> {
        self.document().pointer(pointer)
    }

    /// The whole document, or the part of it that a type of yours names.
    ///
    /// ```
    /// use serde::Deserialize;
    ///
    /// #[derive(Deserialize)]
    /// struct Sums {
    ///     input: Vec<i64>,
    ///     output: i64,
    /// }
    ///
    /// let event = jurybox_guest::Event::from_json(r#"{"input": [1, 2, 3], "output": 6}"#)?;
    /// let sums: Sums = event.parse()?;
    /// assert_eq!(sums.input.iter().sum::<i64>(), sums.output);
    /// # Ok::<(), jurybox_guest::EventError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the document does not fit; the error says where.
    pub fn parse<'a, T: Deserialize<'a>>(&'a self) -> Result<T, EventError> {
        serde_json::from_str(&self.text).map_err(|error| EventError(format!("the event does not fit: {error}")))
    }

    /// The document as JSON text.
    #[must_use]
    pub fn as_json(&self) -> &str {
        &self.text
    }
}

fn readable(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
