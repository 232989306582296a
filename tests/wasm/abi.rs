//! Modules that do as the ABI says.

use jurybox::{EvaluationOptions, Event, Status};

use super::engine::in_workers;
use super::harness::{answering, judge, line, module, run};

#[test]
fn the_document_comes_in() {
    let event = r#"{"id": "e1", "input": "Q", "output": "ä", "expected": 5, "metadata": {"k": [1, 2]}}"#;
    let verdict = judge(
        module(
            "",
            "(call $log (local.get $pointer) (local.get $length))
             (i32.store8 (i32.const 16) (i32.const 0x31))
             (call $answer (i32.const 16) (i32.const 1))",
        ),
        event,
        &EvaluationOptions::default(),
    );
    let document: serde_json::Value = serde_json::from_str(&verdict.logs[0]).expect("JSON");
    assert_eq!(document["id"], "e1");
    assert_eq!(document["output"], "ä");
    assert_eq!(document["expected"], 5);
    assert_eq!(document["metadata"]["k"][1], 2);
}

#[test]
fn any_json_comes_out() {
    for answer in ["true", "false", "0.5", "-3", "\"good\"", "12345678901234567890"] {
        assert_eq!(run(&answering(answer)), answer);
    }
    assert_eq!(run(&answering(" \n true \n")), "true");
    let verdict = judge(
        answering(r#"{"score": 0.75, "reason": "close", "pass": true, "metadata": {"k": 1}}"#),
        "{}",
        &EvaluationOptions::default(),
    );
    assert_eq!(line(&verdict), "0.75");
    assert_eq!((verdict.passed, verdict.reasoning.as_str()), (Some(true), "close"));
}

#[test]
fn null_is_not_applicable_where_it_may_be() {
    let mut options = EvaluationOptions::default();
    assert_eq!(judge(answering("null"), "{}", &options).status, Status::InvalidResult);
    options.allows_na = true;
    assert_eq!(judge(answering("null"), "{}", &options).status, Status::NotApplicable);
}

#[test]
fn errors_are_told() {
    assert_eq!(
        run(&answering(
            r#"{"$error": {"type": "KeyError", "message": "no such key"}}"#
        )),
        "runtime_error: KeyError: no such key"
    );
    assert_eq!(
        run(&answering(r#"{"$invalid": "a set"}"#)),
        "invalid_result: The metric returned a set"
    );
    let failing = module(
        r#"(data (i32.const 16) "no luck")"#,
        "(call $fail (i32.const 16) (i32.const 7)) (unreachable)",
    );
    assert_eq!(run(&failing), "runtime_error: no luck");
    let failing = module(
        r#"(data (i32.const 16) "{\"type\": \"panic\", \"message\": \"no luck\", \"line\": 3, \"column\": 5}")"#,
        "(call $fail (i32.const 16) (i32.const 63)) (unreachable)",
    );
    let verdict = judge(failing, "{}", &EvaluationOptions::default());
    assert_eq!(line(&verdict), "runtime_error: panic: no luck");
    let error = verdict.error.expect("an error");
    assert_eq!((error.line, error.column), (Some(3), Some(5)));
}

#[test]
fn lines_clock_and_random_numbers() {
    let source = module(
        r#"(data (i32.const 16) "hello")"#,
        "(call $log (i32.const 16) (i32.const 5))
         (call $log (i32.const 16) (i32.const 0))
         (i32.store8 (i32.const 32) (i32.const 0x30))
         (if (i64.eq (call $now) (i64.const 42)) (then (i32.store8 (i32.const 32) (i32.const 0x31))))
         (if (i64.eq (call $random) (call $random)) (then (i32.store8 (i32.const 32) (i32.const 0x32))))
         (call $answer (i32.const 32) (i32.const 1))",
    );
    let mut options = EvaluationOptions::default();
    options.now_ns = Some(42);
    assert_eq!(line(&judge(source, "{}", &options)), "hello |  | 1");
}

#[test]
fn initialize_is_called_once_before_the_first_event() {
    let source = module(
        r#"(global $times (mut i32) (i32.const 0x30))
           (func (export "_initialize") (global.set $times (i32.add (global.get $times) (i32.const 1))))"#,
        "(i32.store8 (i32.const 16) (global.get $times)) (call $answer (i32.const 16) (i32.const 1))",
    );
    let evaluator = super::harness::compile(source).expect("it loads");
    let event = Event::from_json("{}").expect("an event");
    let mut options = EvaluationOptions::default();
    let mut judge = evaluator.judge();
    for _ in 0..3 {
        assert_eq!(line(&judge.evaluate(&event, &options)), "1");
        // Metrics keep no state in workers.
        options.keep_state = !in_workers();
    }
}

#[test]
fn binaries_and_text_are_the_same() {
    let text = answering("true");
    let binary = wat::parse_str(&text).expect("it is valid");
    assert_eq!(line(&judge(binary, "{}", &EvaluationOptions::default())), "true");
}

#[test]
fn large_events_are_written_where_alloc_says() {
    let source = r#"(module
        (memory (export "memory") 1)
        (func (export "alloc") (param $length i32) (result i32)
            (local $pointer i32)
            (local.set $pointer (i32.mul (memory.size) (i32.const 65536)))
            (drop (memory.grow (i32.add (i32.div_u (local.get $length) (i32.const 65536)) (i32.const 1))))
            (local.get $pointer))
        (data (i32.const 16) "true")
        (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
            (if (i32.ne (i32.load8_u (i32.sub (i32.add (local.get $pointer) (local.get $length)) (i32.const 1))) (i32.const 0x7d))
                (then (unreachable)))
            (i64.const 0x1000000004)))"#;
    let event = format!(r#"{{"output": "{}"}}"#, "x".repeat(3_000_000));
    let verdict = judge(source, &event, &EvaluationOptions::default());
    assert_eq!(line(&verdict), "true");
    assert!(verdict.usage.memory > 3_000_000, "{}", verdict.usage.memory);
}

#[test]
fn scripts_abort_with_message_and_place() {
    // What AssemblyScript's compiler makes of `throw new Error("no luck")`: UTF-16 texts with their length before them.
    let utf16 = |text: &str| -> String {
        let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let length = u32::try_from(bytes.len()).expect("short").to_le_bytes();
        length
            .iter()
            .chain(&bytes)
            .map(|byte| format!("\\{byte:02x}"))
            .collect()
    };
    let source = format!(
        r#"(module
            (import "env" "abort" (func $abort (param i32 i32 i32 i32)))
            (import "env" "console.log" (func $print (param i32)))
            (import "env" "seed" (func $seed (result f64)))
            (import "env" "trace" (func $trace (param i32 i32 f64 f64 f64 f64 f64)))
            (memory (export "memory") 2)
            (data (i32.const 12) "{}")
            (data (i32.const 96) "{}")
            (func (export "alloc") (param i32) (result i32) (i32.const 65536))
            (func (export "evaluate") (param i32 i32) (result i64)
                (call $print (i32.const 16))
                (call $trace (i32.const 16) (i32.const 2) (f64.const 1) (f64.const 2.5) (call $seed) (f64.const 0) (f64.const 0))
                (call $abort (i32.const 16) (i32.const 100) (i32.const 3) (i32.const 5))
                (unreachable)))"#,
        utf16("no luck ☂"),
        utf16("metric.ts"),
    );
    assert_eq!(
        run(&source),
        "no luck ☂ | trace: no luck ☂ 1, 2.5 | runtime_error: no luck ☂ (metric.ts:3:5)"
    );
}

#[test]
fn the_example_of_the_page_judges() {
    let page = include_str!("../../guest-sdk/ABI.md");
    let (_, rest) = page.split_once("```wat\n").expect("an example");
    let (source, _) = rest.split_once("```").expect("its end");
    let judged = |event: &str| judge(source, event, &EvaluationOptions::default());
    assert_eq!(line(&judged(r#"{"output": "Fine!"}"#)), "true");
    let verdict = judged(r#"{"output": "Fine."}"#);
    assert_eq!(
        (line(&verdict), verdict.reasoning),
        ("false".to_owned(), "nobody shouts".to_owned())
    );
    let large = format!(r#"{{"output": "{}"}}"#, "y".repeat(1_000_000));
    assert!(line(&judged(&large)).starts_with("out_of_memory: `alloc` found no room"));
}
