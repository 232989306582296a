//! The examples in Rust, C and AssemblyScript: modules that their authors built.

use serde_json::{Value, json};

use super::host::{Ending, Metric, Run};
use super::root;

fn example(path: &str) -> Metric {
    Metric::new(&std::fs::read(root().join("examples").join(path)).expect("an example"))
}

/// An event document.
fn document(fields: Value) -> String {
    let mut document = json!({
        "id": null, "input": null, "output": null, "input_text": "", "output_text": "", "expected": null,
        "metadata": {}, "properties": {},
    });
    for (name, value) in fields.as_object().expect("fields") {
        document[name] = value.clone();
    }
    document.to_string()
}

fn answer(metric: &Metric, fields: Value) -> Value {
    match metric.judge(&document(fields)).ending {
        Ending::Answer(answer) => answer,
        other => panic!("{other:?}"),
    }
}

#[test]
fn rust_token_f1() {
    let metric = example("rust/token-f1.wasm");
    assert!(
        ["alloc", "evaluate", "memory"]
            .iter()
            .all(|name| metric.exports().contains(name))
    );
    assert!(metric.imports().iter().all(|name| name.starts_with("jurybox.")));
    assert_eq!(answer(&metric, json!({"output_text": "x"})), Value::Null);
    let fields = json!({"output_text": "The capital is Paris.", "expected": "Paris"});
    let Run { ending, logs } = metric.judge(&document(fields));
    assert_eq!(logs, ["3 words, 1 expected, 1 in common"]);
    let Ending::Answer(answer) = ending else {
        panic!("{ending:?}");
    };
    assert_eq!(answer["value"], 0.5);
    assert_eq!(answer["reason"], "precision 0.33, recall 1.00");
    assert_eq!(answer["metadata"]["recall"], 1.0);
}

#[test]
fn rust_tool_calls() {
    let metric = example("rust/tool-calls.wasm");
    let call = |name: &str, arguments: &str| {
        let call = json!({"function": {"name": name, "arguments": arguments}});
        answer(
            &metric,
            json!({"output": {"tool_calls": [call]}, "metadata": {"tools": ["search"]}}),
        )
    };
    assert_eq!(call("search", "{}"), json!({"value": true, "metadata": {"calls": 1}}));
    assert_eq!(call("find", "{}")["reason"], "there is no tool find");
    assert_eq!(answer(&metric, json!({"output": "text"})), Value::Null);
    let error = answer(&metric, json!({"output": {"tool_calls": 1}}));
    assert_eq!(error["$error"]["type"], "EventError");
}

#[test]
fn a_panic_is_reported() {
    let metric = example("rust/token-f1.wasm");
    let Ending::Failed(error) = metric.judge("no JSON").ending else {
        panic!("it does not fail");
    };
    let error: Value = serde_json::from_str(&error).expect("JSON");
    assert_eq!(error["type"], "panic");
    assert!(
        error["message"]
            .as_str()
            .expect("a text")
            .starts_with("the event can't be read: ")
    );
    assert!(error["line"].is_u64());
}

#[test]
fn instances_can_be_used_again() {
    for path in [
        "rust/token-f1.wasm",
        "c/brackets.wasm",
        "assemblyscript/readability.wasm",
    ] {
        let metric = example(path);
        let documents = ["a b.", "(((", "Long ".repeat(1000).as_str(), "é"].map(|text| {
            let text = text.to_owned();
            document(json!({"output_text": text, "expected": "a"}))
        });
        let runs = metric.judge_all(documents.iter().map(String::as_str));
        for (document, run) in documents.iter().zip(runs) {
            assert_eq!(run, metric.judge(document), "{path}");
        }
    }
}

#[test]
fn c_brackets() {
    let metric = example("c/brackets.wasm");
    for (text, expected) in [
        ("f(a)[1] { \"x\\y\" }", json!(true)),
        ("((", json!({"value": false, "reason": "a bracket is never closed"})),
        (
            "f)",
            json!({"value": false, "reason": "a bracket closes what was not open"}),
        ),
    ] {
        assert_eq!(
            answer(&metric, json!({"input": {"output_text": "("}, "output_text": text})),
            expected,
            "{text}"
        );
    }
    let Ending::Failed(error) = metric.judge(&document(json!({"output_text": "(".repeat(300)}))).ending else {
        panic!("it does not fail");
    };
    assert!(error.contains("RangeError"), "{error}");
}

#[test]
fn assemblyscript_readability() {
    let metric = example("assemblyscript/readability.wasm");
    let run = metric.judge(&document(json!({"output_text": "Two words. \"Now four more words!\""})));
    assert_eq!(run.logs, ["6 words in 2 sentences"]);
    assert_eq!(
        run.ending,
        Ending::Answer(json!({"value": 3.0, "pass": true, "reason": "a sentence has 3.0 words"}))
    );
    assert_eq!(answer(&metric, json!({"output_text": ""})), Value::Null);
}
