//! Runs that someone asks for.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::live::{EVALUATIONS, capture, evaluation, generation, wait_for};
use crate::support::Server;

const RUNS: &str = "/api/environments/1/evaluation_runs/";

#[test]
fn a_run_is_queued_and_leaves_its_result() {
    let server = Server::start();
    // By hand it runs although it is off.
    let id = evaluation(
        &server,
        "by hand",
        "return properties.n == 1",
        &json!({"enabled": false}),
    );
    let event = generation(&json!({"n": 1, "$ai_trace_id": "t"}));
    capture(&server, std::slice::from_ref(&event));
    let event_id = event["uuid"].as_str().expect("an id");
    let wanted = json!({
        "evaluation_id": id, "target_event_id": event_id, "timestamp": Timestamp::now().to_string(),
        "event": "$ai_generation", "distinct_id": "someone",
    });
    let answer = server.send("POST", RUNS, Some(&wanted));
    assert_eq!(answer.status, 202, "{}", answer.text);
    let mut started = answer.json();
    let name = started["workflow_id"].take();
    let name = name.as_str().expect("a name");
    let number = name.strip_prefix(&format!("llma-hog-eval-{id}-{event_id}-manual-"));
    assert!(number.is_some_and(|number| number.parse::<u64>().is_ok()), "{name}");
    assert_eq!(
        started,
        json!({
            "workflow_id": null, "status": "started", "evaluation": {"id": id, "name": "by hand"},
            "target_event_id": event_id,
        })
    );
    let results = wait_for(&server, 1);
    let properties = &results[0]["properties"];
    assert_eq!(properties["$ai_evaluation_trigger"], "manual");
    assert_eq!(properties["$ai_evaluation_result"], true);
    assert_eq!(properties["$ai_trace_id"], "t");

    // Whoever asks again gets another run; the optional fields may be left out.
    for optional in ["event", "distinct_id"] {
        let mut less = wanted.clone();
        less.as_object_mut().expect("an object").remove(optional);
        assert_eq!(server.send("POST", RUNS, Some(&less)).status, 202);
    }
    wait_for(&server, 3);
}

#[test]
fn what_can_not_be_run_is_told() {
    let server = Server::start();
    let id = evaluation(&server, "one", "return true", &json!({"enabled": false}));
    let trace = evaluation(
        &server,
        "trace",
        "return true",
        &json!({"target": "trace", "enabled": false}),
    );
    let gone = evaluation(&server, "gone", "return true", &json!({"enabled": false}));
    let delete = json!({"deleted": true});
    assert_eq!(
        server
            .send("PATCH", &format!("{EVALUATIONS}{gone}/"), Some(&delete))
            .status,
        200
    );
    let event = generation(&json!({}));
    capture(&server, std::slice::from_ref(&event));
    let wanted = json!({
        "evaluation_id": id, "target_event_id": event["uuid"], "timestamp": Timestamp::now().to_string(),
    });
    let with = |changes: Value| {
        let mut wanted = wanted.clone();
        for (field, value) in changes.as_object().expect("fields") {
            wanted[field] = value.clone();
        }
        server.send("POST", RUNS, Some(&wanted))
    };
    let nobody = "0190f3c6-7a52-7c3e-9a4b-1f2e3d4c5b6a";
    let no_event = format!("Event {} not found", event["uuid"].as_str().expect("an id"));
    for (changes, error) in [
        (
            json!({"evaluation_id": nobody}),
            format!("Evaluation {nobody} not found"),
        ),
        (json!({"evaluation_id": gone}), format!("Evaluation {gone} not found")),
        (json!({"target_event_id": nobody}), format!("Event {nobody} not found")),
        (json!({"timestamp": "2026-01-01T00:00:00Z"}), no_event.clone()),
        (json!({"event": "$ai_span"}), no_event.clone()),
        (json!({"distinct_id": "someone else"}), no_event),
    ] {
        let answer = with(changes.clone());
        assert_eq!(answer.status, 404, "{changes}");
        assert_eq!(answer.json()["error"], json!(error), "{changes}");
    }
    let answer = with(json!({"evaluation_id": trace}));
    let problem = answer.json();
    assert_eq!(
        (answer.status, &problem["code"], &problem["attr"]),
        (400, &json!("evaluation_target_mismatch"), &json!(null))
    );
    for (changes, attr) in [
        (json!({"evaluation_id": "x"}), "evaluation_id"),
        (json!({"target_event_id": null}), "target_event_id"),
        (json!({"timestamp": "today"}), "timestamp"),
    ] {
        let answer = with(changes);
        assert_eq!((answer.status, &answer.json()["attr"]), (400, &json!(attr)));
        assert!(answer.json()["error"][attr].is_array());
    }
    let reader = format!("Bearer {}", server.new_key("default", &["evaluation:read"]));
    let answer = server.send_with(&[("authorization", &reader)], "POST", RUNS, Some(&wanted));
    assert_eq!(answer.status, 403);
    assert_eq!(server.send_with(&[], "POST", RUNS, Some(&wanted)).status, 401);
    wait_for(&server, 0);
}
