//! The event document: an event of any platform in the one form that metrics in Python, JavaScript and WebAssembly get.
//! Its table is in `docs/conventions.md`.

use std::borrow::Cow;

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value};

use super::{Event, NO_FIELDS, parse_properties};
use crate::posthog::{globals, text};

/// What every document has, whatever the event has under the same names.
const OWN_KEYS: [&str; 10] = [
    "id",
    "input",
    "output",
    "input_text",
    "output_text",
    "expected",
    "metadata",
    "properties",
    "model",
    "tool_calls",
];

/// Where plain events keep the ground truth.
const TRUTHS: [&str; 7] = [
    "expected",
    "reference",
    "ground_truth",
    "expected_output",
    "reference_answer",
    "ideal",
    "label",
];

/// Where `HoneyHive` keeps it: ingestion moves `metadata.ground_truth` to `feedback.ground_truth`.
const HONEYHIVE_TRUTHS: [&str; 2] = ["feedback", "metadata"];

/// What people call the question among named inputs.
const QUESTIONS: [&str; 9] = [
    "question",
    "query",
    "prompt",
    "input",
    "text",
    "message",
    "messages",
    "chat_history",
    "content",
];

/// What people call the answer among named outputs. `HoneyHive`'s own come first: `content` of a model's event and
/// `result` of a traced function's.
const ANSWERS: [&str; 9] = [
    "content",
    "result",
    "answer",
    "output",
    "text",
    "response",
    "completion",
    "message",
    "messages",
];

/// The document of an event, as compact JSON text.
pub fn document(event: &Event) -> String {
    // Keys are texts and values are JSON already, so there is nothing that could fail.
    serde_json::to_string(&Document(event)).unwrap_or_default()
}

/// The ground truth; `None` where it is missing or null.
///
/// `false`, `0` and empty texts are truths like any other, but for `HoneyHive`'s `ground_truth`, where an empty text
/// means that nobody filled it in. (`HoneyHive` itself also counts `false` and `0` there as missing.)
pub fn expected(event: &Event) -> Option<&Value> {
    let of_posthog = || first(posthog_properties(event)?, &["expected", "$ai_expected"]);
    let of_honeyhive = || {
        let truths = HONEYHIVE_TRUTHS.iter().filter_map(|name| event.get(name));
        truths
            .filter_map(|fields| fields.get("ground_truth"))
            .find(|truth| !truth.is_null() && truth.as_str() != Some(""))
    };
    of_posthog()
        .or_else(|| first(event.fields(), &TRUTHS))
        .or_else(of_honeyhive)
}

/// Written key by key: a value would need a copy of every text first.
struct Document<'a>(&'a Event);

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let event = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &Some(event.uuid()).filter(|id| !id.is_empty()))?;
        if event.is_plain() {
            let (input, output) = (Payload::input(event.fields()), Payload::output(event.fields()));
            map.serialize_entry("input", &input.value)?;
            map.serialize_entry("output", &output.value)?;
            map.serialize_entry("input_text", &input.text(&QUESTIONS, is_conversation, text::input_text))?;
            map.serialize_entry("output_text", &output.text(&ANSWERS, is_answer, text::output_text))?;
        } else {
            let io = globals::io(event);
            map.serialize_entry("input", &globals::coerce(io.input))?;
            map.serialize_entry("output", &globals::coerce(io.output))?;
            map.serialize_entry("input_text", &text::input_text(io.input))?;
            map.serialize_entry("output_text", &text::output_text(io.output))?;
        }
        map.serialize_entry("expected", &expected(event))?;
        map.serialize_entry("metadata", &metadata(event))?;
        map.serialize_entry("properties", posthog_properties(event).unwrap_or(&NO_FIELDS))?;
        map.serialize_entry("model", &model(event))?;
        map.serialize_entry("tool_calls", &tool_calls(event))?;
        for (name, value) in event.fields() {
            if !OWN_KEYS.contains(&name.as_str()) {
                map.serialize_entry(name, value)?;
            }
        }
        map.end()
    }
}

/// The model that answered: the event's own `model`, or where `HoneyHive`, datasets and `PostHog` keep its name.
fn model(event: &Event) -> Option<&Value> {
    let of_config = || event.get("config")?.get("model").filter(|model| model.is_string());
    let of_metadata = || event.get("metadata")?.get("model").filter(|model| model.is_string());
    let of_posthog = || first(posthog_properties(event)?, &["$ai_model"]);
    first(event.fields(), &["model"])
        .or_else(of_config)
        .or_else(of_metadata)
        .or_else(of_posthog)
}

/// The tools that the model called: the event's own list, or those in its answer.
fn tool_calls(event: &Event) -> Vec<&Value> {
    if let Some(Value::Array(calls)) = event.get("tool_calls") {
        return calls.iter().collect();
    }
    let mut calls = Vec::new();
    let output = if event.is_plain() {
        Payload::output(event.fields()).value
    } else {
        globals::io(event).output
    };
    if let Some(output) = output {
        collect_tool_calls(output, &mut calls);
    }
    calls
}

/// The calls in a message, in a choice that holds one, in an answer that holds choices, or in a list of any of these.
/// Recurses once per level of nesting, of which events have at most [`super::MAX_DEPTH`].
fn collect_tool_calls<'a>(value: &'a Value, calls: &mut Vec<&'a Value>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect_tool_calls(item, calls)),
        Value::Object(fields) => match fields.get("tool_calls") {
            Some(Value::Array(called)) => calls.extend(called),
            _ => ["message", "choices", "messages"]
                .iter()
                .filter_map(|name| fields.get(*name))
                .for_each(|value| collect_tool_calls(value, calls)),
        },
        _ => {}
    }
}

/// The properties of an event that really has some; those of plain events are made up, for Hog.
fn posthog_properties(event: &Event) -> Option<&Map<String, Value>> {
    (!event.is_plain()).then(|| event.properties())
}

/// What a plain event has as its input or output.
struct Payload<'a> {
    value: Option<&'a Value>,
    /// Whether it was found under the plural, where `HoneyHive` and `LangSmith` keep an object of named values.
    is_named: bool,
}

impl<'a> Payload<'a> {
    fn input(fields: &'a Map<String, Value>) -> Self {
        Self::of(fields, "input", "inputs")
    }

    fn output(fields: &'a Map<String, Value>) -> Self {
        Self::of(fields, "output", "outputs")
    }

    fn of(fields: &'a Map<String, Value>, singular: &str, plural: &str) -> Self {
        let value = first(fields, &[singular]);
        Self {
            value: value.or_else(|| first(fields, &[plural])),
            is_named: value.is_none(),
        }
    }

    /// As text for people: texts as they are, messages joined as `PostHog` joins them, anything else as JSON. Of named
    /// values the one that goes by one of the names, or the only one there is.
    fn text(&self, names: &[&str], is_chat: fn(&Value) -> bool, join: fn(Option<&Value>) -> String) -> Cow<'a, str> {
        match self.value {
            Some(value @ Value::Object(named)) if self.is_named && !is_chat(value) => {
                let only = || named.values().next().filter(|_| named.len() == 1);
                readable(first(named, names).or_else(only).unwrap_or(value), is_chat, join)
            }
            Some(value) => readable(value, is_chat, join),
            None => Cow::Borrowed(""),
        }
    }
}

fn readable(value: &Value, is_chat: fn(&Value) -> bool, join: fn(Option<&Value>) -> String) -> Cow<'_, str> {
    match value {
        Value::Null => Cow::Borrowed(""),
        Value::String(text) => Cow::Borrowed(text),
        value if is_chat(value) => Cow::Owned(join(Some(value))),
        value => Cow::Owned(value.to_string()),
    }
}

/// A message or a list of messages.
fn is_conversation(value: &Value) -> bool {
    all_of(value, |item| {
        let says_something = ["content", "parts", "tool_calls", "refusal"];
        item.get("role").is_some_and(Value::is_string) && says_something.iter().any(|name| item.get(name).is_some())
    })
}

/// The same, or what models answer: choices that hold a message each.
fn is_answer(value: &Value) -> bool {
    let is_choices = |value: &Value| all_of(value, |item| item.get("message").is_some_and(is_conversation));
    is_conversation(value) || is_choices(value) || value.get("choices").is_some_and(is_choices)
}

/// Whether something holds of all items of a list (not an empty one), or of the one object.
fn all_of(value: &Value, holds: impl Fn(&Value) -> bool) -> bool {
    match value {
        Value::Array(items) => !items.is_empty() && items.iter().all(holds),
        Value::Object(_) => holds(value),
        _ => false,
    }
}

/// The first of these fields that is there and not null.
fn first<'a>(fields: &'a Map<String, Value>, names: &[&str]) -> Option<&'a Value> {
    let values = names.iter().filter_map(|name| fields.get(*name));
    values.into_iter().find(|value| !value.is_null())
}

/// `metadata` as an object, also when it came as the JSON text of one; `PostHog` keeps it among the properties.
fn metadata(event: &Event) -> Cow<'_, Map<String, Value>> {
    let of_posthog = posthog_properties(event).and_then(|properties| properties.get("metadata"));
    match of_posthog.or_else(|| event.get("metadata")) {
        Some(Value::Object(metadata)) => Cow::Borrowed(metadata),
        Some(Value::String(text)) => Cow::Owned(parse_properties(text)),
        _ => Cow::Owned(Map::new()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(text: &str) -> Event {
        Event::from_json(text).expect(text)
    }

    /// The document as a value, and a check that every key is there exactly once.
    fn parsed(source: &str) -> Value {
        let event = event(source);
        let document: Value = serde_json::from_str(event.document()).expect("JSON");
        for key in OWN_KEYS {
            let count = event.document().matches(&format!("\"{key}\":")).count();
            assert!(document.get(key).is_some() && count >= 1, "{key} of {source}");
        }
        document
    }

    #[test]
    fn a_plain_event() {
        assert_eq!(
            event(r#"{"output": "o", "plan": "pro", "id": 7, "input": {"q": 1.50}, "expected": 12345678901234567890, "big": 1e999}"#)
                .document(),
            concat!(
                r#"{"id":"7","input":{"q":1.50},"output":"o","input_text":"{\"q\":1.50}","output_text":"o","#,
                r#""expected":12345678901234567890,"metadata":{},"properties":{},"model":null,"tool_calls":[],"#,
                r#""plan":"pro","big":1e+999}"#
            )
        );
        assert_eq!(
            event("{}").document(),
            concat!(
                r#"{"id":null,"input":null,"output":null,"input_text":"","output_text":"","#,
                r#""expected":null,"metadata":{},"properties":{},"model":null,"tool_calls":[]}"#
            )
        );
    }

    #[test]
    fn an_event_of_posthog() {
        let document = parsed(
            r#"{"uuid": "u", "event": "$ai_generation", "input": "not this one", "properties": {
                "$ai_input": [{"role": "user", "content": "hé"}], "$ai_output_choices": [{"message": {"role": "assistant", "content": "yes"}}],
                "expected": 0, "metadata": {"plan": "pro"}}}"#,
        );
        assert_eq!(document["id"], "u");
        assert_eq!(document["input"], r#"[{"role": "user", "content": "h\u00e9"}]"#);
        assert_eq!(document["input_text"], "user: hé");
        assert_eq!(
            document["output"],
            r#"[{"message": {"role": "assistant", "content": "yes"}}]"#
        );
        assert_eq!(document["output_text"], "yes");
        assert_eq!(
            (&document["expected"], &document["metadata"]),
            (&json!(0), &json!({"plan": "pro"}))
        );
        assert_eq!(document["properties"]["expected"], 0);
        assert_eq!(document["event"], "$ai_generation");

        let text = parsed(r#"{"uuid": "u", "properties": "{\"$ai_input\": \"i\", \"metadata\": \"{\\\"a\\\": 1}\"}"}"#);
        assert_eq!((&text["input"], &text["output"]), (&json!("i"), &json!("")));
        assert_eq!(text["properties"], json!({"$ai_input": "i", "metadata": "{\"a\": 1}"}));
        assert_eq!(text["metadata"], json!({"a": 1}));
        assert_eq!(parsed(r#"{"properties": [1]}"#)["properties"], json!({}));
    }

    #[test]
    fn an_event_of_honeyhive() {
        let document = parsed(
            r#"{"event_id": "e", "event_type": "model", "inputs": {"question": "why?", "context": ["a"]},
                "outputs": {"role": "assistant", "content": "because"}, "feedback": {"ground_truth": "so"},
                "metadata": {"cost": 0.1, "ground_truth": "old"}, "error": null}"#,
        );
        assert_eq!(document["id"], "e");
        assert_eq!(document["input"], json!({"question": "why?", "context": ["a"]}));
        assert_eq!(
            (&document["input_text"], &document["output_text"]),
            (&json!("why?"), &json!("because"))
        );
        assert_eq!(document["expected"], "so");
        assert_eq!(document["metadata"], json!({"cost": 0.1, "ground_truth": "old"}));
        assert_eq!(
            (&document["event_type"], &document["error"]),
            (&json!("model"), &Value::Null)
        );
        assert!(document["inputs"].is_object() && document["outputs"].is_object() && document["feedback"].is_object());
    }

    #[test]
    fn texts_for_people() {
        for (source, input, output) in [
            (r#"{"input": "i", "output": "o"}"#, "i", "o"),
            (r#"{"input": 1.50, "output": false}"#, "1.50", "false"),
            (
                r#"{"input": ["é", 1], "output": {"a": null}}"#,
                r#"["é",1]"#,
                r#"{"a":null}"#,
            ),
            (r#"{"input": null, "output": [], "inputs": {"text": "t"}}"#, "t", "[]"),
            // A single value of named ones is the answer only where named ones are the habit.
            (
                r#"{"input": {"question": "q"}, "output": {"content": "c"}}"#,
                r#"{"question":"q"}"#,
                r#"{"content":"c"}"#,
            ),
            (
                r#"{"inputs": {"topic": "cats"}, "outputs": {"result": {"n": 1}}}"#,
                "cats",
                r#"{"n":1}"#,
            ),
            (
                r#"{"inputs": {"a": 1, "b": 2}, "outputs": {}}"#,
                r#"{"a":1,"b":2}"#,
                "{}",
            ),
            (r#"{"inputs": "text", "outputs": ["a"]}"#, "text", r#"["a"]"#),
            (
                r#"{"inputs": {"chat_history": [{"role": "user", "content": "hi"}]}, "outputs": {"content": null, "answer": 42}}"#,
                "user: hi",
                "42",
            ),
            (
                r#"{"input": [{"role": "system", "content": "s"}, {"role": "user", "content": "u"}],
                    "output": {"role": "assistant", "content": "a"}}"#,
                "system: s\nuser: u",
                "a",
            ),
            (
                r#"{"input": [{"role": "user", "content": "u"}, {"id": 1}], "output": {"choices": [{"message": {"role": "assistant", "content": "a"}}]}}"#,
                r#"[{"role":"user","content":"u"},{"id":1}]"#,
                "a",
            ),
            (
                r#"{"outputs": [{"message": {"role": "assistant", "content": "a"}}, {"message": {"role": "assistant", "content": "b"}}]}"#,
                "",
                "a\nb",
            ),
        ] {
            let document = parsed(source);
            assert_eq!(
                (&document["input_text"], &document["output_text"]),
                (&json!(input), &json!(output)),
                "{source}"
            );
        }
    }

    #[test]
    fn the_ground_truth_is_found() {
        for (source, truth) in [
            ("{}", None),
            (r#"{"expected": null, "label": "spam"}"#, Some(json!("spam"))),
            (r#"{"label": "spam", "expected": "ham"}"#, Some(json!("ham"))),
            (r#"{"expected": false}"#, Some(json!(false))),
            (r#"{"expected": 0}"#, Some(json!(0))),
            (r#"{"expected": ""}"#, Some(json!(""))),
            (r#"{"reference": [1]}"#, Some(json!([1]))),
            (r#"{"ground_truth": "g"}"#, Some(json!("g"))),
            (r#"{"expected_output": "g"}"#, Some(json!("g"))),
            (r#"{"reference_answer": "g"}"#, Some(json!("g"))),
            (r#"{"ideal": "g"}"#, Some(json!("g"))),
            (
                r#"{"feedback": {"ground_truth": "f"}, "metadata": {"ground_truth": "m"}}"#,
                Some(json!("f")),
            ),
            (
                r#"{"feedback": {"ground_truth": ""}, "metadata": {"ground_truth": "m"}}"#,
                Some(json!("m")),
            ),
            (r#"{"feedback": {"ground_truth": ""}}"#, None),
            (r#"{"feedback": {"ground_truth": null}, "metadata": "m"}"#, None),
            (r#"{"feedback": {"ground_truth": false}}"#, Some(json!(false))),
            (r#"{"feedback": "good"}"#, None),
            (
                r#"{"properties": {"expected": "p", "$ai_expected": "a"}, "expected": "e"}"#,
                Some(json!("p")),
            ),
            (r#"{"properties": {"$ai_expected": "a"}}"#, Some(json!("a"))),
            (r#"{"properties": "{\"expected\": 1}"}"#, Some(json!(1))),
            (r#"{"properties": {}, "expected": "e"}"#, Some(json!("e"))),
            (r#"{"properties": {"label": "no truth"}}"#, None),
        ] {
            assert_eq!(event(source).expected(), truth.as_ref(), "{source}");
            assert_eq!(parsed(source)["expected"], truth.unwrap_or_default(), "{source}");
        }
    }

    #[test]
    fn model_and_tool_calls_are_found() {
        let call = |name: &str| json!({"id": name, "function": {"name": name, "arguments": "{}"}});
        let (first, second) = (call("a"), call("b"));
        for (source, model, calls) in [
            (json!({}), json!(null), json!([])),
            (json!({"model": "m", "tool_calls": [first]}), json!("m"), json!([first])),
            (
                json!({"model": {"name": "m"}, "tool_calls": "odd"}),
                json!({"name": "m"}),
                json!([]),
            ),
            (
                json!({"config": {"model": "c"}, "metadata": {"model": "m"}}),
                json!("c"),
                json!([]),
            ),
            (
                json!({"config": "odd", "metadata": {"model": "m"}, "output": {"content": "", "tool_calls": [first, second]}}),
                json!("m"),
                json!([first, second]),
            ),
            (
                json!({"outputs": {"messages": [{"tool_calls": [first]}, {"content": "x"}, {"tool_calls": [second]}]}}),
                json!(null),
                json!([first, second]),
            ),
            (
                json!({"output": {"choices": [{"message": {"tool_calls": [first]}}, {"message": {"tool_calls": null}}]}}),
                json!(null),
                json!([first]),
            ),
            (
                json!({"properties": {"$ai_model": "m", "$ai_output_choices": [{"message": {"tool_calls": [first]}}]}}),
                json!("m"),
                json!([first]),
            ),
        ] {
            let document = parsed(&source.to_string());
            assert_eq!(
                (&document["model"], &document["tool_calls"]),
                (&model, &calls),
                "{source}"
            );
        }
    }

    #[test]
    fn keys_of_the_same_name_give_way_and_replays_stay() {
        let document = parsed(
            r#"{"id": ["odd"], "metadata": "not JSON", "input_text": "theirs", "properties": null, "z": 1, "a": 2,
                "args": {"output": "o", "n": 1.0}}"#,
        );
        assert_eq!((&document["id"], &document["metadata"]), (&Value::Null, &json!({})));
        assert_eq!(
            (&document["input_text"], &document["properties"]),
            (&json!(""), &json!({}))
        );
        assert_eq!(document["args"].to_string(), r#"{"output":"o","n":1.0}"#);
        let names: Vec<_> = document.as_object().expect("an object").keys().collect();
        assert_eq!(names[OWN_KEYS.len()..], ["z", "a", "args"]);
    }
}
