//! PostHog evaluations: globals, results, texts.

use jurybox::{EvaluationOptions, Snippet, Status, Verdict};
use serde_json::{Value, json};

use super::harness::judge;

const EVENT: &str = r#"{
    "uuid": "0192-1", "event": "$ai_generation", "distinct_id": "user-1", "timestamp": "2026-05-04T09:12:31Z",
    "properties": {
        "$ai_input": [{"role": "user", "content": "Hi ü"}],
        "$ai_output_choices": [{"role": "assistant", "content": "Hello"}],
        "$ai_latency": 2.5, "$ai_total_cost_usd": 0.01, "$ai_http_status": 200, "big": 12345678901234567890
    }
}"#;

fn verdict(source: &str, allows_na: bool) -> Verdict {
    let mut options = EvaluationOptions::default();
    options.allows_na = allows_na;
    judge(&Snippet::hog(source), EVENT, &options)
}

#[test]
fn globals() {
    for (source, expected) in [
        ("input", r#"[{"role": "user", "content": "Hi \u00fc"}]"#),
        ("output", r#"[{"role": "assistant", "content": "Hello"}]"#),
        ("typeof(input)", "string"),
        ("properties.$ai_latency", "2.5"),
        ("properties.big + 1", "12345678901234567891"),
        ("properties.missing", "null"),
        (
            "event",
            "{'uuid': '0192-1', 'event': '$ai_generation', 'distinct_id': 'user-1'}",
        ),
        (
            "target",
            "{'type': 'generation', 'id': '0192-1', 'total_cost_usd': 0.01, 'total_latency_seconds': 2.5}",
        ),
        ("length(evaluation_events)", "1"),
        ("evaluation_events[1].input_text", "user: Hi ü"),
        ("evaluation_events[1].output_text", "Hello"),
        (
            "keys(evaluation_events[1].properties)",
            "['$ai_latency', '$ai_total_cost_usd', '$ai_http_status', 'big']",
        ),
    ] {
        let verdict = verdict(&format!("print({source}) return true"), false);
        assert_eq!(verdict.reasoning, expected, "{source}: {verdict:?}");
    }
}

#[test]
fn results() {
    for (source, allows_na, status, value, error) in [
        ("return true", false, Status::Ok, json!(true), None),
        ("return false", true, Status::Ok, json!(false), None),
        ("return null", true, Status::NotApplicable, Value::Null, None),
        ("let x := 1", true, Status::NotApplicable, Value::Null, None),
        (
            "return null",
            false,
            Status::InvalidResult,
            Value::Null,
            Some("Must return boolean, got NoneType: None"),
        ),
        (
            "return 1",
            false,
            Status::InvalidResult,
            Value::Null,
            Some("Must return boolean, got int: 1"),
        ),
        (
            "return 2 / 1",
            false,
            Status::InvalidResult,
            Value::Null,
            Some("Must return boolean, got float: 2.0"),
        ),
        (
            "return 'it\\'s'",
            false,
            Status::InvalidResult,
            Value::Null,
            Some("Must return boolean, got str: it's"),
        ),
        (
            "return [1, 'a', null, true, 1.0]",
            false,
            Status::InvalidResult,
            Value::Null,
            Some("Must return boolean, got list: [1, 'a', None, True, 1.0]"),
        ),
        (
            "return (1,)",
            false,
            Status::InvalidResult,
            Value::Null,
            Some("Must return boolean, got tuple: (1,)"),
        ),
        (
            "return {'a': 'b'}",
            true,
            Status::InvalidResult,
            Value::Null,
            Some("Must return boolean (or null if N/A is enabled), got dict: {'a': 'b'}"),
        ),
        (
            "throw Error('it\\'s bad')",
            false,
            Status::RuntimeError,
            Value::Null,
            Some("Runtime error: Error('it\\'s bad')"),
        ),
        (
            "nope()",
            false,
            Status::RuntimeError,
            Value::Null,
            Some("Runtime error: Unsupported function call: nope"),
        ),
        (
            "jsonParse('x')",
            false,
            Status::RuntimeError,
            Value::Null,
            Some("JSONDecodeError: Expecting value: line 1 column 1 (char 0)"),
        ),
        (
            "1 / 0",
            false,
            Status::RuntimeError,
            Value::Null,
            Some("ZeroDivisionError: division by zero"),
        ),
        (
            "while (true) {}",
            false,
            Status::OutOfFuel,
            Value::Null,
            Some("Execution timed out (10s limit exceeded)"),
        ),
        (
            "range(100000000)",
            false,
            Status::OutOfMemory,
            Value::Null,
            Some("Memory limit exceeded"),
        ),
    ] {
        let verdict = verdict(source, allows_na);
        assert_eq!(verdict.status, status, "{source}: {verdict:?}");
        assert_eq!(verdict.value, value, "{source}");
        let message = verdict.error.as_ref().map(|error| error.message.as_str());
        assert_eq!(message, error, "{source}");
        assert_eq!(verdict.error.map(|error| error.kind), error.map(|_| status), "{source}");
        assert_eq!(verdict.passed, value.as_bool(), "{source}");
    }
}

#[test]
fn printed_lines_are_the_reasoning_unless_the_run_failed() {
    let fine = verdict("print('a', 1) print('b') return true", false);
    assert_eq!(fine.reasoning, "a 1\nb");
    let wrong_type = verdict("print('a') return 1", false);
    assert_eq!(wrong_type.reasoning, "a");
    let failed = verdict("print('a') nope()", false);
    assert_eq!((failed.reasoning.as_str(), failed.logs), ("", vec!["a".to_owned()]));
}

#[test]
fn comparisons_with_null_are_false() {
    for source in [
        "properties.missing < 1",
        "properties.missing > 1",
        "1 <= properties.missing",
        "null >= null",
        "length(properties.missing) > 3",
        "length(properties.missing) < 3",
    ] {
        let verdict = verdict(&format!("return {source}"), false);
        assert_eq!(verdict.value, false, "{source}: {verdict:?}");
    }
}

#[test]
fn an_error_has_kind_type_and_place() {
    let verdict = verdict(
        "let x := 1\nif (x) {\n    throw HogError('Odd', 'so')\n}\nreturn true",
        false,
    );
    let error = verdict.error.expect("an error");
    assert_eq!(error.error_type.as_deref(), Some("Odd"));
    assert_eq!(
        (error.kind, error.line, error.column),
        (Status::RuntimeError, Some(3), Some(5))
    );
}

#[test]
fn clock_and_random_numbers_can_be_replayed() {
    let source = "print(now(), generateUUIDv4(), randomFloat()) return true";
    let first = verdict(source, false);
    let mut options = EvaluationOptions::default();
    options.now_ns = Some(first.replay.now_ns);
    options.seed = Some(first.replay.seed);
    let second = judge(&Snippet::hog(source), EVENT, &options);
    assert_eq!(first.reasoning, second.reasoning);
    assert_eq!(first.usage.fuel, second.usage.fuel);
    options.seed = Some(first.replay.seed + 1);
    assert_ne!(judge(&Snippet::hog(source), EVENT, &options).reasoning, first.reasoning);
}
