//! Events and sessions: logged, found, changed.

use serde_json::{Value, json};

use crate::support::Server;

#[test]
fn events_are_logged_found_and_changed() {
    let server = Server::start();
    let event = json!({"zeta": 1.50, "event_id": "e-1", "session_id": "s-1", "event_type": "model", "event_name": "answer",
        "source": "production", "inputs": {"q": "ü"}, "outputs": {"content": "a"}, "metadata": {"ground_truth": "g", "cost": 0.25},
        "start_time": 1_795_348_998_070.5, "end_time": 1_795_348_998_083_i64, "duration": 12.5});
    assert_eq!(
        server.post("/v1/events", &event),
        json!({"event_id": "e-1", "success": true})
    );
    let kept = server.get("/v1/events/e-1")["event"].clone();
    for (name, value) in event.as_object().expect("an object") {
        if name != "metadata" {
            assert_eq!(kept[name].to_string(), value.to_string(), "{name}");
        }
    }
    assert_eq!(
        (&kept["metadata"], &kept["feedback"]),
        (&json!({"cost": 0.25}), &json!({"ground_truth": "g"}))
    );
    assert_eq!(
        (&kept["parent_id"], &kept["project_id"], &kept["metrics"]),
        (&json!("s-1"), &json!("1"), &json!({}))
    );

    // Sent again, it is kept as it was first.
    let mut again = event.clone();
    again["event_name"] = json!("another");
    server.post("/v1/events", &again);
    assert_eq!(server.get("/v1/events/e-1")["event"]["event_name"], "answer");

    // The other ways.
    let older = server.post(
        "/events",
        &json!({"event": {"event_type": "tool", "session_id": "s-1", "outputs": ["x"]}}),
    );
    let text = server.post(
        "/events",
        &json!({"event": json!({"event_type": "chain", "session_id": "s-1"}).to_string()}),
    );
    assert_eq!((&older["success"], &text["success"]), (&json!(true), &json!(true)));
    let older = server.get(&format!("/v1/events/{}", older["event_id"].as_str().expect("an id")))["event"].clone();
    assert_eq!(
        (&older["outputs"], &older["event_name"], &older["source"]),
        (&json!({"value": ["x"]}), &json!("unknown"), &json!("unknown"))
    );
    assert!(older["end_time"].is_i64() && older["duration"] == 0);
    let batch = server.post(
        "/v1/events/batch",
        &json!({"single_session": true, "events": [
        {"event_type": "tool", "inputs": {}}, {"event_type": "tool", "inputs": {}, "session_id": "s-2"}]}),
    );
    assert_eq!(
        (&batch["session_id"], batch["event_ids"].as_array().map(Vec::len)),
        (&json!("s-2"), Some(2))
    );
    let model = server.post("/events/model", &json!({"model_event": {"model": "gpt-4o", "provider": "openai", "session_id": "s-3",
        "messages": [{"role": "user", "content": "hi"}], "response": {"choices": [{"message": {"role": "assistant", "content": "ho"}}]},
        "usage": {"total_tokens": 3}}}));
    let model = server.get(&format!("/v1/events/{}", model["event_id"].as_str().expect("an id")))["event"].clone();
    assert_eq!(
        (&model["config"], &model["outputs"]["content"]),
        (&json!({"model": "gpt-4o", "provider": "openai"}), &json!("ho"))
    );
    assert_eq!(
        (
            &model["inputs"]["chat_history"][0]["content"],
            &model["metadata"]["usage"]["total_tokens"]
        ),
        (&json!("hi"), &json!(3))
    );

    // Found by filters, in pages.
    let find = |body: Value| server.post("/v1/events/export", &body);
    let filter = |field: &str, operator: &str, value: Value, kind: &str| json!({"field": field, "operator": operator, "value": value, "type": kind});
    for (body, total) in [
        (json!({}), 6),
        (
            json!({"filters": [filter("session_id", "is", json!("s-1"), "string")]}),
            3,
        ),
        (
            json!({"filters": [filter("session_id", "is", json!("s-1"), "string"), filter("event_type", "is not", json!("tool"), "string")]}),
            2,
        ),
        (
            json!({"filters": [filter("metadata.cost", "greater than", json!(0.2), "number")]}),
            1,
        ),
        (
            json!({"filters": {"filterArray": [filter("inputs.q", "exists", json!(null), "string")]}}),
            1,
        ),
        (
            json!({"dateRange": {"$gte": "2026-11-01T00:00:00Z", "$lte": "2026-11-30T00:00:00Z"}, "filters": [filter("event_id", "is", json!("e-1"), "string")]}),
            1,
        ),
        (json!({"dateRange": {"gte": "2030-01-01T00:00:00Z"}}), 0),
    ] {
        let found = find(body.clone());
        assert_eq!(
            (&found["totalEvents"], &found["count"]),
            (&json!(total), &json!(total)),
            "{body}"
        );
        assert_eq!(found["events"].as_array().map(Vec::len), Some(total), "{body}");
    }
    let page = find(json!({"limit": 4.0, "page": 2.0}));
    assert_eq!(
        (&page["totalEvents"], page["events"].as_array().map(Vec::len)),
        (&json!(6), Some(2))
    );
    let few = find(json!({"filters": [filter("event_id", "is", json!("e-1"), "string")], "projections": ["source"]}));
    assert_eq!(few["events"], json!([{"event_id": "e-1", "source": "production"}]));
    assert_eq!(server.get("/v1/events?session_id=s-2&limit=1")["totalEvents"], 2);
    let schema = server.get("/v1/events/schema");
    assert!(
        schema["fields"]
            .as_array()
            .expect("a list")
            .contains(&json!({"name": "metadata.cost", "event_type": "model"}))
    );

    // Changed: objects are merged.
    let changed = server.send(
        "PUT",
        "/events",
        Some(
            &json!({"event_id": "e-1", "metadata": {"more": 1}, "outputs": {"content": "b"},
        "feedback": {"rating": 5}, "metrics": {"client side": 4}, "duration": 1, "event_name": "ignored"}),
        ),
    );
    assert_eq!(changed.ok()["success"], true);
    let kept = server.get("/v1/events/e-1")["event"].clone();
    for (name, value) in [
        ("metadata", json!({"cost": 0.25, "more": 1})),
        ("feedback", json!({"ground_truth": "g", "rating": 5})),
        ("outputs", json!({"content": "b"})),
        ("metrics", json!({"client side": 4})),
        ("duration", json!(1)),
        ("event_name", json!("answer")),
    ] {
        assert_eq!(kept[name], value, "{name}");
    }

    // All that clients may send, and nothing that would be ignored.
    let put = |body: Value| server.send("PUT", "/v1/events/e-1", Some(&body));
    put(json!({"event_id": "e-1", "metadata": {"even more": 2}, "feedback": {}, "metrics": {}, "outputs": {}, "config": {},
        "user_properties": {}, "duration": 2, "end_time": 1_795_348_998_084_i64, "children_ids": null}))
    .ok();
    let changed = server.get("/v1/events/e-1")["event"].clone();
    for (name, value) in [
        ("foo", json!(1)),
        ("event_type", json!("tool")),
        ("event_name", json!(null)),
    ] {
        let answer = put(json!({"metadata": {"even more": 3}, name: value})).json();
        let message = answer["message"].as_str().expect("a text");
        let expected = format!("{name}: This can't be changed; these can: metadata, feedback, ");
        assert!(message.starts_with(&expected), "{message}");
        assert_eq!(answer["errorCode"], "unrecognized_key");
    }
    assert_eq!(changed["metadata"]["even more"], 2);
    assert_eq!(server.get("/v1/events/e-1")["event"], changed);

    for (method, path, body, status) in [
        ("POST", "/v1/events", json!({"inputs": {}}), 400),
        ("POST", "/v1/events", json!({"event_type": "model"}), 400),
        ("POST", "/v1/events", json!({"event_type": "span", "inputs": {}}), 400),
        (
            "POST",
            "/v1/events",
            json!({"event_type": "tool", "inputs": {}, "metadata": []}),
            400,
        ),
        ("POST", "/events", json!({}), 400),
        ("POST", "/events", json!({"event": "{"}), 400),
        ("POST", "/v1/events/batch", json!({"events": {}}), 400),
        (
            "POST",
            "/v1/events/batch",
            json!({"events": [{"event_type": "tool", "inputs": {}}, 3]}),
            400,
        ),
        ("POST", "/v1/events/export", json!({"filters": [{"field": "x"}]}), 400),
        ("POST", "/v1/events/export", json!({"limit": 0.5}), 400),
        ("POST", "/v1/events/export", json!({"dateRange": {"gte": "soon"}}), 400),
        ("PUT", "/events", json!({"metadata": {}}), 400),
        ("PUT", "/v1/events/e-1", json!({"outputs": ["x"]}), 400),
        ("PUT", "/v1/events/e-1", json!({"foo": 1}), 400),
        ("PUT", "/v1/events/nobody", json!({"metadata": {}}), 404),
    ] {
        let answer = server.send(method, path, Some(&body));
        assert_eq!(answer.status, status, "{method} {path} {body}: {}", answer.text);
        assert!(answer.json()["message"].is_string(), "{}", answer.text);
    }
    assert_eq!(server.send("GET", "/v1/events/nobody", None).status, 404);
}

#[test]
fn sessions_and_traces() {
    let server = Server::start();
    let started = server.post(
        "/session/start",
        &json!({"session": {"session_name": "a test", "source": "production", "metadata": {"k": 1}}}),
    );
    for name in ["event_id", "session_id", "org_id", "workspace_id", "project_id"] {
        assert!(started[name].is_string(), "{name}");
    }
    let id = started["session_id"].as_str().expect("an id");
    assert_eq!(
        (&started["event_id"], &started["event_name"]),
        (&json!(id), &json!("a test"))
    );
    // Flat, as the oldest clients send it; the newest has a path of its own.
    assert!(server.post("/session/start", &json!({"project": "p", "session_name": "s"}))["session_id"].is_string());
    let own = server.post("/v1/sessions", &json!({"session_id": "own", "session_name": "s"}));
    assert_eq!((&own["session_id"], &own["event_id"]), (&json!("own"), &json!("own")));
    assert_eq!(server.get("/session/own")["event_type"], "session");

    server
        .send(
            "PUT",
            "/events",
            Some(&json!({"event_id": id, "metadata": {"more": 2}})),
        )
        .ok();
    server.post(&format!("/session/{id}/feedback"), &json!({"feedback": {"rating": 1}}));
    server.post(&format!("/session/{id}/end"), &json!({}));
    let session = server.get(&format!("/session/{id}"));
    assert_eq!(
        (&session["metadata"], &session["feedback"]),
        (&json!({"k": 1, "more": 2}), &json!({"rating": 1}))
    );
    assert_eq!(
        server.post(
            &format!("/session/{id}/event"),
            &json!({"event_type": "tool", "session_id": null, "error": null})
        )["success"],
        true
    );
    assert_eq!(
        server.post(
            &format!("/session/{id}/traces"),
            &json!({"logs": [{"event_type": "tool"}]})
        )["success"],
        true
    );
    assert_eq!(
        server.post(
            &format!("/v1/sessions/{id}/events/batch"),
            &json!({"events": [{"event_type": "tool", "inputs": {}}]})
        )["success"],
        true
    );
    assert_eq!(
        server.get(&format!("/v1/events?session_id={id}&event_type=tool"))["totalEvents"],
        3
    );

    let span = json!({"traceId": "929160fba125bfe71b49e0dc4692151e", "spanId": "29a93896bb13ce8b", "name": "answer",
        "startTimeUnixNano": "1795348998070431349", "endTimeUnixNano": "1795348998071403092", "attributes": [
            {"key": "honeyhive.session_id", "value": {"stringValue": "traced"}},
            {"key": "honeyhive_event_type", "value": {"stringValue": "model"}},
            {"key": "honeyhive_outputs.result", "value": {"stringValue": "forty-two"}}]});
    let traces = json!({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]});
    for _ in 0..2 {
        assert_eq!(
            server.post("/opentelemetry/v1/traces", &traces),
            json!({"partialSuccess": {}})
        );
    }
    let found = server.get("/v1/events?session_id=traced");
    assert_eq!(
        (&found["totalEvents"], &found["events"][0]["outputs"]),
        (&json!(1), &json!({"result": "forty-two"}))
    );
    let key = format!("Bearer {}", server.key);
    let protobuf = [
        ("authorization", key.as_str()),
        ("content-type", "application/x-protobuf"),
    ];
    assert_eq!(
        server
            .send_bytes(&protobuf, "POST", "/opentelemetry/v1/traces", b"\x0a\x00")
            .status,
        415
    );
}
