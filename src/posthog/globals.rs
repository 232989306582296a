//! The globals that PostHog gives to a Hog evaluation of one event.

use std::borrow::Cow;

use serde_json::Value;

use crate::event::Event;
use crate::python;

/// The properties that `evaluation_events[].properties` leaves out because they are heavy, and are there in other forms.
pub const HEAVY_PROPERTIES: [&str; 6] = [
    "$ai_input",
    "$ai_output",
    "$ai_output_choices",
    "$ai_input_state",
    "$ai_output_state",
    "$ai_tools",
];

/// What went into a model and what came out, as the event has it. `None` when it has none, which reads as `""`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Io<'a> {
    /// The prompt or the messages.
    pub input: Option<&'a Value>,
    /// The answer or the choices.
    pub output: Option<&'a Value>,
}

/// Finds input and output among an event's properties, as PostHog does.
///
/// For an `$ai_generation` they are `$ai_input`, else `$ai_input_state`; and `$ai_output_choices`, else `$ai_output`,
/// else `$ai_output_state`. "Else" is Python's `or`: an empty list, an empty text, null and 0 give way. Any other event
/// has only the two states. An event without a name counts as a generation.
#[must_use]
pub fn io(event: &Event) -> Io<'_> {
    let properties = event.properties();
    let first = |names: &[&str], last: &str| {
        let truthy = names
            .iter()
            .filter_map(|name| properties.get(*name))
            .find(|value| python::is_truthy(value));
        truthy.or_else(|| properties.get(last))
    };
    let (inputs, outputs): (&[&str], &[&str]) = if event.is_generation() {
        (&["$ai_input"], &["$ai_output_choices", "$ai_output"])
    } else {
        (&[], &[])
    };
    Io {
        input: first(inputs, "$ai_input_state"),
        output: first(outputs, "$ai_output_state"),
    }
}

/// The text that the globals `input` and `output` hold: a text as it is, a list or an object as Python writes it as
/// JSON, null as `""`, any other scalar as Python's `str()`.
#[must_use]
pub fn coerce(raw: Option<&Value>) -> Cow<'_, str> {
    match raw {
        None | Some(Value::Null) => Cow::Borrowed(""),
        Some(Value::String(text)) => Cow::Borrowed(text),
        Some(container @ (Value::Array(_) | Value::Object(_))) => Cow::Owned(python::json_dumps(container)),
        Some(scalar) => Cow::Owned(python::text(scalar)),
    }
}

/// The same globals as JSON, for tests and fuzzing that compare them with what is laid out in memory.
#[cfg(any(test, fuzzing))]
pub mod json {
    use serde_json::{Map, Value, json};

    use super::super::text;
    use super::{HEAVY_PROPERTIES, coerce, io};
    use crate::event::Event;

    /// The globals `input`, `output`, `properties` and `event`, as JSON.
    ///
    /// Hog guests get the same laid out in memory, see [`Event::core_image`].
    pub fn core(event: &Event) -> Map<String, Value> {
        let io = io(event);
        let entries = [
            ("input", Value::from(coerce(io.input))),
            ("output", Value::from(coerce(io.output))),
            ("properties", Value::from(event.properties().clone())),
            (
                "event",
                json!({ "uuid": event.uuid(), "event": event.name(), "distinct_id": event.distinct_id() }),
            ),
        ];
        entries
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }

    /// The globals of [`core`] with `target` and `evaluation_events`, as JSON.
    ///
    /// Hog guests get the same laid out in memory, see [`Event::full_image`].
    pub fn full(event: &Event) -> Map<String, Value> {
        let (io, properties) = (io(event), event.properties());
        let property = |name: &str| properties.get(name).cloned().unwrap_or_default();
        let light = properties
            .iter()
            .filter(|(name, _)| !HEAVY_PROPERTIES.contains(&name.as_str()));
        let light: Map<_, _> = light.map(|(name, value)| (name.clone(), value.clone())).collect();
        let mut globals = core(event);
        globals.insert(
            "target".to_owned(),
            json!({
                "type": "generation",
                "id": event.uuid(),
                "total_cost_usd": property("$ai_total_cost_usd"),
                "total_latency_seconds": property("$ai_latency"),
            }),
        );
        globals.insert(
            "evaluation_events".to_owned(),
            json!([{
                "uuid": event.uuid(),
                "event": event.name(),
                "timestamp": event.timestamp(),
                "input": coerce(io.input),
                "output": coerce(io.output),
                "properties": light,
                "input_text": text::input_text(io.input),
                "output_text": text::output_text(io.output),
            }]),
        );
        globals
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::json::{core, full};
    use super::*;

    #[test]
    fn input_and_output_are_found_as_python_finds_them() {
        for (event, input, output) in [
            (r#"{"event": "$ai_generation", "properties": {}}"#, "", ""),
            (
                r#"{"event": "$ai_generation", "properties": {"$ai_input": "i", "$ai_output_choices": ["c"], "$ai_output": "o"}}"#,
                "i",
                r#"["c"]"#,
            ),
            (
                r#"{"event": "$ai_generation", "properties": {"$ai_input": [], "$ai_input_state": {"a": 1},
                    "$ai_output_choices": [], "$ai_output": 0, "$ai_output_state": "s"}}"#,
                r#"{"a": 1}"#,
                "s",
            ),
            (
                r#"{"event": "$ai_generation", "properties": {"$ai_output_choices": null, "$ai_output": "o"}}"#,
                "",
                "o",
            ),
            // The last resort is taken even when it is falsy.
            (
                r#"{"event": "$ai_generation", "properties": {"$ai_input_state": 0, "$ai_output_state": []}}"#,
                "0",
                "[]",
            ),
            (
                r#"{"event": "$ai_generation", "properties": {"$ai_input": [], "$ai_output": {}}}"#,
                "",
                "",
            ),
            (
                r#"{"event": "$ai_span", "properties": {"$ai_input": "i", "$ai_input_state": "s", "$ai_output": "o"}}"#,
                "s",
                "",
            ),
            (r#"{"properties": {"$ai_input": "i", "$ai_output": "o"}}"#, "i", "o"),
            (
                r#"{"event": "$ai_generation", "properties": "{\"$ai_input\": \"i\"}"}"#,
                "i",
                "",
            ),
            (
                r#"{"input": {"q": "é"}, "output": true, "expected": 1}"#,
                r#"{"q": "\u00e9"}"#,
                "True",
            ),
            (
                r#"{"input": 1.0, "output": 12345678901234567890}"#,
                "1.0",
                "12345678901234567890",
            ),
            (r#"{"input": null, "output": false}"#, "", ""),
            (
                r#"{"properties": {"$ai_input_state": false, "$ai_output_state": null}}"#,
                "False",
                "",
            ),
        ] {
            let parsed = Event::from_json(event).expect(event);
            let io = io(&parsed);
            assert_eq!(
                (coerce(io.input).as_ref(), coerce(io.output).as_ref()),
                (input, output),
                "{event}"
            );
        }
    }

    #[test]
    fn every_global_is_there() {
        let event = Event::from_json(
            r#"{"uuid": "u", "event": "$ai_generation", "distinct_id": "d", "timestamp": "2026-05-04T09:12:31Z",
                "properties": {"$ai_input": [{"role": "user", "content": "hi"}], "$ai_tools": [], "$ai_latency": 1.5,
                "$ai_output_choices": [{"message": {"role": "assistant", "content": "yes"}}], "plan": "pro"}}"#,
        )
        .expect("an event");
        let expected = json!({
            "input": r#"[{"role": "user", "content": "hi"}]"#,
            "output": r#"[{"message": {"role": "assistant", "content": "yes"}}]"#,
            "properties": event.properties(),
            "event": {"uuid": "u", "event": "$ai_generation", "distinct_id": "d"},
            "target": {"type": "generation", "id": "u", "total_cost_usd": null, "total_latency_seconds": 1.5},
            "evaluation_events": [{
                "uuid": "u", "event": "$ai_generation", "timestamp": "2026-05-04T09:12:31Z",
                "input": r#"[{"role": "user", "content": "hi"}]"#,
                "output": r#"[{"message": {"role": "assistant", "content": "yes"}}]"#,
                "properties": {"$ai_latency": 1.5, "plan": "pro"},
                "input_text": "user: hi",
                "output_text": "yes",
            }],
        });
        assert_eq!(Value::from(full(&event)), expected);
        assert_eq!(
            core(&event).keys().collect::<Vec<_>>(),
            ["input", "output", "properties", "event"]
        );
    }
}
