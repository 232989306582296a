//! Enabled metrics on events that are logged.

use serde_json::{Value, json};

use crate::support::Server;

fn enabled(server: &Server, name: &str, criteria: &str, more: &Value) {
    let mut metric = json!({"name": name, "type": "PYTHON", "criteria": criteria, "return_type": "boolean", "enabled_in_prod": true,
        "sampling_percentage": 100});
    for (name, value) in more.as_object().expect("an object") {
        metric[name] = value.clone();
    }
    server.post("/v1/metrics", &metric);
}

#[test]
fn enabled_metrics_leave_their_values_on_new_events() {
    let server = Server::start();
    let float = json!({"return_type": "float", "scale": 100});
    enabled(
        &server,
        "says hello",
        "def f(event):\n    return 'hello' in event['outputs']['content'].lower()",
        &json!({}),
    );
    enabled(&server, "words", "result = len(outputs['content'].split())", &float);
    // It reads what those before it said.
    enabled(
        &server,
        "both",
        "def f(event):\n    m = event['metrics']\n    return m['says hello'] and m['words'] > 1",
        &json!({}),
    );
    enabled(
        &server,
        "truth",
        "def f(event):\n    return {'score': 1.0, 'explanation': 'the same', 'n': 2}",
        &json!({"return_type": "float", "scale": 1, "needs_ground_truth": true}),
    );
    enabled(
        &server,
        "fails",
        "def f(event):\n    return event['nothing']",
        &json!({}),
    );
    enabled(&server, "nothing to say", "def f(event):\n    return None", &json!({}));
    enabled(&server, "never", "result = True", &json!({"sampling_percentage": 0}));
    enabled(
        &server,
        "chains",
        "result = True",
        &json!({"filters": {"filterArray": [{"field": "event_type", "operator": "is", "value": "chain", "type": "string"}]}}),
    );
    enabled(
        &server,
        "script",
        "function f(event) { return event.outputs.content.length }",
        &json!({"return_type": "float", "scale": 1, "language": "javascript"}),
    );
    server.post(
        "/metrics",
        &json!({"name": "off", "code_snippet": "result = True", "enabled_in_prod": false}),
    );
    server.post("/tasks", &json!({"name": "t", "metrics": [
        {"name": "of a task", "code_snippet": "def evaluate(generation, metadata):\n    return len(generation)", "enabled_in_prod": true}]}));

    let event = |id: &str, kind: &str, source: &str, more: Value| {
        let mut event = json!({"event_id": id, "event_type": kind, "source": source, "inputs": {}, "outputs": {"content": "Hello there"}});
        for (name, value) in more.as_object().expect("an object") {
            event[name] = value.clone();
        }
        event
    };
    server.post("/v1/events", &event("first", "model", "production", json!({})));
    server.post("/v1/events/batch", &json!({"events": [
        event("second", "model", "staging", json!({"feedback": {"ground_truth": "x"}, "metrics": {"client side": 4}})),
        event("third", "chain", "production", json!({})),
        event("experiment", "model", "evaluation", json!({})),
        event("trial", "model", "playground", json!({})),
        event("of-a-run", "model", "evaluation", json!({"metadata": {"run_id": "r"}})),
    ]}));
    let metrics_of = |id: &str| server.get(&format!("/v1/events/{id}"))["event"]["metrics"].clone();
    server.until("all metrics have run", |_| {
        let is_done = |id: &str| metrics_of(id).get("of a task").is_some();
        ["first", "second", "third", "of-a-run"]
            .into_iter()
            .all(is_done)
            .then_some(())
    });
    // What failed says so, where what has nothing to say leaves nothing.
    let all = json!({"says hello": true, "words": 2, "both": true, "script": 11, "of a task": 11,
        "fails_error": "KeyError: 'nothing' (line 2)"});
    let with = |more: Value| {
        let mut metrics = all.clone();
        for (name, value) in more.as_object().expect("an object") {
            metrics[name] = value.clone();
        }
        metrics
    };
    assert_eq!(metrics_of("first"), all);
    assert_eq!(
        metrics_of("second"),
        with(json!({"client side": 4, "truth": 1.0, "truth_explanation": "the same", "truth_n": 2}))
    );
    assert_eq!(metrics_of("third"), with(json!({"chains": true})));
    // Nothing of a run is left to chance.
    assert_eq!(metrics_of("of-a-run"), with(json!({"never": true})));
    for id in ["experiment", "trial"] {
        assert_eq!(metrics_of(id), json!({}), "{id}");
    }

    // A metric that is switched off judges nothing more, and what it said stays.
    let listed = server.get("/v1/metrics?name=words");
    let words = listed["metrics"][0]["id"].as_str().expect("an id");
    server
        .send(
            "PUT",
            &format!("/v1/metrics/{words}"),
            Some(&json!({"enabled_in_prod": false})),
        )
        .ok();
    server.post("/v1/events", &event("fourth", "model", "production", json!({})));
    let fourth = server.until("the others have run", |_| {
        Some(metrics_of("fourth")).filter(|metrics| metrics.get("of a task").is_some())
    });
    let left = json!({"says hello": true, "script": 11, "of a task": 11, "both_error": "KeyError: 'words' (line 3)",
        "fails_error": "KeyError: 'nothing' (line 2)"});
    assert_eq!(fourth, left);
    assert_eq!(metrics_of("first"), all);
}

#[test]
fn metrics_judge_an_event_from_the_oldest_to_the_newest() {
    let server = Server::start();
    let only_models = json!({"return_type": "float", "scale": 9,
        "filters": {"filterArray": [{"field": "event_type", "operator": "is", "value": "model", "type": "string"}]}});
    enabled(&server, "first", "result = 1", &only_models);
    enabled(
        &server,
        "second",
        "result = 1 + metrics.get('first', 0)",
        &json!({"return_type": "float", "scale": 9}),
    );
    enabled(&server, "third", "result = 1 + metrics['second']", &only_models);
    // The second comes before the first where the first has nothing to judge: never on the others.
    let event = |index: usize| {
        let kind = if index.is_multiple_of(3) { "chain" } else { "model" };
        json!({"event_id": format!("e-{index}"), "event_type": kind, "inputs": {}, "source": "production"})
    };
    let events: Vec<Value> = (0..150).map(event).collect();
    server.post("/v1/events/batch", &json!({"events": events}));
    let found = server.until("all metrics have run", |server| {
        let found = server.get("/v1/events?limit=150")["events"].clone();
        let events = found.as_array().expect("a list");
        let is_done = |event: &Value| {
            event["metrics"]
                .get(if event["event_type"] == "model" {
                    "third"
                } else {
                    "second"
                })
                .is_some()
        };
        events.iter().all(is_done).then(|| events.clone())
    });
    assert_eq!(found.len(), 150);
    for event in found {
        let expected = match event["event_type"].as_str() {
            Some("model") => json!({"first": 1, "second": 2, "third": 3}),
            _ => json!({"second": 1}),
        };
        assert_eq!(event["metrics"], expected, "{}", event["event_id"]);
    }
}
