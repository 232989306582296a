//! Running a metric without saving it.

use serde_json::{Value, json};

use crate::support::Server;

fn run(server: &Server, metric: &Value, event: &Value) -> Value {
    let mut complete = json!({"name": "tried", "type": "PYTHON"});
    for (name, value) in metric.as_object().expect("an object") {
        complete[name] = value.clone();
    }
    server.post("/v1/metrics/run", &json!({"metric": complete, "event": event}))
}

#[test]
fn a_metric_is_run_on_an_event() {
    let server = Server::start();
    let event = json!({"event_type": "model", "event_name": "answer", "inputs": {"question": "2 + 2?"},
        "outputs": {"content": "four"}, "feedback": {"ground_truth": "four"}, "metrics": {"earlier": 7}});
    for (metric, result, explanation, passed) in [
        (
            json!({"criteria": "def f(event):\n    return event['outputs']['content'] == 'four'", "return_type": "boolean"}),
            json!(true),
            None,
            json!(true),
        ),
        (
            json!({"criteria": "def f(event):\n    return False", "return_type": "boolean", "threshold": {"pass_when": false}}),
            json!(false),
            None,
            json!(true),
        ),
        (
            json!({"criteria": "def evaluate(generation, metadata):\n    return len(generation)"}),
            json!(4),
            None,
            json!(null),
        ),
        (
            json!({"criteria": "result = len(outputs['content']) / 8", "return_type": "float", "threshold": {"min": 0.5, "max": 1}}),
            json!(0.5),
            None,
            json!(true),
        ),
        (
            json!({"criteria": "def f():\n    return metrics['earlier']", "threshold": {"max": 6.5}}),
            json!(7),
            None,
            json!(false),
        ),
        (
            json!({"criteria": "def f(event):\n    return {'score': 1.0, 'explanation': 'as it should be', 'words': 1}"}),
            json!(1.0),
            Some("as it should be"),
            json!(null),
        ),
        (
            json!({"criteria": "def f(event):\n    return 'good'", "return_type": "categorical",
                "categories": [{"category": "good", "score": 1}, {"category": "bad", "score": 0}],
                "threshold": {"passing_categories": ["good"]}}),
            json!("good"),
            None,
            json!(true),
        ),
        (
            json!({"criteria": "def f(event):\n    return 'text'", "return_type": "string", "threshold": {"min": 1}}),
            json!("text"),
            None,
            json!(null),
        ),
        // Nothing to say is no error.
        (
            json!({"criteria": "def f(event):\n    return None", "return_type": "boolean"}),
            json!(null),
            None,
            json!(null),
        ),
        (
            json!({"language": "javascript", "criteria": "function f(event) { return event.outputs.content.length }"}),
            json!(4),
            None,
            json!(null),
        ),
        (
            json!({"language": "typescript", "return_type": "boolean",
                "criteria": "const f = (event: {feedback: {ground_truth: string}}): boolean => event.feedback.ground_truth === 'four'"}),
            json!(true),
            None,
            json!(true),
        ),
        (
            json!({"language": "hog", "return_type": "boolean", "criteria": "return outputs.content == 'four'"}),
            json!(true),
            None,
            json!(true),
        ),
    ] {
        let answer = run(&server, &metric, &event);
        assert_eq!(answer["success"], true, "{metric}: {answer}");
        assert_eq!(answer["loading"], false);
        assert_eq!(answer["result"], result, "{metric}: {answer}");
        assert_eq!(answer["explanation"].as_str(), explanation, "{metric}: {answer}");
        assert_eq!(answer["passed"], passed, "{metric}: {answer}");
    }

    // What fails is answered 200, and says why and where.
    for (metric, status, explanation) in [
        (
            json!({"criteria": "def f(event):\n    return event['nothing']"}),
            "runtime_error",
            "KeyError: 'nothing' (line 2)",
        ),
        (
            json!({"criteria": "def f(event):\n    return True"}),
            "invalid_result",
            "The metric must return a number and returned true (a boolean)",
        ),
        (
            json!({"criteria": "def f(event:\n    return True"}),
            "compile_error",
            "line 1, column 6: ",
        ),
        (
            json!({"criteria": "def f(event):\n    while True: pass"}),
            "out_of_fuel",
            "The fuel limit of ",
        ),
        (
            json!({"language": "javascript", "criteria": "function f(event) {\n  return event.a.b\n}"}),
            "runtime_error",
            "line 2",
        ),
        (
            json!({"type": "LLM", "criteria": "Rate it"}),
            "unsupported",
            "needs a model to judge",
        ),
        (
            json!({"type": "HUMAN", "criteria": "Rate it"}),
            "unsupported",
            "needs people to judge",
        ),
        (
            json!({"type": "COMPOSITE", "criteria": "all"}),
            "unsupported",
            "needs other metrics to judge",
        ),
    ] {
        let mut metric = metric;
        if metric.get("return_type").is_none() {
            metric["return_type"] = json!("float");
        }
        let answer = run(&server, &metric, &event);
        let shown = ["success", "loading", "result", "status"].map(|name| answer[name].clone());
        assert_eq!(
            shown,
            [json!(false), json!(false), json!(null), json!(status)],
            "{metric}: {answer}"
        );
        let said = answer["explanation"].as_str().expect("a text");
        assert!(said.contains(explanation), "{metric}: {said}");
    }

    // Without ground truth, what needs it is not run.
    let needing = json!({"criteria": "def f(event):\n    return 1", "needs_ground_truth": true});
    let skipped = run(&server, &needing, &json!({"outputs": {"content": "x"}}));
    assert_eq!(
        (&skipped["success"], &skipped["result"], &skipped["status"]),
        (&json!(true), &json!(null), &json!("skipped"))
    );
    assert_eq!(skipped["explanation"], "The event has no ground truth");
    assert_eq!(run(&server, &needing, &event)["result"], 1);

    // What it would leave on the event.
    let extras =
        json!({"criteria": "def f(event):\n    return {'score': 0.5, 'explanation': 'half', 'words': 3, 'list': [1]}"});
    let left = run(&server, &extras, &event)["metrics"].clone();
    assert_eq!(
        left,
        json!({"tried": 0.5, "tried_explanation": "half", "tried_words": 3})
    );

    for (body, status) in [
        (json!({"metric": {"name": "n", "type": "PYTHON", "criteria": "c"}}), 400),
        (json!({"event": {}}), 400),
        (json!({"metric": {"name": "n", "type": "PYTHON"}, "event": {}}), 400),
        (
            json!({"metric": {"name": "n", "type": "PYTHON", "criteria": "c"}, "event": {}, "more": 1}),
            400,
        ),
        (
            json!({"metric": {"name": "n", "type": "PYTHON", "criteria": "c"}, "event": {"inputs": []}}),
            400,
        ),
    ] {
        let answer = server.send("POST", "/v1/metrics/run_metric", Some(&body));
        assert_eq!(answer.status, status, "{body}");
        assert!(answer.json()["message"].is_string() && answer.json()["errorCode"].is_string());
    }
}

#[test]
fn a_snippet_is_computed() {
    let server = Server::start();
    let compute = |code: Value| {
        let metric = json!({"name": "m", "task": "t", "code_snippet": code});
        server.send(
            "POST",
            "/metrics/compute",
            Some(&json!({"generation": "three little words", "metric": metric})),
        )
    };
    for (code, result) in [
        (
            "def evaluate(generation, metadata):\n    return len(generation.split())",
            json!(3),
        ),
        (
            "def evaluate(generation, metadata):\n    return len(generation) / 8",
            json!(2.25),
        ),
        (
            "def anything(event):\n    return 'little' in event['outputs']['content']",
            json!(1),
        ),
        ("result = False", json!(0)),
    ] {
        assert_eq!(compute(json!(code)).ok(), json!({"result": result}), "{code}");
    }
    for (code, error) in [
        (
            json!("def evaluate(generation, metadata):\n    return 1 / 0"),
            "ZeroDivisionError: division by zero (line 2)",
        ),
        (json!("def evaluate(generation"), "line 1, column "),
        (json!(""), "metric.code_snippet: This field is required."),
        (json!(null), "metric.code_snippet: This field is required."),
    ] {
        let answer = compute(code.clone());
        assert_eq!((answer.status, &answer.json()["status"]), (400, &json!(400)), "{code}");
        let said = answer.json()["error"].as_str().expect("a text").to_owned();
        assert!(said.starts_with(error), "{code}: {said}");
    }
}
