//! Saved evaluations run on new events: which, what they leave behind, and that each does so once.

use std::collections::HashMap;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::Server;

pub const EVALUATIONS: &str = "/api/projects/@current/evaluations/";

/// A saved Hog evaluation that runs on every generation, with these fields changed. Its id.
pub fn evaluation(server: &Server, name: &str, source: &str, changes: &Value) -> String {
    let mut body = json!({
        "name": name,
        "evaluation_type": "hog",
        "evaluation_config": {"source": source},
        "output_type": "boolean",
        "output_config": {},
        "conditions": [{"id": "all", "rollout_percentage": 100, "properties": []}],
        "enabled": true,
    });
    for (field, value) in changes.as_object().expect("fields") {
        body[field] = value.clone();
    }
    let made = server.post(EVALUATIONS, &body);
    made["id"].as_str().expect("an id").to_owned()
}

/// A generation with these properties.
pub fn generation(properties: &Value) -> Value {
    json!({"event": "$ai_generation", "distinct_id": "someone", "uuid": Uuid::new_v4(), "properties": properties})
}

/// Captures events.
pub fn capture(server: &Server, events: &[Value]) {
    server.post("/batch/", &json!({"api_key": server.key, "batch": events}));
}

/// All `$ai_evaluation` events, as bodies.
pub fn results(server: &Server) -> Vec<Value> {
    let mut all: Vec<Value> = Vec::new();
    loop {
        let path = format!("/api/jurybox/events?limit=200&offset={}&name=$ai_evaluation", all.len());
        let page = server.get(&path);
        let page = page["results"].as_array().expect("a list");
        if page.is_empty() {
            return all;
        }
        all.extend(page.iter().map(|event| event["body"].clone()));
    }
}

/// Waits for so many results, and until nothing more is to be run.
pub fn wait_for(server: &Server, count: usize) -> Vec<Value> {
    server.until("all jobs have ended", |server| (open_jobs(server) == 0).then_some(()));
    let results = results(server);
    let names: Vec<_> = results
        .iter()
        .map(|event| &event["properties"]["$ai_evaluation_name"])
        .collect();
    assert_eq!(results.len(), count, "{names:?}");
    results
}

/// Jobs that have not ended.
pub fn open_jobs(server: &Server) -> u64 {
    // With a key, this would be `HoneyHive`'s list of metrics.
    let figures = server.send_with(&[], "GET", "/metrics", None).text;
    let line = figures.lines().find_map(|line| line.strip_prefix("jurybox_jobs_open "));
    line.expect("a figure").parse::<f64>().expect("a number") as u64
}

/// The results' properties by the evaluation's name.
pub fn by_name(results: &[Value]) -> HashMap<String, Value> {
    let named = results.iter().map(|event| {
        let properties = &event["properties"];
        let name = properties["$ai_evaluation_name"].as_str().expect("a name");
        (name.to_owned(), properties.clone())
    });
    named.collect()
}

#[test]
fn a_new_generation_is_judged_once() {
    let server = Server::start();
    let id = evaluation(
        &server,
        "short",
        "print('words')\nreturn length(output) < 10",
        &json!({}),
    );
    let target = json!({
        "event": "$ai_generation", "distinct_id": "someone", "uuid": "0190F3C6-7A52-7C3E-9A4B-1F2E3D4C5B6A",
        "properties": {
            "$ai_output": "short", "$ai_trace_id": "the trace", "$session_id": "the session",
            "$ai_prompt_name": "greeting", "$ai_prompt_version": 3,
        },
    });
    let other = json!({"event": "$ai_span", "distinct_id": "someone", "properties": {"$ai_output_state": "x"}});
    for _ in 0..3 {
        capture(&server, &[target.clone(), target.clone(), other.clone()]);
    }
    let results = wait_for(&server, 1);
    let result = &results[0];
    assert_eq!(result["distinct_id"], "someone");
    let mut properties = result["properties"].clone();
    let began = properties["$ai_evaluation_start_time"].take();
    assert!(
        began
            .as_str()
            .is_some_and(|time| time.ends_with('Z') && time.len() == 27),
        "{began}"
    );
    assert_eq!(
        properties,
        json!({
            "$ai_evaluation_id": id,
            "$ai_evaluation_name": "short",
            "$ai_evaluation_type": "online",
            "$ai_evaluation_runtime": "hog",
            "$ai_evaluation_result_type": "boolean",
            "$ai_evaluation_start_time": null,
            "$ai_evaluation_trigger": "live",
            "$ai_target_event_id": "0190f3c6-7a52-7c3e-9a4b-1f2e3d4c5b6a",
            "$ai_target_event_type": "$ai_generation",
            "$ai_target_id": "0190f3c6-7a52-7c3e-9a4b-1f2e3d4c5b6a",
            "$ai_target_type": "generation_uuid",
            "$ai_trace_id": "the trace",
            "$session_id": "the session",
            "$ai_prompt_name": "greeting",
            "$ai_prompt_version": 3,
            "$ai_evaluation_allows_na": false,
            "$ai_evaluation_reasoning": "words",
            "$ai_evaluation_result": true,
        })
    );
}

#[test]
fn results_of_every_kind() {
    let server = Server::start();
    let with =
        |output_type: &str, output_config: Value| json!({"output_type": output_type, "output_config": output_config});
    let numeric = json!({"min": 0, "max": 10, "passing_rule": {"operator": "gte", "threshold": 5}});
    let options = json!([{"key": "good", "label": "Good"}, {"key": "bad", "label": "Bad"}]);
    let categorical = json!({"options": options, "passing_rule": {"categories": ["good"]}});
    for (name, source, changes) in [
        ("true", "return true", json!({})),
        ("false", "return false", json!({})),
        ("applies", "return true", with("boolean", json!({"allows_na": true}))),
        (
            "does not apply",
            "print('no') return null",
            with("boolean", json!({"allows_na": true})),
        ),
        ("number", "return 7.5", with("numeric", numeric.clone())),
        ("low number", "return 1", with("numeric", numeric)),
        ("category", "return 'good'", with("categorical", categorical)),
        ("wrong type", "print('so far') return 'yes'", json!({})),
        ("throws", "throw Error('no')", json!({})),
        ("endless", "while (true) {} return true", json!({})),
        ("wrong input", "return properties.n / 0 > 1", json!({})),
    ] {
        evaluation(&server, name, source, &changes);
    }
    capture(&server, &[generation(&json!({"n": 1}))]);
    let all = by_name(&wait_for(&server, 11));
    let get = |name: &str, field: &str| all[name].get(format!("$ai_evaluation_{field}")).cloned();
    for (name, field, expected) in [
        ("true", "result", Some(json!(true))),
        ("true", "applicable", None),
        ("true", "skipped", None),
        ("false", "result", Some(json!(false))),
        ("applies", "applicable", Some(json!(true))),
        ("applies", "allows_na", Some(json!(true))),
        ("applies", "result", Some(json!(true))),
        ("does not apply", "applicable", Some(json!(false))),
        ("does not apply", "result", None),
        ("does not apply", "reasoning", Some(json!("no"))),
        ("does not apply", "skipped", None),
        ("number", "result_type", Some(json!("numeric"))),
        ("number", "numeric_result", Some(json!(7.5))),
        ("number", "result", Some(json!(true))),
        ("low number", "numeric_result", Some(json!(1))),
        ("low number", "result", Some(json!(false))),
        ("category", "categorical_result", Some(json!(["good"]))),
        ("category", "result", Some(json!(true))),
        ("category", "applicable", Some(json!(true))),
        ("wrong type", "skipped", Some(json!(true))),
        ("wrong type", "skip_reason", Some(json!("hog_error"))),
        ("wrong type", "error", Some(json!("Must return boolean, got str: yes"))),
        (
            "wrong type",
            "reasoning",
            Some(json!("Must return boolean, got str: yes")),
        ),
        ("wrong type", "result", None),
        ("throws", "skip_reason", Some(json!("hog_error"))),
        ("throws", "error", Some(json!("Runtime error: Error('no')"))),
        ("endless", "skip_reason", Some(json!("hog_error"))),
        ("wrong input", "skip_reason", Some(json!("hog_input_error"))),
    ] {
        assert_eq!(get(name, field), expected, "{name} {field}: {}", all[name]);
    }
    for name in ["number", "low number"] {
        let bound = |end: &str| get(name, &format!("numeric_result_{end}")).and_then(|bound| bound.as_f64());
        assert_eq!((bound("min"), bound("max")), (Some(0.0), Some(10.0)));
    }
    // The default is to leave it on.
    let listed = server.get(EVALUATIONS);
    let is_on = |one: &Value| one["enabled"] == true && one["status"] == "active";
    assert!(listed["results"].as_array().expect("a list").iter().all(is_on));
}

#[test]
fn an_evaluation_runs_while_it_is_enabled() {
    let server = Server::start();
    let one = |n: i32| [generation(&json!({"n": n}))];
    let id = evaluation(&server, "switched", "return true", &json!({"enabled": false}));
    evaluation(&server, "without conditions", "return true", &json!({"conditions": []}));
    evaluation(&server, "traces", "return true", &json!({"target": "trace"}));
    let path = format!("{EVALUATIONS}{id}/");
    let change = |change: Value| assert_eq!(server.send("PATCH", &path, Some(&change)).status, 200);
    capture(&server, &one(0));
    wait_for(&server, 0);
    change(json!({"enabled": true}));
    capture(&server, &one(1));
    wait_for(&server, 1);
    change(json!({"evaluation_config": {"source": "return properties.n > 2"}}));
    capture(&server, &one(2));
    let results = wait_for(&server, 2);
    assert_eq!(results[0]["properties"]["$ai_evaluation_result"], false);
    change(json!({"enabled": false}));
    capture(&server, &one(3));
    wait_for(&server, 2);
    change(json!({"enabled": true, "deleted": true}));
    capture(&server, &one(4));
    wait_for(&server, 2);
    change(json!({"deleted": false}));
    capture(&server, &one(5));
    wait_for(&server, 3);
}

#[test]
fn the_rollout_takes_its_share() {
    let server = Server::start();
    let rollout =
        |percentage: f64| json!({"conditions": [{"id": "a", "rollout_percentage": percentage, "properties": []}]});
    evaluation(&server, "some", "return true", &rollout(18.88));
    evaluation(&server, "none", "return true", &rollout(0.0));
    // At 18.87 and 81.16 of 100.
    let mut events = [generation(&json!({})), generation(&json!({}))];
    events[0]["uuid"] = json!("0190f3c6-7a52-7c3e-9a4b-1f2e3d4c5b6a");
    events[1]["uuid"] = json!("76057e0a-0000-4000-8000-000000000001");
    capture(&server, &events);
    let results = wait_for(&server, 1);
    assert_eq!(results[0]["properties"]["$ai_target_event_id"], events[0]["uuid"]);
}

#[test]
fn code_that_fails_switches_its_evaluation_off_if_the_service_is_set_up_so() {
    let server = Server::with(&["--on-error=disable"]);
    let message = "x".repeat(3000);
    let failing = evaluation(&server, "failing", &format!("throw Error('{message}')"), &json!({}));
    let input = evaluation(&server, "input", "return properties.n / 0 > 1", &json!({}));
    let fine = evaluation(&server, "fine", "return true", &json!({}));
    let get = |id: &str| server.get(&format!("{EVALUATIONS}{id}/"));
    capture(&server, &[generation(&json!({"n": 1}))]);
    wait_for(&server, 3);
    let failed = get(&failing);
    assert_eq!(
        (&failed["enabled"], &failed["status"], &failed["status_reason"]),
        (&json!(false), &json!("error"), &json!("hog_error"))
    );
    let detail = failed["status_reason_detail"].as_str().expect("a detail");
    assert!(
        detail.starts_with("Runtime error: Error('xxx") && detail.ends_with("x..."),
        "{detail}"
    );
    assert_eq!(detail.chars().count(), 2000);
    for id in [&input, &fine] {
        assert_eq!(get(id)["status"], "active");
    }
    capture(&server, &[generation(&json!({"n": 1}))]);
    wait_for(&server, 5);
    // Its owner switches it on again.
    let fixed = json!({"enabled": true, "evaluation_config": {"source": "return true"}});
    assert_eq!(
        server
            .send("PATCH", &format!("{EVALUATIONS}{failing}/"), Some(&fixed))
            .ok()["status"],
        "active"
    );
    capture(&server, &[generation(&json!({"n": 1}))]);
    wait_for(&server, 8);
}

#[test]
fn projects_are_judged_apart() {
    let server = Server::start();
    evaluation(&server, "mine", "return true", &json!({}));
    let theirs = server.new_key("theirs", &["*"]);
    let batch = json!({"api_key": theirs, "batch": [generation(&json!({}))]});
    server.post("/batch/", &batch);
    wait_for(&server, 0);
    capture(&server, &[generation(&json!({}))]);
    wait_for(&server, 1);
    let bearer = format!("Bearer {theirs}");
    let seen = server
        .send_with(&[("authorization", &bearer)], "GET", "/api/jurybox/events", None)
        .ok();
    assert_eq!(seen["results"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_project_with_endless_work_does_not_hold_up_the_others() {
    let server = Server::start();
    evaluation(&server, "endless", "while (true) {}", &json!({}));
    let events: Vec<_> = (0..400).map(|n| generation(&json!({"n": n}))).collect();
    capture(&server, &events);
    let theirs = server.new_key("theirs", &["*"]);
    let bearer = format!("Bearer {theirs}");
    let send = |method: &str, path: &str, body: Option<&Value>| {
        server.send_with(&[("authorization", &bearer)], method, path, body).ok()
    };
    let quick = json!({
        "name": "quick", "evaluation_type": "hog", "evaluation_config": {"source": "return true"},
        "output_type": "boolean", "conditions": [{"id": "all", "properties": []}], "enabled": true,
    });
    send("POST", EVALUATIONS, Some(&quick));
    send(
        "POST",
        "/batch/",
        Some(&json!({"api_key": theirs, "batch": [generation(&json!({}))]})),
    );
    server.until("the quick one ends", |_| {
        let events = send("GET", "/api/jurybox/events?name=$ai_evaluation", None);
        (events["results"].as_array().map(Vec::len) == Some(1)).then_some(())
    });
    assert!(open_jobs(&server) > 100, "the endless ones are not done");
}

/// Each event was judged by each evaluation, once.
fn assert_each_once(server: &Server, events: &[Value], evaluations: usize) {
    let results = wait_for(server, events.len() * evaluations);
    let mut times: HashMap<(String, String), usize> = HashMap::new();
    for result in &results {
        let text = |name: &str| result["properties"][name].as_str().expect(name).to_owned();
        *times
            .entry((text("$ai_target_event_id"), text("$ai_evaluation_name")))
            .or_default() += 1;
    }
    assert_eq!(times.len(), results.len());
    assert!(times.values().all(|times| *times == 1));
}

#[test]
fn a_kill_loses_no_run_and_doubles_none() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut server = Server::at(directory.path(), &[]);
    evaluation(&server, "quick", "return true", &json!({}));
    let slow = "let n := 0\nwhile (n < 20000) { n := n + 1 }\nreturn n > 1";
    evaluation(&server, "slow", slow, &json!({}));
    let mut events = Vec::new();
    for round in 0..4 {
        let new: Vec<_> = (0..150).map(|n| generation(&json!({"n": n}))).collect();
        capture(&server, &new);
        events.extend(new);
        thread::sleep(Duration::from_millis(30 + 60 * round));
        let key = server.key.clone();
        server.kill();
        server = Server::at(directory.path(), &[]);
        server.key = key;
    }
    assert_each_once(&server, &events, 2);
}

#[test]
fn who_is_told_to_stop_leaves_the_rest_for_the_next_start() {
    let directory = tempfile::tempdir().expect("a directory");
    let server = Server::at(directory.path(), &[]);
    let slow = "let n := 0\nwhile (n < 100000) { n := n + 1 }\nreturn n > 1";
    evaluation(&server, "slow", slow, &json!({}));
    let events: Vec<_> = (0..400).map(|n| generation(&json!({"n": n}))).collect();
    capture(&server, &events);
    let key = server.key.clone();
    server.stop();
    let mut server = Server::at(directory.path(), &[]);
    server.key = key;
    assert_each_once(&server, &events, 1);
}
