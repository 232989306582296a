//! Two projects: neither sees, changes, runs or lists what is the other's, by any route.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::routes::all;
use crate::support::{Answer, Server};

/// A word that is in everything that the first project has.
const MARK: &str = "Xylophon";

struct Client<'a> {
    server: &'a Server,
    key: String,
}

impl Client<'_> {
    fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let bearer = format!("Bearer {}", self.key);
        self.server.send_with(&[("authorization", &bearer)], method, path, body)
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        self.send("POST", path, Some(body)).ok()
    }

    fn get(&self, path: &str) -> Value {
        self.send("GET", path, None).ok()
    }
}

/// Makes one of everything; the ids by the names that paths have for them.
fn furnish(client: &Client) -> BTreeMap<&'static str, String> {
    let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned();
    let mut ids = BTreeMap::new();
    let evaluation = client.post(
        "/api/projects/@current/evaluations/",
        &json!({
            "name": MARK,
            "evaluation_type": "hog",
            "evaluation_config": {"source": format!("print('{MARK}') return true")},
            "output_type": "boolean",
            "enabled": true,
            "conditions": [{"id": "all", "rollout_percentage": 100, "properties": []}],
        }),
    );
    ids.insert("evaluation", text(&evaluation["id"]));
    let dataset = client.post("/api/projects/@current/datasets/", &json!({"name": MARK}));
    ids.insert("dataset", text(&dataset["id"]));
    let item = json!({"dataset": dataset["id"], "input": MARK, "external_id": "same"});
    ids.insert(
        "item",
        text(&client.post("/api/projects/@current/dataset_items/", &item)["id"]),
    );
    let event = "019a0000-0000-7000-8000-00000000000a";
    let batch = json!({"api_key": client.key, "batch": [{
        "event": "$ai_generation",
        "distinct_id": MARK,
        "uuid": event,
        "properties": {"$ai_input": MARK, "$ai_output_choices": MARK, "$ai_trace_id": MARK},
    }]});
    client.post("/batch/", &batch);
    ids.insert("event", event.to_owned());
    let metric = json!({"name": MARK, "type": "PYTHON", "criteria": format!("def m(event):\n    return '{MARK}'"), "return_type": "string"});
    let metric = client.post("/v1/metrics", &metric);
    ids.insert("metric", text(metric.get("metric_id").unwrap_or(&metric["id"])));
    ids.insert("task", text(&client.post("/tasks", &json!({"name": MARK}))["id"]));
    let logged = json!({"event": {
        "event_type": "model", "event_name": MARK, "project": MARK, "source": MARK, "session_id": MARK,
        "inputs": {"text": MARK}, "outputs": {"text": MARK}, "event_id": "logged",
    }});
    client.post("/v1/events", &logged);
    let session = json!({"session": {"project": MARK, "session_name": MARK}});
    ids.insert("session", text(&client.post("/session/start", &session)["session_id"]));
    let made = |answer: &Value| text(answer.pointer("/result/insertedId").unwrap_or(&answer["insertedId"]));
    ids.insert(
        "honeyhive dataset",
        made(&client.post("/v1/datasets", &json!({"name": MARK}))),
    );
    ids.insert(
        "datapoint",
        made(&client.post("/v1/datapoints", &json!({"inputs": {"text": MARK}}))),
    );
    let run = client.post(
        "/v1/runs",
        &json!({"name": MARK, "project": MARK, "event_ids": ["logged"]}),
    );
    ids.insert("run", text(&run["run_id"]));
    let configuration = json!({"name": MARK, "provider": MARK, "parameters": {"call_type": "chat", "model": MARK}});
    ids.insert(
        "configuration",
        made(&client.post("/v1/configurations", &configuration)),
    );
    ids
}

/// What a project has, as its lists and details tell.
fn everything(client: &Client, ids: &BTreeMap<&str, String>) -> Vec<(String, String)> {
    let id = |name: &str| ids.get(name).expect(name);
    let events = client.send("POST", "/v1/events/export", Some(&json!({})));
    let mut seen = vec![("exported events".to_owned(), events.text)];
    for path in [
        "/api/projects/@current/evaluations/".to_owned(),
        format!("/api/projects/@current/evaluations/{}/", id("evaluation")),
        "/api/projects/@current/datasets/".to_owned(),
        format!("/api/projects/@current/datasets/{}/", id("dataset")),
        "/api/projects/@current/dataset_items/".to_owned(),
        "/api/jurybox/events?limit=100".to_owned(),
        "/tasks".to_owned(),
        "/v1/metrics".to_owned(),
        format!("/v1/metrics/{}/versions", id("metric")),
        "/v1/datasets".to_owned(),
        "/v1/datapoints".to_owned(),
        "/v1/runs".to_owned(),
        "/v1/configurations".to_owned(),
    ] {
        let answer = client.send("GET", &path, None);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        assert!(
            answer.text.contains(MARK),
            "{path} shows it to its owner: {}",
            answer.text
        );
        seen.push((path, answer.text));
    }
    seen
}

/// The id that fits a name in a path.
fn fitting<'a>(ids: &'a BTreeMap<&str, String>, path: &str, name: &str) -> &'a str {
    let kind = match name {
        "metric_id" => "metric",
        "datapoint_id" => "datapoint",
        "dataset_id" => "honeyhive dataset",
        "run_id" | "old_run_id" => "run",
        "session_id" => "session",
        "event_id" => "event",
        _ if path.contains("/dataset_items") => "item",
        _ if path.contains("/datasets") => "dataset",
        _ if path.contains("/evaluations") => "evaluation",
        _ if path.contains("/configurations") => "configuration",
        _ => "metric",
    };
    ids.get(kind).expect(kind)
}

#[test]
fn a_project_is_closed_to_others() {
    let server = Server::start();
    let owner = Client {
        key: server.key.clone(),
        server: &server,
    };
    let stranger = Client {
        key: server.new_key("strangers", &["*"]),
        server: &server,
    };
    let ids = furnish(&owner);
    // What runs on the event must be done before anyone looks whether something changed.
    server.until("the evaluation ran on the event", |_| {
        let events = owner.get("/api/jurybox/events?name=%24ai_evaluation");
        events["results"]
            .as_array()
            .is_some_and(|events| !events.is_empty())
            .then_some(())
    });
    server.until("the metric ran on the event", |_| {
        let open = server.send_with(&[], "GET", "/metrics", None).text;
        open.lines().any(|line| line == "jurybox_jobs_open 0").then_some(())
    });
    let before = everything(&owner, &ids);

    let mut told = Vec::new();
    for route in all().into_iter().filter(|route| !route.is_capture()) {
        for project in ["@current", "1"] {
            if project == "1" && !route.path.contains("{project_id}") {
                continue;
            }
            let path = route.path_with(|name| match name {
                "project_id" => project.to_owned(),
                "version_name" => "1".to_owned(),
                name => fitting(&ids, route.path, name).to_owned(),
            });
            // Ids in the query and in the body, under all names that they have.
            let body = json!({
                "id": fitting(&ids, route.path, "id"),
                "metric_id": ids["metric"], "metric": ids["metric"], "task_id": ids["task"],
                "dataset_id": ids["honeyhive dataset"], "dataset": ids["dataset"],
                "event_id": ids["event"], "event_ids": ["logged", ids["event"]], "session_id": ids["session"],
                "datapoint_ids": [ids["datapoint"]], "run_id": ids["run"],
                "evaluation_id": ids["evaluation"], "target_event_id": ids["event"],
                "timestamp": "2026-01-01T00:00:00Z",
                "deleted": true, "enabled": false,
            });
            let query = format!(
                "?id={0}&metric_id={0}&task_id={1}&dataset_id={2}&name={MARK}&dataset={3}",
                ids["metric"], ids["task"], ids["honeyhive dataset"], ids["dataset"]
            );
            let query = if route.path.starts_with("/api/projects") {
                String::new()
            } else {
                query
            };
            for (path, body) in [(path.clone(), body), (format!("{path}{query}"), json!({}))] {
                let answer = stranger.send(route.method, &path, Some(&body).filter(|_| route.has_body()));
                let place = format!("{} {path}", route.method);
                assert!(answer.status < 500, "{place}: {}", answer.text);
                assert!(
                    !answer.text.contains(MARK),
                    "{place} shows what is the other's: {}",
                    answer.text
                );
                if project == "1" {
                    assert_eq!(answer.status, 403, "{place}: {}", answer.text);
                    assert_eq!(answer.json()["type"], "authentication_error");
                }
                told.push(format!("{place} {}", answer.status));
            }
        }
    }
    assert!(told.len() > 200, "{}", told.len());
    let after = everything(&owner, &ids);
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(before, after, "nobody else changes it");
    }
}

#[test]
fn the_same_names_and_ids_are_others_in_other_projects() {
    let server = Server::start();
    let clients = ["default", "second"].map(|project| Client {
        key: server.new_key(project, &["*"]),
        server: &server,
    });
    let [first, second] = &clients;
    // The same uuid from both.
    let uuid = "019a0000-0000-7000-8000-00000000000b";
    for (client, text) in [(first, "of the first"), (second, "of the second")] {
        let event = json!({"api_key": client.key, "event": "$ai_generation", "distinct_id": "d", "uuid": uuid,
            "properties": {"$ai_output_choices": text}});
        client.post("/capture/", &event);
        client.post(
            "/v1/events",
            &json!({"event": {"event_type": "model", "event_id": "one", "inputs": {}, "outputs": {"text": text}}}),
        );
        client.post(
            "/v1/metrics",
            &json!({"name": "same", "type": "PYTHON", "criteria": format!("'{text}'")}),
        );
    }
    for (client, own, other) in [
        (first, "of the first", "of the second"),
        (second, "of the second", "of the first"),
    ] {
        for path in ["/api/jurybox/events", "/v1/events/one", "/v1/metrics"] {
            let text = client.send("GET", path, None).text;
            assert!(text.contains(own) && !text.contains(other), "{path}: {text}");
        }
    }
    // `@current` is the project of the key, and its number is, too.
    for (client, id) in [(first, 1), (second, 2)] {
        assert_eq!(client.get("/api/jurybox/session")["project"]["id"], id);
        assert_eq!(client.get(&format!("/api/projects/{id}/datasets"))["count"], 0);
        assert_eq!(
            client.post("/api/environments/@current/datasets", &json!({"name": "a"}))["team"],
            id
        );
        for wrong in [
            "0",
            "3",
            "-1",
            "99999999999999999999",
            "abc",
            "%20",
            "@currently",
            &(3 - id).to_string(),
        ] {
            let answer = client.send("GET", &format!("/api/projects/{wrong}/datasets/"), None);
            assert_eq!(answer.status, 403, "{wrong}: {}", answer.text);
        }
    }
    // An evaluation of one project judges no event of the other.
    let evaluation = json!({
        "name": "e", "evaluation_type": "hog", "evaluation_config": {"source": "return true"},
        "output_type": "boolean", "enabled": true,
    });
    let evaluation = first.post("/api/projects/@current/evaluations/", &evaluation);
    let run = json!({
        "evaluation_id": evaluation["id"], "target_event_id": uuid, "event": "$ai_generation",
        "timestamp": jiff::Timestamp::now().to_string(),
    });
    let refused = second.send("POST", "/api/projects/@current/evaluation_runs/", Some(&run));
    assert_eq!(refused.status, 404, "{}", refused.text);
    let event = json!({"api_key": second.key, "event": "$ai_generation", "distinct_id": "d", "properties": {}});
    second.post("/capture/", &event);
    let tried = json!({"source": "print(output) return true", "sample_count": 10});
    let tried = second
        .post("/api/projects/@current/evaluations/test_hog/", &tried)
        .to_string();
    assert!(
        tried.contains("of the second") && !tried.contains("of the first"),
        "{tried}"
    );
    let verdicts = second.get("/api/jurybox/events?name=%24ai_evaluation");
    assert_eq!(verdicts["results"], json!([]));
}
