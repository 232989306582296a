//! What every convention hands over, as the table of `docs/conventions.md` says: the same in Python and JavaScript.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use jurybox::{Convention, Event, Snippet, Status};
use serde_json::Value;

use super::{compile, event};

/// A convention with metrics that return their arguments as metadata.
const METRICS: [(Convention, &str, &str); 9] = [
    (
        Convention::HoneyHive,
        "def metric(event): return {'score': 1, 'metadata': {'event': event}}",
        "function metric(event) { return { score: 1, metadata: { event } }; }",
    ),
    (
        Convention::HoneyHive,
        "def evaluate(generation, metadata): return {'score': 1, 'metadata': {'generation': generation, 'metadata': metadata}}",
        "function evaluate(generation, metadata) { return { score: 1, metadata: { generation, metadata } }; }",
    ),
    (
        Convention::OpenAi,
        "def grade(sample, item): return {'score': 1, 'metadata': {'sample': sample, 'item': item}}",
        "function grade(sample, item) { return { score: 1, metadata: { sample, item } }; }",
    ),
    (
        Convention::LangSmith,
        "def perform_eval(run, example): return {'score': 1, 'metadata': {'run': run, 'example': example}}",
        "function performEval(run, example) { return { score: 1, metadata: { run, example } }; }",
    ),
    (
        Convention::Braintrust,
        "def handler(input, output, expected, metadata):\n    return {'score': 1, 'metadata': {'all': [input, output, expected, metadata]}}",
        "function handler({ input, output, expected, metadata }) {\n  return { score: 1, metadata: { all: [input, output, expected, metadata] } };\n}",
    ),
    (
        Convention::Phoenix,
        "def metric(reference, output, metadata, input, expected, ground_truth, inputs, outputs):\n    return {'score': 1, 'metadata': {'all': [reference, output, metadata, input, expected, ground_truth, inputs, outputs]}}",
        "function metric(reference, output, metadata, input, expected, ground_truth, inputs, outputs) {\n  return { score: 1, metadata: { all: [reference, output, metadata, input, expected, ground_truth, inputs, outputs] } };\n}",
    ),
    (
        Convention::Langfuse,
        "def evaluate(ctx): return {'score': 1, 'metadata': {'ctx': ctx}}",
        "function evaluate(ctx) { return { score: 1, metadata: { ctx } }; }",
    ),
    (
        Convention::Vertex,
        "def evaluate(instance): return {'score': 1, 'metadata': {'instance': instance}}",
        "function evaluate(instance) { return { score: 1, metadata: { instance } }; }",
    ),
    (
        Convention::Promptfoo,
        "def get_assert(output, context): return {'score': 1, 'metadata': {'output': output, 'context': context}}",
        "module.exports = (output, context) => ({ score: 1, metadata: { output, context } });",
    ),
];

/// Events of every platform, among them ones without a truth, with structured values and with names of their own.
const EVENTS: [(&str, &str); 7] = [
    (
        "a plain event",
        r#"{"id": 7, "input": "Why?", "output": "Because.", "expected": "So.", "metadata": {"plan": "pro"}}"#,
    ),
    ("a plain event without anything", "{}"),
    (
        "a plain event with objects",
        r#"{"input": {"question": "Why?", "n": 1}, "output": {"answer": "Because.", "sure": true}, "expected": {"answer": "So."}}"#,
    ),
    (
        "a plain event with numbers, lists and an item",
        r#"{"input": 5, "output": ["a", 2], "reference": 0, "item": {"reference_answer": "of the item"}}"#,
    ),
    (
        "an event of HoneyHive",
        r#"{"event_id": "e-1", "event_type": "chain", "event_name": "answer", "session_id": "s", "project_id": "p", "source": "staging", "config": {"model": "m"}, "inputs": {"question": "Why?"}, "outputs": {"content": "Because."}, "feedback": {"rating": 5, "ground_truth": "So."}, "metadata": {"cost": 0.5}, "metrics": {"tone": 1}, "user_properties": {"plan": "pro"}, "error": "none", "start_time": 1, "end_time": 2, "duration": 1.5}"#,
    ),
    (
        "an event of PostHog",
        r#"{"uuid": "u-1", "event": "$ai_generation", "properties": {"$ai_model": "m", "$ai_input": [{"role": "user", "content": "Why?"}], "$ai_output_choices": [{"role": "assistant", "content": "{\"a\": 1}", "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}]}], "expected": "So.", "metadata": {"plan": "pro"}}}"#,
    ),
    (
        "an event of PostHog without a truth",
        r#"{"uuid": "u-2", "properties": {"$ai_input": "Why?", "$ai_output": "Because."}}"#,
    ),
];

/// Every scalar and every empty container with its path. The order of keys doesn't matter, it differs.
fn leaves(value: &Value, path: &str, found: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (key, value) in fields {
                leaves(value, &format!("{path}.{key}"), found);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (index, value) in items.iter().enumerate() {
                leaves(value, &format!("{path}[{index}]"), found);
            }
        }
        leaf => {
            found.insert(path.trim_start_matches('.').to_owned(), leaf.to_string());
        }
    }
}

fn arguments(snippet: &Snippet, convention: Convention, event: &Event) -> BTreeMap<String, String> {
    let evaluator = compile(snippet);
    assert_eq!(evaluator.convention(), convention, "{snippet:?}");
    let verdict = evaluator.evaluate(event);
    assert_eq!((verdict.status, verdict.error), (Status::Ok, None), "{snippet:?}");
    let mut found = BTreeMap::new();
    leaves(&verdict.metadata.expect("the arguments"), "", &mut found);
    found
}

#[test]
fn both_languages_get_what_the_table_says() {
    let (mut page, mut differences) = (String::new(), String::new());
    for (convention, python, javascript) in METRICS {
        for (title, source) in EVENTS {
            let event = event(source);
            let in_python = arguments(&Snippet::python(python), convention, &event);
            let in_javascript = arguments(&Snippet::javascript(javascript), convention, &event);
            let paths: BTreeSet<_> = in_python.keys().chain(in_javascript.keys()).collect();
            // Writing to a String can't fail.
            let _ = writeln!(
                page,
                "{title}: {}",
                python.split("return").next().unwrap_or_default().trim_end()
            );
            for path in paths {
                let (left, right) = (in_python.get(path), in_javascript.get(path));
                if left != right {
                    let _ = writeln!(differences, "{} {title}: {path}: {left:?} {right:?}", convention.name());
                }
                let _ = writeln!(page, "    {path}: {}", left.map_or("", String::as_str));
            }
        }
    }
    assert!(differences.is_empty(), "Python and JavaScript differ:\n{differences}");
    // The same snapshot, whichever target this is part of.
    insta::with_settings!({prepend_module_to_snapshot => false}, {
        insta::assert_snapshot!("verdicts__arguments__arguments", page);
    });
}
