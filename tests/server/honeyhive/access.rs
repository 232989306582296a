//! Who may do what, what of other projects is seen (nothing), and how refusals look.

use serde_json::{Value, json};

use crate::support::Server;

#[test]
fn keys_open_what_their_scopes_name() {
    let server = Server::start();
    let metric = json!({"name": "n", "type": "PYTHON", "criteria": "result = True", "return_type": "boolean"});
    let event = json!({"event_type": "tool", "inputs": {}});
    let requests = [
        ("metric:read", "GET", "/tasks", Value::Null),
        ("metric:write", "POST", "/tasks", json!({"name": "t"})),
        ("metric:read", "GET", "/metrics?task=t", Value::Null),
        ("metric:write", "POST", "/metrics", json!({"name": "m"})),
        (
            "metric:read",
            "POST",
            "/metrics/compute",
            json!({"generation": "g", "metric": {"code_snippet": "result = 1"}}),
        ),
        ("metric:read", "GET", "/v1/metrics", Value::Null),
        ("metric:write", "POST", "/v1/metrics", metric.clone()),
        (
            "metric:read",
            "POST",
            "/v1/metrics/run",
            json!({"metric": metric, "event": {}}),
        ),
        ("event:write", "POST", "/v1/events", event.clone()),
        ("event:write", "POST", "/events/batch", json!({"events": [event]})),
        ("event:write", "POST", "/session/start", json!({})),
        ("event:read", "POST", "/v1/events/export", json!({})),
        ("event:write", "POST", "/opentelemetry/v1/traces", json!({})),
        ("dataset:read", "GET", "/v1/datasets", Value::Null),
        ("dataset:write", "POST", "/v1/datasets", json!({"name": "d"})),
        ("dataset:read", "GET", "/v1/datapoints", Value::Null),
        ("dataset:write", "POST", "/v1/datapoints", json!({})),
        ("metric:read", "GET", "/v1/runs", Value::Null),
        ("metric:write", "POST", "/v1/runs", json!({})),
        ("metric:read", "GET", "/v1/configurations", Value::Null),
    ];
    let scopes = [
        "metric:read",
        "metric:write",
        "event:read",
        "event:write",
        "dataset:read",
        "dataset:write",
    ];
    let keys = scopes.map(|scope| (scope, server.new_key("default", &[scope])));
    for (needed, method, path, body) in &requests {
        for (scope, key) in &keys {
            let key = format!("Bearer {key}");
            let body = Some(body).filter(|body| !body.is_null());
            let answer = server.send_with(&[("authorization", &key)], method, path, body);
            let opens = scope == needed || scope.replace("write", "read") == *needed;
            assert_eq!(
                answer.status,
                if opens { 200 } else { 403 },
                "{method} {path} with {scope}: {}",
                answer.text
            );
        }
    }
}

#[test]
fn projects_see_nothing_of_each_other() {
    let server = Server::start();
    let metric = server.post(
        "/v1/metrics",
        &json!({"name": "n", "type": "PYTHON", "criteria": "c", "return_type": "boolean"}),
    );
    let metric = metric["metric_id"].as_str().expect("an id");
    server.post(
        "/tasks",
        &json!({"id": "t", "name": "t", "metrics": [{"id": "m", "name": "m"}]}),
    );
    server.post(
        "/v1/events",
        &json!({"event_id": "e", "event_type": "tool", "inputs": {}, "session_id": "s"}),
    );
    let dataset = server.post("/v1/datasets", &json!({"name": "d"}));
    let dataset = dataset["result"]["insertedId"].as_str().expect("an id");
    let point = server.post("/v1/datapoints", &json!({}));
    let point = point["result"]["insertedId"].as_str().expect("an id");
    let run = server.post("/v1/runs", &json!({"name": "r"}));
    let run = run["run_id"].as_str().expect("an id");

    let key = format!("Bearer {}", server.new_key("another", &["*"]));
    let ask = |method: &str, path: &str, body: Value| {
        let body = Some(body).filter(|body| !body.is_null());
        server.send_with(&[("authorization", &key)], method, path, body.as_ref())
    };
    for (path, empty) in [
        ("/tasks", json!([])),
        ("/metrics?project_name=default", json!([])),
        ("/v1/metrics", json!({"metrics": []})),
        ("/v1/datasets", json!({"datasets": []})),
        ("/v1/datapoints", json!({"datapoints": []})),
        ("/v1/configurations", json!({"configurations": []})),
        ("/v1/events", json!({"events": [], "count": 0, "totalEvents": 0})),
    ] {
        assert_eq!(ask("GET", path, Value::Null).ok(), empty, "{path}");
    }
    assert_eq!(ask("GET", "/v1/runs", Value::Null).ok()["evaluations"], json!([]));
    assert_eq!(ask("GET", "/projects", Value::Null).ok()[0]["name"], "another");
    for (method, path, body) in [
        ("PUT", format!("/v1/metrics/{metric}"), json!({"description": "x"})),
        ("DELETE", format!("/v1/metrics/{metric}"), Value::Null),
        ("GET", format!("/v1/metrics/{metric}/versions"), Value::Null),
        ("POST", format!("/v1/metrics/{metric}/versions/v1/deploy"), Value::Null),
        ("DELETE", "/v1/metrics/m".to_owned(), Value::Null),
        ("GET", "/v1/events/e".to_owned(), Value::Null),
        ("PUT", "/v1/events/e".to_owned(), json!({"metadata": {"x": 1}})),
        ("DELETE", format!("/v1/datasets/{dataset}"), Value::Null),
        ("GET", format!("/v1/datapoints/{point}"), Value::Null),
        ("DELETE", format!("/v1/datapoints/{point}"), Value::Null),
        ("GET", format!("/v1/runs/{run}/result"), Value::Null),
        ("DELETE", format!("/v1/runs/{run}"), Value::Null),
    ] {
        let answer = ask(method, &path, body);
        assert_eq!(answer.status, 404, "{method} {path}: {}", answer.text);
        assert_eq!(
            answer.json(),
            json!({"message": "Not found.", "errorCode": "not_found"})
        );
    }
    assert_eq!(
        ask("DELETE", "/tasks?name=t", Value::Null).ok()["result"]["deletedCount"],
        0
    );
    assert_eq!(
        ask("DELETE", "/metrics?metric_id=m", Value::Null).ok(),
        json!({"deleted": false})
    );
    assert_eq!(
        ask("PUT", "/tasks", json!({"task_id": "t", "name": "x"})).ok()["matchedCount"],
        0
    );
    // The same ids are free there.
    ask("POST", "/tasks", json!({"id": "t", "name": "theirs"})).ok();
    ask(
        "POST",
        "/v1/events",
        json!({"event_id": "e", "event_type": "model", "inputs": {}, "project": "default"}),
    )
    .ok();
    assert_eq!(server.get("/tasks")[0]["name"], "t");
    assert_eq!(server.get("/v1/events/e")["event"]["event_type"], "tool");
}

#[test]
fn metrics_are_for_clients_and_for_prometheus() {
    let server = Server::start();
    let key = format!("Bearer {}", server.key);
    let prometheus = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
    for (headers, path, is_text) in [
        (vec![], "/metrics", true),
        (
            vec![("authorization", key.as_str()), ("accept", prometheus)],
            "/metrics",
            true,
        ),
        (
            vec![("authorization", key.as_str()), ("accept", "application/json")],
            "/metrics",
            false,
        ),
        (
            vec![("authorization", key.as_str()), ("accept", "*/*")],
            "/metrics",
            false,
        ),
        (vec![("x-api-key", server.key.as_str())], "/metrics", false),
        (
            vec![("authorization", key.as_str()), ("accept", prometheus)],
            "/metrics?task=t",
            false,
        ),
    ] {
        let answer = server.send_with(&headers, "GET", path, None);
        assert_eq!(answer.status, 200);
        let kind = if is_text { "text/plain" } else { "application/json" };
        assert!(
            answer
                .header("content-type")
                .is_some_and(|found| found.starts_with(kind)),
            "{headers:?} {path}"
        );
    }

    // Refusals in the words of each generation.
    let wrong = [("authorization", "Bearer wrong")];
    for (path, status, error) in [
        (
            "/metrics?task=t",
            401,
            json!({"status": 401, "error": "The API key is invalid or was revoked."}),
        ),
        (
            "/tasks",
            401,
            json!({"status": 401, "error": "The API key is invalid or was revoked."}),
        ),
        (
            "/v1/metrics",
            401,
            json!({"message": "The API key is invalid or was revoked.", "errorCode": "authentication_failed"}),
        ),
        (
            "/session/x",
            401,
            json!({"message": "The API key is invalid or was revoked.", "errorCode": "authentication_failed"}),
        ),
        (
            "/v1/nothing",
            404,
            json!({"message": "Not found.", "errorCode": "not_found"}),
        ),
    ] {
        let answer = server.send_with(&wrong, "GET", path, None);
        assert_eq!((answer.status, answer.json()), (status, error), "{path}");
    }
}
