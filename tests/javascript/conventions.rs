//! How metrics are written and called: every form, with events of every platform. `tests/verdicts` compares what each
//! convention hands over with Python's.

use jurybox::{Convention, EvaluationOptions, Event, Snippet};
use serde_json::{Value, json};

use super::harness::{ENGINE, judge_with, outcome};

const POSTHOG: &str = r#"{"uuid": "u-1", "event": "$ai_generation", "properties": {"$ai_input": [{"role": "user", "content": "Why?"}],
    "$ai_output_choices": [{"role": "assistant", "content": "Because."}], "$ai_model": "m-1", "expected": "So."}}"#;
const HONEYHIVE: &str = r#"{"event_id": "e-1", "inputs": {"question": "Why?"}, "outputs": {"content": "Because."},
    "feedback": {"ground_truth": "So."}, "metadata": {"plan": "pro"}, "config": {"model": "m-1"}}"#;
const PLAIN: &str =
    r#"{"id": "p-1", "input": "Why?", "output": "Because.", "expected": "So.", "metadata": {"plan": "pro"}}"#;

fn value(source: &str, event: &str) -> String {
    outcome(&judge_with(source, event, &EvaluationOptions::default()))
}

/// Checks what a metric gives for events of PostHog, HoneyHive and of no platform.
#[track_caller]
fn check(source: &str, expected: [&str; 3]) {
    let given = [POSTHOG, HONEYHIVE, PLAIN].map(|event| value(source, event));
    assert_eq!(given.each_ref().map(String::as_str), expected, "{source}");
}

#[test]
fn honeyhive() {
    let expected = [
        r#""user: Why?|Because.|So.""#,
        r#""Why?|Because.|So.""#,
        r#""Why?|Because.|So.""#,
    ];
    for source in [
        "function metric(event) { return [event.inputs.question, event.outputs.content, event.feedback.ground_truth].join('|') }",
        "const metric = ({ inputs, outputs, feedback }) => `${inputs.question}|${outputs.content}|${feedback.ground_truth}`",
        "function metric() { return [inputs.question, outputs.content, feedback.ground_truth].join('|') }",
        "const result = [inputs.question, outputs.content, feedback.ground_truth].join('|')",
        "let result\nif (event) { result = `${inputs.question}|${event.outputs.content}|${feedback.ground_truth}` }",
        "const q = inputs.question\nfunction metric(event) { return [q, event.outputs.content, event.feedback.ground_truth].join('|') }",
        "export default async event => [event.inputs.question, event.outputs.content, event.feedback.ground_truth].join('|')",
        "module.exports = event => [event.inputs.question, event.outputs.content, event.feedback.ground_truth].join('|')",
    ] {
        check(source, expected);
    }
    check(
        "function evaluate(generation, metadata) { return generation + (metadata.plan ?? '-') }",
        [r#""Because.-""#, r#""Because.pro""#, r#""Because.pro""#],
    );
}

#[test]
fn forms_of_other_platforms() {
    check(
        "function grade(sample, item) { return `${sample.output_text}|${item.reference_answer}|${sample.model}` }",
        [
            r#""Because.|So.|m-1""#,
            r#""Because.|So.|m-1""#,
            r#""Because.|So.|null""#,
        ],
    );
    check(
        "export const performEval = (run, example) => `${JSON.stringify(run.outputs)}|${example.outputs.answer}`",
        [
            r#""{\"output\":\"Because.\",\"answer\":\"Because.\"}|So.""#,
            r#""{\"content\":\"Because.\"}|So.""#,
            r#""{\"output\":\"Because.\",\"answer\":\"Because.\"}|So.""#,
        ],
    );
    let outputs = [
        r#""\"Because.\"|So.""#,
        r#""{\"content\":\"Because.\"}|So.""#,
        r#""\"Because.\"|So.""#,
    ];
    for source in [
        "function handler({ output, expected }) { return `${JSON.stringify(output)}|${expected}` }",
        "function handler(input, output, expected) { return `${JSON.stringify(output)}|${expected}` }",
        "export const matches = ({ output, reference }) => `${JSON.stringify(output)}|${reference}`",
        "const matches = (reference, output, threshold = 0.5) => `${JSON.stringify(output)}|${reference}`",
        "const evaluate = ctx => `${JSON.stringify(ctx.observation.output)}|${ctx.experiment.itemExpectedOutput}`",
        "function evaluate(instance) { return `${JSON.stringify(instance.response)}|${instance.reference}` }",
        "module.exports = (output, context) => `${JSON.stringify(output)}|${context.vars.expected}`",
        "exports.get_assert = (output, { vars }) => `${JSON.stringify(output)}|${vars.expected}`",
    ] {
        check(source, outputs);
    }
}

#[test]
fn code_at_the_top() {
    let cases = [
        (
            "const answer = await Promise.resolve(42)\nexport default event => answer",
            "42",
        ),
        ("let loads = 0\nloads++\nexport const metric = event => loads", "1"),
        (
            "const result = await new Promise(r => setTimeout(r, 10, outputs.content))\nexport {}",
            "\"Because.\"",
        ),
        ("const result = Promise.resolve(outputs.content)", "\"Because.\""),
        (
            "'use strict'\nvar metric = function (event) { return this === undefined }",
            "true",
        ),
        ("#!/usr/bin/env node\nmodule.exports = event => 7", "7"),
        ("exports.helper = 1\nconst metric = event => exports.helper", "1"),
        ("module.exports = { metric(event) { return 3 } }", "3"),
        (
            "class Helper { static n = 5 }\nfunction metric(event) { return Helper.n } // no newline at the end",
            "5",
        ),
        ("export { metric as grader }\nfunction metric(event) { return 8 }", "8"),
        (
            "const metric = event => { try { require('fs') } catch (e) { return e.message } }",
            "\"can't require \\\"fs\\\": modules can't be imported in the sandbox\"",
        ),
        (
            "export default event => import('x').catch(e => e.message)",
            "\"can't import \\\"x\\\": modules can't be imported in the sandbox\"",
        ),
    ];
    for (source, expected) in cases {
        assert_eq!(value(source, PLAIN), expected, "{source}");
    }
}

/// An entry may be any function, whatever made it.
#[test]
fn functions_that_functions_made() {
    let wrap = "const wrap = fn => (...args) => fn(...args)\n";
    let score = "wrap(event => event.outputs.content)";
    for source in [
        format!("{wrap}export const score = {score}"),
        format!("{wrap}export default {score}"),
        format!("{wrap}module.exports = {score}"),
        format!("{wrap}const score = {score}"),
        "module.exports = (event => event.outputs.content).bind(null)".to_owned(),
        "export default new Proxy(event => event.outputs.content, {})".to_owned(),
    ] {
        let mut snippet = Snippet::javascript(&source).with_convention(Convention::HoneyHive);
        if source.contains("const score") {
            snippet = snippet.with_entry("score");
        }
        let Ok(evaluator) = ENGINE.compile(&snippet) else {
            panic!("it doesn't compile:\n{source}")
        };
        let verdict = evaluator.evaluate(&Event::from_json(PLAIN).expect("an event"));
        assert_eq!(outcome(&verdict), "\"Because.\"", "{source}");
    }
}

/// Arguments of a replay come from the event as they are, by name.
#[test]
fn replays() {
    let event = r#"{"id": "r", "input": "unused", "args": {"output": {"text": "a"}, "reference": [1, 2], "event": {"n": 1}, "sample": 1, "item": 2}}"#;
    let cases = [
        (
            "function metric(output, reference) { return JSON.stringify([output, reference]) }",
            r#""[{\"text\":\"a\"},[1,2]]""#,
        ),
        (
            "const metric = ({ output, reference }) => JSON.stringify([output, reference])",
            r#""[{\"text\":\"a\"},[1,2]]""#,
        ),
        ("function metric(event) { return event.n }", "1"),
        ("function grade(sample, item) { return sample + item }", "3"),
        ("const result = event.n + sample", "2"),
    ];
    for (source, expected) in cases {
        assert_eq!(value(source, event), expected, "{source}");
    }
}

#[test]
fn entries_and_conventions_by_name() {
    let snippet = Snippet::javascript("const a = e => 1\nconst b = (x, y) => x + y.expected")
        .with_convention(Convention::OpenAi)
        .with_entry("b");
    let evaluator = ENGINE.compile(&snippet).expect("a metric");
    let verdict = evaluator.evaluate(&Event::from_json(PLAIN).expect("an event"));
    assert_eq!(verdict.value, json!("[object Object]So."));
}

/// Events are copied, so that what a metric does to one is gone with it.
#[test]
fn events_are_ordinary_objects() {
    let source = "function metric(event) {
        event.inputs.extra = 1; delete event.outputs;
        return [event instanceof Object, event.constructor === Object, Array.isArray(event.metadata.tags),
            event.metadata.tags instanceof Array, Object.isFrozen(event), event.metadata.tags.map(t => t + 1).join()].join(' ')
    }";
    let event = r#"{"id": "x", "input": {}, "output": 1, "metadata": {"tags": [1, 2]}}"#;
    assert_eq!(
        value(source, event),
        Value::from("true true true true false 2,3").to_string()
    );
}
