//! A metric without a host that knows Hog: the event comes as a JSON document, and the answer goes as JSON.
//!
//! `jurybox build` links a snippet and this runtime to one module, whose entry points come here. What the host does for
//! a snippet that it runs itself (laying out the globals, reading the result, naming failures) is done here inside.
//! An instance may be asked about many events, one after the other.

use jurybox_hog_abi::failure::Failure;
use jurybox_hog_abi::memory_map::{
    EVENT, SHADOW, STATE_GLOBALS, STATE_HEAP_LIMIT, STATE_HEAP_PEAK, STATE_HEAP_START, STATE_HEAP_TOP, STATE_PENDING,
};
use jurybox_hog_abi::{Kind, Unpacked, Value};

use crate::heap::{self, read_u32, write_u32, write_u64};
use crate::text::{Builder, Text};
use crate::{collector, compare, failure, json, list, object, python, text, types};

/// The fields of an event document that are not the event's own.
const DERIVED: [&str; 2] = ["input_text", "output_text"];
/// The fields of an event that are not its properties.
const ENVELOPE: [&str; 5] = ["uuid", "event", "distinct_id", "timestamp", "properties"];
/// The properties that `evaluation_events[].properties` leaves out.
const HEAVY: [&str; 6] = [
    "$ai_input",
    "$ai_output",
    "$ai_output_choices",
    "$ai_input_state",
    "$ai_output_state",
    "$ai_tools",
];
/// The name of an event that is one call of a model.
const GENERATION: &str = "$ai_generation";
/// Characters of a refused value that are shown.
const SHOWN: usize = 1000;

/// Makes the heap ready for an event. `room` are the bytes that it may grow to.
pub fn prepare(room: u32) {
    write_u64(STATE_GLOBALS, Value::NULL.0);
    write_u64(STATE_PENDING, Value::NULL.0);
    // The patterns of the events before live on the heap, so that it can't just be emptied.
    if read_u32(STATE_HEAP_START) == EVENT {
        collector::collect(SHADOW);
        return;
    }
    heap::forget();
    write_u32(STATE_HEAP_START, EVENT);
    write_u32(STATE_HEAP_TOP, EVENT);
    write_u32(STATE_HEAP_PEAK, 0);
    write_u32(STATE_HEAP_LIMIT, EVENT.saturating_add(room).min(u32::MAX - 7) & !7);
}

/// Makes the document the event that is judged. With `posthog`, it is seen through the globals of PostHog's evaluations;
/// without, its fields are the globals.
pub fn begin(document: &'static str, posthog: bool) {
    let parsed = match json::parse(Text {
        address: 0,
        text: document,
    }) {
        Ok(parsed) => parsed,
        Err(error) => error.raise(document),
    };
    let Some(address) = parsed.address_of(Kind::Object) else {
        failure::type_error(format_args!(
            "the event must be an object, not {}",
            types::python_name(parsed)
        ));
    };
    let globals = if posthog { globals(address) } else { parsed };
    write_u64(STATE_GLOBALS, globals.0);
}

/// The globals of PostHog's evaluations, from an event document.
///
/// The document of an event with `properties` has them all. That of a plain event has what the properties are made of:
/// the event's own fields, except that what the document derives from others (`expected` from `label`, say) can't be told
/// from a field of the event.
pub fn globals(document: u32) -> Value {
    let field = |name: &str| object::get_text(document, name).unwrap_or(Value::NULL);
    let text_field = |name: &str| {
        if text::is(field(name)) {
            field(name)
        } else {
            Value::NULL
        }
    };
    let or_empty = |value: Value| if value == Value::NULL { text::ascii("") } else { value };
    let given = field("properties");
    let is_plain = object::of(given).is_none_or(<[object::Entry]>::is_empty);
    let properties = if is_plain { plain_properties(document) } else { given };
    let property = |name: &str| {
        let address = properties.address_of(Kind::Object);
        address
            .and_then(|address| object::get_text(address, name))
            .unwrap_or(Value::NULL)
    };

    let mut name = text_field("event");
    if name == Value::NULL && is_plain {
        name = text::ascii(GENERATION);
    }
    let is_generation = matches!(text::of(name), None | Some(GENERATION | ""));
    let (input, output) = if is_plain {
        let first = |names: &[&str], last: &str| {
            let candidates = if is_generation { names } else { &[] };
            let found = candidates
                .iter()
                .map(|name| property(name))
                .find(|value| compare::truthy(*value));
            coerced(found.unwrap_or_else(|| property(last)))
        };
        (
            first(&["$ai_input"], "$ai_input_state"),
            first(&["$ai_output_choices", "$ai_output"], "$ai_output_state"),
        )
    } else {
        (or_empty(field("input")), or_empty(field("output")))
    };
    let id = or_empty(text_field("id"));
    let name = or_empty(name);
    // What PostHog does not take for input or output has no text either, whatever the document says.
    let readable = |value: Value, text: Value| {
        let is_missing = !compare::truthy(value) || text == Value::NULL;
        if is_missing { text::ascii("") } else { text }
    };
    let event = record(&[
        ("uuid", id),
        ("event", name),
        ("distinct_id", or_empty(text_field("distinct_id"))),
    ]);
    let target = record(&[
        ("type", text::ascii("generation")),
        ("id", id),
        ("total_cost_usd", property("$ai_total_cost_usd")),
        ("total_latency_seconds", property("$ai_latency")),
    ]);
    let judged = record(&[
        ("uuid", id),
        ("event", name),
        ("timestamp", text_field("timestamp")),
        ("input", input),
        ("output", output),
        ("properties", light(properties)),
        ("input_text", readable(input, text_field("input_text"))),
        ("output_text", readable(output, text_field("output_text"))),
    ]);
    record(&[
        ("input", input),
        ("output", output),
        ("properties", properties),
        ("event", event),
        ("target", target),
        ("evaluation_events", list::new_array(&[judged])),
    ])
}

fn record(fields: &[(&str, Value)]) -> Value {
    let address = object::with_capacity(fields.len());
    for (name, value) in fields {
        object::push(address, text::ascii(name), *value);
    }
    Value::reference(Kind::Object, address)
}

/// The properties of an event that has none of its own: its fields.
fn plain_properties(document: u32) -> Value {
    let field = |name: &str| object::get_text(document, name).unwrap_or(Value::NULL);
    let has = |name: &str| object::get_text(document, name).is_some();
    // The document's `input` may stand for what the event calls `inputs`.
    let is_plural = |value: Value, plural: &str| has(plural) && compare::equal(value, field(plural));
    let properties = object::with_capacity(object::at(document).len());
    for entry in object::at(document) {
        let Some(name) = text::of(entry.key) else { continue };
        let is_own = match name {
            "input" => entry.value != Value::NULL && !is_plural(entry.value, "inputs"),
            "output" => entry.value != Value::NULL && !is_plural(entry.value, "outputs"),
            "id" => entry.value != Value::NULL && !has("uuid") && !has("event_id"),
            // What the document adds where an event has none.
            "expected" | "model" => entry.value != Value::NULL,
            "metadata" | "tool_calls" => compare::truthy(entry.value),
            name => !ENVELOPE.contains(&name) && !DERIVED.contains(&name),
        };
        if is_own {
            let key = match name {
                "input" => text::ascii("$ai_input"),
                "output" => text::ascii("$ai_output"),
                _ => entry.key,
            };
            object::insert(properties, key, entry.value);
        }
    }
    Value::reference(Kind::Object, properties)
}

/// What the globals `input` and `output` hold: a text as it is, containers as Python writes them as JSON, null as `""`,
/// other values as Python's `str()`.
fn coerced(value: Value) -> Value {
    match value.unpack() {
        Unpacked::Null | Unpacked::Invalid => text::ascii(""),
        Unpacked::Ref(Kind::String, _) => value,
        Unpacked::Ref(Kind::Array | Kind::Object, _) => json::to_text(value, None),
        _ => python::to_text(value),
    }
}

/// The properties without the heavy ones.
fn light(properties: Value) -> Value {
    let entries = object::of(properties).unwrap_or_default();
    let address = object::with_capacity(entries.len());
    for entry in entries {
        if !text::of(entry.key).is_some_and(|name| HEAVY.contains(&name)) {
            object::push(address, entry.key, entry.value);
        }
    }
    Value::reference(Kind::Object, address)
}

/// The answer for a returned value: its JSON, or `{"$invalid": "..."}` for what can't be a result. With `posthog`, only
/// booleans and null can.
pub fn answer(value: Value, posthog: bool) -> &'static str {
    match value.unpack() {
        Unpacked::Null | Unpacked::Invalid => "null",
        Unpacked::Bool(true) => "true",
        Unpacked::Bool(false) => "false",
        _ if posthog => {
            let shown = text::of(python::to_text(value)).unwrap_or_default();
            let cut = shown.char_indices().nth(SHOWN).map_or(shown, |(end, _)| &shown[..end]);
            invalid(format_args!(
                "{}: {cut}, where PostHog wants a boolean",
                types::python_name(value)
            ))
        }
        Unpacked::Float(float) if float.is_nan() => invalid(format_args!("NaN")),
        Unpacked::Float(float) if float.is_infinite() => invalid(format_args!("infinity")),
        _ => {
            if let Some([entry]) = object::of(value)
                && let Some(key @ ("$error" | "$invalid")) = text::of(entry.key)
            {
                return invalid(format_args!("an object with the reserved key {key}"));
            }
            let json = text::of(json::to_text(value, None)).unwrap_or_default();
            if has_non_finite(json) {
                return invalid(format_args!("NaN or infinity inside of a value"));
            }
            json
        }
    }
}

fn invalid(what: std::fmt::Arguments<'_>) -> &'static str {
    shown_json(&[("$invalid", &what.to_string())])
}

/// Whether a JSON text has a number that JSON lacks: the only words with a capital outside of strings.
fn has_non_finite(json: &str) -> bool {
    let mut in_string = false;
    let mut bytes = json.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' if in_string => drop(bytes.next()),
            b'"' => in_string = !in_string,
            b'N' | b'I' if !in_string => return true,
            _ => {}
        }
    }
    false
}

/// A failure as the ABI's `fail` takes it: an object with `type` and `message`.
pub fn failure_text(class: u32, kind: &str, message: &str) -> &'static str {
    let kind = match Failure::from_u32(class) {
        // There may be no memory for a text either.
        Some(Failure::OutOfMemory) => return r#"{"type": "MemoryError", "message": "the memory limit is exceeded"}"#,
        Some(Failure::TooDeep) => "RecursionError",
        Some(Failure::Vm) => "RuntimeError",
        _ if kind.is_empty() => "Error",
        _ => kind,
    };
    shown_json(&[("type", kind), ("message", message)])
}

fn shown_json(fields: &[(&str, &str)]) -> &'static str {
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, text::new(value))).collect();
    let mut out = Builder::new();
    json::write(record(&fields), None, &mut out);
    out.text()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The globals that the program of an event with this document sees, as JSON.
    fn seen(document: &'static str, posthog: bool) -> String {
        heap::reset(8 << 20);
        prepare(8 << 20);
        begin(document, posthog);
        let globals = Value(heap::read_u64(STATE_GLOBALS));
        text::of(json::to_text(globals, None)).expect("text").to_owned()
    }

    #[test]
    fn an_event_of_posthog() {
        assert_eq!(
            seen(
                r#"{"id": "u", "input": "[1]", "output": "yes", "input_text": "1", "output_text": "yes", "expected": null,
                    "metadata": {}, "properties": {"$ai_input": [1], "$ai_latency": 1.5, "plan": "pro"},
                    "uuid": "u", "event": "$ai_generation", "distinct_id": "d", "timestamp": "t"}"#,
                true
            ),
            concat!(
                r#"{"input": "[1]", "output": "yes", "properties": {"$ai_input": [1], "$ai_latency": 1.5, "plan": "pro"}, "#,
                r#""event": {"uuid": "u", "event": "$ai_generation", "distinct_id": "d"}, "#,
                r#""target": {"type": "generation", "id": "u", "total_cost_usd": null, "total_latency_seconds": 1.5}, "#,
                r#""evaluation_events": [{"uuid": "u", "event": "$ai_generation", "timestamp": "t", "input": "[1]", "#,
                r#""output": "yes", "properties": {"$ai_latency": 1.5, "plan": "pro"}, "input_text": "1", "output_text": "yes"}]}"#
            )
        );
    }

    #[test]
    fn a_plain_event() {
        let globals = seen(
            r#"{"id": "7", "input": {"q": "é"}, "output": true, "input_text": "", "output_text": "", "expected": 1,
                "metadata": {}, "properties": {}, "plan": "pro"}"#,
            true,
        );
        let expected = concat!(
            r#"{"input": "{\"q\": \"\\u00e9\"}", "output": "True", "properties": {"id": "7", "$ai_input": {"q": "\u00e9"}, "#,
            r#""$ai_output": true, "expected": 1, "plan": "pro"}, "event": {"uuid": "7", "event": "$ai_generation", "distinct_id": ""}"#
        );
        assert!(globals.starts_with(expected), "{globals}");
    }

    #[test]
    fn what_stands_for_another_field_is_none_of_its_own() {
        let globals = seen(
            r#"{"id": "e", "input": {"a": 1}, "output": 0, "expected": null, "metadata": {}, "properties": {},
                "event_id": "e", "inputs": {"a": 1}}"#,
            true,
        );
        let expected =
            r#"{"input": "", "output": "", "properties": {"$ai_output": 0, "event_id": "e", "inputs": {"a": 1}}"#;
        assert!(globals.starts_with(expected), "{globals}");
    }

    #[test]
    fn a_program_sees_the_document() {
        assert_eq!(seen(r#"{"id": null, "a": [1]}"#, false), r#"{"id": null, "a": [1]}"#);
    }

    #[test]
    fn answers_are_json() {
        heap::reset(8 << 20);
        prepare(8 << 20);
        assert_eq!(answer(Value::TRUE, true), "true");
        assert_eq!(answer(Value::NULL, true), "null");
        assert_eq!(
            answer(list::new_array(&[Value::TRUE]), true),
            r#"{"$invalid": "list: [True], where PostHog wants a boolean"}"#
        );
        assert_eq!(answer(Value::float(0.5), false), "0.5");
        assert_eq!(answer(Value::float(f64::NAN), false), r#"{"$invalid": "NaN"}"#);
        assert_eq!(
            answer(list::new_array(&[Value::float(f64::INFINITY)]), false),
            r#"{"$invalid": "NaN or infinity inside of a value"}"#
        );
        assert_eq!(answer(text::ascii(r#"In \"N"#), false), r#""In \\\"N""#);
        assert_eq!(
            answer(record(&[("$error", Value::NULL)]), false),
            r#"{"$invalid": "an object with the reserved key $error"}"#
        );
    }

    #[test]
    fn failures_have_types() {
        heap::reset(8 << 20);
        prepare(8 << 20);
        assert_eq!(
            failure_text(0, "", "no \"x\""),
            r#"{"type": "RuntimeError", "message": "no \"x\""}"#
        );
        assert_eq!(
            failure_text(2, "KeyError", "x"),
            r#"{"type": "KeyError", "message": "x"}"#
        );
        assert!(failure_text(3, "", "").contains("MemoryError"));
    }

    #[test]
    fn events_follow_each_other() {
        heap::reset(8 << 20);
        for _ in 0..100 {
            prepare(8 << 20);
            begin(r#"{"properties": {"a": "b"}, "input": "x"}"#, true);
            assert!(read_u32(STATE_HEAP_TOP) < EVENT + (64 << 10));
        }
    }
}
