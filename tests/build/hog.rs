//! Hog: the runtime and the snippet in one module.

use jurybox::{Convention, Event, Language, MetricSection, Snippet};
use serde_json::{Value, json};

use super::host::{Ending, Metric};
use super::{engine, events, metric, runs_as_a_module, same};

#[test]
fn the_examples_judge_as_before() {
    let (engine, events) = (engine(), events());
    for file in ["cost_latency.hog", "input_relevance.hog", "regex_safety_checks.hog"] {
        let snippet = Snippet::hog(String::from_utf8(metric(file)).expect("text"));
        let evaluator = engine.compile(&snippet).expect("it compiles");
        let wasm = engine.build(&snippet).expect("it builds");
        let metric = Metric::new(&wasm);
        for event in &events {
            same(file, &evaluator, event, &metric.judge(event.document()));
        }
        // An instance may be used again.
        let runs = metric.judge_all(events.iter().map(Event::document));
        for (event, run) in events.iter().zip(&runs) {
            same(file, &evaluator, event, run);
        }
        runs_as_a_module(&engine, wasm, &evaluator, &events);
    }
}

#[test]
fn the_module_asks_for_the_functions_of_the_abi_alone() {
    let wasm = engine().build(&Snippet::hog("return true")).expect("it builds");
    let metric = Metric::new(&wasm);
    assert_eq!(
        metric.imports(),
        ["jurybox.fail", "jurybox.log", "jurybox.now", "jurybox.random"]
    );
    assert_eq!(metric.exports(), ["alloc", "evaluate", "memory"]);
    assert!(wasm.len() < 3 << 20, "{} bytes", wasm.len());
    let section = MetricSection::read(&wasm).expect("the section");
    assert_eq!(
        (section.language, section.convention),
        (Language::Hog, Convention::PostHog)
    );
}

/// What a snippet says about events, built; and a check that it says the same as it is.
fn answers(snippet: &Snippet, events: &[&str]) -> Vec<Ending> {
    let engine = engine();
    let evaluator = engine.compile(snippet).expect("it compiles");
    let metric = Metric::new(&engine.build(snippet).expect("it builds"));
    let judge = |event: &&str| {
        let event = Event::from_json(event).expect("an event");
        let run = metric.judge(event.document());
        same(event.json(), &evaluator, &event, &run);
        run.ending
    };
    events.iter().map(judge).collect()
}

#[test]
fn globals_are_those_of_posthog() {
    let globals = Snippet::hog("print([input, output, properties, event, target, evaluation_events]) return true");
    answers(
        &globals,
        &[
            r#"{"uuid": "u", "event": "$ai_generation", "distinct_id": "d", "timestamp": "2026-05-04T09:12:31Z",
                "properties": {"$ai_input": [{"role": "user", "content": "hi"}], "$ai_tools": [], "$ai_latency": 1.5,
                "$ai_output_choices": [{"message": {"role": "assistant", "content": "yé"}}], "plan": "pro",
                "n": 12345678901234567890}}"#,
            r#"{"event": "$ai_span", "properties": {"$ai_input": "i", "$ai_input_state": {"a": 1}, "$ai_output_state": [1.0]}}"#,
            r#"{"uuid": "u", "properties": "{\"$ai_input\": \"i\"}"}"#,
            r#"{"input": "i", "output": "o"}"#,
            r#"{"uuid": "u", "input": "i", "output": "o", "plan": {"a": [1, 2.5, null]}}"#,
            r#"{"output": "o", "expected": 3, "metadata": {"a": 1}, "event": "mine", "distinct_id": "d"}"#,
        ],
    );
}

#[test]
fn what_is_no_boolean_is_invalid() {
    let values = Snippet::hog(
        "if (input == 'int') return 1
         if (input == 'text') return 'yes'
         if (input == 'list') return [1, 'é']
         if (input == 'object') return {'score': 1}
         if (input == 'float') return 0.5
         return null",
    );
    let events = ["int", "text", "list", "object", "float", "null"].map(|input| json!({"input": input}).to_string());
    let invalid = |what: &str| Ending::Answer(json!({"$invalid": format!("{what}, where PostHog wants a boolean")}));
    assert_eq!(
        answers(&values, &events.each_ref().map(String::as_str)),
        [
            invalid("int: 1"),
            invalid("str: yes"),
            invalid("list: [1, 'é']"),
            invalid("dict: {'score': 1}"),
            invalid("float: 0.5"),
            Ending::Answer(Value::Null),
        ]
    );
}

#[test]
fn failures_say_what_they_are() {
    let failures = Snippet::hog(
        "fun f(n) { return f(n + 1) }
         if (input == 'thrown') throw Error('no \"luck\"')
         if (input == 'own') throw RetryError('é')
         if (input == 'library') return jsonParse('[')
         if (input == 'deep') return f(0)
         if (input == 'machine') return properties.nothing()
         return true",
    );
    let cases = [
        ("thrown", "Error", "no \"luck\""),
        ("own", "RetryError", "é"),
        ("library", "JSONDecodeError", "Expecting value"),
        ("deep", "RecursionError", "itself too deeply"),
        ("machine", "RuntimeError", ""),
    ];
    let events = cases.map(|(input, ..)| json!({"input": input}).to_string());
    let endings = answers(&failures, &events.each_ref().map(String::as_str));
    for ((input, kind, message), ending) in cases.iter().zip(endings) {
        let Ending::Failed(text) = ending else {
            panic!("{input} does not fail: {ending:?}");
        };
        let error: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(error["type"], *kind, "{text}");
        assert!(
            error["message"].as_str().expect("a message").contains(message),
            "{text}"
        );
    }
}

#[test]
fn memory_ends() {
    let hoard = Snippet::hog("let text := 'x' while (true) { text := concat(text, text) }");
    let metric = Metric::new(&engine().build(&hoard).expect("it builds"));
    let run = metric.judge(Event::from_json("{}").expect("an event").document());
    assert!(
        matches!(&run.ending, Ending::Failed(text) if text.contains("MemoryError")),
        "{run:?}"
    );
}

#[test]
fn programs_return_anything() {
    let program = Snippet::hog_program(
        "if (input == 'object') return {'score': length(input), 'reason': output}
         if (input == 'list') return [1, 2.5, 'é', null]
         if (input == 'other') return id
         return 'text'",
    );
    answers(
        &program,
        &[
            r#"{"input": "object", "output": "o"}"#,
            r#"{"input": "list"}"#,
            r#"{"input": "other", "id": "e"}"#,
            r#"{"input": ""}"#,
        ],
    );
    let unfit = Snippet::hog_program("if (input == 'key') return {'$error': 1} return [1e400]");
    let metric = Metric::new(&engine().build(&unfit).expect("it builds"));
    for (input, what) in [
        ("key", "an object with the reserved key $error"),
        ("", "NaN or infinity inside of a value"),
    ] {
        let document = json!({"input": input}).to_string();
        assert_eq!(
            metric.judge(&document).ending,
            Ending::Answer(json!({"$invalid": what}))
        );
    }
}
